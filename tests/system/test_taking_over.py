"""A workbook that a team has had for years is taken over: `init --map`, `init`, an order, its mails, a report."""

from __future__ import annotations

import email
import email.policy
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.adapters.google_sheets import GoogleWorkbook
from bot.app import build_app, load_settings
from bot.cycle import run_cycle
from bot.desk import Desk
from bot.glance import Glance
from sheets_schema import Cell
from sheets_schema.cells import date_serial
from tests.system.workplace import ZONE, Workplace

Told = Callable[[], str]
Grids = Mapping[str, Sequence[Sequence[Cell]]]
OLD = "not mailed: was here before Order Desk"


@dataclass(frozen=True)
class Team:
    """A team's workbook, and an order that somebody types into it."""

    language: str
    orders: str
    grids: Grids
    typed: Sequence[Cell]
    #: Titles that the story looks at: number, mail marks, problem, and the letters of the customer's mail.
    number: str
    mark: str
    problem: str
    to: frozenset[str]
    customers: str
    orders_counted: str
    #: Of an order that was there before; it has no day of its own and so counts as of now.
    old_number: str
    #: What `--map` leaves alone.
    own_column: str


_DAY = date_serial(date(2026, 10, 5))
GERMAN = Team(
    "en",
    "Bestellungen 2026",
    {
        "Bestellungen 2026": [
            ["Farbe", "Bestell-Nr.", "Bestelldatum", "Kunde", "E-Mail", "Artikel", "Menge", "Preis", "Gesamtpreis", "Verkäufer", "Bemerkung"],
            ["rot", "B-77", "", "Nordlicht", "weber@nordlicht.example", "Lampe", 2, 40, 80, "Anna Berg", "alt"],
            ["blau", "", _DAY, "Acme Ltd", "buyer@acme.example", "Tisch", 1, 200, 200, "Lina Li", ""],
        ],
        "Kunden": [
            ["Kundennr.", "Firma", "Ansprechpartner", "E-Mail-Adresse", "Telefon"],
            ["K-1", "Nordlicht", "Jonas Weber", "weber@nordlicht.example", "007"],
            ["K-2", "Acme Ltd", "Ann Archer", "buyer@acme.example", "008"],
        ],
        "Artikel": [["Bezeichnung", "Einheit", "Preis", "Bestand"], ["Lampe", "Stk", 40, 9], ["Tisch", "Stk", 200, 5]],
        "Mitarbeiter": [["Name", "E-Mail", "Rolle"], ["Anna Berg", "anna@sales.example", "Sales"], ["Lina Li", "lina@sales.example", "Lead"]],
        "Urlaub": [["Wer", "Von", "Bis"], ["Anna Berg", 46_000, 46_010]],
    },
    ["grün", "", "", "Nordlicht", "", "Lampe", 3, "", "", "Anna Berg", "neu"],
    "Bestell-Nr.", "E-mail (Order Desk)", "Problem", frozenset({"weber@nordlicht.example", "anna@sales.example"}), "Kunden", "Orders", "B-77", "Farbe",
)  # fmt: skip
CHINESE = Team(
    "zh-CN",
    "订单台账",
    {
        "订单台账": [
            ["序号", "单号", "客户", "品名", "件数", "价格", "总价", "业务员"],
            [1, "D-1", "晨光文具", "台灯", 2, 40, 80, "李娜"],
        ],
        "客户档案": [["客户全称", "客户联系人", "邮箱地址"], ["晨光文具", "赵敏", "zhao@chenguang.example"]],
        "价目表": [["商品名称", "标准价"], ["台灯", 40]],
        "销售人员": [["员工姓名", "邮箱地址", "职务"], ["李娜", "lina@sales.example", "销售"]],
    },
    ["", "", "晨光文具", "台灯", 3, "", "", "李娜"],
    "单号", "邮件状态", "问题提示", frozenset({"zhao@chenguang.example", "lina@sales.example"}), "客户档案", "历史合作次数", "D-1", "序号",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(data=tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    def since() -> str:
        said = capsys.readouterr()
        return said.out + said.err

    return since


def office(desk: Desk, folder: Path, team: Team) -> Workplace:
    """Their workbook as it stands before anybody has heard of a bot."""
    key = desk.workbook("Buch", ZONE, "de_DE")
    grid = {"rowCount": 40, "columnCount": 14}
    GoogleWorkbook(key, desk.url).build(
        [{"addSheet": {"properties": {"title": title, "gridProperties": grid}}} for title in team.grids]
    )
    place = Workplace(desk, key, folder, {"language": team.language})
    with place.config_path.open("a", encoding="utf-8") as config:
        config.write("\n# Nobody reviews here.\norders:\n  review_levels: 0   # by the way\n")
    for title, rows in team.grids.items():
        type_in(place, title, 1, rows)
    return place


def type_in(place: Workplace, title: str, row: int, rows: Sequence[Sequence[Cell]]) -> None:
    where = quote(f"'{title}'!A{row}")
    place._call("PUT", f"/values/{where}?valueInputOption=RAW", {"values": [*map(list, rows)]})


def rows_of(place: Workplace, title: str) -> list[dict[str, Cell]]:
    """The rows of a tab by their titles."""
    where = quote(f"'{title}'")
    values = place._call("GET", f"/values/{where}?valueRenderOption=UNFORMATTED_VALUE")["values"]
    return [dict(zip(values[0], row, strict=False)) for row in values[1:]]


@pytest.mark.parametrize("team", [GERMAN, CHINESE], ids=["german", "chinese"])
def test_a_book_of_orders_with_its_own_names_is_taken_over_and_works(
    team: Team, desk: Desk, tmp_path: Path, told: Told
) -> None:
    place = office(desk, tmp_path, team)
    before = place.config_path.read_text(encoding="utf-8")
    typed = {title: rows_of(place, title) for title in team.grids}
    asked = len(place.requests())
    assert place.run("init", "--map", "--yes") == 0
    text = told()
    assert team.orders in text
    assert (
        f"Left alone in {'Contract Orders' if team.language == 'en' else '合同订单表'}: {team.own_column}"
        in text
    )
    # Nothing was written to the workbook; the config has the names, and its old text is beside it.
    assert {request["method"] for request in place.requests()[asked:]} == {"GET"}
    assert place.config_path.with_name("config.yaml.before-map").read_text(encoding="utf-8") == before

    assert place.run("init") == 0
    text = told()
    count = len(team.grids[team.orders]) - 1
    assert f"First meeting: {count} rows adopted, none mailed." in text
    assert not [title for title in team.grids if f"tab '{title}' added" in text]
    assert place.run("run", "--once") == 0
    assert place.letters() == []
    # The roll-ups come from the child process, which knows the same names.
    assert rows_of(place, team.customers)[0][team.orders_counted] == 1
    # What people had written stands as it stood; the bot's words stand beside it.
    for title, rows in typed.items():
        shown = rows_of(place, title)
        for was, now in zip(rows, shown, strict=True):
            assert {k: v for k, v in now.items() if was.get(k, "") != ""} == {
                k: v for k, v in was.items() if v != ""
            }
    if team.language == "en":
        assert {str(row[team.mark]) for row in rows_of(place, team.orders)} == {OLD}

    type_in(place, team.orders, count + 2, [team.typed])
    assert place.run("run", "--once") == 0
    row = rows_of(place, team.orders)[-1]
    assert str(row[team.number]).endswith("-001")
    assert str(row[team.mark]).count("✓") == 2
    assert {to for to, _ in place.letters()} == team.to
    bodies = [email.message_from_bytes(raw, policy=email.policy.default) for _, raw in place.letters()]
    assert all(str(row[team.number]) in str(body["subject"]) for body in bodies)

    told()
    assert place.run("report", "personal") == 0
    assert team.old_number in told()
    told()
    assert place.run("init", "--map", "--yes") == 0
    assert "Everything that can be matched is matched" in told()
    assert place.run("init") == 0
    assert told().splitlines()[0] == "Nothing to change."


def test_problems_name_the_tabs_and_columns_that_people_see(desk: Desk, tmp_path: Path, told: Told) -> None:
    place = office(desk, tmp_path, GERMAN)
    assert place.run("init", "--map", "--yes") == 0
    assert place.run("init") == 0
    wrong = [*GERMAN.typed]
    wrong[3], wrong[6] = "Niemand", ""
    type_in(place, GERMAN.orders, 4, [wrong])
    assert place.run("run", "--once") == 0
    said = str(rows_of(place, GERMAN.orders)[-1][GERMAN.problem])
    assert "Still missing: Menge" in said
    assert "'Niemand' is not in Kunden" in said
    # The title of a column that is needed goes: the admin reads which one, as it is called here.
    type_in(place, GERMAN.orders, 1, [["Farbe", "Bestell-Nr.", "Bestelldatum", "Wer"]])
    told()
    assert place.run("run", "--once") == 2
    assert "Tab 'Bestellungen 2026': the column 'Kunde' is missing" in told()


def test_without_a_terminal_the_lines_are_told_and_nothing_is_written(
    desk: Desk, tmp_path: Path, told: Told
) -> None:
    place = office(desk, tmp_path, GERMAN)
    before = place.config_path.read_bytes()
    assert place.run("init", "--map") == 0
    text = told()
    assert '  tabs:\n    contracts: "Bestellungen 2026"\n' in text
    assert '      quantity: "Menge"\n' in text
    assert "Nothing was written." in text
    assert place.config_path.read_bytes() == before
    assert not place.config_path.with_name("config.yaml.before-map").exists()


@pytest.mark.parametrize(
    ("answer", "is_written"), [("y\n", True), ("Yes\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_on_a_terminal_a_person_is_asked_first(
    answer: str, is_written: bool, desk: Desk, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = office(desk, tmp_path, GERMAN)
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert place.run("init", "--map") == 0
    assert "[y/N]" in told()
    assert ("Bestellungen 2026" in place.config_path.read_text(encoding="utf-8")) == is_written


def test_titles_below_a_banner_are_told_of(desk: Desk, tmp_path: Path, told: Told) -> None:
    place = office(desk, tmp_path, GERMAN)
    rows = [["Unsere Artikel"], ["Artikel", "Einheit", "Preis"], ["Lampe", "Stk", 40]]
    type_in(place, "Artikel", 1, [[*row, *[""] * (4 - len(row))] for row in rows])
    assert place.run("init", "--map") == 0
    assert "'Artikel': the titles do not stand in the first row" in told()


def test_an_idle_poll_of_such_a_book_is_one_request(desk: Desk, tmp_path: Path) -> None:
    place = office(desk, tmp_path, GERMAN)
    assert place.run("init", "--map", "--yes") == 0
    assert place.run("init") == 0
    app = build_app(load_settings(place.config_path))
    glance = Glance()
    for _ in range(4):
        cycle, glance = run_cycle(app, app.clock(), glance, wait=True)
    asked = len(place.requests())
    cycle, glance = run_cycle(app, app.clock(), glance, wait=True)
    assert cycle.outcome == "idle"
    assert [request["method"] for request in place.requests()[asked:]] == ["GET"]
    if app.reporter is not None:
        app.reporter.close()
    app.state.close()
    assert glance.about is not None
    assert glance.about.titles["customers"] == "Kunden"
