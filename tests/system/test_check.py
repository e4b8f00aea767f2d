"""`check` on a healthy workplace, on one with each thing broken in turn, and with much of it broken at once."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.processes import owner_name
from bot.app import utc_now
from sheets_schema import ACTIVITY, CONTRACTS, PRODUCTS, TEAM
from sheets_schema.titles import column_letter
from tests.scripted_smtp import Say, ScriptedSmtp
from tests.system.workplace import Workplace, premises

CANARY = "hunter2-canary-password"
LOGIN = "desk@desk.example"
PEOPLE = {"anna": "Sales", "lea": "Lead", "fay": "Finance", "max": "Warehouse"}

Marks = dict[str, str]
Looked = Callable[..., tuple[int, Marks, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, server: ScriptedSmtp) -> Iterator[Workplace]:
    """A workplace where everything is as it should be, a worker included; each test leaves it so."""
    folder = tmp_path_factory.mktemp("check")
    config = {
        "mail": {"port": server.port, "user": LOGIN, "sender": f"Desk <{LOGIN}>"},
        "poll": {"every": 30},
        "admins": ["ops@desk.example"],
        "orders": {"review_levels": 2},
    }
    with premises(folder / "desk") as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_MAIL__PASSWORD", CANARY)
        made = found.workplace(folder / "work", config)
        for row, (name, role) in enumerate(PEOPLE.items(), 2):
            made.write(TEAM.key, row, member(name, role))
        assert made.run("init") == 0
        assert made.run("run", "--once") == 0
        with made.state() as state:
            assert state.acquire(owner_name(), utc_now(), 3600) is not None
        yield made


def member(name: str, role: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name.title(),
        "email": f"{name}@desk.example",
        "team": "",
        "role": role,
        "active": True,
        **more,
    }


@pytest.fixture
def looked(
    place: Workplace,
    server: ScriptedSmtp,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Looked]:
    """Runs `check`: the exit status, the mark of each line, and all that was said."""
    monkeypatch.setenv("BOT_MAIL__PASSWORD", CANARY)
    monkeypatch.setattr("bot.adapters.surroundings.filesystem_of", lambda _path: "ext4")

    def look(*options: str, at: Workplace = place) -> tuple[int, Marks, str]:
        capsys.readouterr()
        status = at.run("check", *options)
        said = capsys.readouterr()
        assert CANARY not in said.out + said.err
        assert "Traceback" not in said.out + said.err
        marks = {
            name.strip(): mark for mark, name in re.findall(r"^  ([✓✗·]) (.{11,}?)  ", said.out, re.MULTILINE)
        }
        return status, marks, said.out

    yield look
    place.heal()
    server.obey()


def changed(place: Workplace, folder: Path, config: Mapping[str, Any], state_url: str = "") -> Workplace:
    """The same workbook under a config that differs."""
    merged = dict(place.config)
    for section, values in config.items():
        merged[section] = {**merged.get(section, {}), **values} if isinstance(values, dict) else values
    return Workplace(place.desk, place.key, folder / "changed", merged, state_url or place.state_url)


def copy_state(place: Workplace, to: Path) -> None:
    """The bot's memory as it stands; what SQLite has not folded into the file yet is in the copy, too."""
    path = place.state_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(to)) as copy:
        database.backup(copy)


def wrong(marks: Marks) -> set[str]:
    return {name for name, mark in marks.items() if mark == "✗"}


def hinted(marks: Marks) -> set[str]:
    return {name for name, mark in marks.items() if mark == "·"}


# ── all well ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_healthy_workplace_shows_nothing_but_ticks(looked: Looked) -> None:
    status, marks, said = looked()
    assert status == 0
    assert set(marks.values()) == {"✓"}, said
    assert list(marks) == [
        "config", "secrets", "admins", "key", "clock", "spreadsheet", "editing", "quota",
        "tabs", "titles", "layout", "time zone", "meeting", "people", "roles", "leads", "finance", "warehouse",
        "server", "sender", "database", "tables", "memory", "disk", "worker", "polls", "outbox", "holds", "next runs",
    ]  # fmt: skip
    assert re.search(r"Fri \d{4}-\d\d-\d\d 18:00  weekly_personal", said)


