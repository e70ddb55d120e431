"""What a change of the tree means for learners who are in the middle of it, before it is made.

In a list of steps a learner is always at one step: the first published one that they have still to do, and
the sequence opens nothing beyond it but by an exception (``progress.steps.domain.sequence``). A change
touches those who would be at another step afterwards. What is waived counts as done here.

Numbers only, of the whole organization: the tree belongs to it as a whole (``docs/decisions`` 11).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from accounts.rights.keys import learner_sql
from learning.tree.impact import AskedStep, Impact
from learning.tree.levels import TreeLevel, surroundings
from progress.steps.completions import EXCEPTIONS, Step, all_steps, step_of
from progress.steps.models import ExceptionKind
from tenancy.conditions import in_scope_sql, own_parameters
from tenancy.facts import Facts
from tenancy.scope import EveryOrganization, current_scope
from tenancy.sql import facts_cursor

# Learners of one's organization; the platform's content has those of all.
_LEARNER_OF: Final = f"""
    JOIN users u ON u.id = done.user_id AND u.deleted IS NULL AND u.is_active
    LEFT JOIN roles r ON r.id = u.role_id
    WHERE {learner_sql("r")}
      AND {in_scope_sql("done")}
"""


def _done(step: Step, what: str, steps: str) -> Facts:
    """Return who has completed which of some steps, of whose ids ``steps`` selects an array."""
    return Facts(
        f"{what}_{step.completions}",
        step.completions,
        {"user_id": "uuid", "organization_id": "uuid", step.completed_column: "bigint"},
        where=f"{{0}}.{step.completed_column} = ANY(%({what}_{step.completions})s::bigint[]) "
        f"AND {in_scope_sql('{0}')}",
        after={f"{what}_{step.completions}": steps},
    )


@cache
def _steps_sql(step: Step) -> str:
    """SQL: how many learners are at which step now, and at which one afterwards.

    The steps that a learner has done are ranked within both orders; as long as the rank of a step is
    its position, nothing before it is missing. Where that ends the learner is.
    """
    level = step.level
    was = f"(i.{level.parent_column} = %(parent)s AND i.status = 'PUBLISHED')"
    will = (
        "(wanted.id IS NOT NULL AND "
        "CASE WHEN i.id = %(switched)s THEN %(published)s ELSE i.status = 'PUBLISHED' END)"
    )
    concerned = f"(i.{level.parent_column} = %(parent)s OR i.id = ANY(%(after)s)) AND {level.live('i')}"
    completions = _done(step, "list", f"SELECT ARRAY(SELECT i.id FROM {level.table} i WHERE {concerned})")
    return f"""
        WITH step AS (
            SELECT i.id, i.title,
                CASE WHEN {was} THEN
                    row_number() OVER (PARTITION BY {was} ORDER BY i.display_order, i.id) END AS was,
                CASE WHEN {will} THEN
                    row_number() OVER (PARTITION BY {will} ORDER BY wanted.position) END AS becomes
            FROM {level.table} i
            LEFT JOIN unnest(%(after)s::bigint[]) WITH ORDINALITY AS wanted(id, position) ON wanted.id = i.id
            WHERE {concerned}
        ), settled AS (
            SELECT done.user_id, step.was, step.becomes
            FROM step JOIN {completions.relation("done")}
                ON done.{step.completed_column} = step.id {_LEARNER_OF}
            UNION ALL
            SELECT done.user_id, step.was, step.becomes
            FROM step JOIN {EXCEPTIONS} done ON done.step_type = '{step.name}' AND done.step_id = step.id
                AND done.kind = '{ExceptionKind.WAIVE}' AND done.ended_at IS NULL {_LEARNER_OF}
                AND NOT EXISTS (SELECT FROM {completions.relation("other")}
                    WHERE other.user_id = done.user_id AND other.{step.completed_column} = step.id)
        ), completed AS (
            SELECT settled.*,
                row_number() OVER (PARTITION BY user_id ORDER BY was) AS was_rank,
                row_number() OVER (PARTITION BY user_id ORDER BY becomes) AS becomes_rank
            FROM settled
        ), learner AS (
            SELECT 1 + count(*) FILTER (WHERE was = was_rank) AS was,
                1 + count(*) FILTER (WHERE becomes = becomes_rank) AS becomes
            FROM completed GROUP BY user_id HAVING count(was) > 0
        )
        SELECT here.id, next.id, next.title, count(*)
        FROM learner LEFT JOIN step here ON here.was = learner.was
            LEFT JOIN step next ON next.becomes = learner.becomes
        GROUP BY here.id, next.id, next.title, next.becomes ORDER BY next.becomes
    """


@cache
def _lists_sql(step: Step) -> str:
    """SQL: the same for several lists whose published steps are given, as they were and as they become."""

    def given(name: str) -> str:
        return f"""
            SELECT list, id, row_number() OVER (PARTITION BY list ORDER BY n) AS position
            FROM unnest(%({name}_list)s::int[], %({name}_id)s::bigint[]) WITH ORDINALITY AS it(list, id, n)
        """

    completions = _done(step, "lists", "SELECT %(was_id)s::bigint[] || %(becomes_id)s::bigint[]")
    return f"""
        WITH was AS ({given("was")}), becomes AS ({given("becomes")}), step AS (
            SELECT list, id, i.title, was.position AS was, becomes.position AS becomes
            FROM was FULL JOIN becomes USING (list, id) JOIN {step.level.table} i USING (id)
        ), completed AS (
            SELECT step.list, done.user_id, step.was, step.becomes,
                row_number() OVER (PARTITION BY step.list, done.user_id ORDER BY step.was) AS was_rank,
                row_number() OVER (PARTITION BY step.list, done.user_id ORDER BY step.becomes) AS becomes_rank
            FROM step JOIN {completions.relation("done")}
                ON done.{step.completed_column} = step.id {_LEARNER_OF}
        ), learner AS (
            SELECT list, 1 + count(*) FILTER (WHERE was = was_rank) AS was,
                1 + count(*) FILTER (WHERE becomes = becomes_rank) AS becomes
            FROM completed GROUP BY list, user_id HAVING count(was) > 0
        )
        SELECT learner.list, here.id, next.id, next.title, count(*)
        FROM learner LEFT JOIN step here ON (here.list, here.was) = (learner.list, learner.was)
            LEFT JOIN step next ON (next.list, next.becomes) = (learner.list, learner.becomes)
        GROUP BY learner.list, here.id, next.id, next.title, next.becomes ORDER BY learner.list, next.becomes
    """


@cache
def _begun_sql(model: type[Model]) -> str:
    def begun(step: Step) -> str:
        above = surroundings(step.level, "i")
        steps = f"{step.level.table} i {above.joins}"
        below = f"{above.columns[model]} = ANY(%(roots)s) AND {above.live} AND {step.level.published('i')}"
        ids = f"SELECT ARRAY(SELECT i.id FROM {steps} WHERE {below})"
        completions = _done(step, f"below_{model._meta.model_name}", ids)
        return f"""
            SELECT done.user_id FROM {steps}
            JOIN {completions.relation("done")} ON done.{step.completed_column} = i.id
            {_LEARNER_OF} AND {below}
        """

    return f"SELECT count(DISTINCT user_id) FROM ({' UNION ALL '.join(map(begun, all_steps()))}) learners"


class CompletionImpact:
    """What changes mean for learners, by what they have completed. One query each."""

    def on_steps(
        self,
        *,
        level: TreeLevel,
        parent_id: int,
        after: Sequence[int],
        switched: int | None = None,
        published: bool = False,
    ) -> Impact:
        """Return who would be asked for another step than now."""
        parameters = {
            "parent": parent_id,
            "after": list(after),
            "switched": switched,
            "published": published,
            **_whose(),
        }
        with facts_cursor() as cursor:
            cursor.execute(_steps_sql(step_of(level)), parameters)
            groups = cursor.fetchall()
        return _impact(level, groups)

    def on_lists(
        self, *, level: TreeLevel, changes: Sequence[tuple[Sequence[int], Sequence[int]]]
    ) -> list[Impact]:
        """Return who would be asked for another step than now, for each list."""
        parameters: dict[str, Any] = _whose()
        for side, name in enumerate(("was", "becomes")):
            pairs = [(number, pk) for number, change in enumerate(changes) for pk in change[side]]
            parameters[f"{name}_list"] = [number for number, _pk in pairs]
            parameters[f"{name}_id"] = [pk for _number, pk in pairs]
        with facts_cursor() as cursor:
            cursor.execute(_lists_sql(step_of(level)), parameters)
            groups = cursor.fetchall()
        return [
            _impact(level, [group for found, *group in groups if found == number])
            for number in range(len(changes))
        ]

    def below(self, *, model: type[Model], pks: Sequence[int | UUID]) -> Impact:
        """Return how many learners have completed something below rows.

        No sequence spans several sub-courses: whatever happens to their order, nobody is asked for another
        step.
        """
        with facts_cursor() as cursor:
            cursor.execute(_begun_sql(model), {"roots": list(pks), **_whose()})
            (learners,) = cursor.fetchone()
        return Impact(learners)


def _impact(level: TreeLevel, groups: Iterable[Any]) -> Impact:
    """Add up how many learners are at which step, and at which one afterwards."""
    asked: dict[int, AskedStep] = {}
    in_progress = 0
    for here, to_come, title, learners in groups:
        if to_come is not None and to_come != here:
            already = asked[to_come].learners if to_come in asked else 0
            asked[to_come] = AskedStep(level.step, to_come, title, already + learners)
        in_progress += learners if here is not None else 0
    return Impact(in_progress, tuple(asked.values()))


def _whose() -> dict[str, Any]:
    scope = current_scope()
    everyone = isinstance(scope, EveryOrganization) or scope.is_platform
    return {"every": True, "organizations": "{}"} if everyone else own_parameters()
