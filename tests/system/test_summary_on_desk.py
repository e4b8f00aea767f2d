"""The Summary tab over HTTP: what is written is read back as written, and a new week moves nothing but rows down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import requests

from bot.adapters.google_sheets import GoogleWorkbook
from bot.desk import Desk
from bot.layout.structure import missing_layout
from bot.planning.report_values import WeekBlock
from bot.planning.rules import Rules
from bot.projection import InsertRows
from bot.reports.shown.summary import standing_weeks, summary_edits
from bot.reports.shown.summary_charts import chart_figures
from sheets_schema import SUMMARY, Cell
from sheets_schema.summary import FIRST_BLOCK_ROW
from tests.unit.summary_samples import block, correction, period

RULES = Rules(language="en")


class Tab:
    """A Summary tab that `init` laid out, on a desk of its own."""

    def __init__(self, desk: Desk) -> None:
        key = desk.workbook("Orders", locale="en_US")
        self.url = f"{desk.url}/v4/spreadsheets/{key}"
        self.workbook = GoogleWorkbook(key, desk.url)
        layout = missing_layout(self.workbook.about(layout=True), "en", iter(range(101, 200)).__next__)
        self.workbook.build(layout.requests)

    def read(self) -> Sequence[Sequence[Cell]]:
        return self.workbook.contents([SUMMARY.key])[SUMMARY.en]

    def lacks(self, blocks: Sequence[WeekBlock]) -> tuple[Any, ...]:
        return summary_edits(blocks, chart_figures(blocks[0]), self.read(), RULES)

    def show(self, *blocks: WeekBlock) -> tuple[Any, ...]:
        self.workbook.about()
        edits = self.lacks(blocks)
        self.workbook.write(edits)
        return edits

    def formatted(self, row: int) -> list[str]:
        """A row (1-based) as people see it."""
        answer = requests.get(f"{self.url}/values/'{SUMMARY.en}'!A{row}:K{row}", timeout=10).json()
        return list(answer["values"][0])


@pytest.fixture
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as desk:
        yield Tab(desk)


def test_what_is_written_stands_and_people_see_money_and_percent(tab: Tab) -> None:
    blocks = (block(closed=False), block(1), block(2))
    tab.show(*blocks)
    assert tab.lacks(blocks) == ()
    assert standing_weeks(tab.read()) == {period(1).id, period(2).id}
    lina = tab.formatted(FIRST_BLOCK_ROW + 4)
    assert lina == ["华东", "李娜", "3", "10", "12,000.50", "4,000.17", "+20%", "75%", "30,000.00", "CNY"]


def test_a_new_week_and_a_correction_push_older_weeks_down_unchanged(tab: Tab) -> None:
    tab.show(block(1, closed=False), block(2), block(3))
    before = [row for row in tab.read() if period(3).id in map(str, row)]
    later = block(2, later=[correction(period(2).id, period(0).id)])
    edits = tab.show(block(closed=False), block(1), later)
    assert sum(isinstance(edit, InsertRows) for edit in edits) == 1
    assert [row for row in tab.read() if period(3).id in map(str, row)] == before
    assert standing_weeks(tab.read()) == {period(ago).id for ago in (1, 2, 3)}
    assert tab.lacks((block(closed=False), block(1), later)) == ()
    alignment = "sheets(data(rowData(values(userEnteredFormat(horizontalAlignment)))))"
    where = {"ranges": f"'{SUMMARY.en}'!E{FIRST_BLOCK_ROW}:E", "fields": alignment}
    rows = requests.get(tab.url, params=where, timeout=10).json()["sheets"][0]["data"][0]["rowData"]
    looks = [
        row.get("values", [{}])[0].get("userEnteredFormat", {}).get("horizontalAlignment") for row in rows
    ]
    assert set(looks[:60]) == {"RIGHT"}
