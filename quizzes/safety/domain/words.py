"""Weeks as people read them."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from quizzes.safety.domain.weeks import Week, current_week


def range_of(week: Week) -> str:
    """Return a week as ``W48 · 23–29 Nov``, with its year where that is not the current one."""
    first, last = week.monday, week.monday + timedelta(days=6)
    year, number, _day = first.isocalendar()
    days = (
        f"{first.day}–{date_format(last, 'j M')}"
        if first.month == last.month
        else f"{date_format(first, 'j M')} – {date_format(last, 'j M')}"
    )
    this_year = current_week(timezone.now()).monday.isocalendar().year
    return f"W{number} · {days}" if year == this_year else f"W{number} · {days} {year}"
