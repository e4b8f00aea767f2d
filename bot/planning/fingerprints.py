"""Fingerprints: stable hashes of what people wrote in a row, equal after a sort, a restart or a change of spacing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import xxhash

from bot.planning.sightings import EXTRA
from sheets_schema import BY_KEY, Cell, Owner

#: A Form's timestamp says when, not what: two answers that differ in it alone are one answer sent twice.
_WHEN = "timestamp"


def fingerprints(tab: str, cells: Mapping[str, Cell]) -> tuple[str, str]:
    """(core, typed): the hash of the cells only people write, and of all a person may have typed.

    The bot's writes never change the core. They change `typed` once, when blanks are filled.
    """
    schema = BY_KEY[tab]
    core = [key for key in schema.keys(Owner.PERSON) if key != _WHEN]
    core += sorted(key for key in cells if key.startswith(EXTRA))
    return _hash(cells, core), _hash(cells, (*core, *schema.keys(Owner.FILLED), _WHEN))


def _hash(cells: Mapping[str, Cell], keys: Iterable[str]) -> str:
    text = "\x1f".join(f"{key}\x1e{_canonical(cells[key])}" for key in keys if key in cells)
    return str(xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogatepass")))


def _canonical(cell: Cell) -> str:
    """One form for cells that look the same to a person; a number never equals the text of it."""
    if isinstance(cell, bool):
        return f"b{cell:d}"
    if isinstance(cell, int | float):
        return f"n{float(cell)!r}"
    return "t" + unicodedata.normalize("NFKC", cell).strip()