def test_machines_get_the_same_as_json(looked: Looked) -> None:
    status, _, said = looked("--json")
    facts = json.loads(said)
    assert (status, facts["status"]) == (0, "well")
    assert {line["mark"] for line in facts["lines"]} == {"well"}
    assert {line["group"] for line in facts["lines"]} == {"Config", "Google", "Workbook", "Mail", "Memory"}


def test_looking_leaves_no_trace(place: Workplace, looked: Looked) -> None:
    def everything() -> tuple[Any, list[str]]:
        fields = "developerMetadata,properties,sheets(properties,protectedRanges,conditionalFormats)"
        book = place._call("GET", f"?fields={fields}")
        with closing(sqlite3.connect(place.state_url.removeprefix("sqlite:///"))) as database:
            return book, list(database.iterdump())

    before, seen = everything(), len(place.requests())
    assert looked()[0] == 0
    calls = place.requests()[seen:]
    assert everything() == before
    assert [call["method"] for call in calls].count("POST") == 1
    assert place.letters() == []


def test_a_bot_that_never_ran_has_no_database_made_for_it(
    place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    status, marks, said = looked(at=changed(place, tmp_path, {}, f"sqlite:///{tmp_path}/new/bot.db"))
    assert (status, wrong(marks)) == (0, set())
    assert "its tables come with the first run" in said
    assert not (tmp_path / "new").exists()


# ── one thing broken ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("config", "broken", "advice"),
    [
        ({"admins": []}, "admins", "Name at least one address"),
        ({"timezone": "Europe/Berlin"}, "time zone", "Make them the same"),
        ({"mail": {"user": "shop@gmail.com"}}, "sender", "Log in with an account of desk.example"),
        ({"mail": {"sender": "shop@gmail.com"}}, "sender", "Send through smtp.gmail.com"),
    ],
)
def test_a_setting_that_is_wrong_is_told_and_the_rest_is_well(
    config: dict[str, Any], broken: str, advice: str, place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    status, marks, said = looked(at=changed(place, tmp_path, config))
    assert (status, wrong(marks), hinted(marks)) == (2, {broken}, set()), said
    assert f"→ {advice}" in said


@pytest.mark.skipif(os.name != "posix", reason="only POSIX says in a file's mode who may read it")
def test_a_config_with_a_password_that_everybody_may_read_is_told(
    place: Workplace, looked: Looked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_MAIL__PASSWORD")
    at = changed(place, tmp_path, {"mail": {"password": CANARY}})
    at.config_path.chmod(0o644)
    status, marks, said = looked(at=at)
    assert (status, wrong(marks)) == (2, {"secrets"})
    assert f"→ Run: chmod 600 {at.config_path}" in said
    at.config_path.chmod(0o600)
    assert looked(at=at)[0] == 0


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ('{"type": "service_account"}', 0o600, "is not usable"),
        ('{"type": "service_account"}', 0o644, "chmod 600"),
        ('{"installed": {}}', 0o600, "but an OAuth client"),
        ('{"type": "authorized_user"}', 0o600, "but a person's login"),
        (None, 0o600, "There is no key file"),
    ],
)
def test_a_key_that_is_none_is_told_and_everything_else_is_looked_at(
    text: str | None, mode: int, said: str, place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    key = tmp_path / "key.json"
    if text is not None:
        key.write_text(text)
        key.chmod(mode)
    status, marks, words = looked(at=changed(place, tmp_path, {"workbook": {"credentials": str(key)}}))
    assert (status, wrong(marks)) == (2, {"key"})
    assert said in words
    assert hinted(marks) == {"spreadsheet", "editing", "quota", "all of it"}
    assert marks["server"] == marks["database"] == marks["outbox"] == "✓"


@pytest.mark.parametrize(("minutes", "way"), [(2, "ahead of"), (-7, "behind")])
def test_a_clock_that_is_off_is_told(
    minutes: int, way: str, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.utc_now", lambda: utc_now() + timedelta(minutes=minutes))
    status, marks, said = looked()
    assert (status, wrong(marks)) == (2, {"clock"}), said
    assert f"{way} the spreadsheet's server" in said
    assert "→ Let the machine set its clock" in said


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        (403, 2, "Share the spreadsheet with"),
        (404, 2, "Check workbook.id"),
        (401, 2, "make a new one"),
        (429, 3, "Try again in a few minutes"),
        (503, 3, "Try again in a few minutes"),
    ],
)
def test_a_spreadsheet_that_does_not_open_is_told_by_its_reason(
    code: int, status: int, advice: str, place: Workplace, looked: Looked
) -> None:
    place.fault({"match": "?", "status": code, "times": 9})
    found, marks, said = looked()
    assert (found, wrong(marks)) == (status, {"spreadsheet"}), said
    assert f"→ {advice}" in said or advice in said
    assert marks["clock"] == marks["server"] == marks["database"] == "✓"


