"""The actions of the list of people, each behind a page that says what it will do."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.people.admin.move_form import move_form
from accounts.people.admin.questions import (
    about_deactivating,
    about_inviting,
    about_moving,
    about_reactivating,
    waits,
    where_to_move,
)
from accounts.people.domain.staffing import move_people, set_active
from accounts.rights.domain.granting import check_manageable
from accounts.sign_in.domain.invitations import HAS_NO_PASSWORD, check_invitable, send_invitations
from tenancy.admin import Confirmation, QuestionPages
from tenancy.errors import DomainError, RefusedError
from tenancy.scope import Level

PEOPLE_ACTIONS: Final = ["invite_selected", "move_selected", "deactivate_selected", "reactivate_selected"]


class PasswordFilter(admin.SimpleListFilter):
    """People who have chosen a password, or have not yet: those are waiting for an invitation."""

    title = _("password")
    parameter_name = "chosen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Chosen")), ("no", _("Not chosen yet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "no":
            return queryset.filter(HAS_NO_PASSWORD)
        return queryset.exclude(HAS_NO_PASSWORD) if self.value() == "yes" else queryset


class PeoplePages(QuestionPages):
    """Mixed into the admin of people."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.invite_view)
        return [path("<path:object_id>/invite/", view, name="accounts_user_invite"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer to invite whoever waits for it."""
        person = context.get("original")
        if person is not None and waits(person) and self.has_change_permission(request, person):
            invite = reverse("admin:accounts_user_invite", args=[person.pk])
            context = {**context, "row_tools": [(_("Invite by e-mail"), invite)]}
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Inviting -----------------------------------------------------------------------------------

    @admin.action(permissions=["change"], description=_("Invite selected people by e-mail"))
    def invite_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Send a link to choose a password to those of the people who have not chosen one yet."""
        return self._act(request, queryset, about_inviting, self._invite)

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Invite one person, from their own page."""
        person = self.get_object(request, object_id)
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        own_page = reverse("admin:accounts_user_change", args=[person.pk])
        try:
            self._check(request, [person])
            check_invitable(people=[person])
            if request.method != "POST":
                question = about_inviting([person], _user_of(request))
                return self.ask(request, [person], question, back=own_page)
            self._invite(request, [person])
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
        return HttpResponseRedirect(own_page)

    def _invite(self, request: HttpRequest, people: list[User]) -> None:
        waiting = [person for person in people if waits(person)]
        # Not while anything is locked.
        transaction.on_commit(partial(self._send_invitations, request, waiting))

    def _send_invitations(self, request: HttpRequest, people: list[User]) -> None:
        invited = send_invitations(people=people)
        told = ngettext("Invited %(number)d person.", "Invited %(number)d people.", len(invited))
        self.record(request, invited, told, _("Invited."))
        if missing := len(people) - len(invited):
            told = ngettext(
                "%(number)d e-mail could not be sent. Try again later.",
                "%(number)d e-mails could not be sent. Try again later.",
                missing,
            )
            messages.error(request, told % {"number": missing})

    # --- Moving -------------------------------------------------------------------------------------

    @admin.action(permissions=["change"], description=_("Move selected people to…"))
    def move_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for a place and a role, show what that changes, then do it."""
        people = self._chosen(request, queryset)
        if not people:
            return None
        posted = {"check", "post"} & {*request.POST}
        form = move_form(self, request)(request.POST if posted else None)
        if not (posted and form.is_valid()):
            return self.ask(request, people, where_to_move(people, form))
        if "post" not in request.POST:
            return self.ask(request, people, about_moving(people, _user_of(request), form))
        moved = move_people(by=_user_of(request), people=people, values=form.chosen)
        told = ngettext("Changed %(number)d person.", "Changed %(number)d people.", len(moved))
        self.record(request, moved, told, _("Moved: %(what)s.") % {"what": form.in_words})
        return None

    # --- Who may log in -----------------------------------------------------------------------------

    @admin.action(permissions=["change"], description=_("Deactivate selected people"))
    def deactivate_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Keep people from logging in, and end all their tokens and sessions."""
        return self._act(request, queryset, about_deactivating, partial(self._set_active, active=False))

    @admin.action(permissions=["change"], description=_("Reactivate selected people"))
    def reactivate_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Let people log in again."""
        return self._act(request, queryset, about_reactivating, partial(self._set_active, active=True))

    def _set_active(self, request: HttpRequest, people: list[User], *, active: bool) -> None:
        changed = set_active(by=_user_of(request), people=people, active=active)
        number = len(changed)
        if active:
            told = ngettext("Reactivated %(number)d person.", "Reactivated %(number)d people.", number)
        else:
            told = ngettext("Deactivated %(number)d person.", "Deactivated %(number)d people.", number)
        self.record(request, changed, told, _("Reactivated.") if active else _("Deactivated."))

    # --- What they share ----------------------------------------------------------------------------

    def _act(
        self,
        request: HttpRequest,
        queryset: Any,
        about: Callable[[list[User], User], Confirmation],
        do: Callable[[HttpRequest, list[User]], None],
    ) -> HttpResponse | None:
        people = self._chosen(request, queryset)
        if people and "post" in request.POST:
            do(request, people)
            return None
        return self.ask(request, people, about(people, _user_of(request))) if people else None

    def _chosen(self, request: HttpRequest, queryset: Any) -> list[User]:
        """Return the people an action is about, with what its page shows of them."""
        rows = queryset.select_related("role", *(str(level) for level in Level)).order_by("email", "pk")
        people = self.chosen(rows)
        if not people:
            messages.warning(request, _("Nobody was chosen."))
        self._check(request, people)
        return people

    def _check(self, request: HttpRequest, people: list[User]) -> None:
        for person in people:
            check_manageable(by=_user_of(request), person=person)
            if not self.has_change_permission(request, person):
                raise RefusedError(_("You may not change “%(row)s”.") % {"row": person})


def _user_of(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
