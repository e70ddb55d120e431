"""What the database holds results to, whoever writes them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from quizzes.models import SafetyQuizResult
from tenancy.scope import organization_scope
from tests.quizzes.safety import record

pytestmark = pytest.mark.django_db

MAY_CHANGE = {"deleted", "deleted_by_cascade", "updated_at", "updated_by"}
CONTENT = [field.name for field in SafetyQuizResult._meta.fields if field.name not in MAY_CHANGE]


def another(name, row, other):
    """Return a different value of a column that its type and its constraints take."""
    value = getattr(row, name)
    if name in ("organization", "school", "campus", "classroom"):
        return getattr(other, name)
    if name in ("user", "created_by"):
        return other.teacher
    if name == "id":
        return other.teacher.pk
    if name in ("completed_at", "created_at"):
        return value + timedelta(seconds=1)
    if name in ("passed", "attempt"):
        return {"passed": True, "attempt": 2}[name]
    return {int: 9, str: "changed", list: [9], type(None): "changed"}[type(value)]


@pytest.mark.parametrize("name", CONTENT)
def test_no_content_is_ever_changed(name, north, sunrise):
    row = record(north.teacher)
    changed = {name: another(name, row, sunrise)}
    with pytest.raises(DatabaseError, match=r"Cannot update rows|partition value"), transaction.atomic():
        SafetyQuizResult.unscoped.filter(pk=row.pk).update(**changed)
    assert getattr(SafetyQuizResult.unscoped.get(pk=row.pk), name) == getattr(row, name)


@pytest.mark.parametrize("how", ["queryset", "instance", "sql"])
def test_no_row_is_ever_removed(how, north, sunrise):
    row = record(north.teacher)
    with pytest.raises(DatabaseError, match="Cannot delete rows"), transaction.atomic():
        if how == "sql":
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM safety_quiz_results")
        else:
            rows = SafetyQuizResult.unscoped.filter(pk=row.pk)
            rows._raw_delete("default") if how == "queryset" else rows.delete()
    assert SafetyQuizResult.unscoped.filter(pk=row.pk).exists()


def test_deleting_hides_a_row_and_it_can_be_restored(north, sunrise):
    row = record(north.teacher)
    with organization_scope(north.organization):
        row.delete()
        assert not SafetyQuizResult.objects.exists()
        assert SafetyQuizResult.deleted_objects.get() == row
        row.undelete()
        assert SafetyQuizResult.objects.get() == row
    with organization_scope(sunrise.organization):
        assert not SafetyQuizResult.all_objects.exists()


def test_a_deletion_may_say_by_whom_and_when(north):
    row = record(north.teacher)
    now = timezone.now()
    SafetyQuizResult.unscoped.filter(pk=row.pk).update(deleted=now, updated_at=now, updated_by=north.admin)
    assert SafetyQuizResult.unscoped.get(pk=row.pk).updated_by == north.admin


def test_an_import_hash_is_unique_within_a_person(north, sunrise):
    record(north.teacher, import_hash="one")
    record(sunrise.teacher, import_hash="one")
    record(north.teacher)
    record(north.teacher)
    with pytest.raises(IntegrityError, match="safety_quiz_result_imported_once"), transaction.atomic():
        record(north.teacher, import_hash="one")


@pytest.mark.parametrize("name", ["score", "total_questions"])
def test_figures_are_not_negative(name, north):
    with pytest.raises(IntegrityError), transaction.atomic():
        record(north.teacher, **{name: -1})


def test_what_the_document_wants_not_null_is_not_null():
    required = {
        *("quiz_id", "quiz_title", "week_of", "user_name", "user_role"),
        *("score", "total_questions", "answers", "completed_at", "organization", "user"),
    }
    assert required == {
        field.name
        for field in SafetyQuizResult._meta.fields
        if not field.null and not field.primary_key and not field.has_db_default()
    }


def test_a_result_is_shown_by_whose_it_is(north):
    assert str(record(north.teacher)) == "north teacher: 7/10"