def test_a_spreadsheet_that_may_only_be_looked_at_is_told(place: Workplace, looked: Looked) -> None:
    place.fault({"match": ":batchUpdate", "status": 403})
    status, marks, said = looked()
    assert (status, wrong(marks), hinted(marks)) == (2, {"editing"}, set())
    assert "Share dialogue" in said


@contextmanager
def cell(place: Workplace, tab: str, where: str, value: object) -> Iterator[None]:
    """A cell that says something else for a while."""
    address = f"/values/'{tab}'!{where}".replace(" ", "%20")
    old = place._call("GET", address).get("values", [[""]])[0][0]
    for text in (value, old):
        place._call("PUT", f"{address}?valueInputOption=RAW", {"values": [[text]]})
        if text is value:
            yield


@contextmanager
def properties(place: Workplace, tab: str, fields: str, new: object, old: object) -> Iterator[None]:
    """A tab that is otherwise for a while."""
    sheets = place._call("GET", "?fields=sheets.properties(sheetId,title)")["sheets"]
    sheet = next(s["properties"]["sheetId"] for s in sheets if s["properties"]["title"] == tab)
    for value in (new, old):
        wanted: dict[str, Any] = {
            "sheetId": sheet,
            **({"title": value} if fields == "title" else {"gridProperties": value}),
        }
        body = {"requests": [{"updateSheetProperties": {"properties": wanted, "fields": fields}}]}
        place._call("POST", ":batchUpdate", body)
        if value is new:
            yield


def test_a_tab_that_is_gone_is_named(place: Workplace, looked: Looked) -> None:
    with properties(place, ACTIVITY.en, "title", "Old things", ACTIVITY.en):
        status, marks, said = looked()
    assert (status, wrong(marks), hinted(marks)) == (2, {"tabs"}, {"layout"})
    assert "missing: 'Activity'" in said
    assert "→ Run: python -m bot init" in said


QUANTITY = f"{column_letter([f.key for f in CONTRACTS.fields].index('quantity'))}1"


@pytest.mark.parametrize(
    ("tab", "where", "title", "said"),
    [
        (CONTRACTS.en, QUANTITY, "Quantitie", f"says 'Quantitie' in {QUANTITY} instead of 'Quantity'"),
        (CONTRACTS.en, QUANTITY, "", "has no 'Quantity'"),
        (CONTRACTS.en, QUANTITY, "Product", "has 'Product' more than once"),
        (PRODUCTS.en, "D1", "", "has no 'Unit'"),
    ],
)
def test_a_title_that_is_wrong_is_named_with_its_cell(
    tab: str, where: str, title: str, said: str, place: Workplace, looked: Looked
) -> None:
    with cell(place, tab, where, title):
        status, marks, words = looked()
    assert (status, wrong(marks), hinted(marks)) == (2, {"titles"}, {"layout"}), words
    assert said in words


