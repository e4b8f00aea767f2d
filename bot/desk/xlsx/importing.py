"""Reads an .xlsx file as a new workbook.

Values, formulas, looks and what is laid over cells come in; charts, pictures, pivot tables, macros and links
to other files do not. A rule the desk cannot keep is left out and named, and the rest comes in.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

from openpyxl.packaging.relationship import RelationshipList, get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from bot.desk.book.workbook import (
    DEFAULT_COLUMNS,
    DEFAULT_ROWS,
    Sheet,
    Workbook,
    new_file_id,
    new_sheet,
    new_workbook,
)
from bot.desk.changes import kinds
from bot.desk.errors import ApiError, bad_request
from bot.desk.xlsx import package, texts
from bot.desk.xlsx.furnishing import Furnisher
from bot.desk.xlsx.looks_in import Looks
from bot.desk.xlsx.rows_in import SheetReader, string

Json = dict[str, Any]

#: Parts of a file that do not come in, by where they lie in it.
LEFT_OUT = {
    "pictures": re.compile(r"xl/media/.*"),
    "charts": re.compile(r"xl/charts/chart\d+\.xml"),
    "pivot tables": re.compile(r"xl/pivotTables/pivotTable\d+\.xml"),
    "macros": re.compile(r"xl/vbaProject\.bin"),
    "links to other files": re.compile(r"xl/externalLinks/externalLink\d+\.xml"),
}
CELLS = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


@dataclass(frozen=True)
class Imported:
    """A workbook out of a file."""

    book: Workbook
    left_out: dict[str, int]  #: what did not come in, and how many of each


def imported(data: bytes, title: str) -> Imported:
    """The file as a workbook; a 400 that says what is wrong with a file that cannot be read."""
    archive = package.opened(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it drops; `left_out` tells it
        try:
            return _read(data, archive, title)
        except ApiError:
            raise
        except Exception:  # noqa: BLE001 - openpyxl fails in dozens of ways on files that are no such files
            raise bad_request(package.DAMAGED) from None


def _read(data: bytes, archive: ZipFile, title: str) -> Imported:
    reader: Any = ExcelReader(BytesIO(data), keep_links=False)  # half of what is asked of it has no types
    reader.read_manifest()
    reader.read_workbook()
    reader.read_theme()
    apply_stylesheet(reader.archive, reader.wb)
    book = new_workbook(new_file_id(), title)
    looks = Looks(reader.wb, book)
    strings = _strings(reader)
    left_out = Counter(
        {
            name: sum(bool(where.fullmatch(part)) for part in reader.valid_files)
            for name, where in LEFT_OUT.items()
        }
    )
    furnishers = []
    for tab, relation in reader.parser.find_sheets():
        if "worksheet" not in relation.Type or relation.target not in reader.valid_files:
            left_out["sheets that are charts or macros"] += 1
            continue
        with archive.open(relation.target) as source:
            rows = SheetReader(source, strings, looks, reader.wb.epoch == CALENDAR_MAC_1904)
            rows.read()
        left_out["values array formulas spread over other cells"] += rows.spread
        sheet = _sheet(book, str(tab.name), rows)
        if tab.state != "visible":
            sheet.properties["hidden"] = True
        relations = _relations(archive, relation.target)
        furnishers.append(Furnisher(book, sheet, rows, looks, relations))
    if not book.sheets:
        raise bad_request("The file has no sheet with cells.")
    for furnisher in furnishers:  # when all sheets are there: rules on one may name another
        furnisher.furnish(archive, reader.wb._differential_styles)
        left_out += furnisher.left_out
    left_out += _name_ranges(book, reader.parser.defined_names)
    return Imported(book, {name: count for name, count in left_out.items() if count})


def _strings(reader: Any) -> list[str]:
    """The texts cells share."""
    part = reader.package.find(SHARED_STRINGS)
    if part is None:
        return []
    found = []
    with reader.archive.open(part.PartName[1:]) as source:
        for _, element in iterparse(source):  # noqa: S314 - the file is known to bring no document type
            if element.tag == f"{{{SHEET_MAIN_NS}}}si":
                found.append(texts.read(string(element)))
                element.clear()
    return found


def _relations(archive: ZipFile, part: str) -> RelationshipList:
    """What other parts a sheet points at."""
    path = get_rels_path(part)  # type: ignore[no-untyped-call]  # openpyxl says nothing of it
    return get_dependents(archive, path) if path in archive.namelist() else RelationshipList()


def _sheet(book: Workbook, title: str, reader: SheetReader) -> Sheet:
    """A sheet of the rows, as large as it needs to be and no smaller than a new one."""
    book.refuse_title(title)
    sheet_id = book.new_id() if book.sheets else 0
    rows, columns = max(len(reader.rows), DEFAULT_ROWS), max(reader.width, DEFAULT_COLUMNS)
    meta = new_sheet(sheet_id, title, rows, columns).meta
    sheet = Sheet(meta, partial(list, reader.rows), len(reader.rows) + 1)
    book.sheets.append(sheet)
    book.refuse_too_many_cells()
    return sheet


def _name_ranges(book: Workbook, names: Any) -> Counter[str]:
    """Take over names of ranges; those of formulas, of single sheets and of Excel's own use are not."""
    left_out: Counter[str] = Counter()
    for name, defined in names.by_sheet().get("global", {}).items():
        title, _, cells = str(defined.value or "").rpartition("!")
        title = title[1:-1].replace("''", "'") if title.startswith("'") else title
        sheet = book.titled(title) if title else None
        match = CELLS.fullmatch(cells)
        if name.startswith("_xlnm."):
            continue
        if sheet is None or match is None:
            left_out["names"] += 1
            continue
        area = Furnisher.area(sheet, cells)
        request = {"addNamedRange": {"namedRange": {"name": name, "range": area}}}
        try:
            kinds.apply(book, [request])
        except ApiError:
            left_out["names"] += 1
    return left_out
