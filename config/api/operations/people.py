"""People, what is decided for them, and places."""

from typing import Final

from config.api.operations.table import V1, Operation, authoring, named

_DECISIONS: Final = (
    ("waive", "waiveStep", "Waive a step for", "400 does_not_exist"),
    ("unwaive", "unwaiveStep", "Take back the waiver of a step for", "400 does_not_exist"),
    ("unlock", "unlockStep", "Unlock a step until a date for", "400 does_not_exist, 400 in_the_past"),
    ("lock", "lockStep", "Take back the unlocking of a step for", "400 does_not_exist"),
    ("complete", "completeStep", "Mark a step complete for", "400 does_not_exist"),
    ("undo", "undoCompletion", "Undo the completion of a step for", "400 does_not_exist"),
)

OPERATIONS: Final[dict[str, Operation]] = {
    **named(
        "People",
        (f"GET {V1}/users", "listUsers", "List people", ""),
        (f"POST {V1}/users", "createUser", "Add a person", "400 email_taken, 403 may_not_grant"),
        (f"GET {V1}/users/{{id}}", "getUser", "Read a person", ""),
        (
            f"PATCH {V1}/users/{{id}}",
            "updateUser",
            "Change, move or deactivate a person",
            "400 email_taken, 400 unknown_permission, 403 may_not_grant, 409 own_account",
        ),
        (
            f"GET {V1}/explain/permission",
            "explainPermission",
            "Ask why somebody may do something, or may not",
            "404 not_found, 400 unknown_permission",
        ),
        (
            f"GET {V1}/reports/learning",
            "getLearningReport",
            "Report how far learners of a place are with a course",
            "404 not_found",
        ),
        (
            f"GET {V1}/users/{{id}}/path",
            "getPathOfUser",
            "Read a course as somebody else meets it",
            "",
        ),
        (
            f"GET {V1}/explain/step",
            "explainStep",
            "Ask why a step is open to somebody, or is not",
            "404 not_found",
        ),
        *(
            line
            for act, name, summary, codes in _DECISIONS
            for line in (
                (f"POST {V1}/users/{{id}}/exceptions/{act}", name, f"{summary} a learner", codes),
                (
                    f"POST {V1}/exceptions/{act}",
                    f"{name}ForPlace",
                    f"{summary} all learners of a place",
                    f"{codes}, 404 scope_not_found, 409 too_many_people, 409 no_people",
                ),
            )
        ),
        (
            f"POST {V1}/users/{{id}}/exceptions/attempt",
            "allowAttempt",
            "Allow somebody another attempt at the safety quiz of a week",
            "404 no_safety_quiz",
        ),
        (
            f"GET {V1}/users/{{id}}/exceptions",
            "listStepExceptions",
            "List the exceptions made for a learner",
            "",
        ),
        (
            f"POST {V1}/users/{{id}}/invite",
            "inviteUser",
            "Send the invitation again",
            "409 password_already_chosen",
        ),
        (
            f"POST {V1}/users/{{id}}/sign-in/unlock",
            "unlockSignIn",
            "Forget somebody's wrong passwords, so that the right one works at once",
            "403 may_not_manage",
        ),
        (
            f"POST {V1}/users/{{id}}/sign-in/link",
            "sendSignInLink",
            "Send somebody a link to choose a password",
            "403 may_not_manage",
        ),
        (
            f"POST {V1}/users/{{id}}/sign-in/end-tokens",
            "endTokens",
            "Sign somebody out everywhere",
            "403 may_not_manage",
        ),
        (
            f"POST {V1}/users/{{id}}/permissions/give",
            "givePermission",
            "Give somebody a permission on top of their role",
            "400 unknown_permission, 403 may_not_grant, 403 may_not_manage, 409 own_account",
        ),
        (
            f"POST {V1}/users/{{id}}/permissions/take-back",
            "takeBackPermission",
            "Take back a permission that was given to somebody",
            "400 unknown_permission, 403 may_not_grant, 403 may_not_manage, 409 own_account",
        ),
        (
            f"POST {V1}/users/{{id}}/permissions/let",
            "letPermission",
            "Withhold a permission from somebody no longer",
            "400 unknown_permission, 403 may_not_grant, 403 may_not_manage, 409 own_account",
        ),
        (f"GET {V1}/roles", "listRoles", "List roles and what they grant", ""),
        (f"GET {V1}/roles/{{id}}", "getRole", "Read a role", ""),
        (
            f"POST {V1}/roles",
            "createRole",
            "Create a role",
            "400 unknown_permission, 403 may_not_grant, 409 name_taken",
        ),
        (
            f"PATCH {V1}/roles/{{id}}",
            "updateRole",
            "Rename a role, or change what it grants",
            "400 unknown_permission, 403 may_not_grant, 409 name_taken, 409 seeded_role",
        ),
    ),
    **{
        path: operation
        for one, many in (("school", "schools"), ("campus", "campuses"), ("classroom", "classrooms"))
        for path, operation in authoring("Places", f"{V1}/{many}", one, many, "409 name_taken").items()
        if path.split()[0] in ("GET", "POST", "PATCH") and not path.endswith("/restore")
    },
}
