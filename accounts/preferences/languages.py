"""Language tags of BCP 47."""

import langcodes
from langcodes.tag_parser import LanguageTagError, parse_tag


def language_tag(sent: str) -> str | None:
    """Return a tag in the capitals that BCP 47 recommends (``en-GB``), or ``None`` for what is none.

    Its subtags must be registered, so that a slip is not taken for a language. None is replaced by another,
    preferred one: a client finds what it has saved.
    """
    # The library takes underscores, and blanks around a tag, for hyphens.
    if "_" in sent or sent != sent.strip() or not langcodes.tag_is_valid(sent):
        return None
    try:
        return "-".join(subtag for _kind, subtag in parse_tag(sent))
    except LanguageTagError:
        return None
