"""Addresses that pass for others: ``mıke@`` for ``mike@``, or an ``o`` that is Cyrillic.

Whoever reads one takes it for somebody else's, and a comparison in another case may do so too. They are
refused where an address is chosen. Letters that look like no ASCII letter, as in ``müller@``, are what they
are.
"""

import unicodedata

from confusable_homoglyphs import confusables
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_no_look_alike(address: str) -> None:
    """Refuse an address with a letter that passes for one of ASCII, or a mark that stands by itself.

    Raises:
        ValidationError: ``look_alike_address``.
    """
    composed = unicodedata.normalize("NFC", address)
    if composed.isascii():
        return
    if any(unicodedata.combining(letter) or _looks_like_ascii(letter) for letter in composed):
        raise ValidationError(
            _("This address has a letter that looks like another one. Type it again."),
            code="look_alike_address",
        )


def _looks_like_ascii(letter: str) -> bool:
    if letter.isascii():
        return False
    found = confusables.is_confusable(letter, greedy=True) or []
    twins = {twin["c"] for match in found for twin in match["homoglyphs"]}
    return any(twin.isascii() and twin.isalnum() and len(twin) == 1 for twin in twins)
