"""What the Sheets API says of a workbook's layout, read into our values. Pure; only `init` asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.adapters.sheets_guide import bears_mark, guide_of, page_of
from bot.adapters.sheets_wire import quoted
from bot.look import (
    Area,
    Asked,
    Chart,
    ColourRule,
    Dropdown,
    FilterView,
    Look,
    NamedRange,
    Protection,
)
from bot.ports import Sheet
from sheets_schema import AUTOMATIONS, LANGUAGES, TEAM, Kind
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import column_letter, read_header, tabs_among

_DATA = "(sourceRange(sources))"
#: Asked for without ranges, so that nothing outside of the first rows is left out.
OBJECT_FIELDS = (
    "sheets(filterViews(filterViewId,title,range,filterSpecs),developerMetadata(metadataKey),"
    "conditionalFormats(ranges,booleanRule(condition)),"
    "protectedRanges(protectedRangeId,range,description,warningOnly,requestingUserCanEdit,editors),"
    f"charts(chartId,spec(basicChart(domains(domain{_DATA}),series(series{_DATA})),"
    f"pieChart(domain{_DATA},series{_DATA})))),"
    "namedRanges(namedRangeId,name,range)"
)
#: Asked for the first two rows of each tab, and for more of the guide's.
LAYOUT_FIELDS = (
    "sheets(properties(sheetId),data(columnMetadata(hiddenByUser,pixelSize),rowData(values("
    "formattedValue,userEnteredFormat(numberFormat,wrapStrategy,horizontalAlignment,verticalAlignment,backgroundColor,"
    "textFormat(bold,italic,underline,strikethrough,fontSize,foregroundColor)),"
    "dataValidation(condition,inputMessage,strict)))))"
)
#: Asked for the checkbox columns, the names of automations, and who is in the team.
BOX_FIELDS = (
    "sheets(properties(sheetId),data(startColumn,"
    "rowData(values(formattedValue,userEnteredValue(boolValue),dataValidation(condition(type))))))"
)

Json = Mapping[str, Any]
_LISTED = frozenset(
    {(AUTOMATIONS.key, "automation"), *((TEAM.key, key) for key in ("name", "email", "role"))}
)


def with_layout(sheets: Sequence[Sheet], objects: Sequence[Json], details: Sequence[Json]) -> list[Sheet]:
    """The tabs with what their first rows, and what is laid over their cells, say about their layout."""
    rows_by_id, objects_by_id = _by_id(details), _by_id(objects)
    guide = guide_of(sheets, objects)
    found = [_laid_out(s, rows_by_id.get(s.sheet_id, {}), objects_by_id.get(s.sheet_id, {})) for s in sheets]
    pages = {
        s.sheet_id: page_of(_rows_of(rows_by_id.get(s.sheet_id, {}))) for s in sheets if s.sheet_id == guide
    }
    return [replace(s, look=replace(s.look, page=pages.get(s.sheet_id))) for s in found]


def _by_id(sheets: Sequence[Json]) -> dict[int, Json]:
    return {s.get("properties", {}).get("sheetId", 0): s for s in sheets}


def _rows_of(details: Json) -> list[list[Json]]:
    data = (details.get("data") or [{}])[0]
    return [row.get("values", []) for row in data.get("rowData", [])]


def _laid_out(sheet: Sheet, details: Json, objects: Json) -> Sheet:
    data, rows = (details.get("data") or [{}])[0], _rows_of(details)
    second = dict(enumerate(rows[1] if len(rows) > 1 else []))
    formats = {i: cell.get("userEnteredFormat", {}) for i, cell in second.items()}
    metadata = dict(enumerate(data.get("columnMetadata", [])))
    grid = objects.get("properties", {}).get("gridProperties", {})
    look = Look(
        widths={i: column["pixelSize"] for i, column in metadata.items() if "pixelSize" in column},
        validated=frozenset(i for i, cell in second.items() if cell.get("dataValidation")),
        dropdowns={i: _dropdown(c["dataValidation"]) for i, c in second.items() if c.get("dataValidation")},
        wrapped=frozenset(i for i, form in formats.items() if form.get("wrapStrategy")),
        aligned=frozenset(i for i, form in formats.items() if form.get("horizontalAlignment") == "RIGHT"),
        unwrapped=frozenset(i for i, f in formats.items() if f.get("wrapStrategy", "WRAP") != "WRAP"),
        colours=tuple(_colour_rules(objects.get("conditionalFormats", []), sheet.rows)),
        protections=tuple(map(_protection, objects.get("protectedRanges", []))),
        charts=tuple(_chart(one) for one in objects.get("charts", [])),
        views=tuple(map(_filter_view, objects.get("filterViews", []))),
        has_gridlines=not grid.get("hideGridlines"),
        is_guide=bears_mark(objects),
    )
    numbers = {i: form["numberFormat"] for i, form in formats.items() if form.get("numberFormat")}
    return replace(
        sheet,
        hidden=frozenset(i for i, column in metadata.items() if column.get("hiddenByUser")),
        header=tuple(cell.get("formattedValue", "") for cell in rows[0]) if rows else (),
        formats={i: (form.get("type", ""), form.get("pattern", "")) for i, form in numbers.items()},
        look=look,
    )


def _colour_rules(found: Sequence[Json], height: int) -> list[ColourRule]:
    rules = []
    for place, rule in enumerate(found):
        condition = rule.get("booleanRule", {}).get("condition", {})
        rules += [
            ColourRule(
                where.get("startColumnIndex", 0),
                where.get("endColumnIndex"),
                condition.get("type", ""),
                _texts(condition),
                place,
                where.get("startRowIndex", 0) <= 1 and where.get("endRowIndex", height) >= height,
            )
            for where in rule.get("ranges", [])
        ]
    return rules


def _texts(condition: Json) -> tuple[str, ...]:
    values = condition.get("values", [])
    return tuple(str(value.get("userEnteredValue", value.get("relativeDate", ""))) for value in values)


def _filter_view(one: Json) -> FilterView:
    # The API tells what is asked in two ways; a column of which nothing is asked may be among it.
    specs = ((s.get("columnIndex", 0), s.get("filterCriteria", {})) for s in one.get("filterSpecs", []))
    asks = {column: _asked(criteria) for column, criteria in specs if criteria}
    return FilterView(
        one.get("filterViewId", 0), str(one.get("title", "")), _area(one.get("range", {})), asks
    )


def _asked(criteria: Json) -> Asked:
    condition = criteria.get("condition", {})
    hides = frozenset(str(text) for text in criteria.get("hiddenValues", []))
    by_colour = any(name.startswith("visible") for name in criteria)
    return Asked(condition.get("type", ""), _texts(condition), hides, by_colour)


def _dropdown(rule: Json) -> Dropdown:
    condition = rule.get("condition", {})
    strict = bool(rule.get("strict", False))
    return Dropdown(condition.get("type", ""), _texts(condition), str(rule.get("inputMessage", "")), strict)


def _protection(one: Json) -> Protection:
    where, editors = one.get("range", {}), one.get("editors", {})
    return Protection(
        where.get("startRowIndex", 0), where.get("endRowIndex"),
        where.get("startColumnIndex", 0), where.get("endColumnIndex"),
        one.get("protectedRangeId", 0),
        str(one.get("description", "")),
        bool(one.get("warningOnly")),
        frozenset(str(user).casefold() for kind in ("users", "groups") for user in editors.get(kind, [])),
        bool(editors.get("domainUsersCanEdit")),
        bool(one.get("requestingUserCanEdit")),
    )  # fmt: skip


def _chart(one: Json) -> Chart:
    spec = one.get("spec", {})
    basic, pie = spec.get("basicChart", {}), spec.get("pieChart", {})
    data = [domain.get("domain", {}) for domain in basic.get("domains", [])]
    data += [series.get("series", {}) for series in basic.get("series", [])]
    data += [pie[part] for part in ("domain", "series") if part in pie]
    sources = [source for each in data for source in each.get("sourceRange", {}).get("sources", [])]
    return Chart(one.get("chartId", 0), tuple(map(_area, sources)))


def _area(where: Json) -> Area:
    return Area(
        where.get("sheetId", 0), where.get("startRowIndex", 0), where.get("endRowIndex"),
        where.get("startColumnIndex", 0), where.get("endColumnIndex"),
    )  # fmt: skip


def named_ranges(found: Sequence[Json]) -> tuple[NamedRange, ...]:
    """The workbook's names for cells."""
    return tuple(
        NamedRange(str(one.get("namedRangeId", "")), str(one.get("name", "")), _area(one.get("range", {})))
        for one in found
    )


