"""Random batchUpdate requests: valid by Google's discovery document, and likely enough to mean something.

A request of nothing but random values is refused at its first field. So names that mean a place, an id or a mask take
what a workbook of these tests has, and now and then what it has not. The dice are a seeded `Random`: even, fast, and a
seed is all it takes to throw them again.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

Json = dict[str, Any]

SHEET_IDS = (0, 0, 0, 5, 5)
TEXTS = (
    "a",
    "Two",
    "李明",
    "O'Brien 'x'!",
    "50%",
    "2024-01-15",
    "=A1+1",
    "007",
    "",
    "b_c",
    "Sheet1!A1",
    " x  y ",
)
NUMBERS = (0, 1, 0.5, 0.25, -1, 3.75, 45000, 1e20)
FORMULAS = ("=1+1", "=A1", "=SUM(A1:A3)", "=B2*2", '=Two!A1&"x"', "=)", "=1/0", "=ROW()")
#: Ids are few, so that one request finds what another made.
IDS: dict[str, tuple[Any, ...]] = {
    "protectedRangeId": (1, 1, 2, 3),
    "filterViewId": (1, 1, 2, 3),
    "filterId": (1, 1, 2, 3),
    "chartId": (1, 1, 2, 3, 6),
    "objectId": (1, 2, 4),
    "slicerId": (4, 4, 5),
    "bandedRangeId": (1, 1, 2, 3),
    "metadataId": (1, 1, 2, 3),
    "namedRangeId": ("n1", "n1", "n2"),
    "tableId": ("t1", "t1", "t2"),
    "newSheetId": (5, 6, 7, 8),
}
#: Which part of a request its `fields` are about.
MASKED = {
    "updateCells": "CellData",
    "appendCells": "CellData",
    "repeatCell": "CellData",
    "updateSpreadsheetProperties": "SpreadsheetProperties",
    "updateSheetProperties": "SheetProperties",
    "updateDimensionProperties": "DimensionProperties",
    "updateNamedRange": "NamedRange",
    "updateFilterView": "FilterView",
    "updateProtectedRange": "ProtectedRange",
    "updateBanding": "BandedRange",
    "updateSlicerSpec": "SlicerSpec",
    "updateDeveloperMetadata": "DeveloperMetadata",
    "updateDimensionGroup": "DimensionGroup",
    "updateTable": "Table",
    "updateEmbeddedObjectPosition": "OverlayPosition",
    "updateEmbeddedObjectBorder": "EmbeddedObjectBorder",
}
#: Of these fields a message has one.
ONE_OF: dict[str, tuple[str, ...]] = {
    "AutoFillRequest": ("range", "sourceAndDestination"),
    "AutoResizeDimensionsRequest": ("dimensions",),
    "ChartSpec": (
        "basicChart",
        "basicChart",
        "pieChart",
        "histogramChart",
        "scorecardChart",
        "waterfallChart",
    ),
    "ColorStyle": ("rgbColor", "themeColor"),
    "ConditionalFormatRule": ("booleanRule", "gradientRule"),
    "DataFilter": ("a1Range", "gridRange", "developerMetadataLookup"),
    "DeveloperMetadataLocation": ("dimensionRange", "sheetId", "spreadsheet"),
    "EmbeddedObjectPosition": (*["overlayPosition"] * 30, "newSheet", "sheetId"),
    "FilterView": ("range", "range", "namedRangeId", "tableId"),
    "FindReplaceRequest": ("range", "sheetId", "allSheets"),
    "ProtectedRange": ("range", "range", "namedRangeId", "tableId"),
    "UpdateCellsRequest": ("range", "start"),
    "UpdateDimensionPropertiesRequest": ("range",),
}
#: What the desk keeps but does not work with; kept rare, so that the rest is tried more.
RARE = {
    "pivotTable",
    "dataSourceTable",
    "dataSourceFormula",
    "dataSourceChartProperties",
    "dataSourceSheetProperties",
    "dataSourceSheetDimensions",
    "dataSourceSheetRange",
    "dataSourceColumnReference",
    "chipRuns",
    "errorValue",
    "sheetType",
}
#: Without these a request says nothing, so they are nearly always there.
NEEDED = {
    "anchorCell",
    "bandedRange",
    "border",
    "chart",
    "columnName",
    "columnProperties",
    "comparisonColumns",
    "condition",
    "coordinate",
    "data",
    "dataFilter",
    "dataFilters",
    "dataRange",
    "delimiterType",
    "destination",
    "developerMetadata",
    "dimension",
    "dimensionGroup",
    "dimensions",
    "endIndex",
    "fillLength",
    "filter",
    "find",
    "firstBandColor",
    "format",
    "index",
    "length",
    "location",
    "maxpoint",
    "metadataKey",
    "minpoint",
    "name",
    "namedRange",
    "newPosition",
    "overlayPosition",
    "position",
    "properties",
    "protectedRange",
    "range",
    "ranges",
    "rowProperties",
    "rows",
    "rule",
    "sheetId",
    "shiftDimension",
    "slicer",
    "sortSpecs",
    "source",
    "spec",
    "startIndex",
    "table",
    "title",
    "type",
    "userEnteredValue",
    "values",
    "visibility",
}


@cache
def document() -> Json:
    """Google's discovery document of the Sheets API, as google-api-python-client ships it."""
    path = files("googleapiclient").joinpath("discovery_cache/documents/sheets.v4.json")
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def fields_of(type_name: str) -> Json:
    """The fields of a type by name."""
    found: Json = document()["schemas"].get(type_name, {}).get("properties", {})
    return found


