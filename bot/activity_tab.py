"""The Activity tab: which entries stand in it, and what is written so that it tells all that happened.

    entry number n stands in row 2 + n - base        a write whose answer was lost is simply written again
    the newest rows fill it; when there are a fifth too many, the whole block is written anew and the base moves

The state keeps every entry; the tab is a window on them. Nothing is read from it but once, when the bot does not
remember it: rows of an earlier life stay where they are, and the new ones begin below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.activity import Entry
from bot.planning.activity_words import detail_words, what_words
from bot.planning.fills import moment_cell
from bot.planning.happened import TAB_ROW
from bot.planning.rules import Rules
from bot.ports import About, Sheet, State, Workbook
from bot.projection import Retold, SetRange
from sheets_schema import ACTIVITY, Cell, Kind

#: How many entries are added to the tab in one cycle, and how many rows one edit carries at most.
ENTRIES_A_CYCLE, ROWS_AN_EDIT = 500, 1000
#: How long a tab is left alone that could not be written.
_PATIENCE = timedelta(minutes=10)
#: A cell shows this much of a text; the state keeps the whole.
_LONGEST = 1000
_WIDTH = len(ACTIVITY.fields)
_BLANK: tuple[Cell, ...] = ("",) * _WIDTH


@dataclass(frozen=True)
class Window:
    """What stands in the tab."""

    #: The sheet's id: a tab that was deleted and laid out again is another one.
    sheet: str
    #: The number that the entry in the second row has; less than 1 when rows of an earlier life stand on top.
    base: int
    #: The number of the last entry that is shown.
    last: int

    @property
    def height(self) -> int:
        """Rows below the titles."""
        return self.last - self.base + 1

    def facts(self) -> dict[str, str]:
        """What the state keeps of it."""
        return {
            "activity_sheet": self.sheet,
            "activity_base": str(self.base),
            "activity_shown": str(self.last),
        }


@dataclass(frozen=True)
class Owed:
    """What the tab lacks, and what is to be remembered once it is written."""

    edits: tuple[SetRange, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    #: False when more is to be written in the next cycle.
    is_all: bool = True


def activity_owed(about: About | None, state: State, workbook: Workbook, rules: Rules, now: datetime) -> Owed:
    """What is to be written now; nothing while there is no such tab, or it was refused just before.

    Reads the tab when it is not remembered.
    """
    sheet = activity_sheet(about)
    last = state.last_activity()
    if sheet is None or not last:
        return Owed()
    facts = state.facts()
    if _is_refused(facts, now):
        return Owed()
    window = window_of(facts, sheet)
    if window is None:
        rows = _rows_there(workbook)
        first = max(_first_untold(facts), last - rules.activity_rows + 1)
        if len(rows) > _too_many(rules):
            return _shortened(sheet, rows, first, rules)
        window = Window(str(sheet.sheet_id), first - len(rows), first - 1)
    if window.last >= last:
        return Owed()
    if last - max(window.base, 1) + 1 > _too_many(rules):
        entries = state.activity(last - rules.activity_rows, limit=rules.activity_rows)
        return _written_anew(window, entries, rules)
    entries = state.activity(window.last, limit=ENTRIES_A_CYCLE)
    shown = Window(window.sheet, window.base, entries[-1].number)
    edits = _block(2 + entries[0].number - window.base, [row_of(e, rules) for e in entries])
    return Owed(edits, shown.facts(), shown.last >= last)


def _first_untold(facts: Mapping[str, str]) -> int:
    """The number of the first entry that no tab has shown: more than 1 when a backup was put back.

    A tab that is laid out afterwards in place of another shows old entries, too.
    """
    return 1 if "activity_sheet" in facts else int(facts.get("activity_told", 0)) + 1


def activity_sheet(about: About | None) -> Sheet | None:
    """The tab as the workbook lists it; None when there is none."""
    return about.known.get(ACTIVITY.key) if about is not None else None


def window_of(facts: Mapping[str, str], sheet: Sheet) -> Window | None:
    """What is remembered of this tab; None when it is another one, or the first."""
    if facts.get("activity_sheet") != str(sheet.sheet_id):
        return None
    return Window(facts["activity_sheet"], int(facts["activity_base"]), int(facts["activity_shown"]))


def refused(now: datetime) -> dict[str, str]:
    """The facts that keep the tab from being written for a while, so that what else is owed does not fail with it."""
    return {"activity_refused_at": now.isoformat()}


def _is_refused(facts: Mapping[str, str], now: datetime) -> bool:
    at = facts.get("activity_refused_at")
    return at is not None and timedelta(0) <= now - datetime.fromisoformat(at) < _PATIENCE


def row_of(entry: Entry, rules: Rules) -> tuple[Cell, ...]:
    """An entry as the tab shows it; what people typed stays text."""
    texts = (
        entry.order_no,
        what_words(entry, rules.language),
        entry.before,
        entry.after,
        detail_words(entry, rules.language),
    )
    return (moment_cell(entry.at, rules), *(text[:_LONGEST] for text in texts))


def _too_many(rules: Rules) -> int:
    return rules.activity_rows * 6 // 5


def _written_anew(window: Window, entries: Sequence[Entry], rules: Rules) -> Owed:
    """The newest entries from the second row on, and blank cells where more stood before."""
    rows = [row_of(entry, rules) for entry in entries]
    shown = Window(window.sheet, entries[0].number, entries[-1].number)
    blank = [_BLANK] * max(0, window.height - len(rows))
    return Owed(_block(2, [*rows, *blank]), shown.facts())


def _shortened(sheet: Sheet, rows: Sequence[Sequence[Cell]], first: int, rules: Rules) -> Owed:
    """Of rows of an earlier life the newest, which the state does not know; the entries from `first` on follow then.

    Apart, so that when the answer is lost, the rows that stand there then are all of the earlier life still.
    """
    kept = [tuple(row[:_WIDTH]) + ("",) * (_WIDTH - len(row)) for row in rows[-rules.activity_rows :]]
    shown = Window(str(sheet.sheet_id), first - len(kept), first - 1)
    return Owed(_block(2, [*kept, *[_BLANK] * (len(rows) - len(kept))]), shown.facts(), is_all=False)


def _block(top: int, rows: Sequence[tuple[Cell, ...]]) -> tuple[SetRange, ...]:
    """These rows from this one (1-based) on, in edits of a size that a request can carry."""
    parts = (rows[start : start + ROWS_AN_EDIT] for start in range(0, len(rows), ROWS_AN_EDIT))
    return tuple(
        SetRange(
            ACTIVITY.key,
            top + number * ROWS_AN_EDIT,
            0,
            tuple(part),
            {(i, 0): Kind.DATETIME.value for i, row in enumerate(part) if row[0] != ""},
        )
        for number, part in enumerate(parts)
    )


def _rows_there(workbook: Workbook) -> Sequence[Sequence[Cell]]:
    found = workbook.contents([ACTIVITY.key])
    return next(iter(found.values()), ())[1:]


def problem_entries(problems: Sequence[Retold], now: datetime, rules: Rules) -> tuple[Entry, ...]:
    """That rows show another problem than before, or none any more."""
    return tuple(
        Entry(
            now,
            "problem_raised" if one.after else "problem_cleared",
            one.order_no,
            one.before,
            one.after,
            TAB_ROW[rules.language].format(tab=rules.title(one.tab), row=one.row),
        )
        for one in problems
    )
