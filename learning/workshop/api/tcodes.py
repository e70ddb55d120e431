"""``/api/v1/tcodes``: the catalogue, what of it the caller may use, and changing it (document 003)."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet, no_content
from accounts.rights.permissions import AUTHENTICATED
from accounts.sign_in.api.anonymous import validated
from learning.models import Tcode
from learning.tree.api.base import ContentWritesView
from learning.tree.api.versioned import VersionedRows
from learning.tree.domain import structure
from learning.workshop.api.subscriptions import SubscriptionSerializer
from learning.workshop.domain.access import Reason, access_to
from learning.workshop.domain.tcodes import add_tcode, catalogue_for, change_tcode, read_tcode
from learning.workshop.models.tcodes import MAX_SLIDES
from tenancy.api.fields import (
    StrictBooleanField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictURLField,
)


class TcodeSerializer(serializers.ModelSerializer[Tcode]):
    """A tcode as the caller may know of it."""

    slideCount = serializers.IntegerField(source="slide_count")
    contentUrl = serializers.SerializerMethodField(
        help_text="Where the content is; null without access. Public content is served elsewhere."
    )
    isPublished = serializers.BooleanField(
        source="is_published", help_text="Staff see unpublished ones as well."
    )
    hasAccess = serializers.SerializerMethodField(help_text="Whether the caller may use it now.")
    accessEndsAt = serializers.DateTimeField(
        source="access_ends_at",
        allow_null=True,
        help_text="When the caller's uninterrupted access ends; null without access.",
    )

    class Meta:
        model = Tcode
        fields = [
            "id",
            "code",
            "title",
            "subject",
            "description",
            "slideCount",
            "contentUrl",
            "isPublished",
            "hasAccess",
            "accessEndsAt",
        ]
        read_only_fields = fields

    def get_contentUrl(self, tcode: Any) -> str | None:
        # The address is the content: nothing behind it asks again who is there. No role opens it here.
        return tcode.content_url if tcode.access_ends_at is not None else None

    def get_hasAccess(self, tcode: Any) -> bool:
        return tcode.access_ends_at is not None


class TcodeBodySerializer(StrictModelSerializer):
    """What is written of a tcode; its code is once in an organization, in any case."""

    slideCount = StrictIntegerField(source="slide_count", required=False, min_value=0, max_value=MAX_SLIDES)
    contentUrl = StrictURLField(
        source="content_url", max_length=2000, help_text="Shown only to people with access."
    )
    isPublished = StrictBooleanField(
        source="is_published", required=False, help_text="Learners see only what is published."
    )

    class Meta:
        model = Tcode
        fields = ["code", "title", "subject", "description", "slideCount", "contentUrl", "isPublished"]


class TcodeFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Tcodes."""

    subject = filters.CharFilter(help_text="Exactly this subject.")
    code = filters.CharFilter(lookup_expr="iexact", help_text="Exactly this code, in upper or lower case.")
    search = filters.CharFilter(
        method="having", help_text="Part of the code, title or subject, in upper or lower case."
    )

    class Meta:
        model = Tcode
        fields: list[str] = []

    def having(self, tcodes: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Return those with a text in what names them."""
        return tcodes.filter(Q(code__mentions=value) | Q(title__mentions=value) | Q(subject__mentions=value))


class AccessSerializer(serializers.Serializer[Any]):
    """Whether the caller may use a tcode, and why."""

    allowed = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    subscription = SubscriptionSerializer(
        allow_null=True,
        help_text="What decides it: the running one, else the next to begin, else the last to end.",
    )


class TcodeViewSet(
    VersionedRows, mixins.ListModelMixin, mixins.RetrieveModelMixin, ContentWritesView, ScopedViewSet
):
    """The catalogue: the organization's tcodes, which staff with the keys change, and shared ones."""

    queryset = Tcode.objects.all()
    permission_keys = {
        "list": AUTHENTICATED,
        "retrieve": AUTHENTICATED,
        "access": AUTHENTICATED,
        "create": "tcodes.create",
        "partial_update": "tcodes.update",
        "destroy": "tcodes.delete",
    }
    serializer_class = TcodeSerializer
    filterset_class = TcodeFilterSet

    def get_queryset(self) -> Any:
        return catalogue_for(self.user)

    def get_object(self) -> Any:
        tcode = super().get_object()
        if self.action in ("partial_update", "destroy"):
            # Before the body is looked at: what is wrong with it does not matter then.
            structure.check_writable(tcode)
        return tcode

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.row_answer(self.get_serializer(self.get_object()))

    @extend_schema(request=TcodeBodySerializer, responses={201: TcodeSerializer})
    def create(self, request: Request) -> Response:
        """Add a tcode to the organization; unpublished unless `isPublished` says otherwise."""
        tcode = add_tcode(values=validated(TcodeBodySerializer, request))
        return self._saved(tcode, 201)

    @extend_schema(request=TcodeBodySerializer, responses=TcodeSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is sent of a tcode, and nothing else."""
        tcode = self.get_object()
        values = validated(TcodeBodySerializer, request, partial=True)
        change_tcode(tcode=tcode, values=values, seen=self.seen)
        return self._saved(tcode, 200)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Hide a tcode; it can be restored in the admin, and nobody loses what they subscribed to."""
        structure.delete(item=self.get_object(), seen=self.seen)
        return no_content()

    def _saved(self, tcode: Tcode, status: int) -> Response:
        return self.row_answer(self.get_serializer(read_tcode(pk=tcode.pk, user=self.user)), status)

    @extend_schema(responses=AccessSerializer)
    def access(self, request: Request, pk: str) -> Response:
        """Say whether the caller may use a tcode, and why or why not."""
        return Response(AccessSerializer(access_to(user=self.user, tcode=self.get_object())).data)
