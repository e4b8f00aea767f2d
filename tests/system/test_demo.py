"""The demo's workbook: filled in a moment, adopted without a mail, with nothing wrong but what is meant to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from bot.app import build_app
from bot.cycle import run_cycle, stand_down
from bot.demo.board import TITLE
from bot.demo.fill import LANGUAGE, demo_settings, new_workbook, remembered_workbook
from bot.demo.hand import Hand
from bot.demo.stock import GOODS
from bot.desk import Desk
from bot.glance import App, Glance
from bot.layout.structure import Layout, missing_layout
from sheets_schema import CONTRACTS, CUSTOMERS, LAID_OUT, PRODUCTS, SUMMARY, TEAM
from sheets_schema.summary import CHARTS
from sheets_schema.titles import column_letter

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """A demo before its story begins."""

    desk: Desk
    data: Path
    key: str
    hand: Hand
    app: App

    def poll_until_quiet(self) -> list[int]:
        """Poll as the worker does until the typed rows have settled; the numbers of edits."""
        glance, edits = Glance(), []
        for seconds in range(0, 20, 4):
            cycle, glance = run_cycle(self.app, NOON + timedelta(seconds=seconds), glance)
            edits.append(cycle.edits)
        return edits


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    data = tmp_path_factory.mktemp("demo")
    with Desk(data=data) as desk:
        key = new_workbook(desk, data, NOON.date())
        app = replace(build_app(demo_settings(desk, key, data)), clock=lambda: NOON, reporter=None)
        hand = Hand(desk.url, key, LANGUAGE)
        yield Shop(desk, data, key, hand, app)
        stand_down(app)
        app.state.close()
        hand.close()


def test_nothing_is_mailed_and_only_the_rows_typed_wrongly_have_a_problem(shop: Shop) -> None:
    edits = shop.poll_until_quiet()
    rows = list(shop.hand.rows(CONTRACTS))
    troubled = [(i, row["problem"]) for i, row in enumerate(rows) if row.get("problem")]
    assert [i for i, _ in troubled] == [len(rows) - 2, len(rows) - 1]
    assert "湖州明湖文旅" in troubled[0][1]
    assert "5,100.00" in troubled[1][1]
    assert shop.desk.mails() == []
    assert edits[-1] == 0, "the bot never comes to rest"
    assert {row["mail_status"] for row in rows[:-2]} == {"未发送：启用前已有"}
    assert all(row.get("row_id") for row in rows[:-2])


def test_stock_is_as_the_company_counted_it(shop: Shop) -> None:
    shop.poll_until_quiet()
    counted = {(g.name, g.specification): g.stock for g in GOODS}
    shown = {
        (row["product"], row.get("specification", "")): row.get("stock", "")
        for row in shop.hand.rows(PRODUCTS)
    }
    assert {key: int(text.replace(",", "")) if text else None for key, text in shown.items()} == counted


def test_the_survey_leads_to_the_desks_own_feedback_form(shop: Shop) -> None:
    settings = demo_settings(shop.desk, shop.key, shop.data)
    form = requests.get(settings.survey.form.replace("{order_no}", "20261122-001"), timeout=10)
    assert form.status_code == 200
    assert 'value="20261122-001"' in form.text
    assert (settings.hours.quiet, settings.hours.workdays) == ("", "")


def test_init_would_find_nothing_to_do(shop: Shop) -> None:
    about = shop.app.workbook.about(layout=True)
    assert missing_layout(about, LANGUAGE, iter(range(2000, 2100)).__next__) == Layout((), (), ())
    assert [s.title for s in about.sheets] == [*(tab.zh for tab in LAID_OUT), TITLE]


@pytest.mark.parametrize("title", ["审核人", "财务审核人", "物流信息"])
def test_whoever_tries_it_may_do_the_work_of_every_role(shop: Shop, title: str) -> None:
    sheet = next(s for s in shop.app.workbook.about(layout=True).sheets if s.title == CONTRACTS.zh)
    column = sheet.header.index(title)
    kept = [p for p in sheet.look.protections if p.covers(1, column)]
    assert [one.is_warning for one in kept] == [False]
    answer = requests.put(
        f"{shop.desk.url}/v4/spreadsheets/{shop.key}/values/'{CONTRACTS.zh}'!{column_letter(column)}900",
        params={"valueInputOption": "RAW"},
        json={"values": [[""]]},
        headers={"X-Desk-Page": "1"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


def test_every_active_cell_is_a_box(shop: Shop) -> None:
    for tab, title in ((TEAM, "在职"), (PRODUCTS, "在售")):
        sheet = next(s for s in shop.app.workbook.about(layout=True).sheets if s.title == tab.zh)
        assert sheet.header.index(title) in sheet.look.validated
        assert sheet.look.unboxed == {}


def test_the_dropdowns_offer_what_is_there(shop: Shop) -> None:
    url = f"{shop.desk.url}/v4/spreadsheets/{shop.key}"
    fields = "sheets.data.rowData.values.dataValidation"
    found = requests.get(url, params={"fields": fields, "ranges": f"'{CONTRACTS.zh}'!D2"}, timeout=10).json()
    [cell] = found["sheets"][0]["data"][0]["rowData"][0]["values"]
    where = cell["dataValidation"]["condition"]["values"][0]["userEnteredValue"]
    offered = requests.get(f"{url}/values/{where.removeprefix('=')}", timeout=10).json()["values"]
    assert [one for [one] in offered] == [row["customer"] for row in shop.hand.rows(CUSTOMERS)]


def test_the_board_adds_up(shop: Shop) -> None:
    def column(where: str) -> list[float]:
        params = {"valueRenderOption": "UNFORMATTED_VALUE"}
        answer = requests.get(
            f"{shop.desk.url}/v4/spreadsheets/{shop.key}/values/'{TITLE}'!{where}", params=params, timeout=10
        )
        return [row[0] for row in answer.json()["values"]]

    def amount(cells: dict[str, str]) -> float:
        return float(cells["amount"].replace(",", ""))

    adopted = list(shop.hand.rows(CONTRACTS))[:-2]
    total = round(sum(amount(row) for row in adopted if row["status"] != "已取消"), 2)
    by_product, by_seller, lines = column("E4:E17"), column("H4:H15"), column("L4:L10")
    # The row with a typed amount is not an order yet, but it stands in the sheet and has no status.
    stray = 5000
    assert round(sum(column("B4:B10")), 2) == total
    assert round(sum(by_product), 2) == round(sum(by_seller), 2) == total + stray
    assert column("B11") == [pytest.approx(total)]
    assert sum(lines) == len(adopted)
    assert sum(column("I4:I15")) == pytest.approx((total + stray) / total)


def test_the_board_has_two_native_charts_and_the_summary_its_own(shop: Shop) -> None:
    url = f"{shop.desk.url}/v4/spreadsheets/{shop.key}"
    sheets = requests.get(url, params={"fields": "sheets(properties(title),charts)"}, timeout=10).json()[
        "sheets"
    ]
    charts = {s["properties"]["title"]: s.get("charts", []) for s in sheets}
    assert [c["spec"]["basicChart"]["chartType"] for c in charts.pop(TITLE)] == ["COLUMN", "BAR"]
    assert len(charts.pop(SUMMARY.title(LANGUAGE))) == len(CHARTS)
    assert not any(charts.values())


def test_a_second_demo_opens_the_workbook_of_the_first(shop: Shop) -> None:
    assert remembered_workbook(shop.desk, shop.data) == shop.key


@pytest.mark.parametrize(
    "left_over",
    ["", "{", "[]", '"x"', "{}", json.dumps({"workbook": "1gone"}), json.dumps({"workbook": "a/../b"})],
)
def test_what_cannot_be_opened_again_is_made_anew(shop: Shop, tmp_path: Path, left_over: str) -> None:
    (tmp_path / "demo.json").write_text(left_over, encoding="utf-8")
    assert remembered_workbook(shop.desk, tmp_path) is None


def test_an_empty_directory_remembers_nothing(shop: Shop, tmp_path: Path) -> None:
    assert remembered_workbook(shop.desk, tmp_path) is None
