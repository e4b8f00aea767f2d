"""Cuts a formula into tokens that together are its whole text, so that it can be written again unchanged.

The scanner is the desk's own: those that come with readers of Excel files do not know Google's open ranges
(`A2:A`), and take `A2:A` for a cell and a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.desk.formulas.references import CELLS, TITLE, Reference, reference

_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<reference>(?:(?:{TITLE})!)?(?:{CELLS})(?![\w.(!:]))
    | (?P<error>(?:(?:{TITLE})!)?\#REF!|\#N/A|\#NAME\?|\#DIV/0!|\#VALUE!|\#NUM!|\#ERROR!)
    | (?P<name>[^\W\d][\w.]*)
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    | (?P<operator><>|<=|>=|[-+*/^&=<>%])
    | (?P<mark>[(),;])
    | (?P<array>[{{}}\\:!'])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a formula."""

    kind: str  #: space, text, reference, error, name, number, operator, mark, array, other
    text: str
    reference: Reference | None = None


@lru_cache(maxsize=32_768)
def scanned(formula: str) -> tuple[Token, ...]:
    """The tokens after the equals sign."""
    tokens = []
    for match in _TOKEN.finditer(formula, 1):
        kind = match.lastgroup or "other"
        found = reference(match[0]) if kind == "reference" else None
        tokens.append(Token(kind, match[0], found))
    return tuple(tokens)
