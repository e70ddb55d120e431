"""How users are made and found."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.rights.keys import RoleKind
from tenancy.querysets import LiveManager


class UserManager(LiveManager, BaseUserManager):  # type: ignore[misc]
    """Scoped like every tenant manager; making a user and finding one at login are not."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """Save a user with a hashed password; ``None`` makes it unusable.

        Without ``organization`` the user is an independent learner of the reserved organization.
        """
        user = self.model(email=self.model.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """Save a global administrator (for ``manage.py createsuperuser``)."""
        from accounts.models import Role

        role = Role.objects.get(name="GLOBAL_ADMIN")
        return self.create_user(email, password, role=role, is_staff=True, **fields)

    def learners(self) -> Any:
        """Return the active learners: the rule of ``accounts.rights.keys.learner_sql``."""
        return self.filter(Q(role=None) | Q(role__kind=RoleKind.LEARNER), is_active=True)

    def get_by_natural_key(self, email: str | None) -> Any:
        """Return the live user with this e-mail, in any case, before any scope is known."""
        # Who logs in, or asks for a reset, has no scope yet; addresses are unique among all tenants.
        people = self.model.unscoped.select_related("role").alias(address=Lower("email"))
        return people.get(address=self.model.normalize_email(email or ""), deleted=None)
