"""All dealings with the world, on one page: the workbook, the state and the mailer.

Adapters implement these; nothing else touches the network, the disk or a clock below the worker.
An outside failure is one of the errors at the end; anything else that is raised is a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from bot.activity import Entry
from bot.look import Look, NamedRange
from bot.outbox import Failure, Message, Outcome, Status
from bot.planning.progress import Progress, StockMark
from bot.planning.runs import ClosedWeek, Run, RunsSeen, Standing
from bot.planning.sightings import Hold, Order, Seen, Sighting, Waiting, Wanted
from bot.projection import Edit, Marker
from sheets_schema import TABS, Cell
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import tabs_among

if TYPE_CHECKING:
    from bot.forgetting import Forgotten, Words

# ── the workbook ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Sheet:
    """One tab as the workbook lists it."""

    sheet_id: int
    title: str
    rows: int
    columns: int
    frozen_rows: int = 0
    #: 0-based columns that are hidden; read only by `about(layout=True)`.
    hidden: frozenset[int] = frozenset()
    #: The first row's cells; read only by `about(layout=True)`.
    header: tuple[str, ...] = ()
    #: 0-based column -> number format type and pattern of its second row; read only by `about(layout=True)`.
    formats: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    #: Dropdowns, colours, protections and widths; read only by `about(layout=True)`.
    look: Look = field(default_factory=Look)


@dataclass(frozen=True)
class About:
    """The workbook's own facts, from one call."""

    key: str
    title: str
    url: str
    timezone: str
    locale: str
    sheets: tuple[Sheet, ...]
    marker: Marker | None
    #: The id under which the marker is kept, needed to change it.
    marker_id: int | None = None

    @cached_property
    def known(self) -> Mapping[str, Sheet]:
        """Tab key -> the sheet that is this tab of LAID_OUT; of two that go by its names one alone."""
        found = tabs_among(self.schema.laid_out, [sheet.title for sheet in self.sheets])
        return {key: self.sheets[index] for key, index in found.items()}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Tab key -> title of the polled tabs that are there."""
        return {tab.key: self.known[tab.key].title for tab in TABS if tab.key in self.known}

    @property
    def present(self) -> frozenset[str]:
        """Keys of the tabs of LAID_OUT that are there."""
        return frozenset(self.known)

    #: Read only by `about(layout=True)`.
    names: tuple[NamedRange, ...] = ()
    #: The address of the bot's own account; "" where it has none, as at a desk that lets everybody in.
    account: str = ""
    #: The names by which the tabs and columns are known here.
    schema: Schema = STANDARD


@dataclass(frozen=True)
class Reading:
    """The answer to one read of all tabs, untouched: equal bytes mean that nothing changed."""

    body: bytes
    #: "gzip" or "".
    encoding: str
    #: Tab keys in the order of the answer's value ranges.
    tabs: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """Some columns of one tab, as UNFORMATTED_VALUE and serials; all from one answer, so row i is row i in each."""

    tab: str
    #: Key -> cells from the second row on; a blank cell is "", and blank cells at the end may be left out.
    #: A column that the tab does not have is absent.
    cells: Mapping[str, Sequence[Cell]]
    #: Key -> 0-based index in the sheet, of every known column the tab has.
    places: Mapping[str, int] = field(default_factory=dict)
    #: The first row, with the titles of the team's own columns; blank cells at its end left out.
    titles: tuple[Cell, ...] = ()

    @property
    def height(self) -> int:
        """Number of rows, the header not counted."""
        return max((len(cells) for cells in self.cells.values()), default=0)


@dataclass(frozen=True)
class Requests:
    """How many requests this process has made of the spreadsheet's API, which allows so many in a minute."""

    #: In the last minute.
    reads: int = 0
    writes: int = 0
    #: The most of either in one minute of the last hour.
    most: int = 0
    #: Since the process began.
    all_reads: int = 0
    all_writes: int = 0


#: A tab's key and a row's number (1-based).
Place = tuple[str, int]


