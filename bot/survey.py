"""The raw answer of one read, turned into a Snapshot by looking only at what is new.

    bytes ─► value ranges ─► rows as bytes ─► digest of each ─► unknown digests alone become Rows

A tab of 100,000 rows is never parsed as a whole: its rows are split and digested as bytes, and a row whose digest is
known to be steady (nothing was owed to it when it was last looked at) is passed over. Nothing is decided here.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
import xxhash

from bot.planning.catalog import Catalog, build_catalog
from bot.planning.fingerprints import fingerprints
from bot.planning.sightings import EXTRA, Row, Snapshot, TabSnapshot
from sheets_schema import AUTOMATIONS, BY_KEY, CUSTOMERS, PRODUCTS, TEAM, Cell, Tab
from sheets_schema.cells import is_blank
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import Header, fold, read_header

#: Tab key -> row digest -> Row ID.
Steady = Mapping[str, Mapping[int, str]]

_RANGES, _VALUES, _BETWEEN = b'"valueRanges":[', b'"values":[[', b"],["
# Found by regular expressions, because these look for the rare first byte; bytes.find takes twice as long.
_BETWEEN_ROWS = re.compile(re.escape(_BETWEEN))
_BETWEEN_RANGES = re.compile(rb'\},\{"range":"')
_QUOTE_OR_ESCAPE = re.compile(rb'\\.|"', re.DOTALL)
#: A table seldom packs better than this; one that does costs a copy or two.
_LIKELY_PACKED = 32


@dataclass(frozen=True)
class Grid:
    """One tab inside the answer's bytes: its header's cells, and where the inside of each further row lies.

    Nothing is copied out: of 100,000 rows, ten are looked at.
    """

    header: tuple[Cell, ...] = ()
    answer: bytes = b""
    #: Where the first row begins; each further one begins behind the end of the one before it.
    begin: int = 0
    ends: Sequence[int] = ()

    def row(self, index: int) -> bytes:
        """The inside of one row's JSON list, the header not counted."""
        start = self.ends[index - 1] + len(_BETWEEN) if index else self.begin
        return self.answer[start : self.ends[index]]

    def cells(self, index: int) -> list[Cell]:
        """The same parsed; raises ValueError when it is torn."""
        return _cells(self.row(index))

    def inside(self) -> bytes:
        """All rows as they came."""
        return self.answer[self.begin : self.ends[-1]] if self.ends else b""

    def digests(self, seed: int) -> list[int]:
        """A digest of each row; fits a signed 64-bit column."""
        found = []
        view, start, digest_of = memoryview(self.answer), self.begin, xxhash.xxh3_64_intdigest
        for end in self.ends:
            found.append(digest_of(view[start:end], seed) >> 1)
            start = end + len(_BETWEEN)
        return found

    def mended(self, indices: Iterable[int]) -> Grid:
        """The same without the borders that are no borders: a `],[` that a person typed into a cell.

        Looks at these rows alone. A piece that such a border tore off ends inside a string, so its row goes on until
        a piece ends outside of one. Raises ValueError when none does.
        """
        inner: set[int] = set()
        passed = -1
        for first in indices:
            if first <= passed or _is_row(self.row(first)):
                continue
            passed = first
            quotes = _quotes(self.row(first))
            while quotes % 2:
                inner.add(passed)
                passed += 1
                if passed == len(self.ends):
                    raise ValueError("A row is not JSON")
                quotes += _quotes(self.row(passed))
        if not inner:
            return self
        return replace(self, ends=[end for i, end in enumerate(self.ends) if i not in inner])


def unpacked(body: bytes, encoding: str) -> bytes:
    """The answer's JSON; raises ValueError when it does not unpack."""
    if encoding != "gzip":
        return body
    # The last four bytes say how long it will be, which saves growing and copying; they are believed within reason.
    size = min(int.from_bytes(body[-4:], "little"), len(body) * _LIKELY_PACKED)
    try:
        return zlib.decompress(body, wbits=31, bufsize=max(size, 1))
    except zlib.error as error:
        raise ValueError(f"The answer does not unpack: {error}") from error


def grids_of(answer: bytes, tabs: Sequence[str]) -> dict[str, Grid]:
    """Each tab's rows in a compact batchGet answer, without parsing them. Raises ValueError on anything else.

    `},{"range":"` cannot stand inside a JSON string, so value ranges are told apart exactly. `],[` can (a person typed
    it); the piece before it is then no JSON by itself, which whoever parses it notices and `Grid.mended` mends.
    """
    start = answer.find(_RANGES)
    if start < 0:
        parsed = _parsed(answer)
        if not isinstance(parsed, dict) or "spreadsheetId" not in parsed:
            raise ValueError("The answer is not a batchGet answer")
        ranges = parsed.get("valueRanges", [])
        pieces = [json.dumps(r, ensure_ascii=False, separators=(",", ":")).encode() for r in ranges]
        grids = [_grid(piece, 0, len(piece)) for piece in pieces]
    else:
        if not answer.endswith(b"]}"):
            answer = answer.rstrip()
        if not answer.endswith(b"}]}"):
            raise ValueError("The answer is cut short")
        start += len(_RANGES)
        borders = [found.start() + 1 for found in _BETWEEN_RANGES.finditer(answer, start)]
        ends = [*borders, len(answer) - 2]
        grids = [_grid(answer, a, b) for a, b in zip([start, *borders], ends, strict=True)]
    if len(grids) != len(tabs):
        raise ValueError(f"The answer has {len(grids)} value ranges instead of {len(tabs)}")
    return dict(zip(tabs, grids, strict=True))


