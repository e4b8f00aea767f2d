from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from bot.desk import Desk
from bot.desk.access.accounts import Account
from bot.desk.access.protection import REFUSAL
from bot.desk.access.touched import KINDS as TOUCHED
from bot.desk.changes.kinds import KINDS
from tests.desk.client import Workbook, grid, rows, text

CLOSED = grid(2, 1, 4, 3)  # B3:C4
FORMAT = {"userEnteredFormat": {"textFormat": {"bold": True}}}
RULE = {
    "ranges": [CLOSED],
    "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"backgroundColor": {"red": 1}}},
}
CHART = {
    "spec": {"title": "T", "basicChart": {"chartType": "COLUMN"}},
    "position": {"overlayPosition": {"anchorCell": {"sheetId": 0}}},
}


class Pages:
    """The same workbook for its owner and for a person before the desk's pages."""

    def __init__(self, owner: Workbook):
        self.owner = owner
        self.person = Workbook(owner.desk, owner.id)
        self.person.session.headers["X-Desk-Page"] = "1"

    def protect(self, **protected: Any) -> int:
        protected.setdefault("range", CLOSED)
        (reply,) = self.owner.batch({"addProtectedRange": {"protectedRange": protected}})
        return int(reply["addProtectedRange"]["protectedRange"]["protectedRangeId"])

    def state(self) -> Any:
        return self.owner.ok("GET", "", includeGridData=True)

    def refused(self, method: str, path: str, json: Any, **params: Any) -> None:
        """The person is refused in Google's words, nothing has changed, and the owner may do it."""
        before = self.state()
        assert self.person.refused(method, path, json, **params).endswith(REFUSAL)
        assert self.state() == before
        self.owner.ok(method, path, json, **params)

    def taken(self, *changes: dict[str, Any]) -> None:
        self.person.batch(*changes)


@pytest.fixture
def two(make_book: Callable[..., Workbook]) -> Iterator[Pages]:
    two = Pages(make_book())
    two.owner.write("A1", [[f"{column}{row}" for column in "abcd"] for row in range(1, 7)])
    two.owner.batch({"addConditionalFormatRule": {"rule": RULE}})
    yield two
    two.person.session.close()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/values/B3?valueInputOption=RAW", {"values": [["x"]]}),
        ("PUT", "/values/A1?valueInputOption=RAW", {"values": [["x"]] * 2 + [["x", "x"]]}),
        ("PUT", "/values/B3?valueInputOption=RAW", {"values": [["b3"]]}),  # even what stands there already
        ("POST", "/values/C1:C9:clear", {}),
        ("POST", "/values:batchClear", {"ranges": ["A1", "C3"]}),
        (
            "POST",
            "/values:batchUpdate",
            {
                "valueInputOption": "RAW",
                "data": [{"range": "A1", "values": [["x"]]}, {"range": "B4", "values": [["x"]]}],
            },
        ),
        (
            "POST",
            "/values:batchUpdateByDataFilter",
            {"valueInputOption": "RAW", "data": [{"dataFilter": {"a1Range": "B3"}, "values": [["x"]]}]},
        ),
        ("POST", "/values:batchClearByDataFilter", {"dataFilters": [{"a1Range": "B3"}]}),
    ],
)
def test_values_are_not_written_into_protected_cells(two: Pages, method: str, path: str, body: Any) -> None:
    two.protect()
    two.refused(method, path, body)


def test_values_are_not_appended_into_protected_cells(two: Pages) -> None:
    two.protect(range=grid(6, 0, 9, 2))
    two.refused("POST", "/values/A1:append?valueInputOption=RAW", {"values": [["x"]]})


def test_rows_are_not_appended_by_inserting_into_a_protected_range(two: Pages) -> None:
    two.protect(range=grid(5, 4, 9, 5))
    path = "/values/A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
    two.refused("POST", path, {"values": [["x"]]})


def test_cells_beside_a_protected_range_stay_open(two: Pages) -> None:
    two.protect()
    two.person.write("A3", [["x"]])
    two.person.write("A3", [["x", None, None, "y"]])
    two.person.append("A1", [["x"]])
    two.person.batch({"updateCells": {"start": {"rowIndex": 4}, "rows": [text("x", "y")], "fields": "*"}})
    assert two.owner.read("A3:D3") == [["x", "b3", "c3", "y"]]


