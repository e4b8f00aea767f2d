"""Text by people who mean harm, in every text field people can write: it stays text, everywhere.

Each workbook carries many payloads, a different one in every field, so that one story covers a few dozen of them.
Payloads are put in as a form or a paste does it: stored as they are, not entered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import pytest

from bot.mails.mail_text import LONG, SHORT, one_line, shown
from sheets_schema import CONTRACTS, ORDER_ENTRY, Cell, Kind, Owner, Tab
from sheets_schema.cells import is_blank, is_error, plain_text
from tests.hostile import PAYLOADS
from tests.system.company import ORDER
from tests.system.stories import Stage

#: Text fields of either tab that say something and decide nothing, so that a row with them is a good row.
FREE = {
    tab.key: [f.key for f in tab.fields if f.kind is Kind.TEXT and f.owner is Owner.PERSON and not f.required]
    for tab in (CONTRACTS, ORDER_ENTRY)
}
#: Those that both mails show.
TOLD = ("duration", "payment_method", "delivery_address", "special_requests")
#: A cell holds 50,000 characters, and a lone surrogate cannot be sent to any sheet.
STORABLE = {
    name: text
    for name, text in PAYLOADS.items()
    if len(text) < 20_000 and not re.search("[\ud800-\udfff]", text)
}
NAMES = list(STORABLE)
BATCHES = [NAMES[i::4] for i in range(4)]


def rows_with(names: Sequence[str], tab: Tab) -> list[dict[str, Cell]]:
    """Rows that carry each payload once in each free field: row i has payload i + j in its field j."""
    fields = [key for key in FREE[tab.key] if key != "specification"]
    return [
        {**ORDER, **{key: STORABLE[names[(i + j) % len(names)]] for j, key in enumerate(fields)}}
        for i in range(len(names))
    ]


def normal(text: object) -> str:
    """Text without what differs between a cell and a mail that wraps its lines."""
    return re.sub(r"\s+", "", str(text))


@pytest.fixture
def plain(make_stage: Callable[..., Stage]) -> Stage:
    stage = make_stage(flood=500)
    stage.lay_out()
    stage.init()
    stage.rest()
    return stage


def assert_nothing_came_of_it(stage: Stage, mails: int) -> None:
    """Mails are two parts of plain words to the two people they are for; no cell became a formula."""
    assert len(stage.mails()) == mails
    for mail in stage.mails():
        assert mail.to.endswith((".example", "@example.com"))
        assert "evil" not in mail.to
        assert mail.headers["Content-Type"].startswith("multipart/alternative")
        assert not {"Bcc", "Cc", "Content-Disposition"} & mail.headers.keys()
        assert "\n" not in mail.subject
        assert "root:x:0" not in mail.text + mail.html
        assert not re.search(r"<(script|img|iframe|svg|form|base|link)\b", mail.html, re.IGNORECASE)
    assert not [cell for cell in stage.book.entered() if "formulaValue" in cell]


# Who runs the bot makes no difference to a text, so the quarters take turns.
TURNS = [
    pytest.param(mode, names, id=f"quarter {i + 1}-{mode}")
    for i, (mode, names) in enumerate(zip(("worker", "cron") * 2, BATCHES, strict=True))
]


@pytest.mark.parametrize(("make_stage", "names"), TURNS, indirect=["make_stage"])
@pytest.mark.parametrize("tab", [CONTRACTS, ORDER_ENTRY], ids=["typed rows", "entries"])
def test_hostile_text_in_rows_arrives_as_text_and_harms_no_neighbour(
    plain: Stage, tab: Tab, names: list[str]
) -> None:
    sheet = plain.hand(tab)
    first = sheet.last() + 1
    rows = dict(enumerate(rows_with(names, tab), first))
    need = first + 2 * len(names)
    for grown in (plain.contracts, plain.entries):
        grown.do({"appendDimension": {"sheetId": grown.sheet_id, "dimension": "ROWS", "length": need}})
    sheet.type_all(rows)
    sheet.type_all(dict.fromkeys(range(max(rows) + 1, max(rows) + 3), ORDER))
    plain.rest()
    stored = sheet.rows()
    for number, row in rows.items():
        for key, cell in row.items():
            assert stored[number].get(key, "") == cell, f"{key} of row {number} is no longer what was typed"
    bad = {n for n, row in rows.items() if any(is_error(cell) for cell in row.values())}
    good = rows.keys() - bad
    assert {n for n in rows if "order_no" in stored[n]} == good
    for number in bad:
        assert "mend the formula" in str(stored[number]["problem" if tab is CONTRACTS else "result"])
    assert_nothing_came_of_it(plain, mails=2 * (len(good) + 2))
    letters = {(m.number, m.kind): m.text for m in plain.mails()}
    for number in good:
        for kind in ("purchase_customer", "purchase_sales"):
            text = normal(letters[str(stored[number]["order_no"]), kind])
            for key in TOLD:
                cell = rows[number][key]
                if not is_blank(cell):
                    assert told_in(text, plain_text(cell)), f"{key} of row {number}: {str(cell)[:60]!r}"
    if tab is ORDER_ENTRY:
        assert_taken_over(plain, rows, good)


def told_in(text: str, cell: str) -> bool:
    """Whether the mail shows the cell, whole or, where it is long, its beginning."""
    return any(
        normal(fit(cell, limit)).rstrip("…") in text for fit in (shown, one_line) for limit in (LONG, SHORT)
    )


def assert_taken_over(stage: Stage, rows: Mapping[int, Mapping[str, Cell]], good: set[int]) -> None:
    """The row made for an entry holds its text as text."""
    entries = stage.entries.rows()
    made = {row["order_no"]: row for row in stage.contracts.rows().values()}
    for number in good:
        for key in ("special_requests", "payment_method", "notes", "source"):
            cell = rows[number][key]
            if not is_blank(cell):
                assert made[entries[number]["order_no"]][key] == plain_text(cell)


@pytest.mark.parametrize(("make_stage", "names"), TURNS[:2], indirect=["make_stage"])
def test_hostile_names_in_the_lookups_stay_names(plain: Stage, names: list[str]) -> None:
    names = [name for name in names if not is_blank(STORABLE[name]) and not is_error(STORABLE[name])]
    for sheet in (plain.customers, plain.products, plain.contracts):
        size = {"sheetId": sheet.sheet_id, "dimension": "ROWS", "length": 2 * len(names)}
        sheet.do({"appendDimension": size})
    customers, products = plain.customers, plain.products
    at = customers.last() + 1
    customers.type_all(
        {
            at + i: {
                "customer_no": f"H-{i}", "customer": STORABLE[name], "contact": STORABLE[names[i - 1]],
                "phone": STORABLE[names[i - 2]], "address": STORABLE[names[i - 3]],
                "tier": STORABLE[names[i - 4]], "email": f"h{i}@harm.example",
            }
            for i, name in enumerate(names)
        }
    )  # fmt: skip
    at = products.last() + 1
    products.type_all(
        {
            at + i: {"product": f"P{i}", "specification": STORABLE[name], "unit": STORABLE[names[i - 5]],
                     "duration": STORABLE[names[i - 6]], "unit_price": 2, "active": True}
            for i, name in enumerate(names)
        }
    )  # fmt: skip
    at = plain.contracts.last() + 1
    plain.contracts.type_all(
        {
            at + i: {**ORDER, "customer": f"H-{i}", "product": f"P{i}", "specification": STORABLE[name]}
            for i, name in enumerate(names)
        }
    )
    before = (customers.grid(), products.grid())
    plain.rest()
    assert (customers.grid(), products.grid()) == before
    assert_nothing_came_of_it(plain, mails=2 * len(names))
    rows = plain.contracts.rows()
    to = {m.number: m.to for m in plain.mails() if m.kind == "purchase_customer"}
    assert to == {str(rows[at + i]["order_no"]): f"h{i}@harm.example" for i in range(len(names))}


@pytest.mark.parametrize("where", ["customers", "team"])
def test_what_is_not_one_plain_address_is_mailed_by_nobody(plain: Stage, where: str) -> None:
    sheet = plain.customers if where == "customers" else plain.team
    row = sheet.find(**({"customer": "Mute Mills"} if where == "customers" else {"name": "Nora Null"}))
    order = {**ORDER, "customer": "C-1004"} if where == "customers" else {**ORDER, "salesperson": "Nora Null"}
    line = plain.contracts.add(order)
    for text in (
        "victim@evil.example, other@evil.example", "a@b.example\r\nBcc: victim@evil.example", "A <victim@evil.example>",
        "victim@evil.example\x00", "=HYPERLINK(\"mailto:a@b.example\")", "a@b@evil.example", "@evil.example", "ü@evil.example",
    ):  # fmt: skip
        sheet.paste(row, email=text)
        assert plain.rest() == [], text
        assert "e-mail" in str(plain.contracts.row(line)["problem"])
    plain.contracts.add(ORDER)
    assert len(plain.rest()) == 2


def test_a_formula_that_shows_a_value_is_taken_for_what_it_shows(plain: Stage) -> None:
    row = plain.contracts.add(ORDER, quantity="=1+2")
    mails = plain.rest()
    assert len(mails) == 2
    assert "1,080.00" in mails[0].text
    plain.contracts.paste(row, quantity=3)
    assert plain.rest() == []
