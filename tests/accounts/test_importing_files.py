"""Reading CSV: every row knows its line, and a cell is data."""

import pytest

from accounts.imports.files import MAX_TOLD, UnreadableFileError, read_csv


def problems_of(content):
    with pytest.raises(UnreadableFileError) as raised:
        read_csv(content)
    return [(line, str(reason)) for line, reason in raised.value.problems]


def test_rows_are_read_with_the_line_they_begin_on():
    rows = read_csv(b'a,b\n1,2\n\n"x\ny\n",3\n4,5')
    assert rows.headers == ["a", "b"]
    assert [rows[n] for n in range(len(rows))] == [("1", "2"), ("x\ny\n", "3"), ("4", "5")]
    assert rows.lines == [2, 4, 7]


def test_the_header_may_come_after_blank_lines():
    assert read_csv(b"\n\na\n1\n").lines == [4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_end_of_line_is_one(end):
    rows = read_csv(f"a,b{end}1,2{end}3,4{end}".encode())
    assert len(rows) == 2
    assert rows.lines == [2, 3]


def test_a_byte_order_mark_is_no_part_of_the_header():
    assert read_csv("\ufeffémail\nx\n".encode()).headers == ["émail"]


def test_blanks_around_a_name_in_the_header_are_not_part_of_it_but_those_in_cells_are():
    rows = read_csv(b" a , b\n 1 , 2\n")
    assert rows.headers == ["a", "b"]
    assert rows[0] == (" 1 ", " 2")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "\t=1", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_is_data(cell):
    assert read_csv(f'a\n"{cell}"\n'.encode())[0] == (cell,)


def test_a_row_of_another_length_is_named():
    assert problems_of(b"a,b\n1,2\n1\n1,2,3\n1,2\n") == [
        (3, "There are 1 cells, not 2."),
        (4, "There are 3 cells, not 2."),
    ]


def test_bytes_that_are_not_utf_8_are_named_by_their_line():
    assert problems_of("a\nb\né\n".encode("latin-1")) == [(3, "This is not UTF-8.")]


def test_quotes_that_do_not_match_are_named():
    assert problems_of(b'a,b\n1,2\n"1" x,2\n')[0][0] == 3
    assert problems_of(b'a,b\n1,2\n"1,2\n3,4\n')[0][0] == 3


def test_an_empty_file_is_refused():
    for content in (b"", b"\n\n", b"\xef\xbb\xbf"):
        assert problems_of(content) == [(1, "The file is empty.")]


def test_a_header_alone_is_a_file_without_rows():
    assert len(read_csv(b"a,b\n")) == 0


def test_only_so_many_problems_are_told():
    assert len(problems_of(b"a,b\n" + b"1\n" * 2 * MAX_TOLD)) == MAX_TOLD
