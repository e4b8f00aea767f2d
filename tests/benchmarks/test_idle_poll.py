"""What a poll costs when nothing has changed, and how many requests any poll makes."""

from __future__ import annotations

import random
from pathlib import Path

from bot.adapters.database import open_state
from sheets_schema import CONTRACTS, ORDER_ENTRY, Cell
from tests.benchmarks.big_book import in_columns, new_order
from tests.benchmarks.full_desk import FullDesk
from tests.benchmarks.measuring import cpu_of, median, milliseconds, show
from tests.benchmarks.office import Office

IDLE_CYCLES = 30
NEW_ORDERS = 20


def test_an_idle_poll_of_100_000_rows_costs_one_request_and_ten_milliseconds(
    desk_of_years: FullDesk, tmp_path: Path
) -> None:
    state = open_state(desk_of_years.copy_of_state(tmp_path))
    office = Office(desk_of_years.workbook(), state)
    office.settle()
    desk_of_years.forget_requests()
    outcomes: list[str] = []
    spent = [cpu_of(lambda: outcomes.append(office.cycle().outcome)) for _ in range(IDLE_CYCLES)]
    asked = desk_of_years.requests()
    body = office.workbook.read().body
    show(
        "An idle poll, 100,000 rows in 6 tabs",
        [
            ("CPU of the whole cycle, state included", milliseconds(median(spent)), "at most 10 ms"),
            ("requests", f"{len(asked) / IDLE_CYCLES:g}", "1"),
            ("bytes over the wire", f"{len(body):,}", ""),
        ],
    )
    assert set(outcomes) == {"idle"}
    assert len(asked) == IDLE_CYCLES
    assert all("prettyPrint=false" in str(request) for request in asked)
    assert office.workbook.read().encoding == "gzip"
    assert median(spent) <= 0.010


def test_a_poll_with_new_orders_in_two_tabs_makes_two_reads_and_two_writes(
    desk_of_years: FullDesk, tmp_path: Path
) -> None:
    state = open_state(desk_of_years.copy_of_state(tmp_path))
    office = Office(desk_of_years.workbook(), state)
    office.cycle()
    rng = random.Random(5)
    # Once in the life of a state the Activity tab is read, which costs two more reads.
    desk_of_years.write(
        CONTRACTS.key, desk_of_years.height_now() + 1, [in_columns(CONTRACTS.key, new_order("R", rng))]
    )
    before = sum(office.cycle().delivered.sent for _ in range(5))
    typed = [in_columns(CONTRACTS.key, new_order(f"R{i}", rng)) for i in range(NEW_ORDERS)]
    answers: list[list[Cell]] = [
        in_columns(ORDER_ENTRY.key, new_order(f"E{i}", rng)) for i in range(NEW_ORDERS)
    ]
    desk_of_years.write(CONTRACTS.key, desk_of_years.height_now() + 1, typed)
    desk_of_years.write(ORDER_ENTRY.key, 2, answers)
    most_reads = most_writes = sent = 0
    for _ in range(5):
        desk_of_years.forget_requests()
        sent += office.cycle().delivered.sent
        methods = [request["method"] for request in desk_of_years.requests()]
        most_reads, most_writes = (
            max(most_reads, methods.count("GET")),
            max(most_writes, methods.count("POST")),
        )
    show(
        f"{2 * NEW_ORDERS} orders in two tabs, from typed to proved",
        [("most reads in a cycle", str(most_reads), "2"), ("most writes in a cycle", str(most_writes), "2")],
    )
    assert (before, sent) == (2, 2 * 2 * NEW_ORDERS)
    assert most_reads <= 2
    assert most_writes <= 2
