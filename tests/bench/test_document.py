"""What ``bin/bench`` writes into docs/benchmarks.md, and what it leaves there."""

import pytest

from tests.bench import report
from tests.bench.cases import Case
from tests.bench.document import DOCS, begin_of, renewed
from tests.bench.journeys import Asked, told
from tests.bench.measure import Round


def a_round(cpu):
    return Round(per_second=100.0, p50=1.0, p99=2.0, web=cpu, database=0.0, statements=1.0)


def measured(*, ours, limit=1.0, floor=1.5, plain=20.0, goals=(0.5, 5)):
    case = Case("H9 anything", [("GET", "/", "", "")], goals, lambda answer: answer)
    rounds = {"stepwise": ours, "limit": [limit], "floor": [floor], "plain": [plain]}
    return report.figures(case, {name: [a_round(cpu) for cpu in of] for name, of in rounds.items()})


def test_a_section_is_renewed_and_what_people_wrote_around_it_stays():
    document = (
        f"Why.\n\n{begin_of('a')}\nold\n<!-- end -->\nBetween.\n{begin_of('b')}\nb\n<!-- end -->\nAfter.\n"
    )
    assert renewed(document, "a", "new\n") == document.replace("old", "new")
    assert renewed(document, "b", "new\n") == document.replace("\nb\n", "\nnew\n")


def test_a_section_that_is_not_there_is_told_of():
    with pytest.raises(ValueError, match="no section 'c'"):
        renewed(f"{begin_of('a')}\nold\n<!-- end -->\n", "c", "new")


@pytest.mark.parametrize("section", ["paths", "alone", "journeys", "growth", "lists", "screens"])
def test_the_document_has_a_place_for_every_part(section):
    assert "measured now" in renewed((DOCS / "benchmarks.md").read_text(), section, "measured now")


def test_a_share_is_of_the_medians_of_all_rounds():
    one = measured(ours=[2.0, 4.0, 2.5])
    assert one.of_limit == pytest.approx(1 / 2.5)
    assert one.floor_of_limit == pytest.approx(1 / 1.5)
    assert one.over_plain == pytest.approx(8)


def test_a_missed_goal_is_told_by_how_much_and_with_the_floor():
    line = report.missed([measured(ours=[2.5]), measured(ours=[1.9])])
    assert line.splitlines() == [
        "- H9 anything: 40% of the limit for 50%, and 8.0× the plain peer for 5×; the floor is at 67% of the "
        "limit."
    ]
    assert report.missed([measured(ours=[1.9])]) == "None."


def test_either_goal_can_be_missed():
    assert not measured(ours=[1.9], plain=5.0).is_met


def test_every_line_of_the_table_has_a_cell_for_each_heading():
    assert len(report.row(measured(ours=[2.0]))) == len(report.HEAD)


def test_a_journey_tells_the_slowest_hundredth_and_who_was_told_to_come_again():
    asked = [Asked("video", number / 1000, again=number % 2) for number in range(101)]
    assert list(told([*asked, Asked("path", 0.5, again=0)])) == [
        ("video", 101, pytest.approx(50), pytest.approx(99), 50),
        ("path", 1, 500, 500, 0),
    ]
