"""The mailbox as people look through it: by person, by word, newest first.

Mails never change, so each is read once, when somebody first looks; the desk keeps what is needed for lists.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any

from bot.desk.mailbox import Mailbox

LOOKED_THROUGH = 5000  #: mails; older ones can be opened by their number but are not listed
PREVIEW = 140  #: characters of a mail's text in a list


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
        mail = self._mailbox.mail(id_)
        return letter_of(mail) if mail else None


def letter_of(mail: dict[str, Any]) -> Letter:
    """The letter a mail is in a list."""
    headers = mail["headers"]
    named = {
        address.lower(): name
        for name, address in getaddresses([headers.get(field, "") for field in ("To", "Cc", "From")])
        if name
    }
    people = tuple(Person(address.lower(), named.get(address.lower(), "")) for address in mail["to"])
    sender = Person(mail["from"], named.get(mail["from"].lower(), ""))
    text = " ".join((mail["text"] or "").split())
    parts = [mail["subject"], text, sender.address, sender.name]
    parts += [part for person in people for part in (person.address, person.name)]
    return Letter(
        id=mail["id"],
        subject=mail["subject"],
        sender=sender,
        people=tuple(dict.fromkeys(people)),
        received_at=mail["received_at"],
        preview=text[:PREVIEW],
        attached=len(mail["attachments"]),
        words="\n".join(parts).casefold(),
    )
