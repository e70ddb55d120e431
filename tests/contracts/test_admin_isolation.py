"""The admin site shows and takes nothing of another organization: every registered model, every page."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.test import Client as Browser
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import Role, User
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.contracts.world import NOBODY, belongs, differences, dump

REGISTERED = dict(admin.site._registry)
# The same for every organization, each with its reason.
SEEDED = {Role}  # shown to administrators, changed by nobody
GLOBAL_ONLY = {Group, OutstandingToken, BlacklistedToken}  # pages that come with libraries
PAGES = ["change", "delete", "history"]


def sign_in(user: User) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(User.unscoped.get(pk=user.pk), backend="accounts.authentication.EmailBackend")
    return browser


@pytest.fixture
def browser(world) -> Browser:
    return sign_in(world.north.admin)


@pytest.fixture
def school_admin(world) -> Browser:
    """An administrator of one school, beside which the organization has another."""
    user = world.north.principal
    User.unscoped.filter(pk=user.pk).update(is_staff=True, role=Role.objects.get(name="ADMIN"))
    return sign_in(user)


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def rows_of(model: Any, organization: Organization) -> Any:
    column = "pk" if model is Organization else "organization"
    return model.unscoped.filter(**{column: organization.pk})


def missing_id(model: Any) -> Any:
    return uuid4() if isinstance(model._meta.pk, models.UUIDField) else NOBODY


def tenant_admins() -> dict[Any, Any]:
    return {model: made for model, made in REGISTERED.items() if model not in SEEDED | GLOBAL_ONLY}


def shown_ids(page: Any) -> set[Any]:
    """Return the ids in a list as it was rendered."""
    return {row.pk for row in page.context["cl"].result_list}


def test_every_registered_model_is_a_tenants_or_a_listed_exception():
    assert [model for model in tenant_admins() if not belongs(model)] == []
    assert set(REGISTERED) >= SEEDED | GLOBAL_ONLY


def test_what_belongs_to_no_tenant_is_closed_or_read_only(browser, world):
    for model in GLOBAL_ONLY:
        for address in (url(model, "changelist"), url(model, "add"), url(model, "change", 1)):
            assert browser.get(address).status_code == 403, address
    role = Role.objects.get(name="ADMIN")
    assert browser.get(url(Role, "changelist")).status_code == 200
    for address in (url(Role, "add"), url(Role, "delete", role.pk), url(Role, "change", role.pk)):
        assert browser.post(address, {"name": "Mine", "kind": "SYSTEM", "is_global": "on"}).status_code == 403


def test_lists_show_rows_of_the_own_organization_and_shared_ones(browser, world):
    wrong, own = [], {world.north.organization.pk, PLATFORM_ID}
    for model, made in tenant_admins().items():
        page = browser.get(url(model, "changelist"))
        assert page.status_code == 200, model
        shown = page.context["cl"].result_list
        column = "pk" if model is Organization else "organization_id"
        wrong += [f"{model.__name__} {row.pk}" for row in shown if getattr(row, column) not in own]
        live = [row for row in rows_of(model, world.north.organization) if not getattr(row, "deleted", None)]
        assert {row.pk for row in live} <= shown_ids(page), model
        assert page.context["cl"].full_result_count == len(shown), model
        if not made.may(page.wsgi_request, "view"):
            wrong.append(f"{model.__name__}: not for administrators")
    assert not wrong, "\n".join(wrong)


def test_no_search_filter_or_order_widens_a_list(browser, world):
    wrong = []
    for model in tenant_admins():
        base = url(model, "changelist")
        all_shown = shown_ids(browser.get(base))
        foreign = world.sunrise.organization.pk
        queries = [
            {"organization__id__exact": foreign},
            {"organization": foreign},
            {"organization__slug": "sunrise"},
            {"q": "sunrise"},
            {"q": "o", "o": "1.2.-3"},
            {"all": ""},
            {"id__in": ",".join(str(row.pk) for row in rows_of(model, world.sunrise.organization)[:3])},
            {"deleted__isnull": "False"},
            {"_to_field": "organization", "_popup": "1"},
            {"e": "1"},
        ]
        for query in queries:
            page = browser.get(f"{base}?{urlencode(query)}")
            if page.status_code >= 500:
                wrong.append(f"{model.__name__} {query}: {page.status_code}")
            elif page.status_code == 200 and page.context and "cl" in page.context:
                extra = shown_ids(page) - all_shown
                wrong += [f"{model.__name__} {query}: {extra}"] if extra else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("rows", ["foreign", "deleted"])
def test_pages_of_rows_out_of_reach_answer_like_those_of_rows_that_do_not_exist(rows, browser, world):
    wrong, before = [], dump()
    for model in tenant_admins():
        if rows == "foreign":
            pks = list(rows_of(model, world.sunrise.organization).values_list("pk", flat=True)[:3])
        elif hasattr(model, "deleted_objects"):
            found = rows_of(model, world.north.organization).exclude(deleted=None)
            pks = list(found.values_list("pk", flat=True)[:2])
        else:
            continue
        assert pks or rows == "deleted", model
        missing = missing_id(model)
        for page in PAGES:
            for method, body in (("get", None), ("post", {"post": "yes", "name": "Mine", "title": "Mine"})):
                nobodys = answer(browser, method, url(model, page, missing), body, missing)
                for pk in pks:
                    theirs = answer(browser, method, url(model, page, pk), body, pk)
                    if theirs != nobodys:
                        wrong.append(f"{method} {model.__name__} {page}: {theirs} instead of {nobodys}")
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


def answer(browser: Browser, method: str, address: str, body: Any, pk: Any) -> tuple[Any, ...]:
    """Return what a page answers, with the message that it leaves for the next one."""
    page = getattr(browser, method)(address, body)
    left = browser.get("/admin/").content.decode() if page.status_code == 302 else ""
    notes = re.findall(r'<li class="(?:warning|error|info|success)">(.*?)</li>', left, re.DOTALL)
    told = [note.replace(str(pk), "ID") for note in notes]
    return page.status_code, page.get("Location"), tuple(told)


def test_forms_offer_no_row_of_another_organization(browser, world):
    wrong, looked = [], 0
    for model in tenant_admins():
        mine = rows_of(model, world.north.organization).first()
        for address in (url(model, "add"), url(model, "change", mine.pk)):
            page = browser.get(address)
            if page.status_code == 403 or not page.context:
                continue
            assert page.status_code == 200, address
            inlines = [form for formset in page.context["inline_admin_formsets"] for form in formset.formset]
            options = offered_in(page)
            for form in (page.context["adminform"].form, *inlines):
                for name, field in form.fields.items():
                    related = getattr(getattr(field, "queryset", None), "model", None)
                    if related is None or not belongs(related) or form.add_prefix(name) not in options:
                        continue
                    looked += 1
                    # Not shared rows either: they are the platform's to build on.
                    own = rows_of(related, world.north.organization).values_list("pk", flat=True)
                    theirs = related.unscoped.exclude(pk__in=own).values_list("pk", flat=True)
                    if options[form.add_prefix(name)] & {str(pk) for pk in theirs}:
                        wrong.append(f"{address} {name}")
    assert not wrong, "\n".join(wrong)
    assert looked > 10


def offered_in(page: Any) -> dict[str, set[str]]:
    """Return the values that each select of a page offers."""
    selects = re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page.content.decode(), re.DOTALL)
    return {name: set(re.findall(r'<option value="([^"]+)"', inside)) for name, inside in selects}


def test_forms_take_no_row_of_another_organization(browser, world):
    """Every relation of every form is sent sunrise's row, whether the form has the field or not."""
    before, wrong = dump(world.sunrise.organization), []
    for model in tenant_admins():
        relations = {
            field.name: rows_of(field.related_model, world.sunrise.organization).first().pk
            for field in model._meta.fields
            if isinstance(field, models.ForeignKey) and belongs(field.related_model)
        }
        mine = rows_of(model, world.north.organization).first()
        for address in (url(model, "add"), url(model, "change", mine.pk)):
            body = {"title": "x", "name": "x", "text": "x", "level": "BEGINNER", "sub_level": "A1"}
            body |= {"set_type": "PRACTICE", "owner_type": "SUB_COURSE", "status": "DRAFT", "pass_mark": 1}
            with transaction.atomic():
                page = browser.post(address, {**body, **relations})
                moved = rows_of(model, world.sunrise.organization).filter(pk=mine.pk).exists()
                grown = differences(before, dump(world.sunrise.organization))
                transaction.set_rollback(True)
            if page.status_code >= 500 or moved or grown:
                wrong.append(f"{address}: {page.status_code} {grown[:2]}")
    assert not wrong, "\n".join(wrong)


