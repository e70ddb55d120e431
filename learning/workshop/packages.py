"""What can be subscribed to: named packages and their rules (document 003, section 7).

Code, not a table. A further package is one entry in ``PACKAGES``; it needs no migration, because the terms
are copied onto a subscription when it is granted: changing a package changes nothing that was granted.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from learning.models import MAX_DAYS, Overlap, Renewal

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MAX_NAME: Final = 50
_MAX_PRICE: Final = Decimal("99999999.99")
# ISO 4217, the codes of national currencies in use.
_CURRENCIES: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL "
    "LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP "
    "PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A kind of subscription and its rules.

    Attributes:
        label: what people call it.
        price: for each period of ``duration_days``, in ``currency``; nothing here takes money.
        renewal: ``AUTOMATIC`` adds a period when one ends, until it is stopped or revoked.
        self_service: whether a user may start it alone.
        starts_alone: how often they may, for each tcode; ``None`` for as often as they like.
        all_tcodes: whether it opens every tcode there is; then it names none.
        overlap: what becomes of one that is granted while another runs.

    Raises:
        ImproperlyConfigured: the rules make no sense; the process does not start.
    """

    name: str
    label: Any
    duration_days: int
    price: Decimal
    currency: str
    renewal: Renewal
    overlap: Overlap
    self_service: bool = False
    starts_alone: int | None = None
    all_tcodes: bool = False

    def __post_init__(self) -> None:
        for holds, rule in self._rules():
            if not holds:
                raise ImproperlyConfigured(f"Package {self.name!r}: {rule}.")

    def _rules(self) -> Iterator[tuple[bool, str]]:
        yield (
            isinstance(self.name, str)
            and len(self.name) <= _MAX_NAME
            and _NAME.fullmatch(self.name) is not None,
            f"the name is up to {_MAX_NAME} lower-case letters, digits and single dashes",
        )
        yield (
            type(self.duration_days) is int and 1 <= self.duration_days <= MAX_DAYS,
            f"duration_days is an integer from 1 to {MAX_DAYS}",
        )
        yield (
            isinstance(self.price, Decimal)
            and self.price.is_finite()
            and 0 <= self.price <= _MAX_PRICE
            and self.price == round(self.price, 2),
            "price is a Decimal from 0 with at most two places",
        )
        yield self.currency in _CURRENCIES.split(), "currency is a code of ISO 4217"
        yield isinstance(self.renewal, Renewal), "renewal is one of Renewal"
        yield isinstance(self.overlap, Overlap), "overlap is one of Overlap"
        yield (
            self.starts_alone is None or (type(self.starts_alone) is int and self.starts_alone >= 1),
            "starts_alone is an integer from 1, or None",
        )
        yield (
            self.self_service or self.starts_alone is None,
            "starts_alone says nothing without self_service",
        )
        yield (
            not (self.self_service and self.overlap is Overlap.EXTEND),
            "what is started alone is counted by its rows, so it stacks",
        )
        # Renewed a day ahead (learning.workshop.domain.subscription_clock): a day's worth would be due again
        # at once.
        yield (
            self.renewal is not Renewal.AUTOMATIC or self.duration_days > 1,
            "what is renewed by itself lasts more than a day",
        )


def registry(packages: Iterable[Package]) -> dict[str, Package]:
    """Return packages by name.

    Raises:
        ImproperlyConfigured: two of them have one name.
    """
    by_name: dict[str, Package] = {}
    for package in packages:
        if package.name in by_name:
            raise ImproperlyConfigured(f"Package {package.name!r} is there twice.")
        by_name[package.name] = package
    return by_name


PACKAGES: Final = registry(
    [
        Package(
            name="trial",
            label=_("Trial"),
            duration_days=14,
            price=Decimal("0.00"),
            currency="EUR",
            renewal=Renewal.NONE,
            overlap=Overlap.STACK,
            self_service=True,
            starts_alone=1,
        ),
        Package(
            name="monthly",
            label=_("Monthly"),
            duration_days=30,
            price=Decimal("9.90"),
            currency="EUR",
            renewal=Renewal.AUTOMATIC,
            overlap=Overlap.STACK,
        ),
        Package(
            name="yearly",
            label=_("Yearly"),
            duration_days=365,
            price=Decimal("99.00"),
            currency="EUR",
            renewal=Renewal.NONE,
            overlap=Overlap.STACK,
        ),
        Package(
            name="internal-access",
            label=_("Internal access"),
            duration_days=365,
            price=Decimal("0.00"),
            currency="EUR",
            renewal=Renewal.NONE,
            overlap=Overlap.EXTEND,
            all_tcodes=True,
        ),
    ]
)
"""What there is, in the order in which it is offered."""


def label_of_package(name: str) -> str:
    """Return what people call a package; its name when it is not offered any more."""
    package = PACKAGES.get(name)
    return str(package.label) if package else name