CHANGES: list[dict[str, Any]] = [
    {"updateCells": {"start": {"rowIndex": 3}, "rows": [text("x", "y")], "fields": "userEnteredValue"}},
    {"updateCells": {"range": grid(0, 0, 3, 2), "rows": [text("x")], "fields": "note"}},
    {"repeatCell": {"range": grid(3, 2, 9, 3), "cell": FORMAT, "fields": "userEnteredFormat.textFormat"}},
    {"copyPaste": {"source": grid(0, 0, 1, 1), "destination": grid(2, 2, 3, 3)}},
    {"copyPaste": {"source": grid(0, 0, 2, 2), "destination": grid(1, 0, 2, 1)}},  # spreads into it
    {"cutPaste": {"source": grid(0, 0, 1, 1), "destination": {"rowIndex": 3, "columnIndex": 2}}},
    {"cutPaste": {"source": grid(2, 1, 3, 2), "destination": {"rowIndex": 9}}},
    {"sortRange": {"range": grid(0, 0, 6, 4), "sortSpecs": [{"sortOrder": "DESCENDING"}]}},
    {"findReplace": {"find": "b3", "replacement": "x", "allSheets": True}},
    {"deleteDimension": {"range": rows(3, 4)}},
    {"deleteDimension": {"range": rows(0, 2, "COLUMNS")}},
    {"moveDimension": {"source": rows(2, 3), "destinationIndex": 0}},
    {"moveDimension": {"source": rows(0, 1), "destinationIndex": 3}},
    {"insertDimension": {"range": rows(3, 4)}},
    {"insertDimension": {"range": rows(2, 3, "COLUMNS")}},
    {"mergeCells": {"range": grid(3, 2, 5, 4)}},
    {"setDataValidation": {"range": grid(0, 0, 9, 2), "rule": {"condition": {"type": "BOOLEAN"}}}},
    {"updateBorders": {"range": grid(3, 0, 4, 9), "top": {"style": "SOLID"}}},
    {"deleteSheet": {"sheetId": 0}},
    {"addConditionalFormatRule": {"rule": RULE}},
    {"updateConditionalFormatRule": {"index": 0, "rule": {**RULE, "ranges": [grid(0, 0, 1, 1)]}}},
    {"deleteConditionalFormatRule": {"index": 0}},
    {"addBanding": {"bandedRange": {"range": grid(0, 0, 9, 9), "rowProperties": {"firstBandColor": {}}}}},
    {"addProtectedRange": {"protectedRange": {"range": grid(0, 0, 3, 3)}}},
    {
        "updateSheetProperties": {
            "properties": {"gridProperties": {"rowCount": 3}},
            "fields": "gridProperties.rowCount",
        }
    },
]


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(one)) for one in CHANGES])
def test_no_request_writes_into_protected_cells(two: Pages, change: dict[str, Any]) -> None:
    if "deleteSheet" in change:
        two.owner.batch({"addSheet": {}})
    two.protect()
    two.refused("POST", ":batchUpdate", {"requests": [change]})


LATER_KINDS: list[dict[str, Any]] = [
    {"insertRange": {"range": grid(0, 1, 1, 2), "shiftDimension": "ROWS"}},
    {"deleteRange": {"range": grid(2, 0, 3, 1), "shiftDimension": "COLUMNS"}},
    {"autoFill": {"range": grid(0, 0, 6, 2)}},
    {
        "autoFill": {
            "sourceAndDestination": {
                "source": grid(0, 1, 2, 2),
                "dimension": "ROWS",
                "fillLength": 2,
            }
        }
    },
    {"pasteData": {"coordinate": {"rowIndex": 2, "columnIndex": 1}, "data": "x", "delimiter": ","}},
    {"textToColumns": {"source": grid(2, 1, 3, 2), "delimiterType": "COMMA"}},
    {"deleteDuplicates": {"range": grid(0, 0, 6, 4)}},
    {"randomizeRange": {"range": grid(0, 0, 6, 4)}},
    {"addTable": {"table": {"name": "T", "range": grid(0, 0, 4, 4)}}},
]


@pytest.mark.parametrize("change", LATER_KINDS, ids=[next(iter(one)) for one in LATER_KINDS])
def test_requests_that_move_cells_are_refused_where_one_is_protected(
    two: Pages, change: dict[str, Any]
) -> None:
    two.protect()
    before = two.state()
    assert two.person.refuse_batch(change).endswith(REFUSAL)
    assert two.state() == before


