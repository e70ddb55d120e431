"""The learning path and the learning tree as different people read them."""

import pytest

from learning.models import SubCourse, Video
from quizzes.models import QuestionSet
from tenancy.models import Organization
from tests import factories
from tests.progress.paths import BASE, path_url


def complete(client, video):
    assert client.post(f"/api/v1/progress/videos/{video.pk}/complete").status_code == 200


def test_a_learner_sees_what_is_done_what_is_open_and_what_is_locked(north, sunrise, as_user):
    client = as_user(north.student)
    complete(client, north.videos[0])
    path = client.get(path_url(north.course)).json()
    [sub_course] = path["sub_courses"]
    states = [(v["id"], v["is_completed"], v["is_locked"]) for v in sub_course["videos"]]
    first, second, third = (video.pk for video in north.videos)
    assert states == [(first, True, False), (second, False, False), (third, False, True)]
    practices = [(p["id"], p["is_completed"], p["is_locked"]) for p in sub_course["practices"]]
    assert practices == [(north.practices[0].pk, False, False), (north.practices[1].pk, False, True)]
    assert (sub_course["completed"], sub_course["total"]) == (1, 5)
    assert path["id"] == north.course.pk


def test_the_path_and_the_single_item_agree_on_what_is_locked(north, sunrise, as_user):
    """One rule, two shapes of SQL: they are compared over a list with every kind of step in it."""
    extra = [
        factories.VideoFactory(sub_course=north.sub_course, display_order=order, status=status)
        for order, status in [
            (0, "PUBLISHED"),
            (1, "DRAFT"),
            (1, "PUBLISHED"),
            (7, "ARCHIVED"),
            (7, "PUBLISHED"),
        ]
    ]
    client = as_user(north.student)
    for video in (north.videos[0], extra[0]):
        complete(client, video)
    [sub_course] = client.get(path_url(north.course)).json()["sub_courses"]
    told = {video["id"]: video["is_locked"] for video in sub_course["videos"]}
    assert True in told.values()
    for pk, is_locked in told.items():
        assert client.get(f"{BASE}/videos/{pk}").status_code == (403 if is_locked else 200)


def test_a_learner_sees_published_items_and_active_sub_courses_only(north, sunrise, as_user):
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    hidden = factories.SubCourseFactory(course=north.course, status="DRAFT")
    learner = as_user(north.student).get(path_url(north.course)).json()
    staff = as_user(north.admin).get(path_url(north.course)).json()
    assert [s["id"] for s in learner["sub_courses"]] == [north.sub_course.pk]
    assert [s["id"] for s in staff["sub_courses"]] == [north.sub_course.pk, hidden.pk]
    assert draft.pk not in [v["id"] for v in learner["sub_courses"][0]["videos"]]
    assert draft.pk in [v["id"] for v in staff["sub_courses"][0]["videos"]]
    assert staff["sub_courses"][0]["total"] == learner["sub_courses"][0]["total"] == 5
    assert not any(v["is_locked"] for v in staff["sub_courses"][0]["videos"])


def test_a_path_carries_no_video_address(north, sunrise, as_user):
    for person in (north.student, north.admin):
        assert b"videos.example" not in as_user(person).get(path_url(north.course)).content


