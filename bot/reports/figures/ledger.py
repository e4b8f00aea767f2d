"""Closed weeks as bytes: the lines each week was reported with, and what was found about earlier ones when it closed.

    head · kept · columns · told ─► JSON under zlib, each for itself ─► ClosedWeek.body

The head has a digest of each week's lines: while the sheet still shows these lines, nothing else is unpacked. `kept` is
what changed lines are compared with, the rest what a report of the week lists. Written once and never changed; the first
byte is the version.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import orjson

from bot.planning.periods import Period
from bot.planning.runs import ClosedWeek, WeekMark
from bot.reports.figures.kept import Columns, Head, Kept, Told
from bot.reports.figures.packing import (
    Json,
    columns_json,
    head_json,
    kept_json,
    told_json,
    unpacked_columns,
    unpacked_head,
    unpacked_kept,
    unpacked_told,
)
from bot.reports.figures.texts import Coded

VERSION = 1
_LENGTH_BYTES = 4


class Ledger:
    """A closed week, unpacked as far as it is looked at."""

    def __init__(self, week: ClosedWeek) -> None:
        self.mark: WeekMark = week.mark
        if week.body[:1] != bytes([VERSION]):
            raise ValueError(f"{week.mark.id}: a ledger of version {week.body[:1]!r} cannot be read")
        head, self._kept, self._columns, self._told = _segments(week.body[1:])
        self.head = unpacked_head(_loaded(head))

    @property
    def period(self) -> Period:
        """The week's window."""
        return Period(self.mark.id, self.mark.start, self.mark.end)

    @cached_property
    def kept(self) -> Kept:
        """What its totals are made of."""
        return unpacked_kept(_loaded(self._kept))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row_id: i for i, row_id in enumerate(self.kept.row_ids)}

    def order_of(self, row_id: str) -> str:
        """The number of the order that a line of this week belongs to."""
        return str(self.columns["order_no"][self._places[row_id]])

    @cached_property
    def columns(self) -> Columns:
        """The lines as reports list them, in the order of `kept`."""
        return unpacked_columns(_loaded(self._columns), self.kept)

    @cached_property
    def told(self) -> Told:
        """What else the reports of the week say."""
        return unpacked_told(_loaded(self._told))


def packed(mark: WeekMark, head: Head, kept: Kept, columns: Columns, told: Told) -> ClosedWeek:
    """The week as it is stored; `columns` as `Lines.taken` gives them."""
    parts = (head_json(head), kept_json(kept), columns_json(columns), told_json(told))
    segments = [zlib.compress(orjson.dumps(part), 9) for part in parts]
    return ClosedWeek(mark, bytes([VERSION]) + b"".join(map(_with_length, segments)))


def reworded(week: ClosedWeek, word: Callable[[str], str]) -> ClosedWeek:
    """The week with `word` applied to the texts of its lines and of what was told; its figures stay as they are.

    For forgetting a person, and for nothing else. Our own people, who sold what, are part of the figures and stay.
    """
    ledger = Ledger(week)
    head, kept, *old = _segments(week.body[1:])
    columns = {
        key: _recoded(one, word) if isinstance(one, Coded) else one for key, one in ledger.columns.items()
    }
    told = {key: one if key == "roster" else _with(word, one) for key, one in told_json(ledger.told).items()}
    new = [columns_json(columns), told]
    if new == [_loaded(segment) for segment in old]:
        return week
    segments = [head, kept, *(zlib.compress(orjson.dumps(part), 9) for part in new)]
    return ClosedWeek(week.mark, week.body[:1] + b"".join(map(_with_length, segments)))


def _recoded(column: Coded, word: Callable[[str], str]) -> Coded:
    """Texts that become one are one; a column has each text once."""
    places: dict[str, int] = {}
    moved = [places.setdefault(word(text), len(places)) for text in column.texts]
    return Coded(np.array(moved, dtype=np.int32)[column.codes], list(places))


def _with(word: Callable[[str], str], part: Any) -> Any:
    if isinstance(part, str):
        return word(part)
    return [_with(word, one) for one in part] if isinstance(part, list) else part


def _with_length(segment: bytes) -> bytes:
    return len(segment).to_bytes(_LENGTH_BYTES, "big") + segment


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
