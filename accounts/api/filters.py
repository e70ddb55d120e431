"""Query parameters only ever narrow. Unknown ones are refused, but not where a source document is served."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

PAGING = frozenset({"limit", "page"})
SEARCH: Final = "search"


def refuse_empty_parameters(request: Request, known: Collection[str]) -> None:
    """Refuse a known parameter that says nothing; but ``search`` of nothing is no search, as people mean it.

    Enough by itself where a document is the contract: its servers ignore what they do not know.

    Raises:
        ValidationError: ``empty_parameter``, naming each.
    """
    empty = sorted(name for name in known if request.query_params.get(name) == "" and name != SEARCH)
    if empty:
        raise ValidationError(dict.fromkeys(empty, "Must not be empty."), code="empty_parameter")


def refuse_unknown_parameters(request: Request, known: Collection[str]) -> None:
    """Refuse a misspelt or empty parameter: ignoring it would answer with rows nobody asked for.

    Raises:
        ValidationError: ``unknown_parameter`` or ``empty_parameter``, naming each.
    """
    refuse_empty_parameters(request, known)
    unknown = sorted(set(request.query_params).difference(known))
    if unknown:
        raise ValidationError(dict.fromkeys(unknown, "Unknown parameter."), code="unknown_parameter")


def checked_parameters(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the query's values; others than those of the serializer are nobody's.

    Raises:
        ValidationError: naming each parameter that is wrong.
    """
    checked = serializer(data=request.query_params.dict())
    refuse_empty_parameters(request, checked.fields.keys())
    checked.is_valid(raise_exception=True)
    values: dict[str, Any] = checked.validated_data
    return values


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """django-filter, refusing parameters it does not know.

    A view of an endpoint of document 000, 001 or 004 says ``ignores_unknown_parameters = True``.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        known = set(filterset_class.base_filters) if filterset_class else set()
        if getattr(view, "action", None) == "list":
            ignores_unknown = getattr(view, "ignores_unknown_parameters", False)
            refuse = refuse_empty_parameters if ignores_unknown else refuse_unknown_parameters
            refuse(request, known | PAGING)
            filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
            return filtered
        return queryset


@extend_schema_field(bool)
class StrictBooleanFilter(filters.TypedChoiceFilter):  # type: ignore[misc]
    """``true`` or ``false``; anything else is refused."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", **kwargs)
