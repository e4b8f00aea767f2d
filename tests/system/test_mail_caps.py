"""Nobody can make the bot flood a mailbox, or write to anybody whom the workbook's own people do not know."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sheets_schema import CONTRACTS, ORDER_ENTRY, Cell, Tab
from sheets_schema.cells import datetime_serial
from tests.hostile import PAYLOADS
from tests.system.company import ACME, ADMIN, CUSTOMER_ROWS, LINA, ORDER, TEAM_ROWS
from tests.system.hand import Hand
from tests.system.stories import Stage, mailed, told

EVIL = "victim@evil.example"
AS_WORKER = pytest.mark.parametrize("make_stage", ["worker"], indirect=True)


def capped(make_stage: Callable[..., Stage], **mail: Any) -> Stage:
    """A stage with these settings for mail, whose bot has met its workbook."""
    stage = make_stage()
    stage.settings = replace(stage.settings, mail=replace(stage.settings.mail, **mail))
    stage.lay_out()
    stage.init()
    stage.rest()
    return stage


def put(stage: Stage, sheet: Hand, rows: list[dict[str, Cell]]) -> range:
    """Rows put below the last one in one go, as many answers to a form."""
    first = sheet.last() + 1
    for grown in (stage.contracts, stage.entries):
        size = {"sheetId": grown.sheet_id, "dimension": "ROWS", "length": 2 * len(rows) + 10}
        grown.do({"appendDimension": size})
    sheet.type_all(dict(enumerate(rows, first)))
    return range(first, first + len(rows))


def test_a_customers_mail_above_the_cap_is_held_told_once_and_released(
    make_stage: Callable[..., Stage],
) -> None:
    stage = capped(make_stage, per_customer=3)
    numbers = [f"20261121-00{i}" for i in range(1, 7)]
    rows = put(stage, stage.contracts, [{**ORDER, "quantity": i} for i in range(1, 6)])
    mails = stage.rest()
    everything = mailed(*numbers[:5])
    held = [m for m in everything if m.to == ACME and m.number in numbers[3:5]]
    assert sorted(mails) == sorted([*(m for m in everything if m not in held), told("capped")])
    cells = [str(stage.contracts.row(n)["mail_status"]) for n in rows]
    assert [cell.startswith("customer ✓") for cell in cells] == [True] * 3 + [False] * 2
    assert cells[4] == "customer held: too many mails today, ask an admin · sales ✓"
    [notice] = [m for m in mails if m.kind == "admin_notice"]
    assert "2 mails are held" in notice.text
    assert "purchase_customer:20261121-005:1" in notice.text
    stage.contracts.add(ORDER)
    assert [m.to for m in stage.rest()] == [LINA], "the same day's second notice is not written"

    assert stage.release() == 3
    assert stage.rest() == sorted([*held, *mailed(numbers[5])[:1]])
    assert "customer ✓" in str(stage.contracts.row(rows[4])["mail_status"])
    assert stage.release() == 0


def forged(stage: Stage, count: int) -> list[dict[str, Cell]]:
    """Answers to the form that name a customer the workbook knows; a third of them want mail to a stranger."""
    moment = datetime_serial(stage.now.replace(tzinfo=None))
    answers: list[dict[str, Cell]] = [
        {**ORDER, "timestamp": moment + i / 10_000, "quantity": i + 1} for i in range(count)
    ]
    for answer in answers[::3]:
        answer["salesperson"] = EVIL
    return answers


@AS_WORKER
def test_a_thousand_forged_answers_are_held_and_told_once(make_stage: Callable[..., Stage]) -> None:
    stage = capped(make_stage)
    put(stage, stage.entries, forged(stage, 1_000))
    stage.poll(30)
    assert stage.new_mails() == [told("flood")]
    stage.poll(30)
    assert stage.new_mails() == []
    assert stage.app().state.counts()["orders"] == 2, "those that were in the book before the bot came"


@AS_WORKER
def test_forged_answers_that_are_released_leave_within_the_caps(make_stage: Callable[..., Stage]) -> None:
    stage = capped(make_stage, per_customer=5, per_hour=20)
    put(stage, stage.entries, forged(stage, 90))
    assert stage.rest() == [told("flood")]
    assert stage.release() == 1
    for _ in range(3):
        stage.poll(30)
    to = Counter(m.to for m in stage.new_mails())
    assert to == {ACME: 5, LINA: 14}, "the twentieth of the hour was the notice"
    stage.poll(3_600)
    to = Counter(m.to for m in stage.new_mails())
    assert to == {ADMIN: 1, LINA: 19}, "the alarm does not wait behind what it warns of"
    assert stage.app().state.counts()["mail.held"] == 55


def hostile_book(dice: random.Random, tab: Tab) -> list[dict[str, Cell]]:
    """Rows in which addresses and payloads stand wherever a name or a text is asked for."""
    texts = [EVIL, f"Eve <{EVIL}>", f"Acme Ltd, {EVIL}", f"Lina Li\nBcc: {EVIL}", f"mailto:{EVIL}"]
    texts += [text for text in PAYLOADS.values() if len(text) < 2_000 and text.isprintable()]
    keys = [f.key for f in tab.fields if f.key not in {"row_id", "order_no", "timestamp"}]
    rows = []
    for _ in range(40):
        row: dict[str, Cell] = dict(ORDER)
        for key in dice.sample(keys, 4):
            row[key] = dice.choice(texts)
        rows.append(row)
    return rows


@AS_WORKER
@pytest.mark.parametrize("tab", [CONTRACTS, ORDER_ENTRY], ids=["typed rows", "entries"])
def test_whatever_is_typed_mail_goes_to_team_customers_and_admins_and_to_nobody_else(
    make_stage: Callable[..., Stage], tab: Tab
) -> None:
    stage = capped(make_stage)
    dice = random.Random(tab.key)
    put(stage, stage.hand(tab), [*hostile_book(dice, tab), ORDER, {**ORDER, "salesperson": EVIL}])
    stage.rest()
    known = {str(row["email"]) for row in (*CUSTOMER_ROWS, *TEAM_ROWS) if row.get("email")} | {ADMIN}
    envelopes = {address for mail in stage.desk.mails() for address in mail["to"]}
    assert {ACME, LINA} <= envelopes <= known
    assert not any(EVIL in f"{m.headers.get('Reply-To', '')}{m.headers['To']}" for m in stage.mails())