def _grid(answer: bytes, start: int, end: int) -> Grid:
    """The tab whose value range lies there."""
    begin = answer.find(_VALUES, start, end)
    if begin < 0:
        return Grid()
    if not answer.endswith(b"]]}", start, end):
        raise ValueError("A value range is cut short")
    ends = [found.start() for found in _BETWEEN_ROWS.finditer(answer, begin, end)]
    whole = Grid((), answer, begin + len(_VALUES), [*ends, end - len(b"]]}")]).mended((0,))
    return replace(
        whole, header=tuple(_cells(whole.row(0))), begin=whole.ends[0] + len(_BETWEEN), ends=whole.ends[1:]
    )


def _quotes(piece: bytes) -> int:
    """How many quotes open or close a string; escaped ones do not."""
    return sum(found == b'"' for found in _QUOTE_OR_ESCAPE.findall(piece))


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
    try:
        return _surveyed(tab, title, header, reader, grid, seed, steady)
    except ValueError:
        digests = grid.digests(seed)
        whole = grid.mended(i for i, digest in enumerate(digests) if digest not in steady)
        return _surveyed(tab, title, header, reader, whole, seed, steady)


def _surveyed(
    tab: Tab, title: str, header: Header, reader: _Reader, grid: Grid, seed: int, steady: Mapping[int, str]
) -> TabSnapshot:
    digests = grid.digests(seed)
    unknown = [i for i, d in enumerate(digests) if d not in steady]
    present = set(digests).difference([digests[i] for i in unknown])
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
        if piece := grid.row(i):
            row = reader.row(i + 2, _cells(piece), digests[i])
            if row is not None:
                rows.append(row)
    ids = frozenset(map(steady.__getitem__, present))
    absent = steady.keys() - present if len(present) < len(steady) else ()
    missing = frozenset(map(steady.__getitem__, absent))
    return TabSnapshot(tab.key, title, header, tuple(rows), ids, missing, len(digests))


def survey(
    grids: Mapping[str, Grid], titles: Mapping[str, str], steady: Steady, extra: Iterable[str], language: str,
    schema: Schema = STANDARD,
) -> Snapshot:  # fmt: skip
    """All order tabs that could be read."""
    extra = tuple(extra)
    return Snapshot(
        {
            key: survey_tab(schema.by_key[key], titles[key], grid, steady.get(key, {}), extra, language)
            for key, grid in grids.items()
            if key in ("order_entry", "contracts")
        }
    )


def read_catalog(
    grids: Mapping[str, Grid], titles: Mapping[str, str], language: str, schema: Schema = STANDARD
) -> tuple[Catalog, dict[str, Header]]:
    """The lookups, and the headers of their tabs for the problems these may have."""
    tables: dict[str, list[dict[str, Cell]]] = {}
    headers: dict[str, Header] = {}
    for tab in map(schema.named, (CUSTOMERS, PRODUCTS, TEAM)):
        title = titles.get(tab.key, tab.title(language))
        headers[tab.key], rows = _whole_tab(tab, title, grids.get(tab.key, Grid()), language)
        tables[tab.key] = rows
    catalog = build_catalog(tables[CUSTOMERS.key], tables[PRODUCTS.key], tables[TEAM.key])
    return catalog, headers


def read_automations(
    grids: Mapping[str, Grid], titles: Mapping[str, str], language: str, schema: Schema = STANDARD
) -> TabSnapshot | None:
    """The Automations tab with all its rows; None when it was not read."""
    tab = schema.named(AUTOMATIONS)
    if tab.key not in grids:
        return None
    title = titles.get(tab.key, tab.title(language))
    header, rows = _whole_tab(tab, title, grids[tab.key], language)
    found = tuple(Row(tab.key, number, cells, "", "") for number, cells in enumerate(rows, 2) if cells)
    return TabSnapshot(tab.key, title, header, found, height=len(rows))


def _whole_tab(tab: Tab, title: str, grid: Grid, language: str) -> tuple[Header, list[dict[str, Cell]]]:
    """The header of a small tab and its rows, blank cells left out."""
    header = read_header(tab, title, grid.header, language)
    columns = sorted((index, key) for key, index in header.columns.items())
    grid = grid.mended(range(len(grid.ends)))
    rows = [_cells(grid.row(i)) for i in range(len(grid.ends))]
    return header, [{k: r[i] for i, k in columns if i < len(r) and not is_blank(r[i])} for r in rows]
