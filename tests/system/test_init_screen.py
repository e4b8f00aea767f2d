"""`init` on a desk: what it lays over the cells, once, beside what people have there already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot.adapters.google_sheets import GoogleWorkbook
from bot.desk import Desk
from bot.layout.structure import Layout, missing_layout
from sheets_schema import ARCHIVE, AUTOMATIONS, CONTRACTS, LAID_OUT, LANGUAGES, SUMMARY, TEAM, Owner
from sheets_schema.automations import ALL_AUTOMATIONS, MONTHLY, PURCHASE_MAIL, WEEKLY_PERSONAL
from sheets_schema.screen import COLOURS, DROPDOWNS
from sheets_schema.summary import CHARTS, HEADING, HIDDEN, LOOKS


class Laid:
    """A workbook that `init` has laid out, and a person who arranges it."""

    def __init__(self, desk: Desk, language: str) -> None:
        key = desk.workbook("Orders", locale="en_US")
        self.language = language
        self.url = f"{desk.url}/v4/spreadsheets/{key}"
        self.workbook = GoogleWorkbook(key, desk.url)
        self.session = requests.Session()

    def lacking(self) -> Layout:
        return missing_layout(self.workbook.about(layout=True), self.language, iter(range(101, 200)).__next__)

    def init(self) -> Layout:
        layout = self.lacking()
        for batch in (layout.requests, *(piece.requests for piece in layout.pieces)):
            if batch:
                self.workbook.build(batch)
        return layout

    def arrange(self, *changes: dict[str, Any]) -> None:
        self.workbook.build(changes)

    def fill(self, tab: str, *rows: list[Any]) -> None:
        answer = self.session.put(
            f"{self.url}/values/'{tab}'!A2",
            json={"values": rows},
            params={"valueInputOption": "RAW"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text

    def rows(self, title: str) -> list[list[Any]]:
        """What stands in a tab."""
        params = {"valueRenderOption": "UNFORMATTED_VALUE"}
        answer = self.session.get(f"{self.url}/values/'{title}'", params=params, timeout=10).json()
        return list(answer.get("values", []))

    def tab(self, title: str, fields: str) -> dict[str, Any]:
        """What the API says of a tab."""
        params = {"fields": f"sheets(properties(title,sheetId),{fields})"}
        sheets = self.session.get(self.url, params=params, timeout=10).json()["sheets"]
        return dict(next(s for s in sheets if s["properties"]["title"] == title))

    def sheet_id(self, title: str) -> int:
        return int(self.tab(title, "merges")["properties"]["sheetId"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture(params=LANGUAGES)
def laid(request: pytest.FixtureRequest, desk: Desk) -> Laid:
    made = Laid(desk, request.param)
    made.init()
    return made


@pytest.fixture
def english(desk: Desk) -> Laid:
    made = Laid(desk, "en")
    made.init()
    return made


def test_a_second_init_finds_nothing_to_do_in_either_language(laid: Laid) -> None:
    assert laid.lacking() == Layout((), (), ())
    laid.language = next(one for one in LANGUAGES if one != laid.language)
    assert laid.lacking() == Layout((), (), ())


def test_everything_of_the_plan_is_in_the_sheet(laid: Laid) -> None:
    for tab in (tab for tab in LAID_OUT if tab.fields):
        fields = "conditionalFormats(ranges),protectedRanges(range,warningOnly)"
        found = laid.tab(tab.title(laid.language), fields)
        assert len(found.get("conditionalFormats", [])) == sum(c.tab == tab.key for c in COLOURS)
        hard = [p for p in found["protectedRanges"] if not p.get("warningOnly")]
        assert [(p["range"].get("startRowIndex", 0), p["range"]["endRowIndex"]) for p in hard] == [(0, 1)]
    sheet = next(
        s for s in laid.workbook.about(layout=True).sheets if s.title == CONTRACTS.title(laid.language)
    )
    keys = CONTRACTS.keys(*Owner)
    assert {keys[i] for i in sheet.look.validated} == {k for tab, k in DROPDOWNS if tab == CONTRACTS.key}


@pytest.mark.parametrize("key", ["customer", "due_date", "status", "mail_status"])
def test_columns_that_were_moved_are_known_where_they_are(english: Laid, key: str) -> None:
    sheet_id, at = english.sheet_id(CONTRACTS.en), CONTRACTS.keys(*Owner).index(key)
    source = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    english.arrange({"moveDimension": {"source": source, "destinationIndex": 1}})
    assert english.lacking() == Layout((), (), ())


@pytest.mark.parametrize(("cell", "status"), [("A1", 400), ("A2", 200), ("AC2", 200), ("AD2", 200)])
def test_a_person_may_write_every_cell_but_the_titles(english: Laid, cell: str, status: int) -> None:
    where = f"{english.url}/values/'{CONTRACTS.en}'!{cell}"
    as_typed = {"json": {"values": [["x"]]}, "params": {"valueInputOption": "RAW"}, "timeout": 10}
    person = english.session.put(where, headers={"X-Desk-Page": "1"}, **as_typed)
    assert person.status_code == status, person.text
    if status == 400:
        assert "protected cell" in person.json()["error"]["message"]
    assert english.session.put(where, **as_typed).status_code == 200, "the bot's account was refused"


def test_what_people_arranged_for_themselves_stays(english: Laid) -> None:
    sheet_id = english.sheet_id(CONTRACTS.en)
    status = CONTRACTS.keys(*Owner).index("status")
    column = {
        "sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": status, "endColumnIndex": status + 1,
    }  # fmt: skip
    own = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Ours"}]}, "strict": True}
    span = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": status, "endIndex": status + 1}
    vip = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "VIP"}]}
    rule = {"ranges": [column], "booleanRule": {"condition": vip, "format": {"textFormat": {"bold": True}}}}
    english.arrange(
        {"setDataValidation": {"range": column, "rule": own}},
        {"updateDimensionProperties": {"range": span, "properties": {"pixelSize": 333}, "fields": "pixelSize"}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"addProtectedRange": {"protectedRange": {"range": column, "description": "Ours"}}},
    )  # fmt: skip
    shown = "conditionalFormats,protectedRanges,data(columnMetadata)"
    before = english.tab(CONTRACTS.en, shown)
    assert english.init() == Layout((), (), ())
    assert english.tab(CONTRACTS.en, shown) == before
    assert before["conditionalFormats"][0]["booleanRule"]["condition"] == vip
    assert before["data"][0]["columnMetadata"][status]["pixelSize"] == 333


def test_boxes_follow_the_people_who_are_typed_in_and_the_empty_rows_stay_empty(english: Laid) -> None:
    english.fill(
        TEAM.en, ["Lina", "lina@sales.example", "", "", "", True], ["Nora"], ["Olaf", "", "", "", "", False]
    )
    assert english.init().said == ("'Team': checkboxes added: 2 runs of cells",)
    assert english.lacking() == Layout((), (), ())
    rows = english.session.get(
        f"{english.url}/values/{TEAM.en}", params={"valueRenderOption": "UNFORMATTED_VALUE"}, timeout=10
    ).json()["values"]
    assert [len(row) for row in rows[1:]] == [6, 1, 6], "a box put a FALSE where nobody typed one"


def test_one_thing_that_somebody_took_away_comes_back_alone(english: Laid) -> None:
    sheet_id = english.sheet_id(CONTRACTS.en)
    english.arrange({"deleteConditionalFormatRule": {"sheetId": sheet_id, "index": 0}})
    assert english.init().said == ("'Contract Orders': colour rules added: 1",)
    assert english.lacking() == Layout((), (), ())


def test_the_automations_stand_there_with_their_times_and_boxes(laid: Laid) -> None:
    title = AUTOMATIONS.title(laid.language)
    assert laid.rows(title)[1:] == [
        [one.title(laid.language), True, one.when.get(laid.language, ""), False] for one in ALL_AUTOMATIONS
    ]
    shown = laid.tab(title, "data(rowData(values(dataValidation(condition(type)))))")["data"][0]["rowData"]
    kinds = [
        [c.get("dataValidation", {}).get("condition", {}).get("type") for c in row["values"]]
        for row in shown[1:6]
    ]
    assert all((row[1], row[3]) == ("BOOLEAN", "BOOLEAN") for row in kinds)


def test_rows_of_automations_stay_as_people_left_them_in_whatever_language(english: Laid) -> None:
    own = (
        [MONTHLY.zh, False, "每月8日 10:00", True],
        ["", "", "", ""],
        ["Water the plants", True, "Mon 09:00", False],
    )
    sheet_id = english.sheet_id(AUTOMATIONS.en)
    rows = {"sheetId": sheet_id, "startRowIndex": 1, "endRowIndex": len(ALL_AUTOMATIONS) + 1}
    english.arrange({"updateCells": {"range": rows, "fields": "userEnteredValue,dataValidation"}})
    english.fill(AUTOMATIONS.en, *own)
    said = english.init().said
    assert "Monthly" not in " ".join(said)
    assert english.rows(AUTOMATIONS.en)[1:4] == [own[0], [], own[2]]
    assert [row[0] for row in english.rows(AUTOMATIONS.en)[4:]] == [
        one.en for one in ALL_AUTOMATIONS if one is not MONTHLY
    ]
    assert english.lacking() == Layout((), (), ())


def test_the_summary_has_a_heading_looks_named_cells_and_charts(laid: Laid) -> None:
    title = SUMMARY.title(laid.language)
    assert [text for text in laid.rows(title)[0] if text] == list(HEADING[laid.language])
    found = laid.tab(
        title, "charts(spec(title)),conditionalFormats(ranges),protectedRanges,data(columnMetadata)"
    )
    assert [chart["spec"]["title"] for chart in found["charts"]] == [c.title[laid.language] for c in CHARTS]
    assert len(found["conditionalFormats"]) == len(LOOKS)
    assert [kept["warningOnly"] for kept in found["protectedRanges"]] == [True]
    columns = found["data"][0]["columnMetadata"]
    assert tuple(i for i, column in enumerate(columns) if column.get("hiddenByUser")) == HIDDEN
    assert {name.name for name in laid.workbook.about(layout=True).names} == {c.name for c in CHARTS}


def test_the_archive_has_the_columns_of_the_orders(laid: Laid) -> None:
    orders, archive = (laid.rows(tab.title(laid.language))[0] for tab in (CONTRACTS, ARCHIVE))
    assert orders == archive
    sheets = {sheet.title: sheet for sheet in laid.workbook.about(layout=True).sheets}
    orders_sheet, archive_sheet = (sheets[tab.title(laid.language)] for tab in (CONTRACTS, ARCHIVE))
    assert (archive_sheet.formats, archive_sheet.hidden) == (orders_sheet.formats, orders_sheet.hidden)


def test_a_chart_that_rows_have_pushed_away_from_its_cells_is_led_back(english: Laid) -> None:
    where = {"sheetId": english.sheet_id(SUMMARY.en), "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
    english.arrange({"insertDimension": {"range": where}})
    assert english.init().said == (
        "'Summary': names given to the charts' cells: 3", "'Summary': charts drawn: 3",
    )  # fmt: skip
    assert english.lacking() == Layout((), (), ())
    assert len(english.tab(SUMMARY.en, "charts(chartId)")["charts"]) == len(CHARTS)


def test_a_workbook_of_before_gets_the_new_tabs_and_nothing_else(english: Laid) -> None:
    english.fill(TEAM.en, ["Lina", "lina@sales.example", "East", "Sales", "", True])
    english.init()
    old = [tab for tab in LAID_OUT if tab not in (AUTOMATIONS, SUMMARY, ARCHIVE)]
    english.arrange(
        *({"deleteSheet": {"sheetId": english.sheet_id(t.en)}} for t in (AUTOMATIONS, SUMMARY, ARCHIVE))
    )
    shown = "properties,conditionalFormats,protectedRanges,data(columnMetadata)"
    before = [english.tab(tab.en, shown) for tab in old]
    layout = english.init()
    assert [said for said in layout.said if "added" in said and "tab" in said] == [
        f"tab '{tab.en}' added" for tab in (AUTOMATIONS, SUMMARY, ARCHIVE)
    ]
    assert [english.tab(tab.en, shown) for tab in old] == before
    assert english.rows(AUTOMATIONS.en)[1][0] == PURCHASE_MAIL.en
    assert english.rows(AUTOMATIONS.en)[2][:3] == [WEEKLY_PERSONAL.en, True, "Fri 18:00"]
    assert english.lacking() == Layout((), (), ())
