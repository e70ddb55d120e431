"""Pages of the admin are called what is on them: in a tab, in the history and above the page itself."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Preferences, User
from learning.models import Reordering, Subscription, Tcode, Video
from progress.models import (
    Interaction,
    ItemProgress,
    PracticeCompletion,
    StepException,
    VideoCompletion,
)
from quizzes.models import Attempt, QuestionSet, SafetyQuizResult, SafetyQuizSchedule
from tests.contracts.admin_pages import REGISTERED, pages_for, rows_of, sign_in, url

AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}|^\W*\d[\d\W]*$")


def title_of(page) -> str:
    text = page.content.decode()
    title = unescape(re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]).strip()
    heading = unescape(re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)[1]).strip()
    assert title == f"{heading} | Stepwise"
    return heading


@pytest.fixture
def admins(world):
    return sign_in(world.north.admin)


# What Python calls a value, which means nothing to people.
OF_PYTHON = re.compile(r">\s*(None|True|False|\[\]|\{\})\s*<|object at 0x")


def test_no_page_is_called_by_an_id_or_a_figure_speaks_python_or_leads_over_an_app(admins):
    """Beside the side bar, which is by job, an app's name would only be another word."""
    pages = pages_for(admins)
    titles = {address: title_of(page) for address, page in pages.items()}
    spoken = {address: OF_PYTHON.search(unescape(page.content.decode())) for address, page in pages.items()}
    assert {address: found[0] for address, found in spoken.items() if found} == {}
    assert len(titles) > 100
    assert {address: title for address, title in titles.items() if not title or AN_ID.search(title)} == {}
    assert [title for title in titles.values() if re.match(r"(Select|Change|View) ", title)] == []
    lists = [title for address, title in titles.items() if re.fullmatch(r"/admin/\w+/\w+/", address)]
    assert len(set(lists)) == len(lists) > 20
    apps = {f'href="{reverse("admin:app_list", args=[model._meta.app_label])}"' for model in REGISTERED}
    assert [address for address, page in pages.items() for app in apps if app in breadcrumbs(page)] == []


def test_the_way_to_a_page_leads_over_its_list(admins, world):
    video = world.north.videos[0]
    ways = {
        url(Video, "changelist"): ["Home", "Videos"],
        url(Video, "add"): ["Home", "Videos", "Add video"],
        url(Video, "change", video.pk): ["Home", "Videos", video.title],
        url(Video, "delete", video.pk): ["Home", "Videos", video.title, "Delete"],
        url(Video, "history", video.pk): ["Home", "Videos", video.title, "History"],
        url(Video, "export"): ["Home", "Videos", "Export"],
        url(User, "import"): ["Home", "People", "Import"],
    }
    chosen = {"action": "delete_selected", "_selected_action": str(video.pk)}
    asked = admins.post(url(Video, "changelist"), chosen)
    assert way_of(asked)[:-1] == ["Home", "Videos"]
    assert {address: way_of(admins.get(address)) for address in ways} == ways


def way_of(page) -> list[str]:
    return [step.strip() for step in unescape(re.sub(r"<[^>]+>", "", breadcrumbs(page))).split("›")]


def breadcrumbs(page) -> str:
    found = re.findall(r'<div class="breadcrumbs">(.*?)</div>', page.content.decode(), re.DOTALL)
    return "".join(found)


def test_a_list_is_called_what_it_lists(admins):
    assert title_of(admins.get(url(Video, "changelist"))) == "Videos"
    assert title_of(admins.get(url(VideoCompletion, "changelist"))) == "Video completions"


def test_a_row_is_called_by_who_and_what_it_is_about(admins, world):
    north = world.north
    User.unscoped.filter(pk=north.student.pk).update(name="Saga Lund")
    Video.unscoped.filter(pk=north.videos[0].pk).update(title="Hello & goodbye")
    practice = north.practices[0].title
    for model, title in (
        (VideoCompletion, "Saga Lund · Hello & goodbye"),
        (PracticeCompletion, f"Saga Lund · {practice}"),
        (Attempt, f"Saga Lund · {practice}"),
        (Preferences, "Saga Lund"),
    ):
        row = model.unscoped.filter(user=north.student).order_by("pk").first()
        assert title_of(admins.get(url(model, "change", row.pk))) == title
    assert title_of(admins.get(url(User, "change", north.student.pk))) == "Saga Lund"
    assert title_of(admins.get(url(User, "delete", north.student.pk))) == "Delete: Saga Lund"
    assert title_of(admins.get(url(User, "history", north.student.pk))) == "History: Saga Lund"


def test_someone_who_has_left_is_named_in_no_title(admins, world):
    """Their facts stay with the organization; who they are does not."""
    north, sunrise = world.north, world.sunrise
    fact = VideoCompletion.unscoped.get(user=north.student)
    north.student.name = "Saga Lund"
    north.student.save()
    User.unscoped.filter(pk=north.student.pk).update(
        organization=sunrise.organization, school=None, campus=None, classroom=None
    )
    page = admins.get(url(VideoCompletion, "change", fact.pk))
    assert title_of(page) == f"someone else · {north.videos[0].title}"


@pytest.mark.parametrize(
    ("model", "word"),
    [
        (Tcode, "tcode"),
        (Subscription, "package"),
        (QuestionSet, "entry assessment"),
        (SafetyQuizSchedule, "safety quiz"),
        (SafetyQuizResult, "self-reported"),
        (StepException, "waiver"),
        (ItemProgress, "typed progress"),
        (Interaction, "payload"),
        (Attempt, "attempt"),
        (Reordering, "reordering"),
    ],
)
def test_words_of_the_documents_are_explained_on_lists_and_forms(admins, world, model, word):
    row = rows_of(model, world.north.organization).first()
    for page in (url(model, "changelist"), url(model, "change", row.pk)):
        explained = re.search(r'class="help sw-introduction">(.*?)</p>', admins.get(page).content.decode())
        assert explained, page
        assert word in explained[1].lower()
