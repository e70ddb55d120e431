"""A form of the admin is saved over what it was opened with, and in the organization it was opened in."""

import pytest
from django.contrib import admin

from learning.models import CourseCategory, Tcode, Video
from quizzes.models import Option, Question, QuestionSet
from tenancy.models import Organization
from tests import factories
from tests.contracts.admin_pages import messages_of, sign_in, url
from tests.forms import form_of, forms_of
from tests.quizzes.conftest import options_of

CM = "/api/v1/course-management"


@pytest.fixture
def pages(north, sunrise):
    return sign_in(north.admin)


@pytest.fixture
def ada(north):
    return sign_in(factories.make_user("ada@north.test", "ADMIN", at=north.scope, name="Ada", is_staff=True))


def opened(browser, row):
    return form_of(browser.get(url(type(row), "change", row.pk)), id=f"{row._meta.model_name}_form")


def save(browser, row, form, **values):
    return browser.post(url(type(row), "change", row.pk), {**form, **values, "_save": "Save"})


def rows(north):
    return {
        "category": (north.category, "title"),
        "course": (north.course, "title"),
        "sub-course": (north.sub_course, "description"),
        "video": (north.videos[0], "title"),
        "question set": (north.practices[0], "title"),
        "tcode": (factories.TcodeFactory(organization=north.organization), "title"),
        "question": (question_with_options(north), "text"),
    }


def question_with_options(north):
    question = factories.QuestionFactory(question_set=north.practices[0])
    Option.unscoped.filter(question=question).delete()
    for position, text in enumerate(["yes", "no"]):
        Option.unscoped.create(question=question, text=text, is_correct=not position, display_order=position)
    return question


@pytest.mark.parametrize(
    "kind", ["category", "course", "sub-course", "video", "question set", "tcode", "question"]
)
def test_what_two_people_changed_is_asked_about_with_both_values_and_who_it_was(kind, pages, ada, north):
    row, field = rows(north)[kind]
    mine = opened(pages, row)
    assert save(ada, row, opened(ada, row), **{field: "Theirs"}).status_code == 302
    asked = save(pages, row, mine, **{field: "Mine"})
    assert asked.status_code == 200
    told = asked.content.decode()
    assert "Ada changed “" in told
    assert "Theirs" in told
    assert "Mine" in told
    assert stored(row, field) == "Theirs"
    again = form_of(asked, id=f"{row._meta.model_name}_form")
    # Without a choice it is asked again; with one it is done.
    assert save(pages, row, again).status_code == 200
    assert save(pages, row, again, **{f"keep-{field}": "yours"}).status_code == 302
    assert stored(row, field) == "Mine"


def stored(row, field):
    return getattr(type(row).unscoped.get(pk=row.pk), field)


def test_theirs_is_taken_where_that_is_chosen_and_the_rest_is_saved(pages, ada, north):
    video = north.videos[0]
    mine = opened(pages, video)
    save(ada, video, opened(ada, video), title="Theirs")
    asked = save(pages, video, mine, title="Mine", description="Mine too")
    again = form_of(asked, id="video_form")
    assert save(pages, video, again, **{"keep-title": "theirs"}).status_code == 302
    assert (stored(video, "title"), stored(video, "description")) == ("Theirs", "Mine too")


def test_a_choice_holds_for_what_was_shown_and_not_for_what_came_after(pages, ada, north):
    video = north.videos[0]
    mine = opened(pages, video)
    save(ada, video, opened(ada, video), title="Theirs")
    again = form_of(save(pages, video, mine, title="Mine"), id="video_form")
    save(ada, video, opened(ada, video), title="Theirs again")
    asked = save(pages, video, again, **{"keep-title": "yours"})
    assert "Theirs again" in asked.content.decode()
    assert stored(video, "title") == "Theirs again"


def test_what_only_the_other_changed_stays_theirs_without_a_question(pages, ada, north):
    video = north.videos[0]
    mine = opened(pages, video)
    save(ada, video, opened(ada, video), description="Theirs\r\nin two lines", status="DRAFT")
    saved = save(pages, video, mine, title="Mine")
    assert saved.status_code == 302
    assert (stored(video, "title"), stored(video, "status")) == ("Mine", "DRAFT")
    assert "two lines" in stored(video, "description")
    [told] = [note for note in messages_of(pages.get("/admin/")) if "Ada" in note]
    assert "Description and Status" in told


def test_a_new_place_in_the_order_is_no_conflict(pages, north, as_user):
    video = north.videos[0]
    mine = opened(pages, video)
    items = [{"id": row.pk, "position": n} for n, row in enumerate(reversed(north.videos))]
    as_user(north.admin).put(f"{CM}/videos/reorder", {"items": items})
    assert save(pages, video, mine, title="Mine").status_code == 302


def test_lines_that_a_browser_ends_in_its_own_way_are_no_change(pages, ada, north):
    video = north.videos[0]
    Video.unscoped.filter(pk=video.pk).update(description="one\ntwo")
    mine = opened(pages, video)
    save(ada, video, opened(ada, video), title="Theirs")
    sent = {name: [value.replace("\n", "\r\n") for value in values] for name, values in mine.items()}
    assert save(pages, video, sent, status="DRAFT").status_code == 302
    assert stored(video, "title") == "Theirs"


