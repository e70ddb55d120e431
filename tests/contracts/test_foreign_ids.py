"""Another tenant's ids in bodies, in query strings and in headers: each answers like an id of nothing."""

import re
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django_filters import rest_framework as filters
from rest_framework import serializers

from accounts.rights.keys import ROLES
from learning.tree.api.filters import DeletedFilter, IdFilter
from learning.tree.api.orders import PositionsField
from tenancy.scope import Level
from tests.contracts.routes import (
    ANONYMOUS,
    AUTHENTICATED,
    BY_OWNER,
    CAMPUSES,
    CATEGORIES,
    CLASSROOMS,
    COURSES,
    OPTIONS,
    QUESTIONS,
    QUIZ_RESULTS,
    ROUTES,
    SCHOOLS,
    SETS,
    SUB_COURSES,
    SUBSCRIPTIONS,
    TCODES,
    USERS,
    VIDEOS,
    Route,
    resolved,
)
from tests.contracts.world import NOBODY, OURS, differences, dump, send, sent_and_undone

# Every field of a body that names a row, and where it is sent: a kind of row and the routes that take it.
FIELDS = {
    "CourseSerializer.category_id": ("category", "courses"),
    "SubCourseSerializer.course_id": ("course", "sub-courses"),
    "VideoSerializer.sub_course_id": ("sub_course", "videos"),
    "QuestionSetSerializer.owner_id": ("sub_course", "question-sets"),
    "QuestionSerializer.question_set_id": ("practice", "questions"),
    "OptionSerializer.id": "options",
    "AnswerSerializer.question_id": "answers",
    "AnswerSerializer.option_id": "answers",
    "ReorderSerializer.items": "reorder",
    "SendMessageSerializer.userId": ("person", "messages"),
    **{
        f"{name}.{level}Id": (str(level), "users")
        for name in ("NewPersonSerializer", "PersonChangeSerializer")
        for level in Level
    },
    "CampusSerializer.schoolId": ("school", "campuses"),
    "ClassroomSerializer.campusId": ("campus", "classrooms"),
    "NewSubscriptionSerializer.userId": ("person", "subscriptions"),
    "NewSubscriptionSerializer.tcodeId": ("tcode", "subscriptions"),
    "ScheduleSerializer.question_set_id": ("safety_quiz", "safety_quizzes"),
    **{
        f"{name}{where}Serializer.step_id": ("video", f"exceptions/({acts})")
        for where in ("", "ForPlace")
        for name, acts in (
            ("Waive", "waive"),
            ("Unlock", "unlock"),
            ("Decision", "unwaive|lock|complete|undo"),
        )
    },
}

# What every organization may read, it may let its people use: of these, shared rows are no foreign ones.
SHARED_ARE_FINE = {
    "NewSubscriptionSerializer.tcodeId",
    "ScheduleSerializer.question_set_id",
    *(name for name in FIELDS if name.endswith(".step_id")),
}

