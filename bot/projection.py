"""What the bot's cells ought to show, against what they show: the difference is what is written.

    Judgement × Seen ─► desired cells ─► minus the cells as they are ─► edits

Nothing remembers "a write to do". A lost answer, a crash, or a person overwriting a cell are all mended the same way:
the next snapshot shows the difference, and it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.planning.fills import FILLED, fills, moment_cell
from bot.planning.judgement import Judgement, TabJudgement
from bot.planning.mail_words import mail_words
from bot.planning.problems import problem, sentences
from bot.planning.progress import Progress
from bot.planning.rules import Rules
from bot.planning.sightings import EXTRA, Order, Origin, Row, Seen, Sighting
from sheets_schema import CONTRACTS, ORDER_ENTRY, Cell, Kind, Owner
from sheets_schema.archive import BIN
from sheets_schema.titles import Header, fold
from sheets_schema.workflow import BY_STATE, PENDING

#: A tenth of a second, and far less than any minor unit: what doubles may lose on their way.
_CLOSE = 1e-6

_BOT_CELLS = {tab.key: tab.keys(Owner.BOT) for tab in (ORDER_ENTRY, CONTRACTS)}
#: Where a row of each order tab shows its problem.
_PROBLEM_CELL = {CONTRACTS.key: "problem", ORDER_ENTRY.key: "result"}
ADOPTED_ENTRY = {"en": "was here before Order Desk", "zh-CN": "启用前已有"}


@dataclass(frozen=True)
class Marker:
    """What the bot leaves in the workbook itself, so that a lost disk is not taken for a first meeting."""

    adopted_at: str
    #: The highest order number given, so that it is never given again.
    last_number: str = ""


@dataclass(frozen=True)
class SetCells:
    """Write these cells of one row; "" empties a cell. Text stays text whatever it begins with."""

    tab: str
    #: 1-based.
    row: int
    #: 0-based column -> value.
    cells: Mapping[int, Cell]
    #: 0-based column -> what the row showed when this was worked out; see `bot.standing`.
    expects: Mapping[int, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class AppendRow:
    """Write a new row below everything that is in the tab. Never computes where that is: the server does."""

    tab: str
    cells: Mapping[int, Cell]
    #: 0-based column -> kind, so that a new row shows a date as a date.
    kinds: Mapping[int, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplaceText:
    """Turn every cell of one column that holds exactly `old` into `new`: addressed by value, so rows may move."""

    tab: str
    column: int
    old: str
    new: str


@dataclass(frozen=True)
class SetRange:
    """Write a block of cells; "" empties a cell. The tab grows where the block needs it to."""

    tab: str
    #: 1-based row and 0-based column of its upper left corner.
    row: int
    column: int
    rows: tuple[tuple[Cell, ...], ...]
    #: What the block's cells are shown as, by (row, column) within it; the others keep their format.
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class InsertRows:
    """Push down everything from this row (1-based) on."""

    tab: str
    row: int
    count: int


@dataclass(frozen=True)
class MoveRow:
    """Move whatever stands in a row to a fresh row of another tab, column by column, and close the gap; values alone.

    One atomic batch: the row is in the one tab or in the other, never in both and never in neither. Moves that follow
    one another all count rows as they are before the first of them, and stand in their order below `below`.
    """

    tab: str
    #: 1-based.
    row: int
    to: str
    #: 0-based column there, by 0-based column here; either tab grows where it has no such column.
    columns: Mapping[int, int]
    #: The row there (1-based) below which the fresh rows are put in; what people typed further down moves down.
    below: int = 1
    #: 0-based column there -> kind, so that a date still shows as a date.
    kinds: Mapping[int, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class EmptyBin:
    """Remove the bin with all that lies in it. A move to the bin makes it; its rows stand from the second one on."""

    tab: str = BIN.key


@dataclass(frozen=True)
class SetMarker:
    """Leave or change the marker."""

    marker: Marker


Edit = SetCells | AppendRow | ReplaceText | SetRange | InsertRows | MoveRow | EmptyBin | SetMarker


@dataclass(frozen=True)
class Retold:
    """A row that shows a problem, or none, and ought to show another, or none any more."""

    tab: str
    #: 1-based.
    row: int
    #: "" for a row that is no order yet.
    order_no: str
    before: str
    after: str


@dataclass(frozen=True)
class Projection:
    """What has to be written, and which rows need nothing."""

    edits: tuple[Edit, ...] = ()
    #: Row ID -> number of the row that these edits give it to; 0 for a row that is appended, ID and all.
    placing: Mapping[str, int] = field(default_factory=dict)
    #: Row ID -> digest of the rows to which nothing is owed.
    settled: Mapping[str, int] = field(default_factory=dict)
    #: What people will be told anew of what is wrong, once the edits are written.
    problems: tuple[Retold, ...] = ()


def project(judgement: Judgement, seen: Seen, rules: Rules) -> Projection:
    """The edits that make the sheet show the state; none when it does."""
    edits: list[Edit] = []
    placing: dict[str, int] = {}
    settled: dict[str, int] = {}
    problems: list[Retold] = []
    held = "flood" in seen.holds and not seen.holds["flood"].released
    for key, tab in judgement.tabs.items():
        if tab.emptied or tab.snapshot.header.problems:
            continue
        header = tab.snapshot.header
        for row_id, row in tab.identity.known.items():
            desired = _known_cells(tab, row_id, row, seen, judgement, rules)
            lacking = difference(header, row, desired)
            if lacking:
                edits.append(SetCells(key, row.number, lacking))
            if row_id not in tab.identity.landed:
                problems += _retold(header, row, lacking, _number(row_id, seen))
            if row.row_id != row_id:
                placing[row_id] = row.number
            elif (
                not lacking
                and row.number not in tab.problems
                and _number(row_id, seen) not in judgement.awaited
                and not (row_id in tab.courses and tab.courses[row_id].is_unfinished)
            ):
                settled[row_id] = row.digest
        wishes = {c.row.number for c in tab.candidates if c.row.number in tab.problems or not held}
        for row, desired in _unknown_cells(tab, seen, judgement, rules, held):
            lacking = difference(header, row, desired)
            if lacking:
                edits.append(SetCells(key, row.number, lacking))
            if row.number in wishes:
                problems += _retold(header, row, lacking, "")
    for sighting in appendable(judgement, seen):
        header = judgement.tabs[CONTRACTS.key].snapshot.header
        cells = _appended_cells(sighting, seen, rules)
        kinds = {
            header.columns[f.key]: f.kind
            for f in CONTRACTS.fields
            if f.key in header.columns and f.key in cells
        }
        edits.append(AppendRow(CONTRACTS.key, _columns(header, cells), kinds))
        placing[sighting.row_id] = 0
    return Projection(tuple(edits), placing, settled, tuple(problems))


def _retold(header: Header, row: Row, lacking: Mapping[int, Cell], order_no: str) -> list[Retold]:
    """What this row's problem becomes by these cells; an entry's result that names its order is no problem."""
    key = _PROBLEM_CELL[row.tab]
    column = header.columns.get(key)
    if column is None or column not in lacking:
        return []
    before, after = (
        "" if text.startswith("→") or text in ADOPTED_ENTRY.values() else text
        for text in (row.text(key), str(lacking[column]))
    )
    return [Retold(row.tab, row.number, order_no, before, after)] if before != after else []


def _number(row_id: str, seen: Seen) -> str:
    return seen.sightings[row_id].order_no


def _known_cells(
    tab: TabJudgement, row_id: str, row: Row, seen: Seen, judgement: Judgement, rules: Rules
) -> dict[str, Cell]:
    """What the cells of a known row ought to show; columns that are absent here are left alone."""
    sighting = seen.sightings[row_id]
    landed = row_id in tab.identity.landed
    # The row shows another order's number, so its other bot cells are another order's as well.
    spoilt = landed and row.order_no != sighting.order_no
    desired: dict[str, Cell] = {"row_id": row_id}
    if landed:
        desired |= {key: sighting.cells.get(key, "") for key in FILLED if tab.snapshot.tab == CONTRACTS.key}
    if not row.order_no or landed or not sighting.placed:
        desired["order_no"] = sighting.order_no
    if tab.snapshot.tab == ORDER_ENTRY.key:
        return desired | _entry_cells(sighting, row, rules)
    line = tab.lines.get(row.number)
    if line is not None and sighting.created_at is not None:
        for key, cell in fills(line, sighting.order_no, rules.today(sighting.created_at), rules).items():
            if key not in (sighting.cells if landed else row.cells):
                desired[key] = cell
    progress = seen.progress.get(row_id)
    if "status" in desired and progress is not None and not landed:
        # Of a line on its way an emptied cell is no new order's.
        desired["status"] = BY_STATE[progress.state].title(rules.language)
    desired |= _reviewed(progress, rules)
    desired["problem"] = sentences(tab.problems.get(row.number, ()), rules.language, rules.schema)
    order = seen.orders.get(sighting.order_no)
    if order is not None and sighting.order_no not in judgement.awaited:
        words = _mail_cell(order, row, seen, rules)
        if spoilt and order.number not in seen.mail:
            words = sighting.mail_shown or mail_words(order, (), rules)
        if words:
            desired["mail_status"] = words
    if sighting.origin not in (Origin.ADOPTED, Origin.REBUILT):
        desired |= _times(sighting, rules)
    elif spoilt:
        # When an old row was made is not remembered; the moment that our write left there is another order's.
        desired |= {"created_at": "", "updated_at": ""}
    return desired


def _reviewed(progress: Progress | None, rules: Rules) -> dict[str, Cell]:
    """The moment of the review; nothing of lines that the bot has not seen on their way."""
    if progress is not None and progress.reviewed_at is not None:
        return {"reviewed_at": moment_cell(progress.reviewed_at, rules)}
    # What was sent back has yet to be reviewed.
    return {"reviewed_at": ""} if progress is not None and progress.state == PENDING.key else {}


def _entry_cells(sighting: Sighting, row: Row, rules: Rules) -> dict[str, Cell]:
    if sighting.origin is Origin.ENTRY:
        return {"result": f"→ {sighting.order_no}"}
    if sighting.origin is Origin.ADOPTED and not row.text("result"):
        return {"result": ADOPTED_ENTRY[rules.language]}
    return {}


def _mail_cell(order: Order, row: Row, seen: Seen, rules: Rules) -> str:
    """The E-mail cell's text; "" leaves the cell alone."""
    states = seen.mail.get(order.number, ())
    if row.text("mail_status") and not any(state.generation == order.generation for state in states):
        # Nothing is remembered of this order's latest mail, so what the cell says is the best knowledge there is.
        return ""
    return mail_words(order, states, rules)


