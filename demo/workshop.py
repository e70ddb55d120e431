"""What the demo's workshop offers, and who was given what of it."""

from dataclasses import dataclass
from typing import Final

_SAFETY: Final = "Safety at school"
_LANGUAGE: Final = "Languages"
_MATHS: Final = "Mathematics"
_TEACHING: Final = "Teaching"


@dataclass(frozen=True, slots=True)
class Offer:
    """A tcode."""

    code: str
    title: str
    subject: str
    slides: int
    description: str
    is_published: bool = True


OFFERS: Final[dict[str, tuple[Offer, ...]]] = {
    "platform": (
        Offer("SAFE-101", "Fire drills", _SAFETY, 18, "Ways out, meeting points, and who counts whom."),
        Offer("SAFE-102", "First aid for the classroom", _SAFETY, 32, "What to do until help comes."),
        Offer("SAFE-201", "De-escalation", _SAFETY, 40, "Words and distance when someone is upset."),
        Offer("LANG-101", "Greetings in sign language", _LANGUAGE, 24, "Twenty signs for the first day."),
        Offer("LANG-102", "Small talk", _LANGUAGE, 28, "Weather, weekends, and how to ask back."),
        Offer("LANG-201", "Telling a story", _LANGUAGE, 36, "Past tenses that carry a story."),
        Offer("MATH-101", "Fractions you can see", _MATHS, 30, "Halves, thirds and quarters of things."),
        Offer("MATH-102", "Percent in shops", _MATHS, 22, "Discounts, and what they really save."),
        Offer("TEACH-101", "Better questions", _TEACHING, 26, "Questions that make learners think aloud."),
        Offer("TEACH-102", "Calm starts", _TEACHING, 20, "The first five minutes of a lesson."),
    ),
    "north": (
        Offer("NORTH-1", "House rules of North", "Our school", 12, "What everyone here can rely on."),
        Offer("NORTH-2", "Evacuation plan", "Our school", 15, "Routes of each building."),
        Offer("NORTH-3", "Parents' evening", "Our school", 10, "Still being written.", is_published=False),
    ),
    "sunrise": (
        Offer("SUN-1", "Welcome to Sunrise", "Our school", 14, "The first week, day by day."),
        Offer("SUN-2", "Morning assembly", "Our school", 8, "Who does what, and when."),
    ),
}
"""By the slug of the organization whose they are."""


@dataclass(frozen=True, slots=True)
class Given:
    """A subscription.

    Attributes:
        code: of the tcode; ``None`` for all of them.
        starts: in how many days it begins, counted from the first run; negative for the past.
        extended: by how many days it was made longer, a day after it began.
        revoked: how many days after its beginning it was revoked.
    """

    email: str
    code: str | None
    package: str
    starts: int
    reason: str = ""
    extended: int = 0
    revoked: int | None = None


GIVEN: Final = (
    Given("internal@demo.test", None, "internal-access", -60, "Works for us."),
    # learner@demo.test can still try most tcodes.
    Given("learner@demo.test", "LANG-101", "trial", -40),
    Given("learner@demo.test", "LANG-101", "monthly", -25, "Ordered by mail."),
    Given("learner@demo.test", "MATH-101", "trial", -9),
    Given("learner@demo.test", "MATH-102", "yearly", 12, "Ordered by mail."),
    Given("learner@demo.test", "SAFE-102", "monthly", -20, "Ordered by mail.", revoked=6),
    Given("admin@north.test", "TEACH-101", "yearly", -100, "For the whole staff."),
    Given("principal@north.test", "TEACH-101", "yearly", -100, "For the whole staff."),
    Given("lead@north.test", "TEACH-101", "yearly", -100, "For the whole staff."),
    Given("instructor@north.test", "SAFE-201", "monthly", -22, "Prepares the training."),
    Given("support@north.test", "SAFE-102", "yearly", -361, "First-aider of the house."),
    Given("teacher@north.test", "SAFE-201", "yearly", -50, "De-escalation training."),
    Given("teacher@north.test", "TEACH-102", "trial", -11),
    Given("teacher@north.test", "NORTH-2", "yearly", -30, "Fire warden."),
    Given("teacher2@north.test", "SAFE-201", "yearly", -50, "De-escalation training.", extended=14),
    Given("teacher2@north.test", "LANG-102", "trial", -30),
    Given("teacher3@north.test", "SAFE-201", "yearly", 6, "De-escalation training."),
    Given("teacher4@north.test", "SAFE-101", "yearly", -20, "Given to the wrong person.", revoked=2),
    Given("student2@north.test", "LANG-101", "yearly", -45, "For the class."),
    Given("student2@north.test", "MATH-101", "monthly", -70, "For the class."),
    Given("student2@north.test", "NORTH-1", "yearly", -45, "For the class."),
    Given("admin@sunrise.test", "TEACH-101", "yearly", -80, "For the staff."),
    Given("teacher@sunrise.test", "TEACH-102", "yearly", -200, "For the staff."),
    Given("teacher@sunrise.test", "SAFE-101", "monthly", -90, "For the staff."),
    Given("teacher2@sunrise.test", "SUN-2", "yearly", 3, "Takes over the assembly."),
    Given("student@sunrise.test", "MATH-101", "yearly", -33, "For the class."),
    Given("student@sunrise.test", "LANG-102", "trial", -8),
    Given("student@sunrise.test", "SUN-1", "yearly", -33, "For the class."),
)
