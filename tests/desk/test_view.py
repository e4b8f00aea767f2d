"""What the page's grid is told over HTTP: windows of rows, the layout, choices, and typing by row key."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.book import entry
from bot.desk.pages.entered import plain_text
from tests.desk.client import Workbook, grid, rows

PAGE = {"X-Desk-Page": "1"}


def ask(book: Workbook, part: str, sheet: int = 0, **params: Any) -> Any:
    answer = book.session.get(
        f"{book.desk.url}/book/{book.id}/{sheet}/{part}", params=params, headers=PAGE, timeout=10
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def view(book: Workbook, **params: Any) -> Any:
    return ask(book, "view", **params)


def look(shown: Any, row: int, column: int) -> dict[str, Any]:
    found: dict[str, Any] = shown["styles"][shown["rows"][row]["styles"][column]]
    return found


def type_in(
    book: Workbook, places: list[int], left: int, texts: list[list[Any]], **more: Any
) -> requests.Response:
    keys = more.pop("keys", None)
    if keys is None:
        keys = [view(book, top=place, bottom=place + 1)["rows"][0]["key"] for place in places]
    body = {"places": places, "left": left, "keys": keys, "texts": texts, **more}
    return book.session.post(f"{book.desk.url}/book/{book.id}/0/type", json=body, headers=PAGE, timeout=10)


def test_a_window_shows_texts_and_what_an_editor_opens_with(book: Workbook) -> None:
    typed = ["007'", "'007", "50%", "2026-11-21", "=1+1", "TRUE", "plain", "1,234.50", "'=1+1"]
    book.write("A1", [typed], "USER_ENTERED")
    row = view(book)["rows"][0]
    assert row["texts"] == ["007'", "007", "50%", "2026-11-21", "2", "TRUE", "plain", "1,234.50", "=1+1"]
    assert row["typed"] == {"1": "'007", "4": "=1+1", "7": "1234.5", "8": "'=1+1"}


@pytest.mark.parametrize(
    "text", ["'007", "50%", "2026-11-21", "2026-11-21 9:30", "=1+1", "'TRUE", "1234.5", "0.1"]
)
def test_what_an_editor_opens_with_gives_the_same_cell_again(book: Workbook, text: str) -> None:
    book.write("A1", [[text]], "USER_ENTERED")
    before = book.cell("A1")
    row = view(book)["rows"][0]
    again = row.get("typed", {}).get("0", row["texts"][0])
    book.write("A1", [[again]], "USER_ENTERED")
    assert book.cell("A1") == before


@given(
    st.one_of(
        st.text(alphabet="0123456789.,:/-+()%$€¥ 'eETRUtrueamp年月日=", max_size=16),
        st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( \d{1,2}:\d\d(:\d\d)?)?", fullmatch=True),
        st.from_regex(
            r"[-+($]{0,2}(HK\$|R\$|¥)? ?\d{1,3}([,. ]\d{3}){0,2}([.,]\d{1,3})?[%€]?\)?", fullmatch=True
        ),
    ),
    st.sampled_from(["en_US", "zh_CN", "de_DE", "fr_FR", "pt_BR", "zh_HK"]),
)
def test_an_apostrophe_stands_before_every_text_that_would_be_read(text: str, locale: str) -> None:
    """The quick look that most texts are spared a reading by never lets one through that would change."""
    read = entry.read(text, locale)
    changes = read.formula is not None or read.value != text
    assert plain_text(text, locale) == (f"'{text}" if changes else text)


def test_numbers_stand_right_and_booleans_in_the_middle(book: Workbook) -> None:
    book.write("A1", [["text", 1, True]])
    shown = view(book)
    assert [look(shown, 0, column)["css"]["text-align"] for column in range(3)] == ["left", "right", "center"]


def test_cells_that_look_alike_share_a_style(book: Workbook) -> None:
    book.write("A1", [["a"], ["b"]])
    wanted = {"userEnteredFormat": {"backgroundColor": {"red": 1}, "textFormat": {"bold": True}}}
    book.batch({"repeatCell": {"range": grid(0, 0, 2, 1), "cell": wanted, "fields": "userEnteredFormat"}})
    shown = view(book)
    assert shown["rows"][0]["styles"] == shown["rows"][1]["styles"]
    assert look(shown, 0, 0)["css"]["--fill"] == "#ff0000"
    assert look(shown, 0, 0)["css"]["font-weight"] == "700"


def test_conditional_formats_and_bands_colour_the_window(book: Workbook) -> None:
    book.write("A1", [["head"], [1], [9]])
    band = {"headerColor": {"blue": 1}, "firstBandColor": {"green": 1}, "secondBandColor": {"green": 0.5}}
    condition = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "5"}]}
    colour = {"backgroundColor": {"red": 1}}
    book.batch(
        {"addBanding": {"bandedRange": {"range": grid(0, 0, 3, 1), "rowProperties": band}}},
        {
            "addConditionalFormatRule": {
                "rule": {
                    "ranges": [grid(0, 0, 3, 1)],
                    "booleanRule": {"condition": condition, "format": colour},
                }
            }
        },
    )
    shown = view(book)
    assert [look(shown, row, 0)["css"]["--fill"] for row in range(3)] == ["#0000ff", "#00ff00", "#ff0000"]


def test_only_addresses_that_are_safe_become_links(book: Workbook) -> None:
    book.write(
        "A1", [["https://example.com/a", "mailto:ann@example.com", "javascript:alert(1)", "see https://x.y"]]
    )
    assert view(book)["rows"][0]["links"] == {"0": "https://example.com/a", "1": "mailto:ann@example.com"}


def test_notes_and_broken_rules_are_marked(book: Workbook) -> None:
    book.write("A1", [["Maybe", "Yes"]])
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Yes"}]}}
    book.batch(
        {"setDataValidation": {"range": grid(0, 0, 1, 2), "rule": rule}},
        {"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": [{"note": "ask"}]}], "fields": "note"}},
    )
    row = view(book)["rows"][0]
    assert row["wrong"] == [0]
    assert row["notes"] == {"0": "ask"}


def test_the_layout_tells_sizes_frozen_hidden_merged_and_protected(book: Workbook) -> None:
    book.batch(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1, "frozenColumnCount": 2}},
                "fields": "gridProperties.frozenRowCount,gridProperties.frozenColumnCount",
            }
        },
        {
            "updateDimensionProperties": {
                "range": rows(3, 4, "COLUMNS"),
                "properties": {"pixelSize": 240},
                "fields": "pixelSize",
            }
        },
        {
            "updateDimensionProperties": {
                "range": rows(4, 7),
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        },
        {"mergeCells": {"range": grid(8, 0, 9, 3)}},
        {"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 1, 5), "description": "The bot's"}}},
        {"addProtectedRange": {"protectedRange": {"range": grid(1, 0, 2, 5), "warningOnly": True}}},
    )
    layout = view(book)["layout"]
    assert (layout["frozenRows"], layout["frozenColumns"]) == (1, 2)
    assert layout["columns"] == {"3": {"width": 240, "hidden": False}}
    assert layout["hidden"] == [[4, 3]]
    assert layout["merges"] == [{"top": 8, "left": 0, "bottom": 9, "right": 3}]
    assert [(one["description"], one["warning"]) for one in layout["protected"]] == [
        ("The bot's", False),
        ("", True),
    ]


def test_a_filter_hides_rows_from_the_page_and_not_from_the_api(book: Workbook) -> None:
    book.write("A1", [["Status"], ["open"], ["done"], ["open"]])
    specs = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["done"]}}]
    book.batch({"setBasicFilter": {"filter": {"range": grid(0, 0, 4, 1), "filterSpecs": specs}}})
    assert view(book)["layout"]["hidden"] == [[2, 1]]
    assert len(book.read("A1:A4")) == 4


def test_the_layout_comes_only_with_news(book: Workbook) -> None:
    first = view(book)
    assert "layout" not in view(book, known=first["revision"])
    book.write("A1", [["x"]])
    assert "layout" in view(book, known=first["revision"])


def test_choices_come_from_a_list_or_from_cells(book: Workbook) -> None:
    book.batch({"addSheet": {"properties": {"title": "客户", "sheetId": 5}}})
    book.write("客户!A1", [["Name"], ["Ann"], ["Bob"], [""], ["Ann"]])
    listed = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "A"}]}, "strict": True}
    ranged = {"condition": {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "='客户'!$A$2:$A"}]}}
    book.batch(
        {"setDataValidation": {"range": grid(0, 0, 1, 1), "rule": listed}},
        {"setDataValidation": {"range": grid(0, 1, 1, 2), "rule": ranged}},
    )
    assert ask(book, "choices", row=0, column=0) == {"choices": ["A"], "strict": True, "help": ""}
    assert ask(book, "choices", row=0, column=1)["choices"] == ["Ann", "Bob"]
    assert ask(book, "choices", row=9, column=9)["choices"] == []


@pytest.mark.parametrize(
    ("row", "down", "end"), [(0, 1, 2), (2, 1, 4), (4, 1, 999), (4, 0, 2), (2, 0, 0), (0, 0, 0), (500, 0, 4)]
)
def test_a_leap_ends_where_the_filled_cells_do(book: Workbook, row: int, down: int, end: int) -> None:
    book.write("A1", [["a"], ["b"], ["c"], [""], ["d"]])
    assert ask(book, "edge", row=row, column=0, down=down) == {"row": end}


def test_typed_text_goes_to_the_row_that_was_seen_though_it_was_sorted_away(book: Workbook) -> None:
    book.write("A1", [["c", 1], ["a", 2], ["b", 3]])
    key = view(book)["rows"][0]["key"]
    book.batch({"sortRange": {"range": grid(0, 0, 3, 26), "sortSpecs": [{"dimensionIndex": 0}]}})
    answer = type_in(book, [0], 1, [["100"]], keys=[key]).json()
    assert answer["rows"] == [{"index": 2, "key": key}]
    assert answer["before"] == [["1"]]
    assert book.raw("A1:B3") == [["a", 2], ["b", 3], ["c", 100]]


def test_a_block_lands_row_by_row_and_in_one_change(book: Workbook) -> None:
    book.write("A1", [["c"], ["a"], ["b"]])
    keys = [row["key"] for row in view(book, bottom=3)["rows"]]
    book.batch({"sortRange": {"range": grid(0, 0, 3, 26), "sortSpecs": [{"dimensionIndex": 0}]}})
    before = view(book)["revision"]
    type_in(book, [0, 1, 2], 1, [["C"], ["A"], [None]], keys=keys)
    assert book.raw("A1:B3") == [["a", "A"], ["b"], ["c", "C"]]
    assert view(book)["revision"] == before + 1


def test_nothing_is_written_into_a_row_that_is_gone(book: Workbook) -> None:
    book.write("A1", [["a"], ["b"]])
    key = view(book)["rows"][0]["key"]
    book.batch({"deleteDimension": {"range": rows(0, 1)}})
    refused = type_in(book, [0], 1, [["100"]], keys=[key])
    assert refused.status_code == 409
    assert refused.json()["error"]["details"][0]["reason"] == "ROW_GONE"
    assert book.raw("A1:B1") == [["b"]]


def test_a_blank_row_somebody_filled_meanwhile_is_left_alone(book: Workbook) -> None:
    book.write("A1", [["somebody's"]])
    refused = type_in(book, [0], 1, [["mine"]], keys=[0])
    assert refused.json()["error"]["details"][0]["reason"] == "ROW_TAKEN"
    assert book.raw("A1:B1") == [["somebody's"]]


def test_a_write_whose_answer_was_lost_may_be_sent_again(book: Workbook) -> None:
    assert type_in(book, [0], 0, [["5%", "x"]], keys=[0]).status_code == 200
    assert type_in(book, [0], 0, [["5%", "x"]], keys=[0]).status_code == 200
    assert book.read("A1:B1") == [["5%", "x"]]


def test_the_column_is_found_by_its_heading_after_an_insertion(book: Workbook) -> None:
    book.write("A1", [["Name", "Status"], ["Ann", "open"]])
    key = view(book)["rows"][1]["key"]
    book.batch({"insertDimension": {"range": rows(0, 1, "COLUMNS")}})
    head = {"row": 0, "text": "Status"}
    assert type_in(book, [1], 1, [["done"]], keys=[key], head=head).json()["left"] == 2
    assert book.raw("A2:C2") == [["", "Ann", "done"]]
    gone = type_in(book, [1], 1, [["x"]], keys=[key], head={"row": 0, "text": "Nowhere"})
    assert gone.json()["error"]["details"][0]["reason"] == "COLUMN_GONE"


def test_a_strict_rule_refuses_with_its_help_and_a_lenient_one_does_not(book: Workbook) -> None:
    values = [{"userEnteredValue": "open"}]
    strict = {
        "condition": {"type": "ONE_OF_LIST", "values": values},
        "strict": True,
        "inputMessage": "Pick one.",
    }
    book.batch(
        {"setDataValidation": {"range": grid(0, 0, 1, 1), "rule": strict}},
        {"setDataValidation": {"range": grid(0, 1, 1, 2), "rule": {**strict, "strict": False}}},
    )
    refused = type_in(book, [0], 0, [["closed"]])
    assert refused.status_code == 400
    assert refused.json()["error"]["details"][0]["metadata"] == {"cell": "A1", "help": "Pick one."}
    assert type_in(book, [0], 1, [["closed"]]).status_code == 200
    assert type_in(book, [0], 0, [["open"]]).status_code == 200
    assert type_in(book, [0], 0, [[""]]).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        {"places": [0], "left": 0, "keys": [], "texts": [["x"]]},
        {"places": [-1], "left": 0, "keys": [0], "texts": [["x"]]},
    ],
)
def test_a_malformed_block_is_refused(book: Workbook, body: Any) -> None:
    answer = book.session.post(f"{book.desk.url}/book/{book.id}/0/type", json=body, headers=PAGE, timeout=10)
    assert answer.status_code == 400
