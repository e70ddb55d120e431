"""What the operations of the API are called: names for programs, summaries for people, tags in reading order.

A literal table, as the paths in ``config.urls`` are. A new path gets a line here; a test asks for it.
"""

from typing import Final, NamedTuple


class Operation(NamedTuple):
    """One method of one path.

    Attributes:
        name: the operationId: what a generated client calls it.
        codes: what it may be refused with, as ``403 locked``, beyond what follows from its view
            (``config.api.refusals``).
    """

    tag: str
    name: str
    summary: str
    codes: tuple[str, ...] = ()


TAGS: Final = {
    "Signing in": "Accounts, tokens and passwords. Begin with `login`, then send the `access` it returns.",
    "Me": "Who the caller is, what they may do and where, and what they prefer.",
    "Learning": "A course as a learner meets it: path, videos, practices, entry assessments, and completing.",
    "Safety quizzes": "The weekly quiz of staff, and who is still pending.",
    "Typed progress": "Signs learned and check-ins: one row for each person, type and item.",
    "Workshop": "Tcodes, who may use them and for how long, and progress with them.",
    "Interactions": "The log of what people do, appended by their clients.",
    "Messages": "Your inbox, and sending messages.",
    "People": "Accounts and roles, for those who manage them.",
    "Places": "Schools, campuses and classrooms, for those who manage them.",
    "Authoring": "The tree: categories, courses, sub-courses and videos, and their order.",
    "Questions": "Question sets and their questions, for those who write them.",
}
"""In the order in which a client meets them, each with its introduction."""

_REORDER: Final = (
    "400 empty_items",
    "400 duplicate_id",
    "400 duplicate_position",
    "400 position_gap",
    "400 incomplete_siblings",
    "400 not_siblings",
    "409 stale_order",
    "409 confirmation_required",
)


def _authoring(tag: str, path: str, one: str, many: str, *codes: str) -> dict[str, Operation]:
    """Return the usual operations on one kind of content; ``one`` and ``many`` as people say them."""
    name = "".join(word.capitalize() for word in one.replace("-", " ").split())
    names = "".join(word.capitalize() for word in many.replace("-", " ").split())
    an = f"an {one}" if one[0] in "aeiou" else f"a {one}"
    asked = "409 confirmation_required"
    written = (*codes, asked, "400 invalid_if_match", "412 stale_row")
    return {
        f"GET {path}": Operation(tag, f"list{names}", f"List {many}"),
        f"POST {path}": Operation(tag, f"create{name}", f"Create {an}", (*codes, asked)),
        f"GET {path}/{{id}}": Operation(tag, f"get{name}", f"Read {an}"),
        f"PUT {path}/{{id}}": Operation(tag, f"replace{name}", f"Replace {an}", written),
        f"PATCH {path}/{{id}}": Operation(tag, f"update{name}", f"Change the sent fields of {an}", written),
        f"DELETE {path}/{{id}}": Operation(tag, f"delete{name}", f"Delete {an}", written),
        f"POST {path}/{{id}}/restore": Operation(tag, f"restore{name}", f"Restore a deleted {one}", (asked,)),
    }


def _named(tag: str, *lines: tuple[str, str, str, str]) -> dict[str, Operation]:
    return {
        path: Operation(tag, name, summary, tuple(filter(None, codes.split(", "))))
        for path, name, summary, codes in lines
    }


_AUTH, _V1 = "/api/v1/auth", "/api/v1"
_CM, _SETS = "/api/v1/course-management", "/api/v1/question-sets"
_QUIZZES, _SCHEDULED = "/api/safety_quiz_results", "/api/safety_quizzes"

_DECISIONS: Final = (
    ("waive", "waiveStep", "Waive a step for", "400 does_not_exist"),
    ("unwaive", "unwaiveStep", "Take back the waiver of a step for", "400 does_not_exist"),
    ("unlock", "unlockStep", "Unlock a step until a date for", "400 does_not_exist, 400 in_the_past"),
    ("lock", "lockStep", "Take back the unlocking of a step for", "400 does_not_exist"),
    ("complete", "completeStep", "Mark a step complete for", "400 does_not_exist"),
    ("undo", "undoCompletion", "Undo the completion of a step for", "400 does_not_exist"),
)

