"""The pictures of a workbook's charts: `/book/{id}/chart/{chartId}.svg?theme=dark|light`."""

from __future__ import annotations

from bot.desk import charts
from bot.desk.book.workbook import Workbook
from bot.desk.errors import ApiError
from bot.desk.wire import Answer, Call

#: A picture opened on its own is a page: it may look as it says and do nothing at all.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def answer(call: Call, book: Workbook, name: str) -> Answer:
    """A chart as it is now, for a light page unless a dark one is asked for."""
    number, dot, kind = name.partition(".")
    if call.method not in {"GET", "HEAD"} or (dot, kind) != (".", "svg"):
        raise ApiError(404)
    for sheet in book.sheets:
        for chart in sheet.meta.get("charts", []):
            if str(chart.get("chartId")) == number:
                picture = charts.svg(book, chart, dark=call.get("theme") == "dark")
                return Answer(200, picture, charts.MIME, (("content-security-policy", POLICY),))
    raise ApiError(404)
