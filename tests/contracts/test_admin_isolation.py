"""The admin site shows and takes nothing of another organization: every registered model, every page."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.test import Client as Browser
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import Role, User
from accounts.rights.rbac import keys_in_database
from learning.models import Video
from quizzes.models import QuestionSet, SafetyQuizSchedule
from tenancy.admin import FactAdmin
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.contracts.admin_pages import (
    REGISTERED,
    SEEDED,
    Glance,
    answer,
    left_by,
    missing_id,
    offered_in,
    rows_of,
    shown_ids,
    sign_in,
    tenant_admins,
    url,
)
from tests.contracts.world import NOBODY, belongs, differences, dump

# Of libraries: closed, because nobody needs them.
NOT_REGISTERED = {Group, OutstandingToken, BlacklistedToken}
CHOOSE = "/admin/acting-organization/"
PAGES = ["change", "delete", "history"]


@pytest.fixture
def browser(world) -> Browser:
    return sign_in(world.north.admin)


@pytest.fixture
def school_admin(world) -> Browser:
    """An administrator of one school, beside which the organization has another."""
    user = world.north.principal
    User.unscoped.filter(pk=user.pk).update(is_staff=True, role=Role.objects.get(name="ADMIN"))
    return sign_in(user)


def test_every_registered_model_is_a_tenants_or_a_listed_exception():
    assert [model for model in tenant_admins() if not belongs(model)] == []
    assert set(REGISTERED) >= SEEDED
    assert not set(REGISTERED) & NOT_REGISTERED


def test_what_is_the_same_for_everyone_is_read_only(browser, world):
    role = Role.objects.get(name="ADMIN")
    assert browser.get(url(Role, "changelist")).status_code == 200
    assert browser.get(url(Role, "history", role.pk)).status_code == 404
    for address in (url(Role, "add"), url(Role, "delete", role.pk), url(Role, "change", role.pk)):
        assert browser.post(address, {"name": "Mine", "kind": "SYSTEM", "is_global": "on"}).status_code == 403


def test_lists_show_rows_of_the_own_organization_and_shared_ones(browser, world):
    wrong, own, glance = [], {world.north.organization.pk, PLATFORM_ID}, Glance(browser)
    for model, made in tenant_admins().items():
        page = glance.get(url(model, "changelist"))
        assert page.status_code == 200, model
        shown = page.context["cl"].result_list
        column = "pk" if model is Organization else "organization_id"
        wrong += [f"{model.__name__} {row.pk}" for row in shown if getattr(row, column) not in own]
        live = [row for row in rows_of(model, world.north.organization) if not getattr(row, "deleted", None)]
        assert {row.pk for row in live} <= shown_ids(page), model
        listed = page.context["cl"]
        told = listed.full_result_count if made.show_full_result_count else listed.result_count
        assert told == len(shown), model
        if not made.may(page.wsgi_request, "view"):
            wrong.append(f"{model.__name__}: not for administrators")
    assert not wrong, "\n".join(wrong)


def test_no_search_filter_or_order_widens_a_list(browser, world):
    wrong, glance = [], Glance(browser)
    for model in tenant_admins():
        base = url(model, "changelist")
        all_shown = shown_ids(glance.get(base))
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
            page = glance.get(f"{base}?{urlencode(query)}")
            if page.status_code >= 500:
                wrong.append(f"{model.__name__} {query}: {page.status_code}")
            elif page.status_code == 200 and page.context and "cl" in page.context:
                extra = shown_ids(page) - all_shown
                wrong += [f"{model.__name__} {query}: {extra}"] if extra else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("rows", ["foreign", "deleted"])
def test_pages_of_rows_out_of_reach_answer_like_those_of_rows_that_do_not_exist(rows, browser, world):
    wrong, told, before = [], set(), dump()
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
                told |= {*nobodys[-1]}
                for pk in pks:
                    theirs = answer(browser, method, url(model, page, pk), body, pk)
                    if theirs != nobodys:
                        wrong.append(f"{method} {model.__name__} {page}: {theirs} instead of {nobodys}")
    assert not wrong, "\n".join(wrong)
    assert any("doesn’t exist" in note for note in told), told
    assert differences(before, dump()) == []


def test_forms_offer_no_row_of_another_organization(browser, world):
    """Not shared rows either: they are the platform's to build on."""
    wrong, looked = [], 0
    for model in tenant_admins():
        mine = rows_of(model, world.north.organization).first()
        for address in (url(model, "add"), url(model, "change", mine.pk)):
            page = browser.get(address)
            if page.status_code == 403 or not page.context:
                continue
            assert page.status_code == 200, address
            for name, related, offered in choices_in(browser, page):
                looked += 1
                if offered - ids_of(related, world.north.organization) - shared_for(model, name):
                    wrong.append(f"{address} {name}")
    assert not wrong, "\n".join(wrong)
    assert looked > 10


