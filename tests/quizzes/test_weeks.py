"""Weeks: what names one, where it begins and ends, and what came before it."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.safety.domain.weeks import Week, current_week, is_slip, names_of


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-11-16", "2026-11-16"),
        ("2026-11-22", "2026-11-16"),
        ("2026-W47", "2026-11-16"),
        ("2026-W01", "2025-12-29"),
        ("2026-W53", "2026-12-28"),
        ("2027-01-03", "2026-12-28"),
        ("2024-02-29", "2024-02-26"),
        ("9990-12-31", "9990-12-31"),
        ("0010-01-01", "0009-12-28"),
    ],
)
def test_an_iso_date_and_an_iso_week_name_a_week(text, monday):
    week = Week.named(text)
    assert week.monday == date.fromisoformat(monday)
    assert week.ends == datetime.fromisoformat(f"{monday}T00:00:00+00:00") + timedelta(days=7)
    assert str(week) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "week 47", "2026", "47", "2026-W47-1", "2026W47", "20261116", "2026-w47", "2026-W7", "W47"),
        *(
            "2025-W53",
            "2026-W00",
            "2026-W54",
            "2026-02-29",
            "2026-13-01",
            "2026-11-16T00:00:00",
            "16.11.2026",
        ),
        *("0000-01-01", "0000-W01", "0001-01-01", "9999-12-31", "9999-W52", "٢٠٢٦-١١-١٦", "2026-11-16 "),
    ],
)
def test_other_texts_name_none(text):
    assert Week.named(text) is None


@given(st.dates(date(11, 1, 1), date(9980, 1, 1)), st.integers(1, 52), st.booleans())
def test_the_latest_weeks_follow_each_other_and_are_named_alike(day, number, by_number):
    year, ordinal, _ = day.isocalendar()
    text = f"{year:04}-W{ordinal:02}" if by_number else day.isoformat()
    week = Week.named(text)
    weeks = list(week.latest(number))
    assert str(weeks[-1]) == text
    assert len(weeks) == number
    assert all(Week.named(str(each)) == each for each in weeks)
    for earlier, later in pairwise(weeks):
        assert later.monday - earlier.monday == timedelta(days=7)
        assert later.day.weekday() == earlier.day.weekday()


def test_the_current_week_is_that_of_utc_and_named_by_its_monday():
    sunday = datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=UTC)
    assert str(current_week(sunday)) == "2026-11-16"
    assert str(current_week(sunday + timedelta(microseconds=1))) == "2026-11-23"
    in_oslo = datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert str(current_week(in_oslo)) == "2026-11-16"


@given(st.dates(date(11, 1, 1), date(9980, 1, 1)))
def test_a_week_has_eight_names_and_each_of_them_leads_to_all(day):
    names = names_of(day.isoformat())
    assert len(set(names)) == 8
    assert {Week.named(name).monday for name in names} == {Week(day).monday}
    assert all(names_of(name) == names for name in names)
    assert not any(is_slip(name) for name in names)


@pytest.mark.parametrize(
    "text", ["Week 47", "KW 47", "2026", "2026-11", "47", "1.2.3", "2026-W47 (2)", "2026-27", "_"]
)
def test_a_text_that_is_not_written_like_a_week_is_itself_and_no_slip(text):
    assert names_of(text) == [text]
    assert not is_slip(text)
