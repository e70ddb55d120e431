"""What is known of the last runs of each scheduled command."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScheduledRun(models.Model):
    """When a command of the schedule ran last; of no tenant, as it acts for all of them.

    Attributes:
        started_at: when its last run began. Without an end it is running, or was interrupted.
        succeeded_at: when the last run that succeeded ended.
        failure: the kind of error that ended the last run, if it failed.
    """

    command = models.CharField(_("command"), max_length=100, primary_key=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("succeeded"), null=True, blank=True)
    failure = models.CharField(_("failure"), max_length=200, default="", blank=True, db_default="")

    class Meta:
        db_table = "scheduled_runs"
        verbose_name = _("scheduled run")
        verbose_name_plural = _("scheduled runs")

    def __str__(self) -> str:
        return self.command
