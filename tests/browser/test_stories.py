"""What people see in the browser while the bot works: the real desk, the real worker and the sample company.

The worker runs as the demo runs it, in a thread of its own; nobody reloads a page.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import Page, expect

from bot.demo.fill import LANGUAGE, ZONE, demo_settings, new_workbook
from bot.demo.hand import Hand
from bot.demo.show import work
from bot.desk import Desk
from sheets_schema import CONTRACTS, Owner, Tab
from sheets_schema.titles import column_letter

SOON = 30_000  #: milliseconds: a settling row, a poll, a mail, a mark
POLLS = 2  #: so many more polls have certainly seen what was typed before
NUMBER = re.compile(r"^\d{8}-\d{3}$")
BOTH_SENT = re.compile(r"✓.*✓")
#: Who hears that an order of either team waits for its review.
CHINESE_LEADS = {"wangqiang@sales.example", "zhouhui@sales.example"}
ENGLISH_LEADS = {"sofia@sales.example", "zhouhui@sales.example"}
OpenPage = Callable[..., Page]
Picture = Callable[[Page, str], Path]


@dataclass(frozen=True)
class Office:
    """The sample workbook with a worker on it."""

    desk: Desk
    key: str
    hand: Hand

    def orders(self) -> list[dict[str, str]]:
        """The rows of Contract Orders as they show, from row 2 on."""
        return list(self.hand.rows(CONTRACTS))

    def next_row(self) -> int:
        """The first empty row (1-based)."""
        return 2 + len(self.orders())

    def row_of(self, order_no: str) -> int:
        return 2 + next(i for i, row in enumerate(self.orders()) if row.get("order_no") == order_no)

    def mails(self, order_no: str = "") -> list[dict[str, Any]]:
        """The mails about an order, or all."""
        return [mail for mail in self.desk.mails() if str(mail["subject"]).startswith(order_no)]

    def sheet_id(self, tab: Tab) -> int:
        url = f"{self.desk.url}/v4/spreadsheets/{self.key}"
        sheets = requests.get(url, params={"fields": "sheets.properties"}, timeout=10).json()["sheets"]
        title = tab.title(LANGUAGE)
        return next(s["properties"]["sheetId"] for s in sheets if s["properties"]["title"] == title)

    def address(self, tab: Tab) -> str:
        return f"/book/{self.key}/{self.sheet_id(tab)}"

    def polls(self) -> int:
        """How often the worker has read the workbook."""
        made = requests.get(f"{self.desk.url}/_desk/requests", timeout=10).json()
        return sum("values:batchGet" in one["path"] for one in made)

    def let_poll(self, times: int = POLLS) -> None:
        """Wait until the worker has read the workbook so many times more."""
        before = self.polls()
        until(lambda: self.polls() >= before + times)


def until(holds: Callable[[], bool], seconds: float = SOON / 1000) -> None:
    """Wait for it to hold."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        pause.wait(0.1)


@pytest.fixture(scope="module")
def office(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("demo")
    key = new_workbook(desk, data, datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date())
    settings = demo_settings(desk, key, data)
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(settings, stop), daemon=True)
    thread.start()
    hand = Hand(desk.url, key, LANGUAGE)
    yield Office(desk, key, hand)
    stop.set()
    thread.join(timeout=20)
    hand.close()


def column(key: str) -> int:
    return CONTRACTS.keys(*Owner).index(key)


def cell(page: Page, row: int, key: str) -> Any:
    """The cell of Contract Orders in this row (1-based)."""
    return page.locator(f"#c{row - 1}-{column(key)}")


def go(page: Page, row: int, key: str) -> None:
    """To a cell by its name, as with the box beside the formula bar."""
    page.locator("#name").fill(f"{column_letter(column(key))}{row}")
    page.locator("#name").press("Enter")
    expect(cell(page, row, key)).to_have_class(re.compile(r"\bactive\b"))


def type_into(page: Page, row: int, key: str, text: str) -> None:
    go(page, row, key)
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(cell(page, row, key)).not_to_have_text("")


def answer_yes(page: Page) -> None:
    """Confirm that a cell the bot writes is meant, if this window asks: it asks once."""
    question = page.locator("dialog.question")
    if question.count():
        question.get_by_role("button").first.click()


def open_orders(open_page: OpenPage, office: Office, **how: Any) -> Page:
    page = open_page(office.address(CONTRACTS), **how)
    expect(page.locator("#stage[data-ready=true]")).to_be_attached()
    page.evaluate("window.neverReloaded = true")
    return page


def typed_order(page: Page, row: int, **cells: str) -> str:
    """Type an order in one go; its number once it is there, with both mails marked."""
    for key, text in {**ORDER, **cells}.items():
        type_into(page, row, key, text)
    go(page, row, "order_no")
    expect(cell(page, row, "order_no")).to_have_text(NUMBER, timeout=SOON)
    number = cell(page, row, "order_no").inner_text().strip()
    go(page, row, "mail_status")
    expect(cell(page, row, "mail_status")).to_have_text(BOTH_SENT, timeout=SOON)
    return number


