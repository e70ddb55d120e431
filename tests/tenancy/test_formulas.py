"""What a spreadsheet would calculate is quoted, by one rule, and read back as it was."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tenancy.formulas import quoted, unquoted

FORMULAE = ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "＝1+1", "＠x", "\t=1", "\tx", "\rx", "\n-1"]
HIDDEN = ["\u200b=1", "\ufeff+1", "\u00a0=1", "\0=1", "\u2003－1"]


@pytest.mark.parametrize("text", [*FORMULAE, *HIDDEN])
def test_what_some_spreadsheet_takes_for_a_formula_is_quoted(text):
    assert quoted(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "a=1", "1-2", "'quoted'", "O'Brien", " x", 1, -1, -1.5, None, True])
def test_everything_else_stays_as_it_is(value):
    assert quoted(value) is value


@given(st.one_of(st.text(), st.text(alphabet="'= \t+x＝")))
@example("'=1")
@example("''=1")
@example("'")
def test_every_text_is_read_back_as_it_was(text):
    assert unquoted(quoted(text)) == text
