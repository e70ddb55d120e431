"""Messages to people, and the ledger of those that were sent by themselves."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from accounts.people.models import User
from tenancy.models import TenantModel

MAX_TITLE: Final = 200
MAX_BODY: Final = 5000


class Tag(models.TextChoices):
    """What a message is about."""

    SYSTEM = "system", _("system")
    SUBSCRIPTION = "subscription", _("subscription")
    INFO = "info", _("info")


class MailState(models.TextChoices):
    """What has become of a message's copy by e-mail."""

    NONE = "", _("none")
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    DROPPED = "dropped", _("not wanted any more")
    UNKNOWN = "unknown", _("interrupted")


class Message(UserFact):
    """A message to one person: text, never markup.

    Written by ``accounts.messages.domain.messages`` only; its copy by
    ``accounts.messages.domain.mail_copies``.

    Attributes:
        organization: where its reader belonged when it was sent.
        scope: ``level:uuid`` of the place it was sent to; empty when it was sent to this person.
        sender: who wrote it; nobody when it was sent automatically.
        mail_anyway: whether the copy goes out whatever its reader prefers for other messages: they asked for
            messages of this kind by e-mail.
        mail_due_at: when the copy is to be sent, or was taken in hand.
    """

    tag = models.CharField(_("tag"), max_length=20, choices=Tag.choices)
    scope = models.CharField(_("sent to"), max_length=60, blank=True, default="", db_default="")
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    body = models.TextField(_("text"), max_length=MAX_BODY)
    # Outlives the person and points at them without holding them.
    sender = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    created_at = models.DateTimeField(_("sent"), db_default=Now())
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    mail_anyway = models.BooleanField(default=False, db_default=False, editable=False)
    mail_state = models.CharField(
        _("copy by e-mail"), max_length=10, choices=MailState.choices, blank=True, default="", db_default=""
    )
    mail_attempts = models.PositiveSmallIntegerField(_("attempts to mail it"), default=0, db_default=0)
    mail_due_at = models.DateTimeField(_("copy due"), null=True, blank=True)
    mail_error = models.TextField(_("last error"), blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        db_table = "messages"
        ordering = ["-created_at", "-id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(condition=Q(tag__in=Tag.values), name="message_tag_is_allowed"),
            models.CheckConstraint(
                condition=Q(mail_state__in=MailState.values), name="message_mail_state_is_allowed"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""), name="message_has_a_title_and_a_text"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("created_at")),
                name="message_expires_after_it_is_sent",
                violation_error_message=_("A message expires after it is sent."),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="message_inbox"),
            models.Index(fields=["organization", "-created_at", "-id"], name="message_newest_first"),
            # All of them by time: the list of global users.
            models.Index(fields=["-created_at", "-id"], name="messages_by_time"),
            # What is still to be mailed, and nothing else: as small as the queue.
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_state__in=["queued", "sending"]),
                name="message_copies_due",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="message_expired"
            ),
        ]

    def __str__(self) -> str:
        # The title is its reader's.
        return f"{self.tag} {self.created_at:%Y-%m-%d %H:%M}"


class LedgerEntry(UserFact):
    """An automatic message was sent: not again, even when the message itself is gone.

    Attributes:
        kind: what for, such as ``subscription_ending``.
        about: which one of them, such as the subscription's id.
        due_until: from when on nothing asks for it any more, and the entry may go; kept for ever without.
    """

    kind = models.CharField(max_length=100)
    about = models.CharField(max_length=200)
    due_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "message_ledger"
        ordering = ["-created_at", "-id"]
        verbose_name = _("entry of the message ledger")
        verbose_name_plural = _("entries of the message ledger")
        constraints = [
            # Two machines that send reminders at once must send one.
            models.UniqueConstraint(fields=["user", "kind", "about"], name="notice_is_sent_once_per_user"),
        ]
        indexes = [
            models.Index(
                fields=["due_until"], condition=Q(due_until__isnull=False), name="notice_not_due_any_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
