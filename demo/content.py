"""The shapes of the demo catalogue, and short names to write it down with."""

from dataclasses import dataclass

from learning.models import Status
from quizzes.models import QuestionType


@dataclass(frozen=True, slots=True)
class Question:
    """A question; ``options`` are texts with whether each is right, in the order shown."""

    text: str
    question_type: QuestionType
    options: tuple[tuple[str, bool], ...]
    explanation: str
    points: int = 1


@dataclass(frozen=True, slots=True)
class Video:
    """A video; ``length`` is minutes and seconds, ``4:10``."""

    length: str
    title: str
    description: str
    status: Status = Status.PUBLISHED

    @property
    def seconds(self) -> int:
        """The length in seconds."""
        minutes, seconds = self.length.split(":")
        return int(minutes) * 60 + int(seconds)


@dataclass(frozen=True, slots=True)
class Practice:
    """A set of questions."""

    title: str
    description: str
    questions: tuple[Question, ...]
    status: Status = Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class SubCourse:
    """A part of a course; its level follows from ``sub_level``."""

    title: str
    sub_level: str
    description: str
    videos: tuple[Video, ...]
    practices: tuple[Practice, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course."""

    title: str
    description: str
    sub_courses: tuple[SubCourse, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A category."""

    title: str
    description: str
    courses: tuple[Course, ...]


def one(text: str, right: str, *wrong: str, why: str) -> Question:
    """Return a question with one right option; options stand in alphabetical order."""
    options = sorted([(right, True), *((option, False) for option in wrong)])
    return Question(text, QuestionType.SINGLE_CHOICE, tuple(options), why)


def many(text: str, *, right: list[str], wrong: list[str], why: str) -> Question:
    """Return a question with several right options; it counts two points."""
    options = sorted([*((option, True) for option in right), *((option, False) for option in wrong)])
    return Question(text, QuestionType.MULTIPLE_CHOICE, tuple(options), why, points=2)


def true(text: str, why: str) -> Question:
    """Return a statement that is true."""
    return Question(text, QuestionType.TRUE_FALSE, (("True", True), ("False", False)), why)


def false(text: str, why: str) -> Question:
    """Return a statement that is false."""
    return Question(text, QuestionType.TRUE_FALSE, (("True", False), ("False", True)), why)


def practice(title: str, description: str, *questions: Question) -> Practice:
    """Return a published practice."""
    return Practice(title, description, questions)


def draft(title: str, description: str, *questions: Question) -> Practice:
    """Return a practice that is still being written."""
    return Practice(title, description, questions, Status.DRAFT)