# Every parameter of every list: the kind of row it names, or values that it takes.
FILTERS: dict[str, dict[str, Any]] = {
    CATEGORIES: {"status": ["DRAFT", "PUBLISHED", "ARCHIVED"], "is_active": ["true", "false"]},
    COURSES: {
        "category_id": "category",
        "status": ["DRAFT", "PUBLISHED", "ARCHIVED"],
        "is_active": ["true", "false"],
    },
    SUB_COURSES: {
        "course_id": "course",
        "level": ["BEGINNER", "ADVANCED"],
        "sub_level": ["A1", "C3"],
        "status": ["DRAFT", "PUBLISHED", "ARCHIVED"],
        "is_active": ["true", "false"],
    },
    VIDEOS: {"sub_course_id": "sub_course", "status": ["DRAFT", "PUBLISHED", "ARCHIVED"]},
    SETS: {
        "owner_id": "sub_course",
        "set_type": ["PRACTICE", "INITIAL_ASSESSMENT", "SAFETY_QUIZ"],
        "owner_type": ["SUB_COURSE", "STANDALONE"],
        "status": ["DRAFT", "PUBLISHED", "ARCHIVED"],
    },
    BY_OWNER: {"owner_id": "sub_course", "owner_type": ["SUB_COURSE"]},
    QUESTIONS: {
        "question_set_id": "practice",
        "question_type": ["SINGLE_CHOICE", "MULTIPLE_CHOICE", "TRUE_FALSE"],
    },
    USERS: {
        "role": ["STUDENT", "TEACHER"],
        "search": ["north", "nobody"],
        "isActive": ["true", "false"],
        "scope": ["classroom:{classroom}"],
        **{f"{level}Id": str(level) for level in Level},
    },
    SCHOOLS: {"search": ["school", "nothing"], "archived": ["true", "false"]},
    CAMPUSES: {"search": ["campus"], "archived": ["true", "false"], "schoolId": "school"},
    CLASSROOMS: {
        "search": ["classroom"],
        "archived": ["true", "false"],
        "schoolId": "school",
        "campusId": "campus",
    },
    TCODES: {"subject": ["Safety", "Rules"], "code": ["T1"], "search": ["tcode", "nothing"]},
    SUBSCRIPTIONS: {
        "userId": "person",
        "tcodeId": "tcode",
        "status": ["active", "expired", "revoked"],
    },
    QUIZ_RESULTS: {"week_of": ["2026-11-16", "another week"]},
}
FILTERED = [route for route in ROUTES if route.is_list and route.path in FILTERS]


def filtered_by(caller: str) -> list[Route]:
    """Return the lists with parameters that a caller may ask for."""
    keys = {AUTHENTICATED, *ROLES["TEACHER"].keys}
    return [route for route in FILTERED if caller != "teacher" or route.keys in keys]


def serializer_classes(base: Any = serializers.BaseSerializer) -> set[Any]:
    below = {found for child in base.__subclasses__() for found in serializer_classes(child)}
    return below | {c for c in base.__subclasses__() if c.__module__.split(".")[0] in OURS}


def names_a_row(name: str, field: Any) -> bool:
    if isinstance(field, serializers.RelatedField | PositionsField):
        return not field.read_only
    takes_ids = isinstance(field, serializers.IntegerField | serializers.UUIDField)
    return takes_ids and not field.read_only and (name == "id" or name.lower().endswith("id"))


# Bodies of the ordering page, which tests/learning/test_ordering_endpoints.py sends foreign ids, and the
# query that tests/progress/test_explain_step.py does.
ELSEWHERE = {"learning.tree.ordering_page.api", "tenancy.api.fields", "progress.steps.api.explaining"}


def is_only_shown(serializer: type) -> bool:
    """Nothing parses a body with it: it describes answers of hand-written SQL, or others are made of it."""
    if issubclass(serializer, serializers.ModelSerializer) and not hasattr(serializer, "Meta"):
        return True
    return serializer.__module__ in (
        "progress.steps.api.serializers",
        "progress.interactions.api",
        "progress.items.api",
        "progress.tcodes.api",
        "quizzes.safety.api.completion",
        "progress.reports.api",
        "quizzes.safety.api.people",
        "learning.tree.api.tree",
        "learning.tree.api.reordering_answer",
    ) or serializer.__name__ in (
        "PositionSerializer",
        "ResultSerializer",
        "SubscriptionSerializer",
        "NewlyGrantedSerializer",
        "TcodeSerializer",
        "StepExceptionSerializer",
        "ScopeNodeSerializer",
        "CurrentQuizSerializer",
        "GradedQuestionSerializer",
    )


def test_every_field_that_names_a_row_is_tried_here():
    resolved()  # imports every view
    found = {
        f"{serializer.__name__}.{name}"
        for serializer in serializer_classes()
        if not is_only_shown(serializer) and serializer.__module__ not in ELSEWHERE
        for name, field in serializer().get_fields().items()
        if names_a_row(name, field)
    }
    assert found == set(FIELDS)