def kinds() -> list[str]:
    """Every kind of request a batchUpdate can hold."""
    return sorted(fields_of("Request"))


def request(dice: Random, kind: str | None = None) -> Json:
    """One request of a batchUpdate."""
    kind = kind or dice.choice(kinds())
    type_name = fields_of("Request")[kind]["$ref"]
    body = _message(dice, type_name, 0)
    if "fields" in fields_of(type_name):
        body["fields"] = _mask(dice, MASKED.get(kind, ""))
    return {kind: body}


def _message(dice: Random, type_name: str, depth: int) -> Json:
    if type_name in OWN:
        return OWN[type_name](dice)
    alternatives = ONE_OF.get(type_name, ())
    chosen = dice.choice(alternatives) if alternatives else ""
    return {
        name: _value(dice, name, kind, depth + 1)
        for name, kind in fields_of(type_name).items()
        if name == chosen or dice.random() < _chance(name, depth, alternatives)
    }


def _chance(name: str, depth: int, alternatives: tuple[str, ...]) -> float:
    """How often a field is there."""
    if name == "fields" or depth > 6:
        return 0
    if name in alternatives or name in RARE:
        return 0.02
    if name in NEEDED or name in IDS:
        return 0.96
    return (0.4, 0.4, 0.3, 0.2)[min(depth, 3)]


def _value(dice: Random, name: str, kind: Json, depth: int) -> Any:
    """A value of one field, by what its name says, else by its type."""
    if name in IDS:
        return dice.choice(IDS[name])
    if name.lower().endswith("sheetid") and kind["type"] == "integer":
        return dice.choice((*SHEET_IDS, 99) if dice.random() < 0.2 else SHEET_IDS)
    if "$ref" in kind:
        return _message(dice, kind["$ref"], depth)
    if kind["type"] == "array":
        return [_value(dice, name, kind["items"], depth) for _ in range(dice.randint(int(name in NEEDED), 3))]
    if kind["type"] == "object":
        return {}
    if "enum" in kind:
        return dice.choice(kind["enum"])
    if kind["type"] == "boolean":
        return dice.random() < 0.5
    if kind["type"] == "string":
        return dice.choice(TEXTS)
    if kind["type"] == "integer":
        return dice.randint(0, 6) if dice.random() < 0.9 else dice.choice((-1, 12, 30))
    return dice.choice(NUMBERS)


def _grid_range(dice: Random) -> Json:
    """Mostly a rectangle within the first rows and columns; some sides are left open."""
    top, left = dice.randint(0, 8), dice.randint(0, 5)
    sides = {
        "startRowIndex": top,
        "endRowIndex": top + dice.choice((1, 2, 3, 4, 0, 9) if dice.random() < 0.3 else (1, 2, 4)),
        "startColumnIndex": left,
        "endColumnIndex": left + dice.choice((1, 2, 3, 0, 9) if dice.random() < 0.3 else (1, 2, 3)),
    }
    found = {name: index for name, index in sides.items() if dice.random() < 0.94}
    return {"sheetId": dice.choice(SHEET_IDS), **found}


def _dimension_range(dice: Random) -> Json:
    """Mostly a few of the first rows or columns."""
    start = dice.randint(0, 7)
    sides = {"startIndex": start, "endIndex": start + dice.choice((1, 1, 1, 2, 2, 3, 0, 9))}
    found = {name: index for name, index in sides.items() if dice.random() < 0.94}
    dimension = "DIMENSION_UNSPECIFIED" if dice.random() < 0.05 else dice.choice(("ROWS", "COLUMNS"))
    return {"sheetId": dice.choice(SHEET_IDS), "dimension": dimension, **found}


def _extended_value(dice: Random) -> Json:
    """What a cell may hold; an error, which nobody may enter, now and then."""
    kinds_of_value: dict[str, Any] = {
        "stringValue": dice.choice(TEXTS),
        "numberValue": dice.choice(NUMBERS),
        "boolValue": dice.random() < 0.5,
        "formulaValue": dice.choice(FORMULAS),
    }
    if dice.random() < 0.02:
        return {"errorValue": {"type": "REF"}}
    kind = dice.choice(sorted(kinds_of_value))
    return {kind: kinds_of_value[kind]}


OWN = {"GridRange": _grid_range, "DimensionRange": _dimension_range, "ExtendedValue": _extended_value}


def _mask(dice: Random, type_name: str) -> str:
    """`*`, a few of the type's fields, fields below them, and now and then one it does not have."""
    names = sorted(fields_of(type_name))
    if not names or dice.random() < 0.3:
        return dice.choice(("*", "*", "*", "*", "", "noSuchField"))
    return ",".join(_path(dice, type_name, dice.choice(names)) for _ in range(dice.randint(1, 3)))


def _path(dice: Random, type_name: str, name: str) -> str:
    below = fields_of(type_name)[name].get("$ref")
    inner = sorted(fields_of(below)) if below else []
    return f"{name}.{dice.choice(inner)}" if inner and dice.random() < 0.5 else name
