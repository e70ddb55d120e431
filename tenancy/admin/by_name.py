"""Lists stand in the order people expect of names, and are searched without regard to accents and case."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from tenancy.names import Mentions, order_of

_NAMES: Final = ("name", "title", "user_name")


def in_order(opts: Any, path: str) -> Any:
    """Return what a list of a model sorts by where it is to sort by a field, which may begin with ``-``."""
    downwards, name = path.startswith("-"), path.removeprefix("-")
    above, _sep, last = name.rpartition(LOOKUP_SEP)
    if last not in _NAMES:
        return path
    stored = f"{above}{_sep}sort_name"
    expression = models.F(stored) if _field(opts, stored) else order_of(models.F(name))
    return expression.desc() if downwards else expression.asc()


def _in_order(opts: Any, given: Any) -> list[Any]:
    return [in_order(opts, one) if isinstance(one, str) else one for one in given]


def searched(opts: Any, path: str) -> str:
    """Return the lookup with which a field of a list is searched."""
    field = _field(opts, path)
    is_text = isinstance(field, models.CharField | models.TextField)
    return f"{path}{LOOKUP_SEP}{Mentions.lookup_name}" if is_text else path


def words_of(term: str) -> Iterator[str]:
    """Yield what a search is for: its words, or what stands between quotes."""
    for word in smart_split(term):
        is_quoted = word[0] in "\"'" and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word


def _field(opts: Any, path: str) -> Any:
    field = None
    for name in path.split(LOOKUP_SEP):
        try:
            field = opts.get_field(name)
        except FieldDoesNotExist:
            return None
        opts = getattr(field.related_model, "_meta", None) if field.is_relation else None
    return field


class NamedList(ChangeList):
    """A list that stands in that order, by whichever column."""

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        return _in_order(self.lookup_opts, super().get_ordering(request, queryset))


class NamedLists(admin.ModelAdmin):
    """Mixed into an admin: the rule for its list and its suggestions."""

    def get_ordering(self, request: HttpRequest) -> Any:
        return _in_order(self.opts, super().get_ordering(request) or self.opts.ordering)

    def get_search_fields(self, request: HttpRequest) -> Any:
        return [searched(self.opts, path) for path in super().get_search_fields(request)]
