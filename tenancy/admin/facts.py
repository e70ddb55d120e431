"""What was recorded of people: read, never edited."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from tenancy.admin.jobs import Job
from tenancy.admin.tenant import TenantAdmin


class FactAdmin(TenantAdmin):
    """Rows about a person, in the field ``user``."""

    read_only = True
    job = Job.REPORTS

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find nobody by a name or an address that the list would not show: some have left the scope."""
        if search_term:
            people: Any = get_user_model()
            queryset = queryset.filter(user__in=people.all_objects.values("pk"))
        return super().get_search_results(request, queryset, search_term)
