"""What every admin of the tree is made of; writes go through the same domain functions as the API's."""

from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from learning.models import Course, CourseCategory, Status, SubCourse
from learning.tree.admin.guarded import GuardedPages
from learning.tree.admin.list_actions import ListActions
from learning.tree.admin.put_back import PutBackPages
from learning.tree.admin.told import moves_below, own_moves, sentences_of
from learning.tree.domain import structure
from learning.tree.domain.arranging import change_row
from learning.tree.levels import SiblingKind, TreeLevel, arranged, levels, levels_below
from learning.tree.ordering_page.opened import page_to_return_to
from tenancy.admin import ChipColumn, Counted, Entry, Job, Tone, branch_filters
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, EveryOrganization, current_scope

_TREE: Final[tuple[tuple[str, Any], ...]] = (
    ("category", CourseCategory),
    ("course", Course),
    ("sub_course", SubCourse),
)

IN_SUB_COURSE_ORDER: Final = [
    "organization",
    "sub_course__course__category__display_order",
    "sub_course__course__category_id",
    "sub_course__course__display_order",
    "sub_course__course_id",
    "sub_course__display_order",
    "sub_course_id",
]
"""The order of the rows' sub-courses."""


STATUS_CHIPS: Final = (
    ChipColumn(
        "status",
        {Status.PUBLISHED: Tone.GOOD, Status.DRAFT: Tone.WAITING, Status.ARCHIVED: Tone.QUIET},
    ),
    ChipColumn(
        "is_published",
        {True: Tone.GOOD, False: Tone.WAITING},
        {True: Status.PUBLISHED.label, False: Status.DRAFT.label},
    ),
)


def content_keys(resource: str) -> dict[str, str]:
    """Return the keys of a resource, by the admin's verbs."""
    return {
        "view": f"{resource}.list",
        "add": f"{resource}.create",
        "change": f"{resource}.update",
        "delete": f"{resource}.delete",
    }


def tree_filters(
    *below: tuple[str, type[models.Model], str], down_to: type[models.Model], prefix: str = ""
) -> list[Any]:
    """Return the filters that lead down the tree to the rows of a list, that by organization first.

    Args:
        below: further steps, as ``branch_filters`` takes them.
        down_to: the model of the last one before.
        prefix: the path from the rows to what stands in it, where that is not the rows themselves.
    """
    depth = [model for _name, model in _TREE].index(down_to) + 1
    names = [name for name, _model in _TREE[:depth]]
    return branch_filters(
        ("organization", Organization, "organization"),
        *(
            (name, model, prefix + "__".join(reversed(names[above:])))
            for above, (name, model) in enumerate(_TREE[:depth])
        ),
        *below,
    )


class SharedFilter(admin.SimpleListFilter):
    """The organization's own content, or what every organization may read and the platform changes."""

    title = _("shared")
    parameter_name = "shared"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        offered = _meets_shared_content() and not model_admin.shows_deleted(request)
        return [("no", _("No")), ("yes", _("Yes"))] if offered else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.filter(organization_id=PLATFORM_ID)
        return queryset.writable() if self.value() == "no" else queryset


def _meets_shared_content() -> bool:
    scope = current_scope()
    return not isinstance(scope, EveryOrganization) and not scope.is_platform


SHARED_EXPLAINED: Final = {
    "shared": _(
        "Shared rows are the platform's: every organization may use them, none but the platform changes them."
    )
}


class SharedContentAdmin(GuardedPages):
    """Content that every organization may read when it is the platform's."""

    job = Job.TREE
    chips = STATUS_CHIPS
    explained_columns = SHARED_EXPLAINED

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is added to the whole organization from a part of it."""
        scope = current_scope()
        whole = isinstance(scope, EveryOrganization) or scope.may_change_content
        return whole and super().has_add_permission(request, obj)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return columns if _meets_shared_content() else [name for name in columns if name != "shared"]

    @admin.display(description=_("shared"), empty_value="")
    def shared(self, row: Any) -> Any:
        """Whose it is, where rows of the platform stand among one's own."""
        return _("shared") if row.organization_id == PLATFORM_ID else None

    def delete_rows(self, rows: list[Any]) -> None:
        structure.delete_all(items=rows)

    def restore_rows(self, rows: list[Any]) -> None:
        structure.restore_all(items=rows)


STATUS_EXPLAINED: Final = {
    "status": _(
        "Learners see what is published, if all that it stands in is published too. What is archived is put "
        "away: publishing everything that is ready leaves it."
    )
}


