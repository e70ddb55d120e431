"""What ``/api/user_progress`` takes and refuses, to the letter (document 000, "Data Contract")."""

import json

import pytest
from django.db import IntegrityError, transaction

from progress.items.domain.item_input import MAX_VALUE
from progress.json_text import MAX_JSON_BYTES
from progress.models import MAX_ITEM_ID, ItemProgress
from tests.conftest import error_of
from tests.progress.items import BY_ITEM, URL, delete, deleted, listed, only_row, save, saved


@pytest.fixture
def student(as_user, north, sunrise):
    return as_user(north.student)


def refusal(response):
    """Return code and field of the only error."""
    assert response.status_code == 400, response.content
    assert not ItemProgress.unscoped.exists()
    error = error_of(response)
    return error["code"], error["attr"]


# --- What names an item ---------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["other", "", "Sign_learned", "sign_learned ", 1, True, [], {}])
def test_the_type_is_one_of_those_there_are(student, sent):
    assert refusal(save(student, "hello", sent)) == ("invalid_choice", "data.progress_type")


def test_type_and_item_are_required_and_both_are_named(student):
    for data in ({}, {"progress_type": None, "item_id": None}):
        response = student.post(URL, {"data": data})
        errors = {(error["attr"], error["code"]) for error in response.json()["errors"]}
        assert errors == {("data.progress_type", "required"), ("data.item_id", "required")}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "blank"),
        (" \t\n\u00a0\u2003", "blank"),
        (1, "invalid"),
        (True, "invalid"),
        ([], "invalid"),
        ({"a": 1}, "invalid"),
        ("x" * (MAX_ITEM_ID + 1), "max_length"),
        ("a\0b", "null_characters_not_allowed"),
    ],
)
def test_an_item_is_named_by_a_string_that_is_not_empty(student, sent, code):
    assert refusal(save(student, sent)) == (code, "data.item_id")


@pytest.mark.parametrize("sent", ["hello", "  hello", "hello\n", "\t hello \u00a0"])
def test_an_item_is_trimmed_wherever_it_is_taken(student, sent):
    assert saved(student, sent)["item_id"] == "hello"
    assert only_row().item_id == "hello"
    assert listed(student, item_id=sent)["count"] == 1
    assert deleted(student, sent) == 1


def test_only_the_ends_are_trimmed_and_case_is_kept(student):
    assert saved(student, " Good  Morning ")["item_id"] == "Good  Morning"


@pytest.mark.parametrize(
    "sent", ["🦊" * MAX_ITEM_ID, "%", "a/b?c=d&e#f", "'; DROP TABLE users --", "=1+1", "a\u202eb", "null"]
)
def test_an_item_may_have_any_characters(student, sent):
    assert saved(student, sent)["item_id"] == sent
    assert saved(student, sent, value="again")["value"] == "again"
    assert listed(student, item_id=sent)["count"] == 1
    assert deleted(student, sent) == 1


@pytest.mark.parametrize(
    ("sent", "code"), [("x" * 501, "max_length"), ("a\0", "null_characters_not_allowed")]
)
def test_an_item_in_an_address_is_checked_like_one_in_a_body(student, sent, code):
    query = {"progress_type": "sign_learned", "item_id": sent}
    for response in (student.get(URL, query), delete(student, sent)):
        assert refusal(response) == (code, "item_id")


@pytest.mark.parametrize("name", ["userId", "organization_id", "user_id", "ordering", "value", "Limit"])
def test_a_parameter_that_is_not_known_is_ignored(student, name):
    saved(student, "hello")
    query = {"progress_type": "sign_learned", "item_id": "hello", name: "1"}
    assert student.get(URL, query).json() == listed(student)
    assert student.delete(BY_ITEM, query_params=query).json() == {"deletedCount": 1}


# --- value ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["seen", "", "  seen ", "12", "🦊", "a" * MAX_VALUE, "line\nline", '"\\'])
def test_a_value_that_is_a_string_is_kept_as_it_is(student, sent):
    assert saved(student, value=sent)["value"] == sent
    assert listed(student)["rows"][0]["value"] == only_row().value == sent


@pytest.mark.parametrize("sent", [None, 1, 1.5, 0, True, False, [], ["a"], {}, {"a": "b"}, 10**18])
def test_a_value_that_is_no_string_is_null(student, sent):
    assert saved(student, value=sent)["value"] is None
    assert only_row().value is None


@pytest.mark.parametrize(
    ("sent", "code"), [("a" * (MAX_VALUE + 1), "max_length"), ("a\0", "null_characters_not_allowed")]
)
def test_a_value_that_cannot_be_stored_is_refused(student, sent, code):
    assert refusal(save(student, value=sent)) == (code, "data.value")


# --- score ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [0, 1, -1, 100, 2**31 - 1, -(2**31)])
def test_a_score_that_is_a_number_is_kept(student, sent):
    row = saved(student, score=sent)
    assert row["score"] == sent
    assert listed(student)["rows"][0]["score"] == only_row().score == sent


