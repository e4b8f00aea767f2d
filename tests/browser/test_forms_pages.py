"""The order form and the feedback form in a browser, as people with a keyboard, a phone or no scripts use them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.desk import Desk
from sheets_schema.feedback import FEEDBACK
from tests.desk.client import Workbook
from tests.desk.sample_company import company, entries

Open = Callable[..., Page]
Picture = Callable[[Page, str], Path]


@pytest.fixture(scope="module")
def book(desk: Desk) -> Workbook:
    return company(desk)


@pytest.fixture
def form(book: Workbook) -> str:
    """The address of an order form whose tab is empty."""
    book.ok("POST", "/values/'订单录入表'!A2:Z100:clear", {})
    return f"/form/order/{book.id}"


def meant(complaints: list[str], code: str) -> None:
    """Take out the one complaint about a page that was meant to come with this code."""
    (one,) = [text for text in complaints if f"status of {code}" in text]
    complaints.remove(one)


def fill_in(page: Page) -> None:
    page.get_by_label("Salesperson").select_option("李娜")
    page.get_by_label("Customer").fill("C-1")
    page.get_by_label("Product").select_option("工作站")
    page.get_by_label("Specification").select_option("专业版")
    page.get_by_label("Quantity").fill("3")


def test_an_order_is_sent_with_the_keyboard_alone(open_page: Open, form: str, book: Workbook) -> None:
    page = open_page(form)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Salesperson")).to_be_focused()
    for keys in ("李娜", "Nordlicht GmbH", "Licence", "", "25"):
        page.keyboard.type(keys) if keys.isascii() else page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your order was sent")).to_be_visible()
    (row,) = entries(book)
    assert [row[key] for key in ("salesperson", "customer", "product", "quantity")] == [
        "李娜", "Nordlicht GmbH", "Licence", 25,
    ]  # fmt: skip


def test_what_is_wrong_stands_on_top_and_beside_its_question(
    open_page: Open, form: str, book: Workbook
) -> None:
    page = open_page(form)
    page.get_by_role("button", name="Send the order").click()
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_count(4)
    expect(page.locator("#quantity-wrong")).to_have_text("Please answer this.")
    expect(page.get_by_label("Quantity")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name="Quantity").click()
    expect(page.get_by_label("Quantity")).to_be_focused()
    page.keyboard.type("-1")
    page.keyboard.press("Tab")
    expect(page.locator("#quantity-wrong")).to_have_text("Please give a number greater than 0.")
    page.get_by_label("Quantity").fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#quantity-wrong")).to_have_text("")
    expect(summary.get_by_role("listitem")).to_have_count(3)
    assert entries(book) == []


def test_a_question_not_yet_answered_is_not_called_wrong(open_page: Open, form: str) -> None:
    page = open_page(form)
    page.get_by_label("Customer").fill("Nobody Ltd")
    page.keyboard.press("Tab")
    expect(page.locator("#customer-wrong")).to_contain_text("“Nobody Ltd” is not in the customer list")
    expect(page.locator("#quantity-wrong")).to_have_text("")


def test_the_specifications_are_those_of_the_product(open_page: Open, form: str) -> None:
    page = open_page(form)
    options = page.get_by_label("Specification").locator("option")
    expect(options).to_have_text(["Choose a product first"])
    page.get_by_label("Product").select_option("工作站")
    expect(options).to_have_text(["Choose …", "标准版", "专业版"])
    page.get_by_label("Product").select_option("Licence")
    expect(options).to_have_text(["This product has none"])


def test_the_list_price_and_the_total_are_told(open_page: Open, form: str) -> None:
    page = open_page(form)
    fill_in(page)
    expect(page.locator("#unit_price-help")).to_contain_text("List price 19,800")
    expect(page.locator("#unit_price-help")).to_contain_text("3 × 19,800 = 59,400")


def test_the_receipt_waits_and_then_shows_the_number(open_page: Open, form: str, book: Workbook) -> None:
    page = open_page(form)
    fill_in(page)
    page.get_by_role("button", name="Send the order").click()
    expect(page.locator("#status")).to_have_text("Waiting for its number …")
    expect(page.get_by_role("link", name="Show the entry")).to_be_visible()
    book.write("合同订单表!A2", [["20261122-001"]])
    book.write("订单录入表!O2:P2", [["20261122-001", "→ 20261122-001"]])
    expect(page.locator("#order_no")).to_have_text("20261122-001")
    expect(page.locator("#status")).to_have_text("The order has its number")
    expect(page.get_by_role("link", name="Show the order")).to_have_attribute(
        "href", f"/book/{book.id}/101?cell=A2"
    )


def test_the_receipt_shows_a_problem_and_then_that_it_is_mended(
    open_page: Open, form: str, book: Workbook
) -> None:
    page = open_page(form)
    fill_in(page)
    page.get_by_role("button", name="Send the order").click()
    expect(page.locator("#status")).to_have_text("Waiting for its number …")
    book.write("订单录入表!P2", [["<b>Customer has no e-mail</b>"]])
    expect(page.locator("#result")).to_have_text("<b>Customer has no e-mail</b>")
    expect(page.locator("#status")).to_have_text("Something needs mending")
    book.write("订单录入表!O2:P2", [["20261122-002", "→ 20261122-002"]])
    expect(page.locator("#status")).to_have_text("The order has its number")


def test_two_quick_clicks_send_one_order(open_page: Open, form: str, book: Workbook) -> None:
    page = open_page(form)
    fill_in(page)
    page.get_by_role("button", name="Send the order").dblclick()
    expect(page.get_by_role("heading", name="Your order was sent")).to_be_visible()
    assert len(entries(book)) == 1


def test_the_form_works_without_scripts(
    open_page: Open, form: str, book: Workbook, complaints: list[str]
) -> None:
    page = open_page(form, scripts=False)
    page.get_by_label("Salesperson").select_option("李娜")
    page.get_by_role("button", name="Send the order").click()
    expect(page.locator("#summary").get_by_role("listitem")).to_have_count(3)
    meant(complaints, "422")
    expect(page.get_by_label("Salesperson")).to_have_value("李娜")
    fill_in(page)
    page.get_by_role("button", name="Send the order").click()
    expect(page.get_by_role("heading", name="Your order was sent")).to_be_visible()
    assert len(entries(book)) == 1


def test_feedback_is_rated_with_the_arrow_keys(open_page: Open, book: Workbook) -> None:
    page = open_page(f"/form/feedback/{book.id}?order=20261122-001", locale="zh-CN")
    page.get_by_label("订单编号").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("很满意")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_role("heading", name="感谢您的反馈")).to_be_visible()
    row = entries(book, FEEDBACK)[-1]
    assert [row[key] for key in ("quality", "timeliness", "service", "comments")] == [4, 4, 4, "很满意"]


def test_the_first_page_counts_along(open_page: Open, desk: Desk) -> None:
    page = open_page("/")
    count = page.locator("#counters dd").first
    before = int(count.inner_text())
    desk.workbook("Another one")
    expect(count).to_have_text(str(before + 1))
    expect(page.get_by_role("link", name="Another one")).to_be_visible()


PATHS = ("/", "/form/order/{}", "/form/feedback/{}", "/mail", "/nowhere")
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')]
    .filter((one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel || one.title))
    .map((one) => one.outerHTML)"""


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(("locale", "dark"), [("en", False), ("zh-CN", True)], ids=["en light", "zh dark"])
def test_pages_fit_their_window_and_every_control_has_a_name(
    open_page: Open,
    book: Workbook,
    picture: Picture,
    complaints: list[str],
    locale: str,
    dark: bool,
    width: int,
) -> None:
    page = open_page("/", locale=locale, width=width, dark=dark)
    for path in PATHS:
        page.goto(path.format(book.id))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(NAMELESS) == [], path
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) == len(set(ids)), path
        assert page.locator("h1").count() == 1, path
        name = path.strip("/").replace("/{}", "").replace("/", "-") or "home"
        assert picture(page, f"{name}-{locale}-{width}").stat().st_size > 5000
    meant(complaints, "404")


def test_the_address_in_mails_opens_the_tab_and_the_cell_it_names(open_page: Open, book: Workbook) -> None:
    page = open_page(f"/spreadsheets/d/{book.id}/edit#gid=102&range=B2")
    page.wait_for_url(f"**/book/{book.id}/102?cell=B2")
    expect(page.locator("[data-ready]")).to_be_visible()
