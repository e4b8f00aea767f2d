"""The Summary tab: what is written, when, and what is left alone for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.planning.report_values import LeftOut, WeekBlock
from bot.planning.rules import Rules
from bot.projection import Edit, InsertRows, SetRange
from bot.reports.shown.summary import is_ours, standing_weeks, summary_edits
from bot.reports.shown.summary_block import block_rows
from bot.reports.shown.summary_charts import chart_figures
from bot.reports.shown.summary_words import _CHINESE, _ENGLISH, said
from sheets_schema import Cell
from sheets_schema.summary import BLOCK_COLUMN, BLOCK_WIDTH, CHARTS, FIRST_BLOCK_ROW, KIND_COLUMN
from tests.unit.summary_samples import (
    CUTOFF,
    MEMBERS,
    NONE,
    Grid,
    applied,
    block,
    correction,
    line,
    period,
    read,
    total,
)

RULES = Rules(language="en")
LIVE = block(closed=False)
YEAR = [LIVE, *(block(ago) for ago in range(1, 6))]


def edits_for(blocks: list[WeekBlock], shown: Grid, rules: Rules = RULES) -> tuple[Edit, ...]:
    live = next((one for one in blocks if not one.closed), LIVE)
    return summary_edits(blocks, chart_figures(live), shown, rules)


def written(blocks: list[WeekBlock], shown: Grid | None = None, rules: Rules = RULES) -> Grid:
    grid = read(shown or [])
    return applied(grid, edits_for(blocks, grid, rules))


def cells(grid: Grid, row: int) -> list[Cell]:
    """A row's (1-based) block cells."""
    return [*grid[row - 1], *[""] * BLOCK_WIDTH][:BLOCK_WIDTH]


def titles(grid: Grid) -> dict[str, int]:
    """Where each block begins, 1-based, from top to bottom."""
    return {
        str(cells(grid, i)[BLOCK_COLUMN]).split(" ")[0]: i
        for i in range(FIRST_BLOCK_ROW, len(grid) + 1)
        if cells(grid, i)[KIND_COLUMN] in ("title", "live")
    }


def area(grid: Grid, week: str) -> Grid:
    """A block as it stands, to the blank row."""
    top = titles(grid)[week]
    rows = []
    for i in range(top, len(grid) + 1):
        if not any(cells(grid, i)):
            break
        rows.append(cells(grid, i))
    return rows


def rows_like(rows: list[tuple[Cell, ...]], name: str) -> list[tuple[Cell, ...]]:
    return [row for row in rows if row[1] == name]


# ── what a block says ───────────────────────────────────────────────────────────────────────────────────────


def test_a_member_shows_orders_quantity_amount_average_change_target_and_month() -> None:
    rows = block_rows(block(), RULES)
    (lina,) = rows_like(rows, "李娜")
    assert lina[:10] == ("华东", "李娜", 3, 10, 12000.5, 4000.17, 0.2001, 0.75, 30000, "CNY")


def test_members_stand_below_their_team_and_the_unassigned_at_the_end() -> None:
    names = [row[1] for row in block_rows(block(), RULES) if row[KIND_COLUMN] in ("team", "row", "total")]
    assert names[:7] == ["Total", "Team total", "李娜", "Team total", "Anna Berg", "Tom Hale", "Unassigned"]


def test_without_anything_to_compare_with_no_change_is_claimed() -> None:
    (anna,) = rows_like(block_rows(block(), RULES), "Anna Berg")
    (tom,) = rows_like(block_rows(block(), RULES), "Tom Hale")
    assert (anna[6], tom[6], tom[2], tom[5]) == ("", -1.0, 0, "")


def test_currencies_stand_in_rows_of_their_own_and_are_never_added() -> None:
    both = replace(total("100", 2), amounts=(*total("100").amounts, *total("70", 1, "USD").amounts))
    member = replace(MEMBERS[0], sum=both, before=total("35", 1, "USD"), month=total("9", 1, "EUR"))
    rows = rows_like(block_rows(block(members=(member,)), RULES), "李娜")
    assert [(r[2], r[3], r[4], r[6], r[8], r[9]) for r in rows] == [
        (1, 10, 100, "", 0, "CNY"), (0, "", 0, "", 9, "EUR"), (1, "", 70, 1.0, 0, "USD"),
    ]  # fmt: skip


def test_late_entries_rows_left_out_and_corrections_are_listed_with_their_reasons() -> None:
    found = correction("2026-W46", "2026-W47")
    left_out = LeftOut("contracts", 57, "20261118-004", "Tom Hale", "amount", "abc\ndef")
    rows = block_rows(block(late=[line()], found=[found], left_out=[left_out]), RULES)
    texts = [" | ".join(str(cell) for cell in row[:11] if cell != "") for row in rows]
    assert "20261113-001 | 杭州云帆软件 | 120 | 7020 | CNY | 2026-11-02 · 李娜" in texts
    assert "Row 57 | 20261118-004 | Tom Hale · the amount cannot be read: abc def" in texts
    assert "2026-W46 | 20261106-002 | -5 | -500 | CNY | Tom Hale · cancelled" in texts


