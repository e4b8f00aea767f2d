"""The requests of `spreadsheets.batchUpdate`, one function each, grouped by what they change.

A function takes the workbook and the request's body, changes the workbook in memory and returns its reply,
if it has one. Undoing and storing is the caller's business.
"""
