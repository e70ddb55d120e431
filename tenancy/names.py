"""Names as people compare, sort and look for them: in any case, in any Unicode form, by any accent.

The rules are functions of the database, so that a constraint, an index, a list and a hand-written statement
mean the same: see ``docs/decisions/0024``.

``name_identity``: what is one name of two places. Case, Unicode form, spacing and what cannot be seen make no
difference; accents do.
``name_search``: what a search compares. Accents make no difference either: ``Emile`` finds ``Émile``.
``name_order``: what a list sorts by. As ``name_search``, and numbers stand in their order: E2 before E10.
``name_grams``: the parts of ``name_search`` of two and three characters, which an index can be asked. What
occurs in a name has no part that the name lacks: see ``docs/decisions/0043``.
"""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import BooleanField, CharField, EmailField, F, Func, Lookup, Q, TextField, Value
from django.db.models.functions import Collate

from tenancy.wall.base import is_up

IDENTITY: Final = "name_identity"
SEARCH: Final = "name_search"
ORDER: Final = "name_order"
GRAMS: Final = "name_grams"
MENTIONED: Final = "wall_mentioned"
"""The people of an organization that have all parts of a text, for statements behind the wall."""


def identity_of(field: str) -> Func:
    """Return the expression that is the same for two spellings of one name."""
    return Func(F(field), function=IDENTITY)


def order_of(expression: Any) -> Collate:
    """Return the expression that a list sorts names by; ``sort_name`` holds it where a model has that."""
    return Collate(Func(expression, function=ORDER, output_field=TextField()), "C")


def mentions_sql(column: str, text: str) -> str:
    """SQL: a text occurs in a name, by the rule of ``name_search``; for hand-written statements."""
    return f"strpos({SEARCH}({column}), {SEARCH}({text})) > 0"


@CharField.register_lookup
@EmailField.register_lookup
@TextField.register_lookup
class Mentions(Lookup):  # type: ignore[type-arg]
    """``name__mentions="emile"``: the text occurs in the name, by the rule of ``name_search``."""

    lookup_name = "mentions"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return mentions_sql(lhs, rhs), [*lhs_params, *rhs_params]


class _HasParts(Func):
    """The condition that a person's fields hold all parts of some texts.

    Behind the wall a policy comes before whatever could tell what it hides, and with it before the index of
    parts: there a function of the database asks it.
    """

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **how: Any) -> Any:  # type: ignore[override]
        key, held, asked = (compiler.compile(one) for one in self.source_expressions)
        if is_up():
            return f"{key[0]} = ANY(ARRAY(SELECT {MENTIONED}({asked[0]})))", [*key[1], *asked[1]]
        return f"{held[0]} @> {asked[0]}", [*held[1], *asked[1]]


def has_parts_sql(person: str, texts: str) -> str:
    """SQL: a person, a row of people, has all parts of some texts, as an index finds them.

    For hand-written statements; it is another one behind the wall, as above.

    Args:
        texts: an array; without any everybody has them.
    """
    asked = f"{GRAMS}(VARIADIC {texts})"
    if is_up():
        found = f"{person}.id = ANY(ARRAY(SELECT {MENTIONED}({asked})))"
    else:
        found = f"{GRAMS}({person}.name, {person}.email) @> {asked}"
    return f"(cardinality({texts}) = 0 OR {found})"


def mentioned_in(fields: tuple[str, ...], texts: Collection[str]) -> Q:
    """Return the condition that each text occurs in one of a person's fields, as an index finds them.

    Args:
        fields: those that the index of parts is of, in its order.
    """
    found = Q()
    # One character has no parts: it occurs in most names.
    if in_parts := [text for text in texts if len(text) > 1]:
        held = Func(*fields, function=GRAMS, output_field=TextField())
        # All at once: the index is to find those who have all of them, and not many for each.
        asked = Func(*map(Value, in_parts), template=f"{GRAMS}(VARIADIC ARRAY[%(expressions)s]::text[])")
        found = Q(_HasParts(F("pk"), held, asked))
    for text in texts:
        found &= Q(*[(f"{name}__{Mentions.lookup_name}", text) for name in fields], _connector=Q.OR)
    return found