def test_more_lines_than_a_screen_takes_are_counted() -> None:
    rows = block_rows(block(late=[line(f"n{i}") for i in range(73)]), RULES)
    assert rows[-1][1] == "and 23 more"
    assert sum(row[0] in {f"n{i}" for i in range(73)} for row in rows) == 50


def test_text_of_cells_stays_text() -> None:
    member = replace(MEMBERS[0], name="=HYPERLINK(1)")
    (row,) = rows_like(block_rows(block(members=(member,)), RULES), "=HYPERLINK(1)")
    assert row[1] == "=HYPERLINK(1)"


def test_both_languages_say_everything_with_the_same_values() -> None:
    assert _CHINESE.keys() == _ENGLISH.keys()
    for key, words in _ENGLISH.items():
        fields = {part.split("}")[0] for part in words.split("{")[1:]}
        assert fields == {part.split("}")[0] for part in _CHINESE[key].split("{")[1:]}, key
        assert said(key, "zh-CN", **dict.fromkeys(fields, "x")).strip()


# ── what is written, and what is not ────────────────────────────────────────────────────────────────────────


def test_an_empty_tab_gets_the_live_block_and_the_closed_weeks_newest_first() -> None:
    grid = written(YEAR)
    assert list(titles(grid)) == [period(ago).id for ago in range(6)]
    assert titles(grid)[LIVE.period.id] == FIRST_BLOCK_ROW


def test_a_tab_that_shows_everything_gets_nothing() -> None:
    grid = written(YEAR)
    assert edits_for(YEAR, grid) == ()
    assert standing_weeks(grid) == {period(ago).id for ago in range(1, 6)}


def test_only_the_running_week_needs_to_be_worked_out_again() -> None:
    assert edits_for([LIVE], written(YEAR)) == ()


def test_the_time_of_the_reckoning_alone_is_no_reason_to_write() -> None:
    later = block(closed=False, as_of=CUTOFF - timedelta(hours=3))
    assert edits_for([later], written(YEAR)) == ()


def test_one_changed_figure_rewrites_no_more_than_the_rows_between_it_and_the_time() -> None:
    members = (replace(MEMBERS[0], sum=total("13000", 3)), *MEMBERS[1:])
    changed = edits_for([block(closed=False, members=members)], written(YEAR))
    (edit,) = [edit for edit in changed if not _is_head(edit)]
    assert isinstance(edit, SetRange)
    assert (edit.row, len(edit.rows)) == (FIRST_BLOCK_ROW + 4, 1)


def test_a_new_closed_week_is_put_in_and_older_blocks_keep_their_cells() -> None:
    before = written([block(1, closed=False), *(block(ago) for ago in range(2, 6))])
    now = [block(0, closed=False, members=MEMBERS[:1]), block(1)]
    edits = edits_for([*now, *(block(ago, week=total("1")) for ago in range(2, 6))], before)
    assert [type(edit) for edit in edits if not _is_head(edit)] == [InsertRows, SetRange]
    after = applied(before, edits)
    assert list(titles(after)) == [period(ago).id for ago in range(6)]
    for ago in range(2, 6):
        assert area(after, period(ago).id) == area(before, period(ago).id)
    low = max(e.row + len(e.rows) for e in edits if isinstance(e, SetRange))
    assert low <= titles(after)[period(2).id]


def _is_head(edit: Edit) -> bool:
    return isinstance(edit, SetRange) and edit.row < FIRST_BLOCK_ROW


def test_a_closed_week_stays_as_it_was_reported_whatever_it_would_come_to_today() -> None:
    grid = written(YEAR)
    assert edits_for([LIVE, *(block(ago, week=total("1")) for ago in range(1, 6))], grid) == ()


def test_what_is_found_later_is_put_below_the_block_it_concerns() -> None:
    grid = written(YEAR)
    found = correction(period(2).id, LIVE.period.id)
    edits = edits_for([LIVE, block(2, later=[found])], grid)
    assert [type(edit) for edit in edits] == [InsertRows, SetRange]
    after = applied(grid, edits)
    block_now = area(after, period(2).id)
    assert block_now[: len(area(grid, period(2).id))] == area(grid, period(2).id)
    assert [row[KIND_COLUMN] for row in block_now[-3:]] == ["later"] * 3
    assert (block_now[-2][4], block_now[-1][4]) == (-500, 19600.49)
    assert edits_for([LIVE, block(2, later=[found])], after) == ()
    assert edits_for([LIVE], after) == ()
    assert period(2).id in standing_weeks(after)


