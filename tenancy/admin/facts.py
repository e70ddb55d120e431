"""What was recorded of people: read, never edited. There may be millions, and no page reads all of them."""

from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy.admin.jobs import Job
from tenancy.admin.tenant import TenantAdmin

MOST_FOUND: Final = 200
"""How many people a search takes the rows of."""


class FactAdmin(TenantAdmin):
    """Rows about a person, in the field ``user``; found by that person, and listed by an index of their time.

    Filters offer what is known without looking for it in the rows.
    """

    read_only = True
    job = Job.REPORTS
    search_fields: ClassVar[Any] = ("user__email", "user__name")
    search_help_text = _("A person's name or e-mail address.")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find people first, by their own index, and then what is theirs.

        Nobody is found by a name or an address that the list would not show: some have left the scope.
        """
        if not search_term:
            return queryset, False
        everybody: Any = get_user_model()
        if not self._finds_people_only():
            queryset = queryset.filter(user__in=everybody.all_objects.values("pk"))
            return super().get_search_results(request, queryset, search_term)
        described: Any = self.admin_site.get_model_admin(everybody)
        people, _twice = admin.ModelAdmin.get_search_results(
            described, request, everybody.all_objects.order_by("sort_name", "id"), search_term
        )
        found = list(people.values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(found) > MOST_FOUND:
            told = _(
                "Many people match: these are the rows of the first %(most)d. Search for more of a name."
            )
            messages.warning(request, told % {"most": MOST_FOUND})
        return queryset.filter(user__in=found[:MOST_FOUND]), False

    def _finds_people_only(self) -> bool:
        return all(path.startswith("user__") for path in self.search_fields)
