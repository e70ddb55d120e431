"""The page of safety completion: figures, people and reminders of one's own place and below."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import LedgerEntry, Message, Role, User
from accounts.people.domain.membership import place
from quizzes.safety.domain.pending import PENDING
from quizzes.safety.domain.weeks import Week, current_week
from quizzes.safety.domain.words import range_of
from quizzes.safety.report_page import pages
from tenancy import sql
from tests.contracts.admin_pages import sign_in
from tests.factories import ClassroomFactory, make_user
from tests.quizzes.safety import COMPLETION, members_since, record

pytestmark = pytest.mark.django_db

PAGE = "/admin/safety-completion/"
REMIND = f"{PAGE}remind/"


@pytest.fixture(autouse=True)
def _members_for_long(north, sunrise):
    members_since()


@pytest.fixture
def head(north):
    return sign_in(north.principal)


def this_week(back=0):
    return str(Week(current_week(timezone.now()).monday, by_number=True).back(back))


def shown(browser, **query):
    answer = browser.get(PAGE, query)
    assert answer.status_code == 200, answer
    return answer.context


def names(context):
    return [person.name for person, _address in context["people"]]


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def messages_to(user):
    return Message.unscoped.filter(user=user)


# --- Figures and places -----------------------------------------------------------------------------


def test_a_head_sees_who_is_pending_this_week_in_their_own_place(head, north, sunrise):
    record(north.teacher, this_week())
    record(sunrise.teacher, this_week())
    page = head.get(PAGE)
    assert (page.context["figures"].pending, page.context["figures"].total) == (2, 3)
    assert names(page.context) == ["north principal", "north support"]
    assert "2 pending 1 of 3 complete" in text_of(page)
    assert "sunrise" not in page.content.decode().lower()


def test_the_figures_are_those_of_the_report_of_the_api(head, as_user, north):
    record(north.teacher, this_week())
    record(north.support, this_week(1), at=timezone.now())
    for week in (this_week(), this_week(1), this_week(2)):
        told = as_user(north.principal).get(COMPLETION, {"week_of": week}).json()
        context = shown(head, week=week, status="all")
        figures = context["figures"]
        assert told["summary"] == {
            "total": figures.total,
            "complete": figures.complete,
            "pending": figures.pending,
        }
        assert {(str(p.id), str(p.status), p.is_late) for p, _address in context["people"]} == {
            (row["userId"], row["status"], row["late"]) for row in told["rows"]
        }


def test_one_drills_down_by_links_from_the_organization_to_a_class(north):
    browser, address, seen = sign_in(north.admin), PAGE, []
    while True:
        context = browser.get(address).context
        seen.append(context["way"][-1][0])
        inside = [child for child in context["children"] if child.address]
        if not inside:
            break
        address = inside[0].address
    assert seen == [place.name for place in (north.organization, north.school, north.campus, north.classroom)]
    assert [name for name, _address in context["way"]] == seen
    assert names(context) == ["north teacher"]
    assert browser.get(context["way"][0][1]).context["figures"].total == 5


def test_the_way_begins_where_one_belongs(north):
    context = shown(sign_in(north.principal), scope=str(north.classroom.scope))
    assert [name for name, _address in context["way"]] == [
        north.school.name,
        north.campus.name,
        north.classroom.name,
    ]


def test_children_and_those_in_none_of_them_add_up(north):
    ClassroomFactory(campus=north.campus, name="An empty class")
    context = shown(sign_in(north.admin), scope=str(north.campus.scope))
    told = [(child.name, child.figures.total, bool(child.address)) for child in context["children"]]
    assert told == [
        ("An empty class", 0, True),
        (north.classroom.name, 1, True),
        ("In none of these", 1, False),
    ]
    assert sum(total for _name, total, _address in told) == context["figures"].total


@pytest.mark.parametrize("path", [PAGE, REMIND])
def test_another_place_is_as_unknown_as_none(head, north, sunrise, path):
    foreign = [str(sunrise.organization.scope), str(sunrise.classroom.scope), str(north.organization.scope)]
    answers = [head.get(path, {"scope": scope}) for scope in foreign]
    answers.append(head.get(path, {"scope": f"school:{Week}".replace(str(Week), str(north.student.pk))}))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_the_page_takes_its_key(north, grant):
    for name in ("teacher", "instructor", "support"):
        assert sign_in(north.people[name]).get(PAGE).status_code == 403
    grant(north.teacher, "READ_SAFETY_QUIZ_REPORTS")
    page = sign_in(north.teacher).get(PAGE)
    assert names(page.context) == ["north teacher"]
    assert "Remind the" not in page.content.decode(), "that takes another key"
    assert sign_in(north.teacher).get(REMIND).status_code == 403


def test_who_belongs_to_no_organization_has_no_report(independent, grant):
    User.unscoped.filter(pk=independent.pk).update(is_staff=True)
    grant(independent, "READ_SAFETY_QUIZ_REPORTS")
    assert sign_in(independent).get(PAGE).status_code == 403


def test_a_global_user_sees_every_organization_and_drills_into_one(global_admin, north, sunrise):
    browser = sign_in(global_admin)
    context = shown(browser)
    assert context["figures"].total == 10
    assert {child.name for child in context["children"]} >= {"North", "Sunrise"}
    [address] = [child.address for child in context["children"] if child.name == "Sunrise"]
    assert browser.get(address).context["figures"].total == 5


# --- Weeks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "told"),
    [
        ("2021-W09", "W9 · 1–7 Mar 2021"),
        ("2021-W13", "W13 · 29 Mar – 4 Apr 2021"),
        ("2020-W53", "W53 · 28 Dec – 3 Jan 2020"),
    ],
)
def test_a_week_is_told_by_its_number_and_its_days(week, told):
    assert range_of(Week.named(week)) == told


def test_this_years_weeks_go_without_the_year():
    assert re.fullmatch(r"W\d+ · \d+( \w+ – |–)\d+ \w+", range_of(Week.named(this_week())))


def test_one_steps_from_week_to_week_and_no_further_than_this_one(head, north):
    record(north.teacher, this_week(1))
    context = shown(head)
    assert context["later"] is None
    before = head.get(context["earlier"].address).context
    assert str(before["asked"].week) == this_week(1)
    assert before["figures"].complete == 1
    assert head.get(before["later"].address).context["later"] is None
    assert not before["may_remind"], "what is over cannot be done any more"


def test_the_last_twelve_weeks_are_drawn_and_told(head, north):
    record(north.teacher, this_week(2))
    record(north.support, this_week(2), at=timezone.now())
    page = head.get(PAGE)
    weeks = page.context["weeks"]
    assert len(weeks) == 12
    told = weeks[2][1]
    assert (told.on_time, told.late, told.pending) == (1, 1, 1)
    assert len(page.context["line"].points) == 12
    picture = page.content.decode().split('class="sw-line"')[1].split("</svg>")[0]
    assert f"{range_of(Week.named(this_week(2)))}: 2 of 3" in picture
    assert 'role="img" aria-labelledby="sw-line-title"' in picture


def test_weeks_without_anybody_interrupt_the_line(north):
    made = make_user("new@north.test", "TEACHER", at=ClassroomFactory(campus=north.campus).scope)
    context = shown(sign_in(north.admin), scope=str(made.own_scope))
    assert len(context["line"].points) == 1
    assert context["line"].path.startswith("M")


@pytest.mark.parametrize(
    "query",
    [
        {"week": "2999-W01"},
        {"week": "W48"},
        {"week": "2026-W99"},
        {"status": "late"},
        {"page": "0"},
        {"page": "9" * 30},
        {"q": "\0"},
        {"role": "x\0"},
        {"scope": "x"},
        {"format": "pdf"},
    ],
)
def test_what_cannot_be_meant_is_told_and_leads_back(head, query):
    answer = head.get(PAGE, query)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert 'class="error"' in head.get(PAGE).content.decode()


# --- People -----------------------------------------------------------------------------------------


def test_people_are_found_by_any_words_of_their_name_without_accents(north):
    User.unscoped.filter(pk=north.teacher.pk).update(name="Émile Zola-Ångström")
    browser = sign_in(north.admin)
    for search in ("emile", "angstrom ÉMILE", "zola emile"):
        assert names(shown(browser, q=search)) == ["Émile Zola-Ångström"]
    assert names(shown(browser, q="emile verne")) == []
    assert names(shown(browser, q="%")) == []


def test_people_are_filtered_by_status_and_role(north):
    record(north.teacher, this_week())
    browser = sign_in(north.admin)
    assert names(shown(browser, status="complete")) == ["north teacher"]
    assert len(names(shown(browser, status="all"))) == 5
    assert names(shown(browser, role="SUPPORT")) == ["north support"]
    assert names(shown(browser, role="TEACHER")) == []


def test_each_person_is_told_with_class_and_when_they_did_it_last(head, north):
    record(north.teacher, this_week(3), at=datetime(2021, 3, 4, 9, tzinfo=UTC))
    answer = head.get(PAGE)
    [teacher] = [person for person, _address in answer.context["people"] if person.name == "north teacher"]
    assert (teacher.classroom, teacher.campus) == (north.classroom.name, north.campus.name)
    assert (teacher.done_at, teacher.last_done_at) == (None, datetime(2021, 3, 4, 9, tzinfo=UTC))
    assert (
        f"north teacher {north.classroom.name} {north.campus.name} TEACHER pending 4 Mar 2021 —"
        in text_of(answer)
    )


def test_who_has_left_is_neither_named_nor_found_by_name(north, sunrise):
    record(north.teacher, this_week(2))
    with_role = Role.objects.get(name="TEACHER")
    place(user=north.teacher, at=sunrise.classroom.scope, role=with_role)
    User.unscoped.filter(pk=north.teacher.pk).update(name="Secret Name")
    browser = sign_in(north.admin)
    page = browser.get(PAGE, {"week": this_week(2), "status": "all"})
    assert len(page.context["people"]) == 5
    assert "Secret" not in page.content.decode()
    assert names(shown(browser, week=this_week(2), status="all", q="secret")) == []


def test_names_lead_to_the_pages_of_those_whom_one_may_look_up(north, sunrise, grant):
    for person in (north.teacher, north.support):
        record(person, this_week(2))
    # Whoever is elsewhere by now has no page here, though the report of that week is about them.
    place(user=north.support, at=north.organization.scope, role=north.support.role)

    def linked(browser):
        context = shown(browser, week=this_week(2), status="all")
        return {person.id for person, address in context["people"] if address}

    head = sign_in(north.principal)
    assert linked(head) == {north.principal.pk, north.teacher.pk}
    for address in [address for _person, address in shown(head, status="all")["people"] if address]:
        assert head.get(address).status_code == 200
    assert len(linked(sign_in(north.admin))) == 5
    grant(north.teacher, "READ_SAFETY_QUIZ_REPORTS")
    assert linked(sign_in(north.teacher)) == set(), "a teacher may not look people up"


def test_the_list_has_pages(head, north, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    first = shown(head)
    assert names(first) == ["north principal", "north support"]
    assert first["number"] == 3
    [(here, nothing), (second, address)] = first["page_links"]
    assert (here, nothing, second) == ("1", "", "2")
    assert names(head.get(address).context) == ["north teacher"]


def test_the_page_sends_as_many_statements_for_many_people_as_for_few(north, sunrise, statements):
    browser = sign_in(north.admin)

    def sent():
        with statements() as found:
            assert browser.get(PAGE, {"scope": str(north.school.scope), "status": "all"}).status_code == 200
        return len(found)

    sent()
    few = sent()
    for number in range(12):
        at = ClassroomFactory(campus=north.campus).scope
        record(make_user(f"more{number}@north.test", "TEACHER", at=at), this_week())
    assert sent() == few == 8


# --- Files ------------------------------------------------------------------------------------------


def test_a_file_holds_exactly_who_is_shown(head, north, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 1)
    monkeypatch.setattr(sql, "ROWS_AT_ONCE", 1)
    User.unscoped.filter(pk=north.teacher.pk).update(name="=1+1")
    record(north.support, this_week())
    answer = head.get(PAGE, {"format": "csv", "role": "TEACHER"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"safety-completion-{this_week()}.csv" in answer["Content-Disposition"]
    [row] = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert row["name"] == "'=1+1"
    assert (row["week_of"], row["class"], row["status"]) == (this_week(), north.classroom.name, "pending")
    both = list(csv.DictReader(io.StringIO(head.get(PAGE, {"format": "csv"}).getvalue().decode("utf-8-sig"))))
    assert [row["role"] for row in both] == ["TEACHER", "PRINCIPAL"], "over all pages"


def test_a_workbook_holds_the_same(head, north):
    answer = head.get(PAGE, {"format": "xlsx", "status": "all"})
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.values)
    assert rows[0][:3] == ("week_of", "name", "school")
    assert [row[1] for row in rows[1:]] == ["north principal", "north support", "north teacher"]


def test_a_file_that_would_be_too_long_is_refused(head, monkeypatch):
    monkeypatch.setattr("tenancy.admin.formats.XLSX.max_rows", 2)
    answer = head.get(PAGE, {"format": "xlsx"})
    assert answer.status_code == 302
    assert "at most 2 people" in head.get(PAGE).content.decode()


# --- Reminders --------------------------------------------------------------------------------------


def press(browser, **data):
    number = browser.get(REMIND, data).context["number"]
    return browser.post(REMIND, {**data, "number": number})


def test_reminding_sends_one_message_to_each_who_is_pending(head, north, sunrise):
    record(north.teacher, this_week())
    preview = head.get(REMIND)
    assert "2 people get a message each" in text_of(preview)
    assert "north teacher" not in preview.content.decode()
    assert Message.unscoped.count() == 0, "a look sends nothing"
    answer = press(head)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert "Reminded 2 people." in head.get(PAGE).content.decode()
    for person in (north.principal, north.support):
        assert messages_to(person).get().sender_id == north.principal.pk
    assert not messages_to(north.teacher).exists()
    assert not Message.unscoped.filter(organization=sunrise.organization).exists()
    assert names(shown(head)) == ["north principal", "north support"]
    assert all(person.last_reminded_at for person, _address in shown(head)["people"])


def test_a_second_click_reminds_nobody_twice(head, north):
    number = head.get(REMIND).context["number"]
    first, second = (head.post(REMIND, {"number": number}) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 200)
    assert "Meanwhile" in second.content.decode()
    assert Message.unscoped.count() == number == 3
    preview = head.get(REMIND)
    assert preview.context["number"] == 0
    assert "Told today" in preview.content.decode()


def test_who_was_told_automatically_is_told_again_only_when_asked_for_and_once_a_day(head, north):
    press(head)
    LedgerEntry.unscoped.filter(user=north.teacher).update(created_at=timezone.now() - timedelta(days=1))
    preview = head.get(REMIND)
    assert preview.context["number"] == 0
    assert [person.name for person in preview.context["found"].told] == ["north teacher"]
    assert press(head, again="1").status_code == 302
    assert messages_to(north.teacher).count() == 2
    assert messages_to(north.support).count() == 1
    assert press(head, again="1").status_code == 302
    assert messages_to(north.teacher).count() == 2
    assert set(LedgerEntry.unscoped.values_list("kind", flat=True)) == {PENDING}


def test_reminding_stays_within_the_place_that_was_looked_at(north):
    browser = sign_in(north.admin)
    scope = str(north.classroom.scope)
    assert press(browser, scope=scope)["Location"] == f"{PAGE}?scope={scope}"
    assert set(Message.unscoped.values_list("user", flat=True)) == {north.teacher.pk}


def test_nobody_is_reminded_where_others_are_pending_than_was_shown(head, north):
    number = head.get(REMIND).context["number"]
    record(north.teacher, this_week())
    answer = head.post(REMIND, {"number": number})
    assert answer.status_code == 200
    assert Message.unscoped.count() == 0
    assert head.post(REMIND, {"number": "x"}).status_code == 200
    assert head.post(REMIND, {}).status_code == 200
    assert Message.unscoped.count() == 0


def test_more_people_than_a_page_names_are_reminded_place_by_place(head, monkeypatch):
    monkeypatch.setattr("quizzes.safety.domain.reminding.MOST_AT_ONCE", 2)
    answer = head.get(REMIND)
    assert answer.status_code == 302
    assert "choose a smaller place" in head.get(PAGE).content.decode()


# --- The front page ---------------------------------------------------------------------------------


def test_the_front_page_of_a_head_says_how_many_are_pending(head, north, sunrise):
    record(north.teacher, this_week())
    page = head.get("/admin/")
    first = page.context["front_page"].work[0]
    assert first.name == "safety_completion"
    assert first.shown["figures"].pending == 2
    assert text_of(page).index("2 pending") < text_of(page).index("Find a person")
    assert head.get(first.shown["address"]).status_code == 200


def test_the_front_page_shows_no_figure_to_others_and_none_of_nobody(north, independent, grant):
    assert "safety_completion" not in work(sign_in(north.support))
    User.unscoped.filter(pk=independent.pk).update(is_staff=True)
    grant(independent, "READ_SAFETY_QUIZ_REPORTS")
    assert work(sign_in(independent)) == []


def work(browser):
    return [seen.name for seen in browser.get("/admin/").context["front_page"].work]


# --- The same over REST -----------------------------------------------------------------------------

PEOPLE = f"{COMPLETION}/people"
REMINDERS = f"{COMPLETION}/reminders"


def test_the_api_lists_the_people_that_the_page_lists(as_user, head, north, sunrise):
    record(north.teacher, this_week())
    press(head)
    rows = as_user(north.principal).get(PEOPLE).json()["rows"]
    shown_rows = shown(head, status="all")["people"]
    assert [(row["userId"], row["user_name"], row["status"]) for row in rows] == [
        (str(person.id), person.name, str(person.status)) for person, _address in shown_rows
    ]
    [teacher] = [row for row in rows if row["user_name"] == "north teacher"]
    assert (teacher["classroom_name"], teacher["campus_name"]) == (north.classroom.name, north.campus.name)
    assert (teacher["self_reported"], teacher["last_reminded_at"]) == (True, None)
    assert all(row["last_reminded_at"] for row in rows if row["status"] == "pending")


def test_the_api_filters_them_and_gives_them_by_pages(as_user, north):
    User.unscoped.filter(pk=north.teacher.pk).update(name="Émile Zola")
    client = as_user(north.principal)
    found = client.get(PEOPLE, {"search": "zola emile"}).json()
    assert (found["count"], found["rows"][0]["user_name"]) == (1, "Émile Zola")
    assert client.get(PEOPLE, {"role": "SUPPORT"}).json()["count"] == 1
    assert client.get(PEOPLE, {"status": "complete"}).json() == {
        "week_of": this_week(),
        "rows": [],
        "count": 0,
    }
    page = client.get(PEOPLE, {"limit": 1, "page": 2}).json()
    assert (len(page["rows"]), page["count"]) == (1, 3)
    assert as_user(north.principal, north.classroom.scope).get(PEOPLE).json()["count"] == 1
    for query in ({"week_of": "week nine"}, {"status": "late"}, {"serach": "x"}, {"role": ""}, {"limit": 0}):
        answer = client.get(PEOPLE, query)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] in query


def test_the_api_reminds_as_the_page_does_and_by_the_same_ledger(as_user, head, north):
    client = as_user(north.principal)
    told = {"week_of": this_week(), "told_before": 0, "told_today": 0}
    assert client.post(REMINDERS, {"dry_run": True}).json() == {**told, "reminded": 3}
    assert Message.unscoped.count() == 0
    assert client.post(REMINDERS).json() == {**told, "reminded": 3}
    assert client.post(REMINDERS).json() == {**told, "reminded": 0, "told_today": 3}
    assert press(head).status_code == 302
    assert Message.unscoped.count() == 3
    LedgerEntry.unscoped.update(created_at=timezone.now() - timedelta(days=1))
    assert client.post(REMINDERS, {"again": True}).json() == {**told, "reminded": 3, "told_before": 3}
    assert client.post(REMINDERS, {"again": "yes"}).status_code == 400


def test_the_api_takes_the_keys_of_the_page(as_user, north, grant):
    for path, method in ((PEOPLE, "get"), (REMINDERS, "post")):
        assert getattr(as_user(north.teacher), method)(path).status_code == 403
    grant(north.teacher, "READ_SAFETY_QUIZ_REPORTS")
    assert as_user(north.teacher).get(PEOPLE).json()["count"] == 1
    assert as_user(north.teacher).post(REMINDERS).status_code == 403
