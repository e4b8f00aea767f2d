"""Tabs that come and go while the worker runs."""

from __future__ import annotations

import random

from sheets_schema import ORDER_ENTRY, Cell
from tests.system.street import Town, answer_cells


def test_an_entry_tab_added_later_is_found_within_minutes_and_costs_no_idle_poll_a_request() -> None:
    town = Town()
    tab = town.sheet.grids.pop(ORDER_ENTRY.zh)
    asked: list[int] = []
    about = town.sheet.about

    def counted(*, layout: bool = False) -> object:
        asked.append(1)
        return about(layout=layout)

    town.sheet.about = counted  # type: ignore[method-assign,assignment]
    for _ in range(10):
        assert town.cycle(30)
    assert len(asked) == 1
    row: list[Cell] = []
    for key, value in answer_cells("T1", random.Random(1), town.now).items():
        town.put(row, key, value, "order_entry")
    town.sheet.grids[ORDER_ENTRY.zh] = [*tab, row]
    for _ in range(20):
        assert town.cycle(30)
    assert town.purchase_mails("<T1>") == {"customer": 1, "sales": 1}
