"""The grid as a test drives it: cells by name, keys, and what the workbook holds in the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from bot.desk import Desk
from bot.desk.book.a1 import column_index
from tests.desk.client import Workbook

HEAD = ["Order No.", "Customer", "Status", "Quantity", "Active", "Notes"]


@dataclass
class Grid:
    """One open workbook page."""

    page: Page
    book: Workbook

    def cell(self, name: str) -> Locator:
        letters = name.rstrip("0123456789")
        return self.page.locator(f"#c{int(name[len(letters) :]) - 1}-{column_index(letters)}")

    def go(self, name: str) -> None:
        """Go to a cell or area by the name box, as a person would."""
        box = self.page.locator("#name")
        box.fill(name)
        box.press("Enter")
        expect(self.page.locator("textarea.editor")).to_be_focused()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str, *after: str) -> None:
        self.page.keyboard.type(text)
        self.press(*after)

    def shows(self, name: str, text: str) -> None:
        expect(self.cell(name)).to_have_text(text)

    def at(self, name: str) -> None:
        expect(self.page.locator("#name")).to_have_value(name)

    def holds(self, range_: str, values: list[list[Any]]) -> None:
        """Wait until the workbook holds these values."""
        until(lambda: self.book.raw(range_) == values, lambda: str(self.book.raw(range_)))

    def notice(self) -> Locator:
        return self.page.locator(".notice")

    def menu(self, entry: str) -> None:
        self.page.get_by_role("menuitem", name=entry).click()


def until(true: Callable[[], bool], shown: Callable[[], str] = str, patience: float = 5.0) -> None:
    """Look again and again until something is true."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, shown()
        time.sleep(0.02)


def area(top: int, left: int, bottom: int, right: int) -> dict[str, int]:
    return {
        "sheetId": 0,
        "startRowIndex": top,
        "startColumnIndex": left,
        "endRowIndex": bottom,
        "endColumnIndex": right,
    }


def orders(desk: Desk, count: int = 6) -> Workbook:
    """A workbook with a frozen heading and some orders."""
    book = Workbook(desk, desk.workbook("Orders", locale="en_US"))
    lines = [[f"N-{n}", f"Customer {n}", "open", n, False, ""] for n in range(1, count + 1)]
    book.write("A1", [HEAD, *lines])
    values = [{"userEnteredValue": text} for text in ("open", "approved", "shipped")]
    listed = {"type": "ONE_OF_LIST", "values": values}
    book.batch(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}},
                "fields": "gridProperties.frozenRowCount",
            }
        },
        {
            "setDataValidation": {
                "range": area(1, 2, 100, 3),
                "rule": {"condition": listed, "strict": True, "inputMessage": "Pick a status."},
            }
        },
        {"setDataValidation": {"range": area(1, 4, 100, 5), "rule": {"condition": {"type": "BOOLEAN"}}}},
    )
    return book


def written(book: Workbook) -> int:
    """How often the workbook was changed so far."""
    answer = book.session.get(
        f"{book.desk.url}/book/{book.id}/0/view", headers={"X-Desk-Page": "1"}, timeout=10
    )
    return int(answer.json()["revision"])