def test_a_layout_that_lacks_something_is_for_init(place: Workplace, looked: Looked) -> None:
    frozen = "gridProperties.frozenRowCount"
    with properties(place, PRODUCTS.en, frozen, {"frozenRowCount": 0}, {"frozenRowCount": 1}):
        status, marks, said = looked()
    assert (status, wrong(marks), hinted(marks)) == (2, {"layout"}, set())
    assert "'Products': header row frozen" in said


@pytest.mark.parametrize(
    ("row", "cells", "broken", "said"),
    [
        # What shows people their own orders, or a role keeps for itself, follows the Team tab: `init` has to do as well.
        (2, {"email": "anna"}, {"people", "layout"}, "no e-mail address in row 2 of Team"),
        (2, {"role": "Sales, Boss"}, {"roles"}, "no role is called 'Boss' in row 2"),
        (3, {"team": "South"}, {"leads"}, "none for people without a team"),
        (4, {"role": "Sales"}, {"finance", "layout"}, "no order can be approved"),
        (5, {"active": False}, {"warehouse", "layout"}, "nobody gets order_to_prepare"),
    ],
)
def test_a_role_that_nobody_can_fill_is_told(
    row: int, cells: dict[str, Any], broken: set[str], said: str, place: Workplace, looked: Looked
) -> None:
    name, role = list(PEOPLE.items())[row - 2]
    usual = member(name, role)
    if broken == {"leads"}:
        usual |= {"team": ""}
    place.write(TEAM.key, row, usual | cells)
    if broken == {"leads"}:
        place.write(TEAM.key, 2, member("anna", "Sales", team="North"))
        said = "none for 'North'"
    try:
        status, marks, words = looked()
    finally:
        place.write(TEAM.key, row, usual)
        place.write(TEAM.key, 2, member("anna", "Sales"))
    assert (status, wrong(marks), hinted(marks)) == (2, broken, set()), words
    assert said in words


# ── mail ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("point", "answer", "status", "said"),
    [
        ("AUTH", Say(f"535 5.7.8 {CANARY} refused"), 2, "must be an app password"),
        ("GREETING", Say("554 go away"), 3, "is not ready"),
        ("EHLO", Say("garbage"), 3, "does not answer as it should"),
    ],
)
def test_a_mail_server_that_refuses_is_told_and_sent_nothing(
    point: str, answer: Say, status: int, said: str, server: ScriptedSmtp, looked: Looked
) -> None:
    server.always(point, answer)
    found, marks, words = looked()
    assert (found, wrong(marks), hinted(marks)) == (status, {"server"}, set()), words
    assert said in words
    assert server.seen("MAIL") == []