def test_each_sub_course_has_its_entry_assessment(north, sunrise, as_user):
    [sub_course] = as_user(north.student).get(path_url(north.course)).json()["sub_courses"]
    assessment = QuestionSet.unscoped.get(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")
    assert sub_course["entry_assessment"]["id"] == assessment.pk
    QuestionSet.unscoped.filter(pk=assessment.pk).update(status="DRAFT")
    [sub_course] = as_user(north.student).get(path_url(north.course)).json()["sub_courses"]
    assert sub_course["entry_assessment"] is None


def test_a_path_takes_one_statement_whatever_its_size_and_another_for_who_has_seen_an_older_one(
    north, sunrise, as_user, statements
):
    client = as_user(north.student)
    client.get(path_url(north.course))  # from now on it is known who they are
    for _round in range(2):
        with statements() as fresh:
            client.get(path_url(north.course))
        assert len(fresh) == (1 if _round == 0 else 1 + 3)
        with statements() as sent:
            response = client.get(path_url(north.course))
        assert len(sent) == 1
        with statements() as after:
            assert (
                client.get(path_url(north.course), HTTP_IF_NONE_MATCH='"older"').content == response.content
            )
        assert len(after) == 2
        with statements() as again:
            unchanged = client.get(path_url(north.course), HTTP_IF_NONE_MATCH=response["ETag"])
        assert (unchanged.status_code, unchanged.content, len(again)) == (304, b"", 1)
        for _ in range(4):
            sub_course = factories.SubCourseFactory(course=north.course)
            for _ in range(5):
                factories.VideoFactory(sub_course=sub_course)
                factories.PracticeFactory(sub_course=sub_course)


def test_the_entity_tag_changes_with_everything_the_path_shows(north, sunrise, as_user):
    client = as_user(north.student)
    admin = as_user(north.admin)
    video, practice = north.videos[0].pk, north.practices[0].pk
    ids = [v.pk for v in north.videos][::-1]
    changes = [
        lambda: admin.patch(f"{BASE}/courses/{north.course.pk}", {"title": "Renamed"}),
        lambda: admin.patch(f"{BASE}/sub-courses/{north.sub_course.pk}", {"title": "Renamed"}),
        lambda: admin.patch(f"{BASE}/videos/{video}", {"title": "Renamed"}),
        lambda: admin.patch(f"/api/v1/question-sets/{practice}", {"title": "Renamed"}),
        lambda: admin.put(
            f"{BASE}/videos/reorder",
            {"items": [{"id": pk, "position": n} for n, pk in enumerate(ids)]},
        ),
        lambda: Video.unscoped.filter(pk=video).update(status="DRAFT"),
        lambda: admin.delete(f"{BASE}/videos/{video}"),
        lambda: admin.post(f"{BASE}/videos/{video}/restore"),
        # One leaves and another comes: neither a count nor a sum of revisions would tell.
        lambda: (
            Video.unscoped.filter(pk=video).delete(),
            factories.VideoFactory(sub_course=north.sub_course, display_order=0),
        ),
        lambda: SubCourse.unscoped.filter(pk=north.sub_course.pk).update(status="DRAFT"),
        lambda: SubCourse.unscoped.filter(pk=north.sub_course.pk).update(status="PUBLISHED"),
        lambda: client.post(f"/api/v1/progress/practices/{practice}/complete"),
    ]
    tags = [client.get(path_url(north.course))["ETag"]]
    for change in changes:
        change()
        response = client.get(path_url(north.course), HTTP_IF_NONE_MATCH=tags[-1])
        assert response.status_code == 200
        tags.append(response["ETag"])
    assert len(set(tags)) == len(tags)


def test_an_entity_tag_is_one_persons(north, sunrise, as_user):
    tags = {
        as_user(person).get(path_url(north.course))["ETag"]
        for person in (north.student, north.student2, north.admin)
    }
    assert len(tags) == 3


@pytest.mark.parametrize("sent", ["*", '"x", {tag}', "W/{tag}"])
def test_if_none_match_is_read_as_the_standard_says(sent, north, sunrise, as_user):
    client = as_user(north.student)
    tag = client.get(path_url(north.course))["ETag"]
    response = client.get(path_url(north.course), HTTP_IF_NONE_MATCH=sent.format(tag=tag))
    assert response.status_code == 304
    assert response["ETag"] == tag


def test_another_tenants_course_is_answered_like_one_that_does_not_exist(north, sunrise, as_user):
    for person in (north.student, north.admin):
        client = as_user(person)
        theirs = client.get(path_url(sunrise.course))
        nobodys = client.get(f"{BASE}/courses/{10**12}/learning-path")
        assert theirs.status_code == 404
        assert theirs.content == nobodys.content


def test_a_global_user_reads_across_organizations(north, sunrise, global_admin, as_user):
    client = as_user(global_admin)
    assert client.get(path_url(north.course)).status_code == 200
    assert client.get(path_url(sunrise.course)).status_code == 200
    tree = client.get(f"{BASE}/learning-tree").json()
    assert tree["categories_version"] is None
    assert {c["id"] for c in tree["categories"]} == {north.category.pk, sunrise.category.pk}
    narrowed = as_user(global_admin, north.scope).get(f"{BASE}/learning-tree").json()
    assert [c["id"] for c in narrowed["categories"]] == [north.category.pk]


@pytest.mark.parametrize(
    ("role", "path_status", "tree_status"),
    [
        ("admin", 200, 200),
        ("principal", 200, 200),
        ("teacher", 200, 200),
        ("instructor", 200, 200),
        ("support", 200, 200),
        ("student", 200, 403),
        ("guardian", 403, 403),
        ("guest", 403, 403),
    ],
)
def test_the_tree_key_opens_the_path_too(role, path_status, tree_status, north, sunrise, as_user):
    client = as_user(getattr(north, role))
    assert client.get(path_url(north.course)).status_code == path_status
    assert client.get(f"{BASE}/learning-tree").status_code == tree_status


def test_the_tree_counts_what_its_reader_may_see(north, sunrise, grant, as_user):
    factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    factories.VideoFactory(sub_course=north.sub_course).delete()
    grant(north.student, "learning_tree.get")
    counts = {}
    for person in ("admin", "student"):
        tree = as_user(getattr(north, person)).get(f"{BASE}/learning-tree").json()
        [category] = tree["categories"]
        [sub_course] = category["courses"][0]["sub_courses"]
        counts[person] = (sub_course["video_count"], sub_course["practice_count"])
    assert counts == {"admin": (4, 2), "student": (3, 2)}


def test_a_tree_takes_three_statements_whatever_its_size(north, sunrise, as_user, statements):
    client = as_user(north.admin)
    for _round in range(2):
        with statements() as sent:
            response = client.get(f"{BASE}/learning-tree")
        assert len(sent) == 1 + 3
        assert client.get(f"{BASE}/learning-tree", HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304
        for _ in range(3):
            course = factories.CourseFactory(category=north.category)
            factories.VideoFactory(sub_course=factories.SubCourseFactory(course=course))


def test_shared_categories_come_after_ones_own(north, sunrise, as_user):
    platform = Organization.unscoped.get(slug="platform")
    shared = factories.CategoryFactory(organization=platform, display_order=0)
    tree = as_user(north.admin).get(f"{BASE}/learning-tree").json()
    assert [(c["id"], c["is_shared"]) for c in tree["categories"]] == [
        (north.category.pk, False),
        (shared.pk, True),
    ]


def test_an_empty_tree_is_an_empty_list(north, sunrise, as_user):
    as_user(north.admin).delete(f"{BASE}/categories/{north.category.pk}")
    tree = as_user(north.admin).get(f"{BASE}/learning-tree").json()
    assert tree["categories"] == []
    assert as_user(north.student).get(path_url(north.course)).status_code == 404
