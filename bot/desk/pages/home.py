"""The first page: what this is, what to try, and the workbooks that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.desk.book.workbook import Workbook
from bot.desk.errors import ApiError
from bot.desk.forms.company import company_of, sheet_of
from bot.desk.forms.questions import FORMS, Missing, place_of
from bot.desk.pages.latest import KEYS, Order, newest_orders
from bot.desk.pages.visible import visible_books
from bot.desk.wire import Answer, Call
from sheets_schema import AUTOMATIONS, CONTRACTS, Tab
from sheets_schema.workflow import APPROVED, PENDING, state_of

if TYPE_CHECKING:
    from bot.desk.parts import Parts


def answer(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """`/`: a short guide through the workbook last changed that takes orders, and every workbook."""
    if rest or call.method not in {"GET", "HEAD"}:
        raise ApiError(404)
    books = visible_books(desk, call)
    taking = {
        name: {book.id for book in books if not isinstance(place_of(book, form), Missing)}
        for name, form in FORMS.items()
    }
    guided = [book for book in books if book.id in taking["order"] and company_of(book).products]
    company = guided[0] if guided else None
    latest = newest_orders(company) if company else []
    return desk.frame.page(
        call,
        "home.html",
        books=books,
        taking=taking,
        company=company,
        orders=_orders(company, latest) if company else "",
        reviewed=_to_review(latest),
        review_words=_review_words(company) if company else {},
        automations=_address(company, AUTOMATIONS) if company else "",
        latest=latest,
        columns=[CONTRACTS.by_key[key] for key in KEYS],
        mails=desk.mailbox.extent()[1],
    )


def _orders(book: Workbook, latest: list[Order]) -> str:
    """The address of the order book, at its newest number; the workbook's first tab where there is none."""
    for order in latest:
        if order.texts["order_no"]:
            return order.address
    return _address(book, CONTRACTS) or f"/book/{quote(book.id)}"


def _to_review(latest: list[Order]) -> str:
    """The address of the Status cell of the newest order that waits for its review, else of the newest; "" without."""
    numbered = [order for order in latest if order.texts["order_no"] and order.status_address]
    waiting = [order for order in numbered if state_of(order.texts["status"]) is PENDING]
    return next((order.status_address for order in (*waiting, *numbered)), "")


def _review_words(book: Workbook) -> dict[str, str]:
    """What to choose, and in which column, as the workbook has it: its language need not be the page's."""
    sheet = sheet_of(book, CONTRACTS)
    language = "zh-CN" if sheet is not None and sheet.title == CONTRACTS.zh else "en"
    return {
        "approved": APPROVED.title(language),
        "reviewer": CONTRACTS.by_key["reviewer"].title(language),
    }


def _address(book: Workbook, tab: Tab) -> str:
    """The address of a tab; "" where the workbook has none."""
    sheet = sheet_of(book, tab)
    return f"/book/{quote(book.id)}/{sheet.id}" if sheet else ""
