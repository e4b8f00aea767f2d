"""What the demo prints: short lines in two languages, in columns that stay straight with wide letters."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable


def columns_wide(text: str) -> int:
    """How many columns of a terminal the text takes: Chinese letters and full-width signs take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, width: int) -> str:
    """The text with blanks behind it up to this many columns."""
    return text + " " * max(width - columns_wide(text), 0)


def table(rows: Iterable[tuple[str, ...]], indent: int = 2) -> str:
    """Rows as straight columns."""
    rows = list(rows)
    widths = [max(map(columns_wide, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(padded, row, widths)).rstrip() for row in rows)
    return "\n".join(" " * indent + line for line in lines)


def say(text: str) -> None:
    """Print it at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