def box_ranges(sheets: Sequence[Sheet], schema: Schema = STANDARD) -> list[str]:
    """The checkbox columns of the known tabs, the names of automations, and who is in the team, as ranges."""
    ranges = []
    places = tabs_among(schema.polled, [sheet.title for sheet in sheets])
    for tab, sheet in ((schema.by_key[key], sheets[index]) for key, index in places.items()):
        if sheet.rows < 2:
            continue
        # The language only words the sentences about titles that are missing, and those are not asked for here.
        columns = read_header(tab, sheet.title, sheet.header, LANGUAGES[0]).columns
        letters = [
            column_letter(columns[f.key])
            for f in tab.fields
            if f.key in columns and (f.kind is Kind.CHECKBOX or (tab.key, f.key) in _LISTED)
        ]
        ranges += [f"{quoted(sheet.title)}!{letter}2:{letter}" for letter in letters]
    return ranges


def with_boxes(sheets: Sequence[Sheet], details: Sequence[Json]) -> list[Sheet]:
    """The tabs with what those columns hold: texts, and each TRUE or FALSE that has no box."""
    by_id = _by_id(details)
    found = []
    for sheet in sheets:
        unboxed, listed = {}, {}
        for data in by_id.get(sheet.sheet_id, {}).get("data", []):
            cells = [(row.get("values") or [{}])[0] for row in data.get("rowData", [])]
            bare = tuple(
                i
                for i, cell in enumerate(cells, 1)
                if "boolValue" in cell.get("userEnteredValue", {}) and "dataValidation" not in cell
            )
            texts = tuple(map(_text_of, cells))
            if bare:
                unboxed[data.get("startColumn", 0)] = bare
            if any(texts):
                listed[data.get("startColumn", 0)] = texts
        found.append(replace(sheet, look=replace(sheet.look, unboxed=unboxed, listed=listed)))
    return found


def _text_of(cell: Json) -> str:
    """The cell as it is shown; a TRUE or FALSE in the same words whatever the workbook's locale calls it."""
    ticked = cell.get("userEnteredValue", {}).get("boolValue")
    return str(cell.get("formattedValue", "")) if ticked is None else str(ticked).upper()
