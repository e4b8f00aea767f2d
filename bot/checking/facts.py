"""What probing finds out about the place the bot runs in. Values; judged in the `…_lines` modules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ConfigFile:
    """The config as a file."""

    path: str
    #: Everybody on this machine may read it.
    is_open: bool
    #: Settings in it that are secrets, such as "mail.password".
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class ServiceKey:
    """The service account's key."""

    #: The account's address.
    account: str
    #: What the bot asks Google for with it.
    scope: str


@dataclass(frozen=True)
class DatabaseFacts:
    """The state's database, as it stands without being opened by a worker."""

    #: "SQLite" or "Postgres".
    kind: str
    #: Where the file is; "" for a server.
    file: str = ""
    #: The bot's tables are there.
    made: bool = False
    #: Version of the tables, and the version this program makes; 0 where there are none.
    schema: int = 0
    known_schema: int = 0
    #: Key of the workbook it belongs to; "" before the first meeting.
    workbook: str = ""
    #: The worker that has the workbook, and until when it need not say so again.
    holder: str = ""
    held_until: datetime | None = None
    #: Kind of the file system the file lies on, such as "ext4" or "overlay"; "" = not known.
    filesystem: str = ""


@dataclass(frozen=True)
class OutboxFacts:
    """How the mails stand."""

    dead: int = 0
    held: int = 0
    #: Those of the held ones that only a rehearsal holds.
    rehearsed: int = 0
    #: Why none can leave for now; "" when they can.
    paused: str = ""
    #: Since when the oldest of those that ought to have left waits.
    overdue: datetime | None = None
    #: As many as mail.per_day allows have left within a day, so that the others have to wait.
    capped: bool = False
    #: Kinds of what is held until somebody lets it go, such as "flood".
    holds: tuple[str, ...] = ()
