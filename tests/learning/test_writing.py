"""Writing in the tree: drafts from titles, new titles, deletions, and the way back from forms."""

import pytest

from learning.models import SubCourse, Video
from quizzes.models import QuestionSet
from tests import factories
from tests.conftest import error_of
from tests.forms import form_of
from tests.learning.ordering import MODELS, PAGE, ask, row_of, sign_in

PARENTS = {
    "categories": lambda tenant: tenant.organization,
    "courses": lambda tenant: tenant.category,
    "sub-courses": lambda tenant: tenant.course,
    "videos": lambda tenant: tenant.sub_course,
    "practices": lambda tenant: tenant.sub_course,
}


@pytest.mark.parametrize("kind", PARENTS)
def test_a_title_makes_a_draft_at_the_end_that_no_learner_sees(kind, staff, north):
    body = {"parent_id": str(PARENTS[kind](north).pk), "title": "  Brand new "}
    answer = ask(staff, f"{kind}/write", body)
    assert answer.status_code == 200, answer.content
    row = MODELS[kind].unscoped.get(pk=answer.json()["id"])
    assert (row.title, row.organization_id) == ("Brand new", north.organization.pk)
    assert row.display_order > row_of(north, kind).display_order
    assert row.status == "DRAFT"


def test_a_new_sub_course_has_the_level_of_the_one_before_and_its_entry_assessment(staff, north):
    SubCourse.unscoped.filter(pk=north.sub_course.pk).update(level="ADVANCED", sub_level="C2")
    made = ask(staff, "sub-courses/write", {"parent_id": str(north.course.pk), "title": "Next"}).json()["id"]
    row = SubCourse.unscoped.get(pk=made)
    assert (row.level, row.sub_level) == ("ADVANCED", "C2")
    assert QuestionSet.unscoped.filter(sub_course=row, set_type="INITIAL_ASSESSMENT").count() == 1


@pytest.mark.parametrize("kind", PARENTS)
def test_nothing_is_written_below_a_parent_of_another_tenant_or_none(kind, staff, north, sunrise):
    theirs = PARENTS[kind](sunrise).pk
    for parent in (str(theirs), "x", "999999999", "-1", "1" * 30):
        refused = ask(staff, f"{kind}/write", {"parent_id": parent, "title": "Mine"})
        assert refused.status_code == 400, parent
        assert error_of(refused)["code"] == "does_not_exist", parent
    assert not MODELS[kind].unscoped.filter(title="Mine").exists()


def test_a_title_is_neither_empty_nor_too_long(staff, north):
    for title in ("", "   ", "x" * 201, None, 7):
        refused = ask(staff, "videos/write", {"parent_id": str(north.sub_course.pk), "title": title})
        assert (refused.status_code, error_of(refused)["attr"]) == (400, "title"), title


@pytest.mark.parametrize("kind", PARENTS)
def test_a_row_gets_another_title_unless_somebody_was_faster(kind, staff, north, sunrise):
    row = row_of(north, kind)
    body = {"id": row.pk, "title": "Newer", "was": row.title}
    assert ask(staff, f"{kind}/rename", body).json() == {"title": "Newer"}
    late = ask(staff, f"{kind}/rename", {**body, "title": "Newest"})
    assert (late.status_code, error_of(late)["code"]) == (412, "stale_row")
    assert error_of(late)["meta"]["changed_by"] == north.admin.name
    assert "Newer" in error_of(late)["detail"]
    assert MODELS[kind].unscoped.get(pk=row.pk).title == "Newer"
    foreign = ask(staff, f"{kind}/rename", {**body, "id": row_of(sunrise, kind).pk})
    nobodys = ask(staff, f"{kind}/rename", {**body, "id": 10**12})
    assert foreign.status_code == nobodys.status_code == 404
    assert foreign.content == nobodys.content


@pytest.mark.parametrize("kind", PARENTS)
def test_a_row_is_deleted_after_a_question_about_what_goes_with_it(kind, staff, north, sunrise):
    row = row_of(north, kind)
    asked = ask(staff, f"{kind}/remove", {"id": row.pk})
    assert (asked.status_code, error_of(asked)["code"]) == (409, "confirmation_required")
    told = error_of(asked)["detail"]
    assert row.title in told
    assert "It can be brought back." in told
    assert ("3 videos" in told) == (kind in ("categories", "courses", "sub-courses"))
    assert MODELS[kind].unscoped.get(pk=row.pk).deleted is None
    assert ask(staff, f"{kind}/remove", {"id": row.pk, "confirmed": True}).status_code == 200
    assert MODELS[kind].unscoped.get(pk=row.pk).deleted
    foreign = ask(staff, f"{kind}/remove", {"id": row_of(sunrise, kind).pk, "confirmed": True})
    assert foreign.status_code == 404
    assert MODELS[kind].unscoped.get(pk=row_of(sunrise, kind).pk).deleted is None


def test_the_question_counts_the_learners(staff, north, as_user):
    as_user(north.student).post(f"/api/v1/progress/videos/{north.videos[0].pk}/complete")
    asked = ask(staff, "videos/remove", {"id": north.videos[1].pk})
    assert "1 will be asked to complete" in error_of(asked)["detail"]


