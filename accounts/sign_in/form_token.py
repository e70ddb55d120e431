"""``{% csrf_token %}`` says as well in which organization a page of the admin was opened.

Every form that is sent bears that token, Django's own included: this is the one place that no form forgets.
"""

from typing import Any

from django.template import Library
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from accounts.sign_in.opened import FIELD, place_of

register = Library()


class FormTokenNode(CsrfTokenNode):
    """Two hidden inputs."""

    def render(self, context: Any) -> Any:
        token = super().render(context)
        acting = getattr(context.get("request"), "acting", None)
        if acting is None:
            return token
        opened = format_html('<input type="hidden" name="{}" value="{}">', FIELD, place_of(acting.scope))
        return token + opened


@register.tag("csrf_token")
def form_token(parser: Any, token: Any) -> FormTokenNode:
    """Return the node for the tag."""
    return FormTokenNode()
