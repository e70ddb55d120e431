"""The tree as learners meet it and as it is written, and its questions.

What every level has is derived from what it says of itself (``learning.tree.levels``).
"""

from typing import Final

from config.api.operations.table import V1, Operation, authoring, name_of, named, with_article
from learning.tree import levels
from learning.tree.levels import TreeLevel

_CM: Final = f"{V1}/course-management"
_SETS: Final = f"{V1}/question-sets"

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
# What rows of a level may be refused with when they are written, beyond what holds of all.
_REFUSED: Final = {
    "categories": ("400 organization_required",),
    "sub-courses": ("400 sub_level_mismatch",),
}


def _of_level(level: TreeLevel) -> dict[str, Operation]:
    one, many, path = str(level.one), str(level.many), f"{_CM}/{level.name}"
    put = Operation("Authoring", f"reorder{name_of(many)}", f"Put {many} in order", _REORDER)
    found = {f"PUT {path}/reorder": put}
    if not level.narrowing:  # else they have the paths of the whole model
        found |= authoring("Authoring", path, one, many, *_REFUSED.get(level.name, ()))
    if level.step:
        found |= named(
            "Learning",
            (
                f"POST {V1}/progress/{level.name}/{{id}}/complete",
                f"complete{name_of(one)}",
                f"Complete {with_article(one)}",
                "403 locked",
            ),
        )
    if level.step and not level.narrowing:
        found |= named(
            "Learning",
            (f"GET {path}/{{id}}", f"get{name_of(one)}", f"Open {with_article(one)}", "403 locked"),
        )
    return found


OPERATIONS: Final[dict[str, Operation]] = {
    **{path: operation for level in levels.levels() for path, operation in _of_level(level).items()},
    **named(
        "Learning",
        (f"GET {V1}/me/courses", "listMyCourses", "List the courses one may take", ""),
        (f"GET {_CM}/courses/{{id}}/learning-path", "getLearningPath", "Read the path of a course", ""),
        (
            f"GET {_SETS}/sub-courses/{{id}}/entry-assessment",
            "getEntryAssessment",
            "Read an entry assessment",
            "",
        ),
        (f"GET {_SETS}/{{id}}/questions", "listQuestionsOfSet", "List the questions of a set", "403 locked"),
        (f"GET {_SETS}/{{id}}/attempts", "listAttempts", "List your own attempts", "403 locked"),
        (f"POST {_SETS}/{{id}}/attempts", "submitAttempt", "Submit answers", "403 locked, 409 no_questions"),
    ),
    **named("Authoring", (f"GET {_CM}/learning-tree", "getLearningTree", "Read the whole tree", "")),
    **named(
        "Questions", (f"GET {_SETS}/by-owner", "listQuestionSetsByOwner", "List the sets of an owner", "")
    ),
    **authoring("Questions", _SETS, "question set", "question sets", "409 entry_assessment_required"),
    **named("Learning", (f"GET {_SETS}/{{id}}", "getQuestionSet", "Open a question set", "403 locked")),
    **authoring("Questions", f"{V1}/questions", "question", "questions"),
}