def shared_for(model, name):
    """Return the ids of shared rows that a field may be given: what every organization may use as it is."""
    if (model, name) != (SafetyQuizSchedule, "question_set"):
        return set()
    return ids_of(QuestionSet, Organization.unscoped.get(pk=PLATFORM_ID))


def choices_in(browser, page):
    """Return ``(name, model, ids offered)`` for each field of a page that leads to tenant rows."""
    options, found = offered_in(browser, page), []
    inlines = [form for formset in page.context["inline_admin_formsets"] for form in formset.formset]
    for form in (page.context["adminform"].form, *inlines):
        for name, field in form.fields.items():
            related = getattr(getattr(field, "queryset", None), "model", None)
            if related is not None and belongs(related) and form.add_prefix(name) in options:
                found.append((name, related, options[form.add_prefix(name)]))
    return found


def ids_of(model, organization):
    return {str(pk) for pk in rows_of(model, organization).values_list("pk", flat=True)}


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
    before, wrong, glance = dump(), [], Glance(browser)
    for model, made in tenant_admins().items():
        page = glance.get(url(model, "changelist"))
        pks = [str(pk) for pk in rows_of(model, world.sunrise.organization).values_list("pk", flat=True)]
        for action in made.get_actions(page.wsgi_request):
            body = {"action": action, "_selected_action": pks, "post": "yes", "select_across": "0"}
            answered = browser.post(url(model, "changelist"), body)
            if answered.status_code >= 500:
                wrong.append(f"{model.__name__} {action}: {answered.status_code}")
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


def test_suggestions_hold_only_what_a_form_may_be_given(browser, world):
    """Neither rows of another organization nor shared ones, whatever is asked of which field."""
    wrong, seen = [], 0
    for model, made in REGISTERED.items():
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if not field.is_relation:
                continue
            query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
            for term in ("", "o", "sunrise"):
                page = browser.get("/admin/autocomplete/", {**query, "field_name": field.name, "term": term})
                asked = field.name in made.autocomplete_fields and made.may(page.wsgi_request, "add")
                if page.status_code != (200 if asked else 403):
                    wrong.append(f"{model.__name__}.{field.name}: {page.status_code}")
                if page.status_code == 200:
                    ids = {row["id"] for row in page.json()["results"]}
                    allowed = ids_of(field.related_model, world.north.organization)
                    allowed |= shared_for(model, field.name)
                    seen += len(ids)
                    wrong += [f"{model.__name__}.{field.name} {pk}" for pk in ids - allowed]
    assert not wrong, "\n".join(wrong)
    assert seen > 10


def test_a_model_without_pages_is_suggested_nothing(browser, world):
    query = {"app_label": "accounts", "model_name": "membership", "field_name": "school"}
    assert browser.get("/admin/autocomplete/", query).status_code == 403


def test_suggestions_for_a_row_out_of_reach_are_those_for_one_that_does_not_exist(browser, world):
    query = {"app_label": "learning", "model_name": "video", "field_name": "sub_course", "term": ""}
    foreign, deleted = world.sunrise.videos[0].pk, world.deleted["video"]
    answers = [
        browser.get("/admin/autocomplete/", {**query, "row": pk}).json()["results"]
        for pk in (foreign, deleted, NOBODY, "x")
    ]
    assert answers == [[], [], [], []]
    mine = browser.get("/admin/autocomplete/", {**query, "row": world.north.videos[0].pk}).json()["results"]
    assert [row["id"] for row in mine] == [str(world.north.sub_course.pk)]


def test_suggestions_tell_rows_of_one_name_apart(browser, world):
    other = factories.CourseFactory(category=world.north.category, title="Another course")
    factories.SubCourseFactory(course=other, title=world.north.sub_course.title)
    query = {"app_label": "learning", "model_name": "video", "field_name": "sub_course"}
    texts = [row["text"] for row in browser.get("/admin/autocomplete/", query).json()["results"]]
    title = world.north.sub_course.title
    assert texts == [f"{title} — {world.north.course.title}", f"{title} — Another course"]


