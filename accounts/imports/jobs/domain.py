"""Queueing an import or an export, taking one in hand, running it, and ending it.

The table is the queue: a job is claimed with ``FOR UPDATE SKIP LOCKED`` in a statement that is committed
before any row is read. An import is one transaction, and an export begins by emptying its file: one that is
interrupted is taken in hand again, ``MAX_ATTEMPTS`` times in all.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pghistory
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.api.scoping import resolve_scope
from accounts.imports.jobs.exports import PIECE, append, make_file
from accounts.imports.jobs.models import OPEN, ImportJob, JobState
from accounts.imports.jobs.watch import CancelledError, TooLongError, Watch
from accounts.imports.report import Report
from accounts.people.models import User
from accounts.rights.principal import load_page_principal
from tenancy.errors import DomainError, RefusedError
from tenancy.scope import PLATFORM_ID, Scope, current_scope, scope_entered

logger = logging.getLogger(__name__)

MAX_OPEN: Final = 5
"""Jobs of one organization that wait or run."""
MAX_ATTEMPTS: Final = 3
SILENT: Final = timedelta(seconds=30)
"""Whoever runs a job says so each second."""

_GIVE_UP: Final = """
    UPDATE import_jobs SET state = 'failed', reason = %(reason)s, content = '', ended_at = clock_timestamp()
    WHERE state = 'running' AND seen_at < clock_timestamp() - %(silent)s AND attempts >= %(attempts)s
