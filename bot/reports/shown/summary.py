"""What the Summary tab ought to show against what it shows: the edits between them. Pure; no pandas.

    blocks × tab as read ─► units that stand, units that ought to ─► the runs in which they differ ─► edits

A closed week's block says in a hidden cell what it said when it was written. While it still says that, it stands and
is left alone for good, whatever the figures would come to today; only the lines of later corrections below it follow.
One that people changed or took away is written again from the state. A block of a week that the state does not know
(its disk was lost) is the only copy there is, and is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from bot.planning.report_values import WeekBlock
from bot.planning.rules import Rules
from bot.projection import Edit, InsertRows, SetRange
from bot.reports.shown.summary_block import (
    AS_OF,
    Row,
    block_rows,
    canonical,
    digest_of,
    formats_of,
    later_rows,
)
from bot.reports.shown.summary_charts import ChartFigures, head_edits
from sheets_schema import SUMMARY, Cell
from sheets_schema.summary import BLOCK_COLUMN, BLOCK_WIDTH, FIRST_BLOCK_ROW, HEADING, KIND_COLUMN

Shown = Sequence[Sequence[Cell]]
_BLANK: Row = ("",) * BLOCK_WIDTH
_TITLES = ("title", "live")
#: What the last cell of a block's first row says: its week, and what the block is known by.
_NAMED = re.compile(r"(\d{4}-W\d{2}) (live|[0-9a-f]{8})")


@dataclass(frozen=True)
class _Unit:
    """A block as it stands in the tab: all rows from its first to the next block's, blank ones at the end left out."""

    #: 0-based, from the first row that blocks may take.
    top: int
    rows: tuple[Row, ...]

    @property
    def bottom(self) -> int:
        """One past its last row."""
        return self.top + len(self.rows)

    @property
    def is_live(self) -> bool:
        return self.rows[0][KIND_COLUMN] == "live"

    @property
    def week(self) -> str:
        """The week it says it is of; "" for rows that belong to no block."""
        return _week_of(self.rows[0])

    @property
    def frozen(self) -> tuple[Row, ...]:
        """It without the lines of what was found later."""
        count = next((i for i, row in enumerate(self.rows) if row[KIND_COLUMN] == "later"), len(self.rows))
        return self.rows[:count]

    @property
    def stands(self) -> bool:
        """Whether it is a closed week's and still says what was written."""
        later = self.rows[len(self.frozen) :]
        written = str(self.rows[0][BLOCK_COLUMN]) == f"{self.week} {digest_of(self.frozen or self.rows)}"
        return (
            bool(self.week) and not self.is_live and written and all(r[KIND_COLUMN] == "later" for r in later)
        )


def standing_weeks(shown: Shown) -> frozenset[str]:
    """Weeks whose block stands in the tab as it was written: nothing of them need be worked out again.

    `summary_edits` may then be given none of them but those that have corrections.
    """
    return frozenset(unit.week for unit in _units(_block_area(shown)) if unit.stands)


def summary_edits(
    blocks: Sequence[WeekBlock], charts: ChartFigures, shown: Shown, rules: Rules
) -> tuple[Edit, ...]:
    """What must be written so that the tab shows these blocks; nothing when it does.

    `shown` is the whole tab, values unformatted. Closed weeks that stand in it need not be among `blocks`. A tab of
    this name in which people keep something else is not written to.
    """
    if not is_ours(shown):
        return ()
    rows = _block_area(shown)
    there = _units(rows)
    wanted = _wanted(blocks, there, rules)
    return (*head_edits(charts, shown, rules), *_block_edits(rows, there, wanted))


def is_ours(shown: Shown) -> bool:
    """Whether the tab is blank, or has the heading or a block somewhere, however people rearranged it."""
    titles = {title for title, _ in HEADING.values()}
    return not any(cell != "" for row in shown for cell in row) or any(
        (row and row[0] in titles) or _week_of(canonical(row)) for row in shown
    )


def _block_area(shown: Shown) -> list[Row]:
    rows = [canonical(row) for row in shown[FIRST_BLOCK_ROW - 1 :]]
    while rows and rows[-1] == _BLANK:
        rows.pop()
    return rows


