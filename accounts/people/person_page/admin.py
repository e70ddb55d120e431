"""The page of a person in the admin, and the pages that ask before something is done for them."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.person_page.acting import perform
from accounts.people.person_page.contributions import (
    Asked,
    Cell,
    PersonAct,
    Preview,
    Section,
    Table,
    act_url,
    all_acts,
    sections_for,
)
from tenancy.admin import MOST_ENTRIES, Confirmation, Entry, QuestionPages, refusals_as_messages

_MOST_LOGGED: Final = 200


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section as it was read: its acts are buttons, and every place of a table is a cell."""

    name: str
    title: Any
    tables: list[Table]
    acts: list[tuple[Any, str]]
    form: forms.Form | None


class PersonPages(QuestionPages):
    """Mixed into the admin of people. A page is read with a fixed number of statements."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.person_view)
        act = self.admin_site.admin_view(self.act_view)
        return [
            path("<uuid:pk>/person/", page, name="accounts_user_person"),
            path("<uuid:pk>/person/page/<slug:name>/", page, name="accounts_user_person_page"),
            path("<uuid:pk>/person/<slug:name>/", act, name="accounts_user_person_act"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Lead from the form of a person to their page."""
        person = context.get("original")
        if person is not None:
            page = reverse("admin:accounts_user_person", args=[person.pk])
            context = {**context, "row_tools": [*context.get("row_tools", ()), (_("Person page"), page)]}
        return super().render_change_form(request, context, *args, **kwargs)

    def find_person(self, request: HttpRequest, pk: Any) -> User:
        """Return a person of the scope, with what every section needs.

        Raises:
            PermissionDenied: without the key to list people.
            Http404: there is nobody of this id.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        people = User.objects.select_related("role", "organization", "school", "campus", "classroom")
        person: User | None = people.filter(pk=pk).first()
        if person is None:
            raise Http404
        return person

    def person_view(self, request: HttpRequest, pk: Any, name: str = "") -> HttpResponse:
        """Show what the signed-in person may know of another; of a section that is logged, only that."""
        person, by = self.find_person(request, pk), _user_of(request)
        asked = Asked(person, by, request.GET.dict())
        known = sections_for(by)
        if name and (name not in known or not known[name].logged):
            raise PermissionDenied
        shown = {one: known[one] for one in known if one == name or not (name or known[one].logged)}
        context = {
            **self.admin_site.each_context(request),
            "title": f"{known[name].title}: {person.display_name}" if name else person.display_name,
            "opts": self.opts,
            "person": person,
            "change_url": reverse("admin:accounts_user_change", args=[person.pk]),
            "person_url": reverse("admin:accounts_user_person", args=[person.pk]) if name else "",
            "sections": [_shown(one, section, asked) for one, section in shown.items()],
            "pages": [
                (section.title, reverse("admin:accounts_user_person_page", args=[person.pk, one]))
                for one, section in known.items()
                if section.logged and not name
            ],
        }
        if name:
            what = ", ".join(f"{key} {value}" for key, value in sorted(asked.query.items()))
            entry = ": ".join(part for part in (str(known[name].logged), what[:_MOST_LOGGED]) if part)
            LogEntry.objects.log_actions(str(by.pk), [person], CHANGE, entry)
        return TemplateResponse(request, "admin/person/page.html", context)

    def done_for(self, person: User) -> list[Entry]:
        """Return what was done for a person on their page, or with others, as it was noted."""
        notes: Any = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk)
        )
        # What Django notes of a form is told by the events of the row.
        notes = notes.exclude(change_message__startswith="[").exclude(change_message="")
        return [
            Entry(note.action_time, str(note.user_id), note.change_message)
            for note in notes.order_by("-action_time")[: MOST_ENTRIES + 1]
        ]

    def act_view(self, request: HttpRequest, pk: Any, name: str) -> HttpResponse:
        """Ask for a reason, then do something for a person and note it in their history."""
        act, by = all_acts().get(name), _user_of(request)
        if act is None:
            raise Http404
        if not act.is_open_to(by):
            raise PermissionDenied
        person = self.find_person(request, pk)
        back = reverse("admin:accounts_user_person", args=[person.pk])
        about = request.GET.get("about", "")
        with refusals_as_messages(request):
            what = act.about(person, about) if act.about is not None else ""
            sent = request.POST
            form = act.form(sent if "post" in sent else None, initial=sent.dict() if "edit" in sent else None)
            if form.is_valid():
                values = form.cleaned_data
                preview = act.preview(person=person, about=about, **values) if act.preview else None
                if preview is not None and sent.get("agreed") != str(preview.number):
                    return self.ask(request, [person], _look_at(act, form, preview, what), back=back)
                told = perform(act=act, by=by, person=person, values=values, about=about, what=what)
                messages.success(request, told)
                return HttpResponseRedirect(back)
            question = Confirmation(
                title=f"{act.button}: {person.display_name}",
                note=act.note,
                button=act.button,
                columns=(_("Person"), *((_("About"),) if what else ())),
                rows=[(person.display_name, *((what,) if what else ()))],
                form=form,
            )
            return self.ask(request, [person], question, back=back)
        return HttpResponseRedirect(back)


def _look_at(act: PersonAct, form: forms.Form, preview: Preview, what: str) -> Confirmation:
    """Return the page that shows what an act would do, and sends what was filled in once more."""
    filled_in = [(name, form.data.get(name)) for name in form.fields]
    return Confirmation(
        title=f"{act.button}: {what}" if what else act.button,
        note=act.note,
        button=preview.button,
        columns=preview.columns,
        rows=preview.rows,
        further=preview.further,
        hidden=[*((name, value) for name, value in filled_in if value), ("agreed", preview.number)],
        edit=("edit", _("Change")),
    )


def _shown(name: str, section: Section, asked: Asked) -> ShownSection:
    tables = [
        Table(
            columns=table.columns,
            rows=[[_cell(cell, asked) for cell in row] for row in table.rows],
            caption=table.caption,
            empty=table.empty,
            note=table.note,
        )
        for table in section.read(asked)
    ]
    return ShownSection(
        name=name,
        title=section.title,
        tables=tables,
        acts=_buttons(asked, [(act, "") for act in section.acts]),
        form=section.form(asked) if section.form is not None else None,
    )


def _cell(cell: Any, asked: Asked) -> Any:
    if not isinstance(cell, Cell):
        return Cell(cell)
    return Cell(cell.text, cell.tone, cell.note, cell.url, _buttons(asked, cell.acts)) if cell.acts else cell


def _buttons(asked: Asked, acts: Any) -> list[tuple[Any, str]]:
    """Return labels and addresses of those of the acts that are open to the reader."""
    known = all_acts()
    return [
        (known[name].button, act_url(asked.person, name, about))
        for name, about in acts
        if known[name].is_open_to(asked.by)
    ]


def _user_of(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