def _times(sighting: Sighting, rules: Rules) -> dict[str, Cell]:
    times: dict[str, Cell] = {}
    if sighting.created_at is not None:
        times["created_at"] = moment_cell(sighting.created_at, rules)
    if sighting.updated_at is not None:
        times["updated_at"] = moment_cell(sighting.updated_at, rules)
    return times


def _unknown_cells(
    tab: TabJudgement, seen: Seen, judgement: Judgement, rules: Rules, held: bool
) -> list[tuple[Row, dict[str, Cell]]]:
    """What rows without identity ought to show: nothing of another row's, and what stands in their way."""
    key = tab.snapshot.tab
    problem_cell = _PROBLEM_CELL[key]
    result: list[tuple[Row, dict[str, Cell]]] = []
    nothing: dict[str, Cell] = dict.fromkeys((k for k in _BOT_CELLS[key] if k != problem_cell), "")
    if key == ORDER_ENTRY.key:
        # A copied entry keeps showing the number it was copied with: it says which order the copy is of.
        del nothing["order_no"]
    before = {w.core: w.cells for w in seen.waiting if w.tab == key}
    flood = sentences((problem("flood", count=judgement.asked),), rules.language, rules.schema)
    for candidate in tab.candidates:
        row = candidate.row
        desired = dict(nothing)
        if (
            not candidate.number
            and row.order_no
            and row.number in tab.identity.borrowed
            and key == CONTRACTS.key
        ):
            desired["order_no"] = ""
        if row.number in tab.problems:
            desired[problem_cell] = sentences(tab.problems[row.number], rules.language, rules.schema)
        elif candidate.settled:
            desired[problem_cell] = flood if held and candidate.ready else ""
        result.append((row, desired))
    spoiled = [row for row in tab.identity.fresh if row.number in tab.identity.spoiled]
    for row in spoiled:
        own = before.get(row.core, {})
        filled = {k: own.get(k, "") for k in FILLED} if key == CONTRACTS.key else {"order_no": ""}
        result.append((row, {**nothing, **filled, problem_cell: ""}))
    for row in tab.identity.orphans:
        # Without ID and number nothing here shows that the bot filled it: it may be a column's formula.
        is_ours = key == CONTRACTS.key and (row.row_id or row.order_no)
        filled = dict.fromkeys(FILLED if is_ours else ("order_no",), "")
        result.append((row, {**nothing, **filled, problem_cell: ""}))
    return result


