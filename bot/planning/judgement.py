"""What a snapshot means, given what is remembered: who is who, what is ready, what is wrong, what is asked for.

    Snapshot × Seen ─► Judgement ─► plan (what to claim)  and  projection (what the sheet ought to show)

Both read the same judgement, so what is claimed and what is shown cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.planning.catalog import Catalog
from bot.planning.courses import Course, courses
from bot.planning.identity import Identity, identify
from bot.planning.orders import Candidate, NewOrder, group_orders
from bot.planning.problems import Problem, problem
from bot.planning.readiness import ReadyLine, examine
from bot.planning.resends import Approved, Asked, Book, Resend, newly_approved, resends_asked
from bot.planning.rules import Rules
from bot.planning.sightings import Origin, Row, Seen, Snapshot, TabSnapshot, Waiting
from sheets_schema import CONTRACTS, ORDER_ENTRY

#: A tab that loses everything at once is taken for a mistake from this many rows on.
EMPTIED_FROM = 3


@dataclass(frozen=True)
class TabJudgement:
    """One tab's rows, judged."""

    snapshot: TabSnapshot
    identity: Identity = field(default_factory=Identity)
    candidates: tuple[Candidate, ...] = ()
    #: Row number -> what stands in the way; only of rows that have settled.
    problems: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)
    #: Row number -> the resolved line of a known row, for filling its blanks.
    lines: Mapping[int, ReadyLine] = field(default_factory=dict)
    #: Row ID -> how far a known line of Contract Orders has come.
    courses: Mapping[str, Course] = field(default_factory=dict)
    #: Everything in the tab has vanished; nothing is concluded from that until a person says so.
    emptied: int = 0


@dataclass(frozen=True)
class Judgement:
    """All tabs, judged together."""

    tabs: Mapping[str, TabJudgement]
    #: New orders by tab key.
    new_orders: Mapping[str, tuple[NewOrder, ...]]
    resends: tuple[Resend, ...]
    #: Numbers whose E-mail cell was emptied but which cannot be sent again yet.
    pending_resends: frozenset[str]
    #: Orders whose customer is to hear now that they are approved.
    approved: tuple[Approved, ...]
    waiting: tuple[Waiting, ...]

    @property
    def awaited(self) -> frozenset[str]:
        """Numbers whose emptied E-mail cell is still to be answered, and so must stay empty."""
        return self.pending_resends | {resend.number for resend in self.resends}

    @property
    def asked(self) -> int:
        """How many orders would send mail now."""
        return sum(len(orders) for orders in self.new_orders.values()) + len(self.resends)


def judge(snapshot: Snapshot, seen: Seen, catalog: Catalog | None, now: datetime, rules: Rules) -> Judgement:
    """Judge every tab that can be read. Without a catalog (a lookup tab is unreadable) no row becomes ready."""
    tabs: dict[str, TabJudgement] = {}
    new_orders: dict[str, tuple[NewOrder, ...]] = {}
    waiting: list[Waiting] = []
    asked = Asked()
    approved: tuple[Approved, ...] = ()
    for key, tab in snapshot.tabs.items():
        before = [w for w in seen.waiting if w.tab == key]
        if tab.header.problems:
            waiting += before
            tabs[key] = TabJudgement(tab)
            continue
        identity = identify(tab, seen.sightings, {w.core: str(w.cells.get("order_no", "")) for w in before})
        lost = _lost_everything(tab, identity, seen)
        hold = seen.holds.get(f"emptied:{key}")
        if lost and not (hold and hold.released):
            waiting += before
            tabs[key] = TabJudgement(tab, emptied=lost)
            continue
        found: Mapping[str, Course] = {}
        still, candidates = _candidates(tab, identity, before, seen, catalog, now, rules)
        waiting += still
        lines, problems = _known_lines(key, identity, seen, catalog, rules)
        if key == CONTRACTS.key:
            book = Book(tab.tab, identity, seen, catalog, rules)
            asked = resends_asked(book, candidates)
            coming = courses(identity, lines, seen, catalog, now, rules)
            found = coming.found
            if rules.purchase_mail == "on_approved":
                approved = newly_approved(book, {row_id: c.reached for row_id, c in found.items()})
            candidates = tuple(c for c in candidates if c.row.number not in asked.joining)
            new_orders[key], of_fresh = group_orders(candidates, _confirmed_numbers(seen))
            together = problems.keys() | coming.problems.keys()
            problems = {n: (*problems.get(n, ()), *coming.problems.get(n, ())) for n in together}
            problems |= asked.problems
        else:
            candidates = _without_answers_sent_twice(candidates, seen, rules)
            new_orders[key], of_fresh = group_orders(candidates, ())
        tabs[key] = TabJudgement(tab, identity, candidates, {**problems, **of_fresh}, lines, found)
    return Judgement(tabs, new_orders, asked.resends, asked.pending, approved, tuple(waiting))


def _lost_everything(tab: TabSnapshot, identity: Identity, seen: Seen) -> int:
    """How many known rows vanished at once, when all of them did and they were more than a few; else 0."""
    known = seen.known.get(tab.tab, 0)
    gone = len(identity.vanished)
    return known if known >= EMPTIED_FROM and gone >= known and not tab.steady and not identity.known else 0