def _units(rows: Sequence[Row]) -> list[_Unit]:
    """The blocks of the tab in their order, and what stands before the first of them."""
    tops = [i for i, row in enumerate(rows) if _week_of(row)]
    first = next((i for i, row in enumerate(rows) if row != _BLANK), len(rows))
    starts = sorted({first, *tops} - {len(rows)})
    found = []
    for top, bottom in pairwise([*starts, len(rows)]):
        own = list(rows[top:bottom])
        while own[-1] == _BLANK:
            own.pop()
        found.append(_Unit(top, tuple(own)))
    return found


def _week_of(row: Row) -> str:
    """The week whose block begins with this row; "" when none does."""
    named = _NAMED.fullmatch(str(row[BLOCK_COLUMN])) if row[KIND_COLUMN] in _TITLES else None
    return named.group(1) if named else ""


def _wanted(blocks: Sequence[WeekBlock], there: Sequence[_Unit], rules: Rules) -> list[tuple[Row, ...]]:
    """What ought to stand in the tab, from top to bottom: the live block, then closed weeks, newest first."""
    kept: dict[str, _Unit] = {}
    for unit in there:
        is_closed = unit.week and not unit.is_live
        if is_closed and (unit.week not in kept or (unit.stands and not kept[unit.week].stands)):
            kept[unit.week] = unit
    closed = {week: unit.rows for week, unit in kept.items()}
    live: list[tuple[Row, ...]] = []
    for block in blocks:
        if not block.closed:
            live = [_live_rows(block, there, rules)]
            continue
        one = kept.get(block.period.id)
        body = one.frozen if one and one.stands else tuple(map(canonical, block_rows(block, rules)))
        closed[block.period.id] = (*body, *map(canonical, later_rows(block, rules)))
    return live + [closed[week] for week in sorted(closed, reverse=True)]


def _live_rows(block: WeekBlock, there: Sequence[_Unit], rules: Rules) -> tuple[Row, ...]:
    """The running week's block; as it stands when nothing but the time of the reckoning differs."""
    rows = tuple(map(canonical, block_rows(block, rules)))
    for unit in there:
        if unit.is_live and _without_time(unit.rows) == _without_time(rows):
            return unit.rows
    return rows


def _without_time(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return ((*rows[0][:AS_OF], *rows[0][AS_OF + 1 :]), *rows[1:])


def _block_edits(
    rows: Sequence[Row], there: Sequence[_Unit], wanted: Sequence[tuple[Row, ...]]
) -> list[Edit]:
    """The edits of the runs in which the two differ, the lowest first: so none moves the rows of another."""
    edits: list[Edit] = []
    matcher = SequenceMatcher(None, [unit.rows for unit in there], wanted, autojunk=False)
    for tag, i1, i2, j1, j2 in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        before = there[i1 - 1].bottom if i1 else 0
        is_tail = i2 == len(there)
        bottom = len(rows) if is_tail else there[i2].top
        # One blank row lies between blocks; where somebody deleted it there is none to begin behind.
        gap = 1 if i1 and (before >= len(rows) or rows[before] == _BLANK) else 0
        new = list(_joined(wanted[j1:j2], led=bool(i1) and not gap, followed=not is_tail))
        edits += _rewritten(list(rows[before + gap : max(bottom, before + gap)]), new, before + gap, is_tail)
    return edits


def _joined(blocks: Sequence[tuple[Row, ...]], *, led: bool, followed: bool) -> Iterator[Row]:
    """The blocks' rows with one blank row between any two, and to the neighbours that they have."""
    for place, block in enumerate(blocks):
        if place or led:
            yield _BLANK
        yield from block
    if blocks and followed:
        yield _BLANK


def _rewritten(old: list[Row], new: list[Row], top: int, is_tail: bool) -> Iterator[Edit]:
    """These rows in the place of those: room is made for more; fewer leave blank rows behind."""
    lacking = len(new) - len(old)
    if lacking > 0 and not is_tail:
        yield InsertRows(SUMMARY.key, FIRST_BLOCK_ROW + top + len(old), lacking)
    height = max(len(old), len(new))
    old += [_BLANK] * (height - len(old))
    new += [_BLANK] * (height - len(new))
    changed = [i for i in range(height) if old[i] != new[i]]
    if changed:
        span = new[changed[0] : changed[-1] + 1]
        yield SetRange(SUMMARY.key, FIRST_BLOCK_ROW + top + changed[0], 0, tuple(span), _formats(span))


def _formats(rows: Sequence[Row]) -> Mapping[tuple[int, int], str]:
    return {(i, column): name for i, row in enumerate(rows) for column, name in formats_of(row)}
