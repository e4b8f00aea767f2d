"""Forgetting a person: where their words stand in what the bot remembers, and what stands there afterwards. Pure.

What is still needed to send nothing twice stays: that a mail was sent, its id and its moment. What people can read in the
sheet is not ours to change; the next poll takes over whatever stands there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from html import escape

from bot.activity import Entry
from bot.planning.progress import Progress
from sheets_schema import Cell

#: Stands where a word of theirs stood.
DELETED = "(deleted)"
#: A shorter word would be found inside of other people's.
SHORTEST = 3


@dataclass(frozen=True)
class Forgotten:
    """How much was taken out."""

    #: Mails whose text is gone.
    mails: int = 0
    #: Mails that waited for the address, and are not sent any more.
    dropped: int = 0
    #: Entries of the log, rows that are gone from the sheet, and closed weeks in which words were replaced.
    entries: int = 0
    rows: int = 0
    weeks: int = 0
    #: Mails to others that still wait and name them, and rows that still stand in the sheet with their words.
    still_waiting: int = 0
    still_there: int = 0


@dataclass(frozen=True)
class Words:
    """A person's addresses, names and numbers, found in whatever case."""

    words: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.words, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def are_in(self, text: str) -> bool:
        """Whether any of them stands there."""
        return self._pattern.search(text) is not None

    def is_address(self, text: str) -> bool:
        """Whether the text is one of them and nothing else, as a recipient is."""
        return text.casefold() in {word.casefold() for word in self.words}

    def taken_out(self, text: str) -> str:
        """The text with each of them replaced."""
        return self._pattern.sub(DELETED, text)

    def are_in_mail(self, body: bytes) -> bool:
        """Whether a rendered mail names them: in its headers, its texts, or a file that goes along."""
        mail = message_from_bytes(body, policy=default)
        if any(self.are_in(str(value)) for value in mail.values()):
            return True
        return any(self._are_in_part(part) for part in mail.walk() if not part.is_multipart())

    def _are_in_part(self, part: EmailMessage) -> bool:
        if part.get_content_maintype() == "text":
            text = str(part.get_content())
            # In HTML a name may be spelled with entities.
            return self.are_in(text) or any(escape(word).casefold() in text.casefold() for word in self.words)
        content = part.get_payload(decode=True)
        return isinstance(content, bytes) and content[:2] == b"PK" and self._are_in_workbook(content)

    def _are_in_workbook(self, content: bytes) -> bool:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            texts = (
                parts.read(name).decode("utf-8", "replace")
                for name in parts.namelist()
                if name.endswith(".xml")
            )
            return any(
                self.are_in(text) or any(escape(w, quote=False) in text for w in self.words) for text in texts
            )


def words_of(given: Collection[str]) -> Words:
    """What a person typed as words. Raises ValueError with a sentence when one is too short to be told from others."""
    words = tuple(word.strip() for word in given)
    for word in words:
        if (len(word) < SHORTEST and word.isascii()) or not word:
            raise ValueError(f"'{word}' is too short: it would be found inside of other people's words.")
    return Words(words)


def entry_without(entry: Entry, words: Words) -> Entry:
    """The entry of the log with these words replaced."""
    before, after, detail = map(words.taken_out, (entry.before, entry.after, entry.detail))
    return replace(entry, before=before, after=after, detail=detail)


def progress_left(progress: Progress, words: Words) -> Progress:
    """What is remembered of a line with these words replaced."""
    told = cells_without(progress.told, words)
    customer, note = words.taken_out(progress.customer), words.taken_out(progress.note)
    return replace(progress, customer=customer, note=note, told=told)


def cells_without(cells: Mapping[str, Cell], words: Words) -> dict[str, Cell]:
    """The cells with these words replaced in their texts."""
    return {key: words.taken_out(cell) if isinstance(cell, str) else cell for key, cell in cells.items()}
