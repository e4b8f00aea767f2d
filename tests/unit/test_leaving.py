"""Which rows leave for Archive, and how their columns go there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.leaving import copied_back, landed, leaving, passage, same_orders
from bot.ports import Columns, Sheet
from sheets_schema import CONTRACTS, Cell, Kind
from sheets_schema.titles import read_header


def columns(*rows: tuple[Cell, Cell, Cell]) -> Columns:
    """A tab of these Row IDs, numbers and statuses."""
    ids, numbers, states = zip(*rows, strict=True) if rows else ((), (), ())
    cells = {"row_id": ids, "order_no": numbers, "status": states, "mail_status": ("ok",) * len(rows)}
    return Columns("contracts", cells, {"row_id": 0, "order_no": 1, "status": 2, "mail_status": 3})


def ids(here: Columns, there: Columns, wanted: str, most: int = 9) -> str:
    return "".join(leaver.row_id for leaver in leaving(here, there, set(wanted), most))


def titled(*titles: Cell) -> Columns:
    return Columns("contracts", {}, read_header(CONTRACTS, "", titles, "en").columns, titles)


def test_finished_rows_that_are_wanted_leave_with_their_whole_order() -> None:
    here = columns(
        ("a", "1", "Completed"), ("b", "2", "已取消"), ("c", "3", "Shipped"), ("d", "4", "Completed"),
        ("e", "4", "Delivered"), ("f", "5", "Completed"), ("g", "5", "Completed"), ("", "6", "Completed"),
    )  # fmt: skip
    assert ids(here, columns(), "abcdefg") == "abfg"
    assert ids(here, columns(), "abf") == "ab"
    assert ids(here, columns(), "abfg", most=2) == "ab"
    assert ids(here, columns(("a", "1", "Completed")), "abfg") == "bfg"


def test_a_row_without_a_number_and_one_that_stands_twice_stay() -> None:
    here = columns(("a", "", "Completed"), ("b", "2", "Completed"), ("b", "2", "Completed"))
    assert ids(here, columns(), "ab") == ""
    assert copied_back(here, columns(("x", "9", ""), ("b", "2", ""))) == {"b": 3}


def test_of_no_order_only_a_part_moves() -> None:
    both = leaving(columns(("a", "1", "Completed"), ("b", "1", "Completed")), columns(), {"a", "b"}, 1)
    one = leaving(columns(("a", "1", "Completed")), columns(), {"a"}, 1)
    assert same_orders(both, both) == both
    assert same_orders(one, both) == ()


def test_what_came_along_is_told_from_what_was_meant() -> None:
    there = columns()
    shown: dict[int, list[Cell]] = {
        2: ["a", "1", "Completed"], 3: ["x", "9", "Completed"], 4: ["b", "2", "Shipped"], 5: [],
        6: ["", "", "", "half typed"], 7: ["a", "1", "Completed"],
    }  # fmt: skip
    assert landed(shown, there, ["a", "b"]) == (frozenset("a"), (3, 4, 6, 7))


def test_columns_go_by_key_by_title_and_by_their_place_among_the_untitled() -> None:
    here = titled("Order No.", "Colour", "", "客户名称", "colour", "Notes", "备注")
    there = titled("", "Customer", "Order No.", "Notes", "")
    ways = passage(here, Sheet(1, "", 9, 9), there, Sheet(2, "", 9, 6))
    # The untitled here: 2, 7, 8; there: 0, 4, 5. New: both Colours and the second Notes.
    assert ways.columns == {0: 2, 1: 6, 2: 0, 3: 1, 4: 7, 5: 3, 6: 8, 7: 4, 8: 5}
    assert ways.new_titles == {6: "Colour", 7: "colour", 8: "备注"}
    assert ways.back == {there: here for here, there in ways.columns.items()}


def test_days_of_the_schema_and_of_the_team_keep_their_look() -> None:
    here = titled("Order date", "Amount", "Visit", "Customer")
    sheet = Sheet(1, "", 9, 4, formats={2: ("DATE", "d.m.yy"), 3: ("TEXT", "@"), 0: ("DATE_TIME", "")})
    ways = passage(here, sheet, titled("Customer"), Sheet(2, "", 9, 1))
    assert ways.kinds_here == {0: Kind.DATE, 1: Kind.MONEY, 2: Kind.DATE}
    assert ways.kinds == {ways.columns[i]: kind for i, kind in ways.kinds_here.items()}


_TITLES = st.lists(st.sampled_from(["", "Notes", "备注", "Colour", "Customer", "Row ID"]), max_size=8)


@given(_TITLES, _TITLES, st.integers(0, 9), st.integers(0, 9))
def test_no_column_is_left_behind_and_no_two_meet(
    here: list[Cell], there: list[Cell], width: int, other: int
) -> None:
    ways = passage(titled(*here), Sheet(1, "", 9, width), titled(*there), Sheet(2, "", 9, other))
    assert set(ways.columns) == set(range(max(width, len(here))))
    assert len(set(ways.columns.values())) == len(ways.columns)
    assert all(i >= max(other, len(there)) for i in ways.new_titles)
    after = [*there, *[""] * 40]
    for i, title in ways.new_titles.items():
        after[i] = title
    again = passage(titled(*here), Sheet(1, "", 9, width), titled(*after), Sheet(2, "", 9, 40))
    assert again.columns == ways.columns
    assert not again.new_titles
