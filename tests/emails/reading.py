"""A mail as its reader's program sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any


@lru_cache(10_000)
def _fetched(name: str, value: str) -> Any:
    return SMTP.header_fetch_parse(name, value)


class _Remembering(EmailPolicy):
    """The parser asks for the same few headers again and again, and parses each time."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return _fetched(name, value)


_POLICY = _Remembering(linesep="\r\n")


def parsed(mail: bytes) -> EmailMessage:
    """The mail through the standard library's parser, which notes every defect."""
    return message_from_bytes(mail, policy=_POLICY)


def part(mail: EmailMessage, subtype: str) -> str:
    """The text of one alternative."""
    found = mail.get_body((subtype,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


@dataclass
class Page(HTMLParser):
    """Tags, attributes, links and text of an HTML part."""

    tags: list[str] = field(default_factory=list)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add((tag, name))
            if name in {"href", "src", "action", "background", "srcset"}:
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def page(html: str) -> Page:
    """The HTML part, taken apart."""
    found = Page()
    found.feed(html)
    found.close()
    return found
