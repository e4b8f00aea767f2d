"""Which rows leave for Archive, into which columns, and which came along by mistake. Pure; `bot.archiving` moves them.

An order leaves whole: while one of its lines is not to leave, or no longer finished, all of them stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.outbox import Status
from bot.planning.sightings import Seen
from bot.ports import Columns, Sheet
from sheets_schema import CONTRACTS, Cell, Kind, Tab
from sheets_schema.cells import plain_text
from sheets_schema.titles import column_keys, fold
from sheets_schema.workflow import CANCELLED, COMPLETED, state_of

FINISHED = frozenset({COMPLETED.key, CANCELLED.key})
_UNSETTLED = frozenset({Status.QUEUED.value, Status.CLAIMED.value, Status.SENDING.value})
#: Kinds whose cells would show as bare numbers without a format.
_FORMATTED = frozenset({Kind.DATE, Kind.DATETIME, Kind.MONEY, Kind.QUANTITY})
_KIND_OF_FORMAT = {"DATE": Kind.DATE, "DATE_TIME": Kind.DATETIME}

#: The columns that decide which rows leave.
NEEDED = ("row_id", "order_no", "status", "mail_status")


@dataclass(frozen=True)
class Leaver:
    """One row that leaves; `row` is its number by the last look."""

    row_id: str
    order_no: str
    row: int
    #: Its E-mail cell is blank: somebody may have asked for the mail again.
    unmarked: bool = False


def is_finished(status: Cell) -> bool:
    """Whether a Status cell names an end of the workflow."""
    state = state_of(plain_text(status))
    return state is not None and state.key in FINISHED


def leaving(here: Columns, there: Columns, wanted: Collection[str], most: int) -> tuple[Leaver, ...]:
    """The rows that leave now, at most about so many, in the order in which they stand.

    Rows that stand twice, or in both tabs, stay: somebody copied them back, and Contract Orders has the word.
    """
    rows = list(_leavers(here))
    times = Counter(leaver.row_id for leaver, _ in rows)
    archived = {plain_text(cell) for cell in there.cells.get("row_id", ())}
    free = {i for i in wanted if times[i] == 1} - archived - {""}
    staying = {r.order_no for r, finished in rows if r.row_id not in free or not finished}
    found: list[Leaver] = []
    chosen: set[str] = set()
    for leaver, _ in rows:
        if leaver.order_no in staying or not leaver.order_no:
            continue
        if leaver.order_no in chosen or len(chosen) < most:
            chosen.add(leaver.order_no)
            found.append(leaver)
    return tuple(found)


def _leavers(here: Columns) -> Iterator[tuple[Leaver, bool]]:
    """Every row that shows a number or an ID, and whether it is finished."""
    columns = [here.cells.get(key, ()) for key in NEEDED]
    for i in range(here.height):
        row_id, order_no, status, mail = (column[i] if i < len(column) else "" for column in columns)
        if row_id != "" or order_no != "":
            leaver = Leaver(plain_text(row_id), plain_text(order_no), i + 2, mail == "")
            yield leaver, is_finished(status)


def copied_back(here: Columns, there: Columns) -> dict[str, int]:
    """Row ID -> row of Archive, of rows that stand in Contract Orders as well."""
    standing = {plain_text(cell) for cell in here.cells.get("row_id", ())} - {""}
    archived = map(plain_text, there.cells.get("row_id", ()))
    return {row_id: row for row, row_id in enumerate(archived, 2) if row_id in standing}


def without_open_mail(leavers: Sequence[Leaver], seen: Seen) -> tuple[Leaver, ...]:
    """Those whose order is remembered and waits for no mail, neither one queued nor one asked for again."""
    busy = {n for n, states in seen.mail.items() if any(s.status in _UNSETTLED for s in states)}
    for leaver in leavers:
        sighting = seen.sightings.get(leaver.row_id)
        if sighting is None or (leaver.unmarked and sighting.mail_shown):
            busy.add(leaver.order_no)
    return tuple(leaver for leaver in leavers if leaver.order_no not in busy)


def same_orders(leavers: Sequence[Leaver], before: Sequence[Leaver]) -> tuple[Leaver, ...]:
    """Those whose order still has the same lines to move as before: of no order only a part moves."""
    then, now = (Counter(x.order_no for x in some) for some in (before, leavers))
    return tuple(x for x in leavers if now[x.order_no] == then[x.order_no])


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Passage:
    """How the columns of Contract Orders go into those of Archive."""

    #: 0-based column there, by 0-based column here: all of the grid's, those without a title too.
    columns: Mapping[int, int]
    #: Titles to write there first, by column.
    new_titles: Mapping[int, str]
    #: Column -> kind, there and here.
    kinds: Mapping[int, Kind]
    kinds_here: Mapping[int, Kind]

    @property
    def back(self) -> dict[int, int]:
        """The way back."""
        return {there: here for here, there in self.columns.items()}


def passage(
    here: Columns, here_sheet: Sheet, there: Columns, there_sheet: Sheet, tab: Tab = CONTRACTS
) -> Passage:
    """Where each column goes: by its key, by its title, or, without one, to the next column without a title.

    A title that Archive lacks is added behind its last column, never over one that may hold something. `tab` is
    Contract Orders under its names here, which Archive shares.
    """
    places = {name: i for i, name in enumerate(_names(tab, there.titles, there_sheet.columns))}
    end = max(there_sheet.columns, len(there.titles))
    columns: dict[int, int] = {}
    new: dict[int, str] = {}
    for i, name in enumerate(_names(tab, here.titles, here_sheet.columns)):
        if name not in places:
            places[name] = end
            end += 1
            if name[1]:
                new[places[name]] = plain_text(here.titles[i])
        columns[i] = places[name]
    kinds_here = _kinds(here, here_sheet)
    kinds = {columns[i]: kind for i, kind in kinds_here.items() if i in columns}
    return Passage(columns, new, kinds, kinds_here)


def _names(tab: Tab, titles: Sequence[Cell], width: int) -> Iterator[tuple[str, str, int]]:
    """What tells each column from the others: is it known or the team's own, its name, and which of that name."""
    keys = column_keys(tab, titles)
    times: Counter[tuple[str, str]] = Counter()
    for i in range(max(width, len(titles))):
        key, title = (keys[i], fold(str(titles[i]))) if i < len(titles) else ("", "")
        name = ("known", key) if key else ("own", title)
        yield (*name, times[name])
        times[name] += 1