def masked(response: Any, sent: int) -> Any:
    """Return status and body, the id that was sent being one like any other."""

    def mask(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: mask(item) for name, item in value.items()}
        if isinstance(value, list):
            return [mask(item) for item in value]
        if value == sent:
            return "ID"
        return re.sub(rf'"{sent}"', "ID", value) if isinstance(value, str) else value

    return response.status_code, mask(response.json())


def bodies(world: Any, rows: dict[str, Any]) -> list[tuple[Route, dict[str, Any], int]]:
    """Return ``(route, body, foreign id in it)`` for every field, with ids of ``rows``."""
    own, made = world.own, []
    for name, where in FIELDS.items():
        field = name.split(".")[1]
        if isinstance(where, tuple):
            kind, resource = where
            found = world.foreign if rows is world.shared and name in SHARED_ARE_FINE else rows
            writes = [r for r in ROUTES if r.body and re.search(rf"(^|/){resource}(/<id>)?$", r.path)]
            told = [(r, {**r.filled(own), field: found[kind]}, found[kind]) for r in writes]
            told += [(r, {field: found[kind]}, found[kind]) for r in writes if r.method == "patch"]
            # Several serializers have the field, and a route one of them.
            made += [one for one in told if one not in made]
    for route in ROUTES:
        if route.path.endswith("/reorder"):
            items = route.filled(own)["items"]
            pk = rows[re.sub(r"[{}0-9]", "", route.body["items"][0]["id"])]
            extra = {"id": pk, "position": len(items)}
            made += [
                (route, {"items": [{**items[0], "id": pk}, *items[1:]]}, pk),
                (route, {"items": [*items, extra]}, pk),
                (route, {"items": [{"id": pk, "position": 0}]}, pk),
            ]
        elif route.path.startswith("v1/questions") and route.body:
            options = [{**OPTIONS[0], "id": rows["option"]}, OPTIONS[1]]
            made.append((route, {**route.filled(own), "options": options}, rows["option"]))
        elif route.path.endswith("/attempts") and route.body:
            answer = route.filled(own)["answers"][0]
            for field in ("question", "option"):
                sent = {**answer, f"{field}_id": rows[field]}
                made.append((route, {"answers": [sent]}, rows[field]))
        elif route.path.endswith("/submissions"):
            answer = route.filled(own)["answers"][0]
            for field in ("question", "option"):
                sent = {**answer, f"{field}_id": rows[f"quiz_{field}"]}
                made.append((route, {"answers": [sent]}, rows[f"quiz_{field}"]))
    return made


@pytest.mark.parametrize("caller", ["admin", "global"])
def test_a_foreign_id_in_a_body_is_refused_like_one_of_nothing(caller, world):
    client, before, wrong = world.client(caller), dump(), []
    cases = {
        name: bodies(world, getattr(world, name)) for name in ("missing", "foreign", "deleted", "shared")
    }
    tried = {route for route, *_ in cases["missing"]}
    name_a_row = [r for r in ROUTES if re.search(r"(_i|I)d': '{", str(r.body)) or "reorder" in r.path]
    assert len(tried) == len(name_a_row)
    nobodys = [
        masked(send(client, route, world.own, body=body), NOBODY) for route, body, _ in cases["missing"]
    ]
    for name in ("foreign", "deleted", "shared"):
        for n, (route, body, pk) in enumerate(cases[name]):
            if name == "shared" and route.path.endswith("/reorder"):
                continue  # ignored, wherever they stand: tests/learning/test_reorder_beside_shared.py
            theirs = masked(send(client, route, world.own, body=body), pk)
            # A quiz that is taken in a place below one's own leaves nothing, whatever is answered.
            nothing = (201, None) if caller == "global" and route.path.endswith("/submissions") else None
            if theirs != nobodys[n] or (theirs[0] != 400 and theirs != nothing):
                wrong.append(f"{route} {body}: {theirs} instead of {nobodys[n]}")
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


