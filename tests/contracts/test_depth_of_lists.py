"""Every list of the API and of the admin leads to its first rows, and says so where it does not lead on."""

import pytest
from django.db import connection

from progress.models import ItemProgress
from tenancy import lists
from tests.conftest import error_of
from tests.contracts.admin_pages import REGISTERED, Glance, left_by, sign_in, url
from tests.contracts.routes import COMPLETION, LEARNING_REPORT, ROUTES

pytestmark = pytest.mark.django_db

PAGED = {COMPLETION, f"{COMPLETION}/people", LEARNING_REPORT}
"""What answers a page of people beside its figures."""
LIMIT = 200


def paged_routes():
    return [route for route in ROUTES if route.method == "get" and (route.is_list or route.path in PAGED)]


def test_every_list_of_the_api_has_a_last_page(world):
    last = lists.MOST_LISTED // LIMIT
    for route in paged_routes():
        address = route.url(world.ids_for(world.person(route.caller)))
        for caller in {route.caller, "global everywhere"}:
            client = world.client(caller)

            def page(number, address=address, client=client):
                return client.get(f"{address}{'&' if '?' in address else '?'}limit={LIMIT}&page={number}")

            assert page(last).status_code == 200, (caller, address)
            refused = page(last + 1)
            assert refused.status_code == 400, (caller, address)
            error = error_of(refused)
            assert (error["attr"], error["code"]) == ("page", "invalid_page"), address
            assert "first 10,000 rows" in error["detail"]


def test_what_takes_pages_is_all_looked_at(world):
    """A route that knows ``page`` refuses one that is none: the others do not, or refuse the parameter."""
    found = set()
    for route in ROUTES:
        if route.method == "get":
            address = route.url(world.ids_for(world.person(route.caller)))
            answer = world.client(route.caller).get(f"{address}{'&' if '?' in address else '?'}page=0")
            if answer.status_code == 400 and error_of(answer)["code"] == "invalid_page":
                found.add(route.path)
    assert found == {route.path for route in paged_routes()}


def test_every_list_of_the_admin_says_that_it_has_no_such_page(world, monkeypatch):
    for person in (world.north.admin, world.global_admin):
        browser = Glance(sign_in(person))
        for model, made in REGISTERED.items():
            address = url(model, "changelist")
            monkeypatch.setattr(made, "list_per_page", 1)
            shown = browser.get(address)
            if shown.status_code == 403 or shown.context["cl"].result_count < 2:
                continue  # what stands on one page is shown, whichever is asked for
            assert shown.context["cl"].paginator.count == shown.context["cl"].result_count <= 10_000
            refused = browser.get(f"{address}?p=99999")
            assert (refused.status_code, refused["Location"]) == (302, f"{address}?e=1"), address
            told = left_by(browser, refused)
            assert any("first 10,000 rows" in message for message in told), address


@pytest.mark.parametrize("page", ["safety-completion/", "learning-report/"])
def test_every_report_of_the_admin_says_that_it_has_no_such_page(page, world):
    for person in (world.north.admin, world.global_admin):
        browser = sign_in(person)
        assert browser.get(f"/admin/{page}?page=200").status_code == 200
        refused = browser.get(f"/admin/{page}?page=201")
        assert refused.status_code == 302
        told = left_by(browser, refused)
        assert any("first 10,000 people" in message for message in told), told


def test_rows_beyond_the_last_page_are_not_counted(north, sunrise, as_user):
    owned = {"user": north.student, "organization": north.organization, "created_by": north.student}
    one = ItemProgress.unscoped.create(**owned, progress_type="sign_learned", item_id="0")
    columns = {field.column for field in ItemProgress._meta.concrete_fields} - {"id", "item_id"}
    same, table = ", ".join(columns), ItemProgress._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, item_id, {same}) SELECT gen_random_uuid(), number::text, {same} "
            f"FROM {table}, generate_series(1, %s) AS number WHERE id = %s",
            [lists.MOST_LISTED, one.pk],
        )
    student, address = as_user(north.student), "/api/user_progress?progress_type=sign_learned"
    answer = student.get(f"{address}&limit=1").json()
    assert (answer["count"], len(answer["rows"])) == (lists.MOST_LISTED, 1)
    # The last page holds what is left of them, whatever fits onto the others.
    answer = student.get(f"{address}&limit=30&page=334").json()
    assert (answer["count"], len(answer["rows"])) == (lists.MOST_LISTED, 10)
    assert error_of(student.get(f"{address}&limit=30&page=335"))["attr"] == "page"
