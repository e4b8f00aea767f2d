"""Workbooks as .xlsx files, and such files as workbooks.

    workbook ──► export, looks_out, rules_out, charts_out, rows_out ──► file
    file ──► package ──► importing, rows_in, looks_in, rules_in ──► workbook

A file is made or read in one go while the desk's other callers wait. The modules behind these two functions
import openpyxl, so they are loaded when the first file goes out or comes in: it takes a quarter of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk.book.workbook import Workbook

if TYPE_CHECKING:
    from bot.desk.xlsx.importing import Imported

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(book: Workbook) -> bytes:
    """A workbook as a file."""
    from bot.desk.xlsx import export  # noqa: PLC0415 - see the module's docstring

    return export.exported(book)


def imported(data: bytes, title: str) -> Imported:
    """A file as a new workbook that is in no store yet, and what of it was left out; a 400 if it is no such file."""
    from bot.desk.xlsx import importing  # noqa: PLC0415 - see the module's docstring

    return importing.imported(data, title)
