"""Copying, cutting and pasting in the grid, with other programs and with itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.desk import Desk
from tests.browser.grid import Grid, area, orders, until, written

PASTE = """([text, html]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  if (html) data.setData("text/html", html);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("textarea.editor").dispatchEvent(event);
}"""
COPY = """(kind) => {
  const data = new DataTransfer();
  const event = new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("textarea.editor").dispatchEvent(event);
  return [data.getData("text/plain"), data.getData("text/html")];
}"""


def paste(grid: Grid, text: str, html: str = "") -> None:
    grid.page.evaluate(PASTE, [text, html])


def copied(grid: Grid, kind: str = "copy") -> list[str]:
    found: list[str] = grid.page.evaluate(COPY, kind)
    return found


def test_thirty_rows_are_pasted_in_one_request(grid: Grid) -> None:
    calls: list[str] = []
    grid.page.on("request", lambda request: calls.append(request.url) if request.method == "POST" else None)
    before = written(grid.book)
    grid.go("A10")
    paste(grid, "\n".join(f"P-{n}\tCustomer {n}\topen\t{n * 2}" for n in range(30)) + "\n")
    lines: list[list[Any]] = [[f"P-{n}", f"Customer {n}", "open", n * 2] for n in range(30)]
    grid.holds("A10:D39", lines)
    grid.at("A10:D39")
    assert written(grid.book) == before + 1
    assert len(calls) == 1


def test_cells_with_lines_tabs_and_quotes_come_and_go_whole(grid: Grid) -> None:
    grid.go("A10")
    paste(grid, '"one\ntwo"\t"say ""hi"""\r\nplain "quoted" text\tlast\r\n')
    grid.holds("A10:B11", [["one\ntwo", 'say "hi"'], ['plain "quoted" text', "last"]])
    grid.shows("B11", "last")
    text, html = copied(grid)
    assert text == '"one\ntwo"\t"say ""hi"""\n"plain ""quoted"" text"\tlast'
    assert "<td>one<br>two</td>" in html


def test_a_table_without_text_is_read_from_html(grid: Grid) -> None:
    grid.go("A10")
    paste(
        grid, "", "<table><tr><td>a</td><td><b>b</b></td></tr><tr><td>c<br>d</td><td>=1+1</td></tr></table>"
    )
    grid.holds("A10:B11", [["a", "b"], ["c\nd", 2]])


def test_one_cell_pasted_into_a_selection_fills_it(grid: Grid) -> None:
    grid.go("F2")
    grid.press("Shift+ArrowDown", "Shift+ArrowDown")
    paste(grid, "same")
    grid.holds("F2:F4", [["same"], ["same"], ["same"]])


def test_a_paste_beyond_the_end_adds_rows_first(grid: Grid) -> None:
    grid.go("A999")
    paste(grid, "\n".join("abcde"))
    grid.holds("A999:A1003", [[letter] for letter in "abcde"])


def test_a_copy_within_the_grid_takes_formulas_and_formats_along(grid: Grid) -> None:
    grid.book.write("F2", [["=D2*10"]], "USER_ENTERED")
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    grid.book.batch(
        {"repeatCell": {"range": area(1, 5, 2, 6), "cell": bold, "fields": "userEnteredFormat.textFormat"}}
    )
    grid.shows("F2", "10")
    grid.go("F2")
    text, html = copied(grid)
    grid.go("F4")
    paste(grid, text, html)
    grid.shows("F4", "30")
    assert grid.book.cell("F4")["userEnteredValue"] == {"formulaValue": "=D4*10"}
    assert grid.book.cell("F4")["userEnteredFormat"]["textFormat"]["bold"] is True
    grid.press("Control+z")
    grid.holds("F4", [])


def test_a_cut_moves_cells_and_can_be_taken_back(grid: Grid) -> None:
    grid.go("B2")
    text, html = copied(grid, "cut")
    assert text == "Customer 1"
    grid.go("F3")
    paste(grid, text, html)
    grid.holds("B2:F3", [["", "open", 1, False], ["Customer 2", "open", 2, False, "Customer 1"]])
    grid.press("Control+z")
    grid.holds("B2:F3", [["Customer 1", "open", 1, False], ["Customer 2", "open", 2, False]])


def test_rows_moved_since_they_were_copied_are_pasted_as_texts(grid: Grid) -> None:
    grid.go("B2")
    text, html = copied(grid)
    sort = [{"dimensionIndex": 3, "sortOrder": "DESCENDING"}]
    grid.book.batch({"sortRange": {"range": {"sheetId": 0, "startRowIndex": 1}, "sortSpecs": sort}})
    grid.shows("B2", "Customer 6")
    grid.go("F2")
    paste(grid, text, html)
    grid.holds("F2", [["Customer 1"]])


def test_the_real_clipboard_carries_a_block(open_grid: Callable[..., Grid], desk: Desk) -> None:
    grid = open_grid(orders(desk))
    grid.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    grid.go("A2")
    grid.press("Shift+ArrowRight", "Shift+ArrowDown", "Control+c")
    grid.go("A10")
    grid.press("Control+v")
    grid.holds("A10:B11", [["N-1", "Customer 1"], ["N-2", "Customer 2"]])


@pytest.mark.parametrize("count", [900])
def test_rows_never_seen_are_copied_too(open_grid: Callable[..., Grid], desk: Desk, count: int) -> None:
    grid = open_grid(orders(desk, count))
    grid.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    grid.go("A2")
    grid.press("Control+Shift+ArrowDown")
    grid.go("A2")
    grid.page.locator('.letter[data-column="0"]').click()
    grid.press("Control+c")
    read = "navigator.clipboard.readText()"
    until(lambda: f"N-{count}" in str(grid.page.evaluate(read)))
    lines = str(grid.page.evaluate(read)).split("\n")
    assert lines[: count + 1] == ["Order No.", *[f"N-{n}" for n in range(1, count + 1)]]


def test_a_paste_into_protected_cells_writes_nothing(grid: Grid) -> None:
    guard = {"range": area(0, 1, 1000, 2), "editors": {"users": ["bot@example.com"]}}
    grid.book.batch({"addProtectedRange": {"protectedRange": {**guard, "description": "The bot's."}}})
    expect(grid.cell("B2")).to_have_attribute("aria-readonly", "true")
    grid.go("A10")
    paste(grid, "a\tb")
    expect(grid.notice()).to_contain_text("The bot's.")
    grid.holds("A10:B10", [])