@pytest.mark.parametrize("column", [0, 1, 4, KIND_COLUMN])
def test_a_cell_that_somebody_changed_in_an_old_week_is_put_back(column: int) -> None:
    grid = written(YEAR)
    row = titles(grid)[period(3).id] + 2
    changed = [list(cells) for cells in grid]
    changed[row - 1][column] = "mine"
    assert period(3).id not in standing_weeks(changed)
    (edit,) = edits_for(YEAR, changed)
    assert isinstance(edit, SetRange)
    assert (edit.row, len(edit.rows)) == (row, 1)
    assert applied(changed, [edit]) == grid


def test_an_old_week_that_somebody_deleted_comes_back_in_its_place() -> None:
    grid = written(YEAR)
    top = titles(grid)[period(3).id] - 1
    gone = grid[:top] + grid[titles(grid)[period(4).id] - 1 :]
    assert applied(gone, edits_for(YEAR, gone)) == grid


def test_a_week_that_the_state_has_forgotten_is_kept_even_when_somebody_wrote_into_it() -> None:
    grid = written(YEAR)
    grid[titles(grid)[period(3).id] + 1][1] = "Total?"
    after = applied(grid, edits_for([LIVE, block(1), block(5)], grid))
    assert after == grid


def test_notes_and_copies_among_the_blocks_are_cleared() -> None:
    grid = written(YEAR)
    copy = [list(row) for row in area(grid, period(2).id)]
    messy = [*grid, [], *copy, [], ["a note"]]
    assert applied(messy, edits_for(YEAR, messy)) == grid


def test_a_sorted_tab_is_put_right() -> None:
    grid = written(YEAR)
    upside_down = list(reversed(grid))
    after = applied(upside_down, edits_for(YEAR, upside_down))
    assert list(titles(after)) == [period(ago).id for ago in range(6)]
    assert [area(after, week) for week in titles(after)] == [area(grid, week) for week in titles(grid)]
    assert edits_for(YEAR, after) == ()


def test_a_block_with_fewer_rows_leaves_blank_ones_and_nothing_to_do() -> None:
    grid = written([block(closed=False, late=[line(f"n{i}") for i in range(9)]), *YEAR[1:]])
    edits = edits_for(YEAR, grid)
    assert all(isinstance(edit, SetRange) for edit in edits)
    after = applied(grid, edits)
    assert area(after, LIVE.period.id) == area(written(YEAR), LIVE.period.id)
    assert edits_for(YEAR, after) == ()
    assert [titles(after)[period(ago).id] for ago in range(1, 6)] == [
        titles(grid)[period(ago).id] for ago in range(1, 6)
    ]


def test_every_number_is_shown_as_what_it_is() -> None:
    rules = replace(RULES, currency="JPY")
    yen = replace(MEMBERS[0], sum=total("1200", 1, "JPY"), before=NONE, month=NONE, target=Decimal(2400))
    late = [line(currency="KWD", amount=Decimal("1.234"), quantity=Decimal("0.5"))]
    (edit, *_) = [
        e for e in edits_for([block(closed=False, members=(yen,), late=late)], [], rules)
        if isinstance(e, SetRange) and e.row >= FIRST_BLOCK_ROW
    ]  # fmt: skip
    rows = {row[1]: i for i, row in enumerate(edit.rows)}
    lina, late_row = rows["李娜"], rows["杭州云帆软件"]
    forms = {column: edit.formats[lina, column] for column in (2, 3, 4, 5, 7, 8)}
    assert forms == {2: "count", 3: "count", 4: "money_0", 5: "money_0", 7: "percent", 8: "money_0"}
    assert [edit.formats[late_row, column] for column in (3, 4)] == ["quantity", "money_3"]


def test_a_tab_in_which_people_keep_something_else_is_not_written_to() -> None:
    theirs: Grid = [["Region", "Q1"], ["North", 7]]
    assert not is_ours(theirs)
    assert edits_for(YEAR, theirs) == ()
    assert is_ours([])
    assert is_ours([["Region"], ["Sales summary"]])


# ── the charts' cells ───────────────────────────────────────────────────────────────────────────────────────


def test_each_chart_finds_its_titles_labels_and_amounts_in_its_own_range() -> None:
    grid = written(YEAR)
    week, person, product = (
        [row[chart.column : chart.right] for row in grid[chart.top : chart.bottom]] for chart in CHARTS
    )
    assert week[0] == ["Week", "Amount (CNY)"]
    assert week[1:9] == [[f"{d} {m}", 1000 * (i + 1)] for i, (d, m) in enumerate(
        [(2, "Oct"), (9, "Oct"), (16, "Oct"), (23, "Oct"), (30, "Oct"), (6, "Nov"), (13, "Nov"), (20, "Nov")])]  # fmt: skip
    assert person[1] == ["李娜", 12000.5, 10000]
    assert person[4] == ["Unassigned", 99.99, 0]
    assert product[0] == ["Product", "This week", "Last week"]
    assert product[1] == ["定制保温杯", 15000, 9000]
    assert not any("".join(map(str, row)) for row in person[5:])


