"""What a Friday's figures cost: against the usual way, against a plain loop, by size, and in memory."""

from __future__ import annotations

import gzip
import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import gspread
import pandas as pd
import pytest

from bot.planning.runs import ClosedWeek
from bot.reports.figures.weekly import WANTED
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, TEAM
from tests.benchmarks.big_book import LANGUAGE, ZONE
from tests.benchmarks.measuring import cpu_of, dead_weight, median, milliseconds, show
from tests.benchmarks.report_company import (
    SELLERS,
    TEAMS,
    Best,
    Company,
    Sums,
    of_reports,
    plain_loop,
    week,
    weekly_run,
    years_closed,
)

ORDERS = 100_000
ROUNDS = 5
ROOT = Path(__file__).resolve().parents[2]
#: What the plain loop needs of an order, and nothing else.
BARE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (CONTRACTS.key, ARCHIVE.key),
        ("order_no", "product", "amount", "currency", "salesperson", "status", "created_at", "row_id"),
    ),
    CUSTOMERS.key: (),
    TEAM.key: ("name", "team"),
}


@pytest.fixture(scope="module")
def company() -> Company:
    """The company of two years and 100,000 orders."""
    return Company.of(ORDERS)


@pytest.fixture(scope="module")
def closed(company: Company) -> list[ClosedWeek]:
    """Its weeks but the last."""
    return years_closed(company)