def test_actions_touch_no_row_of_another_organization(browser, world):
    before, wrong = dump(), []
    for model, made in tenant_admins().items():
        page = browser.get(url(model, "changelist"))
        pks = [str(pk) for pk in rows_of(model, world.sunrise.organization).values_list("pk", flat=True)]
        for action in made.get_actions(page.wsgi_request):
            body = {"action": action, "_selected_action": pks, "post": "yes", "select_across": "0"}
            answered = browser.post(url(model, "changelist"), body)
            if answered.status_code >= 500:
                wrong.append(f"{model.__name__} {action}: {answered.status_code}")
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


def test_suggestions_hold_no_row_of_another_organization(browser, world):
    wrong, suggested = [], 0
    for model in REGISTERED:
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if not field.is_relation:
                continue
            query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
            for term in ("", "o", "sunrise"):
                page = browser.get("/admin/autocomplete/", {**query, "field_name": field.name, "term": term})
                related = field.related_model
                if page.status_code == 403 or not belongs(related):
                    continue
                ids = {row["id"] for row in page.json()["results"]}
                suggested += len(ids)
                theirs = {
                    str(pk)
                    for pk in rows_of(related, world.sunrise.organization).values_list("pk", flat=True)
                }
                if ids & theirs:
                    wrong.append(f"{model.__name__}.{field.name} {term!r}: {ids & theirs}")
    assert not wrong, "\n".join(wrong)
    assert suggested > 10


