"""What the Summary tab still lacks around its figures: heading, looks of rows, named ranges, native charts. Pure.

The figures themselves are written by the worker. A chart is known by the cells it is drawn from, so that people may
give it another title, kind, colour or place; a look is known by what it asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate
from typing import Any

from bot.layout.protections import marked_whole
from bot.look import Area, Chart, ColourRule
from bot.ports import About, Sheet
from sheets_schema.screen import DEFAULT_WIDTH
from sheets_schema.summary import (
    CHARTS,
    FIRST_BLOCK_ROW,
    HEADING,
    HIDDEN,
    KIND_COLUMN,
    LOOKS,
    NUMBERS,
    TAB_RIGHT,
    WIDTHS,
    ChartData,
    RowLook,
)

Request = dict[str, Any]

FOREIGN: Mapping[str, str] = {
    "en": "Tab '{tab}': Order Desk writes the sales summary into a tab of this name, and this one holds something else. "
    "Give it another name and run init again",
    "zh-CN": "工作表“{tab}”：系统要在此名称的工作表中填写销售汇总，但其中已有其他内容。请将它改名后重新运行 init",
}
_ROWS_OF_HEAD, _SPACER_WIDTH, _LABEL_WIDTH = 1, 30, 130
_HEADING_HEIGHT, _CHART_HEIGHT, _BETWEEN = 32, 284, 8
_FIRST, _SECOND = "#1f7a6d", "#b9cfca"
#: A sentence of the heading stands here; its title in the first column.
_NOTE = 2


def new_summary(sheet: Sheet) -> Sheet:
    """The tab as it is added: wide enough for the charts' cells."""
    return replace(sheet, columns=TAB_RIGHT + 1)


def is_foreign(sheet: Sheet, about: About) -> bool:
    """Whether people had a tab of this name for something else, which must not be written over."""
    titles = {title for title, _ in HEADING.values()}
    is_known = bool(titles & set(sheet.header)) or not any(text.strip() for text in sheet.header)
    is_named = any(
        one.name.casefold() == CHARTS[0].name and one.area.sheet_id == sheet.sheet_id for one in about.names
    )
    return not is_known and not is_named


def missing_summary(sheet: Sheet, about: About, language: str) -> list[tuple[str, list[Request]]]:
    """What is lacking, a sentence for each kind of thing with its requests."""
    found = [
        ("columns added", _columns(sheet)),
        ("heading written", _heading(sheet, language)),
        ("widths of columns set", _widths(sheet)),
        ("columns for the bot's own use hidden", _hidden(sheet)),
        ("looks of rows added: {count}", _looks(sheet)),
        ("numbers put at the right", _aligned(sheet)),
        # A warning only: whoever wants to sort or delete may, and the next refresh puts it right.
        ("marked as written by the bot", marked_whole(sheet, FIRST_BLOCK_ROW)),
        ("names given to the charts' cells: {count}", _names(sheet, about)),
        ("charts drawn: {count}", _charts(sheet, language)),
    ]
    return [(f"'{sheet.title}': {said.format(count=len(new))}", new) for said, new in found if new]


def _columns(sheet: Sheet) -> list[Request]:
    lacking = TAB_RIGHT - sheet.columns
    where = {"sheetId": sheet.sheet_id, "dimension": "COLUMNS", "length": lacking}
    return [{"appendDimension": where}] if lacking > 0 else []


def _heading(sheet: Sheet, language: str) -> list[Request]:
    there = tuple(sheet.header[i] if i < len(sheet.header) else "" for i in (0, _NOTE))
    if there in HEADING.values():
        return []
    title, note = HEADING[language]
    cells: list[Request] = [{} for _ in range(_NOTE + 1)]
    cells[0] = _text(title, {"textFormat": {"bold": True, "fontSize": 14}})
    cells[_NOTE] = _text(note, {"textFormat": {"italic": True, "foregroundColor": _rgb("#5f6b70")}})
    for cell in (cells[0], cells[_NOTE]):
        cell["userEnteredFormat"]["verticalAlignment"] = "MIDDLE"
    return [
        {
            "updateCells": {
                "start": {"sheetId": sheet.sheet_id, "rowIndex": 0, "columnIndex": 0},
                "rows": [{"values": cells}],
                "fields": "userEnteredValue,userEnteredFormat(textFormat,verticalAlignment)",
            }
        },
        _size(sheet, "ROWS", 0, 1, {"pixelSize": _HEADING_HEIGHT}),
    ]


