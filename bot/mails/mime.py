"""A mail's parts as the bytes that travel. Pure; knows nothing of drafts and templates.

    mixed( related( alternative( text, html ), picture … ), file … )

Only the levels that a mail needs are there: one without pictures and files is a plain alternative.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from bot.planning.notices import Attachment, Picture

#: A header's line end and the blank that continues it.
FOLD = "\r\n "
#: What no system takes for a folder, a drive, an option or the end of a header.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff/\\:*?"<>|;]+')
_NAME = 60
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(?:; [a-z]+=[A-Za-z0-9.-]+)*")
_PICTURE = re.compile(r"[a-z0-9-]{1,40}")


def content_id(picture: Picture, mail_id: str, domain: str) -> str:
    """The name by which the HTML of this mail calls the picture: `cid:` and this."""
    if not _PICTURE.fullmatch(picture.name):
        raise ValueError(f"{picture.name[:60]!r} is not the name of a picture")
    return f"{picture.name}.{_digest(mail_id)[:20]}@{domain}"


def file_name(name: str) -> str:
    """The name as a reader's disk can take it: no path, nothing hidden, at most 60 characters, its ending kept."""
    stem, dot, end = " ".join(_UNSAFE.sub("-", name).split()).strip(". ").rpartition(".")
    end = re.sub(r"[^A-Za-z0-9]", "", end)[:8] if dot else end
    return (
        f"{stem[: _NAME - len(end) - 1]}.{end}" if dot and stem and end else (stem or end)[:_NAME] or "file"
    )


def written(
    headers: Mapping[str, str],
    mail_id: str,
    bodies: tuple[str, str],
    pictures: Mapping[str, Picture],
    attachments: Sequence[Attachment],
) -> bytes:
    """The message: these headers, text and HTML, the pictures by their content id, the files.

    Written out here because EmailMessage takes five times as long and folds a long Message-ID into an encoded word.
    base64 keeps lines short whatever a cell holds, and costs least for Chinese. The boundaries come from the id, so
    that rendering twice gives the same bytes; their "_" is no letter of base64.
    """
    text, html = bodies
    part = _multipart("alternative", mail_id, [_text("plain", text), _text("html", html)])
    if pictures:
        files = [_picture(cid, picture) for cid, picture in pictures.items()]
        part = _multipart("related", mail_id, [part, *files], f'{FOLD}type="multipart/alternative";')
    if attachments:
        part = _multipart("mixed", mail_id, [part, *map(_attachment, attachments)])
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "MIME-Version: 1.0", *part, ""]).encode("ascii")


def _multipart(kind: str, mail_id: str, parts: Sequence[list[str]], more: str = "") -> list[str]:
    """The lines of a part that holds these parts; each level has a boundary of its own."""
    boundary = "=_" + _digest(mail_id if kind == "alternative" else f"{kind} {mail_id}")[:32]
    lines = [f'Content-Type: multipart/{kind};{more}{FOLD}boundary="{boundary}"', ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return [*lines, f"--{boundary}--"]


def _text(subtype: str, body: str) -> list[str]:
    return _base64([f"Content-Type: text/{subtype}; charset=utf-8"], body.replace("\n", "\r\n").encode())


def _picture(cid: str, picture: Picture) -> list[str]:
    name = f"{picture.name}.png"
    headers = [
        f'Content-Type: image/png; name="{name}"',
        f"Content-ID: <{cid}>",
        f'Content-Disposition: inline; filename="{name}"',
    ]
    return _base64(headers, picture.png)


def _attachment(attachment: Attachment) -> list[str]:
    """A file; a name that is not plain ASCII travels as RFC 2231 says."""
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise ValueError(f"{attachment.media_type[:60]!r} is not a media type")
    name = file_name(attachment.name)
    named = (
        f'filename="{name}"'
        if re.fullmatch(r"[\w. ()-]+", name, re.ASCII)
        else f"filename*=utf-8''{quote(name)}"
    )
    headers = [
        f"Content-Type: {attachment.media_type}",
        f"Content-Disposition: attachment;{FOLD}{named}",
    ]
    return _base64(headers, attachment.content)


def _base64(headers: list[str], content: bytes) -> list[str]:
    encoded = base64.encodebytes(content).decode("ascii")
    return [*headers, "Content-Transfer-Encoding: base64", "", *encoded.splitlines()]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