def appendable(judgement: Judgement, seen: Seen) -> list[Sighting]:
    """Contract rows of accepted entries that no write has carried into the sheet yet, in order of their numbers.

    A row is held back while its entry cannot be found: then the entry was changed, and the claim will be withdrawn.
    """
    contracts, entries = judgement.tabs.get(CONTRACTS.key), judgement.tabs.get(ORDER_ENTRY.key)
    if contracts is None or contracts.emptied or contracts.snapshot.header.problems or entries is None:
        return []

    def entry_stands(sighting: Sighting) -> bool:
        entry = seen.sightings.get(sighting.partner)
        return sighting.partner in entries.identity.known or (
            entry is not None and (entry.placed or entry.written)
        )

    owed = [
        s for s in seen.sightings.values()
        if s.origin is Origin.INTAKE and not (s.placed or s.written or s.gone)
        and s.row_id not in contracts.identity.known and entry_stands(s)
    ]  # fmt: skip
    return sorted(owed, key=lambda s: s.order_no)


def _appended_cells(sighting: Sighting, seen: Seen, rules: Rules) -> dict[str, Cell]:
    cells = (
        dict(sighting.cells)
        | {"row_id": sighting.row_id, "order_no": sighting.order_no}
        | _times(sighting, rules)
    )
    order = seen.orders.get(sighting.order_no)
    if order is not None:
        cells["mail_status"] = mail_words(order, seen.mail.get(order.number, ()), rules)
    return cells


def _columns(header: Header, cells: Mapping[str, Cell]) -> dict[int, Cell]:
    """Cells by column index; those whose column the tab does not have are left out."""
    extra = {fold(title): index for title, index in header.extra.items()}
    placed: dict[int, Cell] = {}
    for key, cell in cells.items():
        index = extra.get(fold(key[len(EXTRA) :])) if key.startswith(EXTRA) else header.columns.get(key)
        if index is not None and cell != "":
            placed[index] = cell
    return placed


def difference(header: Header, row: Row, desired: Mapping[str, Cell]) -> dict[int, Cell]:
    """The desired cells that the row does not show."""
    return {
        header.columns[key]: cell
        for key, cell in desired.items()
        if key in header.columns and not _shows(row.cells.get(key, ""), cell)
    }


def _shows(cell: Cell, desired: Cell) -> bool:
    if isinstance(cell, bool) or isinstance(desired, bool):
        return cell is desired
    if isinstance(cell, int | float) and isinstance(desired, int | float):
        return abs(cell - desired) < _CLOSE
    return type(cell) is type(desired) and cell == desired
