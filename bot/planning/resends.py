"""Orders whose purchase mail is wanted again (a person emptied the E-mail cell) or at last (a reviewer approved)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.planning.catalog import Catalog
from bot.planning.identity import Identity
from bot.planning.notices import PURCHASE_CUSTOMER
from bot.planning.orders import Candidate, disagreement
from bot.planning.problems import Problem
from bot.planning.readiness import ReadyLine, examine
from bot.planning.rules import Rules
from bot.planning.sightings import Seen, Sighting
from sheets_schema.workflow import AFTER_REVIEW


@dataclass(frozen=True)
class Book:
    """The contract book as one cycle sees it."""

    tab: str
    identity: Identity
    seen: Seen
    #: None while a lookup tab is unreadable: then no line can be examined.
    catalog: Catalog | None
    rules: Rules

    def present_lines(self, number: str) -> list[Sighting]:
        """The lines of an order that stand in the tab, in the order people see them."""
        known = self.identity.known
        absent = set(self.identity.vanished)
        here = [
            replace(s, position=known[s.row_id].number) if s.row_id in known else s
            for s in self.seen.sightings.values()
            if s.order_no == number and s.tab == self.tab and (s.row_id in known or not s.gone)
            and s.row_id not in absent
        ]  # fmt: skip
        return sorted(here, key=lambda s: (s.position, s.row_id))

    def verdict(self, line: Sighting) -> ReadyLine | tuple[Problem, ...]:
        """The line as it stands now."""
        row = self.identity.known.get(line.row_id)
        cells = row.cells if row is not None else line.cells
        return examine(self.tab, cells, self.catalog, self.rules) if self.catalog is not None else ()


@dataclass(frozen=True)
class Resend:
    """A person emptied the E-mail cell of an order: its purchase detail is wanted once more."""

    number: str
    lines: tuple[ReadyLine, ...]
    #: Row IDs of the lines, in the order of the mail.
    row_ids: tuple[str, ...]
    #: Rows that join the confirmed order by this.
    joining: tuple[Candidate, ...]


@dataclass(frozen=True)
class Asked:
    """What emptied E-mail cells ask for."""

    resends: tuple[Resend, ...] = ()
    #: Numbers that cannot be sent again yet.
    pending: frozenset[str] = frozenset()
    #: Numbers of the fresh rows that join a confirmed order.
    joining: frozenset[int] = frozenset()
    #: Row number -> what keeps a line from being sent again; also for old rows, which are examined only when asked.
    problems: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Approved:
    """A reviewer approved every line of an order whose customer has not heard yet."""

    number: str
    lines: tuple[ReadyLine, ...]
    #: The first line's row.
    row: int


def resends_asked(book: Book, candidates: Sequence[Candidate]) -> Asked:
    """Orders whose E-mail cell was shown and is empty now: those that can go, and those that cannot yet."""
    sightings = book.seen.sightings
    asked = {
        sightings[i].order_no
        for i, row in book.identity.known.items()
        if sightings[i].mail_shown and not row.text("mail_status") and i not in book.identity.landed
        and row.row_id == i and sightings[i].order_no in book.seen.orders
    }  # fmt: skip
    resends: list[Resend] = []
    pending: set[str] = set()
    joining: set[int] = set()
    problems: dict[int, tuple[Problem, ...]] = {}
    for number in sorted(asked):
        newcomers = [c for c in candidates if c.number == number]
        lines = book.present_lines(number)
        verdicts = {line.row_id: book.verdict(line) for line in lines}
        ready = [v for v in (*verdicts.values(), *(c.ready for c in newcomers)) if isinstance(v, ReadyLine)]
        quarrel = disagreement(number, ready)
        if len(ready) < len(lines) + len(newcomers) or not ready or quarrel:
            pending.add(number)
            for line in lines:
                verdict = verdicts[line.row_id]
                wrong = verdict if isinstance(verdict, tuple) else ((quarrel,) if quarrel else ())
                if wrong and line.row_id in book.identity.known:
                    problems[line.position] = wrong
            continue
        resends.append(Resend(number, tuple(ready), tuple(verdicts), tuple(newcomers)))
        joining |= {c.row.number for c in newcomers}
    return Asked(tuple(resends), frozenset(pending), frozenset(joining), problems)


def newly_approved(book: Book, reached: Mapping[str, str]) -> tuple[Approved, ...]:
    """Orders all of whose lines are approved by now and whose customer has not been written to.

    `reached`: Row ID -> key of the state that a line has legally reached, whatever its Status cell shows.
    """
    found: list[Approved] = []
    changed = {book.seen.sightings[i].order_no for i in book.identity.known if i not in book.identity.landed}
    for number in sorted(changed & book.seen.orders.keys()):
        order = book.seen.orders[number]
        told = {m.kind for m in book.seen.mail.get(number, ()) if m.generation == order.generation}
        if not order.generation or not told or PURCHASE_CUSTOMER in told:
            continue
        lines = book.present_lines(number)
        ready = [v for v in map(book.verdict, lines) if isinstance(v, ReadyLine)]
        states = [reached.get(s.row_id) or _remembered_state(book, s) for s in lines]
        if lines and len(ready) == len(lines) and AFTER_REVIEW.issuperset(states):
            found.append(Approved(number, tuple(ready), lines[0].position))
    return tuple(found)


def _remembered_state(book: Book, line: Sighting) -> str:
    progress = book.seen.progress.get(line.row_id)
    return progress.state if progress is not None else ""