def test_a_row_that_somebody_put_in_above_leaves_no_second_copy_of_the_charts_cells() -> None:
    grid = written(YEAR)
    pushed = [["mine"], *grid]
    after = applied(pushed, edits_for(YEAR, pushed))
    left = CHARTS[0].column
    assert [row[left:] for row in after[: FIRST_BLOCK_ROW - 1]] == [
        row[left:] for row in grid[: FIRST_BLOCK_ROW - 1]
    ]
    assert not any(row[left:] for row in after[FIRST_BLOCK_ROW - 1 :])
    assert edits_for(YEAR, after) == ()


def test_what_stands_beside_the_bots_columns_is_nobodys_business() -> None:
    grid = written(YEAR)
    wide = [[*row, *[""] * (40 - len(row)), "ours"] for row in grid]
    assert edits_for(YEAR, wide) == ()


# ── whatever stands there ───────────────────────────────────────────────────────────────────────────────────


@st.composite
def weeks(draw: st.DrawFn, ago: int, closed: bool) -> WeekBlock:
    members = draw(st.lists(st.sampled_from(MEMBERS), unique=True))
    late = [line(f"n{i}") for i in range(draw(st.integers(0, 3)))]
    later = [
        correction(period(ago).id, LIVE.period.id, f"r{i}")
        for i in range(draw(st.integers(0, 2)) if closed else 0)
    ]
    amount = draw(st.decimals(-1_000_000, 1_000_000, places=2))
    return block(ago, closed, members=tuple(members), later=later, week=total(amount), late=late)


@st.composite
def meddled(draw: st.DrawFn, grid: Grid) -> Grid:
    """The tab after people did this and that to it."""
    rows = [list(row) for row in grid]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(rows) - 1, 0)))
        match draw(st.sampled_from(["delete", "insert", "type", "move", "sort", "repeat"])):
            case "delete":
                del rows[at : at + draw(st.integers(1, 12))]
            case "insert":
                rows[at:at] = [[] for _ in range(draw(st.integers(1, 5)))]
            case "type" if rows:
                row = rows[at]
                column = draw(st.integers(0, BLOCK_WIDTH - 1))
                row += [""] * (column + 1 - len(row))
                row[column] = draw(st.sampled_from(["", "title", "live", "x", 7, 1.5, True]))
            case "move":
                part = rows[at : at + 9]
                del rows[at : at + 9]
                rows += part
            case "repeat":
                rows += [list(row) for row in rows[at : at + 30]]
            case "sort":
                rows.sort(key=lambda row: str(row[:2]))
    return read(rows)


def untouched(grid: Grid) -> dict[str, Grid]:
    """The first copy of each closed week that still says what was written, without what was found later."""
    found: dict[str, Grid] = {}
    tops = [
        i for i in range(FIRST_BLOCK_ROW, len(grid) + 1) if cells(grid, i)[KIND_COLUMN] in ("title", "live")
    ]
    for top, bottom in pairwise([*tops, len(grid) + 1]):
        rows = [cells(grid, i) for i in range(top, bottom)]
        alone = [[] for _ in range(FIRST_BLOCK_ROW - 1)] + rows
        for week in standing_weeks(alone) - found.keys():
            found[week] = [
                row for row in rows if row[KIND_COLUMN] != "later" and any(cell != "" for cell in row)
            ]
    return found


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_whatever_people_did_the_edits_make_the_tab_show_the_blocks_and_then_there_are_none(
    data: st.DataObject,
) -> None:
    count = data.draw(st.integers(0, 4))
    first = [data.draw(weeks(1, False)), *(data.draw(weeks(ago, True)) for ago in range(2, count + 2))]
    grid = data.draw(meddled(written(first)))
    blocks = [data.draw(weeks(0, False)), *(data.draw(weeks(ago, True)) for ago in range(1, count + 2))]
    standing = standing_weeks(grid)
    kept = untouched(grid)
    assert kept.keys() == standing
    after = applied(grid, edits_for(blocks, grid))
    assert edits_for(blocks, after) == ()
    assert list(titles(after)) == [one.period.id for one in blocks]
    for one in blocks:
        now = area(after, one.period.id)
        if one.period.id in standing:
            assert [row for row in now if row[KIND_COLUMN] != "later"] == kept[one.period.id]
        else:
            wanted = block_rows(one, RULES)
            assert now[: len(wanted)] == [list(row) for row in wanted]
        assert sum(row[KIND_COLUMN] == "later" for row in now) == (
            len(one.corrections) and len(one.corrections) + 2
        )
