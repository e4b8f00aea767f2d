"""Several calls in one HTTP request: `multipart/mixed` in, `multipart/mixed` out, as Google's `/batch` takes them.

The calls are answered one after the other, each on its own: one that is refused does not touch the others. Only the
Sheets and Drive API can be called so; neither uploads nor batches within batches.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus

from bot.desk.errors import ApiError, bad_request
from bot.desk.wire import Answer, Call, refusal

MOST = 1000  #: calls in a batch; google-api-python-client sends no more either
CALLABLE = ("/v4/", "/drive/")
OWN = ("authorization", "content-type")  #: the headers a call within a batch may have of its own
OF_THE_BATCH = (
    "host",
    "authorization",
    "user-agent",
    "x-desk-page",
    "cookie",
)  #: those it has from around it


def is_batch(call: Call) -> bool:
    """Whether a call is a batch of others."""
    return call.path == "/batch" or call.path.startswith("/batch/")


def answer(call: Call, ask: Callable[[Call], Answer]) -> Answer:
    """The answers to all calls of a batch, in their order; `ask` answers one."""
    if call.method != "POST":
        raise ApiError(404)
    parts = _parts(call)
    boundary = "batch_" + secrets.token_urlsafe(18)
    lines = [_answered(part, call, ask) for part in parts]
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + line + b"\r\n" for line in lines)
    return Answer(200, body + f"--{boundary}--\r\n".encode(), f"multipart/mixed; boundary={boundary}")


def _parts(call: Call) -> list[Message]:
    kind = call.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/mixed"):
        raise bad_request("The batch request must be of type multipart/mixed.")
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1") + call.body)
    parts = whole.get_payload()
    if not isinstance(parts, list) or not parts:
        raise bad_request("Failed to parse batch request: it has no parts.")
    if len(parts) > MOST:
        raise bad_request(f"The batch request has more than {MOST} calls.")
    return [part for part in parts if isinstance(part, Message)]


def _answered(part: Message, around: Call, ask: Callable[[Call], Answer]) -> bytes:
    call = _call(part, around)
    if call is None:
        refused = bad_request("Failed to parse batch request, error: the part is no HTTP request.")
        given = refusal(around, refused)
    elif call.path.startswith(CALLABLE):
        given = ask(call)
    else:
        given = refusal(call, ApiError(404))
    head = ["Content-Type: application/http"]
    name = str(part.get("Content-ID", "")).strip()
    if name.startswith("<") and name.isprintable():
        head.append(f"Content-ID: <response-{name[1:]}")
    phrase = HTTPStatus(given.status).phrase
    inner = [
        f"HTTP/1.1 {given.status} {phrase}",
        f"Content-Type: {given.type}",
        f"Content-Length: {len(given.body)}",
    ]
    return "\r\n".join([*head, "", *inner, "", ""]).encode("latin-1", "replace") + given.body


def _call(part: Message, around: Call) -> Call | None:
    """The HTTP request a part holds; none if it holds something else."""
    if part.get_content_type() != "application/http":
        return None
    payload = _bytes(part.get_payload(decode=True))
    line, _, rest = payload.lstrip(b"\r\n").partition(b"\n")
    words = line.decode("latin-1").split()
    if len(words) < 2 or not words[1].startswith("/"):
        return None
    path, _, query = words[1].partition("?")
    message = BytesParser(policy=HTTP).parsebytes(rest)
    body = message.get_payload(decode=True)
    headers = {name: around.headers[name] for name in OF_THE_BATCH if name in around.headers}
    headers |= {name: str(message[name]) for name in OWN if message.get(name)}
    return replace(
        around, method=words[0].upper(), path=path, query_string=query, headers=headers, body=_bytes(body)
    )


def _bytes(payload: object) -> bytes:
    return payload if isinstance(payload, bytes) else b""
