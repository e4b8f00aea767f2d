"""The command line as people, cron and scripts meet it: its words, its exit status, and what it never says."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.adapters.addresses import database_at
from bot.app import build_app, load_settings
from bot.headway import Headway
from bot.init import initialise
from tests.system.workplace import CONTRACTS, ROOT, Premises, Workplace, line, premises

CANARY = "hunter2-canary-password"

Told = Callable[[], str]


@pytest.fixture(scope="module")
def place_of_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def place(place_of_work: Premises, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Workplace]:
    """A workplace whose bot has met its workbook."""
    made = place_of_work.workplace(tmp_path)
    assert made.run("init") == 0
    capsys.readouterr()
    yield made
    made.heal()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Everything that was said since the last time it was asked, on both channels."""

    def since() -> str:
        said = capsys.readouterr()
        return said.out + said.err

    return since


# ── help ────────────────────────────────────────────────────────────────────────────────────────────────────

COMMANDS = (
    "desk",
    "demo",
    "init",
    "check",
    "form",
    "run",
    "plan",
    "report",
    "preview",
    "status",
    "release",
    "outbox",
    "forget",
    "backup",
    "restore",
)


@pytest.mark.parametrize("command", [*COMMANDS, "outbox list", "outbox retry", "outbox drop"])
def test_every_command_explains_itself(command: str, told: Told) -> None:
    with pytest.raises(SystemExit) as end:
        main([*command.split(), "--help"])
    assert end.value.code == 0
    assert f"usage: python -m bot {command}" in told()


def test_the_program_names_all_its_commands(told: Told) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    text = told()
    assert all(re.search(rf"^    {command} +\w", text, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["frobnicate"], ["outbox", "retry"], ["run", "--twice"]])
def test_a_command_that_is_none_ends_with_2_and_the_usage(arguments: list[str], told: Told) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: python -m bot" in told()


# ── config ──────────────────────────────────────────────────────────────────────────────────────────────────


NEED_A_CONFIG = (
    "init", "check", "check --mail a@b.example", "check --json", "form", "run", "run --once", "plan", "report team", "preview monthly --out x.html", "status", "release", "outbox list",
)  # fmt: skip


@pytest.mark.parametrize("command", NEED_A_CONFIG)
def test_every_command_lists_all_that_is_wrong_with_the_config(
    command: str, tmp_path: Path, told: Told
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"workbook: {{id: x}}\nmail: {{sender: nobody, password: {CANARY}}}\npol: 1\n", encoding="utf-8"
    )
    place = Workplace.__new__(Workplace)
    place.folder = tmp_path
    assert place.run(*command.split()) == 2
    text = told()
    assert text.startswith("The config needs mending:\n")
    assert text.count("\n  - ") == 3
    assert CANARY not in text
    assert "Traceback" not in text


