"""The lines of all closed weeks as they were last known, and what has become of them since.

    ledgers ─► Known × lines as they are ─► findings: what the totals of closed weeks would change by, each found once

A line is the same line wherever its row stands and whatever tab it moved to: its Row ID says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.planning.report_values import Correction, LeftOut
from bot.reports.figures.kept import Finding, Person, Version
from bot.reports.figures.ledger import Ledger
from bot.reports.figures.names import Names, recoded
from bot.reports.figures.numbers import Whole, decimal_of, quantity_of, rescaled, whole_of
from bot.reports.figures.texts import Codes
from sheets_schema.currencies import minor_unit

Flags = npt.NDArray[np.bool_]
#: Reasons for which a row is left out that a correction names as they are.
_NAMED = frozenset({"amount", "quantity", "currency"})


@dataclass(frozen=True)
class Facts:
    """What totals are made of, line by line, in the codes of one `Names`."""

    #: Minor units; units of 10^-digits, `digits` being the book's.
    amount: Whole
    quantity: Whole
    currency: Codes
    person: Codes
    cancelled: Flags

    def taken(self, rows: npt.NDArray[Any]) -> Facts:
        """Those of these rows."""
        return Facts(*(getattr(self, column.name)[rows] for column in fields(self)))


@dataclass(frozen=True)
class Known:
    """Every line that a closed week counts."""

    row_ids: npt.NDArray[np.object_]
    #: Index of the ledger that counts it.
    week: Codes
    facts: Facts
    #: It was not in the sheet, or not usable, when it was last looked for.
    gone: Flags
    #: Where it is among the lines as they are now; -1 where it is not.
    at: npt.NDArray[np.intp]


@dataclass(frozen=True)
class Present:
    """The lines as they are now."""

    #: Their Row IDs, and 64 bits of each.
    row_ids: npt.NDArray[np.object_]
    hashes: npt.NDArray[np.uint64]
    facts: Facts
    #: Row IDs of rows that are there and cannot be used.
    unusable: Mapping[str, LeftOut]
    names: Names
    #: Decimals of quantities, in the sheet and in all ledgers.
    digits: int

    @cached_property
    def places(self) -> pd.Index:
        """For finding lines by Row ID."""
        return pd.Index(self.row_ids, dtype=object)


def known_of(ledgers: Mapping[int, Ledger], versions: Sequence[Version], book: Present) -> Known:
    """The lines of these weeks, by their index, with what was found about them later."""
    kept = [ledger.kept for ledger in ledgers.values()]
    heights = [len(week.row_ids) for week in kept]
    row_ids = np.array([row_id for week in kept for row_id in week.row_ids], dtype=object)
    names = book.names
    quantities = [
        rescaled(ledger.kept.quantity, ledger.head.digits, book.digits) for ledger in ledgers.values()
    ]
    known = Known(
        row_ids,
        np.repeat(np.array(list(ledgers), dtype=np.int32), heights),
        Facts(
            _stacked([week.amount for week in kept], np.int64),
            _stacked(quantities, np.int64),
            _stacked([recoded(week.currency, names.currencies) for week in kept], np.int32),
            _stacked([names.people.codes(week.people)[week.person] for week in kept], np.int32),
            _stacked([week.cancelled for week in kept], np.bool_),
        ),
        np.zeros(sum(heights), dtype=bool),
        book.places.get_indexer(row_ids) if len(row_ids) else np.zeros(0, dtype=np.intp),
    )
    return _revised(known, versions, names, book.digits)


def _stacked(pieces: Sequence[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=kind)


def _revised(known: Known, versions: Sequence[Version], names: Names, digits: int) -> Known:
    """The lines with what was found about them later; of several findings the last holds."""
    if not versions:
        return known
    last = list({version.row_id: version for version in versions}.values())
    at = pd.Index(known.row_ids, dtype=object).get_indexer([version.row_id for version in last])
    known = replace(known, facts=known.facts.taken(np.arange(len(known.row_ids))), gone=known.gone.copy())
    facts = known.facts
    facts.amount[at] = [version.amount for version in last]
    facts.quantity[at] = [whole_of(version.quantity, digits) for version in last]
    facts.currency[at] = names.currencies.codes(version.currency for version in last)
    facts.person[at] = names.people.codes(version.person for version in last)
    facts.cancelled[at] = [version.cancelled for version in last]
    known.gone[at] = [version.gone for version in last]
    return known


class Findings:
    """What has become of known lines; made for one closing, or for one report of the running week."""

    def __init__(self, known: Known, present: Present, ledgers: Sequence[Ledger]) -> None:
        self._known, self._present, self._ledgers, self._names = known, present, ledgers, present.names
        self._now = _taken_or_first(present.facts, known.at)

    def found(self, week: str) -> tuple[tuple[Finding, ...], dict[str, tuple[Version, ...]]]:
        """Every change, as found in this week; and what the changed lines are like now, by the week that counts them."""
        findings: list[Finding] = []
        versions: dict[str, tuple[Version, ...]] = {}
        for i in np.flatnonzero(self._changed()).tolist():
            findings += self._findings(i, week)
            counted_in = self._ledgers[self._known.week[i]].mark.id
            versions[counted_in] = (*versions.get(counted_in, ()), self._version(i))
        return tuple(findings), versions

    def _changed(self) -> Flags:
        """Lines that count and did not, or the other way round, or count with something else."""
        was, now, names = self._known.facts, self._now, self._names
        counted = ~(was.cancelled | self._known.gone)
        counts = ~now.cancelled & (self._known.at >= 0)
        other_person = (names.word_of(was.person) != names.word_of(now.person)) & (
            names.seller_of(was.person) != names.seller_of(now.person)
        )
        differs = (was.amount != now.amount) | (was.quantity != now.quantity)
        differs = differs.astype(bool) | (was.currency != now.currency) | other_person
        changed: Flags = (counted != counts) | (counted & counts & differs)
        return changed

    def _version(self, i: int) -> Version:
        gone = bool(self._known.at[i] < 0)
        facts = self._known.facts if gone else self._now
        return Version(
            row_id=str(self._known.row_ids[i]),
            amount=int(facts.amount[i]),
            quantity=quantity_of(facts.quantity[i], self._present.digits),
            currency=self._names.currencies.values[facts.currency[i]],
            person=self._names.people.values[facts.person[i]],
            cancelled=bool(facts.cancelled[i]),
            gone=gone,
        )

    def _findings(self, i: int, week: str) -> Iterator[Finding]:
        known, gone = self._known, bool(self._known.at[i] < 0)
        counted = not (known.facts.cancelled[i] or known.gone[i])
        add = self._adder(i, week)
        was, now = _line(known.facts, i, self._names, self._present.digits), None
        if not gone:
            now = _line(self._now, i, self._names, self._present.digits)
        if now is None or (counted and self._now.cancelled[i]):
            left = self._present.unusable.get(str(known.row_ids[i])) if gone else None
            what = "cancelled" if now is not None else "gone" if left is None else _reason(left)
            yield add(what, was, -1, before=str(was.amount), after=left.text if left else "")
        elif not counted:
            yield add("returned" if known.gone[i] else "revived", now, 1, after=str(now.amount))
        elif was.currency != now.currency or self._moved(i):
            what = "salesperson" if self._moved(i) else "currency"
            before, after = (
                (was.seller, now.seller) if what == "salesperson" else (was.currency, now.currency)
            )
            yield add(what, was, -1, before=before, after=after)
            yield add(what, now, 1, before=before, after=after)
        else:
            if was.amount != now.amount:
                change = replace(now, amount=now.amount - was.amount, quantity=Decimal(0))
                yield add("amount", change, 1, before=str(was.amount), after=str(now.amount))
            if was.quantity != now.quantity:
                change = replace(now, amount=now.amount - now.amount, quantity=now.quantity - was.quantity)
                yield add("quantity", change, 1, before=str(was.quantity), after=str(now.quantity))

    def _moved(self, i: int) -> bool:
        """Whether it is somebody else's now."""
        people = np.array([self._known.facts.person[i], self._now.person[i]])
        word, seller = self._names.word_of(people), self._names.seller_of(people)
        return bool(word[0] != word[1] and seller[0] != seller[1])

    def _adder(self, i: int, week: str) -> Callable[..., Finding]:
        """Makes findings about one line."""
        ledger = self._ledgers[self._known.week[i]]
        row_id = str(self._known.row_ids[i])
        number = ledger.order_of(row_id)

        def finding(what: str, line: _Line, sign: int, *, before: str = "", after: str = "") -> Finding:
            correction = Correction(
                week=ledger.mark.id, found_in=week, row_id=row_id, order_no=number,
                salesperson=line.seller, what=what, currency=line.currency, amount=line.amount * sign,
                quantity=line.quantity * sign, before=before, after=after,
            )  # fmt: skip
            return Finding(correction, line.person)

        return finding


@dataclass(frozen=True)
class _Line:
    amount: Decimal
    quantity: Decimal
    currency: str
    person: Person

    @property
    def seller(self) -> str:
        return self.person.name if self.person.assigned else self.person.text


def _line(facts: Facts, i: int, names: Names, digits: int) -> _Line:
    currency = names.currencies.values[facts.currency[i]]
    decimals = -int(minor_unit(currency).as_tuple().exponent)
    return _Line(
        decimal_of(facts.amount[i], decimals),
        quantity_of(facts.quantity[i], digits),
        currency,
        names.people.values[facts.person[i]],
    )


def _reason(left: LeftOut) -> str:
    return left.why if left.why in _NAMED else "amount"


def _taken_or_first(facts: Facts, at: npt.NDArray[Any]) -> Facts:
    """The facts at these places; where there is none (-1) something that nobody looks at."""
    if len(facts.amount) == 0:
        nothing = Facts(*(np.zeros(1, dtype=getattr(facts, column.name).dtype) for column in fields(facts)))
        return nothing.taken(np.zeros(len(at), dtype=np.int64))
    return facts.taken(at)
