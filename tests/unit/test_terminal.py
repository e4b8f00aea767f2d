"""Pages as a terminal shows them: as wide as it is, in colours where it has any, and never short of an id."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.blocks import PAIRS, Block, Column, Fit, Said, Table, Tone, pair
from bot.terminal import show

LONG_ID = "monthly:2026-11.asked-20261124T100000000000:a.very.long.name@department.sales.example"
MAILS = Table(
    "Mails",
    (Column("State"), Column("What", Fit.WORDS), Column("Mail", Fit.COPIED)),
    (
        (Said("dead", Tone.BAD), Said("purchase detail, to the customer: 550 no such user here"), Said(LONG_ID)),
        (Said("queued"), Said("采购明细（客户）采购明细（客户）"), Said("purchase_customer:20261121-003:1")),
    ),
)  # fmt: skip


def drawn(*blocks: Block, width: int = 80, colours: bool = False) -> str:
    page = StringIO()
    show(
        blocks,
        Console(
            file=page, width=width, force_terminal=colours, no_color=not colours, markup=False, emoji=False, highlight=False
        ),
    )  # fmt: skip
    return page.getvalue()


@pytest.mark.parametrize("width", [20, 40, 80, 100, 140, 300])
def test_an_id_is_whole_however_narrow_the_terminal_is(width: int) -> None:
    page = drawn(MAILS, width=width)
    assert LONG_ID in page
    assert "purchase_customer:20261121-003:1" in page
    assert "…" not in page


@pytest.mark.parametrize("width", [80, 100, 140, 300])
def test_no_line_but_an_ids_own_is_wider_than_the_terminal(width: int) -> None:
    for line in drawn(MAILS, width=width).splitlines():
        assert cell_len(line) <= width or line.strip() == LONG_ID


def test_columns_stand_side_by_side_where_there_is_room() -> None:
    lines = drawn(MAILS, width=300).splitlines()
    assert [line.split()[0] for line in lines] == ["Mails", "State", "dead", "queued"]
    # Wide letters take two places each, and the next column begins in the same place all the same.
    starts = {cell_len(line[: line.index(found)]) for line, found in zip(lines[2:], (LONG_ID, "purchase_customer:"), strict=True)}  # fmt: skip
    assert len(starts) == 1


def test_a_column_with_nothing_in_it_is_left_out() -> None:
    table = Table("", (Column("Since"), Column("Next try")), ((Said("09:30"), Said("")),))
    assert "Next try" not in drawn(table)


def test_a_table_without_rows_is_not_there() -> None:
    assert drawn(Said("All is well."), Table("Held", PAIRS, ())) == "All is well.\n"


def test_markup_and_escape_sequences_are_text_or_nothing() -> None:
    page = drawn(
        Said("[bold red]a[/] \x1b]0;title\x07b :smile:"), Table("", PAIRS, (pair("x", "\x1b[2J[link=y]z"),))
    )
    assert page.splitlines()[0] == "[bold red]a[/] b :smile:"
    assert "[link=y]z" in page
    assert "\x1b" not in page


def test_colours_are_there_on_a_terminal_and_not_without(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said("✗ Not all is well.", Tone.BAD)
    assert "\x1b[" in drawn(said, colours=True)
    assert "\x1b[" not in drawn(said)
    monkeypatch.setenv("NO_COLOR", "1")
    page = StringIO()
    show([Said("well", Tone.GOOD)], Console(file=page, force_terminal=True))
    assert "\x1b[32m" not in page.getvalue()