OPERATIONS: Final[dict[str, Operation]] = {
    **_named(
        "Signing in",
        (
            f"POST {_AUTH}/register",
            "register",
            "Sign up as an independent learner",
            "403 registration_closed, 400 email_taken",
        ),
        (f"POST {_AUTH}/login", "login", "Log in", "401 invalid_credentials, 429 too_many_attempts"),
        (
            f"POST {_AUTH}/refresh",
            "refreshTokens",
            "Exchange a refresh token for the next pair",
            "401 token_not_valid",
        ),
        (
            f"POST {_AUTH}/register/confirm",
            "confirmRegistration",
            "Confirm the address one signed up with",
            "400 invalid_token, 409 has_account",
        ),
        (f"POST {_AUTH}/logout", "logout", "End a refresh token", "401 token_not_valid"),
        (f"POST {_AUTH}/logout-everywhere", "logoutEverywhere", "End all of your tokens", ""),
        (
            f"POST {_AUTH}/password",
            "changePassword",
            "Choose a new password",
            "400 wrong_password, 429 too_many_attempts",
        ),
        (f"POST {_AUTH}/password/reset", "requestPasswordReset", "Ask for an e-mail to reset a password", ""),
        (
            f"POST {_AUTH}/password/reset/confirm",
            "confirmPasswordReset",
            "Reset a password",
            "400 invalid_token",
        ),
        (f"POST {_AUTH}/invitation", "acceptInvitation", "Choose a first password", "400 invalid_token"),
    ),
    **_named(
        "Me",
        (f"GET {_V1}/users/me", "getMe", "Read your own account", ""),
        (f"PATCH {_V1}/users/me", "updateMe", "Change your own name", ""),
        (f"GET {_V1}/users/me/permissions", "listMyPermissions", "List what you may do", ""),
        (f"GET {_V1}/scopes", "listScopes", "List where you may act", ""),
        (f"GET {_V1}/users/me/preferences", "getMyPreferences", "Read your preferences", ""),
        (
            f"PATCH {_V1}/users/me/preferences",
            "updateMyPreferences",
            "Change your preferences",
            "400 unknown_preference",
        ),
    ),
    **_named(
        "Learning",
        (f"GET {_V1}/me/courses", "listMyCourses", "List the courses one may take", ""),
        (f"GET {_CM}/courses/{{id}}/learning-path", "getLearningPath", "Read the path of a course", ""),
        (f"GET {_CM}/videos/{{id}}", "getVideo", "Open a video", "403 locked"),
        (f"POST {_V1}/progress/videos/{{id}}/complete", "completeVideo", "Complete a video", "403 locked"),
        (
            f"GET {_SETS}/sub-courses/{{id}}/entry-assessment",
            "getEntryAssessment",
            "Read an entry assessment",
            "",
        ),
        (f"GET {_SETS}/{{id}}", "getQuestionSet", "Open a question set", "403 locked"),
        (f"GET {_SETS}/{{id}}/questions", "listQuestionsOfSet", "List the questions of a set", "403 locked"),
        (f"GET {_SETS}/{{id}}/attempts", "listAttempts", "List your own attempts", "403 locked"),
        (f"POST {_SETS}/{{id}}/attempts", "submitAttempt", "Submit answers", "403 locked, 409 no_questions"),
        (
            f"POST {_V1}/progress/practices/{{id}}/complete",
            "completePractice",
            "Complete a practice",
            "403 locked",
        ),
    ),
    **_named(
        "Safety quizzes",
        (
            f"GET {_SCHEDULED}/current",
            "getCurrentSafetyQuiz",
            "Read the quiz of the week",
            "400 organization_required, 400 future_week, 404 no_safety_quiz",
        ),
        (
            f"POST {_SCHEDULED}/{{id}}/submissions",
            "submitSafetyQuiz",
            "Answer a quiz and have it graded",
            "400 organization_required, 400 future_week, 404 no_safety_quiz, 409 not_scheduled, "
            "409 no_questions, 409 already_taken, 409 already_passed",
        ),
        (f"POST {_QUIZZES}", "submitSafetyQuizResult", "Submit a quiz", "400 organization_required"),
        (f"GET {_QUIZZES}/me", "getMySafetyQuizResult", "Ask whether you have done the quiz", ""),
        (f"GET {_QUIZZES}", "listSafetyQuizResults", "List results", ""),
        (
            f"GET {_QUIZZES}/completion",
            "getSafetyQuizCompletion",
            "Report who is complete and who is pending",
            "",
        ),
        (
            f"GET {_QUIZZES}/completion/people",
            "listSafetyQuizPeople",
            "List who is complete and who is pending, with class and last reminder",
            "400 invalid_week",
        ),
        (
            f"POST {_QUIZZES}/completion/reminders",
            "remindOfSafetyQuiz",
            "Remind who is pending",
            "409 too_many_people",
        ),
        (
            f"GET {_QUIZZES}/completion/trend",
            "getSafetyQuizTrend",
            "Report how weeks compare",
            "400 invalid_week",
        ),
        (f"GET {_SCHEDULED}", "listSafetyQuizSchedules", "List which weeks have which quiz", ""),
        (
            f"POST {_SCHEDULED}",
            "createSafetyQuizSchedule",
            "Schedule a quiz for weeks",
            "400 organization_required, 400 ends_before_it_begins, 409 schedule_exists",
        ),
        (f"GET {_SCHEDULED}/{{id}}", "getSafetyQuizSchedule", "Read a schedule", ""),
        (
            f"PATCH {_SCHEDULED}/{{id}}",
            "updateSafetyQuizSchedule",
            "Change the sent fields of a schedule",
            "400 ends_before_it_begins, 409 schedule_exists",
        ),
        (f"DELETE {_SCHEDULED}/{{id}}", "deleteSafetyQuizSchedule", "Take a quiz off its weeks", ""),
    ),
    **_named(
        "Typed progress",
        ("GET /api/user_progress", "listTypedProgress", "List your own rows of a type", ""),
        ("POST /api/user_progress", "saveTypedProgress", "Record an item", "400 organization_required"),
        (
            "DELETE /api/user_progress/by-item",
            "deleteTypedProgress",
            "Delete what is recorded of an item",
            "",
        ),
    ),
    **_named(
        "Workshop",
        (f"GET {_V1}/tcodes", "listTcodes", "List the catalogue", ""),
        (f"GET {_V1}/tcodes/{{id}}", "getTcode", "Read a tcode", ""),
        (
            f"POST {_V1}/tcodes",
            "createTcode",
            "Create a tcode",
            "400 organization_required, 403 organization_scope_required, 409 code_taken",
        ),
        (
            f"PATCH {_V1}/tcodes/{{id}}",
            "updateTcode",
            "Change the sent fields of a tcode",
            "403 organization_scope_required, 403 shared_content, 409 code_taken",
        ),
        (
            f"DELETE {_V1}/tcodes/{{id}}",
            "deleteTcode",
            "Delete a tcode",
            "403 organization_scope_required, 403 shared_content",
        ),
        (f"GET {_V1}/tcodes/{{id}}/access", "getTcodeAccess", "Ask why you may or may not use a tcode", ""),
        (f"GET {_V1}/packages", "listPackages", "List what can be subscribed to", ""),
        (
            f"GET {_V1}/subscriptions",
            "listSubscriptions",
            "List your own subscriptions, or those you manage",
            "",
        ),
        (f"GET {_V1}/subscriptions/{{id}}", "getSubscription", "Read a subscription", ""),
        (
            f"POST {_V1}/subscriptions",
            "createSubscription",
            "Start or grant a subscription",
            "403 not_self_service, 409 already_started",
        ),
        (
            f"POST {_V1}/subscriptions/{{id}}/extend",
            "extendSubscription",
            "Extend a subscription",
            "409 subscription_revoked",
        ),
        (
            f"POST {_V1}/subscriptions/{{id}}/revoke",
            "revokeSubscription",
            "Revoke a subscription",
            "409 subscription_expired",
        ),
        (f"GET {_V1}/tcodes/{{id}}/progress", "getTcodeProgress", "Read your progress with a tcode", ""),
        (
            f"PUT {_V1}/tcodes/{{id}}/progress",
            "saveTcodeProgress",
            "Save your progress with a tcode",
            "403 subscription_required",
        ),
        (f"GET {_V1}/progress/tcodes", "listTcodeProgress", "List your progress with all tcodes", ""),
    ),
    **_named(
        "Interactions",
        (f"POST {_V1}/interactions", "logInteractions", "Log what you did", ""),
        (f"GET {_V1}/interactions", "listInteractions", "List what you did", ""),
    ),
    **_named(
        "Messages",
        (f"GET {_V1}/messages", "listMessages", "List your inbox", ""),
        (f"POST {_V1}/messages/{{id}}/read", "markMessageRead", "Mark a message as read", ""),
        (f"POST {_V1}/messages", "sendMessage", "Send a message", ""),
    ),
    **_named(
        "People",
        (f"GET {_V1}/users", "listUsers", "List people", ""),
        (f"POST {_V1}/users", "createUser", "Add a person", "400 email_taken, 403 may_not_grant"),
        (f"GET {_V1}/users/{{id}}", "getUser", "Read a person", ""),
        (
            f"PATCH {_V1}/users/{{id}}",
            "updateUser",
            "Change, move or deactivate a person",
            "400 email_taken, 400 unknown_permission, 403 may_not_grant, 409 own_account",
        ),
        (
            f"GET {_V1}/explain/permission",
            "explainPermission",
            "Ask why somebody may do something, or may not",
            "404 not_found, 400 unknown_permission",
        ),
        (
            f"GET {_V1}/reports/learning",
            "getLearningReport",
            "Report how far learners of a place are with a course",
            "404 not_found",
        ),
        (
            f"GET {_V1}/users/{{id}}/path",
            "getPathOfUser",
            "Read a course as somebody else meets it",
            "",
        ),
        (
            f"GET {_V1}/explain/step",
            "explainStep",
            "Ask why a step is open to somebody, or is not",
            "404 not_found",
        ),
        *(
            line
            for act, name, summary, codes in _DECISIONS
            for line in (
                (f"POST {_V1}/users/{{id}}/exceptions/{act}", name, f"{summary} a learner", codes),
                (
                    f"POST {_V1}/exceptions/{act}",
                    f"{name}ForPlace",
                    f"{summary} all learners of a place",
                    f"{codes}, 404 scope_not_found, 409 too_many_people, 409 no_people",
                ),
            )
        ),
        (
            f"POST {_V1}/users/{{id}}/exceptions/attempt",
            "allowAttempt",
            "Allow somebody another attempt at the safety quiz of a week",
            "404 no_safety_quiz",
        ),
        (
            f"GET {_V1}/users/{{id}}/exceptions",
            "listStepExceptions",
            "List the exceptions made for a learner",
            "",
        ),
        (
            f"POST {_V1}/users/{{id}}/invite",
            "inviteUser",
            "Send the invitation again",
            "409 password_already_chosen",
        ),
        (
            f"POST {_V1}/users/{{id}}/sign-in/unlock",
            "unlockSignIn",
            "Forget somebody's wrong passwords, so that the right one works at once",
            "403 may_not_manage",
        ),
        (
            f"POST {_V1}/users/{{id}}/sign-in/link",
            "sendSignInLink",
            "Send somebody a link to choose a password",
            "403 may_not_manage",
        ),
        (
            f"POST {_V1}/users/{{id}}/sign-in/end-tokens",
            "endTokens",
            "Sign somebody out everywhere",
            "403 may_not_manage",
        ),
        (
            f"POST {_V1}/users/{{id}}/permissions/give",
            "givePermission",
            "Give somebody a permission on top of their role",
            "400 unknown_permission, 403 may_not_grant, 403 may_not_manage, 409 own_account",
        ),
        (
            f"POST {_V1}/users/{{id}}/permissions/take-back",
            "takeBackPermission",
            "Take back a permission that was given to somebody",
            "400 unknown_permission, 403 may_not_grant, 403 may_not_manage, 409 own_account",
        ),
        (
            f"POST {_V1}/users/{{id}}/permissions/let",
            "letPermission",
            "Withhold a permission from somebody no longer",
            "400 unknown_permission, 403 may_not_grant, 403 may_not_manage, 409 own_account",
        ),
        (f"GET {_V1}/roles", "listRoles", "List roles and what they grant", ""),
        (f"GET {_V1}/roles/{{id}}", "getRole", "Read a role", ""),
        (
            f"POST {_V1}/roles",
            "createRole",
            "Create a role",
            "400 unknown_permission, 403 may_not_grant, 409 name_taken",
        ),
        (
            f"PATCH {_V1}/roles/{{id}}",
            "updateRole",
            "Rename a role, or change what it grants",
            "400 unknown_permission, 403 may_not_grant, 409 name_taken, 409 seeded_role",
        ),
    ),
    **{
        path: operation
        for one, many in (("school", "schools"), ("campus", "campuses"), ("classroom", "classrooms"))
        for path, operation in _authoring("Places", f"{_V1}/{many}", one, many, "409 name_taken").items()
        if path.split()[0] in ("GET", "POST", "PATCH") and not path.endswith("/restore")
    },
    **_named(
        "Authoring",
        (f"GET {_CM}/learning-tree", "getLearningTree", "Read the whole tree", ""),
    ),
    **_authoring("Authoring", f"{_CM}/categories", "category", "categories", "400 organization_required"),
    **_authoring("Authoring", f"{_CM}/courses", "course", "courses"),
    **_authoring("Authoring", f"{_CM}/sub-courses", "sub-course", "sub-courses", "400 sub_level_mismatch"),
    **{
        path: operation
        for path, operation in _authoring("Authoring", f"{_CM}/videos", "video", "videos").items()
        if path != f"GET {_CM}/videos/{{id}}"
    },
    **{
        f"PUT {_CM}/{path}/reorder": Operation(
            "Authoring", f"reorder{name}", f"Put {path} in order", _REORDER
        )
        for path, name in (
            ("categories", "Categories"),
            ("courses", "Courses"),
            ("sub-courses", "SubCourses"),
            ("videos", "Videos"),
            ("practices", "Practices"),
        )
    },
    f"GET {_SETS}/by-owner": Operation("Questions", "listQuestionSetsByOwner", "List the sets of an owner"),
    **{
        path: operation
        for path, operation in _authoring(
            "Questions", _SETS, "question set", "question sets", "409 entry_assessment_required"
        ).items()
        if path != f"GET {_SETS}/{{id}}"
    },
    **_authoring("Questions", f"{_V1}/questions", "question", "questions"),
}
"""By method and path."""
