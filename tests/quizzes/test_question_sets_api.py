"""``question-sets``: authoring, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from learning.models import SubCourse
from learning.tree.domain import structure
from quizzes.models import QuestionSet
from quizzes.sets.domain.question_sets import add_question_set, change_question_set
from tenancy.errors import ConflictError, NotFoundError
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, organization_scope
from tests import factories
from tests.conftest import error_of
from tests.quizzes.conftest import entry_assessment_of, questions_of

URL = "/api/v1/question-sets"


def answer(response):
    error = error_of(response)
    return response.status_code, error["code"], error["attr"]


@pytest.fixture
def admin(as_user, north, sunrise):
    return as_user(north.admin)


def test_a_title_and_a_sub_course_make_a_practice_at_the_end(admin, north):
    response = admin.post(URL, {"title": "New", "owner_id": north.sub_course.pk})
    assert response.status_code == 201
    made = response.json()
    assert made == {
        "id": made["id"],
        "title": "New",
        "description": "",
        "set_type": "PRACTICE",
        "owner_type": "SUB_COURSE",
        "owner_id": north.sub_course.pk,
        "status": "DRAFT",
        "display_order": 2,
        "pass_mark": 70,
        "is_shared": False,
    }
    assert QuestionSet.unscoped.get(pk=made["id"]).organization_id == north.organization.pk
    assert admin.get(f"{URL}/{made['id']}").json() == made


def test_the_end_is_that_of_the_practices_not_of_other_sets(admin, north):
    QuestionSet.unscoped.filter(set_type="INITIAL_ASSESSMENT").update(display_order=50)
    made = admin.post(URL, {"title": "New", "owner_id": north.sub_course.pk})
    assert made.json()["display_order"] == 2


def test_a_position_of_its_own_is_kept(admin, north):
    made = admin.post(URL, {"title": "New", "owner_id": north.sub_course.pk, "display_order": 0})
    assert made.json()["display_order"] == 0


@pytest.mark.parametrize("owner_id", ["absent", None])
def test_a_standalone_set_belongs_to_the_organization_of_the_scope(admin, north, owner_id):
    body = {"title": "Template", "owner_type": "STANDALONE", "set_type": "INITIAL_ASSESSMENT"}
    made = admin.post(URL, body if owner_id == "absent" else {**body, "owner_id": owner_id})
    assert made.status_code == 201
    assert made.json()["owner_id"] is None
    assert QuestionSet.unscoped.get(pk=made.json()["id"]).organization_id == north.organization.pk
    assert admin.post(URL, body).json()["display_order"] == 1


def test_a_global_user_names_the_organization_of_a_standalone_set(as_user, global_admin, north):
    body = {"title": "Template", "owner_type": "STANDALONE", "set_type": "INITIAL_ASSESSMENT"}
    assert answer(as_user(global_admin).post(URL, body)) == (400, "organization_required", "X-Scope")
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    made = as_user(global_admin, platform.scope).post(URL, body)
    assert QuestionSet.unscoped.get(pk=made.json()["id"]).organization_id == PLATFORM_ID
    under_north = as_user(global_admin).post(URL, {"title": "Practice", "owner_id": north.sub_course.pk})
    assert under_north.status_code == 201


def test_ownership_in_the_body_is_ignored(admin, north, sunrise):
    body = {"title": "x", "owner_id": north.sub_course.pk, "organization": str(sunrise.organization.pk)}
    made = admin.post(URL, {**body, "organization_id": str(sunrise.organization.pk), "revision": 9})
    row = QuestionSet.unscoped.get(pk=made.json()["id"])
    assert (row.organization_id, row.revision) == (north.organization.pk, 0)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, ("required", "owner_id")),
        ({"owner_id": None}, ("required", "owner_id")),
        ({"owner_type": "STANDALONE", "owner_id": "own"}, ("owner_mismatch", "owner_id")),
        ({"owner_id": "foreign"}, ("does_not_exist", "owner_id")),
        ({"owner_id": "shared"}, ("does_not_exist", "owner_id")),
        ({"owner_id": "deleted"}, ("does_not_exist", "owner_id")),
        ({"owner_id": 10**9}, ("does_not_exist", "owner_id")),
        ({"owner_id": 0}, ("does_not_exist", "owner_id")),
        ({"owner_id": -1}, ("does_not_exist", "owner_id")),
        ({"owner_id": 2**63}, ("does_not_exist", "owner_id")),
        ({"owner_id": 10**30}, ("incorrect_type", "owner_id")),
        ({"owner_id": "1"}, ("incorrect_type", "owner_id")),
        ({"owner_id": True}, ("incorrect_type", "owner_id")),
        ({"owner_id": 1.5}, ("incorrect_type", "owner_id")),
        ({"owner_id": [1]}, ("incorrect_type", "owner_id")),
        ({"owner_id": "own", "title": None}, ("null", "title")),
        ({"owner_id": "own", "title": ""}, ("blank", "title")),
        ({"owner_id": "own", "title": 5}, ("invalid", "title")),
        ({"owner_id": "own", "title": "a\x00b"}, ("null_characters_not_allowed", "title")),
        ({"owner_id": "own", "title": "t" * 201}, ("max_length", "title")),
        ({"owner_id": "own", "description": "d" * 10_001}, ("max_length", "description")),
        ({"owner_id": "own", "description": {"a": 1}}, ("invalid", "description")),
        ({"owner_id": "own", "set_type": "QUIZ"}, ("invalid_choice", "set_type")),
        ({"owner_id": "own", "set_type": 1}, ("invalid_choice", "set_type")),
        ({"owner_id": "own", "owner_type": "COURSE"}, ("invalid_choice", "owner_type")),
        ({"owner_id": "own", "status": "published"}, ("invalid_choice", "status")),
        ({"owner_id": "own", "status": None}, ("null", "status")),
        ({"owner_id": "own", "display_order": -1}, ("min_value", "display_order")),
        ({"owner_id": "own", "display_order": 2**31}, ("max_value", "display_order")),
        ({"owner_id": "own", "display_order": True}, ("invalid", "display_order")),
        ({"owner_id": "own", "display_order": "1"}, ("invalid", "display_order")),
        ({"owner_id": "own", "pass_mark": 101}, ("max_value", "pass_mark")),
        ({"owner_id": "own", "pass_mark": -1}, ("min_value", "pass_mark")),
        ({"owner_id": "own", "pass_mark": 70.5}, ("invalid", "pass_mark")),
    ],
    ids=str,
)
def test_bad_input_is_refused_by_name(body, refused, admin, north, sunrise, shared):
    gone = factories.SubCourseFactory(course=north.course, deleted="2026-01-01T00:00Z")
    owners = {
        "own": north.sub_course.pk,
        "foreign": sunrise.sub_course.pk,
        "shared": shared.sub_course.pk,
        "deleted": gone.pk,
    }
    body = {"title": "x", **body}
    if isinstance(body.get("owner_id"), str):
        body["owner_id"] = owners.get(body["owner_id"], body["owner_id"])
    before = QuestionSet.unscoped.count()
    assert answer(admin.post(URL, body)) == (400, *refused)
    assert QuestionSet.unscoped.count() == before


@pytest.mark.parametrize("body", [[], "x", 5, None, [{"title": "x"}]])
def test_a_body_that_is_no_object_is_refused(body, admin):
    assert admin.post(URL, body).status_code == 400


def test_an_unknown_owner_is_worded_like_that_of_another_tenant(admin, north, sunrise):
    foreign = admin.post(URL, {"title": "x", "owner_id": sunrise.sub_course.pk})
    unknown = admin.post(URL, {"title": "x", "owner_id": 10**9})
    wording = [error_of(r)["detail"] for r in (foreign, unknown)]
    assert wording[0].replace(str(sunrise.sub_course.pk), "#") == wording[1].replace(str(10**9), "#")


def test_changing_some_and_changing_all(admin, north):
    practice = north.practices[0]
    changed = admin.patch(f"{URL}/{practice.pk}", {"title": "Renamed", "status": "ARCHIVED"})
    assert changed.status_code == 200
    assert (changed.json()["title"], changed.json()["status"]) == ("Renamed", "ARCHIVED")
    replaced = admin.put(f"{URL}/{practice.pk}", {**changed.json(), "pass_mark": 100})
    assert replaced.json() == {**changed.json(), "pass_mark": 100}
    assert answer(admin.put(f"{URL}/{practice.pk}", {"status": "DRAFT"})) == (400, "required", "title")
    assert admin.patch(f"{URL}/{practice.pk}", {}).json() == replaced.json()


def test_a_practice_moves_to_the_end_of_another_sub_course(admin, north):
    other = factories.SubCourseFactory(course=north.course)
    factories.PracticeFactory(sub_course=other, display_order=6)
    moved = admin.patch(f"{URL}/{north.practices[0].pk}", {"owner_id": other.pk})
    assert (moved.json()["owner_id"], moved.json()["display_order"]) == (other.pk, 7)


def test_a_practice_can_be_taken_out_of_its_sub_course_and_put_back(admin, north):
    # Put back without one, learners would meet a practice that they can do nothing with.
    factories.QuestionFactory(question_set=north.practices[0])
    url = f"{URL}/{north.practices[0].pk}"
    assert answer(admin.patch(url, {"owner_type": "STANDALONE"})) == (400, "owner_mismatch", "owner_id")
    assert answer(admin.patch(url, {"owner_id": None})) == (400, "required", "owner_id")
    out = admin.patch(url, {"owner_type": "STANDALONE", "owner_id": None})
    assert (out.status_code, out.json()["owner_id"]) == (200, None)
    assert answer(admin.patch(url, {"owner_id": north.sub_course.pk})) == (400, "owner_mismatch", "owner_id")
    back = admin.patch(url, {"owner_type": "SUB_COURSE", "owner_id": north.sub_course.pk})
    assert (back.json()["owner_id"], back.json()["display_order"]) == (north.sub_course.pk, 2)


def test_a_set_does_not_move_to_another_tenant(as_user, global_admin, north, sunrise):
    url = f"{URL}/{north.practices[0].pk}"
    for user in (north.admin, global_admin):
        moved = as_user(user).patch(url, {"owner_id": sunrise.sub_course.pk})
        assert answer(moved) == (400, "does_not_exist", "owner_id")


# The entry assessment


@pytest.mark.parametrize(
    "values",
    [
        {"set_type": "PRACTICE"},
        {"owner_type": "STANDALONE", "owner_id": None},
        {"owner_type": "STANDALONE"},
        {"owner_id": None},
        {"owner_id": "other"},
    ],
    ids=str,
)
def test_an_entry_assessment_is_not_retyped_or_moved(values, admin, north):
    if "other" in values.values():
        values = {"owner_id": factories.SubCourseFactory(course=north.course).pk}
    assessment = entry_assessment_of(north.sub_course)
    response = admin.patch(f"{URL}/{assessment.pk}", values)
    assert answer(response) == (409, "entry_assessment_required", None)
    assert entry_assessment_of(north.sub_course) == assessment


def test_an_entry_assessment_is_not_deleted(admin, north):
    assessment = entry_assessment_of(north.sub_course)
    response = admin.delete(f"{URL}/{assessment.pk}")
    assert answer(response) == (409, "entry_assessment_required", None)
    assert entry_assessment_of(north.sub_course) == assessment


def test_everything_else_of_an_entry_assessment_can_be_changed(admin, north):
    url = f"{URL}/{entry_assessment_of(north.sub_course).pk}"
    whole = {**admin.get(url).json(), "title": "Where do you stand?", "pass_mark": 55, "status": "DRAFT"}
    assert admin.put(url, whole).json() == whole
    assert admin.patch(url, {"status": "PUBLISHED"}).status_code == 200


def test_a_second_entry_assessment_is_a_conflict(admin, north):
    body = {"title": "x", "owner_id": north.sub_course.pk, "set_type": "INITIAL_ASSESSMENT"}
    assert answer(admin.post(URL, body)) == (409, "entry_assessment_exists", None)
    practice = f"{URL}/{north.practices[0].pk}"
    retyped = admin.patch(practice, {"set_type": "INITIAL_ASSESSMENT"})
    assert answer(retyped) == (409, "entry_assessment_exists", None)
    template = factories.StandaloneAssessmentFactory(organization=north.organization)
    given = {"owner_type": "SUB_COURSE", "owner_id": north.sub_course.pk}
    moved = admin.patch(f"{URL}/{template.pk}", given)
    assert answer(moved) == (409, "entry_assessment_exists", None)


def test_a_deleted_assessment_does_not_come_back_beside_another(admin, north):
    old = entry_assessment_of(north.sub_course)
    QuestionSet.unscoped.filter(pk=old.pk).update(deleted="2026-01-01T00:00Z")
    body = {"title": "New", "owner_id": north.sub_course.pk, "set_type": "INITIAL_ASSESSMENT"}
    assert admin.post(URL, body).status_code == 201
    assert answer(admin.post(f"{URL}/{old.pk}/restore")) == (409, "entry_assessment_exists", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_create_one_at_once_one_is_told_so(north):
    QuestionSet.unscoped.filter(set_type="INITIAL_ASSESSMENT").update(deleted="2026-01-01T00:00Z")
    together = Barrier(2)

    def create(_):
        try:
            with organization_scope(north.organization):
                item = QuestionSet(
                    sub_course=north.sub_course,
                    title="x",
                    set_type="INITIAL_ASSESSMENT",
                    owner_type="SUB_COURSE",
                )
                together.wait(timeout=10)
                add_question_set(item=item)
        except ConflictError as error:
            return error.error_code
        finally:
            connection.close()
        return "created"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(create, range(2))) == ["created", "entry_assessment_exists"]


# Deleting and restoring


def test_a_practice_is_deleted_and_restored_with_its_questions(admin, north):
    practice = north.practices[0]
    question = factories.QuestionFactory(question_set=practice)
    url = f"{URL}/{practice.pk}"
    assert admin.delete(url).status_code == 204
    assert admin.get(url).status_code == 404
    assert questions_of(practice) == []
    deleted = admin.get(URL, {"deleted": "true"}).json()
    assert [row["id"] for row in deleted["rows"]] == [practice.pk]
    assert admin.post(f"{url}/restore").json()["id"] == practice.pk
    assert questions_of(practice) == [question]
    assert admin.post(f"{url}/restore").status_code == 200  # a live row stays as it is


def test_a_practice_is_not_restored_below_a_deleted_sub_course(admin, north):
    practice = north.practices[0]
    admin.delete(f"{URL}/{practice.pk}")
    with organization_scope(north.organization):
        structure.delete(item=north.sub_course)
    refused = admin.post(f"{URL}/{practice.pk}/restore")
    assert answer(refused) == (409, "parent_deleted", None)
    with organization_scope(north.organization):
        structure.restore(item=SubCourse.all_objects.get(pk=north.sub_course.pk))
    assert admin.post(f"{URL}/{practice.pk}/restore").status_code == 200


def test_deleted_sets_are_listed_for_those_who_may_delete(as_user, north):
    assert as_user(north.instructor).get(URL, {"deleted": "true"}).status_code == 403


def test_a_set_that_was_deleted_meanwhile_is_not_changed(north):
    practice = north.practices[0]
    QuestionSet.unscoped.filter(pk=practice.pk).update(deleted="2026-01-01T00:00Z")
    with organization_scope(north.organization), pytest.raises(NotFoundError):
        change_question_set(item=practice, values={"title": "late"})
    assert QuestionSet.unscoped.get(pk=practice.pk).title == practice.title


# Lists


def test_a_list_shows_the_own_and_the_shared_sets_only(admin, north, sunrise, shared):
    rows = admin.get(URL).json()
    own = [entry_assessment_of(north.sub_course), *north.practices]
    of_platform = [entry_assessment_of(shared.sub_course), shared.practice]
    assert {row["id"] for row in rows["rows"]} == {s.pk for s in (*own, *of_platform)}
    assert rows["count"] == 5


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"set_type": "PRACTICE"}, 3),
        ({"set_type": "INITIAL_ASSESSMENT"}, 3),
        ({"owner_type": "STANDALONE"}, 1),
        ({"status": "DRAFT"}, 1),
        ({"owner_id": "own"}, 3),
        ({"owner_id": "foreign"}, 0),
        ({"owner_id": 10**9}, 0),
        ({"owner_id": "own", "set_type": "PRACTICE", "limit": 1}, 2),
    ],
    ids=str,
)
def test_a_list_is_narrowed(query, count, admin, north, sunrise):
    factories.StandaloneAssessmentFactory(organization=north.organization)
    factories.PracticeFactory(
        sub_course=factories.SubCourseFactory(course=north.course), status="DRAFT", display_order=0
    )
    owners = {"own": north.sub_course.pk, "foreign": sunrise.sub_course.pk}
    query = {name: owners.get(value, value) for name, value in query.items()}
    assert admin.get(URL, query).json()["count"] == count


@pytest.mark.parametrize(
    "query",
    [
        {"set_type": "practice"},
        {"status": "x\x00"},
        {"owner_id": "x"},
        {"owner_id": "1\x00"},
        {"owner_id": str(2**63)},
        {"owner_id": "0"},
        {"settype": "PRACTICE"},
        {"limit": "0"},
        {"page": "x"},
    ],
    ids=str,
)
def test_a_bad_parameter_is_refused_by_name(query, admin):
    response = admin.get(URL, query)
    assert response.status_code == 400
    assert error_of(response)["attr"] == next(iter(query))


def test_learners_know_of_published_sets_of_active_sub_courses_only(as_user, grant, north):
    template = factories.StandaloneAssessmentFactory(organization=north.organization)
    draft = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT")
    inactive = factories.SubCourseFactory(course=north.course, status="DRAFT")
    hidden = factories.PracticeFactory(sub_course=inactive)
    grant(north.student, "question_sets.list")
    learner = as_user(north.student)
    assert learner.get(URL).json()["count"] == 3
    for question_set in (template, draft, hidden, entry_assessment_of(inactive)):
        assert learner.get(f"{URL}/{question_set.pk}").status_code == 404
        assert as_user(north.instructor).get(f"{URL}/{question_set.pk}").status_code == 200


# Order


def test_practices_are_reordered_without_the_entry_assessment(admin, north):
    url = "/api/v1/course-management/practices/reorder"
    first, second = north.practices
    items = [{"id": second.pk, "position": 0}, {"id": first.pk, "position": 1}]
    done = admin.put(url, {"items": items})
    assert (done.status_code, done.json()["items"]) == (200, items)
    query = {"owner_id": north.sub_course.pk, "set_type": "PRACTICE"}
    assert [row["id"] for row in admin.get(URL, query).json()["rows"]] == [second.pk, first.pk]
    with_assessment = [*items, {"id": entry_assessment_of(north.sub_course).pk, "position": 2}]
    assert answer(admin.put(url, {"items": with_assessment})) == (400, "not_siblings", "items")
    assert answer(admin.put(url, {"items": items[:1]}))[1] == "incomplete_siblings"


def test_practices_of_another_tenant_are_no_siblings(admin, sunrise, shared):
    url = "/api/v1/course-management/practices/reorder"
    items = [{"id": p.pk, "position": n} for n, p in enumerate(sunrise.practices)]
    assert answer(admin.put(url, {"items": items})) == (400, "not_siblings", "items")
    # Shared ones are not theirs to put in order; naming nothing else changes nothing.
    nothing = admin.put(url, {"items": [{"id": shared.practice.pk, "position": 0}]})
    assert (nothing.status_code, nothing.json()["items"]) == (200, [])
