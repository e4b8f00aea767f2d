"""Harm that somebody with every right does to what `init` laid out, as requests; each deed is one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sheets_schema import LAID_OUT, Owner, Tab
from sheets_schema.guide import GUIDE_TITLES
from sheets_schema.screen import DROPDOWNS, LONG_TEXT
from sheets_schema.summary import HIDDEN, NUMBERS
from sheets_schema.titles import tabs_among

Request = dict[str, Any]
Sheet = Mapping[str, Any]
Deed = Callable[[Sheet, Random], list[Request]]

_MINE = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Mine"}]}, "strict": True}


def some_harm(sheets: Mapping[str, Sheet], dice: Random) -> list[Request]:
    """A few deeds in a few tabs."""
    tabs = [title for title in sheets if title]
    chosen = dice.sample(tabs, min(len(tabs), 6))
    harm = [
        request for title in chosen for deed in dice.sample(DEEDS, 4) for request in deed(sheets[title], dice)
    ]
    return [*harm, *(_name_gone(sheets[""], dice) if dice.random() < 0.5 else [])]  # fmt: skip


def _id(sheet: Sheet) -> int:
    return int(sheet["properties"]["sheetId"])


def _tab(sheet: Sheet) -> Tab | None:
    found = tabs_among(LAID_OUT, [sheet["properties"]["title"]])
    return next((tab for tab in LAID_OUT if tab.key in found), None)


def _columns(sheet: Sheet, *, of_bot: bool, keys: frozenset[str] | None = None) -> list[int]:
    """Where these of our columns stand."""
    tab = _tab(sheet)
    if tab is None or not tab.fields:
        return []
    titles = [
        c.get("userEnteredValue", {}).get("stringValue", "") for c in sheet["data"][0]["rowData"][0]["values"]
    ]
    known = {text: f for f in tab.fields for text in (f.en, f.zh)}
    return [
        i
        for i, title in enumerate(titles)
        if (f := known.get(title)) and (f.owner is Owner.BOT) == of_bot and (keys is None or f.key in keys)
    ]  # fmt: skip


def _below(sheet: Sheet, column: int) -> Request:
    where = {"sheetId": _id(sheet), "startRowIndex": 1}
    return {**where, "startColumnIndex": column, "endColumnIndex": column + 1}


def _cells(sheet: Sheet, column: int, fields: str, form: Request) -> list[Request]:
    cell = {"userEnteredFormat": form}
    return [{"repeatCell": {"range": _below(sheet, column), "cell": cell, "fields": f"userEnteredFormat.{fields}"}}]  # fmt: skip


def format_changed(sheet: Sheet, dice: Random) -> list[Request]:
    columns = _columns(sheet, of_bot=True)
    form = {"numberFormat": {"type": "NUMBER", "pattern": "0.0"}}
    return _cells(sheet, dice.choice(columns), "numberFormat", form) if columns else []


def format_gone(sheet: Sheet, dice: Random) -> list[Request]:
    columns = _columns(sheet, of_bot=dice.random() < 0.5)
    return _cells(sheet, dice.choice(columns), "numberFormat", {}) if columns else []


def text_clipped(sheet: Sheet, dice: Random) -> list[Request]:
    columns = _columns(sheet, of_bot=True, keys=LONG_TEXT)
    return _cells(sheet, dice.choice(columns), "wrapStrategy", {"wrapStrategy": "CLIP"}) if columns else []


def rule_put_on(sheet: Sheet, dice: Random) -> list[Request]:
    columns = _columns(sheet, of_bot=True)
    if not columns:
        return []
    return [{"setDataValidation": {"range": _below(sheet, dice.choice(columns)), "rule": _MINE}}]


def dropdown_gone(sheet: Sheet, dice: Random) -> list[Request]:
    tab = _tab(sheet)
    keys = frozenset(key for at, key in DROPDOWNS if tab and at == tab.key)
    columns = _columns(sheet, of_bot=False, keys=keys)
    return [{"setDataValidation": {"range": _below(sheet, dice.choice(columns))}}] if columns else []


def protection_harmed(sheet: Sheet, dice: Random) -> list[Request]:
    ours = [p for p in sheet.get("protectedRanges", []) if p.get("description", "").startswith("Order Desk")]
    if not ours:
        return []
    named = {"protectedRangeId": dice.choice(ours)["protectedRangeId"]}
    elsewhere = {"sheetId": _id(sheet), "startRowIndex": dice.randint(2, 9), "endRowIndex": 12}
    return [
        dice.choice(
            [
                {"deleteProtectedRange": named},
                {"updateProtectedRange": {"protectedRange": {**named, "range": elsewhere}, "fields": "range"}},
                {"updateProtectedRange": {"protectedRange": {**named, "warningOnly": False}, "fields": "warningOnly"}},
            ]
        )
    ]  # fmt: skip


def _our_rules(sheet: Sheet) -> list[int]:
    rules = sheet.get("conditionalFormats", [])
    return [i for i, one in enumerate(rules) if "Mine" not in str(one)]


def colour_gone(sheet: Sheet, dice: Random) -> list[Request]:
    rules = _our_rules(sheet)
    where = {"sheetId": _id(sheet), "index": dice.choice(rules)} if rules else {}
    return [{"deleteConditionalFormatRule": where}] if rules else []


def colour_narrowed(sheet: Sheet, dice: Random) -> list[Request]:
    rules = _our_rules(sheet)
    if not rules:
        return []
    index = dice.choice(rules)
    rule = sheet["conditionalFormats"][index]
    narrow = [{"sheetId": _id(sheet), **r, "endRowIndex": 7} for r in rule["ranges"]]
    where = {"sheetId": _id(sheet), "index": index}
    return [{"updateConditionalFormatRule": {**where, "rule": {**rule, "ranges": narrow}}}]


def view_harmed(sheet: Sheet, dice: Random) -> list[Request]:
    views = [one for one in sheet.get("filterViews", []) if one["title"] != "Mine"]
    if not views:
        return []
    named = {"filterViewId": (one := dice.choice(views))["filterViewId"]}
    small = {"sheetId": _id(sheet), "endRowIndex": 9, "endColumnIndex": 4}
    other = [{"columnIndex": 3, "filterCriteria": {"hiddenValues": ["Acme"]}}]
    more = [*one["filterSpecs"], *other]
    return [
        dice.choice(
            [
                {"deleteFilterView": {"filterId": named["filterViewId"]}},
                {"updateFilterView": {"filter": {**named, "range": small}, "fields": "range"}},
                {"updateFilterView": {"filter": {**named, "filterSpecs": other}, "fields": "filterSpecs"}},
                {"updateFilterView": {"filter": {**named, "filterSpecs": more}, "fields": "filterSpecs"}},
                {"updateFilterView": {"filter": named, "fields": "criteria"}},
            ]
        )
    ]


def chart_gone(sheet: Sheet, dice: Random) -> list[Request]:
    charts = [c for c in sheet.get("charts", []) if c["spec"].get("title") != "Mine"]
    return [{"deleteEmbeddedObject": {"objectId": dice.choice(charts)["chartId"]}}] if charts else []


def column_shown(sheet: Sheet, _dice: Random) -> list[Request]:
    tab = _tab(sheet)
    columns = _columns(sheet, of_bot=True, keys=frozenset({"row_id"})) if tab and tab.fields else []
    columns = list(HIDDEN) if tab and not tab.fields else columns
    return [
        {
            "updateDimensionProperties": {
                "range": {"sheetId": _id(sheet), "dimension": "COLUMNS", "startIndex": i, "endIndex": i + 1},
                "properties": {"hiddenByUser": False},
                "fields": "hiddenByUser",
            }
        }
        for i in columns
    ]


def unfrozen(sheet: Sheet, _dice: Random) -> list[Request]:
    if _tab(sheet) is None:
        return []
    return [_properties(sheet, "frozenRowCount", 0)]


def _properties(sheet: Sheet, name: str, value: object) -> Request:
    properties = {"sheetId": _id(sheet), "gridProperties": {name: value}}
    return {"updateSheetProperties": {"properties": properties, "fields": f"gridProperties.{name}"}}


def summary_scribbled(sheet: Sheet, dice: Random) -> list[Request]:
    tab = _tab(sheet)
    if tab is None or tab.fields:
        return []
    aside = _cells(sheet, dice.randrange(*NUMBERS), "horizontalAlignment", {"horizontalAlignment": "LEFT"})
    return [*aside, _scribble(sheet, 0, dice.choice((0, 2)), {"stringValue": "Ha"})]


def guide_scribbled(sheet: Sheet, dice: Random) -> list[Request]:
    """Nothing here moves the notes that people wrote below the guide."""
    if sheet["properties"]["title"] not in GUIDE_TITLES.values():
        return []
    row, column = dice.randrange(30), dice.randrange(2)
    cell = {"sheetId": _id(sheet), "startRowIndex": row, "endRowIndex": row + 1,
            "startColumnIndex": column, "endColumnIndex": column + 1}  # fmt: skip
    text = {"textFormat": {"strikethrough": True, "fontSize": 20}, "backgroundColor": {"red": 1}}
    note = {"developerMetadataLookup": {"metadataKey": "order-desk-guide"}}
    return dice.choice(
        [
            [_scribble(sheet, row, column, {"numberValue": 5})],
            [_scribble(sheet, row, column, {})],
            [{"updateCells": {"range": {"sheetId": _id(sheet), "endRowIndex": 30}, "fields": "*"}}],
            [{"repeatCell": {"range": cell, "cell": {"userEnteredFormat": text}, "fields": "userEnteredFormat"}}],
            [{"setDataValidation": {"range": cell, "rule": _MINE}}],
            [_properties(sheet, "hideGridlines", False)],
            [{"deleteDeveloperMetadata": {"dataFilter": note}}],
        ]
    )  # fmt: skip


def _scribble(sheet: Sheet, row: int, column: int, value: Request) -> Request:
    start = {"sheetId": _id(sheet), "rowIndex": row, "columnIndex": column}
    rows = [{"values": [{"userEnteredValue": value} if value else {}]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def _name_gone(book: Sheet, dice: Random) -> list[Request]:
    ours = [one for one in book["namedRanges"] if one["name"] != "Mine"]
    if not ours:
        return []
    one = dice.choice(ours)
    moved = {"namedRangeId": one["namedRangeId"], "range": {**one["range"], "endRowIndex": 5}}
    return [
        dice.choice(
            [
                {"deleteNamedRange": {"namedRangeId": one["namedRangeId"]}},
                {"updateNamedRange": {"namedRange": moved, "fields": "range"}},
            ]
        )
    ]


DEEDS: tuple[Deed, ...] = (
    format_changed, format_gone, text_clipped, rule_put_on, dropdown_gone, protection_harmed, colour_gone,
    colour_narrowed, view_harmed, chart_gone, column_shown, unfrozen, summary_scribbled, guide_scribbled,
)  # fmt: skip