def test_the_config_is_named_by_option_else_by_the_environment_else_it_is_here(
    place: Workplace, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv("BOT_CONFIG", raising=False)
    assert main(["status"]) == 2
    assert "There is no config at config.yaml" in told()
    monkeypatch.setenv("BOT_CONFIG", str(place.config_path))
    assert main(["status"]) == 0
    monkeypatch.setenv("BOT_CONFIG", "nowhere.yaml")
    assert main(["--config", str(place.config_path), "status"]) == 0
    assert main(["status", "--config", str(place.config_path)]) == 0


def test_a_state_of_another_workbook_is_refused(
    place: Workplace, place_of_work: Premises, told: Told
) -> None:
    other = place_of_work.workplace(place.folder / "other", state_url=place.state_url)
    assert other.run("run", "--once") == 2
    assert "belongs to the workbook" in told()
    assert other.letters() == []


@pytest.mark.parametrize("command", ["run", "run --once"])
def test_a_worker_does_not_begin_where_its_memory_would_be_forgotten(
    command: str, place_of_work: Premises, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNO", "worker.1")
    place = place_of_work.workplace(tmp_path)
    assert place.run(*command.split()) == 2
    text = told()
    assert text.startswith("The config needs mending:\n  - state: is an SQLite file, and Heroku")
    assert "Set DATABASE_URL" in text
    assert place.requests() == []
    assert not (tmp_path / "bot.db").exists()


def test_a_worker_begins_there_all_the_same_when_a_person_insists(
    place_of_work: Premises, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNO", "worker.1")
    assert place_of_work.workplace(tmp_path, {"sqlite_anyway": True}).run("run", "--once") == 0


# ── init ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_builds_an_empty_workbook_says_so_and_then_has_nothing_to_do(
    place_of_work: Premises, tmp_path: Path, told: Told
) -> None:
    place = Workplace(place_of_work.desk, place_of_work.desk.workbook("Empty", "UTC", "en_US"), tmp_path)
    assert place.run("init") == 0
    text = told()
    for tab in ("Order Entry", "Contract Orders", "Customers", "Products", "Team"):
        assert f"tab '{tab}' added" in text
    assert "time zone is UTC, the config says Asia/Shanghai" in text
    assert "First meeting: 0 rows adopted, none mailed." in text
    before = len(place.requests())
    assert place.run("init") == 0
    assert "added" not in told()
    assert {request["method"] for request in place.requests()[before:]} == {"GET"}


def test_a_second_init_changes_nothing_and_says_so(place: Workplace, told: Told) -> None:
    before = len(place.requests())
    assert place.run("init") == 0
    first, *notes = told().splitlines()
    assert first == "Nothing to change."
    assert all("so everybody may fill in" in note for note in notes)
    assert {request["method"] for request in place.requests()[before:]} == {"GET"}


def test_init_counts_the_rows_it_adopts_and_mails_none(
    place_of_work: Premises, tmp_path: Path, told: Told
) -> None:
    place = place_of_work.workplace(tmp_path)
    assert place.run("init") == 0
    assert "First meeting: 1 rows adopted, none mailed." in told()
    assert place.run("run", "--once") == 0
    assert place.letters() == []


def test_the_first_meeting_with_many_rows_tells_how_far_it_has_come(
    place_of_work: Premises, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_of_work.workplace(tmp_path)
    for number in range(3, 15):
        place.write(CONTRACTS.key, number, line(f"old {number}"))
    # Many rows are few here, so that the test is short.
    monkeypatch.setattr("bot.cycle.MANY_ROWS", 5)
    monkeypatch.setattr("bot.reconcile.EDITS_A_REQUEST", 6)
    heard: list[Headway] = []
    app = build_app(load_settings(place.config_path), tell=heard.append)
    initialise(app)
    app.state.close()
    stages = list(dict.fromkeys(headway.stage for headway in heard))
    assert stages == [
        "reading the workbook", "judging rows", "storing rows", "comparing the workbook with what it ought to show",
        "writing into the workbook",
    ]  # fmt: skip
    written = [headway for headway in heard if headway.stage == "writing into the workbook"]
    assert [headway.done for headway in written] == list(range(0, written[0].of, 6))


def test_a_first_meeting_is_told_line_by_line_where_nobody_watches(
    place_of_work: Premises, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    place = place_of_work.workplace(tmp_path)
    monkeypatch.setattr("bot.cycle.MANY_ROWS", 1)
    assert place.run("init") == 0
    assert "… judging rows: 0 of 1\n" in told()


# ── status, release ─────────────────────────────────────────────────────────────────────────────────────────


def test_status_says_how_things_stand_to_people_and_to_machines(place: Workplace, told: Told) -> None:
    place.add(CONTRACTS.key, line("typed"))
    place.add(CONTRACTS.key, {"customer": "Nordlicht"})
    assert place.run("run", "--once") == 0
    told()
    assert place.run("status") == 0
    text = told()
    assert "last poll       2" in text
    assert "2 sent" in text
    assert "✗" not in text
    assert place.run("status", "--json") == 0
    facts: dict[str, Any] = json.loads(told())
    assert facts["counts"]["mail.sent"] == 2
    assert facts["counts"]["waiting"] == len(facts["waiting_rows"]) == 1
    assert facts["last_poll"].endswith("+08:00")
    assert (facts["failing"], facts["held"], facts["mail_paused"]) == ("", {}, None)


def test_status_tells_the_whole_story_of_an_order_to_people_and_to_machines(
    place: Workplace, told: Told
) -> None:
    place.add(CONTRACTS.key, line("typed"))
    assert place.run("run", "--once") == 0
    told()
    with place.state() as state:
        [number] = {message.order_no for message in state.messages()}
    assert place.run("status", "--order", number) == 0
    text = told()
    assert text.startswith(f"order {number}, known since 2")
    assert "Order number given" in text
    assert "sent     purchase detail, to the customer (customer)" in text
    assert "@" not in text
    assert place.run("status", "--json", "--order", f" {number} ") == 0
    story: dict[str, Any] = json.loads(told())
    assert [mail["status"] for mail in story["mails"]] == ["sent", "sent"]
    assert story["since"].endswith("+08:00")


def test_an_order_that_nobody_knows_is_said_so(place: Workplace, told: Told) -> None:
    assert place.run("status", "--order", "20990101-001") == 2
    assert told() == "There is no order '20990101-001': see the Order No. column.\n"


def test_looking_at_a_bot_that_has_never_run_makes_no_database(
    place_of_work: Premises, tmp_path: Path, told: Told
) -> None:
    place = place_of_work.workplace(tmp_path)
    assert place.run("status") == 0
    assert "never" in told()
    assert place.run("outbox") == 0
    assert told() == "The outbox is empty.\n"
    assert place.run("plan") == 0
    assert "first meeting: 1 rows would be adopted" in told()
    assert place.run("plan", "--json") == 0
    facts = json.loads(told())
    assert facts["says"].startswith("The next poll: 1 other thing(s) noticed")
    assert [change["what"] for change in facts["changes"]] == ["adopted"]
    assert not (tmp_path / "bot.db").exists()


def test_a_flood_is_held_until_it_is_released(place_of_work: Premises, tmp_path: Path, told: Told) -> None:
    place = place_of_work.workplace(tmp_path, {"poll": {"flood": 2}})
    assert place.run("init") == 0
    for number in range(3):
        place.add(CONTRACTS.key, line(f"order {number}"))
    told()
    assert place.run("run", "--once") == 2
    assert "3 new orders at once" in told()
    assert place.letters() == []
    assert place.run("status") == 0
    assert "✗ flood" in told()
    assert place.run("release") == 0
    assert "1 hold(s) released" in told()
    assert place.run("release") == 0
    assert "Nothing is held." in told()
    assert place.run("run", "--once") == 0
    assert len(place.letters()) == 6


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────


def started(command: str, *arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run desk or demo as a person would, on free ports unless others are named."""
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(str(free.getsockname()[1]))
    return subprocess.run(
        [sys.executable, "-m", "bot", command, "--data", str(data), "--port", ports[0], "--smtp-port", ports[1], *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_the_demo_ends_well_with_all_its_mails_and_the_leads_reports_also_a_second_time(
    tmp_path: Path,
) -> None:
    # Ticked again within two minutes, Run now joins the run of a moment ago: nobody gets a second report.
    for reports in (3, 0):
        done = started("demo", "--leave", data=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        # Two orders to customer, salesperson and two leads each; an approval to salesperson and warehouse.
        assert done.stdout.count("✉") == 8 + 2 + reports
        assert "✓ 团队周报: 已发送 3 份报告" in done.stdout
        assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told_without_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = started("desk", "--port", str(taken.getsockname()[1]), data=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "The port is in use: choose others with --port and --smtp-port.\n",
    )


# ── the state ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_state_is_backed_up_and_restored_in_words(place: Workplace, told: Told, tmp_path: Path) -> None:
    place.write(CONTRACTS.key, 3, line("new"))
    assert place.run("run", "--once") == 0
    file = tmp_path / "kept.backup"
    told()
    assert place.run("backup", str(file)) == 0
    assert re.fullmatch(
        rf"Backed up into {re.escape(str(file))} \(0\.0 MB\): \d orders, \d mails, 0 closed weeks\.\n", told()
    )
    assert place.run("backup", str(file)) == 2
    assert "--force" in told()
    assert place.run("restore", str(file)) == 2
    assert "The database is in use" in told()
    for path in tmp_path.glob("bot.db*"):
        path.unlink()
    mails = len(place.letters())
    assert place.run("restore", str(file)) == 0
    said = told()
    assert re.search(r"Restored the state of 20\d\d-\d\d-\d\d \d\d:\d\d: \d orders", said)
    assert "nobody is mailed twice" in said
    assert place.run("run", "--once") == 0
    assert len(place.letters()) == mails


def test_what_cannot_be_backed_up_or_restored_ends_with_2(
    place: Workplace, told: Told, tmp_path: Path
) -> None:
    (tmp_path / "letter").write_text("Dear customer")
    assert place.run("restore", str(tmp_path / "letter")) == 2
    assert "no backup of Order Desk" in told()
    for path in tmp_path.glob("bot.db*"):
        path.unlink()
    assert place.run("backup", str(tmp_path / "x")) == 2
    assert "There is no state yet" in told()
    assert not (tmp_path / "bot.db").exists()


def test_a_database_of_a_newer_version_ends_with_2_and_is_left_alone(place: Workplace, told: Told) -> None:
    database = database_at(place.state_url, 5)
    with database.writing() as db:
        db.change("UPDATE bookkeeping SET value = '99' WHERE key = 'schema_version'")
    for command in (["run", "--once"], ["status"], ["backup", "x"]):
        assert place.run(*command) == 2
        said = told()
        assert "made by a newer version of the bot (schema 99" in said
        assert "Start the newer version again" in said
        assert "Traceback" not in said
    database.close()


def test_a_backup_says_when_the_worker_was_running(place: Workplace, told: Told, tmp_path: Path) -> None:
    with place.state() as state:
        assert state.acquire("somewhere:else:1:2:3", datetime.now(UTC), 60)
    assert place.run("backup", str(tmp_path / "x")) == 0
    assert "The worker was running. To move the state elsewhere, stop it and back up again." in told()
