"""A workbook in memory: its properties, its sheets, and the way back when a request is refused."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from bot.desk.access.users import OWNER, User
from bot.desk.book.grid import Grid, Row, Style
from bot.desk.errors import bad_request

KEPT_MOMENTS = 10_000  #: changes a workbook remembers the time of, for who is told of them late
MAX_CELLS = 10_000_000
MAX_CELL_TEXT = 50_000
DEFAULT_ROWS, DEFAULT_COLUMNS = 1000, 26


class Sheet:
    """One tab: a grid of cells and everything else that belongs to it."""

    def __init__(self, meta: dict[str, Any], load: Callable[[], list[Row]] | None = None, next_key: int = 1):
        self.meta = meta
        self.grid = Grid(load, next_key)

    @property
    def id(self) -> int:
        """The sheetId."""
        return int(self.meta["properties"]["sheetId"])

    @property
    def properties(self) -> dict[str, Any]:
        """SheetProperties without `index`, which is the sheet's place in the workbook."""
        properties: dict[str, Any] = self.meta["properties"]
        return properties

    @property
    def title(self) -> str:
        """The name on the tab."""
        return str(self.properties["title"])

    @property
    def row_count(self) -> int:
        """Rows of the grid, filled or not."""
        return int(self.properties["gridProperties"]["rowCount"])

    @property
    def column_count(self) -> int:
        """Columns of the grid, filled or not."""
        return int(self.properties["gridProperties"]["columnCount"])

    def part(self, name: str) -> list[Any]:
        """One of the sheet's lists (merges, protectedRanges, …), to be edited in place."""
        part: list[Any] = self.meta.setdefault(name, [])
        return part

    def columns(self) -> dict[str, dict[str, Any]]:
        """Properties of columns by their index as text (JSON has no other keys)."""
        columns: dict[str, dict[str, Any]] = self.meta.setdefault("columns", {})
        return columns


@dataclass(frozen=True, slots=True)
class Moment:
    """A change of a workbook as Drive tells of it."""

    at: float  #: seconds of a clock that only runs forward
    version: int
    modified: str  #: as Drive writes times