ORDER = {
    "customer": "上海晨光制造",
    "product": "定制雨伞",
    "specification": "折叠",
    "quantity": "40",
    "salesperson": "赵敏",
}


def test_an_order_is_typed_slowly_and_mailed_once_it_is_complete(
    office: Office, open_page: OpenPage, picture: Picture
) -> None:
    orders = open_orders(open_page, office, locale="zh-CN", width=1600, height=900)
    mailbox = open_page("/mail", locale="zh-CN", dark=True)
    mailbox.evaluate("window.neverReloaded = true")
    row, before = office.next_row(), len(office.mails())
    for key, text in ORDER.items():
        type_into(orders, row, key, text)
        if key != "salesperson":
            office.let_poll()
        assert len(office.mails()) == before, f"mailed when {key} was typed"
        assert not office.orders()[row - 2].get("order_no")
    go(orders, row, "order_no")
    expect(cell(orders, row, "order_no")).to_have_text(NUMBER, timeout=SOON)
    number = cell(orders, row, "order_no").inner_text().strip()
    expect(cell(orders, row, "amount")).to_have_text("1,596.00")
    picture(orders, "order-numbered-zh-light")
    go(orders, row, "mail_status")
    expect(cell(orders, row, "mail_status")).to_have_text(BOTH_SENT, timeout=SOON)
    picture(orders, "order-mailed-zh-light")
    expect(mailbox.locator("#letters li", has_text=number)).to_have_count(4)
    picture(mailbox, "mailbox-zh-dark")
    assert {mail["to"][0] for mail in office.mails(number)} == {
        "purchasing@chenguang.example",
        "zhaomin@sales.example",
        *CHINESE_LEADS,
    }
    for page in (orders, mailbox):
        assert page.evaluate("window.neverReloaded"), "somebody reloaded the page"


def test_a_form_answer_gets_its_number_on_the_receipt(
    office: Office, open_page: OpenPage, picture: Picture
) -> None:
    page = open_page(f"/form/order/{office.key}", locale="en")
    picture(page, "order-form-en-light")
    page.locator("#salesperson").select_option("Tom Hale")
    page.locator("#customer").fill("Kestrel Labs")
    page.locator("#product").select_option("Branded USB stick")
    page.locator("#specification").select_option("32 GB")
    page.locator("#quantity").fill("150")
    page.locator("#send").click()
    expect(page.locator("#order_no")).to_have_text(NUMBER, timeout=SOON)
    number = page.locator("#order_no").inner_text().strip()
    expect(page.locator("#mails .count")).to_have_text("4", timeout=SOON)
    picture(page, "receipt-en-light")
    [order] = [row for row in office.orders() if row.get("order_no") == number]
    assert (order["customer"], order["amount"], order["salesperson"]) == (
        "Kestrel Labs",
        "4,485.00",
        "Tom Hale",
    )
    assert {m["to"][0] for m in office.mails(number)} == {
        "purchasing@kestrel.example",
        "tom@sales.example",
        *ENGLISH_LEADS,
    }


def test_thirty_pasted_rows_are_thirty_orders_with_one_mail_a_person(
    office: Office, open_page: OpenPage
) -> None:
    page = open_orders(open_page, office, width=1600, height=900)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row, before = office.next_row(), {mail["id"] for mail in office.mails()}
    keys = CONTRACTS.keys(*Owner)[column("customer") : column("salesperson") + 1]
    lines = [
        {"customer": "Nordlicht GmbH", "product": "Custom lanyard", "quantity": str(300 + i), "salesperson": "Anna Berg"}
        for i in range(30)
    ]  # fmt: skip
    block = "\n".join("\t".join(line.get(key, "") for key in keys) for line in lines)
    page.evaluate("text => navigator.clipboard.writeText(text)", block)
    go(page, row, "customer")
    page.keyboard.press("Control+v")
    expect(cell(page, row, "customer")).to_have_text("Nordlicht GmbH")
    until(lambda: sum(r.get("mail_status", "").count("✓") == 2 for r in office.orders()[row - 2 :]) == 30)
    office.let_poll()
    new = [mail for mail in office.mails() if mail["id"] not in before]
    pasted = office.orders()[row - 2 :]
    numbers = {r["order_no"] for r in pasted}
    assert len(pasted) == len(numbers) == 30
    sent = Counter((str(mail["subject"]).partition(" ")[0], mail["to"][0]) for mail in new)
    people = ("purchasing@nordlicht.example", "anna@sales.example", *ENGLISH_LEADS)
    assert sent == {(number, person): 1 for number in numbers for person in people}