def _kinds(here: Columns, sheet: Sheet) -> dict[int, Kind]:
    """The kinds of columns whose cells need a format: the schema's, and the team's own days and moments."""
    kinds = {i: _KIND_OF_FORMAT[form] for i, (form, _) in sheet.formats.items() if form in _KIND_OF_FORMAT}
    schema = {i: CONTRACTS.by_key[key].kind for key, i in here.places.items()}
    return kinds | {i: kind for i, kind in schema.items() if kind in _FORMATTED}


# ── what came along ─────────────────────────────────────────────────────────────────────────────────────────


def landed(
    shown: Mapping[int, Sequence[Cell]], there: Columns, ids: Collection[str]
) -> tuple[frozenset[str], tuple[int, ...]]:
    """Of the rows that were moved, as they stand there: the IDs that were meant, and the rows that were not.

    Not meant is whatever somebody sorted to the place of a row that was, and a row that was reopened just then.
    """
    meant: set[str] = set()
    strays: list[int] = []
    for row, cells in sorted(shown.items()):
        row_id = plain_text(_cell(cells, there.places.get("row_id")))
        if row_id in ids and row_id not in meant and is_finished(_cell(cells, there.places.get("status"))):
            meant.add(row_id)
        elif any(cell != "" for cell in cells):
            strays.append(row)
    return frozenset(meant), tuple(strays)


def strays_known(
    strays: Sequence[int], shown: Mapping[int, Sequence[Cell]], here: Columns, there: Columns, seen: Seen
) -> tuple[int, ...]:
    """Of these rows of Archive those that are remembered as rows of Contract Orders and do not stand there."""
    standing = {plain_text(cell) for cell in here.cells.get("row_id", ())}
    ids = {row: plain_text(_cell(shown[row], there.places.get("row_id"))) for row in strays}
    return tuple(
        row for row, i in ids.items()
        if i not in standing and i in seen.sightings and seen.sightings[i].tab == CONTRACTS.key
    )  # fmt: skip


def orders_among(there: Columns, ids: Collection[str]) -> int:
    """How many orders these rows are, of those that stand in Archive."""
    row_ids, numbers = there.cells.get("row_id", ()), there.cells.get("order_no", ())
    pairs: Iterable[tuple[Cell, Cell]] = zip(row_ids, numbers, strict=False)
    return len({plain_text(number) for row_id, number in pairs if plain_text(row_id) in ids})


def _cell(cells: Sequence[Cell], index: int | None) -> Cell:
    return cells[index] if index is not None and index < len(cells) else ""