def _candidates(
    tab: TabSnapshot, identity: Identity, before: Sequence[Waiting], seen: Seen, catalog: Catalog | None,
    now: datetime, rules: Rules,
) -> tuple[list[Waiting], tuple[Candidate, ...]]:  # fmt: skip
    """The fresh rows examined, and the waiting list that lets the next cycle know how long each has stood there."""
    since = {(w.typed, w.ordinal): w.since for w in before}
    by_core = {w.core: w for w in before}
    waiting: list[Waiting] = []
    candidates: list[Candidate] = []
    seen_equal: dict[str, int] = {}
    for row in identity.fresh:
        if row.number in identity.spoiled:
            if row.core in by_core:
                waiting.append(by_core[row.core])
            continue
        ordinal = seen_equal.get(row.typed, 0)
        seen_equal[row.typed] = ordinal + 1
        first = since.get((row.typed, ordinal), now)
        waiting.append(Waiting(tab.tab, row.typed, ordinal, row.core, first, row.cells))
        answered = tab.tab == ORDER_ENTRY.key and isinstance(row.cells.get("timestamp"), int | float)
        settled = catalog is not None and (answered or now - first >= rules.settle)
        number = _typed_number(row, identity, seen)
        verdict: ReadyLine | tuple[Problem, ...] = ()
        if catalog is not None:
            verdict = examine(tab.tab, row.cells, catalog, rules)
        if tab.tab == ORDER_ENTRY.key and number:
            verdict, number = (problem("copied_entry", number=number),), ""
        candidates.append(Candidate(row, verdict, settled, number))
    return waiting, tuple(candidates)


def _typed_number(row: Row, identity: Identity, seen: Seen) -> str:
    """The number a person gave the row; what an emptied row left behind was not given by anyone."""
    left = seen.sightings.get(row.row_id) if row.number in identity.borrowed else None
    return "" if left is not None and left.emptied and left.order_no == row.order_no else row.order_no


def _known_lines(
    tab: str, identity: Identity, seen: Seen, catalog: Catalog | None, rules: Rules
) -> tuple[dict[int, ReadyLine], dict[int, tuple[Problem, ...]]]:
    """The resolved lines of known contract rows, and what is wrong with them by now."""
    lines: dict[int, ReadyLine] = {}
    problems: dict[int, tuple[Problem, ...]] = {}
    if tab != CONTRACTS.key or catalog is None:
        return lines, problems
    for row_id, row in identity.known.items():
        sighting = seen.sightings[row_id]
        if sighting.origin in (Origin.ADOPTED, Origin.REBUILT):
            # Old rows keep their old ways: a book of a thousand past orders must not turn red at the first meeting.
            continue
        cells = sighting.cells if row_id in identity.landed else row.cells
        verdict = examine(tab, cells, catalog, rules)
        if isinstance(verdict, ReadyLine):
            lines[row.number] = verdict
        else:
            problems[row.number] = verdict
        changed = row.order_no and row.order_no != sighting.order_no and row_id not in identity.landed
        if changed:
            problems[row.number] = (
                problem("number_changed", number=sighting.order_no),
                *problems.get(row.number, ()),
            )
    return lines, problems


def _confirmed_numbers(seen: Seen) -> frozenset[str]:
    """Numbers that are in use: a line cannot silently join them."""
    return frozenset(seen.orders) | {s.order_no for s in seen.sightings.values() if s.order_no}


def _without_answers_sent_twice(
    candidates: Sequence[Candidate], seen: Seen, rules: Rules
) -> tuple[Candidate, ...]:
    """The same Form answer a second time within minutes is flagged, not ordered."""
    earlier: list[tuple[str, float, str]] = [
        (s.core, float(s.cells["timestamp"]), s.order_no)
        for s in seen.sightings.values()
        if s.tab == ORDER_ENTRY.key and not s.gone and isinstance(s.cells.get("timestamp"), int | float)
    ]
    result: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: float(_stamp(c.row) or 0)):
        stamp = _stamp(candidate.row)
        if stamp is None or candidate.ready is None:
            result.append(candidate)
            continue
        twin = next(
            (e for e in earlier if e[0] == candidate.row.core and _near(e[1], stamp, rules.same_answer)), None
        )
        earlier.append((candidate.row.core, stamp, ""))
        if twin is None:
            result.append(candidate)
        elif twin[2]:
            minutes = round(abs(stamp - twin[1]) * 24 * 60)
            flagged = (problem("same_answer", number=twin[2], minutes=minutes),)
            result.append(replace(candidate, verdict=flagged))
        else:
            # Its twin becomes an order in this very cycle; the next one can name its number.
            result.append(replace(candidate, settled=False))
    return tuple(sorted(result, key=lambda c: c.row.number))


def _stamp(row: Row) -> float | None:
    stamp = row.cells.get("timestamp")
    return float(stamp) if isinstance(stamp, int | float) and not isinstance(stamp, bool) else None


def _near(one: float, other: float, within: timedelta) -> bool:
    return abs(one - other) <= within / timedelta(days=1)
