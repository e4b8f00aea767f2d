"""Charts and slicers: what floats over the cells."""

from typing import Any

import pytest

from tests.desk.client import Workbook, grid, rows

USUAL = {"widthPixels": 600, "heightPixels": 371}


def over(row: int, column: int, **more: Any) -> dict[str, Any]:
    return {"overlayPosition": {"anchorCell": {"rowIndex": row, "columnIndex": column}, **more}}


def add_chart(book: Workbook) -> int:
    chart = {"spec": {"title": "Sales", "basicChart": {"chartType": "COLUMN"}}, "position": over(1, 2)}
    (reply,) = book.batch({"addChart": {"chart": chart}})
    return int(reply["addChart"]["chart"]["chartId"])


def add_slicer(book: Workbook, **spec: Any) -> int:
    given = {"spec": {"dataRange": grid(0, 0, 9, 3), **spec}, "position": over(0, 5)}
    (reply,) = book.batch({"addSlicer": {"slicer": given}})
    return int(reply["addSlicer"]["slicer"]["slicerId"])


def test_a_chart_without_a_size_gets_the_usual_one(book: Workbook) -> None:
    add_chart(book)
    assert book.sheet()["charts"][0]["position"] == over(1, 2, **USUAL)


def test_a_chart_can_be_moved_and_sized(book: Workbook) -> None:
    id_ = add_chart(book)
    new = over(5, 0, widthPixels=300, offsetXPixels=7)
    change = {"objectId": id_, "newPosition": new, "fields": "anchorCell,widthPixels"}
    (reply,) = book.batch({"updateEmbeddedObjectPosition": change})
    moved = over(5, 0, widthPixels=300, heightPixels=371)
    assert reply["updateEmbeddedObjectPosition"]["position"] == moved
    assert book.sheet()["charts"][0]["position"] == moved


def test_a_chart_can_go_to_another_sheet(book: Workbook) -> None:
    id_ = add_chart(book)
    book.batch({"addSheet": {"properties": {"sheetId": 7, "title": "Figures"}}})
    new = {"overlayPosition": {"anchorCell": {"sheetId": 7}}}
    change = {"objectId": id_, "newPosition": new, "fields": "anchorCell"}
    book.batch({"updateEmbeddedObjectPosition": change})
    first, second = book.get()["sheets"]
    assert "charts" not in first
    assert second["charts"][0]["chartId"] == id_


def test_a_chart_keeps_the_colour_of_its_border(book: Workbook) -> None:
    id_ = add_chart(book)
    change = {"objectId": id_, "border": {"color": {"red": 1}}, "fields": "color"}
    book.batch({"updateEmbeddedObjectBorder": change})
    border = {"color": {"red": 1}, "colorStyle": {"rgbColor": {"red": 1}}}
    assert book.sheet()["charts"][0]["border"] == border


def test_a_chart_moves_with_the_row_it_is_anchored_to(book: Workbook) -> None:
    add_chart(book)
    book.batch({"insertDimension": {"range": rows(0, 3)}})
    assert book.sheet()["charts"][0]["position"] == over(4, 2, **USUAL)
    book.batch({"deleteDimension": {"range": rows(3, 6)}})
    assert book.sheet()["charts"][0]["position"] == over(3, 2, **USUAL)


def test_a_slicer_is_read_back_as_it_was_added(book: Workbook) -> None:
    id_ = add_slicer(book, title="Status", columnIndex=2, backgroundColor={"green": 1})
    spec = {
        "applyToPivotTables": True,
        "dataRange": {k: v for k, v in grid(0, 0, 9, 3).items() if k != "sheetId"},
        "title": "Status",
        "columnIndex": 2,
        "backgroundColor": {"green": 1},
        "backgroundColorStyle": {"rgbColor": {"green": 1}},
    }
    assert book.sheet()["slicers"] == [{"slicerId": id_, "spec": spec, "position": over(0, 5, **USUAL)}]


def test_a_slicer_changes_only_in_the_fields_named(book: Workbook) -> None:
    id_ = add_slicer(book, title="Status", columnIndex=2)
    criteria = {"hiddenValues": ["Cancelled"]}
    change = {"slicerId": id_, "spec": {"filterCriteria": criteria}, "fields": "filterCriteria"}
    book.batch({"updateSlicerSpec": change})
    spec = book.sheet()["slicers"][0]["spec"]
    assert (spec["title"], spec["filterCriteria"]) == ("Status", criteria)


def test_the_range_of_a_slicer_follows_its_rows(book: Workbook) -> None:
    add_slicer(book)
    book.batch({"insertDimension": {"range": rows(2, 4)}})
    assert book.sheet()["slicers"][0]["spec"]["dataRange"]["endRowIndex"] == 11


def test_charts_and_slicers_are_deleted_alike(book: Workbook) -> None:
    ids = [add_chart(book), add_slicer(book)]
    book.batch(*[{"deleteEmbeddedObject": {"objectId": id_}} for id_ in ids])
    assert not {"charts", "slicers"} & set(book.sheet())


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("updateSlicerSpec", {"slicerId": 5, "fields": "*"}, "No slicer with id: 5"),
        ("updateEmbeddedObjectPosition", {"objectId": 5}, "No embedded object with id: 5"),
        ("updateEmbeddedObjectBorder", {"objectId": 5, "fields": "*"}, "No chart with id: 5"),
        ("addSlicer", {"slicer": {"position": over(0, 0)}}, "A slicer needs a dataRange."),
        ("addChart", {"chart": {"position": over(2000, 0)}}, "The anchorCell is outside of the sheet."),
        (
            "addChart",
            {"chart": {"position": {"newSheet": True}}},
            "Objects on a sheet of their own are not imitated by the local desk.",
        ),
    ],
)
def test_what_cannot_be_is_refused(book: Workbook, kind: str, body: dict[str, Any], message: str) -> None:
    assert book.refuse_batch({kind: body}) == f"Invalid requests[0].{kind}: {message}"


def test_an_id_is_taken_by_charts_and_slicers_alike(book: Workbook) -> None:
    id_ = add_slicer(book)
    chart = {"chartId": id_, "spec": {}, "position": over(0, 0)}
    assert "Duplicate embedded object id" in book.refuse_batch({"addChart": {"chart": chart}})
