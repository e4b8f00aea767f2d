"""Which troubles of the worker begin and end now, so that admins hear of each once, and once when it is over. Pure.

    Known × Limits × now ─► Finding of each kind ─► × what is remembered ─► Turn: told now, over now, remembered

What is remembered stands in the state, so that neither a restart nor another worker tells it again. Between "it is so"
and "it is over" lies a gap in which nothing changes, and of one kind admins hear at most once an hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

#: In the order in which they are told.
KINDS = ("silent", "failing", "reports", "stuck", "problems", "quota")
#: Of one kind admins hear at most this often.
SELDOM = timedelta(hours=1)
#: Of new problems, while older ones are known.
DAILY = timedelta(hours=24)
#: Failing begins so many times within an hour: it does not hold.
BREAKS = 5
#: What a minute allows: 60 reads and 60 writes.
A_MINUTE = 60
#: Quota counts as over when it is so many percent below its limit.
_GAP = 15


@dataclass(frozen=True)
class Limits:
    """From when on something is a trouble."""

    silent: timedelta = timedelta(minutes=15)
    stuck_after: timedelta = timedelta(minutes=60)
    problems_after: timedelta = timedelta(hours=24)
    quota: int = 80


@dataclass(frozen=True)
class Known:
    """How things stand, as far as troubles follow from it."""

    #: Since when no cycle succeeds; None while they do.
    failing_since: datetime | None = None
    error: str = ""
    #: When failing last began, oldest first; the latest few.
    breaks: tuple[datetime, ...] = ()
    reports_failing_since: datetime | None = None
    reports_error: str = ""
    #: Mails past their moment by `stuck_after`.
    overdue: int = 0
    #: Mail waits for a reason that is known and shown: a cap is reached, or sending is paused.
    is_waiting: bool = False
    #: Problems that have stood too long, a sentence each, and whether some of them are new; None = not looked now.
    problems: tuple[str, ...] | None = None
    are_new: bool = False
    #: Percent of what a minute and a day allow.
    requests_percent: int = 0
    mails_percent: int = 0


@dataclass(frozen=True)
class Finding:
    """One kind of trouble as it is now."""

    kind: str
    #: None: neither so nor over.
    is_so: bool | None
    count: int = 0
    details: tuple[str, ...] = ()
    #: It has grown by something that nobody has heard of.
    is_more: bool = False


@dataclass(frozen=True)
class Mark:
    """What is remembered of one kind."""

    #: None = it is not so.
    since: datetime | None = None
    is_told: bool = False
    last_told: datetime | None = None


@dataclass(frozen=True)
class Told:
    """A trouble that admins hear of now: that it is so, or that it is over."""

    kind: str
    since: datetime
    is_over: bool
    #: While it is so what it counts, and once it is over the minutes it lasted.
    count: int = 0
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What follows from one look."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    told: tuple[Told, ...] = ()


def findings(known: Known, limits: Limits, now: datetime) -> tuple[Finding, ...]:
    """Every kind of trouble as it is now."""
    return (
        _silent(known, limits, now),
        _failing(known, now),
        _reports(known, now),
        _stuck(known),
        _problems(known),
        _quota(known, limits),
    )


def _silent(known: Known, limits: Limits, now: datetime) -> Finding:
    if known.failing_since is None:
        return Finding("silent", is_so=False)
    lasted = now - known.failing_since
    minutes = max(1, round(lasted.total_seconds() / 60))
    return Finding("silent", lasted >= limits.silent or None, minutes, _lines(known.error))


def _failing(known: Known, now: datetime) -> Finding:
    recent = [moment for moment in known.breaks if timedelta(0) <= now - moment < SELDOM]
    if len(recent) >= BREAKS:
        return Finding("failing", True, len(recent), _lines(known.error))
    is_over = not recent and known.failing_since is None
    return Finding("failing", False if is_over else None)


def _reports(known: Known, now: datetime) -> Finding:
    since = known.reports_failing_since
    if since is None:
        return Finding("reports", is_so=False)
    minutes = round((now - since).total_seconds() / 60)
    return Finding("reports", now - since >= SELDOM or None, minutes, _lines(known.reports_error))


def _stuck(known: Known) -> Finding:
    if not known.overdue:
        return Finding("stuck", is_so=False)
    return Finding("stuck", None if known.is_waiting else True, known.overdue)


def _problems(known: Known) -> Finding:
    if known.problems is None:
        return Finding("problems", is_so=None)
    return Finding("problems", bool(known.problems), len(known.problems), known.problems, known.are_new)


def _quota(known: Known, limits: Limits) -> Finding:
    most = max(known.requests_percent, known.mails_percent)
    is_so = True if most >= limits.quota else None if most > limits.quota - _GAP else False
    return Finding("quota", is_so, most)


def _lines(error: str) -> tuple[str, ...]:
    return (error,) if error else ()


def turned(found: Iterable[Finding], marks: Mapping[str, Mark], now: datetime) -> Turn:
    """What admins hear now, and what is to be remembered; a kind of which nothing is known stays as it is."""
    after = dict(marks)
    told: list[Told] = []
    for finding in found:
        mark = after.get(finding.kind, Mark())
        is_seldom = mark.last_told is None or not mark.last_told <= now < mark.last_told + SELDOM
        if finding.is_so is False and mark.since is not None:
            if mark.is_told:
                minutes = max(1, round((now - mark.since).total_seconds() / 60))
                told.append(Told(finding.kind, mark.since, True, minutes))
            mark = replace(mark, since=None, is_told=False)
        elif finding.is_so:
            grown = mark.is_told and finding.is_more and _is_long_ago(mark.last_told, now)
            if mark.since is None or grown:
                mark = replace(mark, since=now, is_told=False)
            if not mark.is_told and (is_seldom or grown):
                assert mark.since is not None  # noqa: S101 - it has just begun, or before
                told.append(Told(finding.kind, mark.since, False, finding.count, finding.details))
                mark = replace(mark, is_told=True, last_told=now)
        after[finding.kind] = mark
    return Turn({kind: mark for kind, mark in after.items() if mark != Mark()}, tuple(told))


def _is_long_ago(told: datetime | None, now: datetime) -> bool:
    return told is None or not told <= now < told + DAILY


def standing_kinds(marks: Mapping[str, Mark]) -> tuple[str, ...]:
    """The kinds that are so now, told or not."""
    return tuple(kind for kind in KINDS if kind in marks and marks[kind].since is not None)


def marks_text(marks: Mapping[str, Mark]) -> str:
    """The marks as the state keeps them."""
    rows = {
        kind: [_text(mark.since), mark.is_told, _text(mark.last_told)] for kind, mark in sorted(marks.items())
    }
    return json.dumps(rows, separators=(",", ":"))


def marks_of(text: str) -> dict[str, Mark]:
    """The marks that were kept so."""
    rows: dict[str, list[str]] = json.loads(text or "{}")
    return {kind: Mark(_moment(row[0]), bool(row[1]), _moment(row[2])) for kind, row in rows.items()}


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