def test_options_are_compared_one_by_one(pages, ada, north):
    question = question_with_options(north)
    mine = opened(pages, question)
    save(ada, question, opened(ada, question), **{"options-0-text": "yes!", "options-1-text": "no!"})
    asked = save(pages, question, mine, **{"options-0-text": "aye"})
    assert asked.status_code == 200
    assert "Ada changed “" in asked.content.decode()
    again = form_of(asked, id="question_form")
    assert save(pages, question, again, **{"keep-options-0-text": "yours"}).status_code == 302
    assert [option.text for option in options_of(question)] == ["aye", "no!"]


def test_an_option_that_someone_else_added_counts(pages, ada, north):
    question = question_with_options(north)
    mine = opened(pages, question)
    theirs = opened(ada, question)
    more = {"options-TOTAL_FORMS": "3", "options-2-text": "both", "options-2-is_correct": "on"}
    theirs.pop("options-0-is_correct")
    assert save(ada, question, theirs, **more).status_code == 302
    # For both of them one option is right; together that would be two.
    assert save(pages, question, mine, **{"options-0-text": "aye"}).status_code == 302
    assert [option.is_correct for option in options_of(question)] == [False, False, True]
    mine.pop("options-0-is_correct")
    asked = save(pages, question, mine, **{"options-1-is_correct": "on"})
    assert "Exactly one option must be correct" in asked.content.decode()


def test_a_row_that_was_changed_is_looked_at_again_before_it_is_deleted(pages, ada, north):
    video = north.videos[2]
    address = url(Video, "delete", video.pk)
    question = form_of(pages.get(address))
    save(ada, video, opened(ada, video), title="Theirs")
    refused = pages.post(address, question)
    assert (refused.status_code, refused["Location"]) == (302, address)
    assert Video.unscoped.get(pk=video.pk).deleted is None
    page = pages.get(address)
    [told] = [note for note in messages_of(page) if "Ada" in note]
    assert "after you opened the page" in told
    assert pages.post(address, form_of(page)).status_code == 302
    assert Video.unscoped.get(pk=video.pk).deleted


# The organization.


@pytest.fixture
def everywhere(global_admin, north, sunrise):
    return sign_in(global_admin)


def act_in(browser, organization):
    browser.post(
        "/admin/acting-organization/", {"organization": str(organization.pk) if organization else ""}
    )


def test_what_was_written_for_one_organization_is_not_saved_in_another(everywhere, north, sunrise):
    act_in(everywhere, north.organization)
    address = url(CourseCategory, "add")
    form = {**form_of(everywhere.get(address), id="coursecategory_form"), "title": "For North"}
    act_in(everywhere, sunrise.organization)
    held = everywhere.post(address, {**form, "_save": "Save"})
    assert held.status_code == 409
    assert "opened in “North”" in held.content.decode()
    assert not CourseCategory.unscoped.filter(title="For North").exists()
    done = everywhere.post(address, {**form_of(held, id="content-main"), "act_there_again": "Yes"})
    assert done.status_code == 302
    assert CourseCategory.unscoped.get(title="For North").organization_id == north.organization.pk
    assert everywhere.session["acting_organization"] == str(north.organization.pk)


def test_nobody_gets_into_an_organization_by_naming_it(pages, north, sunrise):
    form = {"title": "Mine", "opened_in": str(sunrise.organization.pk), "act_there_again": "Yes"}
    held = pages.post(url(CourseCategory, "add"), form)
    assert held.status_code == 409
    assert sunrise.organization.name not in held.content.decode()
    assert not CourseCategory.unscoped.filter(title="Mine").exists()
    nobodys = pages.post(url(CourseCategory, "add"), {**form, "opened_in": "x"})
    assert nobodys.status_code == 409


def test_an_action_on_a_list_and_the_script_of_the_ordering_page_are_held_too(everywhere, north, sunrise):
    act_in(everywhere, north.organization)
    chosen = form_of(everywhere.get(url(Video, "changelist")), id="changelist-form")
    act_in(everywhere, None)
    sent = {**chosen, "action": "delete_selected", "_selected_action": [north.videos[2].pk], "post": "yes"}
    assert everywhere.post(url(Video, "changelist"), sent).status_code == 409
    script = everywhere.post(
        "/admin/ordering/videos/status/",
        {"id": north.videos[2].pk, "published": False},
        content_type="application/json",
        HTTP_X_OPENED_IN=str(north.organization.pk),
    )
    assert (script.status_code, script.json()["errors"][0]["code"]) == (409, "opened_elsewhere")
    assert Video.unscoped.get(pk=north.videos[2].pk).status == "PUBLISHED"


def test_every_form_of_the_admin_says_where_it_was_opened(everywhere, north, sunrise):
    act_in(everywhere, north.organization)
    row = north.videos[0]
    addresses = ["/admin/ordering/", f"/admin/ordering/videos/{row.pk}/place/"]
    for model in admin.site._registry:
        if getattr(model, "tenant_columns", None):
            addresses += [url(model, page) for page in ("changelist", "add", "export")]
    addresses += [url(Video, page, row.pk) for page in ("change", "delete")]
    seen = 0
    for address in addresses:
        page = everywhere.get(address)
        for _given, values in forms_of(page) if page.status_code == 200 else ():
            assert values["opened_in"] == [str(north.organization.pk)], address
            seen += 1
    assert seen > 40
    assert {Tcode, QuestionSet, Question, Organization} <= set(admin.site._registry)
