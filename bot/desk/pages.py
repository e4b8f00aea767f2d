"""The desk's pages: workbooks, their tabs as tables, and the mailbox; read-only HTML without scripts.

Everything that comes from cells or mails is escaped. A mail's HTML is shown in a frame that runs and loads
nothing.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

from bot.desk import a1, cells
from bot.desk.errors import ApiError
from bot.desk.mailbox import Mailbox
from bot.desk.store import Store
from bot.desk.wire import Answer, Call
from bot.desk.workbook import Sheet, Workbook

STYLE = files("bot.desk").joinpath("desk.css").read_text(encoding="utf-8")
MAX_ROWS = 500
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
#: The one script of these pages; it knows nothing but the address it stands at.
GO_TO_TAB = (
    "var at=location.pathname.split('/')[3],tab=/gid=(\\d+)/.exec(location.hash);"
    "location.replace('/book/'+encodeURIComponent(at)+(tab?'/'+tab[1]:''))"
)
GO_TO_TAB_HASH = b64encode(sha256(GO_TO_TAB.encode()).digest()).decode()
MAIL_POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"


def answer(store: Store, mailbox: Mailbox, call: Call) -> Answer:
    """The page at a path."""
    parts = [unquote(part) for part in call.path.strip("/").split("/") if part]
    if not parts:
        return _page("Order Desk · 工作台", _workbooks(store))
    if parts[0] == "mail" and len(parts) == 1:
        return _page("Mailbox · 邮箱", _mails(mailbox))
    if parts[0] == "mail" and len(parts) == 2 and parts[1].isdecimal():
        mail = mailbox.mail(int(parts[1]))
        if mail is not None:
            return _page(mail["subject"] or "(no subject · 无主题)", _mail(mail), refresh=False)
    if parts[:2] == ["spreadsheets", "d"] and len(parts) == 4 and parts[2] in store.workbooks:
        return _opened(parts[2])
    if parts[0] == "book" and len(parts) in {2, 3}:
        book = store.workbooks.get(parts[1])
        if book is not None:
            wanted = parts[2] if len(parts) == 3 else ""
            sheet = next((s for s in book.sheets if str(s.id) == wanted), book.first_visible())
            return _page(book.title, _tabs(book, sheet) + _table(book, sheet))
    raise ApiError(404)


def _opened(book_id: str) -> Answer:
    """A workbook's address as its mails link to it: the tab is named behind the #, which no server ever sees."""
    page = f"/book/{quote(book_id)}"
    html = f'<!doctype html><meta charset="utf-8"><title>…</title><script>{GO_TO_TAB}</script><a href="{page}">→</a>'
    headers = (("content-security-policy", f"default-src 'none'; script-src 'sha256-{GO_TO_TAB_HASH}'"),)
    return Answer(200, html.encode(), "text/html; charset=utf-8", headers)


def _page(title: str, body: str, refresh: bool = True) -> Answer:
    refresher = '<meta http-equiv="refresh" content="3">' if refresh else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{refresher}<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        '<header><nav><a href="/">Workbooks · 表格</a> <a href="/mail">Mailbox · 邮箱</a></nav>'
        f"<h1>{escape(title)}</h1></header><main>{body}</main></body></html>"
    )
    headers = (("content-security-policy", POLICY), ("referrer-policy", "no-referrer"))
    return Answer(200, html.encode(), "text/html; charset=utf-8", headers)


def _workbooks(store: Store) -> str:
    if not store.workbooks:
        return '<p class="empty">No workbook yet. · 还没有表格。</p>'
    newest_first = sorted(store.workbooks.values(), key=lambda b: b.meta["modifiedTime"], reverse=True)
    items = "".join(
        f'<li><a href="/book/{quote(book.id)}">{escape(book.title)}</a>'
        f"<small>{escape(book.meta['modifiedTime'])} · {len(book.sheets)} tabs</small>"
        f"<code>{escape(book.id)}</code></li>"
        for book in newest_first
    )
    return f'<ul class="list">{items}</ul>'


def _tabs(book: Workbook, current: Sheet) -> str:
    links = "".join(
        f'<a href="/book/{quote(book.id)}/{sheet.id}"{" aria-current=page" if sheet is current else ""}>'
        f"{escape(sheet.title)}</a>"
        for sheet in book.sheets
        if not sheet.properties.get("hidden")
    )
    return f'<nav class="tabs">{links}</nav>'


def _table(book: Workbook, sheet: Sheet) -> str:
    rows = sheet.grid.rows
    shown = rows[:MAX_ROWS]
    hidden = {int(index) for index, column in sheet.columns().items() if column.get("hiddenByUser")}
    width = min(max((len(row.values) for row in shown), default=0) + 1, sheet.column_count)
    columns = [index for index in range(max(width, min(8, sheet.column_count))) if index not in hidden]
    frozen = sheet.properties["gridProperties"].get("frozenRowCount", 0)
    head = "".join(f"<th scope=col>{a1.letters(index)}</th>" for index in columns)
    lines = []
    for number, row in enumerate(shown):
        if row.props.get("hiddenByUser"):
            continue
        line = "".join(f"<td>{escape(cells.formatted(row, column, book.locale))}</td>" for column in columns)
        mark = ' class="frozen"' if number < frozen else ""
        lines.append(f"<tr{mark}><th scope=row>{number + 1}</th>{line}</tr>")
    more = ""
    if len(rows) > MAX_ROWS:
        more = f"<p>{len(rows) - MAX_ROWS} more rows · 还有 {len(rows) - MAX_ROWS} 行</p>"
    return (
        f'<div class="grid" tabindex="0"><table><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>{more}"
    )


def _mails(mailbox: Mailbox) -> str:
    mails = mailbox.mails(limit=200)
    if not mails:
        return '<p class="empty">No mail yet. · 还没有邮件。</p>'
    items = "".join(
        f'<li><a href="/mail/{mail["id"]}">{escape(mail["subject"] or "(no subject · 无主题)")}</a>'
        f"<small>{escape(', '.join(mail['to']))} · {escape(mail['received_at'])}</small></li>"
        for mail in mails
    )
    return f'<ul class="list">{items}</ul>'


def _mail(mail: dict[str, Any]) -> str:
    headers = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in mail["headers"].items()
    )
    framed = ""
    if mail["html"]:
        source = escape(MAIL_POLICY + mail["html"], quote=True)
        framed = f'<iframe sandbox="" title="HTML" referrerpolicy="no-referrer" srcdoc="{source}"></iframe>'
    text = f"<h2>Text · 文本</h2><pre>{escape(mail['text'])}</pre>" if mail["text"] else ""
    return (
        f"<p>{escape(mail['from'])} → {escape(', '.join(mail['to']))}</p>{framed}{text}"
        f"<details><summary>Headers · 邮件头</summary><table>{headers}</table></details>"
        f'<p><a href="/_desk/mail/{mail["id"]}/raw">Raw · 原文</a></p>'
    )