def test_sorting_the_tab_mails_nobody_and_parts_no_order_from_its_number(
    office: Office, open_page: OpenPage, picture: Picture
) -> None:
    page = open_orders(open_page, office, dark=True, width=1600, height=900)
    typed_order(page, office.next_row(), quantity="61")
    office.let_poll()
    rows = sorted(tuple(sorted(row.items())) for row in office.orders())
    mails = len(office.mails())
    go(page, 2, "amount")
    page.locator(f".letter[data-column='{column('amount')}'] .more").click()
    page.get_by_role("menuitem", name="Z → A").click()
    expect(cell(page, 2, "amount")).not_to_have_text("")
    until(lambda: float(office.orders()[0]["amount"].replace(",", "")) > 10_000)
    office.let_poll(4)
    assert sorted(tuple(sorted(row.items())) for row in office.orders()) == rows
    assert len(office.mails()) == mails
    picture(page, "sorted-en-dark")


def test_an_emptied_mail_cell_asks_for_one_more_mail_to_each(office: Office, open_page: OpenPage) -> None:
    page = open_orders(open_page, office, width=1600, height=900)
    row = office.next_row()
    number = typed_order(page, row, quantity="42")
    until(lambda: len(office.mails(number)) == 4)
    # A cell that is emptied before the bot has seen its own mark there counts as a mark that got lost.
    office.let_poll()
    page.keyboard.press("Delete")
    answer_yes(page)
    until(lambda: len(office.mails(number)) == 6)
    expect(cell(page, row, "mail_status")).to_have_text(BOTH_SENT, timeout=SOON)
    office.let_poll()
    assert Counter(mail["to"][0] for mail in office.mails(number)) == {
        "purchasing@chenguang.example": 2,
        "zhaomin@sales.example": 2,
        **dict.fromkeys(CHINESE_LEADS, 1),
    }


def test_a_row_with_a_problem_says_so_and_goes_out_once_it_is_mended(
    office: Office, open_page: OpenPage, picture: Picture
) -> None:
    page = open_orders(open_page, office, locale="zh-CN", dark=True, width=1600, height=900)
    row, before = office.next_row(), len(office.mails())
    for key, text in {**ORDER, "customer": "上海晨光制造厂", "quantity": "43"}.items():
        type_into(page, row, key, text)
    go(page, row, "problem")
    expect(cell(page, row, "problem")).to_contain_text("客户信息表里没有客户“上海晨光制造厂”", timeout=SOON)
    picture(page, "problem-zh-dark")
    assert len(office.mails()) == before
    type_into(page, row, "customer", "上海晨光制造")
    go(page, row, "order_no")
    expect(cell(page, row, "order_no")).to_have_text(NUMBER, timeout=SOON)
    go(page, row, "problem")
    expect(cell(page, row, "problem")).to_have_text("", timeout=SOON)
    go(page, row, "mail_status")
    expect(cell(page, row, "mail_status")).to_have_text(BOTH_SENT, timeout=SOON)
    until(lambda: len(office.mails()) == before + 4)


def test_an_approved_order_is_told_to_its_salesperson_and_the_warehouse(
    office: Office, open_page: OpenPage, picture: Picture
) -> None:
    page = open_orders(open_page, office, locale="zh-CN", width=1600, height=900)
    row = office.next_row()
    number = typed_order(page, row, quantity="44")
    until(lambda: len(office.mails(number)) == 4)
    home = open_page("/", locale="zh-CN")
    expect(home.get_by_role("link", name="订单状态")).to_have_attribute(
        "href", re.compile(rf"\?cell={column_letter(column('status'))}\d+$")
    )
    type_into(page, row, "status", "已审核")
    type_into(page, row, "reviewer", "王强")
    until(lambda: len(office.mails(number)) == 6)
    assert {m["to"][0] for m in office.mails(number)[:2]} == {"zhaomin@sales.example", "machao@sales.example"}
    go(page, row, "reviewed_at")
    expect(cell(page, row, "reviewed_at")).not_to_have_text("", timeout=SOON)
    picture(page, "order-approved-zh-light")


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_of_the_demo_opens_in_both_languages_and_both_lights(
    office: Office, open_page: OpenPage, picture: Picture, locale: str, dark: bool
) -> None:
    name = f"{locale[:2]}-{'dark' if dark else 'light'}"
    home = open_page("/", locale=locale, dark=dark)
    expect(home.locator(f"a[href='/form/order/{office.key}']").first).to_be_visible()
    picture(home, f"home-{name}")
    orders = open_orders(open_page, office, locale=locale, dark=dark, width=1600, height=900)
    expect(cell(orders, 2, "customer")).not_to_have_text("")
    picture(orders, f"orders-{name}")
    board = open_page(f"/book/{office.key}/900", locale=locale, dark=dark, width=1600, height=1100)
    expect(board.locator("#c3-1")).to_have_text(re.compile(r"^[\d,]+$"))
    picture(board, f"board-{name}")
    mailbox = open_page("/mail", locale=locale, dark=dark)
    expect(mailbox.locator("#mailbox")).to_be_visible()
    picture(mailbox, f"mail-{name}")
