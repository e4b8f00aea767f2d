"""`init` on a desk with users: columns kept for the roles of the Team tab, and what is left of them after vandals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.app import build_app
from bot.cycle import stand_down
from bot.desk import Desk
from bot.desk.access.accounts import Account
from bot.desk.access.protection import REFUSAL
from bot.init import Initialised, initialise
from bot.ports import WorkbookRefused
from bot.settings import MailSettings, Settings, WorkbookSettings
from sheets_schema import CONTRACTS, CUSTOMERS, LANGUAGES, PRODUCTS, TEAM, Owner
from sheets_schema.screen import COLOURS, DROPDOWNS, FILLED_BY
from sheets_schema.titles import column_letter
from tests.desk.client import Workbook

BOT = "bot@project.iam.gserviceaccount.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
ROLES = {"lea": "Lead", "fay": "Finance", "max": "仓库", "tom": "Sales", "ada": "Admin"}
PEOPLE = (
    Account("olga@sales.example", "owner", "token-of-olga"),
    *(Account(f"{name}@sales.example", "editor", f"token-of-{name}") for name in ROLES),
    Account(BOT, "editor", public_key=PUBLIC),
)
KEYS = CONTRACTS.keys(*Owner)
SHOWN = "sheets(properties(sheetId,title),conditionalFormats,protectedRanges,data(rowData(values(dataValidation))))"


class Office:
    """A workbook of Olga's, shared with her team and with the bot, which has laid it out."""

    def __init__(self, desk: Desk, folder: Path, language: str = "en") -> None:
        self.desk, self.id, self.language = desk, desk.workbook("Orders", "Asia/Shanghai", "en_US"), language
        key = folder / "key.json"
        secret = {
            "type": "service_account",
            "client_email": BOT,
            "private_key": PRIVATE,
            "token_uri": f"{desk.url}/token",
        }
        key.write_text(json.dumps(secret), encoding="utf-8")
        key.chmod(0o600)
        self.settings = Settings(
            workbook=WorkbookSettings(self.id, desk.url, credentials=str(key)),
            mail=MailSettings("orders@sales.example", "127.0.0.1", desk.smtp_port, security="none"),
            language=language,
            state=f"sqlite:///{folder / 'bot.db'}",
        )
        self.olga = self.as_("olga")
        for one in PEOPLE[1:]:
            share = {"type": "user", "role": "writer", "emailAddress": one.email}
            self.olga.session.post(f"{desk.url}/drive/v3/files/{self.id}/permissions", json=share, timeout=10)
        self.init()
        members = [[n.title(), f"{n}@sales.example", "", role, "", True] for n, role in ROLES.items()]
        self.olga.write(f"'{TEAM.title(language)}'!A2", members)

    def as_(self, name: str) -> Workbook:
        book = Workbook(self.desk, self.id)
        book.session.headers["Authorization"] = f"Bearer token-of-{name}"
        return book

    def init(self, fussy_about: str = "") -> Initialised:
        """`python -m bot init`, at a spreadsheet that may refuse an address, as Google may and the desk does not."""
        app = build_app(self.settings)
        build = app.workbook.build

        def fussy(requests: Sequence[Mapping[str, object]]) -> None:
            if fussy_about and fussy_about in json.dumps(requests):
                raise WorkbookRefused("Refused: No such account.")
            build(requests)

        app.workbook.build = fussy  # type: ignore[method-assign]
        try:
            return initialise(replace(app, reporter=None))
        finally:
            stand_down(app)
            app.state.close()

    def writes_of(self, act: Callable[[], Any]) -> list[str]:
        """Which of its calls changed, or tried to change, the workbook."""
        url = f"{self.desk.url}/_desk/requests"
        self.olga.session.delete(url, timeout=10)
        act()
        calls = self.olga.session.get(url, timeout=10).json()
        return [c["path"] for c in calls if c["method"] != "GET" and c["path"].startswith("/v4/")]

    def sheet(self, title: str) -> dict[str, Any]:
        sheets = self.olga.get(SHOWN, f"'{title}'!1:3")["sheets"]
        return dict(next(s for s in sheets if s["properties"]["title"] == title))

    def state(self) -> dict[str, Any]:
        """All that `init` laid over the cells of Contract Orders, without the ids that change when it is made anew."""
        sheet = self.sheet(CONTRACTS.title(self.language))
        protections = [
            {k: v for k, v in one.items() if k not in ("protectedRangeId", "requestingUserCanEdit")}
            for one in sheet["protectedRanges"]
        ]
        for one in protections:
            one["editors"] = sorted(one.get("editors", {}).get("users", []))
        rows = sheet["data"][0].get("rowData", [])
        return {
            "protections": sorted(protections, key=json.dumps),
            "validations": rows[1:],
            "colours": sheet["conditionalFormats"],
        }

    def cell(self, key: str, row: int = 2) -> str:
        return f"'{CONTRACTS.title(self.language)}'!{column_letter(KEYS.index(key))}{row}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk"), users=PEOPLE) as running:
        yield running


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_roles_are_laid_out_once_and_then_nothing_is_written(
    desk: Desk, tmp_path: Path, language: str
) -> None:
    office = Office(desk, tmp_path, language)
    done = office.init()
    assert done.problems == ()
    assert sum("kept for the role" in said for said in done.said) == 3
    assert office.writes_of(office.init) == []
    assert office.init() == Initialised((), ())


