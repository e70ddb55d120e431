"""What was recorded of people: read, never edited. There may be millions, and no page reads all of them."""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy import lists
from tenancy.admin.by_name import words_of
from tenancy.admin.deleted import RowsToList
from tenancy.admin.jobs import Job
from tenancy.admin.tenant import TenantAdmin
from tenancy.names import Mentions

MOST_FOUND: Final = 200
"""How many people, or others that it finds, a search takes the rows of."""

FEW: Final = 20
"""People. Of so many all rows are taken."""
ROWS_OF_MANY: Final = 1_000


class ListByTime(RowsToList):
    """A list that is sorted by what it offers, whatever its address asks for."""

    offered: frozenset[str] = frozenset()

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in self.offered else None

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        self.offered = frozenset(self.model_admin.get_sortable_by(request))
        asked = self.params.get(ORDER_VAR, "").replace("-", "").split(".")
        if not {str(self.list_display.index(name)) for name in self.offered}.intersection(asked):
            self.params.pop(ORDER_VAR, None)
        return super().get_ordering(request, queryset)


class FactAdmin(TenantAdmin):
    """Rows about a person, in the field ``user``; found by that person, and listed by an index of their time.

    Filters offer what is known without looking for it in the rows.
    """

    read_only = True
    job = Job.REPORTS
    search_fields: ClassVar[Any] = ("user__email", "user__name")
    search_help_text = _("A person's name or e-mail address.")

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """By the time of their index alone: to sort by anything else is to read them all."""
        return [name for name in self.get_list_display(request) if f"-{name}" in self.get_ordering(request)]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ListByTime

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find people first, by their own index, and then what is theirs; and so with what else is named.

        Nobody is found by a name or an address that the list would not show: some have left the scope.
        """
        if not search_term:
            return queryset, False
        fields: dict[str, list[str]] = {}
        for path in self.search_fields:
            row, _sep, field = path.rpartition(LOOKUP_SEP)
            fields.setdefault(row, []).append(field)
        found = Q()
        for row, names in fields.items():
            if row == "user":
                found |= self._theirs(request, queryset, self._people(request, search_term))
                continue
            if row:
                related: Any = self.opts.get_field(row).related_model
                rows = getattr(related, "all_objects", related._default_manager)
                ids = _first(_mentioning(rows.order_by("pk"), names, search_term))
            else:
                # A text of the row itself has no index: it is looked for in the newest.
                newest = queryset.order_by(*self.get_ordering(request)).values("pk")[: lists.MOST_LISTED]
                ids = _first(_mentioning(queryset.filter(pk__in=newest).order_by(), names, search_term))
            found |= Q(**{f"{row or 'pk'}{LOOKUP_SEP}in": ids})
        return queryset.filter(found), False

    def _theirs(self, request: HttpRequest, queryset: Any, people: list[Any]) -> Q:
        """Return the condition for the rows of some people; of many, unless each has one, the newest of each.

        Left to itself the database takes the rows of everybody by their time until enough are of many people:
        all there are, where theirs are few or old.
        """
        person: Any = self.opts.get_field("user")
        if len(people) <= FEW or person.unique or settings.DISTRIBUTED:
            return Q(user__in=people)
        of_each = ROWS_OF_MANY // len(people)
        told = _("%(number)d people match: these are the newest rows of each, %(of_each)d at most.")
        messages.info(request, told % {"number": len(people), "of_each": of_each})
        theirs = queryset.filter(user=OuterRef("pk")).order_by(*self.get_ordering(request))
        everybody: Any = get_user_model()
        newest = everybody.all_objects.filter(pk__in=people).values_list(
            ArraySubquery(theirs.values("pk")[:of_each]), flat=True
        )
        return Q(pk__in=[pk for rows in newest for pk in rows])

    def _people(self, request: HttpRequest, search_term: str) -> list[Any]:
        everybody: Any = get_user_model()
        described: Any = self.admin_site.get_model_admin(everybody)
        rows = everybody.all_objects.order_by("sort_name", "id")
        people, _twice = described.get_search_results(request, rows, search_term)
        found = list(people.values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(found) > MOST_FOUND:
            told = _(
                "Many people match: these are the rows of the first %(most)d. Search for more of a name."
            )
            messages.warning(request, told % {"most": MOST_FOUND})
        return found[:MOST_FOUND]


def _mentioning(rows: Any, fields: list[str], term: str) -> Any:
    for word in words_of(term):
        mentioned = [(f"{field}{LOOKUP_SEP}{Mentions.lookup_name}", word) for field in fields]
        rows = rows.filter(Q(*mentioned, _connector=Q.OR))
    return rows


def _first(rows: Any) -> list[Any]:
    return list(rows.values_list("pk", flat=True)[:MOST_FOUND])
