"""What was sent, and what people prefer: read, never edited."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Case, F, Q, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.api.scoping import parse_scope
from accounts.messages.admin.compose import ComposeView
from accounts.models import Message
from tenancy.admin import FactAdmin, FillInPages, Job, period_filter, place_filters
from tenancy.admin.rows import OUT_OF_SCOPE
from tenancy.models import NODE_MODELS


class ReachFilter(admin.SimpleListFilter):
    """Messages by how they came about."""

    title = _("recipients")
    parameter_name = "sent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("automatically", _("Automatic")),
            ("person", _("One person")),
            ("place", _("A place")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "automatically":
            return queryset.filter(sender=None)
        if self.value() == "person":
            return queryset.exclude(sender=None).filter(scope="")
        return queryset.exclude(scope="") if self.value() == "place" else queryset


class ReadFilter(admin.SimpleListFilter):
    """Messages that were read, or were not yet."""

    title = _("read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Read")), ("no", _("Not read yet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(read_at__isnull=self.value() == "no")


BETWEEN_TWO: Final = _("between two people")


@admin.register(Message)
class MessageAdmin(FillInPages, FactAdmin):
    """Which messages the people of the scope were sent, and a page to write another.

    What one person wrote to another is for those two to read: of these a page says that they were sent.
    """

    job = Job.LOG
    fill_in = ComposeView
    permission_keys = {"view": "messages.list"}
    list_display = ["created_at", "user", "shown_title", "tag", "reach", "read_at", "organization"]
    list_filter = [
        period_filter("created_at", _("sent")),
        "tag",
        ReadFilter,
        ReachFilter,
        "mail_state",
        *place_filters("user__"),
    ]
    list_select_related = ["user", "sender", "organization"]
    search_fields = ["user__email", "user__name", "title_to_show"]
    search_help_text = _("A person's name or e-mail address, or part of a title.")
    titled_by = ("user", "shown_title")
    ordering = ["-created_at", "-id"]
    fields = (
        "created_at",
        "user",
        "sender",
        "sent_to",
        "tag",
        "shown_title",
        "shown_body",
        "read_at",
        "expires_at",
        "mail_state",
        "mail_attempts",
        "mail_due_at",
        "mail_error",
    )
    readonly_fields = ("created_at", "sent_to", "shown_title", "shown_body")
    export_fields = (
        "id",
        "created_at",
        "user_id",
        "user__email",
        "user__name",
        "sender__email",
        "scope",
        "tag",
        "title_to_show",
        "body_to_show",
        "read_at",
        "expires_at",
        "mail_state",
        "mail_error",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read along of the text what the signed-in person may read."""
        rows: Any = super().get_queryset(request)
        private = Q(sender__isnull=False, scope="") & ~Q(sender=request.user.pk) & ~Q(user=request.user.pk)
        return rows.annotate(
            **{
                f"{name}_to_show": Case(When(private, then=Value(None)), default=F(name))
                for name in ("title", "body")
            }
        )

    def may_fill_in(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.holds("messages.send"))

    @admin.display(description=_("title"), ordering="title_to_show")
    def shown_title(self, message: Any) -> Any:
        """What it is called, for whom that is to read."""
        return BETWEEN_TWO if message.title_to_show is None else message.title_to_show

    @admin.display(description=_("text"))
    def shown_body(self, message: Any) -> Any:
        """What it says, for whom that is to read."""
        return BETWEEN_TWO if message.body_to_show is None else message.body_to_show

    @admin.display(description=_("recipients"))
    def reach(self, message: Message) -> Any:
        """How it came about."""
        if message.sender_id is None:
            return _("automatic")
        return _("a place") if message.scope else _("one person")

    @admin.display(description=_("sent to"))
    def sent_to(self, message: Message) -> Any:
        """The place it was sent to, where it was sent to one and that is in the scope."""
        if not message.scope:
            return _("one person")
        level, node_id = parse_scope(message.scope)
        node = NODE_MODELS[level].objects.filter(pk=node_id).first()
        return OUT_OF_SCOPE if node is None else f"{NODE_MODELS[level]._meta.verbose_name} {node}"
