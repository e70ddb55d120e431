"""What a serializer's field is, is read from its column once; what becomes of it is each request's own."""

from learning.models import Tcode
from tenancy.api.fields import StrictModelSerializer


class Titles(StrictModelSerializer):
    class Meta:
        model = Tcode
        fields = ["title", "subject"]


class OptionalTitles(Titles):
    class Meta(Titles.Meta):
        extra_kwargs = {"title": {"required": False, "max_length": 3}}


def test_a_column_is_read_once_for_a_serializer(monkeypatch):
    Titles().get_fields()

    def read(*args):
        raise AssertionError("a column is read again")

    monkeypatch.setattr("rest_framework.serializers.get_field_kwargs", read)
    assert set(Titles().get_fields()) == {"title", "subject"}


def test_what_one_serializer_says_of_a_field_is_nothing_to_another():
    for serializer, told in ((Titles, (True, 200)), (OptionalTitles, (False, 3)), (Titles, (True, 200))):
        field = serializer().get_fields()["title"]
        assert (field.required, field.max_length) == told


def test_what_one_request_does_to_a_field_is_nothing_to_the_next():
    before = Titles().get_fields()["title"]
    known = len(before.validators)
    before.validators.clear()
    before.required = False
    after = Titles().get_fields()["title"]
    assert after.required
    assert len(after.validators) == known > 0
