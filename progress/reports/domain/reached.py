"""SQL: how far each of some learners is with a course.

What a learner has completed is looked up for each, so a statement chooses first whom it is about: a page of
them, all of whom a state is asked, or a sample. Parameters bound how many: ``most`` and ``sample`` are
numbers of learners times steps of the course.
"""

from enum import StrEnum
from functools import cache
from typing import Final

from accounts.rights.keys import learner_sql
from learning.tree.domain.levels import SUB_COURSES
from progress.steps.completions import EXCEPTIONS, Step, all_steps
from progress.steps.models import ExceptionKind
from tenancy.conditions import at_place_sql
from tenancy.facts import Facts
from tenancy.lists import MOST_LISTED
from tenancy.names import has_parts_sql, mentions_sql
from tenancy.scope import Level


class Chosen(StrEnum):
    """Whom a statement is about; those of a name alone, but for the sample."""

    PAGE = "page"
    NEXT = "next"
    ALL = "all"
    SAMPLE = "sample"


_PAGE: Final = "SELECT * FROM matching ORDER BY sort_name, id LIMIT %(limit)s OFFSET %(offset)s"
_NEXT: Final = """SELECT * FROM matching WHERE (sort_name, id) > (%(after_name)s, %(after_id)s::uuid)
    ORDER BY sort_name, id LIMIT %(limit)s"""
_ALL: Final = """SELECT * FROM matching
    WHERE (SELECT count(*) FROM matching) * (SELECT count(*) FROM step) <= %(most)s"""
# By chance, and the same ones each time: ids are in the order in which people came.
_SAMPLE: Final = """SELECT * FROM matching ORDER BY uuid_hash(id), id LIMIT (
    SELECT CASE WHEN (SELECT count(*) FROM matching) * count(*) <= %(most)s THEN NULL
        ELSE GREATEST(%(sample)s / count(*), 1) END FROM step
)"""
_CHOSEN: Final = {Chosen.PAGE: _PAGE, Chosen.NEXT: _NEXT, Chosen.ALL: _ALL, Chosen.SAMPLE: _SAMPLE}


def _steps_sql() -> str:
    kinds = [
        f"""
        SELECT '{step.name}' AS type, i.id, i.title, s.title AS sub_course,
            s.display_order AS sub_course_order, s.id AS sub_course_id, {rank} AS rank, i.display_order
        FROM {SUB_COURSES.table} s JOIN {step.level.table} i ON i.{step.level.parent_column} = s.id
        WHERE s.{SUB_COURSES.parent_column} = %(course)s
          AND {SUB_COURSES.published("s")} AND {step.level.published("i")}
        """
        for rank, step in enumerate(all_steps())
    ]
    return f"""
        SELECT type, id, title, sub_course, row_number() OVER (
            ORDER BY sub_course_order, sub_course_id, rank, display_order, id) AS position
        FROM ({" UNION ALL ".join(kinds)}) steps
    """


def _learners_sql(chosen: Chosen, within: Level | None) -> str:
    """SQL: ``WITH`` queries: the steps, all learners that are asked for, and the chosen ones.

    With a name in it, it is another one behind the wall: not to be remembered.
    """
    named = f"""AND {has_parts_sql("u", "%(words)s::text[]")} AND NOT EXISTS (
        SELECT FROM unnest(%(words)s::text[]) word
        WHERE NOT {mentions_sql("COALESCE(NULLIF(u.name, ''), u.email)", "word")}
    )"""
    return f"""
        WITH step AS MATERIALIZED ({_steps_sql()}),
        matching AS {"NOT" if chosen is Chosen.NEXT else ""} MATERIALIZED (
            -- Not a join with roles: of a kind there the planner expects few people.
            SELECT u.id, u.sort_name FROM users u
            WHERE {at_place_sql("u", within)} AND u.is_active AND u.deleted IS NULL
              AND (u.role_id IS NULL OR u.role_id = ANY(ARRAY(
                SELECT r.id FROM roles r WHERE {learner_sql("r")}
              )))
              {"" if chosen is Chosen.SAMPLE else named}
            {f"ORDER BY u.sort_name, u.id LIMIT {MOST_LISTED + 1}" if chosen is Chosen.PAGE else ""}
        ),
        learner AS MATERIALIZED ({_CHOSEN[chosen]})
    """


@cache
def _done(step: Step, chosen: Chosen, within: Level | None) -> Facts:
    """Return what the learners have completed of the course."""
    # Remembered, with names in it: where facts are read first, there is no wall.
    steps = f"""
        SELECT ARRAY(SELECT i.id FROM {SUB_COURSES.table} s
            JOIN {step.level.table} i ON i.{step.level.parent_column} = s.id
            WHERE s.{SUB_COURSES.parent_column} = %(course)s)
    """
    return Facts(
        f"course_{step.completions}_{chosen}_{within or 'all'}",
        step.completions,
        {"user_id": "uuid", step.completed_column: "bigint", "completed_at": "timestamptz"},
        where=f"{{0}}.user_id = ANY(%(people)s::uuid[]) "
        f"AND {{0}}.{step.completed_column} = ANY(%({step.completions})s::bigint[])",
        after={
            "people": f"{_learners_sql(chosen, within)} SELECT ARRAY(SELECT id FROM learner)",
            step.completions: steps,
        },
    )


