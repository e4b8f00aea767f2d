"""Trouble on request: wrong answers, delays, cut connections, and another person's edit in between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.desk.errors import MESSAGE_OF_CODE, ApiError, bad_request, quota_exceeded
from bot.desk.wire import Answer, Call, answer_of, refusal

KEYS = {
    "match",
    "status",
    "delay",
    "drop",
    "body",
    "truncate",
    "retry_after",
    "when",
    "times",
    "skip",
    "edit",
}


@dataclass(frozen=True)
class Fault:
    """One kind of trouble and the requests it is for."""

    match: str  #: part of "METHOD /path?query"
    status: int | None = None
    delay: float = 0.0  #: seconds
    drop: bool = False  #: close the connection without an answer
    body: str | None = None  #: instead of JSON
    truncate: bool = False  #: send half the body, then close
    retry_after: int | None = None
    when: str = "before"  #: before or after the change took effect
    times: int = 1
    skip: int = 0  #: matches to let pass first
    edit: dict[str, Any] | None = None  #: {"spreadsheetId"?, "requests": [...]}

    def shown(self) -> dict[str, Any]:
        """The fault as JSON, without what is not set."""
        return {
            name: value
            for name in sorted(KEYS)
            if (value := getattr(self, name)) not in (None, False, 0.0, 0) or name == "match"
        }

    def answer(self, call: Call) -> Answer | None:
        """The answer this fault gives instead of the real one, if it gives one."""
        if self.status is None and self.body is None:
            return None
        status = self.status or 200
        if self.body is not None:
            answer = Answer(status, self.body.encode(), "text/html; charset=UTF-8")
        elif status >= 400:
            error = quota_exceeded(call.method) if status == 429 and call.path.startswith("/v4/") else None
            answer = refusal(
                call, error or ApiError(status, MESSAGE_OF_CODE.get(status, "Fault on request."))
            )
        else:
            answer = answer_of(call, {}, status)
        if self.retry_after is None:
            return answer
        return replace(answer, headers=(*answer.headers, ("retry-after", str(self.retry_after))))


def parsed(value: Any) -> list[Fault]:
    """The faults of a `PUT /_desk/faults`; a 400 naming what is wrong with them."""
    if not isinstance(value, list):
        raise bad_request("Faults are a list of objects.")
    faults = []
    for index, one in enumerate(value):
        if not isinstance(one, dict) or not isinstance(one.get("match"), str):
            raise bad_request(f"faults[{index}]: an object with a text 'match' is needed.")
        unknown = set(one) - KEYS
        if unknown:
            raise bad_request(f"faults[{index}]: unknown {', '.join(sorted(unknown))}.")
        if one.get("when", "before") not in {"before", "after"}:
            raise bad_request(f"faults[{index}]: 'when' is before or after.")
        faults.append(Fault(**one))
    return faults


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self.left: list[Fault] = []

    def taken(self, call: Call) -> list[Fault]:
        """The faults for a call, each used up by one; edits do not hide the fault behind them."""
        target = f"{call.method} {call.path}" + (f"?{call.query_string}" if call.query_string else "")
        hits: list[Fault] = []
        left: list[Fault] = []
        for fault in self.left:
            if fault.match not in target or (hits and hits[-1].edit is None):
                left.append(fault)
            elif fault.skip:
                left.append(replace(fault, skip=fault.skip - 1))
            else:
                hits.append(fault)
                if fault.times > 1:
                    left.append(replace(fault, times=fault.times - 1))
        self.left = left
        return hits
