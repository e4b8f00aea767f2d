"""The local desk: a workbook server that speaks the Google Sheets API, and a mailbox, for one machine.

    gspread, the bot ──HTTP──► door ──► core ──► sheets_api, drive ──► workbook (memory) ──► store (SQLite)
    smtplib, the bot ──SMTP──► mailbox ──► SQLite

It shares nothing with the bot: whatever works against it goes through the same door as with Google. What it
does not imitate is refused as Google refuses, never half done in silence.
"""

from bot.desk.server import Desk, serve

__all__ = ["Desk", "serve"]
