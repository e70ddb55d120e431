"""Roles: named sets of permission keys."""

from django.contrib.auth.models import Permission
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.rights.keys import RoleKind


class Role(models.Model):
    """A named set of permission keys; seeded from ``accounts.rights.keys`` and the same for every tenant."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=RoleKind.choices)
    is_global = models.BooleanField(
        _("global"), default=False, help_text=_("Holds every permission in every organization.")
    )
    changes_all_content = models.BooleanField(
        _("changes content from any place"),
        default=False,
        db_default=False,
        help_text=_(
            "Given the permissions, people of a school, a campus or a classroom change what belongs to the "
            "whole organization: the learning tree, question sets and tcodes."
        ),
    )
    enters_admin = models.BooleanField(
        _("enters the admin"),
        default=False,
        db_default=False,
        help_text=_("People of this role may enter the admin, unless their organization keeps the role out."),
    )
    permissions = models.ManyToManyField(Permission, blank=True, related_name="+")

    class Meta:
        db_table = "roles"
        ordering = ["name"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name
