"""Text that was typed by strangers, made fit for a terminal and for a line of plain text. Pure.

A cell may hold anything: an escape sequence that colours, clears or renames a terminal, a sign that turns the
direction of what follows, half of a surrogate pair that cannot be printed at all.
"""

from __future__ import annotations

import re
import unicodedata

#: Whole escape sequences: what is left of one without its first character would be noise.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences: colours, moves, clearing
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]"  # the short ones
)
#: Signs that turn the direction of what follows; a letter of a script written from the right needs none of them.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Controls, halves of pairs, and breaks of lines and paragraphs.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def one_line(text: str) -> str:
    """The text on one line, single blanks between its words. Letters of every script stay as they are."""
    return " ".join(harmless(text).split())


def harmless(text: str) -> str:
    """The text on one line without anything a terminal would obey, its blanks where they were."""
    return "".join(map(_harmless, _SEQUENCES.sub(" ", text)))


def harmless_lines(text: str) -> str:
    """The same with its line breaks left, for texts that have several lines on purpose."""
    return "\n".join(harmless(line).rstrip() for line in text.replace("\t", "    ").split("\n"))


def _harmless(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() else " "
    if letter in _TURNING:
        return ""
    return " " if unicodedata.category(letter) in _UNPRINTABLE else letter
