"""Imports that take longer than anybody should wait for: a row for each, which is the queue as well."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.people.models import User
from tenancy.models import TenantModel


class JobState(models.TextChoices):
    """What has become of an import."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (JobState.WAITING, JobState.RUNNING)


class ImportJob(TenantModel):
    """A file that ``manage.py run_jobs`` is to import, or to check; or that it is to make of a list.

    Written by ``accounts.imports.jobs.domain`` only; deleted by ``prune_expired``.

    Attributes:
        organization: where the person acts who asked for it; the reserved one for every organization.
        kind: what is imported, or whose list it is, by the label of its model.
        scope: ``level:uuid`` of the place where the person acts; empty for every organization.
        options: what was chosen besides, as what imports the kind takes it.
        content: the file, until there is nothing more to do with it.
        export_format: the number of the format of a file that is made; empty where one is imported.
        list_query: how that list is filtered and ordered, as in its address.
        size: of the file that was made, in bytes.
        seen_at: when whoever runs it last said so; one that says nothing any more was interrupted.
        cancelled: somebody wants it to end.
        report: what became of the file, as ``accounts.imports.pages.Report`` holds it.
    """

    tenant_owner = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=100)
    scope = models.CharField(_("place"), max_length=60, blank=True, default="", db_default="")
    dry_run = models.BooleanField(_("only checked"))
    options = models.JSONField(_("options"), default=dict, db_default={})
    file_name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(_("content"))
    export_format = models.CharField(_("format"), max_length=2, blank=True, default="", db_default="")
    list_query = models.TextField(_("filters"), blank=True, default="", db_default="")
    size = models.PositiveIntegerField(_("size"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=JobState.choices, default="waiting", db_default="waiting"
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0, db_default=0)
    cancelled = models.BooleanField(_("to be cancelled"), default=False, db_default=False)
    report = models.JSONField(_("report"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        db_table = "import_jobs"
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            # However many machines take jobs in hand, an organization has one at a time.
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state="running"),
                name="an_organization_runs_one_import_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(state__in=["waiting", "running"]), name="import_jobs_open"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in OPEN
