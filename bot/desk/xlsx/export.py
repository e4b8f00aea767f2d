"""Writes a workbook as an .xlsx file.

openpyxl writes all parts of the file but the rows of its sheets, for which it leaves room (`rows_out`). What
has no counterpart in such a file stays behind: filter views, metadata, slicers, protections of single ranges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook as File
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from bot.desk.book.a1 import quoted
from bot.desk.book.grid import Extra, Row
from bot.desk.book.locales import locale_of
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.xlsx import charts_out, rows_out, rules_out, texts
from bot.desk.xlsx.conditions_out import Terms
from bot.desk.xlsx.looks_out import FONT, SIZE, Looks, argb
from sheets_schema.titles import column_letter

Json = dict[str, Any]

SHEET_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
SHEET_PART = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')
LINKS = {"http", "https", "mailto"}
RESERVED = "history"  #: a title Excel keeps for itself
LONGEST_TITLE, LONGEST_LINK = 31, 2079
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LOOKS_LIKE_CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*C?\d*|C\d*", re.IGNORECASE)
CUT = "The text was longer than a cell of an .xlsx file can be and ends here. · 文本超出 .xlsx 单元格长度，已截断。"
LEVEL = 3  #: of compression; more takes twice as long and saves a tenth


def exported(book: Workbook) -> bytes:
    """The file."""
    file = File()
    file.remove(file.worksheets[0])
    _set_font(file)
    file.properties.title = texts.plain(book.title)[:255]
    titles = _titles(book)
    terms = Terms(book.locale, {old.casefold(): new for old, new in titles.items() if old != new})
    contexts = []
    for sheet in book.sheets:
        tab = file.create_sheet(titles[sheet.title])
        looks = Looks(tab, book.locale)
        contexts.append(rows_out.Context(looks, terms.titles, locale_of(book.locale).decimal))
        _furnish(sheet, tab, terms)
        charts_out.put_charts(book, sheet, tab, titles)
    _name_ranges(book, file, titles)
    if all(sheet.properties.get("hidden") for sheet in book.sheets):
        file.worksheets[0].sheet_state = "visible"
    # The looks are numbered while rows are written, and the file's list of looks is written after that.
    rows = [_rows(sheet, context) for sheet, context in zip(book.sheets, contexts, strict=True)]
    draft = BytesIO()
    file.save(draft)
    return _with_rows(draft, book, rows)


def _set_font(file: File) -> None:
    """Set the font of cells without one of their own; openpyxl offers no other way."""
    inner: Any = file
    inner._fonts = IndexedList([Font(name=FONT, sz=SIZE)])
    inner._named_styles["Normal"].font = Font(name=FONT, sz=SIZE)


def _rows(sheet: Sheet, context: rows_out.Context) -> list[bytes]:
    return list(rows_out.chunks(sheet, context))


def _with_rows(draft: BytesIO, book: Workbook, rows: list[list[bytes]]) -> bytes:
    """The file with the rows put where openpyxl left room."""
    finished = BytesIO()
    with ZipFile(draft) as parts, ZipFile(finished, "w", ZIP_DEFLATED, compresslevel=LEVEL) as out:
        for name in parts.namelist():
            head, tail, body = parts.read(name), b"", []
            part = SHEET_PART.fullmatch(name)
            if part:
                number = int(part[1]) - 1
                room = SHEET_DATA.search(head)
                if room is None:
                    raise RuntimeError("openpyxl left no room for the rows")
                body = rows[number]
                head, tail = _measured(head[: room.start()], book.sheets[number]), head[room.end() :]
            with out.open(name, "w") as stream:
                stream.write(head)
                for chunk in body:
                    stream.write(chunk)
                stream.write(tail)
    return finished.getvalue()


def _measured(head: bytes, sheet: Sheet) -> bytes:
    """The beginning of a sheet with the size its cells have; some readers believe it."""
    rows = sheet.grid.rows
    width = max((row.width for row in rows), default=0) or 1
    ref = f"A1:{column_letter(width - 1)}{max(len(rows), 1)}"
    return DIMENSION.sub(f'<dimension ref="{ref}"/>'.encode(), head)


def _titles(book: Workbook) -> dict[str, str]:
    """The titles of tabs as Excel takes them: 31 characters, some signs not among them, each once."""
    taken: set[str] = set()
    titles = {}
    for sheet in book.sheets:
        plain = NOT_IN_TITLES.sub("_", texts.plain(sheet.title)).strip("'")[:LONGEST_TITLE] or "Sheet"
        plain = f"{plain}_" if plain.casefold() == RESERVED else plain
        title, count = plain, 1
        while title.casefold() in taken:
            count += 1
            title = f"{plain[: LONGEST_TITLE - len(str(count)) - 1]}_{count}"
        taken.add(title.casefold())
        titles[sheet.title] = title
    return titles


def _furnish(sheet: Sheet, tab: Worksheet, terms: Terms) -> None:
    """Everything of a sheet but its cells."""
    properties, grid = sheet.properties, sheet.properties["gridProperties"]
    frozen = grid.get("frozenRowCount", 0), grid.get("frozenColumnCount", 0)
    if any(frozen):
        tab.freeze_panes = f"{column_letter(frozen[1])}{frozen[0] + 1}"
    tab.sheet_view.showGridLines = not grid.get("hideGridlines")
    tab.sheet_view.rightToLeft = properties.get("rightToLeft") or None
    tab.sheet_state = "hidden" if properties.get("hidden") else "visible"
    colour = argb(properties, "tabColor")
    if colour:
        tab.sheet_properties.tabColor = colour
    tab.sheet_format.defaultRowHeight = 15.75
    tab.sheet_format.defaultColWidth = _characters(100)
    for index, column in sheet.columns().items():
        dimension = tab.column_dimensions[column_letter(int(index))]
        if column.get("pixelSize"):
            dimension.width = _characters(column["pixelSize"])
        dimension.hidden = bool(column.get("hiddenByUser"))
    for merge in sheet.meta.get("merges", []):
        tab.merged_cells.add(
            CellRange(
                min_row=merge["startRowIndex"] + 1,
                min_col=merge["startColumnIndex"] + 1,
                max_row=merge["endRowIndex"],
                max_col=merge["endColumnIndex"],
            )
        )
    if sheet.meta.get("basicFilter"):
        tab.auto_filter.ref = rules_out.block(sheet.meta["basicFilter"]["range"], sheet).name
    tab.protection.sheet = any(_covers_all(one, sheet) for one in sheet.meta.get("protectedRanges", []))
    rules_out.put_validations(sheet, tab, terms)
    rules_out.put_conditional_formats(sheet, tab, terms)
    _annotate(sheet.grid.rows, tab)


def _characters(pixels: int) -> float:
    """A width in the characters Excel counts in."""
    return max(pixels - 5, 0) / 7


def _covers_all(protected: Json, sheet: Sheet) -> bool:
    area = rules_out.block(protected.get("range", {}), sheet)
    everything = (area.top, area.left) == (0, 0) and area.bottom >= sheet.row_count
    whole = everything and area.right >= sheet.column_count
    return whole and not protected.get("warningOnly") and not protected.get("unprotectedRanges")


def _annotate(rows: list[Row], tab: Worksheet) -> None:
    """Notes, links and a word on every text that had to be cut."""
    known: dict[int, list[tuple[int, str, str]]] = {}  # by the id of extras, which the rows keep alive
    for number, row in enumerate(rows, 1):
        if any(type(value) is str and len(value) > texts.LONGEST for value in row.values):
            for column, value in enumerate(row.values, 1):
                if isinstance(value, str) and len(value) > texts.LONGEST:
                    tab.cell(number, column).comment = Comment(CUT, "")
        if not row.extras:
            continue
        if id(row.extras) not in known:
            known[id(row.extras)] = _annotations(row.extras)
        for column, note, link in known[id(row.extras)]:
            if note:
                tab.cell(number, column + 1).comment = Comment(note, "")
            if link and row.cell(column).value != "":
                tab.cell(number, column + 1).hyperlink = link


def _annotations(extras: dict[int, Extra]) -> list[tuple[int, str, str]]:
    """Column, note and link of the cells that have either."""
    found = []
    for column, extra in extras.items():
        link = _link(extra.style.data) if extra.style else ""
        if extra.note or link:
            note = texts.plain(extra.note or "")
            found.append((column, note, link))
    return found


def _link(look: Json) -> str:
    """Where a cell leads, if it is somewhere a file should lead."""
    text = look.get("userEnteredFormat", {}).get("textFormat", {})
    runs = [run.get("format", {}) for run in look.get("textFormatRuns", [])]
    uris = [one.get("link", {}).get("uri", "") for one in (text, *runs)]
    found = next((uri for uri in (*uris, str(look.get("hyperlink", ""))) if uri), "")
    try:
        fits = urlsplit(found).scheme in LINKS and len(found) <= LONGEST_LINK
    except ValueError:
        return ""
    return found if fits and found.isprintable() else ""


def _name_ranges(book: Workbook, file: File, titles: Mapping[str, str]) -> None:
    for named in book.meta.get("namedRanges", []):
        if LOOKS_LIKE_CELL.fullmatch(named["name"]):
            continue  # a cell to Excel
        sheet = book.sheet(named["range"].get("sheetId", 0))
        area = rules_out.block(named["range"], sheet)
        cells = f"${column_letter(area.left)}${area.top + 1}:${column_letter(area.right - 1)}${area.bottom}"
        text = f"{quoted(titles[sheet.title])}!{cells}"
        file.defined_names[named["name"]] = DefinedName(named["name"], attr_text=text)
