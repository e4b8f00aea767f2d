"""How far each known line has come by now: what its cells show against what was reached. Pure; nothing is stored here.

    known row × Progress ─► Course: legal steps, a note to the salesperson, changed cells; or what stands in the way

Nothing counts before the row, and every other line of its order, has stood unchanged for `poll.settle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from bot.planning.catalog import Catalog
from bot.planning.checks import review_problems, shortage
from bot.planning.fills import number_cell, own_cells
from bot.planning.identity import Identity
from bot.planning.moves import Walk, reviewer_problems, walked
from bot.planning.problems import Problem
from bot.planning.progress import Progress
from bot.planning.readiness import ReadyLine, examine
from bot.planning.rules import Rules
from bot.planning.sightings import Origin, Row, Seen, Sighting
from bot.planning.stocks import stock_key
from sheets_schema import CONTRACTS, Cell
from sheets_schema.cells import is_blank, read_number
from sheets_schema.currencies import minor_units
from sheets_schema.titles import fold
from sheets_schema.workflow import APPROVED, BY_STATE, FINAL, HOLDS_STOCK, PENDING, first_state, state_of

#: What the customer was promised: a change of these is told to the salesperson.
WATCHED = (
    "product", "specification", "quantity", "unit_price", "amount", "due_date", "delivery_address", "special_requests"
)  # fmt: skip

_FROM_BEFORE = frozenset({Origin.ADOPTED, Origin.REBUILT})


@dataclass(frozen=True)
class Course:
    """One known line of Contract Orders: how far it had come, and what its row says now."""

    row: Row
    line: ReadyLine
    before: Progress
    walk: Walk
    #: Reviewer names somebody who may sign.
    is_signed: bool = False
    #: Columns of WATCHED that are not as the salesperson knows them.
    altered: tuple[str, ...] = ()
    #: The cells of WATCHED that are not blank, with those that the bot is about to fill in.
    shown: Mapping[str, Cell] = field(default_factory=dict)
    #: When everything will have stood unchanged for long enough; None when it has.
    settles_at: datetime | None = None

    @property
    def state(self) -> str:
        """Key of the state that the line has reached."""
        return self.walk.moves[-1].end if self.walk.moves else self.before.state

    @property
    def reached(self) -> str:
        """Key of the state that the line has reached and that has settled."""
        return self.state if self.settles_at is None else self.before.state

    @property
    def is_unfinished(self) -> bool:
        """Something is to follow once it has settled."""
        return self.settles_at is not None and bool(
            self.walk.moves
            or self.walk.problems
            or self.altered
            or self.note != self.before.note
            or self.asks_finance
        )

    @property
    def note(self) -> str:
        """What a reviewer wrote into Exception of a line that is to be put right."""
        return self.row.text("exception") if self.state == PENDING.key else ""

    @property
    def asks_finance(self) -> bool:
        """The lead has signed, nothing is to be put right, and finance, which is to sign next, was not asked yet."""
        waits = self.before.state == PENDING.key and not (self.walk.moves or self.walk.refused)
        return (
            waits
            and self.is_signed
            and not self.note
            and not self.before.finance_asked
            and not self.row.text("finance_reviewer")
        )


@dataclass(frozen=True)
class Courses:
    """Those of one tab."""

    #: By Row ID.
    found: Mapping[str, Course]
    #: Row number -> what stands in the way, or what a reviewer should look at.
    problems: Mapping[int, tuple[Problem, ...]]


def courses(
    identity: Identity,
    lines: Mapping[int, ReadyLine],
    seen: Seen,
    catalog: Catalog | None,
    now: datetime,
    rules: Rules,
) -> Courses:
    """The courses of the known rows that show their own cells and can be read."""
    found: dict[str, Course] = {}
    problems: dict[int, tuple[Problem, ...]] = {}
    if catalog is None:
        return Courses(found, problems)
    for row_id, row in identity.known.items():
        sighting = seen.sightings[row_id]
        if row_id in identity.landed or row.row_id != row_id or sighting.tab != CONTRACTS.key:
            continue
        known = seen.progress.get(row_id)
        if known is None and _is_past(sighting, row):
            continue
        before = known or _unwatched(sighting, row, now, rules)
        line = lines.get(row.number) or _old_line(sighting, row, before, catalog, rules)
        if isinstance(line, tuple):
            problems[row.number] = line
        elif line is not None:
            before = _spoken_for(before, row, line)
            shown = watched(row.cells)
            if row.number in lines:
                # A price or an amount that somebody emptied is filled in again, whenever that write succeeds: people
                # hear once of what was changed, not a second time of the sum that followed from it.
                shown = {
                    "unit_price": number_cell(line.unit_price),
                    "amount": number_cell(line.amount),
                } | shown
            course = _course(row, sighting, line, before, shown, catalog, now, rules)
            found[row_id] = course
            if told := _told(course, sighting, seen, catalog, rules):
                problems[row.number] = told
    return Courses(_together(found), problems)


def _is_past(sighting: Sighting, row: Row) -> bool:
    """Whether the row is from before the bot's time, nothing is to happen to it, and nobody has touched it since.

    A book may have 100,000 of them, and none is worth a look.
    """
    if sighting.origin not in _FROM_BEFORE or own_cells(row.tab, row.cells) != sighting.cells:
        return False
    state = state_of(row.text("status"))
    return state is None or state.key in FINAL


def _unwatched(sighting: Sighting, row: Row, now: datetime, rules: Rules) -> Progress:
    """Where a line stood of which nothing is remembered: what its cells said before they were changed is believed.

    The first status that somebody gives an old row is believed, too: nobody kept its steps.
    """
    state = state_of(str(sighting.cells.get("status", "")))
    if state is None and sighting.origin in _FROM_BEFORE:
        state = state_of(row.text("status"))
    state = state or first_state(rules.review_levels)
    # What the bot filled in before it saw the row in its place is nobody's change.
    told = watched(sighting.cells) if sighting.placed else {}
    note = str(sighting.cells.get("exception", "")).strip()
    # Whoever has heard of it in a life of the bot that is forgotten gets no other mail under the ids of that life.
    steps = int(now.timestamp()) // 60 if sighting.origin is Origin.REBUILT else 0
    return Progress(
        sighting.row_id, sighting.order_no, state.key, now, steps=steps, told=told, note=note,
        finance_asked=not is_blank(sighting.cells.get("reviewer", "")),
    )  # fmt: skip


def _spoken_for(before: Progress, row: Row, line: ReadyLine) -> Progress:
    """What a line has of its product's stock that was approved before anybody counted it: the count was made with it.

    So it is when the bot meets the line, after a lost memory too, and when a Stock cell is filled in for the first time.
    """
    if before.taken or before.state not in HOLDS_STOCK or line.product.stock is None:
        return before
    told, shown = before.told, watched(row.cells)
    if told and any(told.get(key, "") != shown.get(key, "") for key in ("product", "specification")):
        # It goes over to goods that it has nothing of yet.
        return before
    quantity = read_number(told["quantity"]) if "quantity" in told else line.quantity
    taken = quantity if isinstance(quantity, Decimal) else line.quantity
    return replace(before, product=stock_key(line.product), taken=taken)


def _old_line(
    sighting: Sighting, row: Row, before: Progress, catalog: Catalog, rules: Rules
) -> ReadyLine | tuple[Problem, ...] | None:
    """The line of a row from before the bot's time. What is wrong with it is told only when it is to move."""
    if sighting.origin not in _FROM_BEFORE:
        return None
    verdict = examine(row.tab, row.cells, catalog, rules)
    if isinstance(verdict, ReadyLine):
        return verdict
    shown = state_of(row.text("status"))
    return verdict if shown is not None and shown.key != before.state else None


