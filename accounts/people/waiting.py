"""What of people may wait for staff on the admin's front page."""

from typing import Final

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from tenancy.front_page.rows import Rows
from tenancy.front_page.waiting import Waiting, admin_url

NAME_OF_PERSON: Final = Coalesce(NullIf("name", Value("")), "email")

WAITING: Final = {
    "people_never_logged_in": Waiting(
        rank=5,
        keys=("users.update",),
        rows=lambda: Rows(
            User.objects.filter(is_active=True, last_login=None), label=NAME_OF_PERSON, shown=1
        ),
        text=ngettext_lazy("%(n)s person has never logged in", "%(n)s people have never logged in", "n"),
        note=_("If they were invited, check that the address is right and that the e-mail arrived."),
        listed=lambda: admin_url(User, "changelist", last_login__isnull=True, is_active__exact=1),
    ),
}
