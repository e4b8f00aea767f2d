"""What the Activity tab, the log and `bot plan` tell: one value for each thing that happened. Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One thing that happened. Holds no address; what people typed stands in `before`, `after` and `detail` alone."""

    at: datetime
    #: A code of `bot.planning.activity_words`, such as "number_given", "moved", "changed", "mail_sent".
    what: str
    order_no: str = ""
    before: str = ""
    after: str = ""
    detail: str = ""
    #: Its place among all, from 1 on; given by the state when it is stored.
    number: int = 0


@dataclass(frozen=True)
class Change:
    """One thing that happened or will: for the log and for `bot plan`. Holds no names and no addresses."""

    what: str
    order_no: str = ""
    tab: str = ""
    row: int = 0
    count: int = 0
    #: Id of a run.
    run: str = ""
