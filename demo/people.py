"""The demo's organizations and people. A place is a path of names from the organization down."""

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "demo-pass-123"

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can log in; no ``role`` and no ``place`` make an independent learner.

    Attributes:
        can: what the account is there to show, for the table that ``seed_demo`` prints.
    """

    email: str
    name: str
    role: str | None
    place: Place
    can: str


ORGANIZATIONS: Final[dict[str, str]] = {"north": "North", "sunrise": "Sunrise"}
"""Slugs and names."""

# Parents before children.
PLACES: Final[tuple[Place, ...]] = (
    ("north", "North Elementary"),
    ("north", "North Elementary", "East"),
    ("north", "North Elementary", "East", "E1"),
    ("north", "North Elementary", "East", "E2"),
    ("north", "North Elementary", "West"),
    ("north", "North Elementary", "West", "W1"),
    ("north", "North High"),
    ("north", "North High", "Hill"),
    ("north", "North High", "Hill", "H1"),
    ("sunrise", "Sunrise School"),
    ("sunrise", "Sunrise School", "Main Campus"),
    ("sunrise", "Sunrise School", "Main Campus", "S1"),
)

_NORTH: Final = ("north",)
_EAST: Final = ("north", "North Elementary", "East")
_E1: Final = (*_EAST, "E1")
_E2: Final = (*_EAST, "E2")
_W1: Final = ("north", "North Elementary", "West", "W1")
_H1: Final = ("north", "North High", "Hill", "H1")
_S1: Final = ("sunrise", "Sunrise School", "Main Campus", "S1")

PEOPLE: Final[tuple[Person, ...]] = (
    Person("global@demo.test", "Gwen Global", "GLOBAL_ADMIN", (), "everything, in every organization"),
    Person("admin@north.test", "Ada Nordin", "ADMIN", _NORTH, "everything in North"),
    Person(
        "principal@north.test",
        "Paul Lindqvist",
        "PRINCIPAL",
        ("north", "North Elementary"),
        "safety reports and people of North Elementary",
    ),
    Person("lead@north.test", "Lena Ek", "PRINCIPAL", _EAST, "safety reports and people of campus East"),
    Person("teacher@north.test", "Tove Berg", "TEACHER", _E1, "reads the content; teaches E1"),
    Person("teacher2@north.test", "Tom Dahl", "TEACHER", _E2, "reads the content; teaches E2"),
    Person("teacher3@north.test", "Tilda Strand", "TEACHER", _W1, "reads the content; teaches W1"),
    Person("teacher4@north.test", "Theo Holm", "TEACHER", _H1, "reads the content; teaches H1"),
    Person("teacher5@north.test", "Tea Nygaard", "TEACHER", _E1, "reads the content; teaches E1"),
    Person("teacher6@north.test", "Tor Eide", "TEACHER", _E2, "reads the content; teaches E2"),
    Person("teacher7@north.test", "Tuva Lie", "TEACHER", _W1, "reads the content; teaches W1"),
    Person("teacher8@north.test", "Tage Brandt", "TEACHER", _H1, "reads the content; teaches H1"),
    Person("instructor@north.test", "Ines Falk", "INSTRUCTOR", _NORTH, "reads the content"),
    Person("support@north.test", "Sami Ros", "SUPPORT", _EAST, "reads the content"),
    Person("student@north.test", "Saga Lund", "STUDENT", _E1, "learns step by step; nothing completed yet"),
    Person("student2@north.test", "Stig Moe", "STUDENT", _E1, "learns step by step; half-way"),
    Person("guardian@north.test", "Gunnar Lund", "GUARDIAN", _E1, "their own account only"),
    Person("guest@north.test", "Gry Vik", "GUEST", _E1, "their own account only"),
    Person("admin@sunrise.test", "Asha Rao", "ADMIN", ("sunrise",), "everything in Sunrise"),
    Person("teacher@sunrise.test", "Tariq Aziz", "TEACHER", _S1, "reads the content; teaches S1"),
    Person("teacher2@sunrise.test", "Tara Menon", "TEACHER", _S1, "reads the content; teaches S1"),
    Person("student@sunrise.test", "Sunita Iyer", "STUDENT", _S1, "learns step by step; some steps done"),
    Person("learner@demo.test", "Lou Independent", None, (), "learns alone; subscriptions of every kind"),
    Person("internal@demo.test", "Ira Internal", None, (), "internal access to every tcode of the workshop"),
)
