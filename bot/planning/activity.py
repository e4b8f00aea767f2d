"""What the Activity tab and the log tell: one entry for each thing that happened. Values; nothing is decided here."""

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