def _settled_sql(chosen: Chosen, within: Level | None) -> str:
    """SQL: the steps that learners need not do any more, each looked up by its learner.

    A course may be shared: by its steps one would read what learners of every organization have completed.
    The ids of a course lie close together, which an index on a person's steps knows how to use.
    """
    done = []
    for step in all_steps():
        # As one value with the learner: between two ids alone, an index of a step's learners looks as good,
        # and gives what everybody has completed.
        theirs = _done(step, chosen, within).of_each(
            "done",
            "learner.id",
            " AND ".join(
                f"({{0}}.user_id, {{0}}.{step.completed_column}) {bound} "
                f"(learner.id, (SELECT {end}(id) FROM step WHERE type = '{step.name}'))"
                for bound, end in ((">=", "min"), ("<=", "max"))
            ),
        )
        done.append(f"""
            SELECT learner.id AS user_id, '{step.name}' AS type, done.{step.completed_column} AS id,
                done.completed_at
            FROM learner {theirs}
        """)
    waived = f"""
        SELECT learner.id, given.step_type, given.step_id, NULL
        FROM learner JOIN LATERAL (
            SELECT given.step_type, given.step_id FROM {EXCEPTIONS} given
            WHERE given.user_id = learner.id AND given.kind = '{ExceptionKind.WAIVE}'
              AND given.ended_at IS NULL OFFSET 0
        ) given ON true
    """
    return " UNION ALL ".join([*done, waived])


def _reached_sql(chosen: Chosen, within: Level | None) -> str:
    """SQL: ``WITH`` queries that end in ``reached``: every chosen learner with how far they are."""
    return f"""
        {_learners_sql(chosen, within)},
        settled AS (
            SELECT one.user_id, step.position, max(one.completed_at) AS completed_at,
                row_number() OVER (PARTITION BY one.user_id ORDER BY step.position) AS rank
            -- All kinds together: of one kind the planner expects a single step, and would begin with that.
            FROM ({_settled_sql(chosen, within)}) one JOIN step USING (type, id)
            GROUP BY one.user_id, step.position
        ),
        counted AS (
            SELECT user_id, count(completed_at) AS done, count(*) - count(completed_at) AS waived,
                max(completed_at) AS last_activity_at,
                -- As long as the rank of a step is its position, nothing before it is missing.
                1 + count(*) FILTER (WHERE rank = position) AS next
            FROM settled GROUP BY user_id
        ),
        reached AS (
            SELECT learner.*, COALESCE(c.done, 0) AS done, COALESCE(c.waived, 0) AS waived,
                c.last_activity_at, COALESCE(c.next, 1) AS next,
                CASE
                    WHEN COALESCE(c.done + c.waived, 0) >= (SELECT count(*) FROM step) THEN 'finished'
                    WHEN COALESCE(c.done, 0) = 0 THEN 'not_started'
                    WHEN c.last_activity_at < statement_timestamp() - make_interval(days => %(stuck_days)s)
                        THEN 'stuck'
                    ELSE 'in_progress'
                END AS state
            FROM learner LEFT JOIN counted c ON c.user_id = learner.id
        )
    """


@cache
def figures_sql(within: Level | None) -> str:
    """SQL: how many learners there are and how many are how far, then the steps in order."""
    return f"""
        {_reached_sql(Chosen.SAMPLE, within)}
        SELECT NULL, NULL, NULL, NULL, (SELECT count(*) FROM matching),
            count(*) FILTER (WHERE state = 'not_started'), count(*) FILTER (WHERE state = 'in_progress'),
            count(*) FILTER (WHERE state = 'stuck'), count(*) FILTER (WHERE state = 'finished'), 0 AS position
        FROM reached
        UNION ALL
        SELECT step.type, step.id, step.title, step.sub_course,
            COALESCE(done.number, 0), COALESCE(here.number, 0), COALESCE(here.stuck, 0), 0, 0, step.position
        FROM step
        LEFT JOIN (SELECT position, count(*) AS number FROM settled GROUP BY position) done USING (position)
        LEFT JOIN (
            SELECT next, count(*) AS number, count(*) FILTER (WHERE state = 'stuck') AS stuck
            FROM reached WHERE state IN ('in_progress', 'stuck') GROUP BY next
        ) here ON here.next = step.position
        ORDER BY position
    """


def number_sql(within: Level | None) -> str:
    """SQL: how many learners have the name that is asked for."""
    return f"{_learners_sql(Chosen.ALL, within)} SELECT count(*) FROM matching"


def people_sql(chosen: Chosen, within: Level | None) -> str:
    """SQL: learners with how far they are; in front of each, or of one empty row, how many there are.

    Besides whether those are too many, where they are asked for by their state.
    """
    by_state = chosen is Chosen.ALL
    number = (
        "NULL" if chosen is Chosen.NEXT else f"(SELECT count(*) FROM {'chosen' if by_state else 'matching'})"
    )
    none = "EXISTS (SELECT FROM matching) AND NOT EXISTS (SELECT FROM learner)"
    return f"""
        {_reached_sql(chosen, within)},
        chosen AS (SELECT * FROM reached {"WHERE state = %(state)s" if by_state else ""})
        SELECT totals.number, totals.too_many, page.id, COALESCE(NULLIF(u.name, ''), u.email), u.email,
            classroom.name, page.state, page.done, page.waived, page.last_activity_at, step.title,
            page.sort_name
        FROM (
            SELECT {number} AS number, {none if by_state else "false"} AS too_many
        ) totals
        LEFT JOIN (
            SELECT * FROM chosen ORDER BY sort_name, id
            {"LIMIT %(limit)s OFFSET %(offset)s" if by_state else ""}
        ) page ON true
        LEFT JOIN users u ON u.id = page.id
        LEFT JOIN classrooms classroom ON classroom.id = u.classroom_id
        LEFT JOIN step ON step.position = page.next
        ORDER BY page.sort_name, page.id
    """
