"""Closed weeks as bytes: the lines each week was reported with, and what was found about earlier ones when it closed.

    Ledger ─► two parts, each columnar JSON under zlib ─► ClosedWeek.body

The first part is what every later week needs (which lines are counted, and with what), the second what a report of
this week lists; it is unpacked only when one is made. Written once and never changed; the first byte is the version.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import orjson
import pandas as pd

from bot.planning.periods import Period
from bot.planning.runs import ClosedWeek, WeekMark
from bot.reports.numbers import Whole, safe
from bot.reports.people import TeamMember
from bot.reports.values import Correction, LeftOut

VERSION = 1
_LENGTH_BYTES = 4
_TEXTS = ("customer", "product", "specification", "status")
_SEPARATOR = "\n"

Json = dict[str, Any]


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
    """What only the reports of the week itself need."""

    #: `order_no`, `recorded`, `day`, `order_day`, `due_day`, `customer`, `product`, `specification`, `status`,
    #: beside the columns of the first part, in the same order.
    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    #: Team as it was.
    roster: tuple[TeamMember, ...]
    #: Customers whose first order lies in the week, and those that were of tier A.
    new_customers: frozenset[str]
    tier_a: frozenset[str]


@dataclass(frozen=True)
class Kept:
    """What is compared with the sheet for ever: the week's lines, column by column, and what was learned of others."""

    row_ids: Sequence[str]
    #: Minor units; units of 10^-digits.
    amount: Whole
    quantity: Whole
    digits: int
    currency: pd.Categorical
    #: Index into `people`.
    person: Whole
    people: tuple[Person, ...]
    cancelled: Whole
    versions: tuple[Version, ...]


class Ledger:
    """A closed week, unpacked as far as it is looked at."""

    def __init__(self, week: ClosedWeek) -> None:
        self.mark: WeekMark = week.mark
        if week.body[:1] != bytes([VERSION]):
            raise ValueError(f"{week.mark.id}: a ledger of version {week.body[:1]!r} cannot be read")
        begin = 1 + _LENGTH_BYTES
        middle = begin + int.from_bytes(week.body[1:begin], "big")
        self.kept = _unpacked_kept(orjson.loads(zlib.decompress(week.body[begin:middle])))
        self._rest = week.body[middle:]

    @property
    def period(self) -> Period:
        """The week's window."""
        return Period(self.mark.id, self.mark.start, self.mark.end)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row_id: i for i, row_id in enumerate(self.kept.row_ids)}

    def order_of(self, row_id: str) -> str:
        """The number of the order that a line of this week belongs to."""
        return str(self.told.frame["order_no"].iloc[self._places[row_id]])

    @cached_property
    def told(self) -> Told:
        """The second part."""
        return _unpacked_told(orjson.loads(zlib.decompress(self._rest)), self.kept)


def packed(mark: WeekMark, kept: Kept, told: Told) -> ClosedWeek:
    """The week as it is stored."""
    first = zlib.compress(orjson.dumps(_kept_json(kept)), 9)
    second = zlib.compress(orjson.dumps(_told_json(told)), 9)
    return ClosedWeek(mark, bytes([VERSION]) + len(first).to_bytes(_LENGTH_BYTES, "big") + first + second)


# ── the first part ──────────────────────────────────────────────────────────────────────────────────────────


def _kept_json(kept: Kept) -> Json:
    return {
        "row_id": _joined(kept.row_ids),
        "amount": kept.amount.tolist(),
        # Fine quantities may have more digits than JSON's integers.
        "quantity": kept.quantity.tolist()
        if kept.quantity.dtype != object
        else list(map(str, kept.quantity)),
        "digits": kept.digits,
        "currency": _coded(kept.currency),
        "person": kept.person.tolist(),
        "people": [list(person) for person in kept.people],
        "cancelled": np.flatnonzero(kept.cancelled).tolist(),
        "versions": [
            [v.row_id, v.amount, str(v.quantity), v.currency, list(v.person), v.cancelled, v.gone]
            for v in kept.versions
        ],
    }


def _unpacked_kept(json: Json) -> Kept:
    row_ids = _split(json["row_id"])
    cancelled = np.zeros(len(row_ids), dtype=bool)
    cancelled[json["cancelled"]] = True
    return Kept(
        row_ids=row_ids,
        amount=safe(np.array(json["amount"], dtype=np.int64)),
        quantity=safe(_wholes(json["quantity"])),
        digits=json["digits"],
        currency=_category(json["currency"]),
        person=np.array(json["person"], dtype=np.int32),
        people=tuple(Person(*person) for person in json["people"]),
        cancelled=cancelled,
        versions=tuple(
            Version(row_id, amount, Decimal(quantity), currency, Person(*person), cancelled, gone)
            for row_id, amount, quantity, currency, person, cancelled, gone in json["versions"]
        ),
    )


# ── the second part ─────────────────────────────────────────────────────────────────────────────────────────


def _told_json(told: Told) -> Json:
    frame = told.frame
    day = frame["day"].to_numpy()
    return {
        "order_no": _joined(frame["order_no"].tolist()),
        "recorded": np.diff(frame["recorded"].to_numpy(), prepend=0).tolist(),
        "day": np.diff(day, prepend=0).tolist(),
        # Days beside the day of recording are small numbers; a blank one is simply a large one.
        "order_day": (day - frame["order_day"].to_numpy()).tolist(),
        "due_day": (day - frame["due_day"].to_numpy()).tolist(),
        "texts": {key: _coded(frame[key].array) for key in _TEXTS},
        "findings": [_finding_json(found) for found in told.findings],
        "left_out": [[o.tab, o.row, o.order_no, o.salesperson, o.why, o.text] for o in told.left_out],
        "roster": [_member_json(member) for member in told.roster],
        "new": sorted(told.new_customers),
        "tier_a": sorted(told.tier_a),
    }


def _unpacked_told(json: Json, kept: Kept) -> Told:
    day = np.cumsum(np.array(json["day"], dtype=np.int32), dtype=np.int32)
    frame = pd.DataFrame(
        {
            "row_id": pd.Series(kept.row_ids, dtype=object),
            "order_no": pd.Series(_split(json["order_no"]), dtype=object),
            "recorded": np.cumsum(np.array(json["recorded"], dtype=np.int64)),
            "day": day,
            "order_day": day - np.array(json["order_day"], dtype=np.int32),
            "due_day": day - np.array(json["due_day"], dtype=np.int32),
            **{key: _category(json["texts"][key]) for key in _TEXTS},
            "currency": kept.currency,
            "amount": kept.amount,
            "quantity": kept.quantity,
            "person": kept.person,
            "cancelled": kept.cancelled,
        }
    )
    return Told(
        frame,
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


def _coded(column: pd.Categorical) -> Json:
    """Codes and the texts they stand for, those that occur alone."""
    used = column.remove_unused_categories()
    return {"texts": list(used.categories), "codes": used.codes.tolist()}


def _category(json: Json) -> pd.Categorical:
    return pd.Categorical.from_codes(json["codes"], categories=pd.Index(json["texts"], dtype=object))
