"""Setting up an organization: its first places and its administrator, chosen or created in one go."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.idempotency.domain import claim_once
from accounts.models import Role, User
from accounts.people.domain.staffing import add_person, change_person
from accounts.places.domain.adding import add_below, add_school
from tenancy.admin.fill_in import FillInForm, FillInView
from tenancy.models import NODE_MODELS
from tenancy.scope import Level, Scope, current_scope

ADMINISTRATOR = "ADMIN"
_LEVELS = (Level.SCHOOL, Level.CAMPUS, Level.CLASSROOM)
_NEW = {
    Level.SCHOOL: _("Or a new school"),
    Level.CAMPUS: _("Or a new campus"),
    Level.CLASSROOM: _("Or a new classroom"),
}
_MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """What doing it would do, a line for each; ``number`` counts them."""

    lines: list[str]

    @property
    def number(self) -> int:
        """How many things are made or changed."""
        return len(self.lines)


class SetUpForm(FillInForm):
    """A place of each level, one that is there or a new one; and who is to be the administrator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in _LEVELS:
            model = NODE_MODELS[level]
            here = model.objects.in_use().order_by("sort_name", "pk")[:_MOST_CHOICES]
            label = str(model._meta.verbose_name).capitalize()
            choices = [("", "—"), *((str(row.pk), row.name) for row in here)]
            self.fields[str(level)] = forms.ChoiceField(label=label, choices=choices, required=False)
            self.fields[f"new_{level}"] = forms.CharField(label=_NEW[level], max_length=200, required=False)
        self.fields["email"] = forms.EmailField(
            label=_("Administrator’s e-mail address"),
            required=False,
            max_length=254,
            help_text=_(
                "Someone who is here already becomes administrator; anyone else is added and invited."
            ),
        )
        self.fields["name"] = forms.CharField(
            label=_("Their name, if they are new"), max_length=200, required=False
        )

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        above = None
        for level in _LEVELS:
            chosen, new = values.get(str(level)), values.get(f"new_{level}")
            if chosen and new:
                self.add_error(f"new_{level}", _("Choose one or name a new one, not both."))
            if new and level is not Level.SCHOOL and above is None:
                self.add_error(f"new_{level}", _("First say what it belongs to."))
            if chosen and above is not None and not self._lies_in(level, chosen, above):
                self.add_error(str(level), _("It lies elsewhere."))
            above = new or chosen or None
        asked = [values.get(name) for name in ("email", *(f"new_{level}" for level in _LEVELS))]
        if not self.errors and not any(asked):
            raise forms.ValidationError(_("Name a new place or an administrator."), code="nothing")
        return values

    def _lies_in(self, level: Level, chosen: str, above: str) -> bool:
        upper = _LEVELS[_LEVELS.index(level) - 1]
        place = NODE_MODELS[level].objects.filter(pk=chosen).first()
        return place is not None and str(getattr(place, f"{upper}_id")) == above

    @cached_property
    def person(self) -> User | None:
        """Who of the organization has the address that was named."""
        email = User.normalize_email(self.cleaned_data.get("email", ""))
        person: User | None = User.objects.filter(email=email).first() if email else None
        return person

    @cached_property
    def preview(self) -> Planned:
        """What would be done."""
        return Planned(list(self._lines()))

    def _lines(self) -> Iterator[str]:
        values = self.cleaned_data
        for level in _LEVELS:
            if name := values[f"new_{level}"]:
                kind = NODE_MODELS[level]._meta.verbose_name
                yield str(_("The %(kind)s “%(name)s” is created.") % {"kind": kind, "name": name})
        if values["email"] and self.person is not None:
            yield str(_("%(name)s becomes an administrator.") % {"name": self.person.display_name})
        elif values["email"]:
            yield str(_("%(email)s is added as an administrator and invited.") % {"email": values["email"]})

    def do(self, *, by: User) -> None:
        """Do it: places from the top down, then the administrator.

        Raises:
            DomainError: what adding places and people is refused with.
        """
        values, above = self.cleaned_data, None
        for level in _LEVELS:
            above = values[str(level)] or above
            if not (name := values[f"new_{level}"]):
                continue
            if level is Level.SCHOOL:
                above = add_school(name=name).pk
            else:
                assert above is not None  # the form has asked what it lies in
                above = add_below(level=level, parent_id=above, name=name).pk
        if values["email"]:
            role = Role.objects.get(name=ADMINISTRATOR)
            if self.person is not None:
                change_person(by=by, person=self.person, values={"role": role})
            else:
                scope = current_scope()
                assert isinstance(scope, Scope)
                newcomer = User(email=User.normalize_email(values["email"]), name=values["name"], role=role)
                add_person(by=by, person=newcomer, at=scope)


class SetUpView(FillInView):
    """Whoever may add places and people to the whole organization sets it up."""

    name = "set_up"
    title = label = _("Set up the organization")
    verb = "do"
    form_class = SetUpForm
    template_name = "admin/places/set_up.html"
    asked_for = ()
    claim = staticmethod(claim_once)
    done_before = _("This has already been done. To do more, start over.")

    def do(self, form: Any) -> None:
        user: Any = self.request.user
        form.do(by=user)
        messages.success(self.request, " ".join(form.preview.lines))