def test_a_mail_server_that_is_down_is_the_outsides_failure(
    place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    status, marks, _ = looked(at=changed(place, tmp_path, {"mail": {"port": port}}))
    assert (status, wrong(marks)) == (3, {"server"})


def test_a_rehearsal_is_told_and_is_nothing_wrong(place: Workplace, looked: Looked, tmp_path: Path) -> None:
    status, marks, _ = looked(at=changed(place, tmp_path, {"mail": {"only_to": ["me@desk.example"]}}))
    assert (status, wrong(marks), hinted(marks)) == (0, set(), {"rehearsal"})


# ── memory ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("statement", "status", "broken", "said"),
    [
        ("UPDATE bookkeeping SET value = '99' WHERE key = 'schema_version'", 2, "tables", "made by a newer program"),
        ("UPDATE facts SET value = 'other' WHERE key = 'workbook'", 2, "memory", "of the workbook other"),
        (
            "INSERT OR REPLACE INTO facts VALUES ('last_error', 'No answer'), ('failures', '4'), ('last_failure', '2026-11-21T01:00:00+00:00')",
            3, "polls", "4 failed in a row",
        ),
        ("{message} 'dead', '550 no')", 2, "outbox", "1 refused for good"),
        ("{message} 'held', 'doubt')", 2, "outbox", "1 held for a person to decide"),
        ("{message} 'queued', '')", 2, "outbox", "mail waits since 2026-11-01 08:00 that could leave"),
        (
            "INSERT INTO bookkeeping VALUES ('pause', '2099-01-01T00:00:00.000000+00:00 quota')",
            3, "outbox", "no mail leaves for now: quota",
        ),
        ("INSERT INTO holds VALUES ('flood', '2026-11-01T00:00:00.000000+00:00', 9, 0, '')", 2, "holds", "on hold: flood"),
    ],
)  # fmt: skip
def test_what_the_memory_tells_is_told(
    statement: str, status: int, broken: str, said: str, place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    copy = tmp_path / "bot.db"
    copy_state(place, copy)
    message = (
        "INSERT INTO messages (id, kind, order_no, recipient, priority, created_at, generation, attempts, uncertain,"
        " owner, body, status, error) VALUES ('m', 'digest', '', 'a@b.example', 1, '2026-11-01T00:00:00.000000+00:00',"
        " 1, 0, 0, '', x'',"
    )
    with closing(sqlite3.connect(copy)) as database:
        database.execute(statement.replace("{message}", message))
        database.commit()
    found, marks, words = looked(at=changed(place, tmp_path, {}, f"sqlite:///{copy}"))
    assert (found, wrong(marks)) == (status, {broken}), words
    assert said in words


def test_a_memory_of_an_older_program_is_left_for_the_next_run(
    place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    copy = tmp_path / "bot.db"
    copy_state(place, copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("UPDATE bookkeeping SET value = '1' WHERE key = 'schema_version'")
        database.commit()
    status, marks, _ = looked(at=changed(place, tmp_path, {}, f"sqlite:///{copy}"))
    assert (status, wrong(marks), hinted(marks)) == (0, set(), {"tables", "worker"})
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT value FROM bookkeeping WHERE key = 'schema_version'").fetchone() == (
            "1",
        )


def test_a_database_that_is_none_is_told(place: Workplace, looked: Looked, tmp_path: Path) -> None:
    broken = tmp_path / "bot.db"
    broken.write_bytes(b"no database at all" * 100)
    status, marks, said = looked(at=changed(place, tmp_path, {}, f"sqlite:///{broken}"))
    assert (status, wrong(marks), hinted(marks)) == (3, {"database"}, {"worker"})
    assert "it is rebuilt from the sheet" in said


def test_a_disk_that_is_forgotten_is_told(
    place: Workplace, looked: Looked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNO", "worker.1")
    status, marks, said = looked()
    assert (status, wrong(marks)) == (2, {"disk"})
    assert "→ Set DATABASE_URL to a Postgres database" in said
    assert looked(at=changed(place, tmp_path, {"sqlite_anyway": True}))[0] == 0
    monkeypatch.delenv("DYNO")
    monkeypatch.setattr("bot.adapters.surroundings.filesystem_of", lambda _path: "tmpfs")
    status, marks, said = looked()
    assert (status, wrong(marks)) == (2, {"disk"})
    assert "lies in memory (tmpfs)" in said


def test_a_worker_that_has_ended_or_never_began_is_a_hint(
    place: Workplace, looked: Looked, tmp_path: Path
) -> None:
    for owner, said in (
        ("", "none runs at the moment"),
        (f"{owner_name().rpartition(':')[0]}0:x", "has ended"),
    ):
        copy = tmp_path / "bot.db"
        copy_state(place, copy)
        with closing(sqlite3.connect(copy)) as database:
            database.execute("UPDATE leases SET owner = ?", (owner,))
            database.commit()
        status, marks, words = looked(at=changed(place, tmp_path, {}, f"sqlite:///{copy}"))
        assert (status, hinted(marks)) == (0, {"worker"})
        assert said in words


# ── much broken at once ─────────────────────────────────────────────────────────────────────────────────────


def test_one_failure_does_not_hide_another(
    place: Workplace, looked: Looked, tmp_path: Path, server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.always("AUTH", Say("535 5.7.8 no"))
    monkeypatch.setenv("DYNO", "worker.1")
    at = changed(place, tmp_path, {"admins": [], "timezone": "Europe/Berlin"})
    with properties(place, ACTIVITY.en, "title", "Old things", ACTIVITY.en):
        status, marks, said = looked(at=at)
    assert status == 2
    assert wrong(marks) == {"admins", "tabs", "time zone", "server", "disk"}
    assert said.count("→ ") == 5, "one advice for each"


# ── the test mail ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_test_mail_is_sent_and_the_servers_answer_is_said(looked: Looked, server: ScriptedSmtp) -> None:
    server.next("DOT", Say("250 2.0.0 queued as 4F2A for ops@desk.example"))
    before = len(server.taken)
    status, marks, said = looked("--mail", "ops@desk.example")
    assert (status, marks) == (0, {"test mail": "✓"})
    assert "and said: 250 2.0.0 queued as 4F2A for …" in said
    assert [taken.recipient for taken in server.taken[before:]] == ["ops@desk.example"]


def test_a_test_mail_is_never_in_the_outbox_whatever_comes_of_it(
    place: Workplace, looked: Looked, server: ScriptedSmtp
) -> None:
    server.always("RCPT", Say("450 4.2.0 later"))
    assert looked("--mail", "ops@desk.example")[0] == 3
    with place.state() as state:
        assert state.messages() == []


def test_a_test_mail_keeps_to_the_rehearsal(
    place: Workplace, looked: Looked, server: ScriptedSmtp, tmp_path: Path
) -> None:
    at = changed(place, tmp_path, {"mail": {"only_to": ["me@desk.example"]}})
    before = server.connections
    status, _, said = looked("--mail", "you@desk.example", at=at)
    assert status == 2
    assert "nothing was sent" in said
    assert server.connections == before


# ── the forms ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_forms_are_told_with_their_choices_and_how_their_tabs_stand(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.run("form") == 0
    said = capsys.readouterr().out
    assert "   2. Customer *  [Dropdown]\n      (choices, one a line" in said
    assert "\n      Nordlicht\n" in said
    assert "   2. Product quality *  [Linear scale, 1 to 5]" in said
    assert said.count("✓ titles       every question has its column") == 2
    assert "with {order_no} in place of ORDERNO" in said


def test_a_form_is_told_in_the_workbooks_language(
    place: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert changed(place, tmp_path, {"language": "zh-CN"}).run("form", "order") == 0
    said = capsys.readouterr().out
    assert "   2. 客户名称 *  [下拉菜单]" in said
    assert "Nordlicht" in said
    assert "客户反馈" not in said


@pytest.mark.parametrize(("code", "status"), [(403, 2), (503, 3)])
def test_a_form_is_told_without_choices_while_the_workbook_cannot_be_read(
    code: int, status: int, place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.fault({"match": "?", "status": code, "times": 9})
    try:
        assert place.run("form", "order") == status
    finally:
        place.heal()
    said = capsys.readouterr().out
    assert said.startswith("The spreadsheet cannot be read (")
    assert "   2. Customer *  [Dropdown]\n   3. " in said


def test_a_forms_tab_with_a_misspelt_title_is_for_people_to_mend(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    with cell(place, "Feedback", "D1", "On-time deliveries"):
        assert place.run("form", "feedback") == 2
    assert (
        "✗ titles       D1 says 'On-time deliveries' instead of 'On-time delivery'" in capsys.readouterr().out
    )
