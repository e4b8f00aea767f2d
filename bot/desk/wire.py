"""A request and its answer as plain values, and how answers are written in JSON."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bot.desk.access.users import OWNER, User
from bot.desk.errors import ApiError, bad_request

JSON_TYPE = "application/json; charset=UTF-8"
GENERAL = frozenset(
    [
        "alt",
        "fields",
        "key",
        "prettyPrint",
        "quotaUser",
        "access_token",
        "oauth_token",
        "callback",
        "userIp",
        "uploadType",
        "upload_protocol",
        "$.xgafv",
        "supportsAllDrives",
        "supportsTeamDrives",
    ]
)


@dataclass(frozen=True)
class Call:
    """One HTTP request, its body read."""

    method: str
    path: str  #: still percent-encoded: a title may hold a slash
    query_string: str = ""
    headers: dict[str, str] = field(default_factory=dict)  #: names in lower case, last one wins
    body: bytes = b""
    user: User = OWNER  #: who calls, once the core has found out

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The query's pairs, in order."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    def get(self, name: str) -> str | None:
        """The last value of a query parameter, if it is there."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def all(self, name: str) -> list[str]:
        """Every value of a query parameter."""
        return [value for key, value in self.query if key == name]

    def flag(self, name: str) -> bool:
        """A query parameter read as a boolean, however it is capitalised."""
        return (self.get(name) or "").lower() in {"true", "1"}

    def json(self) -> Any:
        """The body's JSON; `None` for no body."""
        if not self.body.strip():
            return None
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise bad_request(f"Invalid JSON payload received. {error}") from None

    def only(self, *names: str) -> None:
        """Refuse query parameters besides these and the general ones."""
        for name, _ in self.query:
            if name not in names and name not in GENERAL:
                raise bad_request(
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                    f"Field '{name}' could not be found in request message."
                )

    @property
    def compact(self) -> bool:
        """Whether the client asked for JSON without line breaks."""
        return (self.get("prettyPrint") or "").lower() == "false"

    @property
    def takes_gzip(self) -> bool:
        """Whether Google would compress the answer: both headers must say gzip."""
        return "gzip" in self.headers.get("accept-encoding", "") and "gzip" in self.headers.get(
            "user-agent", ""
        )


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()


def answer_of(call: Call, value: Any, status: int = 200) -> Answer:
    """A value as the JSON answer the client asked for: pretty-printed unless it said otherwise."""
    option = orjson.OPT_APPEND_NEWLINE | (0 if call.compact else orjson.OPT_INDENT_2)
    return Answer(status, orjson.dumps(value, option=option))


def refusal(call: Call, error: ApiError) -> Answer:
    """An error as the service the path belongs to writes it."""
    if call.path.startswith(("/drive", "/upload")):
        reason = {401: "authError", 403: "forbidden", 404: "notFound", 429: "rateLimitExceeded"}
        one = {
            "message": error.message,
            "domain": "usageLimits" if error.code == 429 else "global",
            "reason": reason.get(error.code, "backendError" if error.code >= 500 else "badRequest"),
        }
        if error.details:
            one.update(error.details[0])
        body = {"error": {"code": error.code, "message": error.message, "errors": [one]}}
    else:
        body = error.body()
    return answer_of(call, body, error.code)


def compressed(answer: Answer) -> Answer:
    """The answer gzip'ed; the same body always gives the same bytes."""
    body = gzip.compress(answer.body, compresslevel=5, mtime=0)
    headers = (*answer.headers, ("content-encoding", "gzip"), ("vary", "Accept-Encoding, User-Agent"))
    return Answer(answer.status, body, answer.type, headers)