class _Sheet(gspread.HTTPClient):
    """Where gspread gets the values of a tab from: the answer's bytes, parsed as requests parses them."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def values_get(self, *_: object, **__: object) -> Any:
        """The answer."""
        return json.loads(self._body)


def _usual_way(body: bytes, team: Mapping[str, str]) -> tuple[Sums, Best]:
    """`get_all_records`, and pandas on what it gives."""
    properties = {
        "sheetId": 0,
        "title": "Orders",
        "index": 0,
        "gridProperties": {"rowCount": 1, "columnCount": 1},
    }
    tab = gspread.Worksheet(Mock(), properties, "big", _Sheet(body))
    frame = pd.DataFrame(tab.get_all_records())
    title = {key: CONTRACTS.by_key[key].title(LANGUAGE) for key in BARE[CONTRACTS.key]}
    frame = frame.rename(columns={shown: key for key, shown in title.items()})
    frame["created_at"] = pd.to_datetime(frame["created_at"]).dt.tz_localize(str(ZONE))
    last = frame[(frame["created_at"] >= week(1).start) & (frame["created_at"] < week().end)]
    last = last[last["status"] != "已取消"]
    money = last["amount"].astype(str).str.replace(",", "")
    last = last.assign(
        cents=(pd.to_numeric(money) * 100).round().astype("int64"),
        is_this=last["created_at"] >= week().start,
        team=last["salesperson"].map(team),
    )
    sums: Sums = {}
    for by in ("salesperson", "team"):
        for key, group in last.groupby([by, "is_this", "currency"]):
            total, orders = Decimal(int(group["cents"].sum())).scaleb(-2), int(group["order_no"].nunique())
            sums[key[0], bool(key[1]), key[2]] = (total, orders, total / orders)
    best: Best = {}
    mine = last[last["is_this"] & (last["currency"] == "CNY")]
    for name, group in mine.groupby("team"):
        products = group.groupby("product")["cents"].sum()
        ranked = sorted(products.items(), key=lambda item: (-item[1], item[0]))[:5]
        best[name] = [(product, Decimal(int(cents)).scaleb(-2)) for product, cents in ranked]
    return sums, best


def _same(ours: tuple[Sums, Best], others: tuple[Sums, Best]) -> None:
    assert ours[0] == others[0]
    assert ours[1] == others[1]


def test_a_friday_costs_a_tenth_of_the_usual_way_and_little_more_than_a_plain_loop(
    company: Company, closed: list[ClosedWeek]
) -> None:
    answer, bare, whole = company.answer(WANTED), company.answer(BARE), company.whole_tab()
    team = {f"销售{i}": f"{i % TEAMS + 1} 队" for i in range(SELLERS)}
    _same(of_reports(*weekly_run(answer, closed, company.rules)), plain_loop(answer, WANTED))
    ours, plain, barest = [], [], []
    with dead_weight():
        for _ in range(ROUNDS):
            ours.append(cpu_of(lambda: weekly_run(answer, closed, company.rules)))
            plain.append(cpu_of(lambda: plain_loop(answer, WANTED)))
            barest.append(cpu_of(lambda: plain_loop(bare, BARE)))
        usual = cpu_of(lambda: _usual_way(whole, team))
    _same(_usual_way(whole, team), plain_loop(answer, WANTED))
    packed, all_packed = len(gzip.compress(answer, 6)), len(gzip.compress(whole, 6))
    to_plain = median(ours) / median(plain)
    show(
        f"A Friday's figures: {ORDERS:,} orders, {SELLERS} people, {TEAMS} teams, {len(closed)} weeks closed before",
        [
            ("reading, close and all reports", milliseconds(median(ours)), ""),
            ("get_all_records + pandas, sums and products alone", milliseconds(usual), ""),
            ("  ours of it", f"1/{usual / median(ours):.1f}", "at most 1/10"),
            ("the same columns, a plain loop, sums and products alone", milliseconds(median(plain)), ""),
            ("  ours by it", f"{to_plain:.2f}", "at most 2.5"),
            ("  ours by a loop over the 8 columns it needs", f"{median(ours) / median(barest):.2f}", ""),
            ("bytes of the columns read", f"{packed:,}", ""),
            ("  of the whole tab's", f"{packed / all_packed:.3f}", "at most 0.25"),
        ],
    )
    assert median(ours) <= usual / 10
    assert to_plain <= 2.5
    assert packed <= 0.25 * all_packed


def _cost_of(orders: int) -> float:
    company = Company.of(orders)
    closed, answer = years_closed(company), company.answer(WANTED)
    with dead_weight():
        return median([cpu_of(lambda: weekly_run(answer, closed, company.rules)) for _ in range(3)])


def test_the_cost_grows_with_the_rows_and_no_faster() -> None:
    spent = {orders: _cost_of(orders) for orders in (ORDERS // 10, ORDERS)}
    few, many = spent.values()
    show(
        "Ten times the orders",
        [(f"{n:,} orders", milliseconds(s), "") for n, s in spent.items()]
        + [("growth", f"{many / few:.1f}", "at most 12")],
    )
    assert many <= 12 * few


def test_closed_weeks_take_little_room(closed: list[ClosedWeek]) -> None:
    size = sum(len(closing.body) for closing in closed) / (ORDERS * len(closed) / (len(closed) + 1))
    show("Closed weeks", [("bytes a line", f"{size:.1f}", "at most 40")])
    assert size <= 40


_MILLION = """
import os, pickle, sys
from bot.reports.figures.weekly import WANTED
from tests.benchmarks.measuring import resident_mib
from tests.benchmarks.report_company import RULES, weekly_run
with open(sys.argv[1], "rb") as file:
    answer, closed = pickle.load(file)
book, personal, teams = weekly_run(answer, closed, RULES)
print(len(book.lines.core), resident_mib(os.getpid(), "VmHWM"))
"""


def test_a_million_orders_fit_into_two_gigabytes(tmp_path: Path) -> None:
    orders = 1_000_000
    company = Company.of(orders, archived=orders * 9 // 10)
    file = tmp_path / "answer"
    file.write_bytes(pickle.dumps((company.answer(WANTED), years_closed(company))))
    del company
    done = subprocess.run(
        [sys.executable, "-c", _MILLION, str(file)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lines, mib = map(float, done.stdout.split())
    show(
        "A million orders, nine in ten archived",
        [("most memory at once", f"{mib:,.0f} MiB", "at most 2,000 MB")],
    )
    assert lines == orders
    assert mib * 1024**2 <= 2_000_000_000