class ContentAdmin(ListActions, PutBackPages, SharedContentAdmin):
    """Rows of the tree, in order. A new one goes to the end of its siblings.

    Attributes:
        kind: the siblings these rows are.
    """

    kind: ClassVar[SiblingKind]
    explained = STATUS_EXPLAINED
    search_fields = ["title"]
    list_per_page = 50
    # The order of siblings is changed as a whole, never by typing a number.
    exclude = ["display_order"]

    @property
    def levels_below(self) -> list[TreeLevel]:
        """The levels whose lists stand below a row."""
        return levels_below(self.kind) if isinstance(self.kind, TreeLevel) else []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Say how much stands below each row, of every level, after what the row itself belongs to."""
        columns = super().get_list_display(request)
        counted = [
            Counted(
                below.field_name,
                below.many,
                partial(getattr, below, "model"),
                key=below.parent,
                **{f"{name}__exact": value for name, value in below.narrowing.items()},
            ).linked(self.admin_site, request)
            for below in self.levels_below
        ]
        names = [getattr(column, "__name__", column) for column in columns]
        place = names.index("status") if counted else len(columns)
        return [*columns[:place], *counted, *columns[place:]]

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """Lead to the ordering page, with the branch open that the list is narrowed to."""
        user: Any = request.user
        tools = super().get_object_tools(request)
        if not (isinstance(self.kind, TreeLevel) and user.holds("learning_tree.get")):
            return tools
        # The deepest one first. Lists are narrowed by what their rows call the parents.
        deepest_first = reversed([level for level in levels() if level.above])
        chosen = ((level.above, request.GET.get(level.parent)) for level in deepest_first)
        branch = next((f"{above.name}:{pk}" for above, pk in chosen if above and pk), None)
        query = f"?{urlencode({'open': branch})}" if branch else ""
        return [*tools, (_("Put in order"), reverse("admin:ordering") + query)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Put the status last: it is decided when the rest is there."""
        return sorted(super().get_fields(request, obj), key=lambda name: name == "status")

    def choices_for(self, row: Any, name: str, choices: Any) -> Any:
        """Offer as parents only those of the row's own organization: content does not change hands."""
        if name != self.kind.parent or choices.model is Organization:
            return choices
        return choices.filter(organization_id=row.organization_id)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> Any:
        back = page_to_return_to(request, obj.pk)
        return HttpResponseRedirect(back) if back else super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> Any:
        back = page_to_return_to(request, obj.pk)
        return HttpResponseRedirect(back) if back else super().response_post_save_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> Any:
        answer = super().response_delete(request, obj_display, obj_id)
        back = page_to_return_to(request, obj_id)
        return HttpResponseRedirect(back) if back else answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.display_order = None
            structure.add(item=obj, kind=self.kind)
            return
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        before = type(obj).objects.get(pk=obj.pk)
        self.tell_of_kept(request, form, before)
        saved = structure.change(item=before, kind=self.kind, values=values, seen=form.seen)
        obj.display_order = saved.display_order

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Announce what is hidden along with the rows; all of it can be restored."""
        names, counts, refused, protected = super().get_deleted_objects(objs, request)
        for model, number in structure.count_below(*objs).items():
            name = str(model._meta.verbose_name_plural)
            counts[name] = counts.get(name, 0) + number
        return names, counts, refused, protected

    def get_history_sentences(self) -> dict[str, Any]:
        return {**sentences_of(self.kind), **super().get_history_sentences()}

    def history_of(self, request: HttpRequest, row: Any) -> list[Entry]:
        """Add its moves among its siblings, and the reorderings of the lists below it."""
        told = self.with_put_back(request, row, super().history_of(request, row))
        return [*told, *own_moves(self.kind, row), *moves_below(self.levels_below, row)]

    def put_back(self, row: Any, values: dict[str, Any]) -> None:
        if isinstance(self.kind, TreeLevel):
            change_row(self.kind, row, values)
        else:
            structure.change(item=row, kind=self.kind, values=values)


def list_names() -> dict[str, str]:
    """Return what people call the lists, by what reorderings call them."""
    return {kind.name: capfirst(str(_many(kind))) for kind in arranged()}


def _many(kind: SiblingKind) -> Any:
    return kind.many if isinstance(kind, TreeLevel) else kind.model._meta.verbose_name_plural
