"""The permission keys of the tree and of tcodes, and which seeded roles hold them.

Source: ``API.md`` "Permissions"; document 001 "Access Rules"; document 004 sections 1.1 and 3.
"""

from accounts.rights.keys import READERS, contribute, keys_of

_READ = ("list", "get")
_WRITE = ("create", "update", "delete")


def contribute_keys() -> None:
    """Add them to those of people; called when the app starts."""
    for name, what in (
        ("course_categories", "course categories"),
        ("courses", "courses"),
        ("subcourses", "sub-courses"),
    ):
        contribute(keys_of(name, what, *_READ), held_by=READERS)
        contribute(keys_of(name, what, *_WRITE), {f"{name}.reorder": f"Reorder {what}"})
    contribute(keys_of("videos", "videos", "list"), held_by=READERS)
    contribute(keys_of("videos", "videos", "get"), held_by=[*READERS, "STUDENT"])
    contribute(keys_of("videos", "videos", *_WRITE), {"videos.reorder": "Reorder videos"})
    contribute({"learning_tree.get": "Read the learning tree"}, held_by=[*READERS, "PRINCIPAL"])
    contribute(
        keys_of("tcodes", "tcodes"),
        {
            "subscriptions.manage": "Manage subscriptions",
            "subscriptions.list": "See who has which subscription",
        },
    )
