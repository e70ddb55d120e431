"""Reading CSV: every row knows its line, and a cell is data."""

import pytest

from accounts.imports.files import read_csv
from accounts.imports.tables import MAX_TOLD, UnreadableFileError


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


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'", "'a'"])
def test_what_looks_like_a_formula_is_data(cell):
    assert read_csv(f'a\n"{cell}"\n'.encode())[0] == (cell,)


def test_the_apostrophe_of_an_export_is_no_part_of_what_it_quotes():
    assert read_csv(b"a\n'=1\n''=1\n' +1\n").dict == [{"a": "=1"}, {"a": "'=1"}, {"a": " +1"}]


def test_a_row_of_another_length_is_named():
    assert problems_of(b"a,b\n1,2\n1\n1,2,3\n1,2\n") == [
        (3, "The row ends early: it has 1 cells, and the header 2."),
        (4, "Column 3 holds a value and has no name."),
    ]


def test_bytes_that_are_not_utf_8_are_named_by_their_line():
    assert problems_of("a\nb\né\n".encode("latin-1")) == [
        (3, "This is not UTF-8. Save the file as CSV in UTF-8, or as XLSX.")
    ]


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


def test_what_is_empty_says_nothing():
    rows = read_csv(b"a,,b,\n,,,\n1,,2,\n , , , \n3, ,4,,,\n")
    assert rows.headers == ["a", "b"]
    assert [rows[n] for n in range(len(rows))] == [("1", "2"), ("3", "4")]
    assert rows.lines == [3, 5]


def test_a_value_without_a_column_is_named():
    assert problems_of(b"a,,b\n1,,2\n1,x,2\n1,,2,,y\n") == [
        (3, "Column 2 holds a value and has no name."),
        (4, "Column 5 holds a value and has no name."),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_tells_what_separates_cells(separator):
    rows = read_csv(separator.join(["a", "b", "c\n1", '"x,y;z"', "3\n"]).encode())
    assert rows.dict == [{"a": "1", "b": "x,y;z", "c": "3"}]


@pytest.mark.parametrize(
    "name", ["ITEM_ID", "Item ID", "\u0130tem_\u0131d", "ｉｔｅｍ＿ｉｄ", " item\u00a0id "]
)
def test_a_column_has_one_name_however_it_is_written(name):
    assert read_csv(f"{name}\n1\n".encode()).headers == ["item_id"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(encoding):
    assert read_csv("é\tb\nß\t2\n".encode(encoding)).dict == [{"é": "ß", "b": "2"}]