def _course(
    row: Row,
    sighting: Sighting,
    line: ReadyLine,
    before: Progress,
    shown: Mapping[str, Cell],
    catalog: Catalog,
    now: datetime,
    rules: Rules,
) -> Course:
    changed_at = now if is_edited(row, sighting, before.state) else sighting.updated_at
    settles_at = changed_at + rules.settle if changed_at is not None else None
    altered: tuple[str, ...] = ()
    if before.told:
        altered = tuple(key for key in WATCHED if shown.get(key, "") != before.told.get(key, ""))
    return Course(
        row, line, before, walked(before.state, row, line, catalog, rules),
        bool(row.text("reviewer")) and not reviewer_problems(row, line, catalog, rules), altered, shown,
        settles_at if settles_at is not None and settles_at > now else None,
    )  # fmt: skip


def is_edited(row: Row, sighting: Sighting, state: str) -> bool:
    """Whether somebody has changed the row since it was last looked at; `state` is how far its line has come.

    What the bot filled in before the row was seen again is no change, but a status that somebody chose since then is.
    """
    if sighting.placed:
        return own_cells(row.tab, row.cells) != sighting.cells
    claimed = state_of(str(sighting.cells.get("status", "")))
    return state_of(row.text("status")) not in (None, BY_STATE[state], claimed)


def _told(
    course: Course, sighting: Sighting, seen: Seen, catalog: Catalog, rules: Rules
) -> tuple[Problem, ...]:
    """What the Problem cell says of a line that can be read."""
    if course.walk.problems:
        return course.walk.problems if course.settles_at is None else ()
    if sighting.origin in _FROM_BEFORE:
        return ()
    if course.state == PENDING.key and rules.review_levels:
        doubts = review_problems(course.line, course.before, seen, rules)
        if rules.review_levels == 2 and course.row.text("reviewer"):
            doubts = (*doubts, *reviewer_problems(course.row, course.line, catalog, rules))
        return doubts
    return shortage(course.line, seen, rules) if course.state == APPROVED.key else ()


def _together(found: Mapping[str, Course]) -> dict[str, Course]:
    """All lines of an order settle when the last of them does, so that people hear once of all."""
    latest: dict[str, datetime] = {}
    for course in found.values():
        if course.settles_at is not None:
            number = course.before.order_no
            latest[number] = max(course.settles_at, latest.get(number, course.settles_at))
    return {
        row_id: replace(course, settles_at=latest.get(course.before.order_no))
        for row_id, course in found.items()
    }


def watched(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The watched cells that are not blank."""
    return {key: cells[key] for key in WATCHED if key in cells and not is_blank(cells[key])}


def advanced(course: Course, now: datetime, rules: Rules) -> Progress:
    """The line's progress once its steps are taken; equal to the one before when nothing is new."""
    before, line = course.before, course.line
    after = replace(
        before,
        refused=course.walk.refused,
        told=course.shown,
        note=course.note,
        customer=fold(line.customer.name),
        amount=minor_units(line.amount, line.currency),
        currency=line.currency,
        # Who is taken out of Reviewer and put in again is a new signature.
        finance_asked=course.is_signed
        and (before.finance_asked or course.asks_finance or bool(course.walk.moves)),
    )
    if not course.walk.moves:
        return after
    reviewed = before.reviewed_at
    if any(move.start == PENDING.key and move.end == APPROVED.key for move in course.walk.moves):
        reviewed = now
    elif course.state == PENDING.key:
        reviewed = None
    return replace(
        after,
        state=course.state,
        since=now,
        reviewed_at=reviewed if rules.review_levels else None,
    )


def is_open(state: str) -> bool:
    """Whether something is still to happen to a line in this state."""
    return state not in FINAL
