"""What `init` adds to the Summary and the Automations tab, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.sheets_layout import named_ranges, with_boxes, with_layout
from bot.layout.screen import Furnished, missing_rows
from bot.layout.structure import missing_layout
from bot.layout.summary_screen import is_foreign, missing_summary, new_summary
from bot.look import Area, Chart, Look, NamedRange, Protection
from bot.ports import About, Sheet
from sheets_schema import AUTOMATIONS, LANGUAGES, SUMMARY
from sheets_schema.automations import ALL_AUTOMATIONS, WEEKLY_TEAM
from sheets_schema.summary import CHARTS, FIRST_BLOCK_ROW, HEADING, HIDDEN, LOOKS, TAB_RIGHT, WIDTHS

BLANK = new_summary(Sheet(7, "Summary", 1000, 2, 1))
Found = list[dict[str, Any]]


def about(*sheets: Sheet, names: tuple[NamedRange, ...] = ()) -> About:
    return About("key", "Orders", "https://desk.example", "Asia/Shanghai", "en_US", sheets, None, names=names)


def lacking(sheet: Sheet, kind: str, *, names: tuple[NamedRange, ...] = (), language: str = "en") -> Found:
    found = missing_summary(sheet, about(sheet, names=names), language)
    return [r[kind] for _, requests in found for r in requests if kind in r]


def drawn(sheet: Sheet, language: str = "en") -> Sheet:
    """The tab with the charts it lacks, as they would be read back."""
    charts = [
        {"chartId": i, **r["chart"]} for i, r in enumerate(lacking(sheet, "addChart", language=language))
    ]
    (found,) = with_layout([sheet], [{"properties": {"sheetId": 7}, "charts": charts}], [])
    return replace(sheet, look=found.look)


# ── charts and their cells ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_charts_stand_side_by_side_between_the_heading_and_the_first_block(language: str) -> None:
    charts = [r["chart"] for r in lacking(BLANK, "addChart", language=language)]
    assert [c["spec"]["title"] for c in charts] == [chart.title[language] for chart in CHARTS]
    places = [c["position"]["overlayPosition"] for c in charts]
    visible = [0 if i in HIDDEN else width for i, width in enumerate(WIDTHS)]
    lefts = [sum(visible[: p["anchorCell"]["columnIndex"]]) + p["offsetXPixels"] for p in places]
    ends = [left + p["widthPixels"] for left, p in zip(lefts, places, strict=True)]
    assert lefts[0] == 0
    assert all(end < left for end, left in zip(ends, lefts[1:], strict=False))
    assert ends[-1] <= sum(visible)
    assert {p["anchorCell"]["rowIndex"] for p in places} == {1}
    assert {p["heightPixels"] for p in places} == {284}
    assert (FIRST_BLOCK_ROW - 2) * 21 > 284, "a chart would hide the first block"


def test_each_chart_is_drawn_from_its_own_named_cells() -> None:
    names = [r["namedRange"] for r in lacking(BLANK, "addNamedRange")]
    assert [n["name"] for n in names] == [chart.name for chart in CHARTS]
    for named, request in zip(names, lacking(BLANK, "addChart"), strict=True):
        basic = request["chart"]["spec"]["basicChart"]
        parts = [basic["domains"][0]["domain"], *(s["series"] for s in basic["series"])]
        sources = [part["sourceRange"]["sources"][0] for part in parts]
        assert sources[0]["startColumnIndex"] == named["range"]["startColumnIndex"]
        assert sources[-1]["endColumnIndex"] == named["range"]["endColumnIndex"] <= TAB_RIGHT
        assert {s["startRowIndex"] for s in sources} == {named["range"]["startRowIndex"]} == {1}


def test_charts_that_are_there_are_not_drawn_again_whatever_people_made_of_them() -> None:
    assert lacking(drawn(BLANK, "zh-CN"), "addChart", language="en") == []


def test_a_chart_that_somebody_took_away_comes_back_alone() -> None:
    sheet = drawn(BLANK)
    sheet = replace(sheet, look=replace(sheet.look, charts=sheet.look.charts[1:]))
    (request,) = lacking(sheet, "addChart")
    assert request["chart"]["spec"]["title"] == "Amount by week"


def test_a_chart_of_the_teams_own_is_not_taken_for_ours() -> None:
    own = Chart(5, (Area(7, 15, 40, 1, 2), Area(7, 15, 40, 4, 5)))
    assert len(lacking(replace(BLANK, look=Look(charts=(own,))), "addChart")) == len(CHARTS)


def test_names_and_charts_that_rows_have_pushed_down_are_put_back() -> None:
    chart = CHARTS[0]
    moved = Area(7, chart.top + 1, chart.bottom + 1, chart.column, chart.right)
    pushed = tuple(
        replace(moved, left=column, right=column + 1) for column in (chart.column, chart.column + 1)
    )
    names = (NamedRange("n1", chart.name.upper(), moved),)
    sheet = replace(BLANK, look=Look(charts=(Chart(3, pushed),)))
    (named,) = lacking(sheet, "updateNamedRange", names=names)
    assert named["namedRange"]["namedRangeId"] == "n1"
    assert named["namedRange"]["range"]["startRowIndex"] == chart.top
    (spec,) = lacking(sheet, "updateChartSpec", names=names)
    assert spec["chartId"] == 3
    assert len(lacking(sheet, "addChart", names=names)) == len(CHARTS) - 1


def test_names_and_charts_are_read_from_what_the_api_says() -> None:
    where = {"sheetId": 7, "startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 2, "endColumnIndex": 3}
    data = {"sourceRange": {"sources": [where]}}
    specs = [
        {"basicChart": {"domains": [{"domain": data}], "series": [{"series": data}]}},
        {"pieChart": {"domain": data, "series": data}},
        {"histogramChart": {}},
    ]
    charts = [{"chartId": i, "spec": spec} for i, spec in enumerate(specs)]
    (sheet,) = with_layout([BLANK], [{"properties": {"sheetId": 7}, "charts": charts}], [])
    area = Area(7, 1, 4, 2, 3)
    assert sheet.look.charts == (Chart(0, (area, area)), Chart(1, (area, area)), Chart(2, ()))
    assert named_ranges([{"namedRangeId": "x", "name": "n", "range": where}]) == (NamedRange("x", "n", area),)


# ── the tab itself ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_tab_of_the_same_name_with_something_else_in_it_is_reported_and_left_alone() -> None:
    theirs = replace(BLANK, header=("Region", "Q1", "Q2"))
    assert is_foreign(theirs, about(theirs))
    found = missing_layout(about(theirs), "en", iter(range(100, 200)).__next__)
    assert any("Tab 'Summary'" in problem for problem in found.problems)
    assert not [r for r in found.requests if "addChart" in r or "addNamedRange" in r]


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_tab_is_known_by_its_heading_or_its_names(language: str) -> None:
    headed = replace(BLANK, header=(HEADING[language][0],))
    assert not is_foreign(headed, about(headed))
    sorted_away = replace(BLANK, header=("2026-W47",))
    named = (NamedRange("n1", CHARTS[0].name, Area(7)),)
    assert not is_foreign(sorted_away, about(sorted_away, names=named))
    of_another_tab = (replace(named[0], area=Area(9)),)
    assert is_foreign(sorted_away, about(sorted_away, names=of_another_tab))


def test_every_kind_of_row_has_one_look_and_a_second_init_adds_none() -> None:
    rules = [r["rule"] for r in lacking(BLANK, "addConditionalFormatRule")]
    assert len(rules) == len(LOOKS)
    again = {"properties": {"sheetId": 7}, "conditionalFormats": rules}
    (sheet,) = with_layout([BLANK], [again], [])
    assert lacking(sheet, "addConditionalFormatRule") == []


def test_the_tab_is_marked_as_the_bots_and_nobody_is_kept_out() -> None:
    (kept,) = lacking(BLANK, "addProtectedRange")
    assert kept["protectedRange"]["warningOnly"]
    assert lacking(replace(BLANK, look=Look(protections=(Protection(),))), "addProtectedRange") == []


def test_a_width_that_somebody_chose_stays_and_the_hidden_columns_get_none() -> None:
    widths = [
        r["range"]["startIndex"]
        for r in lacking(replace(BLANK, look=Look(widths={0: 300})), "updateDimensionProperties")
        if r["fields"] == "pixelSize" and r["range"]["dimension"] == "COLUMNS"
    ]
    assert not {0, *HIDDEN} & set(widths)
    assert {1, 2, 3} <= set(widths)


# ── rows of Automations ─────────────────────────────────────────────────────────────────────────────────────


def automations(*names: str, **columns: int) -> Furnished:
    places = columns or {f.key: i for i, f in enumerate(AUTOMATIONS.fields)}
    look = Look(listed={places["automation"]: names} if names else {})
    return Furnished(AUTOMATIONS, Sheet(8, "Automations", 1000, 9, look=look), places)


def rows_for(here: Furnished, language: str = "en") -> Found:
    return [row for _, (request,) in missing_rows(here, language) for row in request["appendCells"]["rows"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_automation_gets_a_row_that_is_on_and_timed_in_words(language: str) -> None:
    rows = [row["values"] for row in rows_for(automations(), language)]
    values = [[next(iter(cell.get("userEnteredValue", {"": ""}).values())) for cell in row] for row in rows]
    assert values == [[a.title(language), True, a.when.get(language, ""), False] for a in ALL_AUTOMATIONS]
    assert all(row[i]["dataValidation"]["condition"]["type"] == "BOOLEAN" for row in rows for i in (1, 3))


def test_only_automations_that_nobody_has_named_in_any_language_are_added() -> None:
    named = (one.zh if i % 2 else f" {one.en.upper()} " for i, one in enumerate(ALL_AUTOMATIONS[:3]))
    added = rows_for(automations(*named, "our own reminder"))
    texts = [row["values"][0]["userEnteredValue"]["stringValue"] for row in added]
    assert texts == [one.en for one in ALL_AUTOMATIONS[3:]]
    assert rows_for(automations(*(a.zh for a in ALL_AUTOMATIONS))) == []


def test_rows_go_by_the_titles_wherever_their_columns_stand() -> None:
    here = automations(run_now=0, automation=3, when=5, on=1)
    (row,) = [r["values"] for r in rows_for(here)][2:3]
    assert [i for i, cell in enumerate(row) if cell] == [0, 1, 3, 5]
    assert row[3]["userEnteredValue"]["stringValue"] == WEEKLY_TEAM.en


def test_without_a_column_it_needs_no_row_is_added() -> None:
    assert rows_for(automations(automation=0, on=1, when=2)) == []


def test_the_names_are_read_beside_the_boxes() -> None:
    rows = [{"values": [{"formattedValue": "Purchase mail"}]}, {}, {"values": [{"formattedValue": "x"}]}]
    details = [{"properties": {"sheetId": 8}, "data": [{"rowData": rows}]}]
    (sheet,) = with_boxes([automations().sheet], details)
    assert sheet.look.listed == {0: ("Purchase mail", "", "x")}


def test_the_summary_is_laid_out_with_the_others() -> None:
    found = missing_layout(about(), "en", iter(range(100, 200)).__next__)
    (added,) = [r["addSheet"]["properties"] for r in found.requests if r.get("addSheet", {}).get("properties", {}).get("title") == SUMMARY.en]  # fmt: skip
    assert added["gridProperties"]["columnCount"] > TAB_RIGHT
    assert added["gridProperties"]["hideGridlines"]
