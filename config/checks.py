"""What ``manage.py check --deploy`` says about Stepwise's own settings."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def links_lead_here(**kwargs: Any) -> list[Warning]:
    """Mails must not send people to their own machine."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if host and not _is_this_machine(host):
        return []
    told = f"PUBLIC_URL is {settings.PUBLIC_URL}: links in mails lead nowhere."
    return [
        Warning(told, hint="Set it to the address at which people reach this server.", id="stepwise.W001")
    ]


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