@pytest.mark.parametrize("raw", ["3.0", "3e0", "30e-1", "0.3e1"])
def test_a_whole_number_may_be_written_with_a_point(student, raw):
    body = f'{{"data": {{"progress_type": "sign_learned", "item_id": "a", "score": {raw}}}}}'
    response = student.post(URL, body, content_type="application/json")
    assert response.json()["score"] == 3
    assert b'"score":3,' in response.content


@pytest.mark.parametrize("sent", [None, "3", "", True, False, [3], {"score": 3}])
def test_a_score_that_is_no_number_is_null_and_a_boolean_is_none(student, sent):
    assert saved(student, score=sent)["score"] is None
    assert only_row().score is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1.5", "invalid"),
        ("-0.1", "invalid"),
        ("1e-300", "invalid"),
        ("2147483648", "max_value"),
        ("2147483647.5", "invalid"),
        ("-2147483649", "min_value"),
        ("1e300", "max_value"),
        ("-1e300", "min_value"),
        ("18446744073709551616", "max_value"),
        ("10000000000000000000", "max_value"),
    ],
)
def test_a_fraction_or_a_number_outside_32_bits_is_refused(student, raw, code):
    body = f'{{"data": {{"progress_type": "sign_learned", "item_id": "a", "score": {raw}}}}}'
    response = student.post(URL, body, content_type="application/json")
    assert refusal(response) == (code, "data.score")


# --- metadata -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        {},
        [],
        {"a": {"b": [1, 2.5, "c", None, True]}},
        [None],
        "text",
        "",
        0,
        -1.5,
        False,
        True,
        {"": 1, "🦊": "\u2028", "__proto__": {}, "\\u0000": "\\u0000"},
        2**53,
        18446744073709551615,
        1e15,
    ],
)
def test_metadata_is_any_json_value(student, sent):
    assert saved(student, metadata=sent)["metadata"] == sent
    assert listed(student)["rows"][0]["metadata"] == sent
    assert only_row().metadata == sent


def test_metadata_that_is_absent_or_null_is_null(student):
    for more in ({}, {"metadata": None}):
        assert saved(student, **more)["metadata"] is None
        assert ItemProgress.unscoped.filter(metadata__isnull=True).count() == 1


def test_what_is_absent_from_a_later_save_becomes_null(student):
    saved(student, value="a", score=1, metadata={"a": 1})
    row = saved(student)
    assert (row["value"], row["score"], row["metadata"]) == (None, None, None)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("letter", ["a", "é", "🦊", '"', "\n"])
def test_metadata_holds_16_kib_of_its_compact_form_in_utf_8(letter, student):
    room = MAX_JSON_BYTES - len(compact({"a": [1, ""]}))
    each = len(compact(letter)) - 2
    fits = {"a": [1, letter * (room // each) + "x" * (room % each)]}
    assert len(compact(fits)) == MAX_JSON_BYTES
    spaced = json.dumps(
        {"data": {"progress_type": "sign_learned", "item_id": "a", "metadata": fits}}, indent=9
    )
    response = student.post(URL, spaced, content_type="application/json")
    assert response.json()["metadata"] == fits
    ItemProgress.unscoped.all().delete()
    fits["a"][1] += "x"
    assert refusal(save(student, metadata=fits)) == ("too_large", "data.metadata")


def test_numbers_count_as_they_are_stored(student):
    """The database writes them without exponents; a page of rows must not grow to hundreds of megabytes."""
    stored = saved(student, metadata=[1e300] * 50)["metadata"]
    assert [float(number) for number in stored] == [1e300] * 50
    ItemProgress.unscoped.all().delete()
    assert refusal(save(student, metadata=[1e300] * 60)) == ("too_large", "data.metadata")
    assert refusal(save(student, metadata=[1e-300] * 60)) == ("too_large", "data.metadata")
    text = ["1e300 \\" * 50, '"1e300'] * 20
    assert saved(student, metadata=text)["metadata"] == text


@pytest.mark.parametrize("sent", ["\0", ["a\0"], {"a\0": 1}, {"a": [{"b": "\\\0"}]}])
def test_null_characters_in_metadata_are_refused(student, sent):
    assert refusal(save(student, metadata=sent)) == ("null_characters_not_allowed", "data.metadata")


def test_everything_that_is_wrong_is_named_at_once(student):
    response = save(student, " ", "other", value="\0", score=0.5, metadata="x" * 20_000)
    errors = {(error["attr"], error["code"]) for error in response.json()["errors"]}
    assert errors == {
        ("data.progress_type", "invalid_choice"),
        ("data.item_id", "blank"),
        ("data.value", "null_characters_not_allowed"),
        ("data.score", "invalid"),
        ("data.metadata", "too_large"),
    }


# --- What holds whoever writes --------------------------------------------------------------------


def test_the_database_keeps_one_live_row_even_for_plain_inserts(student, north):
    row = saved(student)
    copy = ItemProgress.unscoped.get(pk=row["id"])
    copy.pk, copy._state.adding = north.student2.pk, True
    with pytest.raises(IntegrityError, match="item_progress_one_live_row"), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("progress_type", "Sign learned", "item_progress_type_is_a_lower_case_name"),
        ("item_id", "", "item_progress_names_its_item"),
    ],
)
def test_the_database_refuses_what_no_list_would_find(student, field, value, constraint):
    saved(student)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ItemProgress.unscoped.update(**{field: value})