"""
_CLAIM: Final = """
    UPDATE import_jobs
    SET state = 'running', attempts = attempts + 1, rows_done = 0, seen_at = clock_timestamp()
    WHERE id = (
        SELECT j.id FROM import_jobs j
        WHERE (j.state = 'waiting' AND NOT EXISTS (
                SELECT FROM import_jobs o WHERE o.organization_id = j.organization_id AND o.state = 'running'
            ))
            OR (j.state = 'running' AND j.seen_at < clock_timestamp() - %(silent)s)
        ORDER BY j.created_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, attempts
"""


class ImportKind(NamedTuple):
    """What can be imported: how, and the keys that it takes.

    Attributes:
        run: imports ``content`` as ``by``, or with ``dry_run`` checks it, and returns a report; takes the
            options of the job.
        keeps_checked: a file that was found good is kept with its check, to be imported from there.
    """

    run: Callable[..., Report]
    keys: tuple[str, ...]
    keeps_checked: bool = False


KINDS: Final[dict[str, ImportKind]] = {}
"""By the label of a model; the admin pages that offer an import add theirs."""


class ClaimedJob(NamedTuple):
    """A job in hand; whoever else takes it in hand later has a higher attempt."""

    id: Any
    attempt: int


@transaction.atomic
def start_import(
    *,
    kind: str,
    content: bytes,
    file_name: str,
    by: User,
    dry_run: bool,
    options: dict[str, Any] | None = None,
) -> ImportJob:
    """Queue a file to be imported into the active scope.

    Raises:
        RefusedError: the organization has enough to wait for.
    """
    first, told = content[:PIECE], options or {}
    job = queue(kind=kind, by=by, content=first, file_name=file_name, dry_run=dry_run, options=told)
    for start in range(PIECE, len(content), PIECE):
        append(ImportJob.unscoped.filter(pk=job.pk), content[start : start + PIECE])
    return job


def queue(*, kind: str, by: User, file_name: str, **values: Any) -> ImportJob:
    """Queue what a person wants done in the active scope.

    Raises:
        RefusedError: the organization has enough to wait for.
    """
    place, organization = where()
    # Unscoped: all of the organization's count, whoever's they are and wherever in it the person acts. Two at
    # once may both be the fifth; one more does no harm.
    waiting = ImportJob.unscoped.filter(organization=organization, state__in=OPEN).count()
    if waiting >= MAX_OPEN:
        raise RefusedError(
            _("Your organization has %(number)d files waiting or in progress. Try again when one is done.")
            % {"number": waiting},
            code="too_many_imports",
        )
    job: ImportJob = ImportJob.unscoped.create(
        organization_id=organization,
        user=by,
        kind=kind,
        scope=place,
        file_name=file_name[-255:],
        **values,
    )
    return job


def import_at_once(
    *, kind: str, content: bytes, file_name: str, by: User, dry_run: bool, options: dict[str, Any]
) -> ImportJob:
    """Import a small file into the active scope, and keep what became of it as of one that waited.

    Raises:
        DomainError: what importing is refused with.
    """
    place, organization = where()
    known = KINDS[kind]
    report = known.run(content=content, by=by, dry_run=dry_run, **options)
    job: ImportJob = ImportJob.unscoped.create(
        organization_id=organization,
        user=by,
        kind=kind,
        scope=place,
        dry_run=dry_run,
        options=options,
        file_name=file_name[-255:],
        content=content if _is_kept(known, report) else b"",
        state=JobState.DONE,
        report=asdict(report),
        ended_at=Now(),
    )
    return job


def forget_checked(*, kind: str, by: User) -> None:
    """Drop the files of one kind that someone had checked before, and did not import: one waits at a time."""
    # Unscoped: their own, wherever they act.
    checked = ImportJob.unscoped.filter(user=by, kind=kind, state=JobState.DONE)
    checked.exclude(content=b"").update(content=b"")


def where() -> tuple[str, Any]:
    """Return where the caller acts: as a job keeps it, and the organization."""
    scope = current_scope()
    return (str(scope), scope.organization_id) if isinstance(scope, Scope) else ("", PLATFORM_ID)


def _is_kept(kind: ImportKind, report: Report) -> bool:
    """Whether there is something left to do with a file."""
    return kind.keeps_checked and not report.written and not report.problems


def cancel(job: ImportJob) -> None:
    """Have a job end: at once while it waits, else as soon as whoever runs it hears of it."""
    rows = ImportJob.unscoped.filter(pk=job.pk)
    ended = {"state": JobState.CANCELLED, "content": b"", "ended_at": Now()}
    if not rows.filter(state=JobState.WAITING).update(cancelled=True, **ended):
        rows.filter(state=JobState.RUNNING).update(cancelled=True)


def run_next() -> bool:
    """Take the job in hand that has waited longest and run it; return whether there was one.

    Not inside a transaction: others have to see that it is in hand.
    """
    claim = _claim()
    if claim is None:
        return False
    # Unscoped: the scope is the job's own, and entered below.
    job = ImportJob.unscoped.get(pk=claim.id)
    with Watch(job=claim.id, attempt=claim.attempt) as watch:
        try:
            outcome = make_file(job, claim.attempt, watch) if job.export_format else _run(job, watch)
        except CancelledError:
            outcome = {"state": JobState.CANCELLED}
        except (DomainError, TooLongError) as error:
            outcome = _failed(str(error))
        except (OperationalError, InterfaceError) as error:
            logger.warning("job %s: %s", job.pk, error)
            outcome = _again_or_failed(claim)
        except Exception:
            # A fault of ours; the jobs of others wait for this process.
            logger.exception("job %s failed", job.pk)
            outcome = _failed(_("It failed because of an error on our side."))
    _end(claim, outcome)
    return True


def _run(job: ImportJob, watch: Watch) -> dict[str, Any]:
    """Import the file as the person who asked for it, who must still be allowed to."""
    kind = KINDS[job.kind]
    person = load_page_principal(job.user_id)
    if person is None or not person.may_enter_admin or not all(person.holds(key) for key in kind.keys):
        raise RefusedError(_("The person who started it no longer has permission to import."))
    scope = resolve_scope(person, header=job.scope or None)
    with scope_entered(scope), pghistory.context(user=str(person.pk), request=str(job.pk)):
        report = kind.run(
            content=bytes(job.content),
            by=person,
            dry_run=job.dry_run,
            progress=watch.progress,
            **job.options,
        )
    kept = {"content": job.content} if _is_kept(kind, report) else {}
    return {"state": JobState.DONE, "report": asdict(report), **kept}


def _failed(reason: str) -> dict[str, Any]:
    return {"state": JobState.FAILED, "reason": reason[:200]}


def _again_or_failed(claim: ClaimedJob) -> dict[str, Any]:
    """Return what becomes of a job that the database broke off."""
    if claim.attempt >= MAX_ATTEMPTS:
        return _failed(_("The database could not complete it. Try again later."))
    return {"state": JobState.WAITING}


def _end(claim: ClaimedJob, outcome: dict[str, Any]) -> None:
    """Note the outcome, unless somebody else has the job in hand by now."""
    if outcome["state"] != JobState.WAITING:
        outcome = {"content": b"", **outcome, "ended_at": Now()}
    # A transaction that failed may have left the connection unusable.
    connection.close_if_unusable_or_obsolete()
    mine = ImportJob.unscoped.filter(pk=claim.id, attempts=claim.attempt, state=JobState.RUNNING)
    mine.update(**outcome)


def _claim() -> ClaimedJob | None:
    bounds: dict[str, Any] = {
        "silent": SILENT,
        "attempts": MAX_ATTEMPTS,
        "reason": _("It was interrupted several times."),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_UP, bounds)
        try:
            with transaction.atomic():
                cursor.execute(_CLAIM, bounds)
                found = cursor.fetchone()
        except IntegrityError:
            return None  # another machine was faster
    return ClaimedJob(*found) if found else None
