"""What is taken as an interaction and what is refused, naming what is wrong; and how a type is declared."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from progress.interactions import types as interactions
from progress.interactions.declaring import Activity, InteractionType, Verb, flag, number, text, whole
from progress.interactions.types import INTERACTIONS, check_names
from progress.json_text import MAX_JSON_BYTES, compact
from tests.conftest import error_of
from tests.progress.interactions import URL, VIEWED, listed, logged, stored, viewed


@pytest.fixture
def student(as_user, north, sunrise):
    return as_user(north.student)


def refused(client, body):
    response = client.post(URL, body)
    assert response.status_code == 400, response.content
    assert stored() == []
    return error_of(response)["code"], error_of(response)["attr"]


# --- Bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "type"),
        ([], "invalid", None),
        ([VIEWED], "invalid", None),
        ("x", "invalid", None),
        ({"payload": {}}, "required", "type"),
        ({"type": None, "payload": {}}, "required", "type"),
        ({"type": "other", "payload": {}}, "invalid_choice", "type"),
        ({"type": "Searched", "payload": {}}, "invalid_choice", "type"),
        ({"type": " searched", "payload": {}}, "invalid_choice", "type"),
        ({"type": ["searched"], "payload": {}}, "invalid_choice", "type"),
        ({"type": {}, "payload": {}}, "invalid_choice", "type"),
        ({"type": "searched"}, "required", "payload"),
        ({"type": "searched", "payload": None}, "required", "payload"),
        ({"type": "searched", "payload": []}, "invalid", "payload"),
        ({"type": "searched", "payload": "query"}, "invalid", "payload"),
        ({"items": None}, "not_a_list", "items"),
        ({"items": {}}, "not_a_list", "items"),
        ({"items": "x"}, "not_a_list", "items"),
        ({"items": []}, "empty", "items"),
        ({"items": [None]}, "invalid", "items.0"),
        ({"items": [[VIEWED]]}, "invalid", "items.0"),
        ({"items": [{"items": [VIEWED]}]}, "required", "items.0.type"),
        ({**VIEWED, "items": [VIEWED]}, "ambiguous", "items"),
        ({"payload": {}, "items": [VIEWED]}, "ambiguous", "items"),
    ],
)
def test_a_body_that_is_no_interaction_is_refused(body, code, attr, student):
    assert refused(student, body) == (code, attr)


@pytest.mark.parametrize(
    ("payload", "code", "key"),
    [
        ({"slide": 1}, "required", "tcodeId"),
        ({"tcodeId": 1}, "required", "slide"),
        ({"tcodeId": 1, "slide": None}, "invalid", "slide"),
        ({"tcodeId": 1, "slide": "1"}, "invalid", "slide"),
        ({"tcodeId": 1, "slide": True}, "invalid", "slide"),
        ({"tcodeId": 1, "slide": 1.5}, "invalid", "slide"),
        ({"tcodeId": 1, "slide": [1]}, "invalid", "slide"),
        ({"tcodeId": 1, "slide": -1}, "min_value", "slide"),
        ({"tcodeId": 1, "slide": 2**31}, "max_value", "slide"),
        ({"tcodeId": 0, "slide": 1}, "min_value", "tcodeId"),
        ({"tcodeId": 10**18, "slide": 1}, "max_value", "tcodeId"),
        ({"tcodeId": 1, "slide": 1, "seconds": "5"}, "invalid", "seconds"),
        ({"tcodeId": 1, "slide": 1, "seconds": False}, "invalid", "seconds"),
        ({"tcodeId": 1, "slide": 1, "seconds": -0.5}, "min_value", "seconds"),
        ({"tcodeId": 1, "slide": 1, "seconds": 86_400.5}, "max_value", "seconds"),
    ],
)
def test_a_payload_holds_the_keys_of_its_type(payload, code, key, student):
    assert refused(student, {"type": "viewed-slide", "payload": payload}) == (code, f"payload.{key}")


def test_keys_that_this_server_does_not_know_yet_are_kept(student):
    further = {"zoom": 1.5, "": None, "a.b": {"c": [1, {"d": "e"}]}, "x" * 5000: True, "Tcode": "12"}
    row = logged(student, viewed(4, **further))
    assert row["payload"] == {"tcodeId": 12, "slide": 4, **further}
    assert listed(student)["rows"] == [row]
    assert stored()[0].payload == row["payload"]


@pytest.mark.parametrize(
    "payload",
    [{}, {"any": {"thing": [None]}}, {"tcodeId": "twelve"}, [], [1, "a"], "text", "", 0, 1.5, False],
)
def test_a_type_of_the_clients_own_takes_any_payload(payload, student):
    row = logged(student, {"type": "x-drew-a-line", "payload": payload})
    assert row["payload"] == payload
    several = logged(student, {"items": [{"type": "x-2", "payload": payload}, VIEWED]})
    assert [item["type"] for item in several["items"]] == ["x-2", "viewed-slide"]
    assert listed(student, type="x-drew-a-line") == {"rows": [row], "count": 1}
    assert [item.payload for item in stored()] == [VIEWED["payload"], payload, payload]


def test_a_type_of_the_clients_own_has_a_name_and_its_payload_the_same_bounds(student):
    for name in ("x-", "x--a", "x-A", "x_a", "x-a b", "x-é", "x-" + "a" * 49, "y-drew"):
        assert refused(student, {"type": name, "payload": {}}) == ("invalid_choice", "type")
    for payload in (None, ...):
        body = {"type": "x-a", "payload": payload} if payload is None else {"type": "x-a"}
        assert refused(student, body) == ("required", "payload")
    assert refused(student, {"type": "x-a", "payload": "x" * MAX_JSON_BYTES}) == ("too_large", "payload")
    assert refused(student, {"type": "x-a", "payload": ["a\0"]}) == ("null_characters_not_allowed", "payload")


@pytest.mark.parametrize(
    ("payload", "code", "key"),
    [
        ({"query": ""}, "blank", "query"),
        ({"query": " \n"}, "blank", "query"),
        ({"query": "x" * 501}, "max_length", "query"),
        ({"query": 5}, "invalid", "query"),
        ({"query": ["x"]}, "invalid", "query"),
    ],
)
def test_texts_have_limits(payload, code, key, student):
    assert refused(student, {"type": "searched", "payload": payload}) == (code, f"payload.{key}")


def test_a_flag_is_true_or_false(student):
    for value in (0, 1, "true", None):
        body = {"type": "watched-video", "payload": {"videoId": 1, "finished": value}}
        assert refused(student, body) == ("invalid", "payload.finished")


def test_a_refusal_says_what_is_allowed_and_never_what_was_sent(student):
    types = ", ".join(sorted(INTERACTIONS))
    for body, told in (
        (viewed("not a number"), "Must be a whole number."),
        (viewed(-1), "Must be at least 0."),
        ({"type": "searched", "payload": {"query": "x" * 501}}, "Must be at most 500 characters."),
        ({"type": "searched", "payload": {"query": ""}}, "May not be blank."),
        (
            {"type": "<b>", "payload": {}},
            f"Must be one of: {types}; or begin with x-.",
        ),
    ):
        assert error_of(student.post(URL, body))["detail"] == told


def test_the_limits_themselves_are_taken(student):
    for payload in (
        {"tcodeId": 10**18 - 1, "slide": 2**31 - 1, "seconds": 86_400},
        {"tcodeId": 1, "slide": 0, "seconds": 0.001},
    ):
        body = {"type": "viewed-slide", "payload": payload}
        assert logged(student, body)["payload"] == payload
        assert listed(student, limit=1)["rows"][0]["payload"] == payload


def test_a_text_of_any_script_is_kept_to_the_letter(student):
    words = 'šŸ \\u0000 "quoted" \\ \u202e\ufeff 🦊 \n\t%s %(x)s {x}'
    row = logged(student, {"type": "searched", "payload": {"query": words}})
    assert row["payload"]["query"] == words
    assert listed(student)["rows"] == [row]
    assert stored()[0].payload == {"query": words}


@pytest.mark.parametrize("body", ['{"query": "a\\u0000b"}', '{"query": "\\\\\\u0000"}'])
def test_null_characters_are_refused(body, student):
    sent = f'{{"type": "searched", "payload": {body}}}'
    response = student.generic("POST", URL, sent, content_type="application/json")
    assert response.status_code == 400
    error = error_of(response)
    assert (error["code"], error["attr"]) == ("null_characters_not_allowed", "payload")


@pytest.mark.parametrize("value", ['"\\ud800"', "NaN", "1e400", "[" * 5000 + "]" * 5000])
def test_what_is_no_proper_json_is_refused(value, student):
    sent = f'{{"type": "searched", "payload": {{"query": {value}}}}}'
    assert student.generic("POST", URL, sent, content_type="application/json").status_code == 400
    assert stored() == []


def test_a_payload_is_at_most_16_kib_of_utf_8(student):
    def asked(question):
        return {"type": "asked-question", "payload": {"question": question}}

    room = MAX_JSON_BYTES - len(compact({"question": ""}, attr="payload"))
    fits = "🦊" * (room // 4) + "x" * (room % 4)
    assert logged(student, asked(fits))["payload"]["question"] == fits
    response = student.post(URL, asked(fits + "x"))
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("too_large", "payload")
    response = student.post(URL, {"items": [asked("x"), asked(fits + "x")]})
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("too_large", "items.1.payload")
    assert len(stored()) == 1


def test_a_body_beyond_the_limit_of_every_body_is_refused(student):
    question = {"type": "asked-question", "payload": {"question": "x" * 5000}}
    assert student.post(URL, {"items": [question] * 250}).status_code == 413
    assert stored() == []


# --- Declaring a type -----------------------------------------------------------------------------

VERB = Verb("https://verbs.example/waved", "waved")
THING = Activity("things/{thingId}", "https://types.example/thing", "Thing {thingId}")
WAVED = {
    "verb": VERB,
    "required": {"thingId": whole(at_least=1, at_most=9)},
    "optional": {"how": text(at_most=5), "seconds": number(at_least=0, at_most=5), "twice": flag()},
    "activities": (THING,),
    "example": {"thingId": 1},
}


def test_a_further_type_is_one_entry(student, monkeypatch):
    assert refused(student, {"type": "waved", "payload": {"thingId": 3}}) == ("invalid_choice", "type")
    monkeypatch.setitem(interactions.INTERACTIONS, "waved", InteractionType(**WAVED))
    row = logged(student, {"type": "waved", "payload": {"thingId": 3, "how": "twice", "twice": True}})
    assert listed(student, type="waved")["rows"] == [row]
    response = student.post(URL, {"type": "waved", "payload": {"thingId": 10}})
    assert error_of(response)["attr"] == "payload.thingId"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"required": {"thing_id": flag()}}, "not in camelCase"),
        ({"optional": {"thingId": flag()}}, "required and optional"),
        ({"activities": ()}, "no activity"),
        ({"activities": (Activity("a/{b}", THING.type, "A"),)}, "are no keys"),
        ({"activities": (Activity("a", THING.type, "{how}"),)}, "need not hold"),
        ({"result": {"duration": "how"}}, "result.duration cannot be filled with 'how'"),
        ({"result": {"response": "nothing"}}, "result.response cannot be filled with 'nothing'"),
        ({"result": {"response": True}}, "result.response cannot be true"),
        ({"result": {"grade": "how"}}, "no result.grade"),
        ({"example": {}}, "example"),
        ({"example": {"thingId": 10}}, "example"),
    ],
)
def test_an_entry_that_does_not_fit_together_stops_the_start(change, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        InteractionType(**(WAVED | change))


@pytest.mark.parametrize("iri", ["waved", "//verbs.example", "https://", "https://verbs.example/a b"])
def test_a_verb_and_an_activity_type_are_absolute_iris(iri):
    with pytest.raises(ImproperlyConfigured, match="absolute IRI"):
        Verb(iri, "waved")
    with pytest.raises(ImproperlyConfigured, match="absolute IRI"):
        Activity("a", iri, "A")


@pytest.mark.parametrize("name", ["", "Viewed", "viewed_slide", "1st", "a b", "x" * 51, "x-viewed"])
def test_a_name_is_lower_case_with_dashes(name):
    check_names(INTERACTIONS)
    with pytest.raises(ImproperlyConfigured, match="cannot be a type"):
        check_names([*INTERACTIONS, name])