def test_the_shortcut_to_a_rows_own_page_tells_nobody_whether_it_exists(browser, world):
    for model in tenant_admins():
        kind = ContentType.objects.get_for_model(model).pk
        pk = rows_of(model, world.sunrise.organization).first().pk
        theirs, nobodys = (browser.get(f"/admin/r/{kind}/{key}/") for key in (pk, missing_id(model)))
        assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content), model


def test_an_administrator_of_a_school_sees_no_people_or_places_of_another(school_admin, world):
    other = factories.SchoolFactory(organization=world.north.organization)
    campus = factories.CampusFactory(school=other)
    outside = factories.make_user("other@north.test", "STUDENT", at=campus.scope)
    for row in (other, campus, outside, world.north.admin):
        assert row.pk not in shown_ids(school_admin.get(url(type(row), "changelist")))
        assert school_admin.get(url(type(row), "change", row.pk)).status_code == 302
    assert school_admin.get(url(User, "change", world.north.student.pk)).status_code == 200


def test_people_without_the_keys_see_no_page_at_all(world):
    for name in ("student", "teacher", "guest"):
        User.unscoped.filter(pk=world.north.people[name].pk).update(is_staff=True)
    for model in set(REGISTERED) - GLOBAL_ONLY:
        row = model.objects.first() if model is Role else rows_of(model, world.north.organization).first()
        for address in (url(model, "changelist"), url(model, "change", row.pk)):
            assert sign_in(world.north.guest).get(address).status_code == 403, address
            assert Browser().get(address).status_code == 302, address
