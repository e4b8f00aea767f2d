"""The local desk: a workbook server that speaks the Google Sheets API, pages to see it, and a mailbox.

    gspread, the bot ─HTTP─┐                ┌─► google/  Sheets and Drive ─► changes/ ─┐
    a browser ───────HTTP──┴► web/ ─► core ─┼─► pages/   grid, forms, mailbox ─────────┼─► book/  cells, formulas/
                                            └─► switches/ faults for tests             │      │
    smtplib, the bot ─SMTP─► mail/ ─► SQLite                                  access/ ─┘    store (SQLite)

It shares `sheets_schema` with the bot and nothing else: whatever works against it goes through the same door as
with Google. What it does not imitate is refused as Google refuses, never half done in silence.
"""

from bot.desk.server import Desk, serve

__all__ = ["Desk", "serve"]
