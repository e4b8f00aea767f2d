"""The desk's front door: HTTP in, an answer out, with the trouble that was asked for in between.

Calls are answered one at a time, since the event loop runs one and an answer never waits inside. What the
desk's own pages ask for is neither noted nor troubled: that is for the programs under test.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

from bot.desk.access.accounts import EVENTS, from_page
from bot.desk.core import Core
from bot.desk.errors import ApiError
from bot.desk.switches.faults import Fault
from bot.desk.web.origins import Hosts, foreign
from bot.desk.wire import JSON_TYPE, Answer, Call, refusal

LARGEST = 256 * 1024 * 1024  #: bytes of a request's body
#: What is no data is not shown inside other people's pages, nor read by them as a picture or script.
UNFRAMED = (("x-frame-options", "SAMEORIGIN"), ("cross-origin-resource-policy", "same-origin"))
CONNECTION = "desk.connection"  #: where the scope keeps the connection, to be cut on request

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
log = logging.getLogger(__name__)


class Door:
    """The ASGI application."""

    def __init__(self, core: Core, hosts: Hosts):
        self._core = core
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        call = await _call(scope, receive)
        if call is None:
            return
        turned_away = foreign(call, self._hosts)
        if turned_away is not None:
            await _send(scope, send, call, refusal(call, turned_away))
            return
        if call.path == EVENTS and call.method == "GET":
            await self._stream(scope, call, receive, send)
            return
        if call.path.startswith("/_desk/") or from_page(call):
            await _send(scope, send, call, self._answer(call))
            return
        hits = self._core.parts.faults.taken(call)
        answer = await self._trouble(scope, call, [hit for hit in hits if hit.when == "before"])
        if answer is None and not _cut(scope):
            answer = self._answer(call)
            answer = await self._trouble(scope, call, [h for h in hits if h.when == "after"]) or answer
        self._note(call, answer)
        if answer is None or _cut(scope):
            await receive()  # returns once the cut connection is known to be gone
            return
        await _send(scope, send, call, answer, half=any(hit.truncate for hit in hits))

    async def _stream(self, scope: Scope, call: Call, receive: Receive, send: Send) -> None:
        try:
            call = self._core.named(call)
        except ApiError as error:
            await _send(scope, send, call, refusal(call, error))
            return
        await self._core.parts.events.stream(call, receive, send)

    def close(self) -> None:
        """End the answers that would never end by themselves."""
        self._core.parts.events.close()

    def _answer(self, call: Call) -> Answer:
        try:
            return self._core.answer(call)
        except Exception:
            log.exception("The desk failed on %s %s", call.method, call.path)
            return refusal(call, ApiError(500))

    async def _trouble(self, scope: Scope, call: Call, faults: list[Fault]) -> Answer | None:
        for fault in faults:
            if fault.delay and not await _waited(fault.delay):
                scope[CONNECTION].abort()
                return None
            if fault.edit is not None:
                try:
                    self._core.edit(call, fault.edit)
                except ApiError as error:
                    return refusal(call, ApiError(400, f"The edit of a fault failed: {error.message}"))
            if fault.drop:
                scope[CONNECTION].abort()
                return None
            answer = fault.answer(call)
            if answer is not None:
                return answer
        return None

    def _note(self, call: Call, answer: Answer | None) -> None:
        line = len(call.method) + len(call.path) + len(call.query_string) + len("  HTTP/1.1\r\n")
        head = sum(len(name) + len(value) + 4 for name, value in call.headers.items()) + 2
        self._core.parts.requests.append(
            {
                "method": call.method,
                "path": call.path,
                "query": call.query_string,
                "status": answer.status if answer else 0,
                "request_bytes": line + head + len(call.body),
                "response_bytes": _size(answer) if answer else 0,
                "body_bytes": len(answer.body) if answer else 0,
                "user_agent": call.headers.get("user-agent", ""),
                "accept_encoding": call.headers.get("accept-encoding", ""),
            }
        )


async def _waited(seconds: float) -> bool:
    """Whether the wait came to its end; it does not when the desk is stopped meanwhile."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        return False
    return True


async def _call(scope: Scope, receive: Receive) -> Call | None:
    parts = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body") or size > LARGEST:
            break
    return Call(
        scope["method"],
        scope["raw_path"].decode("latin-1").partition("?")[0],
        scope["query_string"].decode("latin-1"),
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        b"".join(parts),
    )


def _cut(scope: Scope) -> bool:
    connection = scope.get(CONNECTION)
    return connection is not None and bool(connection.is_closing())


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    pairs = [
        ("content-type", answer.type),
        ("content-length", str(len(answer.body))),
        ("date", formatdate(usegmt=True)),
        ("x-content-type-options", "nosniff"),
        *(() if answer.type == JSON_TYPE else UNFRAMED),
        *answer.headers,
    ]
    if all(name != "cache-control" for name, _ in answer.headers):
        pairs.append(("cache-control", "no-store"))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _size(answer: Answer) -> int:
    head = sum(len(name) + len(value) + 4 for name, value in _headers(answer))
    return len("HTTP/1.1 200 OK\r\n") + head + 2 + len(answer.body)


async def _send(scope: Scope, send: Send, call: Call, answer: Answer, half: bool = False) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    if half:
        await send(
            {
                "type": "http.response.body",
                "body": answer.body[: len(answer.body) // 2],
                "more_body": True,
            }
        )
        scope[CONNECTION].close()
        return
    body = b"" if call.method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
