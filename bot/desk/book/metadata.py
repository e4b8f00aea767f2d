"""Developer metadata: notes of programs on a spreadsheet, a sheet, a row or a column.

Those of a row or column are kept with it, so they move when others are inserted and go when it is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.desk.book.a1 import shown_range
from bot.desk.book.workbook import Sheet, Workbook


@dataclass(frozen=True, slots=True)
class Place:
    """Where metadata is: the whole spreadsheet, a sheet, or one row or column of it."""

    sheet: Sheet | None = None
    dimension: str = ""
    index: int = 0

    @property
    def kind(self) -> str:
        """The locationType."""
        if self.sheet is None:
            return "SPREADSHEET"
        return self.dimension[:-1] if self.dimension else "SHEET"

    def location(self) -> dict[str, Any]:
        """The place as a DeveloperMetadataLocation."""
        if self.sheet is None:
            return {"locationType": "SPREADSHEET", "spreadsheet": True}
        if not self.dimension:
            return {"locationType": "SHEET", "sheetId": self.sheet.id}
        return {
            "locationType": self.kind,
            "dimensionRange": shown_range(
                {
                    "sheetId": self.sheet.id,
                    "dimension": self.dimension,
                    "startIndex": self.index,
                    "endIndex": self.index + 1,
                }
            ),
        }


def shown_metadata(one: dict[str, Any], location: dict[str, Any]) -> dict[str, Any]:
    """A DeveloperMetadata resource."""
    shown = {
        "metadataId": one["metadataId"],
        "metadataKey": one.get("metadataKey"),
        "metadataValue": one.get("metadataValue"),
        "location": location,
        "visibility": one.get("visibility", "DOCUMENT"),
    }
    return {name: value for name, value in shown.items() if value not in (None, "")}


def every(book: Workbook) -> Iterator[tuple[Place, dict[str, Any]]]:
    """All developer metadata of a workbook with their places."""
    for one in book.meta.get("developerMetadata", []):
        yield Place(), one
    for sheet in book.sheets:
        for one in sheet.meta.get("developerMetadata", []):
            yield Place(sheet), one
        for index, column in sheet.columns().items():
            for one in column.get("developerMetadata", []):
                yield Place(sheet, "COLUMNS", int(index)), one
        for position, row in enumerate(sheet.grid.rows):
            if row.props:
                for one in row.props.get("developerMetadata", []):
                    yield Place(sheet, "ROWS", position), one


def matching(
    book: Workbook, lookup: dict[str, Any], place: Place | None = None
) -> list[tuple[Place, dict[str, Any]]]:
    """The metadata a DeveloperMetadataLookup selects, its location given as `place`."""
    wanted_type = lookup.get("locationType")
    intersecting = lookup.get("locationMatchingStrategy") == "INTERSECTING_LOCATION"
    found = []
    for where, one in every(book):
        fits = all(
            lookup.get(name) in (None, one.get(name))
            for name in ("metadataId", "metadataKey", "metadataValue", "visibility")
        )
        if fits and (not wanted_type or where.kind == wanted_type) and _at(where, place, intersecting):
            found.append((where, one))
    return found


def _at(where: Place, place: Place | None, intersecting: bool) -> bool:
    if place is None or (where.sheet is place.sheet and where.dimension == place.dimension):
        return place is None or where.index == place.index
    return intersecting and (place.sheet is None or where.sheet is None or where.sheet is place.sheet)
