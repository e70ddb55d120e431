"""Actions of the lists of the tree: publish, take back, archive and move the rows that were chosen.

What moves learners is asked about by the guard that stands around every change (``GuardedPages``).
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from learning.models import Status
from learning.tree.domain.together import Changed, give_status, move_all
from learning.tree.levels import SiblingKind, TreeLevel
from tenancy.admin import Confirmation, QuestionPages, TenantAdmin

_MOST_TOLD: Final = 5
_OWN: Final = ("publish_selected", "unpublish_selected", "archive_selected", "move_selected")


class ListActions(QuestionPages):
    """Mixed into an admin of rows of the tree; those of other lists have none of these actions."""

    kind: ClassVar[SiblingKind]
    actions = [*TenantAdmin.actions, *_OWN]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer what the level of the rows knows."""
        offered = self._offered()
        actions = super().get_actions(request)
        return {name: act for name, act in actions.items() if name not in _OWN or name in offered}

    def _offered(self) -> tuple[str, ...]:
        if not isinstance(self.kind, TreeLevel):
            return ()
        moved = ("move_selected",) if self.kind.above else ()
        return ("publish_selected", "unpublish_selected", "archive_selected", *moved)

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may move rows to another parent."""
        user: Any = request.user
        if not isinstance(self.kind, TreeLevel) or not self.has_change_permission(request):
            return False
        return bool(user.holds(self.kind.reorder_key))

    @admin.action(permissions=["change"], description=_("Publish selected %(verbose_name_plural)s"))
    def publish_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Show the rows to learners, those that are ready."""
        self._give(request, queryset, Status.PUBLISHED, _("Published"))

    @admin.action(permissions=["change"], description=_("Unpublish selected %(verbose_name_plural)s"))
    def unpublish_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Make the rows drafts again."""
        self._give(request, queryset, Status.DRAFT, _("Unpublished"))

    @admin.action(permissions=["change"], description=_("Archive selected %(verbose_name_plural)s"))
    def archive_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Put the rows away; learners do not see them any more, and publishing all drafts leaves them."""
        self._give(request, queryset, Status.ARCHIVED, _("Archived"))

    def _give(self, request: HttpRequest, queryset: Any, status: Status, done: Any) -> None:
        pks = [row.pk for row in self.chosen(queryset)]
        changed = give_status(level=self._level, pks=pks, status=status)
        self._tell(request, changed, done)

    @admin.action(permissions=["move"], description=_("Move selected %(verbose_name_plural)s to…"))
    def move_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask where to, and move the rows there with all that is below them."""
        rows = self.chosen(queryset.select_related(self._level.parent))
        posted = "post" in request.POST
        form = self._form_of_place(request)(request.POST if posted else None)
        if posted and form.is_valid():
            place = form.cleaned_data["parent"]
            changed = move_all(level=self._level, pks=[row.pk for row in rows], parent_id=place.pk)
            self._tell(request, changed, _("Moved to “%(place)s”") % {"place": place})
            return None
        question = Confirmation(
            title=_("Move selected %(rows)s") % {"rows": self._level.many},
            note=_("They go to the end of the list there, with all that is below them."),
            button=_("Move"),
            columns=[capfirst(str(self._level.one)), _("Now in")],
            rows=[(str(row), str(getattr(row, self._level.parent) or "")) for row in rows],
            further="" if rows else _("Nothing was chosen."),
            form=form,
        )
        return self.ask(request, rows, question)

    def _form_of_place(self, request: HttpRequest) -> Callable[..., forms.Form]:
        field: Any = self.opts.get_field(self._level.parent)
        offered = self.formfield_for_foreignkey(field, request, required=True)
        return type("PlaceForm", (forms.Form,), {"parent": offered})

    @property
    def _level(self) -> TreeLevel:
        assert isinstance(self.kind, TreeLevel)  # others have none of the actions
        return self.kind

    def _tell(self, request: HttpRequest, changed: Changed, done: Any) -> None:
        told = str(done).replace("%", "%%")
        self.record(request, changed.rows, f"{told}: %(number)d.", f"{done}.")
        if not changed.rows and not changed.left:
            messages.info(request, _("Nothing had to be changed."))
        more = len(changed.left) - _MOST_TOLD
        said = [*changed.left[:_MOST_TOLD], *([_("%(number)d more.") % {"number": more}] if more > 0 else [])]
        if said:
            messages.warning(request, " ".join(map(str, said)))