@pytest.mark.parametrize(
    ("key", "who"),
    [
        ("shipped_on", "max"),
        ("tracking", "max"),
        ("delivered_on", "max"),
        ("reviewer", "lea"),
        ("finance_reviewer", "fay"),
    ],
)
def test_a_column_is_open_to_its_role_the_admins_and_the_owner_and_to_nobody_else(
    office: Office, key: str, who: str
) -> None:
    office.init()
    for name in (*ROLES, "olga"):
        if name in (who, "ada", "olga"):
            office.as_(name).write(office.cell(key), [["x"]])
        else:
            assert office.as_(name).refuse_write(office.cell(key), [["x"]]) == REFUSAL


@pytest.mark.parametrize("key", ["customer", "quantity", "status", "cancel_reason", "notes", "mail_status"])
def test_orders_and_their_status_stay_open_to_everybody(office: Office, key: str) -> None:
    office.init()
    for name in ROLES:
        office.as_(name).write(office.cell(key), [["x"]])


def test_what_olga_closed_to_the_warehouse_stays_closed_to_it(office: Office) -> None:
    sheet_id = office.sheet(CONTRACTS.en)["properties"]["sheetId"]
    quantity = {"sheetId": sheet_id, "startColumnIndex": 7, "endColumnIndex": 8, "startRowIndex": 1}
    people = {"users": [f"{name}@sales.example" for name in ("olga", "tom")] + [BOT]}
    office.olga.batch(
        {
            "addProtectedRange": {
                "protectedRange": {"range": quantity, "editors": people, "description": "Mine"}
            }
        }
    )
    office.init()
    assert office.as_("max").refuse_write(office.cell("quantity"), [[9]]) == REFUSAL
    office.as_("max").write(office.cell("tracking"), [["SF 1042"]])
    office.as_("tom").write(office.cell("quantity"), [[9]])
    assert "Mine" in [one.get("description") for one in office.state()["protections"]]


def test_a_protection_goes_along_with_its_column(office: Office) -> None:
    office.init()
    sheet_id = office.sheet(CONTRACTS.en)["properties"]["sheetId"]
    at = KEYS.index("tracking")
    source = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    office.olga.batch({"moveDimension": {"source": source, "destinationIndex": 2}})
    assert office.init() == Initialised((), ())
    assert office.as_("tom").refuse_write(f"'{CONTRACTS.en}'!C2", [["x"]]) == REFUSAL
    office.as_("max").write(f"'{CONTRACTS.en}'!C2", [["x"]])


def test_the_next_init_follows_who_is_in_the_team(office: Office) -> None:
    office.init()
    office.olga.write(f"'{TEAM.en}'!A4", [["Tina", "tom@sales.example", "", "Warehouse", "", True]])
    office.olga.write(f"'{TEAM.en}'!D2", [["Sales"]])
    done = office.init()
    office.as_("tom").write(office.cell("tracking"), [["x"]])
    assert office.as_("max").refuse_write(office.cell("tracking"), [["x"]]) == REFUSAL
    office.as_("tom").write(office.cell("reviewer"), [["x"]])
    assert any("open to everybody" in said for said in done.said)
    assert ["role Lead" in note for note in done.notes] == [True]
    assert office.writes_of(office.init) == []


def test_reviewers_are_offered_as_the_team_has_them(office: Office) -> None:
    def offered(key: str) -> list[str]:
        [row] = office.sheet(CONTRACTS.en)["data"][0]["rowData"][1:2]
        values = row["values"][KEYS.index(key)]["dataValidation"]["condition"]["values"]
        return [value["userEnteredValue"] for value in values]

    assert offered("reviewer") == offered("salesperson") == ["='Team'!$A$2:$A"]
    office.init()
    assert (offered("reviewer"), offered("finance_reviewer")) == (["Lea"], ["Fay"])
    assert offered("salesperson") == ["='Team'!$A$2:$A"]
    office.olga.write(f"'{TEAM.en}'!D5", [["Sales, Lead"]])
    office.init()
    assert offered("reviewer") == ["Lea", "Tom"]
    office.olga.write(f"'{TEAM.en}'!F3", [[False]])
    office.init()
    assert offered("finance_reviewer") == ["='Team'!$A$2:$A"]
    assert office.writes_of(office.init) == []


