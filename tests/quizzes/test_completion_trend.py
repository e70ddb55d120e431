"""``completion/trend``: the figures of completion, week by week, here and one level below."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.people.domain.membership import place
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import Week, current_week
from tests.conftest import error_of
from tests.factories import CampusFactory, SchoolFactory, make_user
from tests.quizzes.safety import COMPLETION, TREND, URL, WEEK, members_since, quiz, record

pytestmark = pytest.mark.django_db

# The first moment after the week of WEEK.
ENDS = datetime(2021, 3, 8, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
FLAGS = ("false", "true")


@pytest.fixture(autouse=True)
def _members_for_long(north, sunrise):
    members_since()


@pytest.fixture
def trend(as_user, north):
    def ask(scope=None, **parameters):
        answer = as_user(north.admin, scope).get(TREND, parameters)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def complete(weeks):
    return [week["complete"] for week in weeks]


def reported(number):
    """Return the rest of a week in which so many reported their score themselves, and nobody was graded."""
    return {"failed": 0, "self_reported": number}


def test_the_trend_is_of_the_active_scope_and_one_level_down_of_each_child(trend, north, sunrise):
    SchoolFactory(organization=north.organization, name="A school without staff")
    record(north.admin)
    record(north.teacher)
    record(north.teacher)
    record(north.support, "2021-02-22")
    record(north.student)
    record(sunrise.teacher)

    def figures(*pairs):
        weeks = ("2021-02-15", "2021-02-22", WEEK)
        return [
            {"week_of": week_of, "complete": done, "total": total, "late": 0, **reported(done)}
            for week_of, (done, total) in zip(weeks, pairs, strict=True)
        ]

    assert trend(weeks=3, week_of=WEEK) == {
        "weeks": figures((0, 5), (1, 5), (2, 5)),
        "children": [
            {
                "scope": str(school.scope),
                "name": school.name,
                "weeks": figures((0, 0), (0, 0), (0, 0))
                if school != north.school
                else figures((0, 3), (1, 3), (1, 3)),
            }
            for school in type(north.school).unscoped.filter(organization=north.organization).order_by("name")
        ],
    }


@pytest.mark.parametrize(
    ("level", "child"), [("organization", "school"), ("school", "campus"), ("campus", "classroom")]
)
def test_children_are_those_of_the_next_level_with_the_scope_to_drill_into(
    level, child, trend, north, sunrise
):
    answer = trend(getattr(north, level).scope)
    assert [(row["scope"], row["name"]) for row in answer["children"]] == [
        (str(getattr(north, child).scope), getattr(north, child).name)
    ]
    drilled = trend(getattr(north, child).scope)
    assert drilled["weeks"] == answer["children"][0]["weeks"]


def test_a_class_has_no_children(trend, north):
    answer = trend(north.classroom.scope)
    assert answer["children"] == []
    assert [week["total"] for week in answer["weeks"]] == [1] * 8


def test_a_global_user_sees_all_organizations_together_and_each(as_user, north, sunrise, global_admin):
    record(north.teacher)
    answer = as_user(global_admin).get(TREND, {"weeks": 1, "week_of": WEEK}).json()
    assert answer["weeks"] == [{"week_of": WEEK, "complete": 1, "total": 10, "late": 0, **reported(1)}]
    assert [(child["scope"], child["weeks"][0]["complete"]) for child in answer["children"]] == [
        (str(north.scope), 1),
        (str(sunrise.scope), 0),
    ]


def test_without_parameters_it_is_eight_weeks_up_to_the_current_one_named_by_their_mondays(trend, north):
    weeks = [week["week_of"] for week in trend()["weeks"]]
    assert weeks == [str(week) for week in current_week(timezone.now()).latest(8)]
    assert all(datetime.fromisoformat(week).replace(tzinfo=UTC).weekday() == 0 for week in weeks)


def test_weeks_are_named_the_way_the_last_one_is_and_hold_what_names_them_in_any(trend, north):
    record(north.teacher, "2021-W09")
    record(north.support, "2021-W08")
    record(north.admin, "2021-03-03")
    for week_of in Week.named(WEEK).names:
        weeks = trend(weeks=3, week_of=week_of)["weeks"]
        assert [week["week_of"] for week in weeks] == [str(each) for each in Week.named(week_of).latest(3)]
        assert complete(weeks) == [0, 1, 2]
    numbered = trend(weeks=3, week_of="2021-W01")["weeks"]
    assert [week["week_of"] for week in numbered] == ["2020-W52", "2020-W53", "2021-W01"]


def test_what_arrives_when_the_week_is_over_is_counted_apart_and_with_it_when_asked(as_user, trend, north):
    members_since()
    record(north.teacher)
    record(north.support, at=ENDS - MOMENT)
    before = trend(weeks=2, week_of=WEEK)
    record(north.teacher, at=ENDS)
    record(north.admin, at=ENDS)
    assert as_user(north.principal).post(URL, quiz(week_of="2021-W09")).status_code == 201
    after = trend(weeks=2, week_of=WEEK)
    assert complete(after["weeks"]) == complete(before["weeks"]) == [0, 2]
    assert [week["late"] for week in before["weeks"]] == [0, 0]
    assert [week["late"] for week in after["weeks"]] == [0, 2]
    for scope in (None, north.school.scope):
        on_time, with_late = (trend(scope, weeks=2, week_of=WEEK, include_late=flag) for flag in FLAGS)
        for less, more in zip(figures(on_time), figures(with_late), strict=True):
            assert more["complete"] == less["complete"] + less["late"]
            assert more["self_reported"] == more["complete"]
            counted = reported(0) | {"complete": 0}
            assert {**more, **counted} == {**less, **counted}
    with_late = trend(weeks=2, week_of=WEEK, include_late="true")
    assert complete(with_late["weeks"]) == [0, 4]


def figures(answer):
    """Return the figures of every week, here and in each child."""
    return [week for weeks in (answer, *answer["children"]) for week in weeks["weeks"]]


@pytest.mark.parametrize("flag", ["1", "True", "yes", "0"])
def test_another_word_for_true_or_false_is_refused(flag, as_user, north):
    answer = as_user(north.admin).get(TREND, {"include_late": flag})
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "include_late")


@pytest.mark.parametrize("weeks", ["0", "53", "-1", "1.0", "x", "", " 1", "٣", "9" * 40])
def test_a_bad_number_of_weeks_is_refused(weeks, as_user, north):
    answer = as_user(north.admin).get(TREND, {"weeks": weeks})
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "weeks")
    if weeks:
        assert error_of(answer)["detail"] == "Must be a whole number from 1 to 52."


def test_up_to_a_year_at_once(trend, north):
    assert len(trend(weeks=52)["weeks"]) == 52
    assert len(trend(weeks=1)["weeks"]) == 1


@pytest.mark.parametrize("text", ["Week 9", "2021-W54", "2021", "0001-01-01", "9999-12-31"])
def test_a_text_that_names_no_week_has_no_weeks_before_it(text, as_user, north):
    answer = as_user(north.admin).get(TREND, {"week_of": text})
    assert answer.status_code == 400
    assert (error_of(answer)["attr"], error_of(answer)["code"]) == ("week_of", "invalid_week")


@pytest.mark.parametrize("text", ["0010-01-01", "9990-12-31"])
def test_the_ends_of_the_calendar_are_weeks_like_others(text, trend, north):
    assert len(trend(weeks=52, week_of=text)["weeks"]) == 52


def test_each_week_has_its_own_roster_in_the_whole_and_in_every_child(trend, north, sunrise):
    """Someone who moves is counted where they were then, and nobody is counted twice."""
    other = CampusFactory(school=north.school, name="Zzz")
    moved = datetime(2021, 2, 24, tzinfo=UTC)
    place(user=north.teacher, at=other.scope, role=north.teacher.role, since=moved)
    make_user("late@north.test", "TEACHER", at=other.scope)
    members_since("2021-03-07T23:59:59Z", user__email="late@north.test")
    record(north.teacher, "2021-02-15")
    record(north.teacher, WEEK)
    answer = trend(north.school.scope, weeks=3, week_of=WEEK)
    old, new = answer["children"]
    assert [(week["complete"], week["total"]) for week in old["weeks"]] == [(1, 2), (0, 1), (0, 1)]
    assert [(week["complete"], week["total"]) for week in new["weeks"]] == [(0, 0), (0, 1), (1, 2)]
    assert [(week["complete"], week["total"]) for week in answer["weeks"]] == [(1, 3), (0, 3), (1, 4)]


def test_deleted_results_count_for_nobody(trend, north):
    SafetyQuizResult.unscoped.filter(pk=record(north.teacher).pk).update(deleted=timezone.now())
    assert complete(trend(weeks=1, week_of=WEEK)["weeks"]) == [0]


def test_who_is_deactivated_leaves_the_current_week_only(trend, north):
    before = [week["total"] for week in trend(weeks=3)["weeks"]]
    User.unscoped.filter(pk=north.teacher.pk).update(is_active=False)
    assert before == [5, 5, 5]
    assert [week["total"] for week in trend(weeks=3)["weeks"]] == [5, 5, 4]


@pytest.mark.parametrize("name", ["admin", "principal"])
def test_every_figure_is_the_one_that_completion_reports(name, as_user, trend, north, sunrise):
    for person, week in ((north.teacher, 0), (north.support, 1), (north.teacher, 2), (north.admin, 2)):
        record(person, str(Week.named(WEEK).back(week)))
    record(north.support, "2021-W09", at=ENDS)
    client = as_user(north.people[name])
    answer = client.get(TREND, {"weeks": 4, "week_of": WEEK}).json()
    for scope, weeks in [(None, answer["weeks"]), *((c["scope"], c["weeks"]) for c in answer["children"])]:
        for week in weeks:
            headers = {"HTTP_X_SCOPE": scope} if scope else {}
            summary = client.get(COMPLETION, {"week_of": week["week_of"]}, **headers).json()["summary"]
            assert (summary["complete"], summary["total"]) == (week["complete"] + week["late"], week["total"])
