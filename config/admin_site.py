"""The admin site."""

from functools import cache
from typing import Any, Final

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.cache import patch_cache_control
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.acting import choose_organization
from accounts.sign_in.api.anonymous import seconds_to_wait
from accounts.sign_in.authentication import too_many_attempts
from accounts.sign_in.forms import EntryForm
from accounts.sign_in.second_tab import next_page
from config.front_page import front_page
from tenancy.admin.jobs import Job, by_job
from tenancy.admin.rows import NOTHING

# What people come for, first; what libraries bring along, last.
_RANK: Final = {
    label: rank for rank, label in enumerate(["learning", "quizzes", "accounts", "tenancy", "progress"])
}

# Seconds for which a browser asks no more for the words of scripts: a new release may have others.
_KEPT: Final = 3600


def _rank_of_app(made: ModelAdmin) -> int:
    return _RANK.get(made.opts.app_label, len(_RANK))


@cache
def _addresses(app_label: str, model_name: str) -> tuple[str, str]:
    """Return where the list of a model is, and its empty form."""
    list_page, empty_form = (
        reverse(f"admin:{app_label}_{model_name}_{page}") for page in ("changelist", "add")
    )
    return list_page, empty_form


def _entry(made: ModelAdmin, perms: dict[str, bool]) -> dict[str, Any]:
    """Return what Django's templates are told of a model; as Django does it, with each address found once."""
    list_page, empty_form = _addresses(made.opts.app_label, str(made.opts.model_name))
    return {
        "model": made.model,
        "name": capfirst(made.opts.verbose_name_plural),
        "object_name": made.opts.object_name,
        "perms": perms,
        "admin_url": list_page if perms["view"] or perms["change"] else None,
        "add_url": empty_form if perms["add"] else None,
        "view_only": not perms["change"],
    }


class StepwiseAdminSite(AdminSite):
    """Django's admin under Stepwise's name; what a person sees of it is decided by each model's admin."""

    site_header = _("Stepwise")
    site_title = _("Stepwise")
    index_title = _("Administration")
    site_url = None
    empty_value_display = NOTHING
    login_form = EntryForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may enter; Django would ask for ``is_staff`` alone."""
        return bool(getattr(request.user, "may_enter_admin", False))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        choose = path(
            "acting-organization/", self.admin_view(choose_organization), name="choose_organization"
        )
        # Late: its views name models, and the site is made before they are all there.
        from accounts.imports.jobs.export_pages import urls as export_urls
        from learning.tree.ordering_page.urls import urls as ordering_urls
        from progress.reports.pages import urls as learning_urls
        from progress.steps.preview import urls as preview_urls
        from quizzes.safety.report_page.urls import urls as safety_urls

        # No row has a page outside the admin for Django's shortcut to lead to.
        djangos = [route for route in super().get_urls() if getattr(route, "name", None) != "view_on_site"]
        contributed = (ordering_urls, preview_urls, safety_urls, learning_urls, export_urls)
        pages = [route for urls in contributed for route in urls(self.admin_view)]
        return [choose, *pages, *djangos]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask who this is; who is signed in already goes on to where they wanted."""
        if request.method == "GET" and self.has_permission(request):
            return redirect(next_page(request))
        # Checking a password costs as much here as in the API: one rate for both.
        if request.method == "POST" and (seconds := seconds_to_wait(request, "login")):
            return too_many_attempts(request, seconds)
        return super().login(request, extra_context)

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Give the words of Django's scripts. Each page waits for them, and they are the same on all."""
        words: HttpResponse = super().i18n_javascript(request, extra_context)
        patch_cache_control(words, private=True, max_age=_KEPT)
        return words

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Suggest what the form that asks would take."""
        # Late, for the same reason.
        from tenancy.admin.choices import SuggestionsView

        return SuggestionsView.as_view(admin_site=self)(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return what this person may open by their jobs; for an app's own page, the models of that app."""
        if app_label is not None:
            return [*self._build_app_dict(request, app_label).values()]
        # Models as they were registered, parents first, and apps in the order of what people come for.
        admins: list[Any] = sorted(self._registry.values(), key=_rank_of_app)
        opened = [
            (made, made.get_model_perms(request)) for made in admins if made.has_module_permission(request)
        ]
        # What a library brings along is looked at, not worked on.
        models = [
            (getattr(made, "job", Job.LOG), _entry(made, perms))
            for made, perms in opened
            if any(perms.values())
        ]
        return by_job(models, user=request.user)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what this person most likely wants next, beside the plain list of what they may open."""
        # The page itself is not offered on it.
        jobs = [job for job in self.get_app_list(request) if job["app_label"] != Job.TODAY.value]
        context = {"front_page": front_page(request), "app_list": jobs, **(extra_context or {})}
        return super().index(request, context)
