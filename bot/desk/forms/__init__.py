"""The desk's forms: what a Google Form is to a spreadsheet. They ask, check, and leave one row under the last.

    questions ──► answers, as typed ──► checks ──► a row of the form's tab ──► a receipt that follows it

A form knows the tab's titles and what stands in the workbook, and nothing of what becomes of the row.
"""
