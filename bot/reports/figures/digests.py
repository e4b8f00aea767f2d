"""One number for all lines of a week, from what totals are made of: while it is the same, so are the lines.

The lines' own numbers are added up, so their order does not matter. An accident would need two different weeks with the
same 64 bits; a number that differs although nothing did costs an unpacking and no more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bot.reports.figures.known import Present
from bot.reports.figures.names import Vocabulary
from bot.reports.figures.table import hashes_of, mixed

Digests = npt.NDArray[np.uint64]


def line_digests(present: Present) -> Digests:
    """A number of each line."""
    facts, names = present.facts, present.names
    words = names.word_of(facts.person)
    # Another number of decimals must not make another number: the same quantity is the same double.
    quantity = facts.quantity.astype(np.float64) / 10.0**present.digits
    digests: Digests = present.hashes
    for part in (
        facts.amount.astype(np.int64).view(np.uint64),
        quantity.view(np.uint64),
        _of_texts(names.currencies)[facts.currency],
        _of_texts(names.words)[words],
        facts.cancelled.astype(np.uint64),
    ):
        digests = mixed(digests, part)
    return digests


def sums_of(digests: Digests, groups: npt.NDArray[np.int32], count: int) -> list[int]:
    """The number of each group of lines; lines of a group below 0 are in none."""
    inside = groups >= 0
    sums = np.zeros(count, dtype=np.uint64)
    np.add.at(sums, groups[inside], digests[inside])
    return sums.tolist()


def _of_texts(texts: Vocabulary[str]) -> Digests:
    return hashes_of(texts.values)
