"""``{"rows": [...], "count": total}`` with ``limit`` and ``page`` (``API.md`` "Everywhere")."""

import re
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenancy import lists

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
_DIGITS: Final = re.compile(r"[0-9]{1,10}")


def positive_parameter(request: Request, name: str, *, default: int, at_most: int, refusal: str) -> int:
    """Return a query parameter as an integer from 1 to ``at_most``; never corrected, refused instead.

    Args:
        refusal: what is wrong with any other value, for people.

    Raises:
        ValidationError: naming the parameter.
    """
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if _DIGITS.fullmatch(raw) and 1 <= int(raw) <= at_most:
        return int(raw)
    raise ValidationError({name: refusal}, code=f"invalid_{name}")


class LimitPagePagination(BasePagination):
    """Pages counted from 1, and rows up to ``tenancy.lists.MOST_LISTED``; a page past the end is empty.

    A view whose list has a bound of its own says ``pages_on_request = True``: without ``limit`` and
    ``page`` it answers all rows.
    """

    count: int

    def window(self, request: Request) -> tuple[int, int]:
        """Return how many rows are wanted, and how many come before them.

        Raises:
            ValidationError: ``invalid_limit``, ``invalid_page``; also for a page that lists do not lead to.
        """
        most = lists.MOST_LISTED
        limit = positive_parameter(
            request,
            "limit",
            default=DEFAULT_LIMIT,
            at_most=MAX_LIMIT,
            refusal=f"Must be a whole number from 1: a page has at most {MAX_LIMIT} rows.",
        )
        page = positive_parameter(
            request,
            "page",
            default=1,
            at_most=2**31,
            refusal="Must be a whole number from 1: pages count from 1.",
        )
        if page > lists.last_page(most, limit):
            refusal = f"Pages lead to the first {most:,} rows: ask for fewer by another parameter."
            raise ValidationError({"page": refusal}, code="invalid_page")
        start = (page - 1) * limit
        return min(limit, most - start), start

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        if _answers_all(view) and not {"limit", "page"} & request.query_params.keys():
            rows = list(queryset)
            self.count = len(rows)
            return rows
        limit, start = self.window(request)
        self.count = lists.counted(queryset) if isinstance(queryset, QuerySet) else len(queryset)
        return list(queryset[start : start + limit]) if start < self.count else []

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"rows": data, "count": self.count})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["rows", "count"],
            "properties": {
                "rows": schema,
                "count": {
                    "type": "integer",
                    "maximum": lists.MOST_LISTED,
                    "description": "How many rows there are on all pages.",
                },
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        all_rows = " Without `limit` and `page`: all rows." if _answers_all(view) else ""
        # A default is what generated clients send, which would ask for a page.
        limit, page = ({}, {}) if all_rows else ({"default": DEFAULT_LIMIT}, {"default": 1})
        return [
            {
                "name": "limit",
                "in": "query",
                "description": f"Rows per page.{all_rows}",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, **limit},
            },
            {
                "name": "page",
                "in": "query",
                "description": f"The page, from 1; one past the end is empty. Pages lead to the first "
                f"{lists.MOST_LISTED:,} rows.",
                "schema": {"type": "integer", "minimum": 1, "maximum": lists.MOST_LISTED, **page},
            },
        ]


def _answers_all(view: APIView | None) -> bool:
    return bool(getattr(view, "pages_on_request", False))
