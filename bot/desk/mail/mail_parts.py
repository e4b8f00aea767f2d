"""Takes a mail apart: subject and headers, its text, its HTML with the pictures it carries, its files.

Mails are untrusted. Nothing here fails on a broken one, and nothing of one becomes a path, a type or a header
before it was made harmless.
"""

from __future__ import annotations

import email
import email.policy
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage, Message
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})
CID = re.compile(r"cid:([^\"'\s)>]+)", re.IGNORECASE)
LOADING = re.compile(
    r"<(/?)(?=(?:i?frame|frameset|object|embed|portal|script|link|base|meta)\b)", re.IGNORECASE
)
TARGET = re.compile(r"(<(?:a|area|form)\b[^<>]*?\s)target\s*=", re.IGNORECASE)
DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
MOST_LINKS = 20
LOOKED_AT = 1_000_000  #: characters of a mail's HTML that are searched for links
LARGEST_SHOWN = (
    64 * 1024 * 1024
)  #: bytes of pictures put into a mail; one picture may be named a thousand times
SAFE_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
LONGEST_NAME = 120  #: characters


@lru_cache(maxsize=256)
def parsed(raw: bytes) -> dict[str, Any]:
    """What a mail says: subject, date, headers, text, html, attachments (name, type, size in bytes)."""
    message = _message(raw)
    headers: dict[str, str] = {}
    for name, value in message.items():
        headers.setdefault(name, str(value))
    return {
        "subject": headers.get("Subject", ""),
        "date": headers.get("Date", ""),
        "headers": headers,
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
        "attachments": [
            {"name": file_name(part), "type": _type(part), "size": len(_content(part))}
            for part in _attached(message)
        ],
    }


def html_to_show(raw: bytes) -> str:
    """A mail's HTML in which the pictures it carries stand as data; what it only points to stays a pointer.

    The page it is shown in forbids it to run and to load anything. Tags made for loading are no tags here all
    the same, since browsers connect to where a frame or a clicked link points before they ask whether they may;
    so links want a window of their own, which the frame they stand in never gets.
    """
    message = _message(raw)
    pictures = {
        str(part.get("Content-ID", "")).strip().strip("<>"): part
        for part in message.walk()
        if part.get_content_type() in PICTURES
    }

    left = LARGEST_SHOWN

    def shown(found: re.Match[str]) -> str:
        nonlocal left
        part = pictures.get(unquote(found[1])) or pictures.get(found[1])
        content = _content(part) if part is not None and left > 0 else b""
        left -= len(content)
        if part is None or not content or left < 0:
            return found[0]
        return f"data:{part.get_content_type()};base64,{b64encode(content).decode()}"

    html = TARGET.sub(r"\1x-target=", LOADING.sub(r"<\1x-", _body(message, "html") or ""))
    start = found.end() if (found := DOCTYPE.match(html)) else 0
    return html[:start] + '<base target="_blank">' + CID.sub(shown, html[start:])


def links_in(html: str) -> list[tuple[str, str]]:
    """The web addresses a mail's links lead to, each once, with the words they stand under."""
    reader = _Links()
    reader.feed(html[:LOOKED_AT])
    reader.close()
    found: dict[str, str] = {}
    for address, words in reader.found:
        if address.lower().startswith(("http://", "https://")):
            found.setdefault(address, " ".join(words.split())[:LONGEST_NAME] or address)
    return list(found.items())[:MOST_LINKS]


class _Links(HTMLParser):
    """Collects where the links of a mail lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            address = dict(attrs).get("href")
            self._open = bool(address)
            if address:
                self.found.append((address.strip(), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            address, words = self.found[-1]
            self.found[-1] = (address, words + data)


def attachment(raw: bytes, number: int) -> tuple[str, str, bytes] | None:
    """The name, type and contents of one attached file, counted from 0."""
    found = list(_attached(_message(raw)))
    if number >= len(found):
        return None
    return file_name(found[number]), _type(found[number]), _content(found[number])


def as_download(name: str) -> str:
    """The Content-Disposition under which a browser saves a file and never shows it."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def file_name(part: Message) -> str:
    """A name that is only a name, for a file that came under any."""
    given = ""
    with suppress(LookupError, ValueError, AttributeError, TypeError):
        given = part.get_filename() or ""
    name = UNSAFE_IN_NAMES.sub("_", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_NAME:
        name = (stem or name)[: LONGEST_NAME - 10] + (dot + ending[:9] if stem else "")
    return name or "attachment"


def _message(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def _attached(message: EmailMessage) -> Iterator[Message]:
    """The files of a mail, without the pictures that its HTML shows."""
    shown = {found[1] for found in CID.finditer(_body(message, "html") or "")}
    with suppress(AttributeError, KeyError, TypeError):
        for part in message.iter_attachments():
            if str(part.get("Content-ID", "")).strip().strip("<>") not in shown:
                yield part


def _type(part: Message) -> str:
    kind = part.get_content_type()
    return kind if SAFE_TYPE.fullmatch(kind) else "application/octet-stream"


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    with suppress(LookupError, ValueError, KeyError):
        return str(part.get_content())
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
