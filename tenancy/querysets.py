"""The tenant condition, added to every query of a tenant model when its SQL is compiled.

It stands in the *default* manager: a class-level ``queryset = Course.objects.all()`` is safe, DRF's
relation fields answer another tenant's id like one that does not exist, and running any of them with no
scope entered raises.
"""

from typing import Any, Self

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import models
from django.db.models.expressions import Expression, F
from django.db.models.sql.compiler import SQLCompiler
from safedelete.managers import SafeDeleteAllManager, SafeDeleteDeletedManager, SafeDeleteManager
from safedelete.queryset import SafeDeleteQueryset

from tenancy.scope import PLATFORM_ID, EveryOrganization, Level, current_scope


class TenantCondition(Expression):
    """A WHERE expression that compares a model's tenant columns with the scope active at that moment.

    Args:
        model: a tenant model; its ``tenant_columns``, ``tenant_owner`` and ``tenant_shared`` decide.
        for_writing: leave out content that the scope may only read (``Scope.may_change_content``).
    """

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, model: type[models.Model], *, for_writing: bool = False) -> None:
        super().__init__()
        columns: dict[Level, str] = model.tenant_columns  # type: ignore[attr-defined]
        owner: str | None = model.tenant_owner  # type: ignore[attr-defined]
        self.levels = list(columns)
        self.has_owner = owner is not None
        self.shared: bool = model.tenant_shared  # type: ignore[attr-defined]
        self.for_writing = for_writing
        names = [*columns.values(), *([owner] if owner is not None else [])]
        self.expressions: list[Any] = [F(name) for name in names]

    def get_source_expressions(self) -> list[Any]:
        return self.expressions

    def set_source_expressions(self, expressions: Any) -> None:
        self.expressions = expressions

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        scope = current_scope()
        if isinstance(scope, EveryOrganization):
            raise FullResultSet
        if self.shared and self.for_writing and not scope.may_change_content:
            raise EmptyResultSet
        reads_shared = self.shared and not self.for_writing and not scope.is_platform
        parts: list[str] = []
        params: list[Any] = []
        for level, expression in zip(self.levels, self.expressions, strict=False):
            if (wanted := scope.id_at(level)) is None:
                continue
            column, column_params = compiler.compile(expression)
            if level is Level.ORGANIZATION and reads_shared:
                parts.append(f"{column} IN (%s, %s)")
                params += [*column_params, wanted, PLATFORM_ID]
            else:
                parts.append(f"{column} = %s")
                params += [*column_params, wanted]
        if self.has_owner and scope.only_user_id:
            column, column_params = compiler.compile(self.expressions[-1])
            parts.append(f"{column} = %s")
            params += [*column_params, scope.only_user_id]
        return f"({' AND '.join(parts)})", params


class ScopedManager(models.Manager[Any]):
    """Mixed into every manager of a tenant model: adds the tenant condition."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(TenantCondition(self.model))


class TenantQuerySet(models.QuerySet[Any]):
    """Rows of the active scope."""

    def writable(self) -> Self:
        """Only what the scope may change: shared content is read by all and written by global users."""
        return self.filter(TenantCondition(self.model, for_writing=True))

    def in_use(self) -> Self:
        """Leave out what is archived."""
        return self.filter(archived_at=None) if hasattr(self.model, "archived_at") else self


class SoftDeletedQuerySet(TenantQuerySet, SafeDeleteQueryset):
    """Rows of the active scope that know whether they are deleted."""


class TenantManager(ScopedManager, models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """The default manager of a tenant model whose rows are never soft-deleted."""


class LiveManager(ScopedManager, SafeDeleteManager.from_queryset(SoftDeletedQuerySet)):  # type: ignore[misc]
    """The default manager of a soft-deleted tenant model: rows that are not deleted."""


class AllManager(ScopedManager, SafeDeleteAllManager.from_queryset(SoftDeletedQuerySet)):  # type: ignore[misc]
    """Live and deleted rows of the active scope."""


class DeletedManager(ScopedManager, SafeDeleteDeletedManager.from_queryset(SoftDeletedQuerySet)):  # type: ignore[misc]
    """Deleted rows of the active scope."""
