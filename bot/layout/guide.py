"""The guide's tab: a page of text that is ours, in front of all others, for teams that ask for it. Pure.

It is known by a mark on the tab (developer metadata), so that people may rename and move it, and without one by its name
together with its first line. Its lines are put back to what they ought to say; what people wrote below them stays, and
so do widths that somebody chose. A tab of this name that holds something else is people's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.layout.furnished import Furnished, Request, runs
from bot.layout.protections import marked_whole
from bot.look import Styled
from bot.ports import About, Sheet
from sheets_schema import CONTRACTS
from sheets_schema.guide import GUIDE, GUIDE_MARK, GUIDE_TITLES, GUIDE_WIDTHS, Line
from sheets_schema.screen import DEFAULT_WIDTH

#: How many rows are free for people's notes when the tab is made.
_FREE_ROWS = 30
_WIDTH = len(GUIDE_WIDTHS)
_DARK, _LIGHT, _INK, _SOFT, _WHITE = "#12564f", "#e4eae9", "#33444b", "#5f6b70", "#ffffff"
_FOREIGN: Mapping[str, str] = {
    "en": "Tab '{tab}': Order Desk writes its guide into a tab of this name, and this one holds something else. "
    "Give it another name and run init --guide again",
    "zh-CN": "工作表“{tab}”：系统要在此名称的工作表中填写使用说明，但其中已有其他内容。请将它改名后重新运行 init --guide",
}

Page = tuple[tuple[Styled, ...], ...]


@dataclass(frozen=True)
class GuideLack:
    """What the guide lacks."""

    requests: tuple[Request, ...] = ()
    said: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def missing_guide(
    about: About, tabs: Mapping[str, Furnished], language: str, sheet_id: int, *, is_wanted: bool
) -> GuideLack:
    """What makes the guide whole; a new one, which gets this id, only where it is wanted."""
    pages = {one: _page(tabs, one) for one in GUIDE}
    found = next((sheet for sheet in about.sheets if sheet.look.page is not None), None)
    if found is None:
        if not is_wanted:
            return GuideLack()
        rows = len(pages[language]) + _FREE_ROWS
        sheet = Sheet(sheet_id, GUIDE_TITLES[language], rows, _WIDTH)
        requests = [_added(sheet), *(r for _, more in _lacking(sheet, pages, language) for r in more)]
        return GuideLack(tuple(requests), (f"tab '{sheet.title}' added",))
    if not _is_ours(found, pages):
        if not is_wanted:
            return GuideLack()
        if any(cell.text.strip() for row in found.look.page or () for cell in row):
            return GuideLack(problems=(_FOREIGN[language].format(tab=found.title),))
    lacking = [(said, more) for said, more in _lacking(found, pages, language) if more]
    return GuideLack(
        tuple(request for _, more in lacking for request in more),
        tuple(f"'{found.title}': {said}" for said, _ in lacking),
    )


def _is_ours(sheet: Sheet, pages: Mapping[str, Page]) -> bool:
    page = sheet.look.page
    first = page[0][0].text if page and page[0] else ""
    return sheet.look.is_guide or first in {one[0][0].text for one in pages.values()}


def _lacking(sheet: Sheet, pages: Mapping[str, Page], language: str) -> list[tuple[str, list[Request]]]:
    return [
        ("rows and columns added", _grown(sheet, len(pages[language]))),
        ("text of the guide written", _text(sheet, pages, language)),
        ("gridlines hidden", _without_lines(sheet)),
        ("widths of columns set", _widths(sheet)),
        ("marked as written by the bot", marked_whole(sheet)),
        ("marked as the guide", [] if sheet.look.is_guide else [_mark(sheet)]),
    ]


def _page(tabs: Mapping[str, Furnished], language: str) -> Page:
    """The page as it ought to be, with the names that tabs and columns go by here."""
    orders = tabs[CONTRACTS.key]
    names = {field.key: orders.title_of(field.key, language) for field in CONTRACTS.fields}
    names |= {key: here.sheet.title for key, here in tabs.items()}
    return tuple(_styled(line, names) for line in GUIDE[language])


def _styled(line: Line, names: Mapping[str, str]) -> tuple[Styled, ...]:
    left, right = line.left.format_map(names), line.right.format_map(names)
    match line.kind:
        case "title":
            look = Styled(left, bold=True, size=16, letters=_WHITE, ground=_DARK, wrap="OVERFLOW_CELL", vertical="MIDDLE")  # fmt: skip
            return look, Styled(ground=_DARK)
        case "head":
            look = Styled(left, bold=True, size=11, letters=_INK, ground=_LIGHT, wrap="OVERFLOW_CELL", vertical="MIDDLE")  # fmt: skip
            return look, Styled(ground=_LIGHT)
        case "intro":
            return Styled(), Styled(right, italic=True, letters=_SOFT, wrap="WRAP", vertical="TOP")
        case "line":
            label = Styled(left, bold=True, letters=_SOFT, wrap="WRAP", vertical="TOP")
            return label, Styled(right, wrap="WRAP", vertical="TOP")
        case "sample":
            label = Styled(left, ground=line.ground, wrap="WRAP", vertical="TOP")
            return label, Styled(right, wrap="WRAP", vertical="TOP")


# ── requests ────────────────────────────────────────────────────────────────────────────────────────────────


def _added(sheet: Sheet) -> Request:
    grid = {"rowCount": sheet.rows, "columnCount": sheet.columns, "hideGridlines": True}
    properties = {"sheetId": sheet.sheet_id, "title": sheet.title, "index": 0, "gridProperties": grid}
    return {"addSheet": {"properties": properties}}


def _grown(sheet: Sheet, height: int) -> list[Request]:
    lacking = {"ROWS": height - sheet.rows, "COLUMNS": _WIDTH - sheet.columns}
    return [
        {"appendDimension": {"sheetId": sheet.sheet_id, "dimension": dimension, "length": length}}
        for dimension, length in lacking.items()
        if length > 0
    ]


def _text(sheet: Sheet, pages: Mapping[str, Page], language: str) -> list[Request]:
    """All lines anew when one of them is not right, and lines of ours that were pushed below them away."""
    page, wanted = sheet.look.page or (), pages[language]
    requests = []
    if not any(_shown(page, 0, len(one)) == one for one in pages.values()):
        requests.append(_written(sheet, 0, [[_cell(one) for one in row] for row in wanted]))
    ours = {cell.text for one in pages.values() for row in one for cell in row if cell.text}
    height = next((len(one) for one in pages.values() if _shown(page, 0, len(one)) == one), len(wanted))
    strays = [row for row in range(height, len(page)) if _is_stray(page[row], ours)]
    for top, bottom in runs(strays):
        requests.append(_written(sheet, top, [[{}] * _WIDTH] * (bottom - top)))
    return requests


def _is_stray(row: tuple[Styled, ...], ours: set[str]) -> bool:
    texts = [cell.text for cell in row if cell.text]
    return bool(texts) and all(text in ours for text in texts)


def _shown(page: Page, top: int, bottom: int) -> Page:
    """These rows of a page, with the blank cells that the API leaves out."""
    rows = (page[row] if row < len(page) else () for row in range(top, bottom))
    return tuple((*row, *[Styled()] * (_WIDTH - len(row))) for row in rows)


def _written(sheet: Sheet, top: int, rows: list[list[Request]]) -> Request:
    return {
        "updateCells": {
            "start": {"sheetId": sheet.sheet_id, "rowIndex": top, "columnIndex": 0},
            "rows": [{"values": row} for row in rows],
            "fields": "userEnteredValue,userEnteredFormat,dataValidation,textFormatRuns",
        }
    }


def _cell(one: Styled) -> Request:
    text: Request = {"bold": one.bold, "italic": one.italic, "fontSize": one.size}
    text = {name: value for name, value in text.items() if value}
    text |= {"foregroundColor": _rgb(one.letters)} if one.letters else {}
    form: Request = {"textFormat": text, "wrapStrategy": one.wrap, "verticalAlignment": one.vertical}
    form = {name: value for name, value in form.items() if value}
    form |= {"backgroundColor": _rgb(one.ground)} if one.ground else {}
    cell: Request = {"userEnteredFormat": form}
    return cell | ({"userEnteredValue": {"stringValue": one.text}} if one.text else {})


def _rgb(colour: str) -> Request:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return {"red": red, "green": green, "blue": blue}


def _without_lines(sheet: Sheet) -> list[Request]:
    if not sheet.look.has_gridlines or sheet.look.page is None:
        return []
    properties = {"sheetId": sheet.sheet_id, "gridProperties": {"hideGridlines": True}}
    fields = "gridProperties.hideGridlines"
    return [{"updateSheetProperties": {"properties": properties, "fields": fields}}]


def _widths(sheet: Sheet) -> list[Request]:
    return [
        {
            "updateDimensionProperties": {
                "range": {
                    "sheetId": sheet.sheet_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1,
                },
                "properties": {"pixelSize": width},
                "fields": "pixelSize",
            }
        }
        for column, width in enumerate(GUIDE_WIDTHS)
        if sheet.look.widths.get(column, DEFAULT_WIDTH) == DEFAULT_WIDTH
    ]  # fmt: skip


def _mark(sheet: Sheet) -> Request:
    """Seen by programs alone, and gone with the tab."""
    mark = {
        "metadataKey": GUIDE_MARK,
        "metadataValue": "1",
        "location": {"sheetId": sheet.sheet_id},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": mark}}
