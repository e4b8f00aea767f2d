"""An .xlsx file of values alone, written row by row: no formulas, no links, and no look but number formats.

openpyxl needs minutes for a hundred thousand rows of thirty columns; this needs seconds, and holds one row at a time.
Source: ECMA-376 part 1, 18.3.1 (worksheets) and 18.8 (styles); part 2 for the package.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from sheets_schema import Cell
from sheets_schema.titles import column_letter

#: What a sheet and a cell of Excel can hold.
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 1_048_576, 16_384, 32_767

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
    'state="frozen"/></sheetView></sheetViews>'
)
#: Rows are handed to the packer so many at a time.
_ROWS_AT_ONCE = 500
#: The styles of every file: as it comes, and as text. Those of the number formats follow.
_PLAIN, _TEXT = 0, 1
_OWN_FORMATS = 164

#: What XML cannot carry, and an escape that was typed: both are written as `_x0007_` and read back by Excel.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_LONE_HALF = re.compile("[\ud800-\udfff]")
_ODD = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x")
#: A person who opens such a text and presses Enter would turn it into a formula, were the cell not one for text.
_LIKE_A_FORMULA = ("=", "+", "-", "@", "'", "#", "\t", "\r")


class PlainXlsx:
    """A file while it is written: sheet after sheet, and then its bytes."""

    def __init__(self, patterns: Sequence[str], made_at: datetime) -> None:
        """`patterns` are the number formats that cells may name by their index, plus one."""
        self._out = io.BytesIO()
        self._package = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        self._patterns, self._made_at = tuple(patterns), made_at
        self._names: list[str] = []

    def sheet(
        self, name: str, rows: Iterable[Sequence[Cell]], formats: Sequence[int], *, frozen: bool
    ) -> None:
        """One sheet. `formats` has for each column the number format of its numbers below the first row; 0 = none.

        What Excel has no room for must have been taken out; `name` must be one that it takes.
        """
        self._names.append(name)
        with self._package.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w", force_zip64=True) as file:
            file.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{_FROZEN if frozen else ""}<sheetData>'.encode())
            lines: list[str] = []
            for number, row in enumerate(rows, 1):
                lines.append(_row(number, row, formats if number > 1 else ()))
                if len(lines) == _ROWS_AT_ONCE:
                    file.write("".join(lines).encode())
                    lines.clear()
            file.write("".join(lines).encode() + b"</sheetData></worksheet>")

    def content(self) -> bytes:
        """The whole file; nothing can be added after."""
        numbers = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>'
            for i, name in zip(numbers, self._names, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{i}" Type="{_OFFICE}/relationships/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in numbers
        )
        styles = f'<Relationship Id="rIdS" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_CONTENT}.worksheet+xml"/>'
            for i in numbers
        )
        self._add(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><sheets>{sheets}</sheets></workbook>',
        )
        self._add("xl/_rels/workbook.xml.rels", _relations(links + styles))
        self._add("xl/styles.xml", self._styles())
        self._add(
            "docProps/core.xml",
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{self._made_at:%Y-%m-%dT%H:%M:%SZ}</dcterms:created>'
            "</cp:coreProperties>",
        )
        self._add(
            "_rels/.rels",
            _relations(
                f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
                f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
                'Target="docProps/core.xml"/>'
            ),
        )
        self._add(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>'
            '<Override PartName="/docProps/core.xml" '
            f'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{parts}</Types>',
        )
        self._package.close()
        return self._out.getvalue()

    def _add(self, name: str, text: str) -> None:
        self._package.writestr(name, _HEAD + text)

    def _styles(self) -> str:
        formats = "".join(
            f'<numFmt numFmtId="{_OWN_FORMATS + i}" formatCode={quoteattr(pattern)}/>'
            for i, pattern in enumerate(self._patterns)
        )
        ids = (0, 49, *(_OWN_FORMATS + i for i in range(len(self._patterns))))
        looks = "".join(
            f'<xf numFmtId="{i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
            for i in ids
        )
        count = len(self._patterns)
        own = f'<numFmts count="{count}">{formats}</numFmts>' if count else ""
        return (
            f'<styleSheet xmlns="{_MAIN}">{own}'
            '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(ids)}">{looks}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )


def _relations(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


@lru_cache(maxsize=1024)
def _letters(index: int) -> str:
    return column_letter(index)


def _row(number: int, row: Sequence[Cell], formats: Sequence[int]) -> str:
    cells = []
    for index, cell in enumerate(row):
        if cell == "":
            continue
        place = f"{_letters(index)}{number}"
        if isinstance(cell, str):
            style = f' s="{_TEXT}"' if cell.startswith(_LIKE_A_FORMULA) else ""
            text = cell if _ODD.search(cell) is None else _written(cell)
            cells.append(
                f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'
            )
        elif isinstance(cell, bool):
            cells.append(f'<c r="{place}" t="b"><v>{cell:d}</v></c>')
        elif not math.isfinite(cell):
            cells.append(f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>')
        else:
            known = formats[index] if index < len(formats) else 0
            style = f' s="{_TEXT + known}"' if known else ""
            cells.append(f'<c r="{place}"{style}><v>{cell!r}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>' if cells else ""


def _written(text: str) -> str:
    plain = _LONE_HALF.sub("\ufffd", text)
    return escape(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", plain))
