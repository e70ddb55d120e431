"""Making the file of a list that is too long to wait for: as whoever asked for it, in bounded memory.

The file is written to disk as its rows come, and from there to the job in pieces.
"""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import BinaryField, F, Func, Value
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.api.scoping import resolve_scope
from accounts.imports.jobs.models import ImportJob, JobState
from accounts.imports.jobs.watch import CancelledError, Watch
from accounts.people.models import User
from accounts.rights.principal import load_page_principal
from tenancy.admin.export import ExportPages
from tenancy.errors import RefusedError
from tenancy.middleware import request_user
from tenancy.models import Organization
from tenancy.scope import ActiveScope, Scope, scope_entered
from tenancy.zones import zone_of

KIND: Final = "export of "
"""In front of the label of a model: not a kind of import, so that no page of one finds the other."""
PIECE: Final = 4 * 2**20
MAX_BYTES: Final = 64 * 2**20


def list_of(job: ImportJob) -> ExportPages:
    """Return the admin of the list."""
    made = admin.site.get_model_admin(apps.get_model(job.kind.removeprefix(KIND)))
    assert isinstance(made, ExportPages)
    return made


def make_file(job: ImportJob, attempt: int, watch: Watch) -> dict[str, Any]:
    """Make the file, and return what has become of the job.

    Raises:
        DomainError: the person may not have it any more, or it is too large.
        CancelledError, TooLongError: it is to end.
    """
    person = load_page_principal(job.user_id)
    if person is None or not person.may_enter_admin:
        raise _not_theirs()
    scope = resolve_scope(person, header=job.scope or None)
    token = request_user.set(str(person.pk))
    try:
        with scope_entered(scope), timezone.override(_zone_of(scope)), TemporaryFile() as file:
            list_of(job).save_export(
                _request(job, person),
                format_number=job.export_format,
                to=file,
                most=MAX_BYTES,
                heard=watch.progress,
            )
            size = file.tell()
            file.seek(0)
            _keep(job, attempt, file)
    except PermissionDenied as error:
        raise _not_theirs() from error
    finally:
        request_user.reset(token)
    return {"state": JobState.DONE, "size": size, "content": F("content")}


def _not_theirs() -> RefusedError:
    return RefusedError(_("The person who asked for it no longer has permission to export."))


def _zone_of(scope: ActiveScope) -> tzinfo:
    """Return the zone that the admin shows times in."""
    if not isinstance(scope, Scope):
        return UTC
    # Unscoped: what stands above the place that is acted in.
    organization = Organization.unscoped.only("time_zone").get(pk=scope.organization_id)
    return zone_of(organization.time_zone)


def _request(job: ImportJob, person: User) -> HttpRequest:
    """Return the request that would show the list."""
    request: Any = HttpRequest()
    request.method, request.user, request.GET = "GET", person, QueryDict(job.list_query)
    return request  # type: ignore[no-any-return]


def _keep(job: ImportJob, attempt: int, file: IO[bytes]) -> None:
    """Copy the file into the job, while nobody else has it in hand."""
    # Unscoped: the job stands in the organization as a whole, whichever place of it is acted in.
    mine = ImportJob.unscoped.filter(pk=job.pk, attempts=attempt, state=JobState.RUNNING)
    mine.update(content=b"")
    while piece := file.read(PIECE):
        if not append(mine, piece):
            raise CancelledError


def append(jobs: Any, piece: bytes) -> int:
    """Add a piece to the files of jobs; return of how many.

    Sent to the database as a whole, a file is in memory several times.
    """
    both = (F("content"), Value(piece, output_field=BinaryField()))
    number: int = jobs.update(content=Func(*both, template="(%(expressions)s)", arg_joiner=" || "))
    return number


def pieces_of(job: ImportJob) -> Iterator[bytes]:
    """Yield the file that was made; what reads it slowly holds no connection meanwhile."""
    own = ImportJob.unscoped.filter(pk=job.pk)
    for start in range(1, (job.size or 0) + 1, PIECE):
        piece = Func("content", start, PIECE, function="substring", output_field=BinaryField())
        found = own.values_list(piece, flat=True).first()
        connection.close_if_unusable_or_obsolete()
        if found is None:
            return  # deleted meanwhile
        yield bytes(found)
