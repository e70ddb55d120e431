"""What may be waiting for someone on the admin's front page: a table of questions and of how to say them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, F, Model, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Now, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from config.asking import Found, Rows
from learning.models import Renewal, Status, SubCourse, Subscription, Video
from quizzes.models import Question, QuestionSet

NAME_OF_PERSON: Final = Coalesce(NullIf("name", Value("")), "email")


class Link(NamedTuple):
    """Somewhere to go; words only, where there is no address."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits, or is good to know.

    Attributes:
        link: what it is, with its number, and the list of it where there is one.
        note: why it matters, or what the links below are.
        links: the first of its rows.
        more: how many there are beyond those.
    """

    link: Link
    note: Any = ""
    links: list[Link] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kind of thing that waits to be done.

    Attributes:
        keys: the permissions it takes to do it, all of them.
        rows: the rows it is about.
        text: how to say that there are ``n``.
        note: the sentence below.
        listed: the address of the list of them.
        row_url: where to do it for one row; the first rows are offered if there is such a place.
    """

    keys: tuple[str, ...]
    rows: Callable[[], Rows]
    text: Any
    note: Any
    listed: Callable[[], str] = str
    row_url: Callable[[str], str] | None = None

    def item(self, found: Found) -> Item:
        """Return how the front page says it."""
        link = Link(self.text % {"n": found.total}, self.listed())
        if self.row_url is None:
            return Item(link, self.note)
        links = [Link(label, self.row_url(key)) for key, label in found.rows]
        return Item(link, self.note, links, more=found.total - len(links))


def admin_url(model: type[Model], page: str, *args: Any, **query: Any) -> str:
    """Return the address of an admin page of a model."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
    return f"{url}?{urlencode(query)}" if query else url


def _sub_courses_without_steps() -> "QuerySet[Any, Any]":
    inside = {"sub_course": OuterRef("pk")}
    return SubCourse.objects.writable().filter(
        ~Exists(Video.objects.filter(**inside)), ~Exists(QuestionSet.objects.practices().filter(**inside))
    )


def _assessments_without_questions() -> "QuerySet[Any, Any]":
    questions = Question.objects.filter(question_set=OuterRef("pk"))
    return QuestionSet.objects.writable().entry_assessments().filter(~Exists(questions))


def _subscriptions_that_end() -> "QuerySet[Any, Any]":
    soon = {"ends_at__gt": Now(), "ends_at__lte": Now() + timedelta(days=7)}
    return Subscription.objects.filter(status="active", renewal=Renewal.NONE, **soon)


WAITING: Final = {
    "draft_videos": Waiting(
        keys=("videos.update",),
        rows=lambda: Rows(Video.objects.writable().filter(status=Status.DRAFT)),
        text=ngettext_lazy("%(n)d video is still a draft", "%(n)d videos are still drafts", "n"),
        note=_("Learners see only what is published."),
        listed=lambda: admin_url(Video, "changelist", status__exact=Status.DRAFT),
    ),
    "draft_question_sets": Waiting(
        keys=("question_sets.update",),
        rows=lambda: Rows(QuestionSet.objects.writable().filter(status=Status.DRAFT)),
        text=ngettext_lazy(
            "%(n)d question set is still a draft", "%(n)d question sets are still drafts", "n"
        ),
        note=_("Learners see only what is published."),
        listed=lambda: admin_url(QuestionSet, "changelist", status__exact=Status.DRAFT),
    ),
    "sub_courses_without_steps": Waiting(
        keys=("videos.create",),
        rows=lambda: Rows(_sub_courses_without_steps()),
        text=ngettext_lazy(
            "%(n)d sub-course has neither a video nor a practice",
            "%(n)d sub-courses have neither a video nor a practice",
            "n",
        ),
        note=_("Add a video to:"),
        row_url=lambda key: admin_url(Video, "add", sub_course=key),
    ),
    "assessments_without_questions": Waiting(
        keys=("questions.create",),
        rows=lambda: Rows(_assessments_without_questions(), label=F("sub_course__title")),
        text=ngettext_lazy(
            "%(n)d entry assessment has no question", "%(n)d entry assessments have no question", "n"
        ),
        note=_("Add a question to the assessment of:"),
        row_url=lambda key: admin_url(Question, "add", question_set=key),
    ),
    "people_never_logged_in": Waiting(
        keys=("users.update",),
        rows=lambda: Rows(User.objects.filter(is_active=True, last_login=None), label=NAME_OF_PERSON),
        text=ngettext_lazy("%(n)d person has never logged in", "%(n)d people have never logged in", "n"),
        note=_("If they were invited: is the address right, and did the mail arrive?"),
        listed=lambda: admin_url(User, "changelist", last_login__isnull=True, is_active__exact=1),
    ),
    "subscriptions_that_end": Waiting(
        keys=("subscriptions.manage", "users.list"),
        rows=lambda: Rows(_subscriptions_that_end(), label=F("subscription_type")),
        text=ngettext_lazy(
            "%(n)d subscription ends within 7 days", "%(n)d subscriptions end within 7 days", "n"
        ),
        note=_("Shall people keep their access? Extend what is to go on."),
        listed=lambda: admin_url(Subscription, "changelist", ends="7", renewal="none"),
    ),
}