def _text(text: str, form: Request) -> Request:
    return {"userEnteredValue": {"stringValue": text}, "userEnteredFormat": form}


def _rgb(colour: str) -> Request:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return {"red": red, "green": green, "blue": blue}


def _size(sheet: Sheet, dimension: str, start: int, end: int, properties: Request) -> Request:
    where = {"sheetId": sheet.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}
    return {
        "updateDimensionProperties": {
            "range": where,
            "properties": properties,
            "fields": ",".join(properties),
        }
    }


def _widths(sheet: Sheet) -> list[Request]:
    wanted = {column: width for column, width in enumerate(WIDTHS) if column not in HIDDEN}
    wanted |= {len(WIDTHS): _SPACER_WIDTH} | {chart.column: _LABEL_WIDTH for chart in CHARTS}
    return [
        _size(sheet, "COLUMNS", column, column + 1, {"pixelSize": width})
        for column, width in wanted.items()
        if sheet.look.widths.get(column, DEFAULT_WIDTH) == DEFAULT_WIDTH != width
    ]


def _hidden(sheet: Sheet) -> list[Request]:
    return [
        _size(sheet, "COLUMNS", column, column + 1, {"hiddenByUser": True})
        for column in HIDDEN
        if column not in sheet.hidden
    ]


def _looks(sheet: Sheet) -> list[Request]:
    """A rule for each kind of row: it goes where the row goes, and no cell's own format has to follow."""
    requests: list[Request] = []
    added = 0
    for look in LOOKS:
        rule = ColourRule(0, KIND_COLUMN, "CUSTOM_FORMULA", (_asks_for(look),))
        same = [one for one in sheet.look.colours if one.texts == rule.texts]
        if rule in same:
            continue
        made = {
            "ranges": [{"sheetId": sheet.sheet_id, "startRowIndex": 0, "startColumnIndex": 0, "endColumnIndex": KIND_COLUMN}],
            "booleanRule": {
                "condition": {"type": rule.condition, "values": [{"userEnteredValue": rule.texts[0]}]},
                "format": _format(look),
            },
        }  # fmt: skip
        if same:
            where = {"sheetId": sheet.sheet_id, "index": same[0].place}
            requests.append({"updateConditionalFormatRule": {**where, "rule": made}})
            continue
        place = max((one.place + 1 for one in sheet.look.colours), default=0) + added
        requests.append({"addConditionalFormatRule": {"rule": made, "index": place}})
        added += 1
    return requests


def _aligned(sheet: Sheet) -> list[Request]:
    """Titles of numbers stand above their numbers; rows that are put in later take it over from those below."""
    return [
        {
            "repeatCell": {
                "range": {
                    "sheetId": sheet.sheet_id, "startRowIndex": 1, "startColumnIndex": column,
                    "endColumnIndex": column + 1,
                },
                "cell": {"userEnteredFormat": {"horizontalAlignment": "RIGHT"}},
                "fields": "userEnteredFormat.horizontalAlignment",
            }
        }
        for column in range(*NUMBERS)
        if column not in sheet.look.aligned
    ]  # fmt: skip


def _asks_for(look: RowLook) -> str:
    return f'=${chr(ord("A") + KIND_COLUMN)}1="{look.kind}"'


def _format(look: RowLook) -> Request:
    text: Request = {}
    if look.bold:
        text["bold"] = True
    if look.italic:
        text["italic"] = True
    if look.letters:
        text["foregroundColor"] = _rgb(look.letters)
    form: Request = {"textFormat": text} if text else {}
    return form | ({"backgroundColor": _rgb(look.ground)} if look.ground else {})


# ── what the charts are drawn from, and the charts ──────────────────────────────────────────────────────────


