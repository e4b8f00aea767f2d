"""Columns of texts as codes: each distinct meaning once, and a small number a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_schema import Cell
from sheets_schema.cells import plain_text
from sheets_schema.titles import fold

Codes = npt.NDArray[np.int32]


class Coded(NamedTuple):
    """A column: line i says `texts[codes[i]]`."""

    codes: Codes
    texts: Sequence[str]

    def category(self) -> pd.Categorical:
        """The same as pandas has it."""
        return pd.Categorical.from_codes(self.codes, categories=pd.Index(self.texts, dtype=object))

    def used(self) -> Coded:
        """The same without texts that no line says."""
        found, codes = np.unique(self.codes, return_inverse=True)
        return Coded(codes.astype(np.int32), [self.texts[code] for code in found.tolist()])


class Meanings:
    """What the cells of one column mean; spellings that differ in case, width or blanks are one, the first one seen."""

    def __init__(self, meaning: Callable[[str], str]) -> None:
        self._meaning = meaning
        #: By cell's text, and by folded meaning.
        self._of_text: dict[str, str] = {}
        self._first: dict[str, str] = {}

    def of(self, text: str) -> str:
        """The meaning of a cell's text."""
        if text not in self._of_text:
            folded = fold(text)
            plain = plain_text(text) if folded else ""
            value = self._meaning(plain)
            self._of_text[text] = self._first.setdefault(folded if value == plain else fold(value), value)
        return self._of_text[text]

    def coded(self, cells: Sequence[Cell]) -> Coded:
        """A whole column."""
        codes, texts = pd.factorize(np.fromiter(cells, dtype=object, count=len(cells)))
        if set(map(type, texts)) - {str}:
            # 1, 1.0 and TRUE are one to a hash table, and not to people.
            plain = [c if type(c) is str else plain_text(c) for c in cells]
            codes, texts = pd.factorize(np.array(plain, dtype=object))
        meanings = [self.of(text) for text in texts]
        places = {value: i for i, value in enumerate(dict.fromkeys(meanings))}
        turned = np.array([places[value] for value in meanings], dtype=np.int32)
        # Without a line there is no code either.
        return Coded(turned[codes] if len(codes) else np.zeros(0, dtype=np.int32), list(places))
