"""`init` with all it can lay out: once, foretold, put back after vandals, and beside whatever people made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.desk import Desk
from bot.init import Initialised
from sheets_schema import CONTRACTS, CUSTOMERS, LANGUAGES, SUMMARY, TEAM, Owner
from sheets_schema.guide import GUIDE, GUIDE_TITLES
from sheets_schema.titles import column_letter
from sheets_schema.views import MINE, OVERDUE, WAITING
from tests.system.laid_out import PEOPLE, LaidOut, Request, normal
from tests.system.vandals import some_harm

KEYS = CONTRACTS.keys(*Owner)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def blank(desk: Desk, tmp_path: Path) -> Iterator[LaidOut]:
    """A workbook that the bot has not met."""
    book = LaidOut(desk, tmp_path, "en")
    yield book
    book.close()


@pytest.fixture(scope="module", params=LANGUAGES)
def pattern(
    request: pytest.FixtureRequest, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LaidOut]:
    """A workbook with everything laid out, in each language."""
    book = LaidOut(desk, tmp_path_factory.mktemp("bot"), request.param)
    book.lay_out()
    yield book
    book.close()


@pytest.fixture
def either(desk: Desk, pattern: LaidOut, tmp_path: Path) -> Iterator[LaidOut]:
    """A copy of it, which the bot has met."""
    book = LaidOut(desk, tmp_path, pattern.language, pattern.copied())
    book.init()
    yield book
    book.close()


@pytest.fixture(scope="module")
def english(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaidOut]:
    book = LaidOut(desk, tmp_path_factory.mktemp("bot"), "en")
    book.lay_out()
    yield book
    book.close()


@pytest.fixture
def book(desk: Desk, english: LaidOut, tmp_path: Path) -> Iterator[LaidOut]:
    """A copy of a workbook with everything laid out, which the bot has met."""
    copy = LaidOut(desk, tmp_path, "en", english.copied())
    # A copy has none of the notes that programs left: the guide is known by its name, and marked again.
    assert copy.init().said[:-1] == ("'Guide': marked as the guide",)
    yield copy
    copy.close()


def views(book: LaidOut) -> dict[str, dict[str, Any]]:
    return {one["title"]: one for one in book.sheets()[CONTRACTS.title(book.language)]["filterViews"]}


def moved(book: LaidOut, key: str, to: int = 1) -> Request:
    """The request that moves a column of Contract Orders."""
    sheet_id = book.sheets()[CONTRACTS.en]["properties"]["sheetId"]
    at = KEYS.index(key)
    source = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    return {"moveDimension": {"source": source, "destinationIndex": to}}


# ── once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_init_sends_no_write_with_guide_roles_and_views(either: LaidOut) -> None:
    assert either.writes_of(either.init) == []
    assert either.writes_of(lambda: either.init(with_guide=True)) == []
    assert either.init(with_guide=True) == Initialised((), ())


# ── foretold ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_says_what_init_would_do_and_sends_no_write(blank: LaidOut) -> None:
    before = blank.layout()
    told: list[Initialised] = []
    assert blank.writes_of(lambda: told.append(blank.dry_run(with_guide=True))) == []
    assert blank.layout() == before
    assert blank.app.state.digests() == {}
    done = blank.init(with_guide=True)
    assert told[0].said[:-1] == done.said[:-1]
    assert (told[0].said[-1], done.said[-1]) == (
        "First meeting: the rows that are there adopted, none mailed.",
        "First meeting: 0 rows adopted, none mailed.",
    )
    assert blank.dry_run() == Initialised((), (), done.notes)


# ── filter views ────────────────────────────────────────────────────────────────────────────────────────────


def test_there_is_a_view_for_what_waits_what_is_late_and_each_active_salesperson(either: LaidOut) -> None:
    one = either.language
    names = ("Lina Berg", "王芳", 'Bo "Q" =1+1')
    assert set(views(either)) == {WAITING[one], OVERDUE[one], *(MINE[one] + name for name in names)}


def test_a_persons_view_shows_the_orders_under_their_name_or_address_and_no_others(book: LaidOut) -> None:
    column = KEYS.index("salesperson")
    shown = {}
    for name, text in ((PEOPLE[0][0], "lina berg"), (PEOPLE[2][0], PEOPLE[2][0])):
        (spec,) = views(book)[f"My orders – {name}"]["filterSpecs"]
        assert spec["columnIndex"] == column
        (value,) = spec["filterCriteria"]["condition"]["values"]
        cells = (text, f" {text} ", "BO@sales.example", "lina@sales.example", "Lina", "")
        shown[name] = [worked_out(book, value["userEnteredValue"], cell) for cell in cells]
    assert shown == {
        "Lina Berg": [True, True, False, True, False, False],
        'Bo "Q" =1+1': [True, True, True, False, False, False],
    }


def worked_out(book: LaidOut, formula: str, cell: str) -> bool:
    """What a view's formula says of a row whose Salesperson cell holds this."""
    book.write(f"'{CONTRACTS.en}'!{column_letter(KEYS.index('salesperson'))}2", [[cell]])
    params = {"valueInputOption": "USER_ENTERED"}
    at = f"{book.url}/values/'{CONTRACTS.en}'!AH2"
    assert book.session.put(at, json={"values": [[formula]]}, params=params, timeout=10).status_code == 200
    shown = book.session.get(at, params={"valueRenderOption": "UNFORMATTED_VALUE"}, timeout=10).json()
    return bool(shown["values"][0][0])


