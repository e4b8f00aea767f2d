"""`init` on a desk: what it lays over the cells, once, beside what people have there already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot.adapters.google_sheets import GoogleWorkbook
from bot.desk import Desk
from bot.structure import Layout, missing_layout
from sheets_schema import CONTRACTS, LAID_OUT, LANGUAGES, TEAM, Owner
from sheets_schema.screen import COLOURS, DROPDOWNS


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
        if layout.requests:
            self.workbook.build(layout.requests)
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
    for tab in LAID_OUT:
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
