"""What a whole desk can be told to be like, where Google is less kind than a desk needs to be.

They are switched by `PUT /_desk/conditions` and last until `DELETE` or the end of the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from bot.desk.access.accounts import from_page
from bot.desk.book.workbook import Moment, Workbook
from bot.desk.errors import bad_request
from bot.desk.wire import Answer, Call, answer_of

Json = dict[str, Any]
MAKES_A_FILE = re.compile(r"/v4/spreadsheets|(?:/upload)?/drive/v[23]/files|/drive/v[23]/files/[^/]+/copy")
NO_STORAGE = (
    "Service Accounts do not have storage quota. Leverage shared drives "
    "(https://developers.google.com/workspace/drive/api/guides/about-shareddrives), or use OAuth delegation "
    "(http://support.google.com/a/answer/7281227) instead."
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a desk is like; the kindest unless told otherwise."""

    modified_time_lag: float = 0.0  #: seconds until Drive tells of a change, and of those after it together
    storage_quota_exceeded: bool = False  #: service accounts own no storage, so they make no files

    def shown(self) -> Json:
        """All of it as JSON."""
        return asdict(self)

    def refusal(self, call: Call, everybody: bool) -> Answer | None:
        """Drive's refusal of a call that would make a file, where there is no room for one.

        While anybody may come in, whatever is no page is taken for a service account.
        """
        if not self.storage_quota_exceeded or call.method != "POST" or not MAKES_A_FILE.fullmatch(call.path):
            return None
        if not (call.user.service_account or (everybody and not from_page(call))):
            return None
        one = {"message": NO_STORAGE, "domain": "usageLimits", "reason": "storageQuotaExceeded"}
        return answer_of(call, {"error": {"code": 403, "message": NO_STORAGE, "errors": [one]}}, 403)


def parsed(value: Any) -> Circumstances:
    """The circumstances of a `PUT /_desk/conditions`; a 400 naming what is wrong with them."""
    if not isinstance(value, dict):
        raise bad_request("Conditions are an object.")
    known = Circumstances().shown()
    unknown = sorted(set(value) - set(known))
    if unknown:
        raise bad_request(f"Unknown conditions: {', '.join(unknown)}; known are {', '.join(known)}.")
    lag = value.get("modified_time_lag", 0.0)
    if isinstance(lag, bool) or not isinstance(lag, int | float) or lag < 0:
        raise bad_request("modified_time_lag is a number of seconds.")
    full = value.get("storage_quota_exceeded", False)
    if not isinstance(full, bool):
        raise bad_request("storage_quota_exceeded is true or false.")
    return Circumstances(float(lag), full)


def last_told(book: Workbook, lag: float) -> Moment:
    """The change of a workbook that Drive tells of now."""
    found = told(book.moments, monotonic(), lag)
    return found or Moment(0.0, int(book.meta["version"]), str(book.meta["modifiedTime"]))


def forget(book: Workbook, lag: float) -> None:
    """Take what Drive tells of now as known, so that no other lag makes it untold again."""
    known = last_told(book, lag)
    while book.moments and book.moments[0].version < known.version:
        book.moments.popleft()


def told(moments: Iterable[Moment], now: float, lag: float) -> Moment | None:
    """The latest change Drive tells of, the oldest given one being known anyway.

    The first change nobody was told of is told `lag` seconds later, together with all that came meanwhile.
    """
    latest: Moment | None = None
    waiting: Moment | None = None
    due = 0.0
    for moment in moments:
        if latest is None:
            latest = moment
            continue
        if waiting is not None and moment.at > due:
            latest, waiting = waiting, None
        if waiting is None:
            due = moment.at + lag
        if due > now:
            return latest
        waiting = moment
    return waiting or latest
