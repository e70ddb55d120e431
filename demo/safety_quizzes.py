"""Write the safety quizzes that the demo's organizations ask, and for which weeks.

North has one of its own; Sunrise asks a shared one. Both began two weeks before the demo was first loaded.
"""

from typing import Final

from django.utils import timezone

from demo.content import many, one, practice, true
from demo.sets import write_sets
from quizzes.models import OwnerType, QuestionSet, Retakes, SafetyQuizSchedule, SetType
from quizzes.safety.domain.weeks import current_week
from tenancy.models import Organization

_BEGAN: Final = 2
"""How many weeks before."""

_QUIZ: Final = practice(
    "Keeping everyone safe",
    "Five questions about the first minutes of an incident.",
    one(
        "Someone in your room begins to shout. What do you do first?",
        "Lower your own voice and give them space",
        "Shout back so that you are heard",
        "Leave the others alone with them",
        why="A calm voice and some distance take the heat out of most situations.",
    ),
    one(
        "How near do you stand?",
        "At two arm's lengths, a little to the side",
        "Face to face",
        "Right behind them",
        why="Someone who is upset needs room, and you need a way out.",
    ),
    true(
        "You may ask a colleague to take over.", why="A fresh face often helps, and nobody has to cope alone."
    ),
    many(
        "When do you call for help?",
        right=["Someone is hurt", "You feel that you are losing control"],
        wrong=["Someone disagrees with you", "Someone asks for a break"],
        why="Call early: help that was not needed costs nothing.",
    ),
    one(
        "When do you write down what happened?",
        "On the same day",
        "At the end of the term",
        "Only if someone asks",
        why="Details fade overnight.",
    ),
)


def load_safety_quizzes() -> int:
    """Write what is missing of quizzes and schedules; return how many schedules that is."""
    written = 0
    began = current_week(timezone.now()).back(_BEGAN).monday
    for slug, owner in (("north", "north"), ("sunrise", "platform")):
        organization = Organization.unscoped.get(slug=slug)
        if SafetyQuizSchedule.unscoped.filter(organization=organization).exists():
            continue
        SafetyQuizSchedule.unscoped.create(
            organization=organization,
            question_set=_quiz_of(Organization.unscoped.get(slug=owner)),
            first_week=began,
            pass_mark=80,
            retakes=Retakes.UNTIL_PASSED,
        )
        written += 1
    return written


def _quiz_of(organization: Organization) -> QuestionSet:
    row = QuestionSet(
        organization=organization, set_type=SetType.SAFETY_QUIZ, owner_type=OwnerType.STANDALONE
    )
    [written] = write_sets([(row, 1, _QUIZ)])
    return written
