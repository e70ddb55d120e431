"""The public paths. A path has no trailing slash, and one is tolerated."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView

from accounts.messages import api as messages
from accounts.people.api import me as users
from accounts.people.api import people, scopes, sign_in_help, single_keys
from accounts.places import api as places
from accounts.preferences import api as preferences
from accounts.rights import api as roles
from accounts.rights import explain_api
from accounts.sign_in import pages
from accounts.sign_in.api import auth
from config.api.docs import DocsView, SchemaView
from config.front_door import FrontDoorView
from learning.tree import levels
from learning.tree.api import reordering, tree
from learning.tree.api import views as learning
from learning.workshop.api import packages, subscriptions, tcodes
from progress.interactions import api as interactions
from progress.items import api as items
from progress.reports import api as reports
from progress.steps.api import exceptions, explaining
from progress.steps.api import views as progress
from progress.steps.domain.exceptions import Act
from progress.tcodes import api as tcode_progress
from quizzes.safety.api import allowing, completion
from quizzes.safety.api import people as completion_people
from quizzes.safety.api import quizzes as scheduled_quizzes
from quizzes.safety.api import results as safety_quizzes
from quizzes.sets.api import views as quizzes

# An id with more digits than any row has is a path that does not exist.
_CONTENT_ID = "(?P<pk>[0-9]{1,18})"
_UUID = "(?P<pk>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})"

_COLLECTION: dict[str, Any] = {"get": "list", "post": "create"}
_ITEM = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}


def route(path_pattern: str, view: Callable[..., Any]) -> URLPattern:
    """Return the route of one path below ``/api/v1/``.

    ``<id>`` stands for the id of content, ``<uuid>`` for that of a person or of what is theirs.
    """
    pattern = path_pattern.replace("<id>", _CONTENT_ID).replace("<uuid>", _UUID)
    return re_path(rf"^api/v1/{pattern}/?\Z", view)


def tenant_route(path_pattern: str, view: Callable[..., Any]) -> URLPattern:
    """Return the route of a path beside those of documents 000 and 001, directly below ``/api/``."""
    return re_path(rf"^api/{path_pattern.replace('<id>', _CONTENT_ID)}/?\Z", view)


def resource(path_pattern: str, viewset: Any) -> list[URLPattern]:
    """Return the routes of a resource with the usual actions."""
    return [
        route(path_pattern, viewset.as_view(_COLLECTION)),
        route(f"{path_pattern}/<id>", viewset.as_view(_ITEM)),
        route(f"{path_pattern}/<id>/restore", viewset.as_view({"post": "restore"})),
    ]


_PLACES: list[tuple[str, Any]] = [
    ("schools", places.SchoolViewSet),
    ("campuses", places.CampusViewSet),
    ("classrooms", places.ClassroomViewSet),
]

# What learners ask for all day: routes are tried in turn, and these come first.
_HOT = [
    *resource("course-management/videos", progress.SequencedVideoViewSet),
    *(
        route(
            f"progress/{level.name}/<id>/complete",
            progress.CompletionViewSet.as_view({"post": "complete"}, level=level),
        )
        for level in levels.steps()
    ),
    route(
        "course-management/courses/<id>/learning-path",
        progress.LearningPathViewSet.as_view({"get": "retrieve"}),
    ),
    route("interactions", interactions.InteractionViewSet.as_view(_COLLECTION)),
    tenant_route("user_progress", items.UserProgressViewSet.as_view(_COLLECTION)),
]

_ACCOUNTS = [
    route("auth/register", auth.RegisterView.as_view()),
    route("auth/register/confirm", auth.ConfirmationView.as_view()),
    route("auth/login", auth.LoginView.as_view()),
    route("auth/refresh", auth.RefreshView.as_view()),
    route("auth/logout", auth.LogoutView.as_view()),
    route("auth/logout-everywhere", auth.LogoutEverywhereView.as_view()),
    route("auth/password", auth.PasswordView.as_view()),
    route("auth/password/reset", auth.PasswordResetView.as_view()),
    route("auth/password/reset/confirm", auth.PasswordResetConfirmView.as_view()),
    route("auth/invitation", auth.InvitationView.as_view()),
    route("users", people.PeopleViewSet.as_view(_COLLECTION)),
    route("users/<uuid>", people.PeopleViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    route("users/<uuid>/invite", people.PeopleViewSet.as_view({"post": "invite"})),
    *(
        route(
            f"users/<uuid>/sign-in/{name}",
            sign_in_help.SignInHelpViewSet.as_view({"post": "act"}, name=name),
        )
        for name in sign_in_help.ACTS
    ),
    *(
        route(
            f"users/<uuid>/permissions/{name}",
            single_keys.OneKeyViewSet.as_view({"post": "act"}, name=name),
        )
        for name in single_keys.ACTS
    ),
    route("users/me", users.MeView.as_view()),
    route("users/me/permissions", users.MyPermissionsViewSet.as_view({"get": "list"})),
    route("users/me/preferences", preferences.PreferencesView.as_view()),
    route("roles", roles.RoleViewSet.as_view(_COLLECTION)),
    route("roles/<id>", roles.RoleViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    route("explain/permission", explain_api.ExplainPermissionView.as_view()),
    route("messages", messages.MessagesViewSet.as_view(_COLLECTION)),
    route("messages/<uuid>/read", messages.MessagesViewSet.as_view({"post": "read"})),
    *(route(name, viewset.as_view(_COLLECTION)) for name, viewset in _PLACES),
    *(
        route(f"{name}/<uuid>", viewset.as_view({"get": "retrieve", "patch": "partial_update"}))
        for name, viewset in _PLACES
    ),
    route("scopes", scopes.ScopesViewSet.as_view({"get": "list"})),
]

_LEARNING = [
    *(
        route(
            f"course-management/{level.name}/reorder",
            reordering.ReorderViewSet.as_view({"put": "reorder"}, level=level),
        )
        for level in levels.levels()
    ),
    *resource("course-management/categories", learning.CategoryViewSet),
    *resource("course-management/courses", learning.CourseViewSet),
    *resource("course-management/sub-courses", learning.SubCourseViewSet),
    route("tcodes", tcodes.TcodeViewSet.as_view(_COLLECTION)),
    route(
        "tcodes/<id>",
        tcodes.TcodeViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    route("tcodes/<id>/access", tcodes.TcodeViewSet.as_view({"get": "access"})),
    route("packages", packages.PackageViewSet.as_view({"get": "list"})),
    route("subscriptions", subscriptions.SubscriptionViewSet.as_view(_COLLECTION)),
    route("subscriptions/<uuid>", subscriptions.SubscriptionViewSet.as_view({"get": "retrieve"})),
    route("subscriptions/<uuid>/extend", subscriptions.SubscriptionViewSet.as_view({"post": "extend"})),
    route("subscriptions/<uuid>/revoke", subscriptions.SubscriptionViewSet.as_view({"post": "revoke"})),
]

_PROGRESS = [
    route("me/courses", progress.MyCoursesViewSet.as_view({"get": "list"})),
    route("course-management/learning-tree", tree.LearningTreeViewSet.as_view({"get": "tree"})),
    route("reports/learning", reports.LearningReportViewSet.as_view({"get": "report"})),
    route("users/<uuid>/path", reports.PathOfPersonViewSet.as_view({"get": "retrieve"})),
    route("explain/step", explaining.ExplainStepView.as_view()),
    route("users/<uuid>/exceptions", exceptions.ExceptionsViewSet.as_view({"get": "list"})),
    *(
        route(f"{path_pattern}/{act}", viewset.as_view({"post": "decide"}, act=act))
        for path_pattern, viewset in (
            ("users/<uuid>/exceptions", exceptions.ExceptionsViewSet),
            ("exceptions", exceptions.ExceptionsForPlaceViewSet),
        )
        for act in Act
    ),
    route("tcodes/<id>/progress", tcode_progress.TcodeProgressView.as_view()),
    route("progress/tcodes", tcode_progress.TcodeProgressViewSet.as_view({"get": "list"})),
    tenant_route("user_progress/by-item", items.UserProgressViewSet.as_view({"delete": "destroy_by_item"})),
]

_QUIZZES = [
    route("question-sets/by-owner", quizzes.SetsByOwnerViewSet.as_view({"get": "list"})),
    route(
        "question-sets/sub-courses/<id>/entry-assessment",
        quizzes.EntryAssessmentViewSet.as_view({"get": "entry_assessment"}),
    ),
    *resource("question-sets", progress.SequencedQuestionSetViewSet),
    route("question-sets/<id>/questions", progress.SequencedSetQuestionsViewSet.as_view({"get": "list"})),
    route("question-sets/<id>/attempts", progress.SequencedAttemptViewSet.as_view(_COLLECTION)),
    *resource("questions", quizzes.QuestionViewSet),
    route("users/<uuid>/exceptions/attempt", allowing.AllowedAttemptViewSet.as_view({"post": "allow"})),
    tenant_route("safety_quiz_results", safety_quizzes.SafetyQuizResultViewSet.as_view(_COLLECTION)),
    tenant_route("safety_quiz_results/me", safety_quizzes.SafetyQuizResultViewSet.as_view({"get": "me"})),
    tenant_route(
        "safety_quiz_results/completion", completion.SafetyCompletionViewSet.as_view({"get": "completion"})
    ),
    tenant_route(
        "safety_quiz_results/completion/people",
        completion_people.CompletionPeopleViewSet.as_view({"get": "people"}),
    ),
    tenant_route(
        "safety_quiz_results/completion/reminders",
        completion_people.CompletionPeopleViewSet.as_view({"post": "remind"}),
    ),
    tenant_route(
        "safety_quiz_results/completion/trend", completion.SafetyCompletionViewSet.as_view({"get": "trend"})
    ),
    tenant_route("safety_quizzes", scheduled_quizzes.ScheduleViewSet.as_view(_COLLECTION)),
    tenant_route("safety_quizzes/current", scheduled_quizzes.SafetyQuizViewSet.as_view({"get": "current"})),
    tenant_route(
        "safety_quizzes/<id>",
        scheduled_quizzes.ScheduleViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
    ),
    tenant_route(
        "safety_quizzes/<id>/submissions", scheduled_quizzes.SafetyQuizViewSet.as_view({"post": "submit"})
    ),
]

# The pages that mails lead to, and the one where such a mail is asked for.
_PAGES = [
    re_path(r"^account/password-reset/?\Z", pages.AskPage.as_view(), name="password_reset"),
    re_path(r"^account/password/?\Z", pages.ResetPage.as_view()),
    re_path(r"^account/confirm/?\Z", pages.ConfirmPage.as_view()),
    re_path(r"^account/invitation/?\Z", pages.InvitationPage.as_view()),
]

urlpatterns = [
    *_HOT,
    # Before a hundred others: a list of the admin looks up where each of its rows leads.
    path("admin/", admin.site.urls),
    *_PROGRESS,
    *_LEARNING,
    *_QUIZZES,
    *_ACCOUNTS,
    *_PAGES,
    path("", FrontDoorView.as_view()),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    re_path(r"^api/schema/?\Z", SchemaView.as_view(), name="schema"),
    re_path(r"^api/docs/?\Z", DocsView.as_view(url_name="schema")),
]

handler400 = "config.api.errors.bad_request"
handler403 = "config.api.errors.permission_denied"
handler404 = "config.api.errors.not_found"
handler500 = "config.api.errors.server_error"