def test_white_space_is_trimmed_around_protected_cells_only(two: Pages) -> None:
    two.protect()
    two.owner.write("A1", [[" a1 "]])
    two.taken({"trimWhitespace": {"range": grid(0, 0, 6, 4)}})
    two.owner.write("B3", [[" b3 "]])
    assert two.person.refuse_batch({"trimWhitespace": {"range": grid(0, 0, 6, 4)}}).endswith(REFUSAL)


@pytest.mark.parametrize(
    "change",
    [
        {"insertDimension": {"range": rows(2, 3)}},
        {"insertDimension": {"range": rows(4, 5)}},
        {"deleteDimension": {"range": rows(0, 2)}},
        {"moveDimension": {"source": rows(0, 1), "destinationIndex": 2}},
        {"findReplace": {"find": "a1", "replacement": "x", "allSheets": True}},
        {"sortRange": {"range": grid(4, 0, 6, 4), "sortSpecs": [{"sortOrder": "DESCENDING"}]}},
        {"addSheet": {"properties": {"title": "Mine"}}},
        {"addFilterView": {"filter": {"title": "Mine", "range": grid(0, 0, 6, 4)}}},
        {"setBasicFilter": {"filter": {"range": grid(0, 0, 6, 4)}}},
        {"addChart": {"chart": CHART}},
        {"updateSheetProperties": {"properties": {"title": "Mine"}, "fields": "title"}},
        {"updateDimensionProperties": {"range": rows(2, 3), "properties": {"pixelSize": 50}, "fields": "*"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_writes_no_protected_cell_is_taken(two: Pages, change: dict[str, Any]) -> None:
    two.protect()
    two.taken(change)


def test_a_range_goes_with_its_rows_and_stays_protected(two: Pages) -> None:
    two.protect()
    two.taken({"insertDimension": {"range": rows(0, 2)}})
    two.person.write("B3", [["open now"]])
    assert two.person.refuse_write("B5", [["x"]]) == REFUSAL


def test_a_refused_request_undoes_those_before_it(two: Pages) -> None:
    two.protect()
    before = two.state()
    write = {"updateCells": {"start": {}, "rows": [text("x")], "fields": "*"}}
    refused = two.person.refuse_batch(write, {"deleteDimension": {"range": rows(2, 3)}})
    assert refused == f"Invalid requests[1].deleteDimension: {REFUSAL}"
    assert two.state() == before


def test_a_batch_is_judged_by_where_the_range_is_by_then(two: Pages) -> None:
    two.protect()
    write = {"updateCells": {"start": {"rowIndex": 2, "columnIndex": 1}, "rows": [text("x")], "fields": "*"}}
    two.taken({"insertDimension": {"range": rows(0, 2)}}, write)
    assert two.person.refuse_batch(write, {"deleteDimension": {"range": rows(0, 2)}}, write).endswith(REFUSAL)


def test_a_warning_refuses_nobody(two: Pages) -> None:
    id_ = two.protect(warningOnly=True)
    two.person.write("B3", [["x"]])
    two.taken({"deleteProtectedRange": {"protectedRangeId": id_}})


@pytest.mark.parametrize(
    "editors",
    [
        {"users": ["Person@desk.example"]},
        {"groups": ["person@desk.example"]},
        {"domainUsersCanEdit": True},
    ],
)
def test_listed_editors_pass(two: Pages, editors: dict[str, Any]) -> None:
    two.protect(editors=editors)
    two.person.write("B3", [["x"]])


@pytest.mark.parametrize("kind", ["updateProtectedRange", "deleteProtectedRange"])
def test_a_protection_is_changed_by_its_editors_only(two: Pages, kind: str) -> None:
    id_ = two.protect()
    change: dict[str, Any] = {"protectedRangeId": id_}
    if kind == "updateProtectedRange":
        change = {"protectedRange": {**change, "warningOnly": True}, "fields": "warningOnly"}
    two.refused("POST", ":batchUpdate", {"requests": [{kind: change}]})


def test_who_adds_a_protection_may_edit_and_so_may_the_owner(two: Pages) -> None:
    two.person.batch({"addProtectedRange": {"protectedRange": {"range": CLOSED}}})
    (kept,) = two.person.sheet()["protectedRanges"]
    assert kept["editors"]["users"] == ["owner@desk.example", "person@desk.example"]
    assert kept["requestingUserCanEdit"] is True
    two.person.write("B3", [["x"]])
    two.owner.write("B3", [["y"]])


def test_a_protected_sheet_is_closed_but_for_what_is_left_open(two: Pages) -> None:
    two.protect(range={"sheetId": 0}, unprotectedRanges=[grid(0, 0, 2, 2), grid(4, 0, 5, 1)])
    two.person.write("A1", [["x", "y"], ["x", "y"]])
    two.person.write("A5", [["x"]])
    for closed in ("C1", "A3", "B5", "Z99"):
        assert two.person.refuse_write(closed, [["x"]]) == REFUSAL
    assert two.person.refuse_write("A2", [["x"], ["x"]]) == REFUSAL


SHEET_CHANGES: list[dict[str, Any]] = [
    {"updateSheetProperties": {"properties": {"title": "Mine"}, "fields": "title"}},
    {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}},
    {"deleteSheet": {"sheetId": 0}},
    {"insertDimension": {"range": rows(1, 2)}},
    {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}},
    {"updateDimensionProperties": {"range": rows(2, 3), "properties": {"pixelSize": 50}, "fields": "*"}},
    {"addDimensionGroup": {"range": rows(2, 3)}},
    {"addChart": {"chart": CHART}},
    {"setBasicFilter": {"filter": {"range": grid(0, 0, 6, 4)}}},
]


@pytest.mark.parametrize("change", SHEET_CHANGES, ids=[next(iter(one)) for one in SHEET_CHANGES])
def test_a_protected_sheet_keeps_its_name_its_size_and_what_floats_over_it(
    two: Pages, change: dict[str, Any]
) -> None:
    two.owner.batch({"addSheet": {}})
    two.protect(range={"sheetId": 0})
    two.refused("POST", ":batchUpdate", {"requests": [change]})


def test_a_protected_sheet_can_be_copied_and_moved_among_the_tabs(two: Pages) -> None:
    two.owner.batch({"addSheet": {}})
    two.protect(range={"sheetId": 0})
    two.taken(
        {"updateSheetProperties": {"properties": {"index": 2}, "fields": "index"}},
        {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Copy"}},
    )


def test_a_protected_column_takes_no_rows_in_between(two: Pages) -> None:
    two.protect(range={"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2})
    assert two.person.refuse_batch({"insertDimension": {"range": rows(3, 4)}}).endswith(REFUSAL)
    assert two.person.refuse_batch({"deleteDimension": {"range": rows(3, 4)}}).endswith(REFUSAL)


def test_a_csv_file_does_not_replace_what_is_protected(two: Pages) -> None:
    two.protect()
    url = f"{two.owner.desk.url}/upload/drive/v2/files/{two.owner.id}"
    before = two.state()
    answer = requests.put(url, data="x,y", headers={"X-Desk-Page": "1"}, timeout=5)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, REFUSAL)
    assert two.state() == before


def test_every_kind_of_request_says_what_it_writes() -> None:
    unsaid = {kind for kind in KINDS if kind not in TOUCHED and "DataSource" not in kind}
    assert unsaid == set()


def test_configured_users_are_told_apart_by_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    people = [
        Account("olga@desk.example", "owner", "token-of-olga"),
        Account("erik@desk.example", "editor", "token-of-erik"),
        Account("bot@desk.example", "editor", "token-of-bot"),
    ]
    with Desk(data=tmp_path_factory.mktemp("desk"), users=people) as desk:
        id_ = desk.workbook("Orders")
        olga, erik, bot = (Workbook(desk, id_) for _ in range(3))
        for name, book in (("olga", olga), ("erik", erik), ("bot", bot)):
            book.session.headers["Authorization"] = f"Bearer token-of-{name}"
        for one in people[1:]:
            share = {"type": "user", "role": "writer", "emailAddress": one.email}
            olga.session.post(f"{desk.url}/drive/v3/files/{id_}/permissions", json=share, timeout=5)
        protected = {"range": CLOSED, "editors": {"users": ["bot@desk.example"]}}
        olga.batch({"addProtectedRange": {"protectedRange": protected}})
        bot.write("B3", [["x"]])
        olga.write("B3", [["y"]])
        assert erik.refuse_write("B3", [["z"]]) == REFUSAL
        seen = [book.sheet()["protectedRanges"][0] for book in (bot, erik)]
        assert [one.get("requestingUserCanEdit", False) for one in seen] == [True, False]
        assert [one.get("editors", {}).get("users") for one in seen] == [
            ["olga@desk.example", "bot@desk.example"],
            None,
        ]
