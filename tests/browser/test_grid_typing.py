"""Typing into the grid: keys as in Sheets, input methods, lists, checkboxes, undo."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from bot.desk import Desk
from tests.browser.grid import Grid, orders, until, written


def test_what_is_typed_is_written_cell_by_cell(grid: Grid) -> None:
    before = written(grid.book)
    grid.go("B8")
    grid.type("Ann", "Tab", "Tab")
    grid.type("12.5", "Enter")
    grid.at("B9")  # Enter returns to where the Tabs began
    grid.holds("B8:D8", [["Ann", "", 12.5]])
    assert written(grid.book) == before + 2


def test_arrows_leave_a_cell_typed_into_and_move_in_one_opened(grid: Grid) -> None:
    grid.go("B2")
    grid.type("new", "ArrowDown")
    grid.at("B3")
    grid.press("F2", "ArrowLeft", "ArrowLeft")
    grid.type("#", "Enter")
    grid.holds("B2:B3", [["new"], ["Customer# 2"]])


def test_escape_keeps_what_was_there_and_delete_clears(grid: Grid) -> None:
    before = written(grid.book)
    grid.go("B2")
    grid.type("never", "Escape")
    grid.shows("B2", "Customer 1")
    assert written(grid.book) == before
    grid.press("Delete")
    grid.holds("B2:B3", [[], ["Customer 2"]])


def test_enter_belongs_to_the_input_method_while_it_composes(grid: Grid) -> None:
    grid.go("B8")
    client = grid.page.context.new_cdp_session(grid.page)
    client.send("Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5})
    client.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229}
    )
    grid.at("B8")
    assert grid.book.raw("B8") == []
    client.send("Input.insertText", {"text": "张三"})
    expect(grid.page.locator("textarea.editor")).to_have_value("张三")
    grid.press("Enter")
    grid.holds("B8", [["张三"]])
    grid.at("B9")


def test_alt_enter_makes_a_line_of_its_own(grid: Grid) -> None:
    grid.go("F2")
    grid.type("one", "Alt+Enter")
    grid.type("two", "Enter")
    grid.holds("F2", [["one\ntwo"]])


def test_the_formula_bar_shows_and_takes_formulas(grid: Grid) -> None:
    grid.go("F2")
    bar = grid.page.locator("#formula")
    bar.fill("=D2*3")
    bar.press("Enter")
    grid.shows("F2", "3")
    grid.press("ArrowUp")
    expect(bar).to_have_value("=D2*3")


def test_a_list_is_opened_narrowed_and_taken_from_by_keys(grid: Grid) -> None:
    grid.go("C2")
    grid.press("Alt+ArrowDown")
    expect(grid.page.get_by_role("option")).to_have_text(["open", "approved", "shipped"])
    grid.press("ArrowDown", "Enter")
    grid.holds("C2", [["approved"]])
    grid.at("C3")
    grid.type("shi")
    expect(grid.page.get_by_role("option")).to_have_text(["shipped"])
    grid.press("Enter")
    grid.holds("C3", [["shipped"]])


def test_a_list_is_opened_and_taken_from_by_mouse(grid: Grid) -> None:
    grid.cell("C4").locator(".open").click()
    grid.page.get_by_role("option", name="approved").click()
    grid.holds("C4", [["approved"]])


def test_what_a_strict_rule_forbids_is_refused_with_its_help_and_offered_again(
    grid: Grid, complaints: list[str]
) -> None:
    grid.go("C2")
    grid.type("lost", "Enter")
    expect(grid.notice()).to_contain_text("Pick a status.")
    expect(grid.notice()).to_contain_text("lost")
    grid.shows("C2", "open")
    grid.page.get_by_role("button", name="Edit again").click()
    expect(grid.page.locator("textarea.editor")).to_have_value("lost")
    grid.press("Escape")
    until(lambda: bool(complaints))
    complaints.clear()  # the browser notes the 400


def test_space_and_a_click_tick_a_checkbox(grid: Grid) -> None:
    grid.go("E2")
    grid.press("Space")
    grid.holds("E2", [[True]])
    expect(grid.cell("E2").get_by_role("checkbox")).to_be_checked()
    grid.cell("E3").get_by_role("checkbox").click()
    grid.holds("E2:E3", [[True], [True]])


def test_undo_and_redo_walk_through_this_windows_writes(grid: Grid) -> None:
    grid.go("B8")
    grid.type("one", "Enter")
    grid.type("two", "Enter")
    grid.holds("B8:B9", [["one"], ["two"]])
    grid.press("Control+z")
    grid.holds("B8:B9", [["one"]])
    grid.press("Control+z")
    grid.holds("B8:B9", [])
    grid.press("Control+Shift+z")
    grid.holds("B8:B9", [["one"]])
    grid.press("Control+Shift+z")
    grid.holds("B8:B9", [["one"], ["two"]])


def test_undo_finds_its_row_after_a_sort(grid: Grid) -> None:
    grid.go("D2")
    grid.type("99", "Enter")
    grid.holds("D2", [[99]])
    sort = {"dimensionIndex": 3, "sortOrder": "DESCENDING"}
    whole = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 6}
    grid.book.batch({"sortRange": {"range": whole, "sortSpecs": [sort]}})
    grid.book.batch({"sortRange": {"range": whole, "sortSpecs": [{**sort, "sortOrder": "ASCENDING"}]}})
    grid.holds("A6:D6", [["N-1", "Customer 1", "open", 99]])
    grid.press("Control+z")
    grid.holds("A6:D6", [["N-1", "Customer 1", "open", 1]])


def test_without_a_connection_nothing_typed_is_lost(
    open_grid: Callable[..., Grid], desk: Desk, complaints: list[str]
) -> None:
    grid = open_grid(orders(desk))
    grid.go("B2")
    grid.page.context.set_offline(True)
    grid.type("kept", "Enter")
    expect(grid.notice()).to_contain_text("Not saved yet")
    grid.shows("B2", "kept")
    grid.page.context.set_offline(False)
    grid.holds("B2", [["kept"]])
    expect(grid.notice()).to_have_count(0)
    complaints.clear()  # the browser notes the lost connection
