"""What the scripts of the ordering page say, in the language of the person who reads it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The scripts (learning/static/stepwise/ordering/) fill in what stands in braces.
_TEXTS: Final[dict[str, str | Promise]] = {
    # Moving within a list.
    "lifted": _(
        "{title} lifted. Position {position} of {total}. Arrow keys move it, Space drops it, Escape cancels."
    ),
    "position": _("Position {position} of {total}."),
    "dropped_in_place": _("{title} dropped where it was, at position {position} of {total}."),
    "put_back": _("Cancelled. {title} is back where it was."),
    "cancelled": _("Cancelled. {title} is back at position {position} of {total}."),
    "saving": _("{title} moved to position {position} of {total}. Saving."),
    "saved": _("{title} moved to position {position} of {total}. Saved."),
    "undone": _("Undone. {title} is back at position {position} of {total}."),
    # Moving to another parent, publishing.
    "moving": _("Moving {title}."),
    "moved": _("{title} was moved to “{place}”."),
    "move_cancelled": _("Cancelled. {title} stays where it was."),
    "undone_move": _("Undone. {title} is back in “{place}”."),
    "publish_title": _("Publish: {title}"),
    "unpublish_title": _("Unpublish: {title}"),
    "status_saving": _("Saving {title}."),
    "status_cancelled": _("Cancelled. {title} stays as it was."),
    "is_published": _("{title} is published."),
    "is_unpublished": _("{title} is no longer published."),
    # Writing in a list.
    "adding": _("Adding {title}."),
    "added": _("{title} was added as a draft at position {position} of {total}."),
    "rename_title": _("New title of {title}"),
    "renaming": _("Renaming {title}."),
    "renamed": _("{was} is called {title} now."),
    "rename_cancelled": _("Cancelled. {title} keeps its title."),
    "duplicating": _("Duplicating {title}."),
    "duplicated": _("{title} is a copy with everything below it, a draft at position {position} of {total}."),
    "removing": _("Deleting {title}."),
    "removed": _("{title} was deleted."),
    "remove_cancelled": _("Cancelled. {title} stays."),
    "not_told": _("It is not known whether this was saved. Reload the page to see what the server has."),
    # Beside the heading of a list.
    "saving_short": _("Saving …"),
    "checking_short": _("Checking …"),
    "found": _("{title} was found."),
    # Not now.
    "busy": _("This list is still being saved or checked. Try again in a moment."),
    "nothing_to_undo": _("There is nothing to undo."),
    "undo_later": _("A change is still being saved. Undo it in a moment."),
    "load_failed": _("This could not be loaded. Try again in a moment."),
    # The server said no.
    "refused": _("{detail} Nothing was changed."),
    "not_allowed": _("You do not have permission to do this. Nothing was changed."),
    "signed_out": _("You are signed out. Nothing was changed. Reload the page to sign in again."),
    "signed_out_reading": _("You are signed out. Reload the page to sign in again."),
    "not_readable": _("You do not have permission to see this."),
    "not_found": _("This no longer exists. Nothing was changed."),
    "too_many": _("Too many changes in a short time. Nothing was changed. Try again in a moment."),
    "list_changed": _("Something was added to this list or removed from it. Your change was not saved."),
    "list_gone": _("This no longer exists. Reload the page to see what does."),
    "stale_by": _("{name} changed this order at {time}. Your change was not saved."),
    "stale": _("Someone has changed this list. Your change was not saved."),
    "target_changed": _("“{place}” has changed in the meantime. {title} was not moved."),
    "their_order": _("This is their order."),
    "reloaded": _("The list was reloaded."),
    # Nobody knows.
    "unknown_timeout": _(
        "The server did not answer in time. It is not known yet whether your change was saved; "
        "the page keeps checking."
    ),
    "unknown_lost": _(
        "There is no connection to the server. It is not known yet whether your change was saved; "
        "the page keeps checking."
    ),
    "unknown_server": _(
        "Something went wrong on the server. It is not known yet whether your change was saved; "
        "the page keeps checking."
    ),
    "saved_after_all": _("Your change was saved after all."),
    "unsaved": _("Your change was not saved. The page shows what the server has."),
    "unsaved_server": _("Something went wrong on the server. Your change was not saved."),
    "arrived_late": _("A change that seemed lost was saved after all. The page shows what the server has."),
    # Buttons.
    "publish": _("Publish"),
    "unpublish": _("Unpublish"),
    "undo": _("Undo"),
    "retry": _("Try again"),
    "reload": _("Reload the list"),
    "reload_page": _("Reload the page"),
    "show_theirs": _("Show their order"),
    "apply_again": _("Apply mine again"),
    "dismiss": _("Dismiss"),
}


def texts() -> dict[str, str]:
    """Return the texts by name."""
    return {name: str(text) for name, text in _TEXTS.items()}
