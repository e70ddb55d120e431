"""Safety quizzes."""

from typing import Final

from config.api.operations.table import Operation, named

_QUIZZES: Final = "/api/safety_quiz_results"
_SCHEDULED: Final = "/api/safety_quizzes"

OPERATIONS: Final[dict[str, Operation]] = {
    **named(
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
}
