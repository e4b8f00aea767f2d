"""Closed weeks as bytes: the lines each week was reported with, and what was found about earlier ones when it closed.

    head · kept · columns · told ─► JSON under zlib, each for itself ─► ClosedWeek.body

The head has a digest of each week's lines: while the sheet still shows these lines, nothing else is unpacked. `kept` is
what changed lines are compared with, the rest what a report of the week lists. Written once and never changed; the first
byte is the version.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import orjson

from bot.planning.periods import Period
from bot.planning.runs import ClosedWeek, WeekMark
from bot.reports.numbers import Whole, safe
from bot.reports.people import TeamMember
from bot.reports.texts import Coded
from bot.reports.values import Correction, LeftOut

VERSION = 1
_LENGTH_BYTES = 4
_TEXTS = ("customer", "product", "specification", "status")
_SEPARATOR = "\n"

Json = dict[str, Any]
#: `row_id`, `order_no`, `recorded`, `day`, `order_day`, `due_day`, `amount`, `cancelled` as arrays; `customer`, `product`,
#: `specification`, `status`, `currency` as `Coded`.
Columns = Mapping[str, Any]


class Person(NamedTuple):
    """Whose a line was when its week was closed."""

    #: The Salesperson cell.
    text: str
    #: Of the member it meant; "" when Team had none such.
    name: str
    email: str
    team: str
    assigned: bool


@dataclass(frozen=True)
class Version:
    """What became of one line of an earlier week."""

    row_id: str
    amount: int
    quantity: Decimal
    currency: str
    person: Person
    cancelled: bool
    #: It is not in the sheet any more, or cannot be used as it stands there.
    gone: bool


@dataclass(frozen=True)
class Finding:
    """A correction, and whose it is."""

    correction: Correction
    person: Person


@dataclass(frozen=True)
class Told:
    """What only the reports of the week itself need, beside its lines."""

    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    #: Team as it was.
    roster: tuple[TeamMember, ...]
    #: Customers whose first order lies in the week, and those that were of tier A.
    new_customers: frozenset[str]
    tier_a: frozenset[str]


@dataclass(frozen=True)
class Kept:
    """The week's lines, column by column, with what totals are made of."""

    row_ids: Sequence[str]
    #: Minor units; units of 10^-digits, as the head says.
    amount: Whole
    quantity: Whole
    currency: Coded
    #: Index into `people`.
    person: Whole
    people: tuple[Person, ...]
    cancelled: Whole


@dataclass(frozen=True)
class Head:
    """What is looked at whenever the book is read."""

    #: Week -> digest of its lines as they were when this week was closed (`bot.reports.digests`); of this week and of
    #: every earlier one whose lines were not as its last digest says.
    digests: Mapping[str, int]
    #: Week -> what became of lines of it, as found when this week was closed.
    versions: Mapping[str, tuple[Version, ...]]
    #: Decimals of quantities.
    digits: int


class Ledger:
    """A closed week, unpacked as far as it is looked at."""

    def __init__(self, week: ClosedWeek) -> None:
        self.mark: WeekMark = week.mark
        if week.body[:1] != bytes([VERSION]):
            raise ValueError(f"{week.mark.id}: a ledger of version {week.body[:1]!r} cannot be read")
        head, self._kept, self._columns, self._told = _segments(week.body[1:])
        self.head = _unpacked_head(_loaded(head))

    @property
    def period(self) -> Period:
        """The week's window."""
        return Period(self.mark.id, self.mark.start, self.mark.end)

    @cached_property
    def kept(self) -> Kept:
        """What its totals are made of."""
        return _unpacked_kept(_loaded(self._kept))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row_id: i for i, row_id in enumerate(self.kept.row_ids)}

    def order_of(self, row_id: str) -> str:
        """The number of the order that a line of this week belongs to."""
        return str(self.columns["order_no"][self._places[row_id]])

    @cached_property
    def columns(self) -> Columns:
        """The lines as reports list them, in the order of `kept`."""
        return _unpacked_columns(_loaded(self._columns), self.kept)

    @cached_property
    def told(self) -> Told:
        """What else the reports of the week say."""
        return _unpacked_told(_loaded(self._told))


def packed(mark: WeekMark, head: Head, kept: Kept, columns: Columns, told: Told) -> ClosedWeek:
    """The week as it is stored; `columns` as `Lines.taken` gives them."""
    parts = (_head_json(head), _kept_json(kept), _columns_json(columns), _told_json(told))
    segments = [zlib.compress(orjson.dumps(part), 9) for part in parts]
    lengths = [len(segment).to_bytes(_LENGTH_BYTES, "big") for segment in segments]
    return ClosedWeek(
        mark, bytes([VERSION]) + b"".join(a + b for a, b in zip(lengths, segments, strict=True))
    )


def _segments(body: bytes) -> list[bytes]:
    """The parts, each behind its length."""
    found: list[bytes] = []
    while body:
        end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "big")
        found.append(body[_LENGTH_BYTES:end])
        body = body[end:]
    return found


def _loaded(segment: bytes) -> Json:
    json: Json = orjson.loads(zlib.decompress(segment))
    return json


# ── the head ────────────────────────────────────────────────────────────────────────────────────────────────


def _head_json(head: Head) -> Json:
    return {
        "digests": dict(head.digests),
        "digits": head.digits,
        "versions": {
            week: [
                [v.row_id, v.amount, str(v.quantity), v.currency, list(v.person), v.cancelled, v.gone]
                for v in versions
            ]
            for week, versions in head.versions.items()
        },
    }


def _unpacked_head(json: Json) -> Head:
    return Head(
        json["digests"],
        {week: tuple(map(_version, versions)) for week, versions in json["versions"].items()},
        json["digits"],
    )


