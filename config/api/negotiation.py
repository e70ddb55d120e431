"""Which parser reads a body and which renderer writes an answer: nearly always the first of each."""

from collections.abc import Iterable
from typing import Any, Final

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_ANYTHING: Final = "*/*"


class FirstChoiceNegotiation(DefaultContentNegotiation):
    """Compares what a client says by the letter before it is taken apart: most say just this, or nothing."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        first = next(iter(parsers), None)
        if first is not None and request.content_type == first.media_type:
            return first
        return super().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first: Any = next(iter(renderers))
        wanted = request.META.get("HTTP_ACCEPT", _ANYTHING)
        if format_suffix is None and wanted in (_ANYTHING, first.media_type):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