def test_an_address_the_workbook_refuses_stops_one_role_and_nothing_else(office: Office) -> None:
    done = office.init(fussy_about="max@sales.example")
    (problem,) = done.problems
    assert "No such account" in problem
    assert "max@sales.example" in problem
    assert sum("kept for the role" in said for said in done.said) == 2
    assert office.init().problems == ()


# ── vandals ─────────────────────────────────────────────────────────────────────────────────────────────────


def vandalised(office: Office, dice: Random) -> list[dict[str, Any]]:
    """Some harm that somebody with every right does to what is ours, one request each."""
    sheet = office.sheet(CONTRACTS.en)
    sheet_id = sheet["properties"]["sheetId"]
    ours = [p for p in sheet["protectedRanges"] if p.get("description", "").startswith("Order Desk")]
    harm: list[dict[str, Any]] = []
    for one in dice.sample(ours, dice.randint(1, len(ours))):
        harm.append(_harm_to(one, sheet_id, dice))
    columns = [k for t, k in DROPDOWNS if t == CONTRACTS.key]
    for key in dice.sample(columns, dice.randint(1, 5)):
        at = KEYS.index(key)
        where = {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": at, "endColumnIndex": at + 1}
        harm.append({"setDataValidation": {"range": where}})
    for index in sorted(dice.sample(range(1, len(sheet["conditionalFormats"])), 4), reverse=True):
        harm.append({"deleteConditionalFormatRule": {"sheetId": sheet_id, "index": index}})
    return harm


def _harm_to(one: dict[str, Any], sheet_id: int, dice: Random) -> dict[str, Any]:
    named = {"protectedRangeId": one["protectedRangeId"]}
    elsewhere = {"sheetId": sheet_id, "startRowIndex": dice.randint(2, 9), "endRowIndex": 20}
    users = {"users": ["olga@sales.example", BOT, f"{dice.choice(list(ROLES))}@sales.example"]}
    kinds: list[dict[str, Any]] = [
        {"deleteProtectedRange": named},
        {"updateProtectedRange": {"protectedRange": {**named, "range": elsewhere}, "fields": "range"}},
    ]
    if one["description"].split()[2] not in ("titles", "writes"):
        kinds += [
            {"updateProtectedRange": {"protectedRange": {**named, "editors": users}, "fields": "editors"}},
            {
                "updateProtectedRange": {
                    "protectedRange": {**named, "warningOnly": True},
                    "fields": "warningOnly",
                }
            },
        ]
    return dice.choice(kinds)


def people_of_their_own(office: Office) -> list[dict[str, Any]]:
    """What people laid over Contract Orders for themselves."""
    sheet_id = office.sheet(CONTRACTS.en)["properties"]["sheetId"]
    notes = KEYS.index("notes")
    where = {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": notes, "endColumnIndex": notes + 1}
    vip = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "VIP"}]}
    rule = {"ranges": [where], "booleanRule": {"condition": vip, "format": {"textFormat": {"bold": True}}}}
    choice = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Ours"}]}, "strict": True}
    return [
        {"setDataValidation": {"range": where, "rule": choice}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"addProtectedRange": {"protectedRange": {"range": where, "description": "Ours", "editors": {"users": [BOT]}}}},
        {"addProtectedRange": {"protectedRange": {"range": where, "warningOnly": True}}},
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_what_vandals_did_to_ours_is_undone_and_what_people_made_stays(office: Office, seed: int) -> None:
    dice = Random(seed)
    office.init()
    office.olga.batch(*people_of_their_own(office))
    assert office.init() == Initialised((), ()), "what people made for themselves was taken for a lack"
    before = office.state()
    for _ in range(2):
        for request in vandalised(office, dice):
            office.olga.batch(request)
        assert office.state() != before
        done = office.init()
        assert done.problems == ()
        after = office.state()
        assert after["protections"] == before["protections"]
        assert after["validations"] == before["validations"]
        assert in_any_order(after["colours"]) == in_any_order(before["colours"])
        assert after["colours"][0] == before["colours"][0]
        assert order_in_columns(after["colours"]) == order_in_columns(before["colours"])
        assert office.writes_of(office.init) == []


def in_any_order(rules: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(rule, sort_keys=True) for rule in rules)


def order_in_columns(rules: list[dict[str, Any]]) -> dict[int, list[str]]:
    """The rules of each column in their order, of which the first that fits wins."""
    found: dict[int, list[str]] = {}
    for rule in rules:
        found.setdefault(rule["ranges"][0]["startColumnIndex"], []).append(json.dumps(rule, sort_keys=True))
    return found


def test_a_bot_that_was_locked_out_says_so_and_leaves_the_rest_in_order(office: Office) -> None:
    office.init()
    sheet = office.sheet(CONTRACTS.en)
    one = next(p for p in sheet["protectedRanges"] if "tracking" in p.get("description", ""))
    alone = {"protectedRangeId": one["protectedRangeId"], "editors": {"users": ["olga@sales.example"]}}
    office.olga.batch({"updateProtectedRange": {"protectedRange": alone, "fields": "editors"}})
    done = office.init()
    assert [problem for problem in done.problems if "tracking" in problem] == list(done.problems)
    assert len(done.problems) == 1
    assert office.writes_of(office.init) == []


# ── colours as they are seen ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_orders_that_need_somebody_are_seen(desk: Desk, tmp_path: Path, language: str) -> None:
    office = Office(desk, tmp_path, language)
    title = CONTRACTS.title(language)
    [[today]] = _worked_out(office, "=TODAY()")
    [[now]] = _worked_out(office, "=NOW()")
    pending, shipped = ("待审核", "已发货") if language == "zh-CN" else ("Pending review", "Shipped")
    delivered = "已送达" if language == "zh-CN" else "Delivered"
    rows = [
        # due date, status, created, updated
        (today - 1, shipped, "", ""), (today, shipped, "", ""), (today + 2, shipped, "", ""), (today + 3, shipped, "", ""),
        (today, delivered, "", ""), ("soon", shipped, "", ""), ("", pending, now - 1.1, ""), ("", pending, now - 3, now - 0.5),
        ("", pending, now - 3, now - 1.5), ("", pending, "", ""), ("", shipped, now - 3, ""),
    ]  # fmt: skip
    for place, key in enumerate(("due_date", "status", "created_at", "updated_at")):
        office.olga.write(office.cell(key), [[row[place]] for row in rows])
    red, amber, deep = (
        _ground(c, k) for c, k in (("due_date", "overdue"), ("due_date", "due_soon"), ("status", "waiting"))
    )
    due = _seen(office, title, "due_date", len(rows))
    assert due == [red, amber, amber, None, None, None, None, None, None, None, None]
    status = _seen(office, title, "status", len(rows))
    assert [one == deep for one in status] == [False] * 6 + [True, False, True, False, False]


def test_stock_that_is_missing_and_answers_that_went_wrong_are_seen(office: Office) -> None:
    column = column_letter(PRODUCTS.keys(*Owner).index("stock"))
    office.olga.write(f"'{PRODUCTS.en}'!{column}2", [[-1], [0], [""], [5]])
    found = _grounds(office, f"'{PRODUCTS.en}'!{column}2:{column}5", 4)
    assert [one is not None for one in found] == [True, False, False, False]
    office.olga.write("'Feedback'!G2", [["✓ Nordlicht"], ["No order has this number"]])
    ok, bad = _grounds(office, "'Feedback'!G2:G3", 2)
    assert ok is not None
    assert bad is not None
    assert ok != bad


def _worked_out(office: Office, formula: str) -> list[list[Any]]:
    cell = f"'{CUSTOMERS.title(office.language)}'!AZ1"
    office.olga.batch({"appendDimension": {
        "sheetId": office.sheet(CUSTOMERS.title(office.language))["properties"]["sheetId"],
        "dimension": "COLUMNS", "length": 60}})  # fmt: skip
    office.olga.write(cell, [[formula]], "USER_ENTERED")
    return office.olga.raw(cell)


def _ground(column: str, condition: str) -> str:
    return next(c.ground for c in COLOURS if (c.column, c.condition) == (column, condition))


def _seen(office: Office, title: str, key: str, rows: int) -> list[str | None]:
    letter = column_letter(KEYS.index(key))
    return _grounds(office, f"'{title}'!{letter}2:{letter}{rows + 1}", rows)


def _grounds(office: Office, cells: str, rows: int) -> list[str | None]:
    """The ground of each cell as #rrggbb; None where it is white."""
    data = office.olga.get("sheets.data.rowData.values.effectiveFormat.backgroundColor", cells)
    shown = next(s["data"][0] for s in data["sheets"] if s.get("data"))
    found: list[str | None] = []
    for row in shown.get("rowData", []):
        cell = (row.get("values") or [{}])[0].get("effectiveFormat", {}).get("backgroundColor", {})
        text = "#" + "".join(f"{round(cell.get(part, 0) * 255):02x}" for part in ("red", "green", "blue"))
        found.append(None if not cell or text == "#ffffff" else text)
    return found + [None] * (rows - len(found))


def test_every_kept_column_is_one_that_people_fill_in() -> None:
    assert all(CONTRACTS.by_key[key].owner is not Owner.BOT for _, key in FILLED_BY)
