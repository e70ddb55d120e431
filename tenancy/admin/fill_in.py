"""Pages to fill in, look at what that would do, and do it once.

Three steps of one form, with nothing kept in between: what was filled in comes back with each of them, and is
checked again.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views import View

from tenancy.admin.base import refusals_as_messages
from tenancy.admin.tenant import TenantAdmin
from tenancy.errors import ConflictError
from tenancy.scope import EveryOrganization, current_scope


class FillInForm(forms.Form):
    """What is filled in. Its ``preview`` says what doing it would do, and to what ``number`` of rows."""

    # Two clicks on one button do it once.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    preview: Any


class FillInView(View):
    """The page, within one organization: where all of them meet it asks to choose one first.

    Attributes:
        described: the admin it belongs to.
        name: the end of its address and of the address's name.
        title, label: what is above it, and what is on the button that leads to it.
        verb: the name of the button that does it.
        form_class, template_name: the template extends ``admin/fill_in.html``.
        asked_for: what a link to it fills in.
        claim, done_before: lets the first of two clicks go on, and what it is to say to the second.
    """

    described: Any = None
    name: ClassVar[str]
    title: ClassVar[Any]
    label: ClassVar[Any]
    verb: ClassVar[str]
    form_class: ClassVar[type[FillInForm]]
    template_name: ClassVar[str]
    asked_for: ClassVar[tuple[str, ...]]
    claim: ClassVar[Callable[..., None]]
    done_before: ClassVar[Any]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.described.may_fill_in(request):
            raise PermissionDenied
        if isinstance(current_scope(), EveryOrganization):
            return self.page()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        asked = {name: request.GET[name] for name in self.asked_for if name in request.GET}
        return self.page(form=self.form(initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what it would do, or do it."""
        form = self.form(request.POST)
        if not form.is_valid() or "edit" in request.POST:
            return self.page(form=form)
        agreed = self.verb in request.POST
        if not agreed or self.has_changed(form):
            return self.page(form=form, preview=form.preview, changed=agreed)
        with refusals_as_messages(request) as refused:
            with transaction.atomic():
                self._claim(form)
                self.do(form)
            return HttpResponseRedirect(reverse(self._list_name()))
        return refused.response

    def form(self, *args: Any, **kwargs: Any) -> FillInForm:
        """Return the form; override to tell it more."""
        return self.form_class(*args, **kwargs)

    def has_changed(self, form: Any) -> bool:
        """Whether it would do something else by now than what was looked at; override where that matters."""
        return False

    def do(self, form: Any) -> None:
        """Do it and say so. Inside a transaction."""
        raise NotImplementedError

    def page(self, **context: Any) -> HttpResponse:
        """Return the page: it asks, shows, or lets choose an organization."""
        context |= {
            **self.described.admin_site.each_context(self.request),
            "title": self.title,
            "opts": self.described.opts,
            "verb": self.verb,
        }
        return TemplateResponse(self.request, self.template_name, context)

    def _list_name(self) -> str:
        opts = self.described.opts
        listed = self.described.has_view_permission(self.request)
        return f"admin:{opts.app_label}_{opts.model_name}_changelist" if listed else "admin:index"

    def _claim(self, form: FillInForm) -> None:
        self.claim(
            user=self.request.user,
            key=f"{self.name} {form.cleaned_data['once']}",
            refusal=ConflictError(self.done_before, code="done_before"),
        )


class FillInPages(TenantAdmin):
    """An admin with such a page, and a button above its list that leads there."""

    fill_in: ClassVar[type[FillInView]]

    def may_fill_in(self, request: HttpRequest) -> bool:
        """Whether the signed-in person may do what the page does."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.fill_in.as_view(described=self))
        return [path(f"{self.fill_in.name}/", view, name=self._url_name()), *super().get_urls()]

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        tools = super().get_object_tools(request)
        if not self.may_fill_in(request):
            return tools
        return [*tools, (self.fill_in.label, reverse(f"admin:{self._url_name()}"))]

    def _url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{self.fill_in.name}"
