"""How the operations of the API are written down."""

from typing import Final, NamedTuple

V1: Final = "/api/v1"
"""What most paths begin with."""


class Operation(NamedTuple):
    """One method of one path.

    Attributes:
        name: the operationId: what a generated client calls it.
        codes: what it may be refused with, as ``403 locked``, beyond what follows from its view
            (``config.api.refusals``).
    """

    tag: str
    name: str
    summary: str
    codes: tuple[str, ...] = ()


def name_of(words: str) -> str:
    """Return "SubCourses" for "sub-courses"."""
    return "".join(word.capitalize() for word in words.replace("-", " ").split())


def with_article(noun: str) -> str:
    """Return "a video", "an article"."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def authoring(tag: str, path: str, one: str, many: str, *codes: str) -> dict[str, Operation]:
    """Return the usual operations on one kind of content; ``one`` and ``many`` as people say them."""
    name, names, an = name_of(one), name_of(many), with_article(one)
    asked = "409 confirmation_required"
    written = (*codes, asked, "400 invalid_if_match", "412 stale_row")
    return {
        f"GET {path}": Operation(tag, f"list{names}", f"List {many}"),
        f"POST {path}": Operation(tag, f"create{name}", f"Create {an}", (*codes, asked)),
        f"GET {path}/{{id}}": Operation(tag, f"get{name}", f"Read {an}"),
        f"PUT {path}/{{id}}": Operation(tag, f"replace{name}", f"Replace {an}", written),
        f"PATCH {path}/{{id}}": Operation(tag, f"update{name}", f"Change the sent fields of {an}", written),
        f"DELETE {path}/{{id}}": Operation(tag, f"delete{name}", f"Delete {an}", written),
        f"POST {path}/{{id}}/restore": Operation(tag, f"restore{name}", f"Restore a deleted {one}", (asked,)),
    }


def named(tag: str, *lines: tuple[str, str, str, str]) -> dict[str, Operation]:
    """Return operations under one tag: path, name, summary, and codes with commas between them."""
    return {
        path: Operation(tag, name, summary, tuple(filter(None, codes.split(", "))))
        for path, name, summary, codes in lines
    }
