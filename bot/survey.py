"""The raw answer of one read, turned into a Snapshot by looking only at what is new.

    bytes ─► value ranges ─► rows as bytes ─► digest of each ─► unknown digests alone become Rows

A tab of 100,000 rows is never parsed as a whole: its rows are split and digested as bytes, and a row whose digest is
known to be steady (nothing was owed to it when it was last looked at) is passed over. Nothing is decided here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import xxhash

from bot.planning.catalog import Catalog, build_catalog
from bot.planning.fingerprints import fingerprints
from bot.planning.sightings import EXTRA, Row, Snapshot, TabSnapshot
from sheets_schema import BY_KEY, CUSTOMERS, PRODUCTS, TEAM, Cell, Tab
from sheets_schema.cells import is_blank
from sheets_schema.titles import Header, fold, read_header

#: Tab key -> row digest -> Row ID.
Steady = Mapping[str, Mapping[int, str]]


@dataclass(frozen=True)
class Grid:
    """One tab as bytes: its header's cells, and each further row as the inside of a JSON list."""

    header: tuple[Cell, ...]
    rows: Sequence[bytes]


def unpacked(body: bytes, encoding: str) -> bytes:
    """The answer's JSON; raises ValueError when it does not unpack."""
    if encoding != "gzip":
        return body
    try:
        return zlib.decompress(body, wbits=31)
    except zlib.error as error:
        raise ValueError(f"The answer does not unpack: {error}") from error


def grids_of(answer: bytes, tabs: Sequence[str]) -> dict[str, Grid]:
    """Each tab's rows from a compact batchGet answer, without parsing them. Raises ValueError on anything else.

    `{"range":"` cannot stand inside a JSON string, so value ranges split exactly. `],[` can (a person typed it); the
    piece before it is then no JSON by itself, which `rows_as_written` notices and mends.
    """
    start = answer.find(b'"valueRanges":[')
    if start < 0:
        parsed = _parsed(answer)
        if not isinstance(parsed, dict) or "spreadsheetId" not in parsed:
            raise ValueError("The answer is not a batchGet answer")
        ranges = parsed.get("valueRanges", [])
        pieces = [json.dumps(r, ensure_ascii=False, separators=(",", ":")).encode() for r in ranges]
    else:
        if not answer.endswith(b"]}"):
            answer = answer.rstrip()
        if not answer.endswith(b"}]}"):
            raise ValueError("The answer is cut short")
        pieces = answer[start + len(b'"valueRanges":[') : -2].split(b',{"range":')
    if len(pieces) != len(tabs):
        raise ValueError(f"The answer has {len(pieces)} value ranges instead of {len(tabs)}")
    return {tab: _grid(piece) for tab, piece in zip(tabs, pieces, strict=True)}


def _grid(piece: bytes) -> Grid:
    start = piece.find(b'"values":[[')
    if start < 0:
        return Grid((), ())
    if not piece.endswith(b"]]}"):
        raise ValueError("A value range is cut short")
    rows = piece[start + len(b'"values":[[') : -3].split(b"],[")
    if not _is_row(rows[0]):
        rows = rows_as_written(rows)
    return Grid(tuple(_cells(rows[0])), rows[1:])


def rows_as_written(rows: Sequence[bytes]) -> list[bytes]:
    """Join the pieces of rows that a `],[` inside a cell tore apart: a torn piece ends inside a string."""
    whole: list[bytes] = []
    torn = b""
    for piece in rows:
        candidate = torn + b"],[" + piece if torn else piece
        if _is_row(candidate):
            whole.append(candidate)
            torn = b""
        else:
            torn = candidate
    if torn:
        raise ValueError("A row is not JSON")
    return whole


def _is_row(piece: bytes) -> bool:
    try:
        _cells(piece)
    except ValueError:
        return False
    return True


def _cells(piece: bytes) -> list[Cell]:
    cells: list[Cell] = orjson.loads(b"[" + piece + b"]")
    return cells


def _parsed(answer: bytes) -> object:
    try:
        return json.loads(answer)
    except ValueError as error:
        raise ValueError("The answer is not JSON") from error


