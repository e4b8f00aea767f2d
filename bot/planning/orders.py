"""From ready rows to orders: which rows make one order, and which number it gets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.planning.problems import Problem, problem
from bot.planning.readiness import ReadyLine
from bot.planning.sightings import Row

#: A number people typed goes into subjects, file names and links, so it is held to plain characters.
_USABLE = re.compile(r"[\w\-/.#]{1,40}")
_DATE = re.compile(r"\{date(:[^}]*)?\}")
_LONGEST_SERIAL = 6
_SERIAL = re.compile(r"\{serial(:[^}]*)?\}")
#: Where a serial that is written in letters or in groups would begin to repeat itself.
_SERIALS_TRIED = (1, 9, 99, 999, 1000)
_SOME_DAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Candidate:
    """A row without identity that has been examined."""

    row: Row
    #: What it lacks, or the line it makes.
    verdict: ReadyLine | tuple[Problem, ...]
    settled: bool
    #: The number a person typed; "" asks for a new one.
    number: str

    @property
    def ready(self) -> ReadyLine | None:
        """The line, once the row is complete and has settled."""
        return self.verdict if self.settled and isinstance(self.verdict, ReadyLine) else None


@dataclass(frozen=True)
class NewOrder:
    """Rows that become one order now."""

    #: "" when the bot gives the number.
    number: str
    rows: tuple[Candidate, ...]


def group_orders(
    candidates: Sequence[Candidate], existing: Collection[str]
) -> tuple[tuple[NewOrder, ...], Mapping[int, tuple[Problem, ...]]]:
    """Which candidates become orders now, and what keeps each of the others (by row number).

    Rows with the same typed number are lines of one order and go together or not at all.
    """
    orders: list[NewOrder] = []
    problems: dict[int, tuple[Problem, ...]] = {}
    by_number: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if not candidate.number:
            if candidate.ready:
                orders.append(NewOrder("", (candidate,)))
            elif candidate.settled and isinstance(candidate.verdict, tuple):
                problems[candidate.row.number] = candidate.verdict
        else:
            by_number.setdefault(candidate.number, []).append(candidate)
    for number, lines in by_number.items():
        trouble = _trouble_with(number, lines, existing)
        if trouble is None and all(c.ready for c in lines):
            orders.append(NewOrder(number, tuple(lines)))
            continue
        for candidate in (c for c in lines if c.settled):
            if isinstance(candidate.verdict, tuple):
                problems[candidate.row.number] = candidate.verdict
            elif trouble is not None:
                problems[candidate.row.number] = (trouble,)
            else:
                others = ", ".join(str(c.row.number) for c in lines if not c.ready)
                problems[candidate.row.number] = (problem("waits_for_lines", number=number, rows=others),)
    orders.sort(key=lambda o: o.rows[0].row.number)
    return tuple(orders), problems


def _trouble_with(number: str, lines: Sequence[Candidate], existing: Collection[str]) -> Problem | None:
    """What keeps all rows that carry this typed number from becoming an order."""
    if not _USABLE.fullmatch(number):
        return problem("unusable_number", text=number)
    if number in existing:
        return problem("joins_confirmed", number=number)
    return disagreement(number, [c.verdict for c in lines if isinstance(c.verdict, ReadyLine)])


def disagreement(number: str, lines: Iterable[ReadyLine]) -> Problem | None:
    """What the lines of one order must agree on and do not."""
    lines = list(lines)
    if len({line.customer for line in lines}) > 1:
        return problem("different_customers", number=number)
    if len({line.salesperson for line in lines}) > 1:
        return problem("different_salespeople", number=number)
    if len({line.currency for line in lines}) > 1:
        return problem("different_currencies", number=number)
    return None


def number_prefix(pattern: str, day: date) -> str:
    """The part of the day's order numbers that stands before the serial."""
    return str(pattern[: _serial_at(pattern)].format(date=day))


def next_number(pattern: str, day: date, taken: Collection[str]) -> str:
    """The number after the highest one taken on this day; gaps are never filled, so no number comes twice."""
    prefix = number_prefix(pattern, day)
    suffix = str(pattern[_serial_at(pattern) :]).partition("}")[2].format(date=day)
    highest = 0
    for number in taken:
        if number.startswith(prefix) and number.endswith(suffix):
            serial = number[len(prefix) : len(number) - len(suffix)]
            # A long run of digits behind the date is a number of somebody else's making, not our serial.
            if serial.isascii() and serial.isdigit() and len(serial) <= _LONGEST_SERIAL:
                highest = max(highest, int(serial))
    return str(pattern.format(date=day, serial=highest + 1))


def _serial_at(pattern: str) -> int:
    found = _SERIAL.search(pattern)
    if not found or not _DATE.search(pattern[: found.start()]):
        raise ValueError("An order number pattern needs {date} and, after it, {serial}")
    return found.start()


def check_pattern(pattern: str) -> str:
    """The pattern itself when it makes usable numbers; raises ValueError with the reason otherwise."""
    _serial_at(pattern)
    for serial in _SERIALS_TRIED:
        try:
            sample, after = (str(pattern.format(date=_SOME_DAY, serial=n)) for n in (serial, serial + 1))
            following = next_number(pattern, _SOME_DAY, {sample})
        except (KeyError, IndexError) as error:
            raise ValueError(
                "The pattern may hold {date}, more than once, and {serial} once, and no other name"
            ) from error
        if not _USABLE.fullmatch(sample):
            raise ValueError(
                f"The pattern makes numbers such as '{sample}': use letters, digits and - _ / . # only"
            )
        if following != after:
            raise ValueError("The serial must be a plain number such as {serial:03d}")
    return pattern
