"""Nothing that is sent to a page of the admin makes it fail: every registered model, every page.

Each page gets a sample of the poison; neighbours share code, and between them they get all of it.
"""

import logging
import re
from collections.abc import Iterator
from itertools import zip_longest
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from tests.contracts.admin_pages import REGISTERED, messages_of, rows_of, sign_in, url
from tests.contracts.poison import BODIES, PATH_IDS, QUERY_VALUES, VALUES
from tests.contracts.world import Undoing

pytestmark = pytest.mark.drill

LOOKUPS = [
    "regex=(",
    "iregex=(",
    "contains=%00",
    "contains=abc",
    "year=0",
    "year=99999999999",
    "range=1",
    "in=1",
    "gt=1000000000000000000000000000000",
    "isnull=x",
    "foo__regex=(",
    "overlap=x",
]
STANDARD = ["q", "p", "o", "all", "_facets", "_popup", "_to_field", "_changelist_filters"]
# Where Django leads to when it has refused something.
AFTER_A_REFUSAL = "e"
FORM = "application/x-www-form-urlencoded"
ORDERING = "/admin/ordering/"


class Inspector:
    """Sends requests as an administrator and as a global user, takes back what they do."""

    def __init__(self, world: Any) -> None:
        self.browsers = [sign_in(world.north.admin), sign_in(world.global_admin)]
        self.north = world.north.organization
        self.undoing = Undoing()
        self.dice = Random(1)
        self.statuses: dict[int, int] = {}
        self.wrong: list[str] = []

    def some(self, values: list[str], *, of: int) -> list[str]:
        """Return a part of the values: in no order that keeps step with a loop, and the same in every run."""
        return values[self.dice.randrange(of) :: of]

    def send(self, method: str, address: str, body: str = "", content_type: str = FORM) -> Any:
        data = body.encode("utf-8", "surrogatepass")
        answer = self.dice.choice(self.browsers).generic(method, address, data, content_type)
        self.undoing.take_back()
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            self.wrong.append(f"{answer.status_code} {method} {address[:200]} {body[:200]}")
        return answer

    def get_together(self, address: str, pairs: list[str]) -> None:
        """Ask with several parameters, none of them twice; with each by itself if they are refused."""
        if self.send("GET", address + "&".join(pairs)).status_code != 200:
            for pair in pairs:
                self.send("GET", address + pair)

    def row_of(self, model: Any) -> Any:
        rows = model.objects if model is Role else rows_of(model, self.north)
        return rows.filter(deleted=None).first() if hasattr(model, "deleted_objects") else rows.first()

    def conclude(self, *expected: int) -> None:
        assert not self.wrong, f"{len(self.wrong)} of {sum(self.statuses.values())}:\n" + "\n".join(
            self.wrong
        )
        assert set(expected) <= set(self.statuses), self.statuses


@pytest.fixture
def inspector(world) -> Iterator[Inspector]:
    logger = logging.getLogger("django.security")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # a line for each refusal
    yield Inspector(world)
    logger.setLevel(level)


def lists_of(model: Any, made: Any) -> Iterator[str]:
    yield url(model, "changelist")
    if getattr(made, "export_fields", ()):
        yield url(model, "export")


def own_parameters(made: Any) -> list[str]:
    """Return what the list's own filters are asked with."""
    names = []
    for one in made.list_filter:
        simple = isinstance(one, type) and issubclass(one, admin.SimpleListFilter)
        names += [one.parameter_name] if simple else [f"{one}__exact", f"{one}__id__exact", f"{one}__isnull"]
    return [*names, "deleted"]


def test_a_list_is_narrowed_by_its_own_filters_and_by_nothing_else(inspector):
    """No lookup of a client's own making gets as far as the database, least of all a regular expression."""
    wrong = []
    for model, made in REGISTERED.items():
        names = [field.name for field in (*model._meta.fields, *model._meta.many_to_many)]
        offered = {*own_parameters(made), *made.narrowed_by}
        for address in lists_of(model, made):
            for name in inspector.some([*names, "pk", "user__email", "organization__slug", "nothing"], of=2):
                for lookup in inspector.some(LOOKUPS, of=12):
                    answer = inspector.send("GET", f"{address}?{name}__{lookup}")
                    refused = answer.status_code == 400 or answer.get("Location") in (f"{address}?e=1", "..")
                    own = lookup == "isnull=x" and f"{name}__isnull" in offered
                    if not refused and not own:
                        wrong.append(f"{answer.status_code} {address}?{name}__{lookup}")
    assert not wrong, "\n".join(wrong)
    inspector.conclude(302)


