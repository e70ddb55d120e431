"""No column that holds something of a person is forgotten when they ask what is held, or to be forgotten."""

from typing import Any, Final

from django.apps import apps

from accounts.privacy.holdings import holdings

_EVENT: Final = "pgh_id pgh_created_at pgh_label pgh_obj pgh_context pgh_context_id id organization "

# Columns that stay when a person is erased, each table's by name: they tell what was done, when and where,
# and lead to nobody any more.
KEPT: Final = {
    "accounts.User": "id organization school campus classroom role is_active deleted deleted_by_cascade "
    "created_at updated_at token_version",
    "accounts.UserEvent": f"{_EVENT}school campus classroom role is_active is_staff deleted "
    "deleted_by_cascade token_version",
    "accounts.Membership": "id user organization school campus classroom role valid_from valid_until "
    "created_at updated_at",
    "accounts.PermissionChange": "id user organization list key added context created_at",
    "accounts.LedgerEntry": "id user organization kind about due_until created_at",
    "learning.Subscription": "id user organization tcode subscription_type start_date duration_days ends_at "
    "status revoked_at period_days price currency renewal overlap start_number granted_by created_at "
    "updated_at",
    "learning.SubscriptionChange": "id user organization subscription_id kind days by created_at",
    "learning.Reordering": "id organization kind parent_id user before after created_at",
    "quizzes.Attempt": "id organization user question_set score total ready answers results created_at",
    "quizzes.AllowedAttempt": "id organization user quiz_id week given_by given_at",
    "quizzes.SafetyQuizResult": "id organization school campus classroom user quiz_id quiz_title week_of "
    "user_role score total_questions answers completed_at passed attempt grading created_by updated_by "
    "created_at updated_at deleted deleted_by_cascade",
    "progress.VideoCompletion": "id organization user video completed_at",
    "progress.PracticeCompletion": "id organization user question_set completed_at",
    "progress.StepException": "id organization user kind step_type step_id waiver until completed_at "
    "given_by given_at ended_at ended_by",
    "progress.TcodeProgress": "id organization user tcode last_slide_seen percent_complete last_active",
    "progress.Interaction": "id organization user type created_at",
    "progress.ItemProgress": "id organization user campus progress_type item_id score created_by updated_by "
    "created_at updated_at deleted deleted_by_cascade",
}

_TREE: Final = "id organization title description display_order revision created_at updated_at deleted "
_TREE_EVENT: Final = f"{_EVENT}title description "

# Tables that hold nothing of a person but, at most, the id of who wrote a row.
IMPERSONAL: Final = {
    "tenancy.Organization": "id name slug time_zone sort_name created_at updated_at",
    "tenancy.School": "id name organization sort_name archived_at created_at updated_at",
    "tenancy.Campus": "id name organization school sort_name archived_at created_at updated_at",
    "tenancy.Classroom": "id name organization school campus sort_name archived_at created_at updated_at",
    "accounts.Role": "id name kind is_global changes_all_content enters_admin",
    "accounts.RoleKeptOut": "id organization role created_at updated_at",
    "accounts.RoleKeptOutEvent": f"{_EVENT}role",
    "learning.CourseCategory": f"{_TREE} deleted_by_cascade status",
    "learning.CourseCategoryEvent": f"{_TREE_EVENT} deleted deleted_by_cascade status",
    "learning.Course": f"{_TREE} deleted_by_cascade status category",
    "learning.CourseEvent": f"{_TREE_EVENT} deleted deleted_by_cascade status category",
    "learning.SubCourse": f"{_TREE} deleted_by_cascade status course level sub_level",
    "learning.SubCourseEvent": f"{_TREE_EVENT} deleted deleted_by_cascade status course level sub_level",
    "learning.Video": f"{_TREE} deleted_by_cascade sub_course video_url duration_seconds status",
    "learning.VideoEvent": f"{_TREE_EVENT} deleted deleted_by_cascade sub_course video_url duration_seconds "
    "status",
    "learning.Tcode": "id organization title description code subject slide_count content_url is_published "
    "revision created_at updated_at deleted deleted_by_cascade",
    "learning.TcodeEvent": f"{_TREE_EVENT} code subject slide_count content_url is_published deleted "
    "deleted_by_cascade",
    "quizzes.QuestionSet": f"{_TREE} deleted_by_cascade sub_course set_type owner_type status pass_mark",
    "quizzes.QuestionSetEvent": f"{_TREE_EVENT} deleted deleted_by_cascade sub_course set_type owner_type "
    "status pass_mark",
    "quizzes.Question": "id organization question_set text question_type points explanation copied_from_id "
    "display_order revision created_at updated_at deleted deleted_by_cascade",
    "quizzes.QuestionEvent": f"{_EVENT}question_set text question_type points explanation copied_from_id "
    "deleted deleted_by_cascade",
    "quizzes.Option": "id organization question text is_correct display_order",
    "quizzes.OptionEvent": f"{_EVENT}question text is_correct",
    "quizzes.SafetyQuizSchedule": "id organization question_set first_week last_week pass_mark retakes "
    "graded_only created_at updated_at deleted deleted_by_cascade",
    "quizzes.SafetyQuizScheduleEvent": f"{_EVENT}question_set first_week last_week pass_mark retakes "
    "graded_only deleted deleted_by_cascade",
    "tenancy.ScheduledRun": "command started_at succeeded_at failure",
    "auth.Permission": "id name content_type codename",
    "auth.Group": "id name",
    "auth.Group_permissions": "id group permission",
    "accounts.Role_permissions": "id role permission",
    "contenttypes.ContentType": "id app_label model",
    # An id that is signed, and ends with the password.
    "sessions.Session": "session_key session_data expire_date",
    # Contexts are kept beside the events; the table stays empty.
    "pghistory.Context": "id created_at updated_at metadata",
    # Goes with the attempt it is about.
    "axes.AccessAttemptExpiration": "access_attempt expires_at",
}


def tables() -> dict[str, Any]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in models if model._meta.managed and not model._meta.proxy}


def columns(model: Any) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def test_every_column_is_erased_or_known_to_be_of_no_person():
    held = {holding.model._meta.label: holding for holding in holdings()}
    unknown = []
    for label, model in tables().items():
        if label in held and held[label].removed:
            continue
        erased = set(held[label].erased) if label in held else set()
        known = set((KEPT if label in held else IMPERSONAL).get(label, "").split())
        unknown += [f"{label}.{name}" for name in sorted(columns(model) ^ (erased | known))]
        unknown += [f"{label}.{name} twice" for name in sorted(erased & known)]
    assert not unknown, unknown


def test_every_table_with_a_column_for_people_is_among_what_is_held():
    of_people = {
        label
        for label, model in tables().items()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.label == "accounts.User"
    }
    assert of_people <= {holding.model._meta.label for holding in holdings()}


def test_nothing_is_listed_that_is_not_there():
    removed = {holding.model._meta.label for holding in holdings() if holding.removed}
    assert not ({*KEPT, *IMPERSONAL} | removed) - {*tables()}
    assert not {*KEPT} & removed
