"""What a title is worth for a column or a tab, and which pairs are beyond doubt. Pure.

A pair's score depends on that pair alone, so neither the order of columns nor a foreign column beside it changes it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.mapping.values import Sample, speaks
from bot.mapping.words import CONCLUSIVE, all_words, doubts_of, plain, readings, words_of
from sheets_schema import Field, Tab

#: From here on a pair is beyond doubt, if nothing comes within `MARGIN` of it.
CERTAIN, MARGIN = 0.8, 0.2
#: From here on a pair is worth telling.
PERHAPS = 0.4
_WORD, _DOUBT, _LIKE, _BY_ADDRESSES, _BY_NAMES = 0.9, 0.5, 0.75, 0.45, 0.5
_SAME_NAMES, _NOTHING_ELSE = 0.35, 0.3
_NEAR = 0.85


@dataclass(frozen=True)
class Score:
    """How likely a column is the one that is meant, and why."""

    worth: float
    why: str
    #: What else the title could mean, where it means this once none of that is left.
    others: frozenset[str] = frozenset()

    def after(self, settled: Collection[str]) -> float:
        """The worth once these columns have others: a title that can mean nothing else any more means this."""
        alone = bool(self.others) and self.others <= set(settled)
        return self.worth + (_NOTHING_ELSE if alone else 0.0)


def column_score(tab: Tab, field: Field, sample: Sample, names: Collection[str]) -> Score | None:
    """What this column is worth as `field`; `names` are those that the field's cells ought to be among."""
    worth, why, others = _by_title(tab.key, field.key, sample.title)
    said, told = speaks(field, sample)
    known = len(sample.distinct & set(names)) if names else 0
    if known >= 2 and known >= 0.6 * len(sample.distinct):
        worth, why = max(worth + _SAME_NAMES, _BY_NAMES), _and(why, "its names are known")
    elif said < 0:
        worth, why = worth / 2, _and(why, f"but it {told}")
    elif said and worth:
        worth, why = worth + said, _and(why, told)
    elif field.key == "email" and sample.addresses >= 0.9:
        worth, why = _BY_ADDRESSES, told
    return Score(min(worth, 1.0), why, others) if worth >= 0.2 else None


def _by_title(tab: str, key: str, title: str) -> tuple[float, str, frozenset[str]]:
    read, words = readings(title), words_of(tab)
    if read & words[key]:
        return _WORD, "by its title", frozenset()
    for word in sorted(read & doubts_of(tab).keys()):
        meant = doubts_of(tab)[word]
        if key in meant:
            is_first = word in CONCLUSIVE and key == meant[0]
            return _DOUBT, "perhaps by its title", frozenset(meant[1:] if is_first else ())
    if read & all_words():
        return 0.0, "", frozenset()
    like = max((_likeness(plain(title), word) for word in words[key]), default=0.0)
    return (_LIKE * like, "by a title much like it", frozenset()) if like >= _NEAR else (0.0, "", frozenset())


def _likeness(title: str, word: str) -> float:
    shortest = 4 if not word.isascii() else 5
    # Of very different lengths they cannot be much alike, which is known without comparing them.
    if min(len(title), len(word)) < max(shortest, abs(len(title) - len(word)) * 2):
        return 0.0
    # The order matters to difflib, so it is always the same.
    first, second = sorted((title, word))
    compared = difflib.SequenceMatcher(None, first, second)
    return compared.ratio() if compared.quick_ratio() >= _NEAR else 0.0


def _and(*parts: str) -> str:
    return ", ".join(filter(None, parts))


_A = TypeVar("_A", bound=Hashable)
_B = TypeVar("_B", bound=Hashable)


def beyond_doubt(
    pairs: Mapping[tuple[_A, _B], Callable[[Collection[_A]], float]], settled: Iterable[_A]
) -> tuple[dict[_A, _B], dict[tuple[_A, _B], float]]:
    """The pairs that nothing comes near, none of which share a side; then what is left, with its worth."""
    done, chosen = set(settled), dict[_A, _B]()
    while True:
        left = {
            pair: round(worth(done), 3)
            for pair, worth in pairs.items()
            if pair[0] not in done and pair[1] not in chosen.values()
        }
        sure = {a: b for (a, b), worth in left.items() if worth >= CERTAIN and _leads((a, b), worth, left)}
        if not sure:
            return chosen, _worth_telling(left)
        chosen |= sure
        done |= sure.keys()


def _worth_telling(left: Mapping[tuple[_A, _B], float]) -> dict[tuple[_A, _B], float]:
    """Without those whose second half is much likelier something else."""
    best: dict[_B, float] = {}
    for (_, b), worth in left.items():
        best[b] = max(worth, best.get(b, 0.0))
    return {(a, b): w for (a, b), w in left.items() if w >= PERHAPS and w > best[b] - MARGIN}


def _leads(pair: tuple[_A, _B], worth: float, left: Mapping[tuple[_A, _B], float]) -> bool:
    rivals = (other for (a, b), other in left.items() if (a, b) != pair and (a == pair[0] or b == pair[1]))
    return worth - max(rivals, default=0.0) >= MARGIN - 1e-9