def test_parameters_of_lists(inspector):
    for model, made in REGISTERED.items():
        for address in lists_of(model, made):
            for name in inspector.some([*own_parameters(made), *STANDARD, AFTER_A_REFUSAL], of=4):
                for value in inspector.some([*QUERY_VALUES, "2026"], of=18):
                    inspector.send("GET", f"{address}?{name}={value.replace('{name}', name)}")
            inspector.send("POST", f"{address}?{name}=%00", "format=0&resource=0")
    inspector.conclude(200, 302)


def test_no_parameter_of_a_list_holds_a_null(inspector):
    for model, made in REGISTERED.items():
        for address in lists_of(model, made):
            for name in inspector.some([*own_parameters(made), *STANDARD, "%00"], of=2):
                answer = inspector.send("GET", f"{address}?{name}=a%00")
                assert answer.status_code in (302, 400), (address, name)
    inspector.conclude(302)


def test_a_refused_parameter_is_told_on_the_list_it_was_sent_to(inspector, world):
    browser = inspector.browsers[0]
    for model, made in REGISTERED.items():
        for address in lists_of(model, made):
            page = browser.get(f"{address}?pk__regex=(", follow=True)
            assert page.status_code == 200, address
            if address.endswith("/export/"):
                assert messages_of(page) == ["The list cannot be filtered like that."]


def test_actions_on_lists(inspector):
    for model in REGISTERED:
        for action in (
            "delete_selected",
            "restore_selected",
            "nothing",
            *inspector.some(QUERY_VALUES, of=18),
        ):
            for value in inspector.some(QUERY_VALUES, of=18):
                for query in ("", "?deleted=yes") if "deleted" in action or "restore" in action else ("",):
                    body = f"action={action}&_selected_action={value}&index=0&select_across=0"
                    inspector.send("POST", url(model, "changelist") + query, body)
                body = f"action={action}&_selected_action={value}&post=yes&select_across={value}"
                inspector.send("POST", url(model, "changelist"), body)
    inspector.conclude(200, 302, 400)


def names_on(page: Any) -> list[str]:
    found = set(re.findall(r'name="([^"]+)"', page.content.decode()))
    return sorted(found - {"csrfmiddlewaretoken", "organization_choice", "viewport", "color-scheme"})


def test_forms(inspector):
    for model in REGISTERED:
        for address in (url(model, "add"), url(model, "change", inspector.row_of(model).pk)):
            pages = [browser.get(address) for browser in inspector.browsers]
            names = {name for page in pages if page.status_code == 200 for name in names_on(page)}
            counted = {name: "2" for name in names if name.endswith("_FORMS")}
            for value in inspector.some(QUERY_VALUES, of=18) if names else ():
                filled = {name: value.replace("{name}", name) for name in names}
                for values in (filled, filled | counted) if counted else (filled,):
                    inspector.send("POST", address, joined(values))
                inspector.send("GET", f"{address}?{joined(filled)}&_popup=1")
    inspector.conclude(200)


def joined(values: dict[str, str]) -> str:
    return "&".join(f"{quote(name)}={value}" for name, value in values.items())


def test_a_choice_that_is_asked_for_as_one_types_may_be_anything(inspector, world):
    """A value that cannot be a key is chosen by nobody; the form says so."""
    values, looked = ["abc", "1%00", "9" * 30, "9" * 5000], 0
    browser = sign_in(world.global_admin)
    for model, made in REGISTERED.items():
        address = url(model, "add")
        for value in values if made.autocomplete_fields else ():
            sent = joined(dict.fromkeys(made.autocomplete_fields, value))
            assert browser.get(f"{address}?{sent}").status_code == 200, (address, value)
            answer = browser.generic("POST", address, sent.encode(), FORM)
            assert answer.status_code == 200, (address, value)
            form = answer.context["adminform"].form
            assert {*made.autocomplete_fields} & {*form.fields} <= {*form.errors}, (address, value)
            looked += 1
    assert looked > 20


def test_ids_in_addresses(inspector):
    for model in REGISTERED:
        for page in ("change", "delete", "history"):
            before, after = url(model, page, "ID").split("ID")
            for value in inspector.some(PATH_IDS, of=9):
                inspector.send("GET", f"{before}{value}{after}")
                inspector.send("POST", f"{before}{value}{after}", "post=yes")
        row = inspector.row_of(model).pk
        for page in ("change", "delete", "history"):
            names = inspector.some(["_to_field", "_popup", "_changelist_filters"], of=2)
            chosen = {name: inspector.some(QUERY_VALUES, of=18) for name in names}
            chosen["_to_field"] = ["", *chosen.get("_to_field", ())]
            for values in zip_longest(*chosen.values()):
                pairs = [
                    f"{name}={value.replace('{name}', name)}"
                    for name, value in zip(chosen, values, strict=True)
                    if value is not None
                ]
                inspector.get_together(f"{url(model, page, row)}?", pairs)
    inspector.conclude(200, 302)