def test_no_row_has_a_page_of_its_own_outside_the_admin(browser, world):
    for model in tenant_admins():
        kind = ContentType.objects.get_for_model(model).pk
        rows = [rows_of(model, one.organization).first().pk for one in (world.north, world.sunrise)]
        answers = [browser.get(f"/admin/r/{kind}/{key}/") for key in (*rows, missing_id(model))]
        assert {answer.status_code for answer in answers} == {404}, model
        assert len({answer.content for answer in answers}) == 1, model


def test_an_administrator_of_a_school_sees_no_people_or_places_of_another(school_admin, world):
    other = factories.SchoolFactory(organization=world.north.organization)
    campus = factories.CampusFactory(school=other)
    outside = factories.make_user("other@north.test", "STUDENT", at=campus.scope)
    for row in (other, campus, outside, world.north.admin):
        assert row.pk not in shown_ids(Glance(school_admin).get(url(type(row), "changelist")))
        assert school_admin.get(url(type(row), "change", row.pk)).status_code == 302
    assert school_admin.get(url(User, "change", world.north.student.pk)).status_code == 200


def test_people_without_the_keys_see_no_page_at_all(world):
    for name in ("student", "teacher", "guest"):
        User.unscoped.filter(pk=world.north.people[name].pk).update(is_staff=True)
    guest, stranger = sign_in(world.north.guest), Browser()
    for model in REGISTERED:
        row = model.objects.first() if model is Role else rows_of(model, world.north.organization).first()
        for address in (url(model, "changelist"), url(model, "change", row.pk)):
            assert guest.get(address).status_code == 403, address
            assert stranger.get(address).status_code == 302, address


def test_what_is_recorded_of_people_is_for_those_who_may_see_people(world):
    staff = factories.make_user("clerk@north.test", "GUEST", at=world.north.scope, is_staff=True)
    opening = {made.permission_keys["view"] for made in REGISTERED.values() if isinstance(made, FactAdmin)}
    assert opening == {
        *(f"{kind}.list" for kind in ("permissions", "messages", "preferences", "subscriptions")),
        *(f"{kind}.list" for kind in ("completions", "attempts", "item_progress", "interactions")),
        "READ_SAFETY_QUIZ_REPORTS",
        "step_exceptions.list",
    }
    staff.custom_permissions.set(keys_in_database().exclude(codename__in=opening))
    browser, facts = sign_in(staff), [m for m, made in REGISTERED.items() if isinstance(made, FactAdmin)]
    for model in facts:
        row = rows_of(model, world.north.organization).first()
        for address in (url(model, "changelist"), url(model, "export"), url(model, "change", row.pk)):
            assert browser.get(address).status_code == 403, address
    assert len(facts) > 3
    assert browser.get(url(Video, "changelist")).status_code == 200


def test_a_global_user_who_acts_in_one_organization_meets_no_row_of_another(world):
    browser, north, sunrise = sign_in(world.global_admin), world.north, world.sunrise
    chosen = browser.post(CHOOSE, {"organization": str(north.organization.pk)})
    assert left_by(browser, chosen) == ["success: You are now acting in: North."]
    wrong, own, glance = [], {north.organization.pk, PLATFORM_ID}, Glance(browser)
    for model in tenant_admins():
        column = "pk" if model is Organization else "organization_id"
        shown = glance.get(url(model, "changelist")).context["cl"].result_list
        wrong += [f"{model.__name__} {row.pk}" for row in shown if getattr(row, column) not in own]
        theirs, missing = rows_of(model, sunrise.organization).first().pk, missing_id(model)
        for name in PAGES:
            one, other = (answer(browser, "get", url(model, name, pk), {}, pk) for pk in (theirs, missing))
            if one != other:
                wrong.append(f"{model.__name__} {name}: {one} instead of {other}")
        file = browser.post(url(model, "export"), {"format": "0", "resource": "0"}).content.decode(
            "utf-8-sig"
        )
        if "sunrise" in file.lower():
            wrong.append(f"{model.__name__} export")
        add = browser.get(url(model, "add"))
        for name, related, offered in choices_in(browser, add) if add.status_code == 200 else ():
            if offered - ids_of(related, north.organization) - shared_for(model, name):
                wrong.append(f"{model.__name__} add {name}")
    assert not wrong, "\n".join(wrong)
