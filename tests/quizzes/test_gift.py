"""Questions from and to GIFT: what goes out comes back; what has no place here is refused with its line."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.models import QuestionType
from quizzes.sets.domain.questions import OptionValues
from quizzes.sets.gift.reading import Read, read
from quizzes.sets.gift.text import normal
from quizzes.sets.gift.writing import write
from tenancy.errors import InvalidError

# Everything that means something, and some that does not.
CHARACTERS = st.sampled_from(list("~=#{}:\\%/$[]->nT&<>\n\r\t\u2028\x85 aé😀.-0159"))
WORDS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=40),
    st.sampled_from(
        ["[html] a", "// no comment", "::a::b", "%50%half", "TRUE", "$CATEGORY: x", "a -> b", "\\n"]
    ),
).filter(lambda text: normal(text) != "")


@st.composite
def questions(draw):
    kind = draw(st.sampled_from(["one", "several", "truth"]))
    explanation = draw(st.one_of(st.just(""), WORDS))
    common = {
        "line": 0,
        "text": draw(WORDS),
        "explanation": explanation,
        "points": draw(st.integers(1, 1000)),
    }
    if kind == "truth":
        truth = draw(st.booleans())
        options = (OptionValues("True", is_correct=truth), OptionValues("False", is_correct=not truth))
        return Read(question_type=QuestionType.TRUE_FALSE, options=options, **common)
    texts = draw(st.lists(WORDS, min_size=2, max_size=20))
    if kind == "one":
        right = {draw(st.integers(0, len(texts) - 1))}
    else:
        right = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1))
    options = tuple(OptionValues(text, is_correct=n in right) for n, text in enumerate(texts))
    types = {"one": QuestionType.SINGLE_CHOICE, "several": QuestionType.MULTIPLE_CHOICE}
    return Read(question_type=types[kind], options=options, **common)


def normalized(question):
    options = tuple(replace(option, text=normal(option.text)) for option in question.options)
    texts = {"text": normal(question.text), "explanation": normal(question.explanation)}
    return replace(question, line=0, options=options, **texts)


@given(st.lists(questions(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again_as_the_same(asked):
    came_back = [normalized(question) for question in read(write(asked))]
    assert came_back == [normalized(question) for question in asked]
    assert write(came_back) == write(asked)


def the(text):
    [question] = read(text)
    return question


def chosen(question):
    return [(option.text, option.is_correct) for option in question.options]


def test_the_examples_of_moodles_own_page_are_read():
    grant = the("Who's buried in Grant's tomb?{~Grant ~Jefferson =no one}")
    assert grant.text == "Who's buried in Grant's tomb?"
    assert grant.question_type == QuestionType.SINGLE_CHOICE
    assert chosen(grant) == [("Grant", False), ("Jefferson", False), ("no one", True)]
    gap = the(
        "The American holiday of Thanksgiving is celebrated on the {\n~second\n~third\n=fourth\n} Thursday."
    )
    assert gap.text == "The American holiday of Thanksgiving is celebrated on the _____ Thursday."
    sun = the("// a comment\n::Sun::The sun rises in the west.{F #Right #Wrong####It rises in the east.}")
    assert (sun.question_type, chosen(sun)) == ("TRUE_FALSE", [("True", False), ("False", True)])
    assert sun.explanation == "It rises in the east.\nRight\nWrong"
    two = the("What two people are entombed here? {\n~%-100%No one\n~%50%Grant #one\n~%50%Grant's wife\n}")
    assert two.question_type == QuestionType.MULTIPLE_CHOICE
    assert [is_correct for _text, is_correct in chosen(two)] == [False, True, True]
    assert two.explanation == "Grant: one"


def test_html_is_read_as_the_text_it_shows():
    question = the("[html]<p>Is 1 &lt; 2?</p><p>Think.</p>{=[html]<b>yes</b> ~no}")
    assert (question.text, chosen(question)) == ("Is 1 < 2?\nThink.", [("yes", True), ("no", False)])


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("Just words.", "description"),
        ("Write about it. {}", "essay"),
        ("How many? {#3:2}", "Numerical"),
        ("Which? {=cat -> mouse =dog -> bone}", "Matching"),
        ("Who? {=Grant =Ulysses}", "short answer"),
        ("Who? {=Grant ~%50%Grant's wife ~Lincoln}", "Partly right"),
        ("Who? {~%70%Grant ~%30%his wife ~Lincoln}", "Partly right"),
        ("Who? {~Grant ~Lincoln}", "At least one option"),
        ("Who? {=Grant ~}", "each of its answers"),
        ("Who? {=Grant ~Lincoln", "closed"),
        ("A {=a ~b} and {=c ~d}.", "once"),
        ("Who? {Grant ~Lincoln}", "begins with"),
        ("[html]<img src=x>{=a ~b}", "picture"),
        ("Who? {=a" + " ~b" * 20 + "}", "2 to 20 options"),
        ("// points: 1001\nWho? {=a ~b}", "1 to 1000"),
        ("Who?\0 {=a ~b}", "Null"),
        ("x" * 5001 + "{=a ~b}", "too long"),
    ],
)
def test_what_has_no_place_here_is_refused_with_its_line(written, why):
    with pytest.raises(InvalidError) as refusal:
        read(f"Good? {{=yes ~no}}\n\n{written}\n\nGood, too? {{=yes ~no}}")
    [(line, reason)] = refusal.value.meta["problems"]
    assert line == 3
    assert why in reason
    assert f"Line 3: {reason}" in str(refusal.value.detail)


def test_every_wrong_question_is_named_at_once():
    with pytest.raises(InvalidError) as refusal:
        read("\n\n".join(["No answers."] * 3))
    assert [line for line, _reason in refusal.value.meta["problems"]] == [1, 3, 5]


def test_a_file_has_an_end():
    with pytest.raises(InvalidError, match="At most 500"):
        read("Who? {=a ~b}\n\n" * 501)
    with pytest.raises(InvalidError, match="million"):
        read("x" * (2**20 + 1))
