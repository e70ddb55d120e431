"""What ``manage.py check --deploy`` says about Stepwise's own settings."""

from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured


@register(Tags.security, deploy=True)
def links_lead_here(**kwargs: Any) -> list[Warning]:
    """Mails must not send people to their own machine."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if host and not _is_this_machine(host):
        return []
    told = f"PUBLIC_URL is {settings.PUBLIC_URL}: links in e-mails lead nowhere."
    return [
        Warning(told, hint="Set it to the address at which people reach this server.", id="stepwise.W001")
    ]


START: Final = "stepwise-start"
"""The tag of checks without which the server does not start either."""


@register(START, deploy=True)
def mail_is_not_printed(**kwargs: Any) -> list[Error]:
    """Links that open accounts do not belong into a log."""
    if settings.MAIL_MAY_BE_PRINTED or "console" not in settings.EMAIL_BACKEND:
        return []
    return [
        Error(
            "Mail would be printed to the log, with links that open accounts.",
            hint="Set EMAIL_URL to a mail server, or MAIL_MAY_BE_PRINTED=1 to try things out.",
            id="stepwise.E001",
        )
    ]


def check_start() -> None:
    """Refuse to start with settings that must not serve.

    Raises:
        ImproperlyConfigured: naming what to set.
    """
    for message in run_checks(tags=[START], include_deployment_checks=True):
        raise ImproperlyConfigured(f"{message.msg} {message.hint}")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
