"""The screens and reports of those who answer for 10,000 staff, asked one after the other, as people do.

Not under load: how long one waits. What comes first is not counted; whatever the server keeps is warm then.
"""

import statistics
import time
from typing import Any, Final

import requests
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from tenancy.models import Organization
from tests.bench.data import Reporters
from tests.bench.measure import Database, Served

LEARNERS: Final = 30_000
"""Of the same organization: reports of staff are not to read them."""
_TIMES: Final = 20
_COMPLETION: Final = "/api/safety_quiz_results/completion"
_PAGE: Final = "/admin/safety-completion/"

_PEOPLE: Final = """
    INSERT INTO users (id, email, name, password, organization_id, school_id, campus_id, role_id)
    SELECT gen_random_uuid(), 'learner' || n || '@screens.test', 'Learner ' || n, '!', %(organization)s,
        campus.school_id, campus.id, (SELECT id FROM roles WHERE name = 'STUDENT')
    FROM generate_series(1, %(learners)s) n
    JOIN (
        SELECT id, school_id, row_number() OVER (ORDER BY id) AS number, count(*) OVER () AS all
        FROM campuses WHERE organization_id = %(organization)s
    ) campus ON campus.number = n %% campus.all + 1
"""
_MEMBERSHIPS: Final = """
    INSERT INTO memberships (id, user_id, organization_id, school_id, campus_id, role_id, valid_from)
    SELECT gen_random_uuid(), id, organization_id, school_id, campus_id, role_id, '1990-01-01'
    FROM users WHERE organization_id = %(organization)s AND email LIKE 'learner%%@screens.test'
"""


def write_learners(organization: Organization) -> None:
    """Add the learners, once; a database keeps what it has."""
    if User.unscoped.filter(organization=organization, role__name="STUDENT").exists():
        return
    values = {"organization": organization.pk, "learners": LEARNERS}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        cursor.execute(_MEMBERSHIPS, values)
        cursor.execute("VACUUM ANALYZE users, memberships")


def measure(server: Served, reporters: Reporters, database: Database, *, results: int) -> str:
    """Return a table of what each screen takes."""
    asked = [
        ("front page, organization", "/admin/", ""),
        ("safety completion, organization", _PAGE, ""),
        ("safety completion, a name that is looked for", f"{_PAGE}?status=all&q=staff+0001", ""),
        (
            "`completion` of a week, 10,000 rows",
            f"{_COMPLETION}?week_of={reporters.week_of}",
            reporters.organization,
        ),
        ("`completion` without a week, 10,000 rows", _COMPLETION, reporters.organization),
        ("`completion` without a week, a page", f"{_COMPLETION}?limit=50", reporters.organization),
        ("`trend` of 52 weeks, organization", f"{_COMPLETION}/trend?weeks=52", reporters.organization),
        ("`trend` of 52 weeks, campus", f"{_COMPLETION}/trend?weeks=52", reporters.campus),
    ]
    admin = User.unscoped.get(organization__slug="safety-quiz-fill", role__name="ADMIN")
    cookies = signed_in(admin)
    lines = [
        f"An organization of 10,000 staff and {LEARNERS:,} learners with {results:,} results. One request",
        f"after the other, {_TIMES} of each; milliseconds.",
        "",
        "| screen | median | longest | CPU (web + database) |",
        "|---|---|---|---|",
    ]
    for name, path, bearer in asked:
        headers = {"Host": "127.0.0.1", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        took, web, in_database = ask(server, path, database, headers=headers, cookies=cookies)
        told = f"{web + in_database:.0f} ({web:.0f} + {in_database:.0f})"
        lines.append(f"| {name} | {statistics.median(took):.0f} | {max(took):.0f} | {told} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def signed_in(user: User) -> dict[str, str]:
    """Return a session in the admin."""
    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}


def ask(
    server: Served, path: str, database: Database, *, times: int = _TIMES, **how: Any
) -> tuple[list[float], float, float]:
    """Return how long each answer took, and the processor time of one in the server and in the database."""
    took = []
    for number in range(-3, times):
        if number == 0:
            database.settle()
            before = (server.seconds(), database.seconds())
        begun = time.perf_counter()
        answer = requests.get(server.address + path, timeout=120, allow_redirects=False, **how)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    database.settle()
    after = (server.seconds(), database.seconds())
    web, in_database = ((late - early) * 1000 / times for early, late in zip(before, after, strict=True))
    return took[3:], web, in_database