class Workbook:
    """A spreadsheet; edits go to memory and are kept with `saved` or undone with `rollback`."""

    def __init__(self, id_: str, meta: dict[str, Any], sheets: list[Sheet], styles: dict[int, Style]):
        self.id = id_
        self.meta = meta
        self.sheets = sheets
        self.styles = styles
        self.owner = OWNER.email  #: whose workbook it is; the store says so
        self.moments: deque[Moment] = deque(maxlen=KEPT_MOMENTS)  #: its changes; the first is known to Drive
        self.acting: User | None = None  #: who makes the present change; none: the desk itself
        self.revision = 0  #: grows with every change; part of the key of cached answers
        self.new_styles: list[Style] = []
        self._style_of = {_style_key(style.data): style for style in styles.values()}
        self._before: tuple[bytes, list[tuple[Sheet, bytes]]] | None = None
        self.clock: Callable[[], datetime] = _utc_now
        self.workings: object = (
            None  #: the formulas' own notebook, which only they can read; none: they have to be read
        )

    @property
    def title(self) -> str:
        """The name of the file."""
        return str(self.meta["properties"]["title"])

    @property
    def locale(self) -> str:
        """The locale that says how input is read and values are shown."""
        return str(self.meta["properties"]["locale"])

    def wall_clock(self) -> datetime:
        """The time in the workbook's zone, without a zone, as serials are; UTC where the zone is unknown."""
        try:
            zone = ZoneInfo(self.meta["properties"]["timeZone"])
        except (KeyError, ValueError, ZoneInfoNotFoundError):
            zone = ZoneInfo("Etc/UTC")
        return self.clock().astimezone(zone).replace(tzinfo=None)

    def remember(self, at: float) -> None:
        """Note when the present version came to be."""
        self.moments.append(Moment(at, int(self.meta["version"]), str(self.meta["modifiedTime"])))

    def begin(self) -> None:
        """Remember the present state, to which `rollback` returns."""
        self._before = (orjson.dumps(self.meta), [(s, orjson.dumps(s.meta)) for s in self.sheets])

    def rollback(self) -> None:
        """Undo everything since `begin`."""
        if self._before is None:
            return
        meta, sheets = self._before
        self.meta = orjson.loads(meta)
        self.sheets = [sheet for sheet, _ in sheets]
        for sheet, sheet_meta in sheets:
            sheet.meta = orjson.loads(sheet_meta)
            sheet.grid.rollback()
        self._before = None
        self.workings = None

    def before(self) -> tuple[bytes, list[tuple[Sheet, bytes]]] | None:
        """The state at `begin`, for whoever stores what changed."""
        return self._before

    def saved(self) -> None:
        """Take the present state as stored."""
        self._before = None
        self.new_styles.clear()
        for sheet in self.sheets:
            sheet.grid.saved()

    def style(self, data: dict[str, Any]) -> Style | None:
        """The one Style with this data; none for no data. A style is never forgotten, so never re-used."""
        data = {name: value for name, value in data.items() if value not in ({}, None, "")}
        if not data:
            return None
        key = _style_key(data)
        known = self._style_of.get(key)
        if known is None:
            known = Style(len(self.styles) + 1, orjson.loads(key))
            self.styles[known.id] = known
            self._style_of[key] = known
            self.new_styles.append(known)
        return known

    def sheet(self, sheet_id: int, kind: str = "sheet") -> Sheet:
        """The sheet with an id; a 400 if there is none."""
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise bad_request(f"No {kind} with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        """The sheet with a title, in whatever case."""
        for sheet in self.sheets:
            if sheet.title == title:
                return sheet
        folded = title.casefold()
        return next((s for s in self.sheets if s.title.casefold() == folded), None)

    def first_visible(self) -> Sheet:
        """The sheet a range without a title means."""
        return next((s for s in self.sheets if not s.properties.get("hidden")), self.sheets[0])

    def new_id(self) -> int:
        """A positive 31-bit number no object in this workbook has."""
        while True:
            number = secrets.randbelow(2**31 - 1000) + 1000
            if all(sheet.id != number for sheet in self.sheets):
                return number

    def refuse_title(self, title: str, besides: Sheet | None = None) -> None:
        """Raise if a sheet other than `besides` has the title already."""
        other = self.titled(title)
        if other is not None and other is not besides:
            raise bad_request(f'A sheet with the name "{title}" already exists. Please enter another name.')

    def refuse_too_many_cells(self) -> None:
        """Raise if the grids together are larger than Google allows."""
        if sum(sheet.row_count * sheet.column_count for sheet in self.sheets) > MAX_CELLS:
            raise bad_request(
                "This action would increase the number of cells in the workbook above the limit of "
                f"{MAX_CELLS} cells."
            )


def new_sheet(sheet_id: int, title: str, rows: int = DEFAULT_ROWS, columns: int = DEFAULT_COLUMNS) -> Sheet:
    """An empty sheet."""
    return Sheet(
        {
            "properties": {
                "sheetId": sheet_id,
                "title": title,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": rows, "columnCount": columns},
            }
        }
    )


def new_workbook(id_: str, title: str, locale: str = "en_US", timezone: str = "Etc/GMT") -> Workbook:
    """A workbook without sheets."""
    properties = {"title": title, "locale": locale, "autoRecalc": "ON_CHANGE", "timeZone": timezone}
    return Workbook(id_, {"properties": properties, "owned": True}, [], {})


def new_file_id() -> str:
    """An id of the form Google gives spreadsheets: 44 characters, the first a 1."""
    return "1" + secrets.token_urlsafe(32)[:43]


def _style_key(data: dict[str, Any]) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def _utc_now() -> datetime:
    return datetime.now(UTC)
