"""What the bot sees in the sheet and what it remembers of it.

    Grid bytes ─► Row (seen now)  ×  Sighting (remembered)  ─► identity ─► who is who

All of these are values. None of them knows where it is kept or how it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.planning.progress import Progress, StockMark
from bot.planning.runs import RunsSeen
from sheets_schema import Cell
from sheets_schema.titles import Header

#: Prefix of the keys under which a row carries the team's own columns ("+Colour").
EXTRA = "+"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the sheet now. Blank cells are absent from `cells`."""

    tab: str
    #: 1-based, as the sheet shows it.
    number: int
    cells: Mapping[str, Cell]
    #: Hash of the cells that only people write; the bot never changes it.
    core: str
    #: Hash of everything a person may have typed, the columns the bot fills when blank included.
    typed: str
    #: Digest of the row's bytes, every column included; 0 when unknown.
    digest: int = 0

    def text(self, key: str) -> str:
        """The raw cell as text; "" when blank."""
        return str(self.cells.get(key, "")).strip()

    @property
    def row_id(self) -> str:
        """What the Row ID cell says; "" when blank."""
        return self.text("row_id")

    @property
    def order_no(self) -> str:
        """What the Order No. cell says; "" when blank."""
        return self.text("order_no")


@dataclass(frozen=True)
class TabSnapshot:
    """One tab as read, reduced to what needs a decision."""

    tab: str
    title: str
    header: Header
    #: Rows whose bytes were not steady when last seen, in sheet order. Blank rows with bot cells are among them.
    rows: tuple[Row, ...]
    #: Row IDs of rows left out because their bytes are as they were when nothing about them was owed.
    steady: frozenset[str] = frozenset()
    #: Row IDs that were steady before and whose bytes stand nowhere now; they may be among `rows`.
    missing: frozenset[str] = frozenset()
    #: Number of rows in use, the header not counted.
    height: int = 0


@dataclass(frozen=True)
class Snapshot:
    """The workbook at one moment."""

    #: The order tabs that stand in the workbook, those with a broken header included.
    tabs: Mapping[str, TabSnapshot]
    #: The headers of the other tabs that stand in the workbook and are read in a poll.
    lookups: Mapping[str, Header] = field(default_factory=dict)
    #: The Automations tab with all its rows; None when there is none.
    automations: TabSnapshot | None = None
    #: The Feedback tab with those of its rows that show no receipt for their answer; None when there is none.
    feedback: TabSnapshot | None = None
    #: Keys of the tabs that are missing altogether.
    absent: tuple[str, ...] = ()


class Origin(StrEnum):
    """How a row came to be known."""

    TYPED = "typed"  #: a person typed it into Contract Orders
    ENTRY = "entry"  #: a row of Order Entry
    INTAKE = "intake"  #: the bot wrote it into Contract Orders for an entry
    ADOPTED = "adopted"  #: it was there when the bot first met the workbook
    REBUILT = "rebuilt"  #: it had its Row ID when the bot's memory was lost


@dataclass(frozen=True)
class Sighting:
    """What is remembered of one row, by its Row ID."""

    row_id: str
    tab: str
    order_no: str
    core: str
    typed: str
    position: int
    origin: Origin
    #: The sheet took the write that gave the row its Row ID and number; its mail may leave from then on.
    written: bool = False
    #: A later snapshot has shown this Row ID on its own row.
    placed: bool = False
    #: Placed once and absent since: a person deleted it, and may undo that.
    gone: bool = False
    #: Gone because a person emptied the row, which shows the ID still: what is typed there next is something new.
    emptied: bool = False
    #: People's and filled cells as last seen, to restore or append the row and to write its mail.
    cells: Mapping[str, Cell] = field(default_factory=dict)
    #: What the E-mail cell last showed; "" while it has shown nothing since the last time it was asked for.
    mail_shown: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    #: Row digest at which nothing was owed to this row; 0 when something may be.
    digest: int = 0
    #: The Contract Orders row made for this entry, or the entry this row was made for.
    partner: str = ""


@dataclass(frozen=True)
class Order:
    """One order number and what was promised under it."""

    number: str
    created_at: datetime
    origin: Origin
    #: How many times its purchase detail was asked for: 1 at creation, one more for each resend; 0 = never
    #: (adopted, or made while the purchase mail was switched off).
    generation: int = 1


@dataclass(frozen=True)
class Waiting:
    """A row without identity that is not an order yet: half-typed, unsettled or held."""

    tab: str
    typed: str
    #: 0 for the first of several equal rows.
    ordinal: int
    core: str
    since: datetime
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Hold:
    """Something the bot does not do until a person says so."""

    key: str  #: "flood" | "emptied:<tab>" | "header:<tab>" | "tab:<tab>"
    since: datetime
    count: int = 0
    released: bool = False
    #: What a person must put right or decide, a sentence each.
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailState:
    """How one purchase mail of an order stands, for the E-mail cell."""

    message_id: str
    kind: str
    status: str
    generation: int
    at: datetime | None = None
    error: str = ""
    uncertain: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which memories a snapshot calls for."""

    row_ids: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    cores: frozenset[str] = frozenset()
    #: Order numbers beginning with this are looked up to give the next one.
    prefix: str = ""
    #: Folded names of customers whose open orders are added up.
    customers: frozenset[str] = frozenset()
    #: Keys of feedback answers.
    answers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """What is remembered about the rows of one snapshot."""

    #: The wanted rows, those with a wanted core, all to which something may be owed (no digest, not gone), and
    #: every line of the orders concerned.
    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    #: Order No. -> its purchase mails, latest generation last.
    mail: Mapping[str, tuple[MailState, ...]] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    #: Numbers with the wanted prefix that are in use.
    taken: frozenset[str] = frozenset()
    holds: Mapping[str, Hold] = field(default_factory=dict)
    #: When the bot first met this workbook; None = never, or memory was lost.
    adopted_at: datetime | None = None
    #: Tab -> number of placed rows that are not gone.
    known: Mapping[str, int] = field(default_factory=dict)
    automations: RunsSeen = field(default_factory=RunsSeen)
    #: Of the rows in `sightings`, by Row ID.
    progress: Mapping[str, Progress] = field(default_factory=dict)
    #: All of them, by product.
    stock: Mapping[str, StockMark] = field(default_factory=dict)
    #: Wanted customer -> currency -> minor units of the lines that are neither completed nor cancelled; a customer
    #: without any is absent.
    open_amounts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    #: Those of the wanted answers that have been dealt with.
    answers: frozenset[str] = frozenset()