def test_files_to_import(inspector, settings):
    settings.IMPORT_JOBS = False  # a large file is read here and now as well
    files = [
        b"",
        b"\0",
        b"\xff\xfe",
        b"a,b\n1\n",
        b'"',
        b"user_email," * 9_000,
        b"\n" * 9_000,
        b"a" * 200_000,
    ]
    addresses = [
        url(model, "import") for model, made in REGISTERED.items() if hasattr(made, "import_resource")
    ]
    for address in addresses:
        for content in files:
            for step in ("check", "import"):
                for browser in inspector.browsers:
                    sent = {"file": SimpleUploadedFile("rows.csv", content), step: "yes"}
                    answer = browser.post(address, sent)
                    assert answer.status_code == 200, (address, content[:20])
                    assert b"Imported:" not in answer.content, (address, content[:20])
        for value in inspector.some(QUERY_VALUES, of=2):
            inspector.send("POST", f"{address}?x={value}", f"file={value}&check={value}&import={value}")
    assert len(addresses) >= 2
    inspector.conclude(200)


def test_suggestions(inspector):
    names = ["app_label", "model_name", "field_name", "page"]
    for model, made in REGISTERED.items():
        for field in made.autocomplete_fields:
            opts = model._meta
            query = {"app_label": opts.app_label, "model_name": opts.model_name, "field_name": field}
            for name in names:
                for value in inspector.some([*QUERY_VALUES, "%22", "a%00"], of=6):
                    sent = joined({**query, name: value.replace("{name}", name)})
                    inspector.send("GET", f"/admin/autocomplete/?{sent}")
            for value in inspector.some([*QUERY_VALUES, "%22", "a%00"], of=6):
                pairs = [f"{name}={value.replace('{name}', name)}" for name in ("term", "row", "nothing")]
                inspector.get_together(f"/admin/autocomplete/?{joined(query)}&", pairs)
            answer = inspector.send("GET", f"/admin/autocomplete/?{joined(query)}&term=%00")
            assert answer.status_code in (400, 403), field
    inspector.conclude(200, 400, 403, 404)


def test_no_model_has_a_page_of_its_own_outside_the_admin(inspector):
    for kind in ("0", "1", "7", "abc", "%00", "9" * 30):
        for key in inspector.some(PATH_IDS, of=2):
            answer = inspector.send("GET", f"/admin/r/{kind}/{key}/")
            assert answer.status_code == 404, (kind, key)
    inspector.conclude(404)


def test_the_ordering_page(inspector, world):
    pk = world.north.videos[0].pk
    for value in inspector.some(QUERY_VALUES, of=3):
        inspector.send("GET", f"{ORDERING}?open={value.replace('{name}', 'open')}&kind={value}")
        for name in ("do", "open", "confirmed"):
            inspector.send("POST", ORDERING, joined({"do": f"up:videos:{pk}", name: value}))
        inspector.send("POST", ORDERING, f"do=up:videos:{value}:{value}")
        place = joined(dict.fromkeys(("position", "parent", "parent_id", "version", "confirmed"), value))
        inspector.send("POST", f"{ORDERING}videos/{pk}/place/", place)
        inspector.send("GET", f"{ORDERING}videos/{pk}/place/?{place}")
    for value in inspector.some(PATH_IDS, of=2):
        for address in (f"branch/{value}/{pk}/", f"branch/courses/{value}/", f"videos/{value}/place/"):
            inspector.send("GET", ORDERING + address)
        inspector.send("POST", f"{ORDERING}{value}/reorder/", "{}", "application/json")
    for name in ("reorder", "move", "status"):
        for body in inspector.some(BODIES, of=2):
            inspector.send("POST", f"{ORDERING}videos/{name}/", body, "application/json")
        for value in inspector.some(VALUES, of=2):
            body = f'{{"id": {value}, "items": {value}, "parent_id": {value}, "published": {value}}}'
            inspector.send("POST", f"{ORDERING}videos/{name}/", body, "application/json")
            body = f'{{"id": {pk}, "items": [{{"id": {pk}, "position": {value}}}], "parent_id": {value}}}'
            inspector.send("POST", f"{ORDERING}videos/{name}/", body, "application/json")
    inspector.conclude(200, 302, 400, 404)