def test_what_is_late_goes_by_the_day_it_is_looked_at_and_by_states_in_both_languages(book: LaidOut) -> None:
    due, status = views(book)["Overdue"]["filterSpecs"]
    assert due["columnIndex"] == KEYS.index("due_date")
    assert due["filterCriteria"] == {
        "condition": {"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}
    }
    assert status["columnIndex"] == KEYS.index("status")
    over = {"Delivered", "Completed", "Cancelled", "已送达", "已完成", "已取消"}
    assert set(status["filterCriteria"]["hiddenValues"]) == over


def test_views_go_along_with_columns_that_are_moved(book: LaidOut) -> None:
    for key in ("status", "salesperson", "due_date"):
        book.do(moved(book, key, to=len(KEYS)))
        assert book.init() == Initialised((), ()), key


def test_a_view_that_was_not_led_along_is_put_right_and_keeps_its_id(book: LaidOut) -> None:
    before = views(book)
    stale = [
        {"updateFilterView": {
            "filter": {"filterViewId": one["filterViewId"], "filterSpecs": one["filterSpecs"]}, "fields": "filterSpecs",
        }}
        for one in before.values()
    ]  # fmt: skip
    book.do(moved(book, "salesperson"), *stale)
    assert book.init().said == (
        "'Contract Orders': filter views set: 1",
        "'Contract Orders': filter views of salespeople follow the team: 3",
    )
    ids = {title: one["filterViewId"] for title, one in views(book).items()}
    assert ids == {title: one["filterViewId"] for title, one in before.items()}
    assert views(book)["My orders – Lina Berg"]["filterSpecs"][0]["columnIndex"] == 1
    assert book.init() == Initialised((), ())


def test_views_follow_who_sells_and_leave_alone_what_somebody_works_with(book: LaidOut) -> None:
    other = [{"columnIndex": 3, "filterCriteria": {"hiddenValues": ["Acme"]}}]
    bos = views(book)[f"My orders – {PEOPLE[2][0]}"]["filterViewId"]
    sheet_id = book.sheets()[CONTRACTS.en]["properties"]["sheetId"]
    mine = {"range": {"sheetId": sheet_id}, "filterSpecs": other}
    book.do(
        {"updateFilterView": {"filter": {"filterViewId": bos, "filterSpecs": other}, "fields": "filterSpecs"}},
        {"addFilterView": {"filter": {**mine, "title": "My orders – Berlin"}}},
        {"addFilterView": {"filter": {**mine, "title": "我的订单 – 王芳"}}},
        {"duplicateFilterView": {"filterId": views(book)["Overdue"]["filterViewId"]}},
    )  # fmt: skip
    own = {
        title: one for title, one in views(book).items() if title.endswith(("Berlin", "Overdue", "- 王芳"))
    }
    book.write(f"'{TEAM.en}'!F2:F4", [[False], [True], [False]])
    book.write(f"'{TEAM.en}'!A8", [["Ina", "ina@sales.example", "", "Sales", "", True]])
    book.init()
    assert set(views(book)) == {
        "Waiting for review", "Overdue", "Copy of Overdue", "My orders – Berlin", "My orders – Ina",
        "My orders – 王芳", "我的订单 – 王芳", f"My orders – {PEOPLE[2][0]}",
    }  # fmt: skip
    assert {title: views(book)[title] for title in own} == own
    assert book.writes_of(book.init) == []


def test_a_workbook_that_changes_its_language_keeps_its_views(
    desk: Desk, book: LaidOut, tmp_path: Path
) -> None:
    before = views(book)
    (tmp_path / "zh").mkdir()
    chinese = LaidOut(desk, tmp_path / "zh", "zh-CN", book.key)
    assert chinese.init(with_guide=True).said == ()
    chinese.close()
    assert views(book) == before


# ── vandals ─────────────────────────────────────────────────────────────────────────────────────────────────


def people_of_their_own(book: LaidOut) -> list[Request]:
    """What people laid out for themselves in tabs of ours."""
    sheets = book.sheets()
    ids = {tab: sheets[tab.en]["properties"]["sheetId"] for tab in (CONTRACTS, CUSTOMERS, SUMMARY)}
    orders, own, notes = ids[CONTRACTS], len(KEYS), KEYS.index("notes")
    guide = sheets[GUIDE_TITLES["en"]]["properties"]["sheetId"]
    cells = {"sheetId": orders, "startRowIndex": 1, "startColumnIndex": notes, "endColumnIndex": notes + 1}
    mine = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Mine"}]}, "strict": True}
    money = {"userEnteredFormat": {"numberFormat": {"type": "CURRENCY", "pattern": "$0"}}, "note": "Mine"}
    title = {
        "userEnteredValue": {"stringValue": "Region"},
        "userEnteredFormat": {"textFormat": {"italic": True}},
    }
    below = {"userEnteredValue": {"stringValue": "Holidays: ask Lina"}}
    look = {"textFormat": {"bold": True}}
    source = {
        "sheetId": ids[SUMMARY],
        "startRowIndex": 20,
        "endRowIndex": 25,
        "startColumnIndex": 1,
        "endColumnIndex": 2,
    }
    series = [{"series": {"sourceRange": {"sources": [source]}}}]
    chart = {"title": "Mine", "basicChart": {"chartType": "LINE", "series": series}}
    anchor = {"overlayPosition": {"anchorCell": {"sheetId": ids[SUMMARY], "rowIndex": 40, "columnIndex": 2}}}
    return [
        {"updateCells": {"start": {"sheetId": orders, "columnIndex": own}, "rows": [{"values": [title]}, {"values": [money]}], "fields": "*"}},
        {"updateCells": {"start": {"sheetId": guide, "rowIndex": len(GUIDE["en"]) + 1}, "rows": [{"values": [below]}], "fields": "*"}},
        {"setDataValidation": {"range": cells, "rule": mine}},
        {"addConditionalFormatRule": {"index": 0, "rule": {"ranges": [cells], "booleanRule": {"condition": mine["condition"] | {"type": "TEXT_EQ"}, "format": look}}}},
        {"addProtectedRange": {"protectedRange": {"range": cells, "description": "Mine", "warningOnly": True}}},
        {"addFilterView": {"filter": {"title": "Mine", "range": {"sheetId": orders, "endRowIndex": 9}}}},
        {"addChart": {"chart": {"spec": chart, "position": anchor}}},
        {"addNamedRange": {"namedRange": {"name": "Mine", "range": cells}}},
        {"addSheet": {"properties": {"title": "Mine", "tabColor": {"red": 1}}}},
        {"setBasicFilter": {"filter": {"range": {"sheetId": ids[CUSTOMERS], "endRowIndex": 5}}}},
    ]  # fmt: skip


def test_whatever_vandals_did_to_ours_is_put_back_and_what_people_made_stays(book: LaidOut) -> None:
    book.do(*people_of_their_own(book))
    assert book.init() == Initialised((), ()), "what people made for themselves was taken for a lack"
    book.shorten(80)
    assert book.init() == Initialised((), ())
    sheets = book.sheets()
    before = normal(sheets)
    for seed in range(32):
        harm = some_harm(sheets, Random(seed))
        book.do(*_in_a_possible_order(harm))
        assert book.init().problems == (), seed
        sheets = book.sheets()
        after = normal(sheets)
        for title in before:
            assert after[title] == before[title], (seed, title, harm)
    assert book.writes_of(book.init) == []


def _in_a_possible_order(harm: list[Request]) -> list[Request]:
    """Each thing is harmed once, and rules by their places from the last on."""
    once = {json.dumps(_target(one), sort_keys=True): one for one in harm}
    rules = [one for one in once.values() if "ConditionalFormat" in next(iter(one))]
    rules.sort(key=lambda one: -int(next(iter(one.values()))["index"]))
    return [*(one for one in once.values() if one not in rules), *rules]


def _target(request: Request) -> Any:
    ((kind, body),) = request.items()
    for part in ("protectedRange", "filter", "namedRange"):
        body = body.get(part, body)
    for name in ("protectedRangeId", "filterViewId", "filterId", "namedRangeId"):
        if name in body:
            return [body[name]]
    if "ConditionalFormat" in kind:
        return ["rule", body["sheetId"], body["index"]]
    return [kind, body]


# ── beside what people made ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_people_made_is_touched_in_a_crowded_workbook(
    desk: Desk, tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    language = dice.choice(LANGUAGES)
    book = LaidOut(desk, tmp_path, language)
    book.do(*crowd(dice, language))
    before = book.sheets()
    book.lay_out()
    after = book.sheets()
    book.close()
    for title in (title for title in before if title and title != CONTRACTS.title(language)):
        index = {"index": after[title]["properties"]["index"]}
        was = {**before[title], "properties": before[title]["properties"] | index}
        assert json.dumps(after[title], sort_keys=True) == json.dumps(was, sort_keys=True), title
    was, now = (found[CONTRACTS.title(language)] for found in (before, after))
    for part in ("protectedRanges", "filterViews", "conditionalFormats", "charts"):
        assert [one for one in was.get(part, []) if one not in now[part]] == []
    assert now["basicFilter"] == was["basicFilter"]
    for column in range(_OWN_COLUMNS):
        assert _column(now, column) == _column(was, column)
        assert now["data"][0]["columnMetadata"][column] == was["data"][0]["columnMetadata"][column]
    assert [one for one in before[""]["namedRanges"] if one not in after[""]["namedRanges"]] == []


_OWN_COLUMNS = 4


def _column(sheet: dict[str, Any], column: int) -> list[Any]:
    rows = [row.get("values", []) for row in sheet["data"][0]["rowData"][:20]]
    return [rows[i][column] if i < len(rows) and column < len(rows[i]) else {} for i in range(20)]


def crowd(dice: Random, language: str) -> list[Request]:
    """Tabs of people's own, one of which goes by the name of ours, with all that one can put into a tab."""
    titles = [CONTRACTS.title(language), *dice.sample(("2025", "Guide", "Preise", "Übersicht", "汇总"), 3)]
    return [request for number, title in enumerate(titles, 500) for request in _own_tab(number, title, dice)]


def _own_tab(sheet_id: int, title: str, dice: Random) -> list[Request]:
    def area(top: int = 0) -> Request:
        left, right = sorted(dice.sample(range(_OWN_COLUMNS + 1), 2))
        return {"sheetId": sheet_id, "startRowIndex": top, "endRowIndex": dice.randint(5, 18),
                "startColumnIndex": left, "endColumnIndex": right}  # fmt: skip

    def cell() -> Request:
        colour = {part: dice.random() for part in ("red", "green", "blue")}
        form = {"backgroundColor": colour, "textFormat": {"bold": dice.random() < 0.5},
                "numberFormat": {"type": "NUMBER", "pattern": dice.choice(("0.0", "#,##0", "@"))}}  # fmt: skip
        value = dice.choice(({"stringValue": dice.choice("abc")}, {"numberValue": dice.randint(0, 9)}))
        return {"userEnteredValue": value, "userEnteredFormat": form, "note": dice.choice(("", "n"))}

    heads = [{"userEnteredValue": {"stringValue": f"Own {i}"}} for i in range(_OWN_COLUMNS)]
    rows = [{"values": heads}, *({"values": [cell() for _ in range(_OWN_COLUMNS)]} for _ in range(9))]
    condition = {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": dice.choice("abc")}]}
    listed = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "a"}]}
    sized = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 3}
    source = {"sourceRange": {"sources": [{**area(), "startColumnIndex": 0, "endColumnIndex": 1}]}}
    anchor = {"overlayPosition": {"anchorCell": {"sheetId": sheet_id, "rowIndex": 3, "columnIndex": 3}}}
    spec = {"title": "Own", "basicChart": {"chartType": "BAR", "series": [{"series": source}]}}
    specs = [{"columnIndex": 1, "filterCriteria": {"condition": condition}}]
    return [
        {"addSheet": {"properties": {"sheetId": sheet_id, "title": title}}},
        {"updateCells": {"start": {"sheetId": sheet_id}, "rows": rows, "fields": "*"}},
        {"setDataValidation": {"range": area(1), "rule": {"condition": listed, "strict": True}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [area(1)], "booleanRule": {
            "condition": condition, "format": {"textFormat": {"bold": True}}}}}},
        {"addProtectedRange": {"protectedRange": {"range": area(1), "description": "Own"}}},
        {"addProtectedRange": {"protectedRange": {"range": area(), "warningOnly": True}}},
        {"addFilterView": {"filter": {"title": dice.choice(("Own", "Late")), "range": area(), "filterSpecs": specs}}},
        {"setBasicFilter": {"filter": {"range": area(), "criteria": {"0": {"hiddenValues": ["a"]}}}}},
        {"addChart": {"chart": {"spec": spec, "position": anchor}}},
        {"addNamedRange": {"namedRange": {"name": f"own_{sheet_id}", "range": area()}}},
        {"updateDimensionProperties": {"range": sized, "properties": {"pixelSize": dice.randint(20, 300)}, "fields": "pixelSize"}},
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "own", "visibility": "DOCUMENT",
                                                           "location": {"sheetId": sheet_id}}}},
    ]  # fmt: skip