def _cells(sheet: Sheet, chart: ChartData, left: int = 0, right: int = 0) -> Area:
    """All of a chart's cells, or those of some of its columns."""
    ends = (chart.column + left, chart.column + right if right else chart.right)
    return Area(sheet.sheet_id, chart.top, chart.bottom, *ends)


def _grid_range(area: Area) -> Request:
    return {
        "sheetId": area.sheet_id, "startRowIndex": area.top, "endRowIndex": area.bottom, "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }  # fmt: skip


def _named(about: About, name: str) -> str:
    """The id of the workbook's range of this name, in whatever case; "" when there is none."""
    return next((one.range_id for one in about.names if one.name.casefold() == name), "")


def _names(sheet: Sheet, about: About) -> list[Request]:
    """Names for the cells, put back to where the figures are written when somebody's rows moved them."""
    requests: list[Request] = []
    for chart in CHARTS:
        wanted = _cells(sheet, chart)
        range_id = _named(about, chart.name)
        made = {"name": chart.name, "range": _grid_range(wanted)}
        if not range_id:
            requests.append({"addNamedRange": {"namedRange": made}})
        elif wanted not in [one.area for one in about.names if one.range_id == range_id]:
            named = {"namedRangeId": range_id, **made}
            requests.append({"updateNamedRange": {"namedRange": named, "fields": "range"}})
    return requests


def _charts(sheet: Sheet, language: str) -> list[Request]:
    """The charts that are not there; one whose cells moved is drawn from the right ones again."""
    requests: list[Request] = []
    for place, chart in enumerate(CHARTS):
        wanted = tuple(_cells(sheet, chart, i, i + 1) for i in range(chart.series + 1))
        spec = _spec(chart, wanted, language)
        mine = next((one for one in sheet.look.charts if _is_drawn_from(one, sheet, chart)), None)
        if mine is None:
            requests.append({"addChart": {"chart": {"spec": spec, "position": _position(sheet, place)}}})
        elif mine.sources != wanted:
            requests.append({"updateChartSpec": {"chartId": mine.chart_id, "spec": spec}})
    return requests


def _is_drawn_from(one: Chart, sheet: Sheet, chart: ChartData) -> bool:
    """Whether a chart takes its numbers from this one's columns, in whichever rows they are by now."""
    return bool(one.sources) and all(
        source.sheet_id == sheet.sheet_id
        and source.left >= chart.column
        and source.right is not None
        and source.right <= chart.right
        for source in one.sources
    )


def _spec(chart: ChartData, areas: tuple[Area, ...], language: str) -> Request:
    values = "BOTTOM_AXIS" if chart.kind == "BAR" else "LEFT_AXIS"
    domain, *series = ({"sourceRange": {"sources": [_grid_range(area)]}} for area in areas)
    basic: Request = {
        "chartType": chart.kind,
        "legendPosition": "TOP_LEGEND" if chart.series > 1 else "NO_LEGEND",
        "headerCount": 1,
        "axis": [{"position": "BOTTOM_AXIS"}, {"position": "LEFT_AXIS"}],
        "domains": [{"domain": domain}],
        "series": [
            {"series": one, "targetAxis": values, "colorStyle": {"rgbColor": _rgb(colour)}}
            for one, colour in zip(series, (_FIRST, _SECOND), strict=False)
        ],
    }
    # Whoever hides the charts' cells does not mean to empty the charts.
    return {"title": chart.title[language], "basicChart": basic, "hiddenDimensionStrategy": "SHOW_ALL"}


def _position(sheet: Sheet, place: int) -> Request:
    """Side by side below the heading, over the columns of the blocks."""
    shown = [0 if column in HIDDEN else width for column, width in enumerate(WIDTHS)]
    width = (sum(shown) - _BETWEEN * (len(CHARTS) - 1)) // len(CHARTS)
    left = place * (width + _BETWEEN)
    starts = [0, *accumulate(shown)]
    column = max(i for i in range(len(shown)) if starts[i] <= left)
    return {
        "overlayPosition": {
            "anchorCell": {"sheetId": sheet.sheet_id, "rowIndex": _ROWS_OF_HEAD, "columnIndex": column},
            "offsetXPixels": left - starts[column],
            "widthPixels": width,
            "heightPixels": _CHART_HEIGHT,
        }
    }
