"""What the Activity tab tells of whole cycles: everything, once, in order, and nothing new while nothing happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.app import build_state
from bot.order_story import order_story, story_lines
from bot.ports import WorkbookError
from bot.settings import ActivitySettings
from sheets_schema import ACTIVITY
from tests.system.company import ACME, LINA, ORDER
from tests.system.stories import Stage, mailed

FIRST = "20261121-001"
SOLD = [
    (FIRST, "Order number given", "1 line(s)"),
    (FIRST, "Mail sent", "purchase detail, to the customer"),
    (FIRST, "Mail sent", "purchase detail, to the salesperson"),
]
MET = ("", "Rows that were here before", "2 line(s)")


def told(stage: Stage) -> list[tuple[object, ...]]:
    """Order, event and details of every row of the tab, from the top."""
    rows = stage.hand(ACTIVITY).rows().values()
    return [(row.get("order_no", ""), row.get("what", ""), row.get("detail", "")) for row in rows]


def sold(stage: Stage) -> int:
    row = stage.contracts.add(ORDER)
    assert stage.rest() == mailed(FIRST)
    stage.poll()
    return row


def test_an_order_and_its_mails_are_told_in_the_order_in_which_they_happened(stage: Stage) -> None:
    sold(stage)
    found = told(stage)
    assert found[0] == MET
    assert found[1] == SOLD[0]
    assert sorted(found[2:]) == sorted(SOLD[1:])
    assert stage.hand(ACTIVITY).shown(2, "time").startswith("2026-11-21 ")


def test_nothing_is_written_while_nothing_happens(stage: Stage) -> None:
    sold(stage)
    stage.poll()
    stage.requests()
    for _ in range(3):
        stage.poll()
    assert not [made for made in stage.requests() if "batchUpdate" in made]


def test_a_problem_is_told_once_when_it_comes_and_once_when_it_goes(stage: Stage) -> None:
    row = sold(stage)
    stage.contracts.type(row, due_date="soon")
    stage.rest()
    stage.poll()
    [raised] = [r for r in stage.hand(ACTIVITY).rows().values() if r["what"] == "Problem found"]
    assert (raised["order_no"], raised["detail"]) == (FIRST, f"Contract Orders, row {row}")
    assert raised["after"] == stage.contracts.row(row)["problem"]
    stage.contracts.clear(row, "due_date")
    stage.rest()
    stage.poll()
    [cleared] = [r for r in stage.hand(ACTIVITY).rows().values() if r["what"] == "Problem solved"]
    assert (cleared["order_no"], cleared["before"]) == (FIRST, raised["after"])


def test_what_people_typed_stays_text(stage: Stage) -> None:
    row = stage.contracts.add(ORDER, product="=1+1")
    stage.rest()
    stage.poll()
    [raised] = [r for r in stage.hand(ACTIVITY).rows().values() if r["what"] == "Problem found"]
    assert "=1+1" in str(raised["after"])
    assert raised["detail"] == f"Contract Orders, row {row}"


def test_after_a_lost_disk_the_old_rows_stay_and_the_new_go_below(stage: Stage) -> None:
    sold(stage)
    before = told(stage)
    stage.lose_state()
    stage.rest()
    stage.poll()
    after = told(stage)
    assert after[: len(before)] == before
    assert [what for _, what, _ in after[len(before) :]] == [
        "Memory rebuilt from the workbook", "Rows recognised again",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}], ids=["503", "drop"])
def test_a_lost_answer_doubles_nothing(stage: Stage, fault: dict[str, object]) -> None:
    stage.contracts.add(ORDER)
    stage.poll(30)
    stage._control("PUT", "faults", [{"match": "batchUpdate", "times": 1, "when": "after", **fault}])
    with pytest.raises(WorkbookError):
        stage.poll(30)
    assert stage.rest() == mailed(FIRST)
    stage.poll()
    assert sorted(told(stage)[1:]) == sorted(SOLD)


def test_without_the_tab_all_goes_on_and_a_later_one_catches_up(stage: Stage) -> None:
    stage.book.do({"deleteSheet": {"sheetId": stage.book.sheets()[ACTIVITY.en]}})
    stage.restart()
    row = stage.contracts.add(ORDER)
    assert stage.rest() == mailed(FIRST)
    stage.init()
    stage.poll(601)
    stage.poll()
    stage._hands.pop(ACTIVITY.key, None)
    assert told(stage)[1] == SOLD[0]
    assert stage.contracts.row(row)["order_no"] == FIRST


def test_a_tab_deleted_while_the_bot_runs_delays_nothing_for_long(stage: Stage) -> None:
    sold(stage)
    stage.book.do({"deleteSheet": {"sheetId": stage.book.sheets()[ACTIVITY.en]}})
    stage.contracts.add(ORDER, quantity=7)
    for _ in range(4):
        try:
            stage.poll(30)
        except WorkbookError:
            continue
    assert stage.new_mails() == mailed("20261121-002")


def test_the_tab_keeps_the_newest_rows(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage()
    stage.settings = replace(stage.settings, activity=ActivitySettings(rows=10))
    stage.lay_out()
    stage.init()
    stage.rest()
    for quantity in range(1, 7):
        stage.contracts.add(ORDER, quantity=quantity)
        stage.rest()
        stage.poll()
    found = told(stage)
    assert 10 <= len(found) <= 12
    assert MET not in found
    assert {number for number, _, _ in found[-3:]} == {"20261121-006"}


# ── status --order ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_orders_whole_story_is_told_in_the_teams_zone_and_without_addresses(stage: Stage) -> None:
    sold(stage)
    state = build_state(stage.settings)
    try:
        story = order_story(state, FIRST, "Asia/Shanghai")
        assert order_story(state, "20261121-999", "Asia/Shanghai") is None
    finally:
        state.close()
    assert story is not None
    assert [one["what"] for one in story["happened"]] == ["number_given", "mail_sent", "mail_sent"]
    assert [(mail["kind"], mail["to"], mail["status"]) for mail in story["mails"]] == [
        ("purchase_customer", ["customer"], "sent"), ("purchase_sales", ["salesperson"], "sent"),
    ]  # fmt: skip
    assert all(one["at"].endswith("+08:00") for one in (*story["happened"], *story["mails"]))
    lines = "\n".join(story_lines(story))
    assert "Order number given: 1 line(s)" in lines
    assert "sent     purchase detail, to the customer (customer)" in lines
    for text in (lines, json.dumps(story)):
        assert ACME not in text
        assert LINA not in text
