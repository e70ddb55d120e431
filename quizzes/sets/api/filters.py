"""What lists of question sets and questions can be narrowed by."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from learning.tree.api.filters import DeletedFilter, IdFilter
from quizzes.models import OwnerType, Question, QuestionSet
from quizzes.sets.domain.question_sets import check_owner


class QuestionSetFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Question sets."""

    owner_id = IdFilter(field_name="sub_course_id")
    deleted = DeletedFilter()

    class Meta:
        model = QuestionSet
        fields = ["set_type", "owner_type", "status"]


class OwnerFilterSet(filters.FilterSet):  # type: ignore[misc]
    """The sets of one owner, which must be named; a sub-course by its id."""

    owner_type = filters.ChoiceFilter(choices=OwnerType.choices, required=True)
    owner_id = IdFilter(field_name="sub_course_id", label="The sub-course; required with SUB_COURSE.")

    class Meta:
        model = QuestionSet
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.form.cleaned_data
        check_owner(owner_type=wanted["owner_type"], has_owner=wanted["owner_id"] is not None)
        narrowed: QuerySet[Any] = super().filter_queryset(queryset)
        return narrowed


class QuestionFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Questions."""

    question_set_id = IdFilter()
    deleted = DeletedFilter()

    class Meta:
        model = Question
        fields = ["question_type"]
