"""The pages of content in the admin: they ask before learners are moved, and whose words to keep."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_format_dict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from learning.tree.admin.opened import BACK, OPENED, ContentForm, conflicts_of
from learning.tree.domain import learner_guard, structure
from learning.tree.domain.learner_guard import ConfirmationRequired
from learning.tree.domain.versions import changed_by
from learning.tree.querysets import ContentQuerySet
from tenancy.admin import Confirmation, TenantAdmin
from tenancy.admin.questions import MOST_AT_ONCE
from tenancy.errors import DomainError, StaleError

CONFIRMED: Final = "confirmed"

_OF_THE_PAGE: Final = {"csrfmiddlewaretoken", "opened_in", CONFIRMED, BACK}


def moment(when: Any) -> str:
    """Return a time of today, or a day and its time."""
    local = timezone.localtime(when)
    today = local.date() == timezone.localdate()
    clock = date_format(local, "H:i")
    return clock if today else f"{clock}, {date_format(local, 'DATE_FORMAT')}"


class GuardedPages(TenantAdmin):
    """Mixed into an admin of content: what ``learner_guard`` refuses is asked on a page of its own.

    The page brings back all that was sent, so that an answer does what was meant in the first place.
    """

    form = ContentForm

    def rows_to_list(self, request: HttpRequest) -> Any:
        rows = super().rows_to_list(request)
        return rows.by_parents() if isinstance(rows, ContentQuerySet) else rows

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with learner_guard.confirmed(_is_confirmed(request)):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with learner_guard.confirmed(_is_confirmed(request)):
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with learner_guard.confirmed(_is_confirmed(request)):
            answer = super().delete_view(request, *args, **kwargs)
        if request.method == "GET" and isinstance(answer, TemplateResponse) and answer.context_data:
            row = answer.context_data["object"]
            answer.context_data |= {
                "learners": learner_guard.question_about_deleting([row]),
                "revision": row.revision,
            }
        return answer

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any) -> Any:
        answer = super().response_action(request, queryset, *args)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            rows = list(answer.context_data.get("queryset") or ())
            answer.context_data["learners"] = learner_guard.question_about_deleting(rows)
        return answer

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        opened = request.POST.get(OPENED, "")
        structure.lock_seen(obj, {int(opened)} if opened.isascii() and opened.isdigit() else None)
        super().delete_model(request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        inlines = context.get("inline_admin_formsets", ())
        parts = [form for inline in inlines for form in inline.formset.forms]
        if request.method == "POST":
            context["conflicts"] = conflicts_of(request, [context["adminform"].form, *parts], moment)
        return super().render_change_form(request, context, *args, **kwargs)

    def tell_of_kept(self, request: HttpRequest, form: Any, row: Any) -> None:
        """Say what someone else has changed meanwhile, that was left as they made it."""
        if not form.kept:
            return
        said = {"who": changed_by(row) or _("Someone else"), "what": get_text_list(form.kept, _("and"))}
        messages.info(request, _("%(who)s has changed meanwhile: %(what)s. That was kept.") % said)

    def answer_to(self, request: HttpRequest, refusal: DomainError) -> HttpResponse | None:
        if isinstance(refusal, ConfirmationRequired):
            return self._question(request, refusal)
        if isinstance(refusal, StaleError) and refusal.meta:
            said = {
                "who": refusal.meta["changed_by"] or _("Someone else"),
                "when": moment(refusal.meta["changed_at"]),
            }
            text = _("%(who)s changed this at %(when)s, after you opened the page. Look at it again.")
            messages.error(request, text % said)
            return HttpResponseRedirect(request.get_full_path())
        return super().answer_to(request, refusal)

    def _question(self, request: HttpRequest, refusal: ConfirmationRequired) -> HttpResponse:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        is_form = "post" not in request.POST and "action" not in request.POST
        question = Confirmation(
            title=self._title_of_action(request) or _("Are you sure?"),
            note=str(refusal.detail),
            button=_("Yes, I’m sure"),
            name=CONFIRMED + "_by",
            hidden=[*((name, value) for name, value in sent if name not in _OF_THE_PAGE), (CONFIRMED, "1")],
            edit=(BACK, _("Back to the form")) if is_form else None,
            columns=[capfirst(str(self.opts.verbose_name))],
            rows=self._chosen_rows(request),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": question.title,
            "opts": self.opts,
            "question": question,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/question.html", context)

    def _title_of_action(self, request: HttpRequest) -> str:
        """Return what is done to rows that were chosen in a list; nothing on a page of another kind."""
        action = self.get_actions(request).get(request.POST.get("action", ""))
        return str(action[2]) % model_format_dict(self.opts) if action else ""

    def _chosen_rows(self, request: HttpRequest) -> list[tuple[Any, ...]]:
        """Return the rows that were chosen one by one in a list."""
        if "action" not in request.POST or request.POST.get("select_across", "0") != "0":
            return []
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)[:MOST_AT_ONCE]
        return [(str(row),) for row in self.get_queryset(request).filter(pk__in=chosen)]


def _is_confirmed(request: HttpRequest) -> bool:
    return request.POST.get(CONFIRMED) == "1"
