"""Threats that only a whole story shows shut: connections to elsewhere, cells as large as a sheet allows, an insider's edits."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from sheets_schema import Cell
from tests.hostile import MARKUP, PATHS, TEMPLATES
from tests.system.company import ACME, LINA, ORDER
from tests.system.stories import Stage, mailed

FREE = ("special_requests", "delivery_address", "payment_method", "notes", "source", "duration")
#: As long as a cell can be, and what reads otherwise than it is stored.
HUGE: tuple[str, ...] = (
    "x" * 50_000, "很长" * 25_000, "<" * 50_000, "{{7*7}}" * 7_000, "=1+1;" * 9_999, "line\n" * 10_000,
    "\u202e" * 50_000, "\u200b" * 49_999 + "x", "Z\u0351\u036b\u0343" * 12_000,
)  # fmt: skip


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Where anything in this process connects to or asks the way to."""
    reached: set[Any] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(this: socket.socket, address: Any) -> None:
        reached.add(address[:2] if isinstance(address, tuple) else address)
        connect(this, address)

    def looking_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        reached.add((host, int(port)))
        return look_up(host, port, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return reached


def put(stage: Stage, texts: tuple[str, ...], at_once: int = len(FREE)) -> dict[int, dict[str, Cell]]:
    """Orders with these texts in their free fields, so many in each."""
    first = stage.contracts.last() + 1
    rows = {
        first + i // at_once: {**ORDER, **dict(zip(FREE, texts[i : i + at_once], strict=False))}
        for i in range(0, len(texts), at_once)
    }
    grid = {"sheetId": stage.contracts.sheet_id, "dimension": "ROWS", "length": len(rows) + 5}
    stage.contracts.do({"appendDimension": grid})
    stage.contracts.type_all(rows)
    return rows


@pytest.mark.parametrize("make_stage", ["worker"], indirect=True)
def test_whatever_cells_name_the_bot_talks_to_the_sheet_and_the_mail_server_alone(
    stage: Stage, connections: set[Any]
) -> None:
    stage.restart()
    rows = put(stage, (*MARKUP, *TEMPLATES, *(path for path in PATHS if "\0" not in path)))
    assert len(stage.rest()) == 2 * len(rows)
    desk = int(stage.desk.url.rpartition(":")[2])
    assert {("127.0.0.1", desk), ("127.0.0.1", stage.desk.smtp_port)} == connections


@pytest.mark.parametrize("make_stage", ["worker"], indirect=True)
def test_cells_as_large_as_a_sheet_allows_are_mailed_short_and_left_as_they_are(stage: Stage) -> None:
    rows = put(stage, HUGE, at_once=1)
    stage.contracts.add(ORDER)
    mails = stage.rest()
    assert len(mails) == 2 * len(rows) + 2, "a neighbour goes out as always"
    assert max(len(mail.text) + len(mail.html) for mail in mails) < 60_000
    stored = stage.contracts.rows()
    for number, row in rows.items():
        assert stored[number]["special_requests"] == row["special_requests"]


@pytest.mark.parametrize("make_stage", ["worker"], indirect=True)
@pytest.mark.parametrize("text", ["9" * 400, "1e999", "NaN", "Infinity", "-0", 1e300, -5], ids=str)
def test_a_number_nobody_means_waits_with_a_problem_and_stops_nobody(stage: Stage, text: Cell) -> None:
    row = stage.contracts.add({**ORDER, "quantity": text})
    stage.contracts.add(ORDER)
    assert stage.rest() == mailed("20261121-001")
    assert stage.contracts.row(row)["problem"]


def test_an_address_that_is_changed_after_the_mail_sends_nothing_again(
    make_stage: Callable[..., Stage],
) -> None:
    stage = make_stage()
    stage.lay_out()
    stage.init()
    stage.rest()
    row = stage.contracts.add(ORDER)
    assert stage.rest() == mailed("20261121-001")
    stage.customers.paste(stage.customers.find(customer="Acme Ltd"), email="elsewhere@acme.example")
    assert stage.rest() == []
    stored = stage.app().state.messages(order_no="20261121-001")
    assert {m.recipient for m in stored} >= {ACME, LINA}, "what was sent is kept as it was sent"
    stage.contracts.paste(row, mail_status="")
    again = mailed("20261121-001", customer="elsewhere@acme.example", generation=2)
    assert stage.rest() == again, "a person who asks for it anew has it sent to where the customer is now"
