"""The grid and what happens elsewhere: refreshed cells, edits that follow their row, long sheets, screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.desk import Desk
from tests.browser.grid import Grid, area, orders
from tests.desk.client import Workbook


def sort(grid: Grid, order: str = "DESCENDING") -> None:
    """Somebody else sorts by the quantity."""
    whole = {"sheetId": 0, "startRowIndex": 1}
    grid.book.batch({"sortRange": {"range": whole, "sortSpecs": [{"dimensionIndex": 3, "sortOrder": order}]}})


def test_what_others_write_appears_by_itself_and_the_selection_stays(grid: Grid) -> None:
    grid.go("C4")
    grid.press("Shift+ArrowDown")
    grid.book.write("A2", [["20261121-001"]])
    grid.shows("A2", "20261121-001")
    grid.at("C4:C5")


def test_what_changed_lights_up_where_motion_is_welcome(open_page: Callable[..., Page], desk: Desk) -> None:
    book = orders(desk)
    page = open_page(f"/book/{book.id}/0")
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_selector("#stage[data-ready]")
    book.write("B3", [["Changed"]])
    expect(page.locator("#c2-1")).to_have_class(re.compile(r"\bchanged\b"))


def test_an_edit_in_progress_lands_in_the_row_the_person_saw(grid: Grid) -> None:
    grid.go("B2")
    grid.type("Customer One")
    sort(grid)
    grid.shows("A2", "N-6")
    editor = grid.page.locator("textarea.editor")
    expect(editor).to_have_value("Customer One")
    grid.at("B7")
    grid.press("Enter")
    grid.holds("A7:B7", [["N-1", "Customer One"]])
    assert grid.book.raw("A2:B2") == [["N-6", "Customer 6"]]


def test_an_edit_lands_right_though_the_page_has_not_heard_of_the_sort(grid: Grid) -> None:
    grid.page.route("**/view?*", lambda route: None)  # the page learns nothing
    grid.go("B2")
    grid.type("Customer One")
    sort(grid)
    grid.press("Enter")
    grid.holds("A7:B7", [["N-1", "Customer One"]])
    grid.page.unroute_all(behavior="ignoreErrors")


def test_an_edit_in_a_deleted_row_is_told_and_kept(grid: Grid, complaints: list[str]) -> None:
    grid.go("B3")
    grid.type("precious")
    span = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    grid.book.batch({"deleteDimension": {"range": span}})
    grid.shows("B3", "Customer 3")
    grid.press("Enter")
    expect(grid.notice()).to_contain_text("deleted")
    expect(grid.notice()).to_contain_text("precious")
    assert grid.book.raw("B3") == [["Customer 3"]]
    complaints.clear()  # the browser notes the 409


def test_two_windows_see_each_other(open_grid: Callable[..., Grid], desk: Desk) -> None:
    book = orders(desk)
    one, two = open_grid(book), open_grid(book)
    one.go("B2")
    one.type("from one", "Enter")
    two.shows("B2", "from one")


def test_a_hundred_thousand_rows_scroll_to_their_end(open_grid: Callable[..., Grid], desk: Desk) -> None:
    book = Workbook(desk, desk.workbook("Long"))
    book.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 99_000}})
    for start in range(0, 100_000, 25_000):
        book.write(f"A{start + 1}", [[n, f"Customer {n}"] for n in range(start + 1, start + 25_001)])
    grid = open_grid(book)
    grid.go("A1")
    grid.press("Control+End")
    grid.shows("B100000", "Customer 100000")
    grid.press("Control+Home")
    grid.shows("B1", "Customer 1")
    grid.press("Control+ArrowDown")
    grid.at("A100000")
    grid.press("Control+Home")
    grid.page.locator("#grid").evaluate("element => { element.scrollTop = element.scrollHeight / 2 }")
    expect(grid.page.get_by_text("Customer 50001", exact=True)).to_be_visible()
    assert grid.page.locator("#grid .row").count() < 120
    grid.go("B77777")
    grid.shows("B77777", "Customer 77777")


def test_home_leads_back_to_the_beginning_past_frozen_cells(
    open_grid: Callable[..., Grid], desk: Desk
) -> None:
    book = Workbook(desk, desk.workbook("Frozen"))
    frozen = {"sheetId": 0, "gridProperties": {"frozenRowCount": 1, "frozenColumnCount": 1}}
    fields = "gridProperties(frozenRowCount,frozenColumnCount)"
    book.batch({"updateSheetProperties": {"properties": frozen, "fields": fields}})
    book.write("A1", [[f"head {n}" for n in range(20)], *([n] * 20 for n in range(500))])
    grid = open_grid(book)
    grid.go("T400")
    expect(grid.cell("B2")).to_be_hidden()
    grid.press("Control+Home")
    grid.at("A1")
    expect(grid.cell("B2")).to_be_visible()
    grid.go("T400")
    grid.press("Home")
    grid.at("A400")
    expect(grid.cell("B400")).to_be_visible()


def test_the_heading_stays_while_rows_scroll(grid: Grid) -> None:
    grid.page.locator("#grid").evaluate("element => { element.scrollTop = 5000 }")
    expect(grid.cell("A1")).to_be_in_viewport()
    grid.shows("A1", "Order No.")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("width", [360, 1440])
def test_only_the_grid_scrolls_sideways(
    open_grid: Callable[..., Grid],
    desk: Desk,
    picture: Callable[[Page, str], Path],
    width: int,
    locale: str,
    dark: bool,
) -> None:
    book = orders(desk)
    fill = {"userEnteredFormat": {"backgroundColor": {"red": 0.9, "green": 0.95, "blue": 1}}}
    book.batch({"repeatCell": {"range": area(0, 0, 1, 6), "cell": fill, "fields": "userEnteredFormat"}})
    grid = open_grid(book, width=width, locale=locale, dark=dark)
    grid.press("ArrowRight")
    wide = grid.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    picture(grid.page, f"grid-{width}-{locale}-{'dark' if dark else 'light'}")


def test_a_tap_selects_and_a_second_one_edits(browser, desk: Desk) -> None:
    book = orders(desk)
    context = browser.new_context(
        base_url=desk.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"/book/{book.id}/0")
    page.wait_for_selector("#stage[data-ready]")
    grid = Grid(page, book)
    grid.cell("B2").tap()
    grid.at("B2")
    expect(page.locator("textarea.editor")).not_to_have_class(re.compile("open"))
    box = grid.cell("B2").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 20, box["y"] + 8)
    editor = page.locator("textarea.editor.open")
    expect(editor).to_have_value("Customer 1")
    editor.fill("Tapped")
    grid.press("Enter")
    grid.holds("B2", [["Tapped"]])
    context.close()


def test_the_active_cell_is_said_aloud(grid: Grid) -> None:
    grid.go("C3")
    expect(grid.page.locator("#spoken")).to_have_text("C3, Status, open")
    table = grid.page.get_by_role("grid")
    expect(table).to_have_attribute("aria-rowcount", "1001")
    expect(grid.cell("C3")).to_have_attribute("aria-colindex", "4")
    expect(grid.cell("C3")).to_have_attribute("aria-selected", "true")
