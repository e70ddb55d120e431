"""Every route and method of the API: who may call it, on what, with which body, and what that answers.

A literal table on purpose: whoever adds a route says here what it needs, and every contract in this
folder holds it to that. ``{video}`` in a query or body stands for the id of that row in some tenant.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.urls import get_resolver

ANONYMOUS: Final = "anonymous"
AUTHENTICATED: Final = "authenticated"

OPTIONS: Final = [{"text": "Yes", "is_correct": True}, {"text": "No"}]
NEW: Final[dict[str, dict[str, Any]]] = {
    "category": {"title": "New"},
    "course": {"title": "New", "category_id": "{category}"},
    "sub_course": {"title": "New", "course_id": "{course}", "level": "BEGINNER", "sub_level": "A2"},
    "video": {"title": "New", "sub_course_id": "{sub_course}", "video_url": "https://videos.example/n.mp4"},
    "practice": {"title": "New", "owner_id": "{sub_course}"},
    "question": {"question_set_id": "{practice}", "text": "New?", "options": OPTIONS},
}
"""A valid body for each kind of content."""


def order(*names: str) -> dict[str, Any]:
    """Return the body that puts rows in this order."""
    return {"items": [{"id": f"{{{name}}}", "position": n} for n, name in enumerate(names)]}


@dataclass(frozen=True, eq=False)
class Route:
    """One method of one path.

    Attributes:
        path: below ``/api/``, ``<id>`` standing for an id.
        keys: the permission keys that each open it, or ``ANONYMOUS`` or ``AUTHENTICATED``.
        status: the answer to its query and body, for one's own rows, to a caller who may.
        kind: what ``<id>`` is the id of.
        caller: who can be expected to get that answer.
    """

    method: str
    path: str
    keys: str
    status: int = 200
    kind: str | None = None
    body: Any = None
    query: str = ""
    caller: str = "admin"

    def __str__(self) -> str:
        return f"{self.method.upper()} /api/{self.path}"

    @property
    def any_of(self) -> tuple[str, ...]:
        """The keys one by one."""
        return () if self.keys in (ANONYMOUS, AUTHENTICATED) else tuple(self.keys.split(" or "))

    @property
    def is_list(self) -> bool:
        """Whether it answers ``{rows, count}``."""
        return self.method == "get" and self.path in LISTS

    @property
    def for_tenants(self) -> bool:
        """Whether it is for those who belong to an organization, and for global users."""
        return self.path.startswith((USER_PROGRESS, QUIZ_RESULTS, SAFETY_QUIZZES))

    @property
    def is_strict(self) -> bool:
        """Whether it refuses parameters that it does not know."""
        return (self.is_list or self.path in STRICT) and self.path not in LENIENT

    def url(self, ids: dict[str, Any], *, query: bool = True) -> str:
        """Return its address for the rows named by ``ids``."""
        path = self.path.replace("<id>", str(ids[self.kind])) if self.kind else self.path
        return f"/api/{path}" + (f"?{self.query.format(**ids)}" if query and self.query else "")

    def filled(self, ids: dict[str, Any]) -> Any:
        """Return its body for the rows named by ``ids``."""
        return filled(self.body, ids)


def filled(value: Any, ids: dict[str, Any]) -> Any:
    """Return a body with the ids put in."""
    if isinstance(value, str):
        name = re.fullmatch(r"\{(\w+)\}", value)
        return ids[name[1]] if name else re.sub(r"\{(\w+)\}", lambda found: str(ids[found[1]]), value)
    if isinstance(value, dict):
        return {name: filled(item, ids) for name, item in value.items()}
    return [filled(item, ids) for item in value] if isinstance(value, list) else value


CM: Final = "v1/course-management"
CATEGORIES, COURSES = f"{CM}/categories", f"{CM}/courses"
SUB_COURSES, VIDEOS = f"{CM}/sub-courses", f"{CM}/videos"
SETS, QUESTIONS = "v1/question-sets", "v1/questions"
ASSESSMENT_OF, BY_OWNER = f"{SETS}/sub-courses/<id>/entry-assessment", f"{SETS}/by-owner"
PROGRESS = "v1/progress"
USER_PROGRESS = "user_progress"
QUIZ_RESULTS = "safety_quiz_results"
COMPLETION = f"{QUIZ_RESULTS}/completion"
SAFETY_QUIZZES = "safety_quizzes"
SCHEDULE = {"question_set_id": "{safety_quiz}", "first_week": "2026-W40", "last_week": "2026-W41"}
QUIZ_ANSWERS = {"answers": [{"question_id": "{quiz_question}", "option_id": "{quiz_option}"}]}
NEXT_PASSWORD = "kumquat-violin-8812"
SIGN_UP = {"email": "new@north.test", "password": NEXT_PASSWORD, "name": "New"}
LOG_IN = {"email": "{email}", "password": "{password}"}
CHANGE_PASSWORD = {"current_password": "{password}", "new_password": NEXT_PASSWORD}
SAVE_ITEM = {
    "data": {
        "progress_type": "sign_learned",
        "item_id": "furnished",
        "value": "seen",
        "score": 3,
        "metadata": {"further": {"tries": [1, 2]}},
    }
}
QUIZ = {
    "data": {
        "quiz_id": "quiz-47",
        "quiz_title": "De-escalation",
        "week_of": "2026-11-16",
        "score": 7,
        "total_questions": 10,
        "answers": [0, 2, 1],
    }
}
TCODES, PACKAGES, SUBSCRIPTIONS = "v1/tcodes", "v1/packages", "v1/subscriptions"
GRANT = {"subscriptionType": "monthly", "tcodeId": "{tcode}", "userId": "{person}"}
EXTENSION = {"days": 7, "reason": "Was ill."}
INTERACTIONS = "v1/interactions"
TCODE_PROGRESS = f"{PROGRESS}/tcodes"
REACHED = {"lastSlideSeen": 4, "percentComplete": 20.5}
VIEWED = {"type": "viewed-slide", "payload": {"tcodeId": 12, "slide": 4, "seconds": 37.5}}
USERS = "v1/users"
ROLES_PATH = "v1/roles"
NEW_ROLE = {"name": "COACH", "kind": "STAFF", "permissions": ["videos.get"]}
NEW_TCODE = {
    "code": "NEW-1",
    "title": "New",
    "subject": "Safety",
    "contentUrl": "https://content.example/new",
}
SCHOOLS, CAMPUSES, CLASSROOMS = "v1/schools", "v1/campuses", "v1/classrooms"
NEW_CAMPUS = {"name": "New", "schoolId": "{school}"}
NEW_CLASSROOM = {"name": "New", "campusId": "{campus}"}
PERSON = {
    "email": "newcomer@north.test",
    "name": "New",
    "role": "STUDENT",
    "organizationId": "{organization}",
    "schoolId": "{school}",
    "campusId": "{campus}",
    "classroomId": "{classroom}",
}
EXPLAIN_PERMISSION, EXPLAIN_STEP = "v1/explain/permission", "v1/explain/step"
LEARNING_REPORT = "v1/reports/learning"
EXCEPTIONS = f"{USERS}/<id>/exceptions"
DECIDED = {"type": "video", "step_id": "{video}", "reason": "Passed the test."}
DECISIONS: Final = {
    "waive": {**DECIDED, "waiver": "tested_out"},
    "unwaive": DECIDED,
    "unlock": {**DECIDED, "until": "9999-01-01T00:00:00Z"},
    "lock": DECIDED,
    "complete": DECIDED,
    "undo": DECIDED,
}
DECISION_KEYS: Final = {"unwaive": "step_exceptions.waive", "lock": "step_exceptions.unlock"}
ACCEPTANCE = {"uid": "{uid}", "token": "{invitation_token}", "new_password": NEXT_PASSWORD}
MESSAGES, PREFERENCES = "v1/messages", "v1/users/me/preferences"
MESSAGE = {"userId": "{person}", "tag": "info", "title": "Fire drill", "body": "On Friday at ten."}
REPORTS = "READ_SAFETY_QUIZ_REPORTS"
CONFIRM_RESET = {"uid": "{uid}", "token": "{reset_token}", "new_password": NEXT_PASSWORD}
ANSWERS = {"answers": [{"question_id": "{question}", "option_id": "{option}"}]}
OWNER = "owner_type=SUB_COURSE&owner_id={sub_course}"
ITEM = "progress_type=sign_learned&item_id=furnished"
# What opens the entry assessment, and a learning path.
READS_SETS = "question_sets.get or question_sets.list_by_owner"
READS_PATH = "learning_path.get or learning_tree.get"
MY_COURSES = "v1/me/courses"
LISTS: Final = {
    USERS,
    ROLES_PATH,
    SCHOOLS,
    CAMPUSES,
    CLASSROOMS,
    EXCEPTIONS,
    "v1/users/me/permissions",
    "v1/scopes",
    CATEGORIES,
    COURSES,
    SUB_COURSES,
    VIDEOS,
    SETS,
    BY_OWNER,
    f"{SETS}/<id>/questions",
    f"{SETS}/<id>/attempts",
    QUESTIONS,
    TCODES,
    PACKAGES,
    SUBSCRIPTIONS,
    USER_PROGRESS,
    INTERACTIONS,
    TCODE_PROGRESS,
    MY_COURSES,
    MESSAGES,
    QUIZ_RESULTS,
    SAFETY_QUIZZES,
}
# Bodies that may hold nothing but what is known: a misspelt preference must not look saved.
CLOSED: Final = {PREFERENCES}
# Not a list, and as strict as they are about parameters that it does not know.
STRICT: Final = {
    f"{COMPLETION}/trend",
    f"{COMPLETION}/people",
    f"{SAFETY_QUIZZES}/current",
    EXPLAIN_PERMISSION,
    EXPLAIN_STEP,
    LEARNING_REPORT,
    f"{USERS}/<id>/path",
}
# Lists of documents 000, 001 and 004, whose servers ignored what they did not know.
LENIENT: Final = {USER_PROGRESS, QUIZ_RESULTS, BY_OWNER, f"{SETS}/<id>/questions"}

ROUTES: Final = [
    Route("get", "schema", ANONYMOUS),
    Route("get", "docs", ANONYMOUS),
    Route("post", "v1/auth/register", ANONYMOUS, 202, body=SIGN_UP),
    Route("post", "v1/auth/register/confirm", ANONYMOUS, 204, body={"token": "{registration_token}"}),
    Route("post", "v1/auth/login", ANONYMOUS, body=LOG_IN),
    Route("post", "v1/auth/refresh", ANONYMOUS, body={"refresh": "{refresh}"}),
    Route("post", "v1/auth/logout", ANONYMOUS, 204, body={"refresh": "{refresh}"}),
    Route("post", "v1/auth/logout-everywhere", AUTHENTICATED, 204),
    Route("post", "v1/auth/password", AUTHENTICATED, 204, body=CHANGE_PASSWORD),
    Route("post", "v1/auth/password/reset", ANONYMOUS, 204, body={"email": "{email}"}),
    Route("post", "v1/auth/password/reset/confirm", ANONYMOUS, 204, body=CONFIRM_RESET),
    Route("post", "v1/auth/invitation", ANONYMOUS, 204, body=ACCEPTANCE),
    Route("get", USERS, "users.list"),
    Route("post", USERS, "users.create", 201, body=PERSON),
    Route("get", f"{USERS}/<id>", "users.get", 200, "person"),
    Route("patch", f"{USERS}/<id>", "users.update", 200, "person", PERSON),
    Route("post", f"{USERS}/<id>/invite", "users.update", 204, "newcomer"),
    *(
        Route(
            "post", f"{USERS}/<id>/sign-in/{name}", "sign_in.manage", 204, "person", {"reason": "Locked out."}
        )
        for name in ("unlock", "link", "end-tokens")
    ),
    *(
        Route(
            "post",
            f"{USERS}/<id>/permissions/{name}",
            "permissions.update or permissions.open_reports",
            204,
            "person",
            {"key": "READ_SAFETY_QUIZ_REPORTS", "reason": "She leads the school now."},
        )
        for name in ("give", "take-back", "let")
    ),
    Route("get", LEARNING_REPORT, "learning_reports.get", query="course_id={course}"),
    Route("get", f"{USERS}/<id>/path", "completions.list", 200, "person", query="course_id={course}"),
    Route("get", EXPLAIN_PERMISSION, "permissions.list", query="user={person}&key=videos.get"),
    Route("get", EXPLAIN_STEP, "completions.list", query="user={person}&type=video&id={video}"),
    Route(
        "post",
        f"{EXCEPTIONS}/attempt",
        "safety_quizzes.allow_attempt",
        200,
        "person",
        {"reason": "The server was down."},
    ),
    Route("get", EXCEPTIONS, "step_exceptions.list", 200, "person"),
    *(
        Route(
            "post",
            f"{EXCEPTIONS}/{act}",
            DECISION_KEYS.get(act, f"step_exceptions.{act}"),
            200,
            "person",
            body,
        )
        for act, body in DECISIONS.items()
    ),
    *(
        Route(
            "post",
            f"v1/exceptions/{act}",
            DECISION_KEYS.get(act, f"step_exceptions.{act}"),
            body={**body, "scope": "classroom:{classroom}"},
        )
        for act, body in DECISIONS.items()
    ),
    Route("get", "v1/users/me", AUTHENTICATED),
    Route("patch", "v1/users/me", AUTHENTICATED, body={"name": "Renamed"}),
    Route("get", "v1/users/me/permissions", AUTHENTICATED),
    Route("get", PREFERENCES, AUTHENTICATED),
    Route("patch", PREFERENCES, AUTHENTICATED, body={"theme": "dark"}),
    Route("get", MESSAGES, AUTHENTICATED),
    Route("post", MESSAGES, "messages.send", 201, body=MESSAGE),
    Route("post", f"{MESSAGES}/<id>/read", AUTHENTICATED, 200, "message", caller="student"),
    Route("get", "v1/scopes", AUTHENTICATED),
    Route("get", ROLES_PATH, "roles.list"),
    Route("post", ROLES_PATH, "roles.create", 201, body=NEW_ROLE, caller="global"),
    Route("get", f"{ROLES_PATH}/<id>", "roles.list", 200, "role"),
    Route("patch", f"{ROLES_PATH}/<id>", "roles.update", 200, "role", {"name": "TRAINER"}, caller="global"),
    Route("get", SCHOOLS, "places.list"),
    Route("post", SCHOOLS, "places.create", 201, body={"name": "New"}),
    Route("get", f"{SCHOOLS}/<id>", "places.list", 200, "school"),
    Route("patch", f"{SCHOOLS}/<id>", "places.update", 200, "school", {"name": "Renamed"}),
    Route("get", CAMPUSES, "places.list"),
    Route("post", CAMPUSES, "places.create", 201, body=NEW_CAMPUS),
    Route("get", f"{CAMPUSES}/<id>", "places.list", 200, "campus"),
    Route("patch", f"{CAMPUSES}/<id>", "places.update", 200, "campus", NEW_CAMPUS),
    Route("get", CLASSROOMS, "places.list"),
    Route("post", CLASSROOMS, "places.create", 201, body=NEW_CLASSROOM),
    Route("get", f"{CLASSROOMS}/<id>", "places.list", 200, "classroom"),
    Route("patch", f"{CLASSROOMS}/<id>", "places.update", 200, "classroom", NEW_CLASSROOM),
    Route("put", f"{CATEGORIES}/reorder", "course_categories.reorder", body=order("category")),
    Route("put", f"{COURSES}/reorder", "courses.reorder", body=order("course")),
    Route("put", f"{SUB_COURSES}/reorder", "subcourses.reorder", body=order("sub_course")),
    Route("put", f"{VIDEOS}/reorder", "videos.reorder", body=order("video3", "video", "video2")),
    Route("put", f"{CM}/practices/reorder", "practices.reorder", body=order("practice2", "practice")),
    Route("get", CATEGORIES, "course_categories.list"),
    Route("post", CATEGORIES, "course_categories.create", 201, body=NEW["category"]),
    Route("get", f"{CATEGORIES}/<id>", "course_categories.get", 200, "category"),
    Route("put", f"{CATEGORIES}/<id>", "course_categories.update", 200, "category", NEW["category"]),
    Route("patch", f"{CATEGORIES}/<id>", "course_categories.update", 200, "category", NEW["category"]),
    Route("delete", f"{CATEGORIES}/<id>", "course_categories.delete", 204, "category"),
    Route("post", f"{CATEGORIES}/<id>/restore", "course_categories.delete", 200, "category"),
    Route("get", COURSES, "courses.list"),
    Route("post", COURSES, "courses.create", 201, body=NEW["course"]),
    Route("get", f"{COURSES}/<id>", "courses.get", 200, "course"),
    Route("put", f"{COURSES}/<id>", "courses.update", 200, "course", NEW["course"]),
    Route("patch", f"{COURSES}/<id>", "courses.update", 200, "course", NEW["course"]),
    Route("delete", f"{COURSES}/<id>", "courses.delete", 204, "course"),
    Route("post", f"{COURSES}/<id>/restore", "courses.delete", 200, "course"),
    Route("get", SUB_COURSES, "subcourses.list"),
    Route("post", SUB_COURSES, "subcourses.create", 201, body=NEW["sub_course"]),
    Route("get", f"{SUB_COURSES}/<id>", "subcourses.get", 200, "sub_course"),
    Route("put", f"{SUB_COURSES}/<id>", "subcourses.update", 200, "sub_course", NEW["sub_course"]),
    Route("patch", f"{SUB_COURSES}/<id>", "subcourses.update", 200, "sub_course", NEW["sub_course"]),
    Route("delete", f"{SUB_COURSES}/<id>", "subcourses.delete", 204, "sub_course"),
    Route("post", f"{SUB_COURSES}/<id>/restore", "subcourses.delete", 200, "sub_course"),
    Route("get", VIDEOS, "videos.list"),
    Route("post", VIDEOS, "videos.create", 201, body=NEW["video"]),
    Route("get", f"{VIDEOS}/<id>", "videos.get", 200, "video"),
    Route("put", f"{VIDEOS}/<id>", "videos.update", 200, "video", NEW["video"]),
    Route("patch", f"{VIDEOS}/<id>", "videos.update", 200, "video", NEW["video"]),
    Route("delete", f"{VIDEOS}/<id>", "videos.delete", 204, "video"),
    Route("post", f"{VIDEOS}/<id>/restore", "videos.delete", 200, "video"),
    Route("get", BY_OWNER, "question_sets.list_by_owner", query=OWNER),
    Route("get", ASSESSMENT_OF, READS_SETS, 200, "sub_course"),
    Route("get", SETS, "question_sets.list"),
    Route("post", SETS, "question_sets.create", 201, body=NEW["practice"]),
    Route("get", f"{SETS}/<id>", "question_sets.get", 200, "practice"),
    Route("put", f"{SETS}/<id>", "question_sets.update", 200, "practice", NEW["practice"]),
    Route("patch", f"{SETS}/<id>", "question_sets.update", 200, "practice", NEW["practice"]),
    Route("delete", f"{SETS}/<id>", "question_sets.delete", 204, "practice"),
    Route("post", f"{SETS}/<id>/restore", "question_sets.delete", 200, "practice"),
    Route("get", f"{SETS}/<id>/questions", "question_set_items.list", 200, "practice"),
    Route("get", f"{SETS}/<id>/attempts", "question_sets.get", 200, "practice"),
    Route("post", f"{SETS}/<id>/attempts", "question_sets.get", 201, "practice", ANSWERS, caller="student"),
    Route("get", QUESTIONS, "questions.list"),
    Route("post", QUESTIONS, "questions.create", 201, body=NEW["question"]),
    Route("get", f"{QUESTIONS}/<id>", "questions.get", 200, "question"),
    Route("put", f"{QUESTIONS}/<id>", "questions.update", 200, "question", NEW["question"]),
    Route("patch", f"{QUESTIONS}/<id>", "questions.update", 200, "question", NEW["question"]),
    Route("delete", f"{QUESTIONS}/<id>", "questions.delete", 204, "question"),
    Route("post", f"{QUESTIONS}/<id>/restore", "questions.delete", 200, "question"),
    Route("get", TCODES, AUTHENTICATED),
    Route("get", f"{TCODES}/<id>", AUTHENTICATED, 200, "tcode"),
    Route("post", TCODES, "tcodes.create", 201, body=NEW_TCODE),
    Route("patch", f"{TCODES}/<id>", "tcodes.update", 200, "tcode", NEW_TCODE),
    Route("delete", f"{TCODES}/<id>", "tcodes.delete", 204, "tcode"),
    Route("get", f"{TCODES}/<id>/access", AUTHENTICATED, 200, "tcode"),
    Route("get", PACKAGES, AUTHENTICATED),
    Route("get", SUBSCRIPTIONS, AUTHENTICATED),
    Route("get", f"{SUBSCRIPTIONS}/<id>", AUTHENTICATED, 200, "subscription"),
    Route("post", SUBSCRIPTIONS, AUTHENTICATED, 201, body=GRANT),
    Route("post", f"{SUBSCRIPTIONS}/<id>/extend", "subscriptions.manage", 200, "subscription", EXTENSION),
    Route(
        "post",
        f"{SUBSCRIPTIONS}/<id>/revoke",
        "subscriptions.manage",
        200,
        "subscription",
        {"reason": "Left."},
    ),
    Route("get", f"{CM}/learning-tree", "learning_tree.get"),
    Route("get", MY_COURSES, READS_PATH, caller="student"),
    Route("get", f"{COURSES}/<id>/learning-path", READS_PATH, 200, "course", caller="student"),
    Route("post", f"{PROGRESS}/videos/<id>/complete", "progress.update", 200, "video", caller="student"),
    Route(
        "post", f"{PROGRESS}/practices/<id>/complete", "progress.update", 200, "practice", caller="student"
    ),
    Route("get", USER_PROGRESS, AUTHENTICATED, query="progress_type=sign_learned", caller="student"),
    Route("post", USER_PROGRESS, AUTHENTICATED, body=SAVE_ITEM, caller="student"),
    Route("delete", f"{USER_PROGRESS}/by-item", AUTHENTICATED, query=ITEM, caller="student"),
    Route("get", f"{TCODES}/<id>/progress", AUTHENTICATED, 200, "tcode"),
    Route("put", f"{TCODES}/<id>/progress", AUTHENTICATED, 200, "tcode", REACHED, caller="student"),
    Route("get", TCODE_PROGRESS, AUTHENTICATED),
    Route("get", INTERACTIONS, AUTHENTICATED),
    Route("post", INTERACTIONS, AUTHENTICATED, 201, body=VIEWED, caller="student"),
    Route("get", QUIZ_RESULTS, AUTHENTICATED),
    Route("post", QUIZ_RESULTS, AUTHENTICATED, 201, body=QUIZ, caller="student"),
    Route("get", f"{QUIZ_RESULTS}/me", AUTHENTICATED),
    Route("get", COMPLETION, REPORTS),
    Route("get", f"{COMPLETION}/people", REPORTS),
    Route("post", f"{COMPLETION}/reminders", "safety_quizzes.remind", body={"again": True}),
    Route("get", f"{COMPLETION}/trend", REPORTS),
    Route("get", SAFETY_QUIZZES, "safety_quizzes.list"),
    Route("post", SAFETY_QUIZZES, "safety_quizzes.create", 201, body=SCHEDULE),
    Route("get", f"{SAFETY_QUIZZES}/<id>", "safety_quizzes.get", 200, "schedule"),
    Route("patch", f"{SAFETY_QUIZZES}/<id>", "safety_quizzes.update", 200, "schedule", SCHEDULE),
    Route("delete", f"{SAFETY_QUIZZES}/<id>", "safety_quizzes.delete", 204, "schedule"),
    Route("get", f"{SAFETY_QUIZZES}/current", AUTHENTICATED),
    Route(
        "post",
        f"{SAFETY_QUIZZES}/<id>/submissions",
        AUTHENTICATED,
        201,
        "schedule",
        QUIZ_ANSWERS,
        caller="student",
    ),
]

OPERATIONS: Final = [route for route in ROUTES if route.path not in ("schema", "docs")]
"""What the OpenAPI document describes."""


def resolved() -> dict[tuple[str, str], Any]:
    """Return the view of every ``(method, path)`` that the resolver knows below ``/api/``."""
    found = {}
    for pattern in get_resolver().url_patterns:
        text = str(pattern.pattern)
        if not text.startswith("^api/"):
            continue
        path = re.sub(r"\(\?P<\w+>[^)]*\)", "<id>", text.removeprefix("^api/").removesuffix(r"/?\Z"))
        view = pattern.callback
        methods = getattr(view, "actions", None) or getattr(view, "cls", view).http_method_names
        for method in methods:
            known = hasattr(view, "actions") or hasattr(view.cls, method)
            if known and method not in ("options", "head"):
                found[method, path] = view
    return found
