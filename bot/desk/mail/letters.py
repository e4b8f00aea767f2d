"""The mailbox as people look through it: by person, by word, newest first.

Mails never change, so each is read once, when somebody first looks; the desk keeps what is needed for lists.
"""

from __future__ import annotations

import email
import email.policy
import threading
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from bot.desk.mail.mailbox import Mailbox

LOOKED_THROUGH = 2000  #: mails; older ones can be opened by their number but are not listed
PREVIEW = 140  #: characters of a mail's text in a list
LOOKED_AT = 20_000  #: bytes of a mail's text that a search looks through


@dataclass(frozen=True, slots=True)
class Person:
    """One who got mail: an address, and the name the mails call it by."""

    address: str
    name: str = ""

    @property
    def shown(self) -> str:
        """The name, or the address of one who has none."""
        return self.name or self.address


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as a list shows it."""

    id: int
    subject: str
    sender: Person
    people: tuple[Person, ...]  #: whom it was delivered to
    received_at: str  #: ISO 8601, UTC
    preview: str
    attached: int  #: how many files
    words: str  #: everything a search looks through, case folded


class Letters:
    """The letters of one mailbox, read when first asked for."""

    def __init__(self, mailbox: Mailbox):
        self._mailbox = mailbox
        self._known: dict[int, Letter] = {}
        self._lock = threading.Lock()

    def all(self) -> list[Letter]:
        """Every letter in the mailbox, newest first."""
        with self._lock:
            ids = self._mailbox.ids(LOOKED_THROUGH)
            known = {}
            for id_ in ids:
                letter = self._known.get(id_) or self._read(id_)
                if letter is not None:
                    known[id_] = letter
            self._known = known
        return list(known.values())

    def matching(self, words: str = "", to: str = "") -> list[Letter]:
        """The letters that hold every word, and went to an address, newest first."""
        wanted = words.casefold().split()
        return [
            letter
            for letter in self.all()
            if all(word in letter.words for word in wanted)
            and (not to or any(person.address == to for person in letter.people))
        ]

    def people(self) -> list[tuple[Person, int]]:
        """Everybody who got mail, with how many; who got the latest comes first."""
        found: dict[str, tuple[Person, int]] = {}
        for letter in self.all():
            for person in letter.people:
                known, count = found.get(person.address, (person, 0))
                found[person.address] = (known if known.name else person, count + 1)
        return list(found.values())

    def _read(self, id_: int) -> Letter | None:
        kept = self._mailbox.kept(id_)
        return letter_of(id_, *kept) if kept else None


def letter_of(id_: int, received_at: str, sender: str, recipients: list[str], raw: bytes) -> Letter:
    """The letter a mail is in a list.

    Read with the old, lenient parser of the standard library: it takes a tenth of the time of the new one,
    which a mailbox of thousands feels.
    """
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    named = _names(message)
    people = tuple(Person(address.lower(), named.get(address.lower(), "")) for address in recipients)
    writer = Person(sender, named.get(sender.lower(), ""))
    subject = _decoded(message.get("Subject", ""))
    text = " ".join(_text(message).split())
    parts = [subject, text, writer.address, writer.name]
    parts += [part for person in people for part in (person.address, person.name)]
    return Letter(
        id=id_,
        subject=subject,
        sender=writer,
        people=tuple(dict.fromkeys(people)),
        received_at=received_at,
        preview=text[:PREVIEW],
        attached=sum(part.get_content_disposition() == "attachment" for part in message.walk()),
        words="\n".join(parts).casefold(),
    )


def _names(message: Message) -> dict[str, str]:
    """What the mail calls the people it names, by address."""
    headers = [str(message.get(field, "")) for field in ("From", "Cc", "To")]
    return {address.lower(): _decoded(name) for name, address in getaddresses(headers) if name}


def _decoded(header: object) -> str:
    """A header's text; as it came where it cannot be decoded."""
    text = str(header).replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _text(message: Message) -> str:
    """The start of the mail's plain text."""
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            content = payload[:LOOKED_AT] if isinstance(payload, bytes) else b""
            try:
                return content.decode(part.get_content_charset("utf-8"), "replace")
            except (LookupError, ValueError):
                return content.decode("utf-8", "replace")
    return ""
