"""Workbooks as .xlsx files, and such files as workbooks.

    workbook ──► export, looks_out, rules_out, charts_out, rows_out ──► file
    file ──► package ──► importing, rows_in, looks_in, rules_in ──► workbook

A file is made and read in one go while the desk's other callers wait.
"""

from bot.desk.xlsx.export import exported

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

__all__ = ["MIME", "exported"]
