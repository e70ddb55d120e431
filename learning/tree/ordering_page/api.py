"""What the page's script asks for: JSON in and out, errors as everywhere in the API."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights.permissions import KeyedView
from accounts.sign_in.authentication import PageSessionAuthentication
from accounts.sign_in.opened import check_opened_here
from learning.tree.api.orders import MAX_ID, PositionsField
from learning.tree.domain import arranging, structure, writing
from learning.tree.domain.arranging import find
from learning.tree.domain.duplicating import duplicate
from learning.tree.domain.ordering import version_of
from learning.tree.levels import SiblingKind, TreeLevel, keys_to_create
from learning.tree.ordering_page.access import check_key, kind_or_404, level_or_404
from learning.tree.ordering_page.lists import counts_of, status_of
from tenancy.api.fields import StrictBooleanField, StrictCharField, StrictIntegerField


class ArrangeBody(serializers.Serializer[Any]):
    """What every change of the page carries."""

    confirmed = StrictBooleanField(default=False)


class OrderBody(ArrangeBody):
    """All siblings of one parent in their new order."""

    items = PositionsField()
    version = StrictCharField(required=False, max_length=64)


class MoveBody(ArrangeBody):
    """An item and where it goes."""

    id = StrictIntegerField(min_value=1, max_value=MAX_ID)
    parent_id = StrictIntegerField(min_value=1, max_value=MAX_ID)
    position = StrictIntegerField(min_value=0, max_value=MAX_ID, allow_null=True, default=None)
    version = StrictCharField(required=False, max_length=64)


class PublishBody(ArrangeBody):
    """An item, and whether learners are to see it."""

    id = StrictIntegerField(min_value=1, max_value=MAX_ID)
    published = StrictBooleanField()


class WriteBody(ArrangeBody):
    """The title of a new row, and where it goes: the id of a row, of an organization for categories."""

    parent_id = StrictCharField(max_length=36)
    title = StrictCharField(max_length=2300)


class RenameBody(ArrangeBody):
    """A row's new title, and the one that it had on the page."""

    id = StrictIntegerField(min_value=1, max_value=MAX_ID)
    title = StrictCharField(max_length=200)
    was = StrictCharField(max_length=200)


class DuplicateBody(ArrangeBody):
    """A row to copy."""

    id = StrictIntegerField(min_value=1, max_value=MAX_ID)


class RemoveBody(ArrangeBody):
    """A row to delete."""

    id = StrictIntegerField(min_value=1, max_value=MAX_ID)


class PageEndpoint(KeyedView, APIView):
    """A change of one level of the tree by someone who is signed in to the admin.

    The scope is the one the admin acts in; the middleware has entered it.
    """

    http_method_names = ["post"]
    authentication_classes = [PageSessionAuthentication]
    schema = None  # the page's own, not part of the API that clients may rely on
    body: ClassVar[type[ArrangeBody]]

    @property
    def kind(self) -> SiblingKind:
        """The siblings that the address names."""
        return kind_or_404(self.kwargs["kind"])

    @property
    def level(self) -> TreeLevel:
        """The level that the address names; what only rows of the tree have is asked of it."""
        return level_or_404(self.kwargs["kind"])

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        kind_or_404(kwargs["kind"])
        super().initial(request, *args, **kwargs)
        check_opened_here(request)

    def keys_for(self, action: str) -> tuple[str, ...]:
        return (self.kind.reorder_key,)

    def post(self, request: Request, kind: str) -> Response:
        """Check the body and make the change."""
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(self.change(dict(body.validated_data)))

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Make the change and return what the page shows of it."""
        raise NotImplementedError


class ReorderEndpoint(PageEndpoint):
    """Puts a list in order."""

    body = OrderBody

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        user: Any = self.request.user
        items = values.pop("items")
        done = arranging.reorder(level=self.kind, positions=items, by=user, **values)
        return {"items": done.items, "version": done.version}


class MoveEndpoint(PageEndpoint):
    """Moves an item to another parent; answers both lists, the one it left first."""

    body = MoveBody

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        user: Any = self.request.user
        moved = arranging.move(level=self.level, pk=values.pop("id"), by=user, **values)
        return {"lists": [self._list(moved.source_id), self._list(values["parent_id"])]}

    def _list(self, parent_id: int) -> dict[str, Any]:
        above = self.level.above
        return {
            "parent": str(parent_id),
            "version": version_of(self.level.ids_below(parent_id)),
            "counts": counts_of(level=above, pk=parent_id) if above else "",
        }


class PublishEndpoint(PageEndpoint):
    """Publishes an item, or takes it back."""

    body = PublishBody

    def keys_for(self, action: str) -> tuple[str, ...]:
        return (self.level.update_key,)

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        row = arranging.publish(level=self.level, pk=values.pop("id"), **values)
        above = self.level.above
        counts = counts_of(level=above, pk=self.level.parent_of(row)) if above else ""
        return {**status_of(self.level, row), "counts": counts}


class WriteEndpoint(PageEndpoint):
    """Makes a draft of a title."""

    body = WriteBody

    def keys_for(self, action: str) -> tuple[str, ...]:
        return (self.level.create_key,)

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        parent_id = parent_named(self.level, values["parent_id"])
        row = writing.write(level=self.level, parent_id=parent_id, title=values["title"])
        above = self.level.above
        return {"id": row.pk, "counts": counts_of(level=above, pk=self.level.parent_of(row)) if above else ""}


class RenameEndpoint(PageEndpoint):
    """Gives a row another title."""

    body = RenameBody

    def keys_for(self, action: str) -> tuple[str, ...]:
        return (self.level.update_key,)

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        row = writing.rename(level=self.level, pk=values["id"], title=values["title"], was=values["was"])
        return {"title": row.title}


class DuplicateEndpoint(PageEndpoint):
    """Copies a row with everything below it."""

    body = DuplicateBody

    def keys_for(self, action: str) -> tuple[str, ...]:
        return (self.level.create_key,)

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        for key in keys_to_create(self.level):
            check_key(self.request, key)
        row = duplicate(level=self.level, pk=values["id"])
        above = self.level.above
        counts = counts_of(level=above, pk=self.level.parent_of(row)) if above else ""
        return {"id": row.pk, "counts": counts}


class RemoveEndpoint(PageEndpoint):
    """Deletes a row."""

    body = RemoveBody

    def keys_for(self, action: str) -> tuple[str, ...]:
        return (self.kind.delete_key,)

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        kind = self.kind
        row = find(kind, values["id"])
        writing.remove(level=kind, pk=row.pk, confirmed=values["confirmed"])
        above = kind.above if isinstance(kind, TreeLevel) else None
        return {"counts": counts_of(level=above, pk=kind.parent_of(row)) if above else ""}


def parent_named(level: TreeLevel, sent: str) -> int | UUID:
    """Return the id of a parent as its level has it.

    Raises:
        InvalidError: ``does_not_exist``, there can be no such parent.
    """
    try:
        if level.above is None:
            return UUID(sent)
        if sent.isascii() and sent.isdigit() and len(sent) <= 18:
            return int(sent)
    except ValueError:
        pass
    raise structure.no_such_parent(level)