@pytest.mark.parametrize("act", ["write", "rename", "remove"])
def test_each_act_takes_its_own_key(act, north, sunrise):
    head = factories.make_user("head@north.test", "PRINCIPAL", at=north.organization.scope, is_staff=True)
    bodies = {
        "write": {"parent_id": str(north.sub_course.pk), "title": "x"},
        "rename": {"id": north.videos[0].pk, "title": "x", "was": north.videos[0].title},
        "remove": {"id": north.videos[0].pk, "confirmed": True},
    }
    assert ask(sign_in(head), f"videos/{act}", bodies[act]).status_code == 403
    page = sign_in(head).get(PAGE, {"open": f"sub-courses:{north.sub_course.pk}"}).content.decode()
    for control in ("new-title", 'class="rename', 'class="remove'):
        assert control not in page


def test_without_a_script_the_button_beside_the_title_makes_the_draft(staff, north, sunrise):
    name = f"videos:{north.sub_course.pk}"
    opened = [f"sub-courses:{north.sub_course.pk}"]
    sent = {"do": f"write:{name}", f"title:{name}": "Typed", "open": opened}
    done = staff.post(PAGE, sent)
    video = Video.unscoped.get(title="Typed")
    assert done["Location"].endswith(f"#videos-{video.pk}")
    assert opened[0].replace(":", "%3A") in done["Location"]
    staff.post(PAGE, {**sent, f"title:{name}": " "})
    foreign = f"videos:{sunrise.sub_course.pk}"
    staff.post(PAGE, {"do": f"write:{foreign}", f"title:{foreign}": "Typed"})
    assert Video.unscoped.filter(title="Typed").count() == 1


def test_what_learners_could_do_nothing_with_is_not_published(staff, north):
    practice = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT", title="Empty")
    video = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT", video_url="")
    for kind, row in (("practices", practice), ("videos", video)):
        refused = ask(staff, f"{kind}/status", {"id": row.pk, "published": True})
        assert (refused.status_code, error_of(refused)["code"]) == (409, "not_ready")
        assert type(row).unscoped.get(pk=row.pk).status == "DRAFT"
    assert (
        "has no questions yet"
        in error_of(ask(staff, "practices/status", {"id": practice.pk, "published": True}))["detail"]
    )
    factories.QuestionFactory(question_set=practice)
    done = ask(staff, "practices/status", {"id": practice.pk, "published": True, "confirmed": True})
    assert done.status_code == 200


def test_forms_come_back_to_the_branch_and_the_row_they_were_opened_from(staff, north):
    video = north.videos[1]
    way = {"open": [f"courses:{north.course.pk}", f"sub-courses:{north.sub_course.pk}"]}
    page = staff.get(PAGE, way).content.decode()
    address = f"/admin/learning/video/{video.pk}/change/?open=sub-courses%3A{north.sub_course.pk}"
    assert f"{address}&amp;tree=videos-{video.pk}" in page
    form = form_of(staff.get(f"{address}&tree=videos-{video.pk}"), id="video_form")
    saved = staff.post(f"{address}&tree=videos-{video.pk}", {**form, "title": "Other", "_save": "Save"})
    assert saved["Location"] == f"{PAGE}?open=sub-courses%3A{north.sub_course.pk}#videos-{video.pk}"
    # What names no row of the tree leads nowhere else.
    form = form_of(staff.get(f"/admin/learning/video/{video.pk}/change/"), id="video_form")
    for way_back in ("https://evil.example/", "//evil.example", "nothing-1", ""):
        saved = staff.post(f"{address}&tree={way_back}", {**form, "_save": "Save"})
        assert saved["Location"] == "/admin/learning/video/"
    gone = staff.post(
        f"/admin/learning/video/{video.pk}/delete/?open=sub-courses:{north.sub_course.pk}&tree=videos-1",
        {"post": "yes"},
    )
    assert gone["Location"].startswith(PAGE)


@pytest.mark.parametrize(
    ("line", "title", "link", "seconds"),
    [
        ("Hello https://videos.example/1.mp4", "Hello", "https://videos.example/1.mp4", None),
        ("Good bye\thttps://videos.example/2.mp4\t75", "Good bye", "https://videos.example/2.mp4", 75),
        ("Lesson 7", "Lesson 7", "", None),
        ("https://videos.example/3.mp4", "https://videos.example/3.mp4", "", None),
    ],
)
def test_a_video_is_typed_with_its_link_and_length(line, title, link, seconds, staff, north):
    made = ask(staff, "videos/write", {"parent_id": str(north.sub_course.pk), "title": line}).json()["id"]
    video = Video.unscoped.get(pk=made)
    assert (video.title, video.video_url, video.duration_seconds) == (title, link, seconds)


def test_a_link_that_is_none_is_refused(staff, north):
    body = {"parent_id": str(north.sub_course.pk), "title": "Hello https://no_host/ 7"}
    assert ask(staff, "videos/write", body).status_code == 400
    assert not Video.unscoped.filter(title__startswith="Hello").exists()
