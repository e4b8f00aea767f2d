"""Text as an .xlsx file can hold it: what XML cannot carry is written `_x0007_`, and read back.

Two texts never become one: an `_x0007_` that was there before gets its underscore written the same way.
"""

from __future__ import annotations

import re
from html import escape

LONGEST = 32_767  #: characters Excel takes in a cell
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
TO_BE_ESCAPED = re.compile(f"{FORBIDDEN.pattern}|[&<>]")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
#: A person who opens such a text in Excel and presses Enter would turn it into a formula; a flag prevents it.
STARTS = ("=", "+", "-", "@", "'")


def written(text: str) -> str:
    """The text as XML."""
    if not TO_BE_ESCAPED.search(text):
        return text
    return escape(FORBIDDEN.sub(lambda match: f"_x{ord(match[0]):04X}_", text), quote=False)


def plain(text: str) -> str:
    """The text without what XML cannot carry, for the places where nothing stands in for it."""
    return UNWRITABLE.sub("", text)


def read(text: str) -> str:
    """The text a file means."""
    if "_x" not in text:
        return text
    plain = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # Excel writes characters beyond the first plane as two halves; halves alone are no text.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