class Workbook(Protocol):
    """One spreadsheet."""

    def about(self, *, layout: bool = False) -> About:
        """Titles, zone and marker: one API call; with `layout` also headers, formats and looks: up to two more."""
        ...

    def read(self) -> Reading:
        """All tabs the bot works with, whole. One API call."""
        ...

    def columns(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, Columns]:
        """These columns of these tabs (any of LAID_OUT), found by title; absent tabs are absent.

        Two API calls (one more before `about` was asked), the second of which has the values and the titles they
        stand under: a column that was moved in between is looked for again.
        """
        ...

    def contents(self, tabs: Collection[str] = ()) -> Mapping[str, Sequence[Sequence[Cell]]]:
        """Title -> all rows of these tabs (keys of LAID_OUT), or of every tab the workbook has when none is named.

        People's own tabs among them. Trailing blanks left out. Two API calls.
        """
        ...

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        """Apply all edits in order, atomically, or none. One API call.

        The answer has the rows asked for as they stand right after, in the same step: someone who sorts between
        our read and our write is found out by it.
        """
        ...

    def build(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Apply requests of the Sheets API that lay out (tabs, titles, formats), atomically. `init` does, and `check` tries."""
        ...

    def requests(self) -> Requests:
        """The requests made so far, those without an answer included. Makes none."""
        ...


# ── the state ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Lease:
    """The right to work on the workbook; `fence` grows with every change of hands."""

    owner: str
    fence: int
    until: datetime


@dataclass(frozen=True)
class Commit:
    """What one cycle changes in the state: all of it, or none."""

    #: Stored as given, by Row ID.
    sightings: tuple[Sighting, ...] = ()
    #: Stored as given, by number.
    orders: tuple[Order, ...] = ()
    #: Numbers that must not be in use yet; one that is makes the commit fail with Conflict.
    new_numbers: frozenset[str] = frozenset()
    #: New messages; an id that exists already makes the commit fail with Conflict.
    messages: tuple[Message, ...] = ()
    #: Numbers of orders that are no longer wanted; their queued messages become dropped.
    withdrawn: tuple[str, ...] = ()
    #: Numbers of orders whose purchase detail is sent anew; their queued purchase mails become dropped, and no others.
    superseded: tuple[str, ...] = ()
    #: All rows that wait, in place of those stored; None = unchanged.
    waiting: tuple[Waiting, ...] | None = None
    #: Stored as given, by key.
    holds: tuple[Hold, ...] = ()
    ended_holds: tuple[str, ...] = ()
    #: Row ID -> digest at which nothing is owed to the row.
    digests: Mapping[str, int] = field(default_factory=dict)
    #: Row IDs of rows whose write the sheet took.
    written: tuple[str, ...] = ()
    #: Stored as given, by automation and by id.
    standings: tuple[Standing, ...] = ()
    runs: tuple[Run, ...] = ()
    #: Ids of runs that must not exist yet; one that does makes the commit fail with Conflict.
    new_runs: frozenset[str] = frozenset()
    #: Must not exist yet either.
    weeks: tuple[ClosedWeek, ...] = ()
    #: Stored as given, by Row ID and by product.
    progress: tuple[Progress, ...] = ()
    stock: tuple[StockMark, ...] = ()
    #: Numbered in this order behind all that are stored; their own numbers are passed over.
    activity: tuple[Entry, ...] = ()
    #: Ids of messages that are not wanted any more; the queued ones among them become dropped.
    dropped: tuple[str, ...] = ()
    #: Keys of the feedback answers that have been dealt with.
    answers: tuple[str, ...] = ()
    #: Small facts such as adopted_at, workbook, last_poll.
    facts: Mapping[str, str] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """True when committing it would change nothing."""
        return self == Commit()


class State(Protocol):
    """The bot's memory: sightings and outbox, in one database. Times are aware UTC."""

    def acquire(self, owner: str, now: datetime, seconds: float) -> Lease | None:
        """Take or renew the lease on the workbook; None while another owner holds it."""
        ...

    def give_up(self, lease: Lease) -> None:
        """End the lease if it is still held, so that another worker need not wait for it to run out."""
        ...

    def bury(self, is_dead: Callable[[str], bool], now: datetime) -> bool:
        """End what workers hold that are known to be dead, their claims on messages included, as if it had run out.

        True when the lease was among it. Never ends what an owner holds of whom `is_dead` says no.
        """
        ...

    def revision(self) -> int:
        """Grows whenever someone other than the lease holder changed something (retry, drop, release)."""
        ...

    def facts(self) -> dict[str, str]:
        """The small facts."""
        ...

    def digests(self) -> dict[str, dict[int, str]]:
        """Tab -> row digest -> Row ID of every row to which nothing is owed."""
        ...

    def recall(self, wanted: Wanted) -> Seen:
        """What is remembered of these rows; see `Seen` for what comes along."""
        ...

    def recall_runs(self) -> RunsSeen:
        """What is remembered of the automations."""
        ...

    def closed_weeks(self) -> list[ClosedWeek]:
        """Every closed week, oldest first."""
        ...

    def known_messages(self, prefix: str) -> frozenset[str]:
        """Ids of the messages that begin so, whatever became of them."""
        ...

    def activity(self, after: int = 0, order_no: str = "", limit: int = 500) -> list[Entry]:
        """Entries with a number above `after`, oldest first, of one order when one is named."""
        ...

    def last_activity(self) -> int:
        """The number of the latest entry; 0 when there is none."""
        ...

    def refused(self) -> Mapping[str, str]:
        """Row ID -> key of the state it legally has, of the lines whose Status cell shows another."""
        ...

    def commit(self, changes: Commit, lease: Lease) -> None:
        """Store everything in one transaction. Raises LeaseLost or Conflict, and then stores nothing."""
        ...

    def next_due(self) -> datetime | None:
        """When the next queued message may be sent, or a lease on one runs out; None when there is none."""
        ...

    def paused(self) -> tuple[datetime, str] | None:
        """Until when nothing is sent, and why."""
        ...

    def sent_since(self, moment: datetime) -> int:
        """How many messages were handed to the server since then, those in doubt included."""
        ...

    def sent_to_since(self, recipient: str, moment: datetime, kinds: Collection[str]) -> int:
        """The same for one address and these kinds of mail, with those that wait for another attempt."""
        ...

    def overdue(self, moment: datetime) -> int:
        """How many messages are on their way although they might have left by then."""
        ...

    def reclaim(self, now: datetime) -> list[Message]:
        """Messages found in `sending` after their lease: still `sending`, for the caller to settle as uncertain.

        `claimed` ones whose lease ran out were certainly not sent: they become queued again and are not returned.
        The owner of a returned message is still the one that lost it; `settle` takes that owner.
        """
        ...

    def claim(self, owner: str, now: datetime, until: datetime, limit: int) -> list[Message]:
        """Take up to `limit` due messages, priority then age first, by compare-and-set.

        A message waits while any row of its order is neither written, placed nor gone: mail leaves only after its
        number stands in the sheet, so that a claim whose row was changed meanwhile can still be withdrawn.
        """
        ...

    def begin(self, message_id: str, owner: str, now: datetime, until: datetime) -> bool:
        """Commit `sending` right before DATA; False when the claim was lost, and then nothing may be sent."""
        ...

    def settle(self, message_id: str, owner: str, outcome: Outcome) -> bool:
        """Commit what became of a claimed or sending message; False when another owner has it.

        The rows of its order are no longer steady: their digests become 0. An outcome's `pause_until` pauses all.
        """
        ...

    def unclaim(self, message_ids: Collection[str], owner: str) -> None:
        """Give back claimed messages that were not tried."""
        ...

    def messages(
        self, statuses: Collection[Status] = (), order_no: str = "", limit: int = 200
    ) -> list[Message]:
        """The outbox for people, newest first, bodies included."""
        ...

    def retry(self, message_id: str, now: datetime) -> bool:
        """A person's word: queue a dead, held or waiting message at once. False when there is none such."""
        ...

    def drop(self, message_id: str) -> bool:
        """A person's word: never send this message. False when it is sent already or unknown."""
        ...

    def post(self, messages: Collection[Message]) -> None:
        """A person's word: send these too. Raises Conflict when one of their ids is there, and stores nothing."""
        ...

    def release(self) -> int:
        """A person's word: let everything go that is held. The number of holds released.

        A mail above its customer's cap is such a hold of its own, and is queued again.
        """
        ...

    def forget(self, words: Words, weeks: Sequence[ClosedWeek]) -> Forgotten:
        """A person's word: take these words out of all that is remembered but not in the sheet any more.

        That mails were sent stays known, without their text. `weeks` replace the closed weeks of the same ids.
        """
        ...

    def counts(self) -> dict[str, int]:
        """Numbers for `status`: messages by status ("mail.queued" …), orders, sightings, waiting, uncertain."""
        ...

    def holder(self) -> tuple[str, datetime] | None:
        """Who holds the lease on the workbook and until when, which may be over; None when nobody does."""
        ...

    def oldest(self) -> dict[Status, datetime]:
        """Since when the oldest message is there of those that are queued, on their way, held or dead."""
        ...

    def schema_version(self) -> int:
        """Which shape the stored tables have; 0 where nothing is stored for good."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


# ── the mailer ──────────────────────────────────────────────────────────────────────────────────────────────


class MailConnection(Protocol):
    """An open, authenticated connection. Both methods raise MailFailed."""

    def envelope(self, recipient: str) -> None:
        """MAIL and RCPT. A failure here is certainly not a sent mail."""
        ...

    def data(self, body: bytes) -> str:
        """DATA up to the server's 250; that answer, without addresses. Trouble.UNCERTAIN when the final dot got none."""
        ...


class Mailer(Protocol):
    """The way out for mail."""

    def connect(self) -> AbstractContextManager[MailConnection]:
        """Open one connection for a batch. Raises MailFailed; leaving the block never does."""
        ...


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────


class OutsideError(Exception):
    """The outside world failed. `hint` is one sentence for the person who can mend it, or ""."""

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        #: Seconds the other side asked us to wait.
        self.retry_after = retry_after


class WorkbookError(OutsideError):
    """The spreadsheet could not be read or written."""


class WorkbookRefused(WorkbookError):
    """The spreadsheet's address, sharing or layout is wrong: waiting will not help, a person must."""


class WriteUnclear(WorkbookError):
    """A write got no clear answer; the next snapshot tells whether it happened."""


class StateError(OutsideError):
    """The database could not be reached, read or written."""


class StateRefused(StateError):
    """The database, or a backup of it, must not be used as it is: waiting will not help, a person must."""


class Conflict(StateError):
    """Another worker was first; nothing was stored."""


class LeaseLost(StateError):
    """The lease is no longer ours; nothing was stored."""


class ReportError(OutsideError):
    """Reports could not be worked out; orders and their mail are not concerned."""


class MailFailed(OutsideError):
    """A mail was not accepted, or it is not known whether it was."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure
