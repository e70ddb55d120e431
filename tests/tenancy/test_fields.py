"""JSON types by the letter."""

import pytest
from rest_framework.exceptions import ValidationError

from learning.models import Course
from tenancy.api import fields
from tenancy.scope import organization_scope


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (fields.StrictCharField(), "12", [12, True, None, ["x"], {}, 1.5, "", "nul\0"]),
        (fields.StrictIntegerField(min_value=0), 12, ["12", True, 1.0, None, [], -1]),
        (fields.StrictBooleanField(), False, ["false", 0, 1, "true", None, []]),
        (fields.StrictChoiceField(choices=["A", "B"]), "A", ["C", 1, True, None, ["A"]]),
        (fields.StrictEmailField(), "a@b.test", ["a", 1, True, None]),
        (fields.StrictURLField(), "https://a.test/", ["a", 1, True, "javascript:alert(1)"]),
    ],
)
def test_a_value_of_another_json_type_is_refused(field, good, bad):
    assert field.run_validation(good) == good
    for value in bad:
        with pytest.raises(ValidationError):
            field.run_validation(value)


@pytest.mark.django_db
def test_an_id_is_an_integer_of_a_row_the_scope_may_change(north, sunrise):
    field = fields.StrictRelatedField(queryset=Course.objects.all())
    with organization_scope(north.organization):
        assert field.run_validation(north.course.pk) == north.course
        codes = {}
        for value in (sunrise.course.pk, 10**15, 0, -1, 2**63, 10**30, str(north.course.pk), True, 1.0):
            with pytest.raises(ValidationError) as refused:
                field.run_validation(value)
            codes[repr(value)] = refused.value.get_codes()[0]
    assert set(list(codes.values())[:6]) == {"does_not_exist"}
    assert set(list(codes.values())[6:]) == {"incorrect_type"}
