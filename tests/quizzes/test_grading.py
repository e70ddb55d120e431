"""Grading, without a database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.sets.domain.grading import Answer, AnswerKey, Grading, grade
from tenancy.errors import InvalidError


def key(question_id, correct, *, several=False, points=1):
    """A key whose options have the ids ``question_id * 100 + n``."""
    options = {question_id * 100 + n: is_correct for n, is_correct in enumerate(correct)}
    return AnswerKey(question_id, several, points, f"Explains {question_id}.", options)


SINGLE = key(1, [True, False, False], points=2)
MULTIPLE = key(2, [True, True, False], several=True, points=3)


def score(*answers, keys=(SINGLE, MULTIPLE)):
    return grade(keys=keys, answers=[Answer(*answer) for answer in answers])


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ([(1, 100)], 2),
        ([(1, 101)], 0),
        ([(2, 200), (2, 201)], 3),
        ([(2, 201), (2, 200)], 3),
        ([(2, 200)], 0),
        ([(2, 200), (2, 201), (2, 202)], 0),
        ([(2, 202)], 0),
        ([(2, 200), (1, 100), (2, 201)], 5),
        ([(1, None)], 0),
        ([(1, None), (2, 200), (2, 201)], 3),
        ([(1, None), (2, None)], 0),
    ],
    ids=str,
)
def test_a_question_is_right_when_the_choice_is_exactly_the_correct_one(answers, points):
    grading = score(*answers)
    assert (grading.score, grading.total) == (points, 5)


def test_results_follow_the_order_of_the_questions_and_name_what_is_correct():
    grading = score((2, 202), (1, 100))
    assert grading.results == [
        {
            "question_id": 1,
            "correct": True,
            "points": 2,
            "correct_option_ids": [100],
            "explanation": "Explains 1.",
        },
        {
            "question_id": 2,
            "correct": False,
            "points": 0,
            "correct_option_ids": [200, 201],
            "explanation": "Explains 2.",
        },
    ]


@pytest.mark.parametrize(
    ("answers", "code", "attr"),
    [
        ([(9, 100)], "does_not_exist", "answers.0.question_id"),
        ([(1, 100), (9, 100)], "does_not_exist", "answers.1.question_id"),
        ([(1, 999)], "does_not_exist", "answers.0.option_id"),
        ([(1, 200)], "does_not_exist", "answers.0.option_id"),
        ([(1, 100), (1, 100)], "duplicate_answer", "answers.1.option_id"),
        ([(2, 200), (1, 100), (2, 200)], "duplicate_answer", "answers.2.option_id"),
        ([(1, 100), (1, 101)], "one_option_only", "answers.1.option_id"),
        ([(9, None)], "does_not_exist", "answers.0.question_id"),
        ([(1, None), (1, None)], "duplicate_answer", "answers.1.option_id"),
        ([(2, 200), (2, None)], "duplicate_answer", "answers.1.option_id"),
        ([(2, None), (2, 200)], "duplicate_answer", "answers.1.option_id"),
    ],
    ids=str,
)
def test_answers_that_make_no_sense_are_refused_by_entry(answers, code, attr):
    with pytest.raises(InvalidError) as refused:
        score(*answers)
    assert (refused.value.error_code, refused.value.attr) == (code, attr)


def test_a_question_without_a_correct_option_is_never_right():
    impossible = key(3, [False, False], several=True)
    assert score(keys=[impossible]).score == 0
    assert score((3, 300), keys=[impossible]).score == 0


@pytest.mark.parametrize(
    ("reached", "total", "pass_mark", "ready"),
    [
        (7, 10, 70, True),
        (6, 10, 70, False),
        (2, 3, 66, True),
        (2, 3, 67, False),
        (0, 5, 0, True),
        (4, 5, 100, False),
        (5, 5, 100, True),
        (0, 0, 70, False),
        (0, 0, 0, False),
    ],
)
def test_the_pass_mark_is_compared_without_rounding(reached, total, pass_mark, ready):
    assert Grading(reached, total, []).reaches(pass_mark) is ready


@st.composite
def quizzes(draw):
    """Keys, and for some questions a choice of options."""
    keys, choices = [], {}
    for question_id in range(1, draw(st.integers(1, 6)) + 1):
        correct = draw(st.lists(st.booleans(), min_size=2, max_size=5).filter(any))
        several = sum(correct) != 1 or draw(st.booleans())
        drawn = key(question_id, correct, several=several, points=draw(st.integers(0, 5)))
        keys.append(drawn)
        picked = draw(st.sets(st.sampled_from(list(drawn.options)), max_size=None if several else 1))
        choices[question_id] = picked
    answers = [Answer(question, option) for question, picked in choices.items() for option in picked]
    return keys, choices, draw(st.permutations(answers))


@settings(deadline=None)  # other tests run beside this one
@given(quizzes())
def test_the_score_is_that_of_the_questions_answered_exactly(quiz):
    keys, choices, answers = quiz
    grading = grade(keys=keys, answers=answers)
    right = [
        k for k in keys if choices[k.question_id] and choices[k.question_id] == set(k.correct_option_ids)
    ]
    assert [r["question_id"] for r in grading.results if r["correct"]] == [k.question_id for k in right]
    assert grading.score == sum(k.points for k in right) == sum(r["points"] for r in grading.results)
    assert 0 <= grading.score <= grading.total == sum(k.points for k in keys)
    assert grade(keys=keys, answers=answers[::-1]) == grading
