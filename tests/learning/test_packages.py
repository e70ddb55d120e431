"""Packages (document 003, section 7): named in code, typed, validated before anything starts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured

from learning.models import Overlap, Renewal, Subscription
from learning.workshop.packages import PACKAGES, Package, registry
from tests.factories import TcodeFactory

URL = "/api/v1/packages"
WEEKLY = Package(
    name="weekly",
    label="Weekly",
    duration_days=7,
    price=Decimal("3.50"),
    currency="NOK",
    renewal=Renewal.AUTOMATIC,
    overlap=Overlap.STACK,
)


def test_packages_map_to_rules(north, sunrise, independent, as_user):
    for person in (north.student, sunrise.admin, independent):
        answer = as_user(person).get(URL).json()
        assert answer["count"] == 4
        assert [row["name"] for row in answer["rows"]] == ["trial", "monthly", "yearly", "internal-access"]
        assert answer["rows"][1] == {
            "name": "monthly",
            "durationDays": 30,
            "price": "9.90",
            "currency": "EUR",
            "renewal": "automatic",
            "selfService": False,
            "allTcodes": False,
        }
    assert [row["name"] for row in answer["rows"] if row["selfService"]] == ["trial"]
    assert [row["name"] for row in answer["rows"] if row["allTcodes"]] == ["internal-access"]


def test_packages_are_for_those_who_are_signed_in(client, north, sunrise):
    assert client.get(URL).status_code == 401


def test_packages_are_paged_like_every_list(north, sunrise, as_user):
    answer = as_user(north.student).get(f"{URL}?limit=1&page=2").json()
    assert ([row["name"] for row in answer["rows"]], answer["count"]) == (["monthly"], 4)
    assert as_user(north.student).get(f"{URL}?limit=0").status_code == 400
    assert as_user(north.student).get(f"{URL}?colour=red").status_code == 400


def test_adding_a_package_is_one_entry(north, sunrise, as_user, monkeypatch):
    monkeypatch.setitem(PACKAGES, "weekly", WEEKLY)
    rows = as_user(north.student).get(URL).json()["rows"]
    assert (rows[-1]["name"], rows[-1]["price"], rows[-1]["currency"]) == ("weekly", "3.50", "NOK")
    body = {"subscriptionType": "weekly", "tcodeId": TcodeFactory().pk, "userId": str(north.student.pk)}
    granted = as_user(north.admin).post("/api/v1/subscriptions", body)
    assert granted.status_code == 201, granted.content
    row = Subscription.unscoped.get()
    assert (row.duration_days, row.period_days, row.price) == (7, 7, Decimal("3.50"))
    assert (row.currency, row.renewal, row.overlap) == ("NOK", "automatic", "stack")


BAD = {
    "name": ["", "Trial", "a--b", "-a", "a b", "x" * 51, None],
    "duration_days": [0, -1, 36_501, 1.5, True, "7"],
    "price": [Decimal("-0.01"), Decimal("0.001"), Decimal("NaN"), Decimal("1e9"), 9.9, 0],
    "currency": ["eur", "EU", "EUX", "", "EUR USD"],
    "renewal": ["none", "monthly", None],
    "overlap": ["stack", None],
    "starts_alone": [1, 0],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_rules_that_make_no_sense_stop_the_process(name, value):
    with pytest.raises(ImproperlyConfigured, match="Package"):
        replace(WEEKLY, **{name: value})


def test_rules_that_contradict_each_other_stop_the_process():
    with pytest.raises(ImproperlyConfigured, match="more than a day"):
        replace(WEEKLY, duration_days=1)
    with pytest.raises(ImproperlyConfigured, match="stacks"):
        replace(WEEKLY, self_service=True, overlap=Overlap.EXTEND)


def test_two_packages_of_one_name_stop_the_process():
    assert list(registry([WEEKLY])) == ["weekly"]
    with pytest.raises(ImproperlyConfigured, match="twice"):
        registry([WEEKLY, replace(WEEKLY, duration_days=8)])