class _Reader:
    """Reads the rows of one tab into values; built once per tab and snapshot."""

    def __init__(self, tab: Tab, header: Header, extra: Iterable[str]) -> None:
        wanted = {fold(title): title for title in extra}
        self._tab = tab.key
        self._columns = sorted((index, key) for key, index in header.columns.items())
        self._columns += [(i, EXTRA + wanted[fold(t)]) for t, i in header.extra.items() if fold(t) in wanted]

    def row(self, number: int, raw: Sequence[Cell], digest: int) -> Row | None:
        """The row, or None when all its known cells are blank."""
        width = len(raw)
        cells = {k: raw[i] for i, k in self._columns if i < width and not is_blank(raw[i])}
        if not cells:
            return None
        core, typed = fingerprints(self._tab, cells)
        return Row(self._tab, number, cells, core, typed, digest)


def core_shown(snapshot: TabSnapshot, extra: Iterable[str], cells: Sequence[Cell]) -> str:
    """The core of a row that a write's answer shows; "" when the row is blank."""
    row = _Reader(BY_KEY[snapshot.tab], snapshot.header, extra).row(0, cells, 0)
    return row.core if row is not None else ""


def survey_tab(
    tab: Tab, title: str, grid: Grid, steady: Mapping[int, str], extra: Iterable[str], language: str
) -> TabSnapshot:
    """The tab reduced to the rows that need a decision."""
    header = read_header(tab, title, grid.header, language)
    if header.problems:
        return TabSnapshot(tab.key, title, header, ())
    # The header belongs to every digest: a moved column changes what each row's bytes mean.
    layout = repr((sorted(header.columns.items()), sorted(header.extra.items())))
    seed = xxhash.xxh3_64_intdigest(layout.encode())
    reader = _Reader(tab, header, extra)
    pieces = grid.rows
    try:
        return _surveyed(tab, title, header, reader, pieces, seed, steady)
    except ValueError:
        return _surveyed(tab, title, header, reader, rows_as_written(pieces), seed, steady)


def _surveyed(
    tab: Tab,
    title: str,
    header: Header,
    reader: _Reader,
    pieces: Sequence[bytes],
    seed: int,
    steady: Mapping[int, str],
) -> TabSnapshot:
    digest_of = xxhash.xxh3_64_intdigest
    # Digests fit a signed 64-bit column; 0 is kept free to mean "none".
    digests = [digest_of(piece, seed) >> 1 for piece in pieces]
    unknown = [i for i, d in enumerate(digests) if d not in steady]
    present = steady.keys() & set(digests) if len(unknown) < len(digests) else set()
    if len(digests) - len(unknown) > len(present):
        # A steady row stands there twice: somebody copied it, and both must be looked at.
        counts: dict[int, int] = {}
        for digest in digests:
            counts[digest] = counts.get(digest, 0) + 1
        doubled = {d for d in present if counts[d] > 1}
        present = present - doubled
        unknown = [i for i, d in enumerate(digests) if d not in steady or d in doubled]
    rows = []
    for i in unknown:
        if pieces[i]:
            row = reader.row(i + 2, _cells(pieces[i]), digests[i])
            if row is not None:
                rows.append(row)
    ids = frozenset(steady[d] for d in present)
    missing = frozenset(i for d, i in steady.items() if d not in present)
    return TabSnapshot(tab.key, title, header, tuple(rows), ids, missing, len(pieces))


def survey(
    grids: Mapping[str, Grid], titles: Mapping[str, str], steady: Steady, extra: Iterable[str], language: str
) -> Snapshot:
    """All order tabs that could be read."""
    extra = tuple(extra)
    return Snapshot(
        {
            key: survey_tab(BY_KEY[key], titles[key], grid, steady.get(key, {}), extra, language)
            for key, grid in grids.items()
            if key in ("order_entry", "contracts")
        }
    )


def read_catalog(
    grids: Mapping[str, Grid], titles: Mapping[str, str], language: str
) -> tuple[Catalog, dict[str, Header]]:
    """The lookups, and the headers of their tabs for the problems these may have."""
    tables: dict[str, list[dict[str, Cell]]] = {}
    headers: dict[str, Header] = {}
    for tab in (CUSTOMERS, PRODUCTS, TEAM):
        grid = grids.get(tab.key, Grid((), ()))
        headers[tab.key] = header = read_header(
            tab, titles.get(tab.key, tab.title(language)), grid.header, language
        )
        columns = sorted((index, key) for key, index in header.columns.items())
        rows = [
            _cells(p) for p in (grid.rows if all(map(_is_row, grid.rows)) else rows_as_written(grid.rows))
        ]
        tables[tab.key] = [{k: r[i] for i, k in columns if i < len(r) and not is_blank(r[i])} for r in rows]
    catalog = build_catalog(tables[CUSTOMERS.key], tables[PRODUCTS.key], tables[TEAM.key])
    return catalog, headers
