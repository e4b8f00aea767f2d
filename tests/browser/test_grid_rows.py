"""Rows and columns in the grid: sorting, inserting, deleting, hiding, widths; by mouse and by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.grid import Grid, area, until


def test_the_sheet_is_sorted_from_a_headings_menu(grid: Grid) -> None:
    heading = grid.page.locator('.letter[data-column="3"]')
    heading.hover()
    heading.get_by_role("button").click()
    grid.menu("Sort sheet Z → A")
    grid.holds("A1:A4", [["Order No."], ["N-6"], ["N-5"], ["N-4"]])
    grid.shows("A2", "N-6")
    grid.shows("A1", "Order No.")


def test_the_sheet_is_sorted_by_keyboard(grid: Grid) -> None:
    grid.go("D4")
    grid.press("Shift+F10")
    expect(grid.page.get_by_role("menuitem").first).to_be_focused()
    item = grid.page.get_by_role("menuitem", name="Sort sheet Z → A")
    while not item.evaluate("element => element === document.activeElement"):
        grid.press("ArrowDown")
    grid.press("Enter")
    grid.holds("D2:D3", [[6], [5]])
    expect(grid.page.locator("textarea.editor")).to_be_focused()


def test_rows_are_inserted_and_deleted_from_the_menu(grid: Grid) -> None:
    grid.cell("A3").click()
    grid.press("Shift+ArrowDown")
    grid.cell("A3").click(button="right")
    grid.menu("Insert 2 above")
    grid.holds("A2:A5", [["N-1"], [], [], ["N-2"]])
    grid.page.locator('.row-number[data-row="1"]').click()
    grid.press("Shift+F10")
    grid.menu("Delete rows (1)")
    grid.holds("A2:A4", [[], [], ["N-2"]])


def test_columns_are_inserted_hidden_and_shown_again(grid: Grid) -> None:
    grid.page.locator('.letter[data-column="1"]').click()
    grid.press("Shift+F10")
    grid.menu("Insert 1 to the left")
    grid.holds("A1:C1", [["Order No.", "", "Customer"]])
    grid.shows("C2", "Customer 1")
    grid.page.locator('.letter[data-column="1"]').click()
    grid.press("Shift+F10")
    grid.menu("Hide columns")
    expect(grid.page.locator('.letter[data-column="1"]')).to_have_count(0)
    grid.page.locator('.letter[data-column="2"]').click()
    grid.press("Shift+F10")
    grid.menu("Show hidden columns")
    expect(grid.page.locator('.letter[data-column="1"]')).to_be_visible()


def test_a_dragged_column_keeps_its_width(grid: Grid) -> None:
    grip = grid.page.locator('.letter[data-column="1"] .grip').bounding_box()
    assert grip is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + 10
    grid.page.mouse.move(x, y)
    grid.page.mouse.down()
    grid.page.mouse.move(x + 80, y, steps=4)
    grid.page.mouse.up()

    def width() -> int:
        data = grid.book.get("sheets.data.columnMetadata.pixelSize", "B1")["sheets"][0]["data"][0]
        return int(data["columnMetadata"][0]["pixelSize"])

    until(lambda: width() == 180, lambda: str(width()))
    expect(grid.cell("B2")).to_have_css("width", "180px")


def test_protected_cells_say_why_and_take_nothing(grid: Grid) -> None:
    guard = {"range": area(1, 0, 1000, 1), "editors": {"users": ["bot@example.com"]}}
    grid.book.batch({"addProtectedRange": {"protectedRange": {**guard, "description": "Given by the bot."}}})
    expect(grid.cell("A2")).to_have_attribute("aria-readonly", "true")
    grid.go("A2")
    expect(grid.page.locator("#lock")).to_be_visible()
    grid.type("x", "Enter")
    expect(grid.notice()).to_contain_text("Given by the bot.")
    grid.press("Delete")
    grid.holds("A2", [["N-1"]])


def test_a_range_that_only_warns_asks_once(grid: Grid) -> None:
    guard = {"range": area(1, 5, 1000, 6), "warningOnly": True, "description": "The bot's column."}
    grid.book.batch({"addProtectedRange": {"protectedRange": guard}})
    until(lambda: grid.page.evaluate("true"))
    grid.cell("F2").click()
    expect(grid.page.locator("#formula")).to_be_editable()
    until(lambda: len(layout(grid)["protected"]) == 1)
    grid.page.reload()
    grid.page.wait_for_selector("#stage[data-ready]")
    grid.go("F2")
    grid.press("F2")
    expect(grid.page.get_by_role("dialog")).to_contain_text("The bot's column.")
    grid.page.get_by_role("button", name="Edit anyway").click()
    grid.type("mine", "Enter")
    grid.type("again", "Enter")
    grid.holds("F2:F3", [["mine"], ["again"]])


def layout(grid: Grid) -> dict[str, list[object]]:
    """The layout the page was told."""
    answer = grid.book.session.get(
        f"{grid.book.desk.url}/book/{grid.book.id}/0/view", headers={"X-Desk-Page": "1"}, timeout=10
    )
    found: dict[str, list[object]] = answer.json()["layout"]
    return found


def test_notes_show_beside_their_cell(grid: Grid) -> None:
    noted = [{"values": [{"note": "Ask Ann first."}]}]
    start = {"sheetId": 0, "rowIndex": 2, "columnIndex": 1}
    grid.book.batch({"updateCells": {"start": start, "rows": noted, "fields": "note"}})
    grid.go("B3")
    expect(grid.page.get_by_role("note")).to_have_text("Ask Ann first.")
    grid.press("ArrowDown")
    expect(grid.page.get_by_role("note")).to_be_hidden()


def test_links_open_elsewhere_and_scripts_are_no_links(grid: Grid) -> None:
    grid.book.write("F2", [["https://example.com/x"], ["javascript:alert(1)"], ["<b>bold</b>"]])
    link = grid.cell("F2").get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.com/x")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(grid.cell("F3").get_by_role("link")).to_have_count(0)
    grid.shows("F4", "<b>bold</b>")


def test_a_selection_is_summed_up(grid: Grid) -> None:
    grid.go("D2")
    grid.press("Shift+ArrowDown", "Shift+ArrowDown")
    expect(grid.page.locator("#status")).to_have_text("Sum: 6  ·  Count: 3")


def test_tabs_are_reached_by_f6(grid: Grid) -> None:
    grid.book.batch({"addSheet": {"properties": {"title": "Team", "sheetId": 9}}})
    grid.page.reload()
    grid.page.wait_for_selector("#stage[data-ready]")
    grid.press("F6")
    expect(grid.page.get_by_role("link", name="Sheet1")).to_be_focused()
    grid.press("Tab", "Enter")
    grid.page.wait_for_url(f"**/book/{grid.book.id}/9")