def _version(json: Sequence[Any]) -> Version:
    row_id, amount, quantity, currency, person, cancelled, gone = json
    return Version(row_id, amount, Decimal(quantity), currency, Person(*person), cancelled, gone)


# ── the lines ──────────────────────────────────────────────────────────────────────────────────────────


def _kept_json(kept: Kept) -> Json:
    return {
        "row_id": _joined(kept.row_ids),
        "amount": kept.amount.tolist(),
        # Fine quantities may have more digits than JSON's integers.
        "quantity": kept.quantity.tolist()
        if kept.quantity.dtype != object
        else list(map(str, kept.quantity)),
        "currency": _coded(kept.currency),
        "person": kept.person.tolist(),
        "people": [list(person) for person in kept.people],
        "cancelled": np.flatnonzero(kept.cancelled).tolist(),
    }


def _unpacked_kept(json: Json) -> Kept:
    row_ids = _split(json["row_id"])
    cancelled = np.zeros(len(row_ids), dtype=bool)
    cancelled[json["cancelled"]] = True
    return Kept(
        row_ids=row_ids,
        amount=safe(np.array(json["amount"], dtype=np.int64)),
        quantity=safe(_wholes(json["quantity"])),
        currency=_column(json["currency"]),
        person=np.array(json["person"], dtype=np.int32),
        people=tuple(Person(*person) for person in json["people"]),
        cancelled=cancelled,
    )


# ── what a report lists ────────────────────────────────────────────────────────────────────────────────────────


def _columns_json(columns: Columns) -> Json:
    day = columns["day"]
    return {
        "order_no": _joined(columns["order_no"].tolist()),
        "recorded": np.diff(columns["recorded"], prepend=0).tolist(),
        "day": np.diff(day, prepend=0).tolist(),
        # Days beside the day of recording are small numbers; a blank one is simply a large one.
        "order_day": (day - columns["order_day"]).tolist(),
        "due_day": (day - columns["due_day"]).tolist(),
        "texts": {key: _coded(columns[key]) for key in _TEXTS},
    }


def _unpacked_columns(json: Json, kept: Kept) -> Columns:
    day = np.cumsum(np.array(json["day"], dtype=np.int32), dtype=np.int32)
    return {
        "row_id": np.array(kept.row_ids, dtype=object),
        "order_no": np.array(_split(json["order_no"]), dtype=object),
        "recorded": np.cumsum(np.array(json["recorded"], dtype=np.int64)),
        "day": day,
        "order_day": day - np.array(json["order_day"], dtype=np.int32),
        "due_day": day - np.array(json["due_day"], dtype=np.int32),
        **{key: _column(json["texts"][key]) for key in _TEXTS},
        "currency": kept.currency,
        "amount": kept.amount,
        "cancelled": kept.cancelled,
    }


def _told_json(told: Told) -> Json:
    return {
        "findings": [_finding_json(found) for found in told.findings],
        "left_out": [[o.tab, o.row, o.order_no, o.salesperson, o.why, o.text] for o in told.left_out],
        "roster": [_member_json(member) for member in told.roster],
        "new": sorted(told.new_customers),
        "tier_a": sorted(told.tier_a),
    }


def _unpacked_told(json: Json) -> Told:
    return Told(
        tuple(_finding(found) for found in json["findings"]),
        tuple(LeftOut(*row) for row in json["left_out"]),
        tuple(_member(member) for member in json["roster"]),
        frozenset(json["new"]),
        frozenset(json["tier_a"]),
    )


def _finding_json(found: Finding) -> list[object]:
    c = found.correction
    return [
        c.week, c.found_in, c.row_id, c.order_no, c.salesperson, c.what, c.currency, str(c.amount), str(c.quantity),
        c.before, c.after, list(found.person),
    ]  # fmt: skip


def _finding(json: Sequence[Any]) -> Finding:
    week, found_in, row_id, order_no, salesperson, what, currency, amount, quantity, before, after, person = (
        json
    )
    correction = Correction(
        week,
        found_in,
        row_id,
        order_no,
        salesperson,
        what,
        currency,
        Decimal(amount),
        Decimal(quantity),
        before,
        after,
    )
    return Finding(correction, Person(*person))


def _member_json(member: TeamMember) -> list[object]:
    target = None if member.target is None else str(member.target)
    return [
        member.name,
        member.email,
        list(member.teams),
        sorted(member.roles),
        member.language,
        member.active,
        target,
    ]


def _member(json: Sequence[Any]) -> TeamMember:
    name, email, teams, roles, language, active, target = json
    return TeamMember(
        name,
        email,
        tuple(teams),
        frozenset(roles),
        language,
        active,
        None if target is None else Decimal(target),
    )


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(texts: Sequence[str]) -> str | list[str]:
    """One text packs better than a list; a text that has the separator in it would fall apart."""
    whole = _SEPARATOR.join(texts)
    return whole if whole.count(_SEPARATOR) == len(texts) - 1 else list(texts)


def _split(json: str | list[str]) -> list[str]:
    return json.split(_SEPARATOR) if isinstance(json, str) else json


def _wholes(json: Sequence[Any]) -> Whole:
    if json and isinstance(json[0], str):
        return np.array([int(text) for text in json], dtype=object)
    return np.array(json, dtype=np.int64)


def _coded(column: Coded) -> Json:
    """Codes and the texts they stand for, those that occur alone."""
    used = column.used()
    return {"texts": list(used.texts), "codes": used.codes.tolist()}


def _column(json: Json) -> Coded:
    return Coded(np.array(json["codes"], dtype=np.int32), json["texts"])