def test_every_parameter_of_every_list_is_tried_here():
    found, ids = {}, IdFilter | filters.ModelChoiceFilter | filters.UUIDFilter
    for route in ROUTES:
        filterset = getattr(resolved()[route.method, route.path].cls, "filterset_class", None)
        if route.is_list and filterset is not None:
            known = {n: f for n, f in filterset.base_filters.items() if not isinstance(f, DeletedFilter)}
            found[route.path] = set(known)
            for name, parameter in known.items():
                by_id = isinstance(FILTERS[route.path][name], str)
                assert by_id == isinstance(parameter, ids), name
    assert found == {name: set(parameters) for name, parameters in FILTERS.items()}


def narrowed(client: Any, route: Route, world: Any, **parameters: Any) -> Any:
    """List with parameters, besides those that the list cannot do without."""
    needed = dict(parse_qsl(route.query.format(**world.own)))
    return client.get(route.url(world.own, query=False), {"limit": 200, **needed, **parameters})


@pytest.mark.parametrize("caller", ["teacher", "admin", "global"])
def test_a_filter_by_a_foreign_id_finds_nothing_like_one_by_an_id_of_nothing(caller, world):
    client, wrong = world.client(caller), []
    for route in filtered_by(caller):
        for name, kind in FILTERS[route.path].items():
            if not isinstance(kind, str):
                continue
            nobodys = narrowed(client, route, world, **{name: world.missing[kind]})
            assert nobodys.json() == {"rows": [], "count": 0}
            own = narrowed(client, route, world, **{name: world.own[kind]}).json()
            # A student's subscriptions are nothing to a teacher.
            assert (own["count"] > 0) != ((caller, name) == ("teacher", "userId"))
            for rows in (world.foreign, world.deleted):
                theirs = narrowed(client, route, world, **{name: rows[kind]})
                if theirs.content != nobodys.content:
                    wrong.append(f"{theirs.wsgi_request.get_full_path()}: {theirs.content[:200]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("caller", ["teacher", "admin", "global"])
def test_parameters_only_ever_narrow(caller, world):
    client, wrong = world.client(caller), []
    for route in filtered_by(caller):
        everything = {row["id"] for row in narrowed(client, route, world).json()["rows"]}
        assert everything
        for name, values in FILTERS[route.path].items():
            for value in [world.own[values]] if isinstance(values, str) else values:
                asked = value.format(**world.own) if isinstance(value, str) else value
                found = narrowed(client, route, world, **{name: asked}).json()
                if "rows" not in found or not {row["id"] for row in found["rows"]} <= everything:
                    wrong.append(f"{route} {name}={value}: {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("caller", ["student", "teacher", "admin", "independent"])
def test_a_scope_out_of_reach_is_not_found_on_every_route(caller, world):
    """Nor does naming one get anyone past the key they lack, or write anything."""
    client, before, wrong = world.client(caller), dump(), []
    nodes = [world.sunrise.organization, world.sunrise.school, world.sunrise.campus, world.sunrise.classroom]
    foreign = [str(node.scope) for node in nodes]
    if caller == "independent":
        foreign.append(str(world.north.scope))
    ids = world.ids_for(world.north.student)
    for route in ROUTES:
        if route.keys == ANONYMOUS:
            continue
        nobodys = send(client, route, ids, HTTP_X_SCOPE=f"organization:{uuid4()}")
        assert nobodys.json()["errors"][0]["code"] == "scope_not_found", route
        for value in foreign:
            theirs = send(client, route, ids, HTTP_X_SCOPE=value)
            if (theirs.status_code, theirs.content) != (404, nobodys.content):
                wrong.append(f"{route} {value}: {theirs.status_code} {theirs.content[:200]}")
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


def test_drilling_down_opens_no_content_of_another_organization(world):
    """A global user who acts in one organization is in that one only."""
    wrong = []
    client = world.client("global")
    for route in (r for r in ROUTES if r.kind and r.method == "get"):
        shared = route.kind not in ("person", "subscription", "schedule", *Level)
        for rows, found in ((world.own, True), (world.foreign, False), (world.shared, shared)):
            response = sent_and_undone(client, route, rows)
            if (response.status_code == 200) != found:
                wrong.append(f"{route}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
