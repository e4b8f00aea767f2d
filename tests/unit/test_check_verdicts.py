"""What `check` makes of each fact, in the smallest case: every ✗ has its advice, and what is fine has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.surroundings import _kind_at
from bot.checking.facts import ConfigFile, DatabaseFacts, OutboxFacts, ServiceKey
from bot.checking.lines import Line, Mark
from bot.checking.place_lines import (
    clock_line,
    config_lines,
    database_lines,
    disk_line,
    key_line,
    owner_line,
    schema_line,
    worker_line,
)
from bot.checking.state_lines import STUCK, outbox_lines, polls_line, runs_line
from bot.checking.team_lines import team_lines
from bot.checking.workbook_lines import (
    editing_line,
    layout_lines,
    meeting_line,
    quota_line,
    spreadsheet_line,
    tabs_line,
    titles_line,
    zone_line,
)
from bot.layout.furnished import Piece
from bot.layout.guards import Guards
from bot.layout.structure import Layout
from bot.ports import About, Sheet, StateError, WorkbookError, WorkbookRefused, WriteUnclear
from bot.projection import Marker
from bot.settings import MailSettings, NoticeSettings, OrderSettings, Settings, WorkbookSettings
from sheets_schema import LAID_OUT, TEAM

NOW = datetime(2026, 11, 21, 1, 31, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = Settings(
    WorkbookSettings("key"), MailSettings("orders@example.com"), language="en", admins=("ops@example.com",)
)
POSTGRES = replace(SETTINGS, state="postgresql://bot:hunter2-canary@db.example/orders")


def mark_of(line: Line) -> str:
    return f"{line.mark}{'!' if line.outside else ''}"


# ── the place ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("is_open", "secrets", "mark"),
    [(True, (), "✓"), (False, ("mail.password",), "✓"), (True, ("mail.password", "state"), "✗")],
)
def test_secrets_in_the_config_are_not_for_everybody(
    is_open: bool, secrets: tuple[str, ...], mark: str
) -> None:
    lines = config_lines(SETTINGS, ConfigFile("config.yaml", is_open, secrets))
    assert [line.mark for line in lines] == [Mark.WELL, mark, Mark.WELL]


def test_somebody_is_to_hear_of_trouble() -> None:
    lines = config_lines(replace(SETTINGS, admins=()), ConfigFile("config.yaml", False, ()))
    assert [line.mark for line in lines] == [Mark.WELL, Mark.WELL, Mark.WRONG]


def test_a_key_is_named_by_its_account_and_its_one_scope() -> None:
    line = key_line(
        ServiceKey("bot@demo.iam.gserviceaccount.com", "https://www.googleapis.com/auth/spreadsheets")
    )
    assert line.said == (
        "of the service account bot@demo.iam.gserviceaccount.com, which asks Google for the scope spreadsheets and no other"
    )
    assert key_line(None).mark is Mark.WELL
    assert mark_of(key_line(WorkbookRefused("Bad."))) == "✗"


@pytest.mark.parametrize(("seconds", "mark"), [(0, "✓"), (60, "✓"), (-60, "✓"), (61, "✗"), (-400, "✗")])
def test_a_clock_may_be_a_minute_off(seconds: int, mark: str) -> None:
    assert clock_line(NOW, NOW + timedelta(seconds=seconds)).mark == mark


def test_a_clock_without_another_is_not_judged() -> None:
    assert clock_line(None, NOW).mark is Mark.HINT
    assert clock_line(WorkbookError("No answer"), NOW).mark is Mark.HINT


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────

FOUND = DatabaseFacts("SQLite", "/srv/bot.db", True, 3, 3, "key", filesystem="ext4")


def test_a_database_in_order_is_well_all_through() -> None:
    assert {line.mark for line in database_lines(FOUND, SETTINGS, ())} == {Mark.WELL}


def test_a_database_that_fails_is_the_outsides_failure_and_its_disk_is_still_judged() -> None:
    lines = database_lines(StateError("The database failed."), SETTINGS, {"DYNO"})
    assert [mark_of(line) for line in lines] == ["✗!", "✗"]
    assert [mark_of(line) for line in database_lines(StateError("x"), POSTGRES, {"DYNO"})] == ["✗!", "✓"]


@pytest.mark.parametrize(
    ("made", "schema", "mark"), [(False, 0, "·"), (True, 2, "·"), (True, 3, "✓"), (True, 4, "✗")]
)
def test_only_tables_of_a_newer_program_are_wrong(made: bool, schema: int, mark: str) -> None:
    assert schema_line(replace(FOUND, made=made, schema=schema)).mark == mark


@pytest.mark.parametrize(("workbook", "mark"), [("", "·"), ("key", "✓"), ("other", "✗")])
def test_a_memory_of_another_workbook_is_wrong(workbook: str, mark: str) -> None:
    assert owner_line(replace(FOUND, workbook=workbook), SETTINGS).mark == mark


@pytest.mark.parametrize(
    ("settings", "filesystem", "environment", "mark"),
    [
        (SETTINGS, "ext4", (), "✓"),
        (SETTINGS, "", (), "✓"),
        (SETTINGS, "tmpfs", (), "✗"),
        (SETTINGS, "overlay", (), "·"),
        (SETTINGS, "ext4", ("DYNO",), "✗"),
        (replace(SETTINGS, sqlite_anyway=True), "tmpfs", ("DYNO",), "✓"),
        (POSTGRES, "", ("DYNO",), "✓"),
    ],
)
def test_a_disk_is_to_last(
    settings: Settings, filesystem: str, environment: tuple[str, ...], mark: str
) -> None:
    line = disk_line(filesystem, settings, environment)
    assert line.mark == mark
    assert "hunter2" not in line.said


def test_a_worker_is_named_by_machine_and_process() -> None:
    held = replace(FOUND, holder="shop-1:0a:412:99:abc", held_until=NOW + timedelta(minutes=2))
    line = worker_line(held, NOW, lambda _owner: False, ZONE)
    assert (line.mark, "runs on shop-1 as process 412" in line.said) == (Mark.WELL, True)
    assert worker_line(held, NOW, lambda _owner: True, ZONE).mark is Mark.HINT
    assert worker_line(held, NOW + timedelta(hours=1), lambda _owner: False, ZONE).mark is Mark.HINT
    assert worker_line(FOUND, NOW, lambda _owner: False, ZONE).mark is Mark.HINT


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/desk/bot.db", "overlay"),
        ("/srv/data/bot.db", "ext4"),
        ("/srv/database/bot.db", "overlay"),
        ("/srv/data/fast/bot.db", "tmpfs"),
        ("/with a blank/bot.db", "xfs"),
    ],
)
def test_a_file_lies_on_the_nearest_mount_above_it(path: str, kind: str) -> None:
    mounts = (
        "overlay / overlay rw 0 0", "/dev/sda1 /srv/data ext4 rw 0 0", "none /srv/data/fast ext4 rw 0 0",
        "tmpfs /srv/data/fast tmpfs rw 0 0", "/dev/sdb1 /with\\040a\\040blank xfs rw 0 0",
    )  # fmt: skip
    assert _kind_at(path, mounts) == kind


# ── what is remembered ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outbox", "marks"),
    [
        (OutboxFacts(), ["✓", "✓"]),
        (OutboxFacts(dead=1), ["✗", "✓"]),
        (OutboxFacts(held=2, rehearsed=1), ["✗", "✓"]),
        (OutboxFacts(held=2, rehearsed=2), ["·", "✓"]),
        (OutboxFacts(paused="the mail account has reached its sending limit"), ["✗!", "✓"]),
        (OutboxFacts(overdue=NOW - STUCK), ["✓", "✓"]),
        (OutboxFacts(overdue=NOW - STUCK - timedelta(seconds=1)), ["✗", "✓"]),
        (OutboxFacts(overdue=NOW - timedelta(days=1), capped=True), ["·", "✓"]),
        (OutboxFacts(holds=("flood",)), ["✓", "✗"]),
    ],
)
def test_mail_that_does_not_leave_is_told(outbox: OutboxFacts, marks: list[str]) -> None:
    assert [mark_of(line) for line in outbox_lines(outbox, NOW, ZONE)] == marks


def test_polls_that_fail_are_told() -> None:
    facts = {"failing": "", "last_poll": None, "failures_in_a_row": 2, "last_failure": "then"}
    assert polls_line(facts).mark is Mark.HINT
    assert polls_line(facts | {"last_poll": "now"}).mark is Mark.WELL
    assert mark_of(polls_line(facts | {"failing": "No answer"})) == "✗!"


def test_the_next_runs_are_told_in_the_teams_time_the_soonest_first() -> None:
    runs = {
        "monthly": {"on": True, "next_run": "2026-12-05T09:00:00+08:00"},
        "digest": {"on": True, "next_run": "2026-11-23T09:00:00+08:00"},
        "weekly_team": {"on": False, "next_run": None},
    }
    line = runs_line(runs, "Asia/Shanghai")
    assert line.said.splitlines() == [
        "in Asia/Shanghai time",
        "Mon 2026-11-23 09:00  digest",
        "Sat 2026-12-05 09:00  monthly",
    ]
    assert runs_line({}, "Asia/Shanghai").mark is Mark.HINT
    assert runs_line({"digest": {"on": False, "next_run": None}}, "Asia/Shanghai").mark is Mark.HINT


# ── the workbook ────────────────────────────────────────────────────────────────────────────────────────────

SHEETS = tuple(
    Sheet(number, tab.en, 100, 30, header=tuple(column.en for column in tab.fields))
    for number, tab in enumerate(LAID_OUT)
)
ABOUT = About(
    "key", "Orders", "", "Asia/Shanghai", "en", SHEETS, Marker("2026-11-01T00:00:00+00:00", "20261121-003")
)


@pytest.mark.parametrize(
    ("trouble", "mark"),
    [
        (WorkbookRefused("Not allowed: 403", hint="Share it."), "✗"),
        (WorkbookRefused("Refused: 400"), "✗"),
        (WorkbookError("No answer"), "✗!"),
    ],
)
def test_a_spreadsheet_that_does_not_open_is_told(trouble: WorkbookError, mark: str) -> None:
    line = spreadsheet_line(trouble)
    assert mark_of(line) == mark
    assert line.advice == trouble.hint or not trouble.hint
    assert spreadsheet_line(ABOUT).mark is Mark.WELL


def test_a_spreadsheet_that_may_not_be_changed_is_told_with_the_account_to_let_in() -> None:
    assert editing_line(None, "bot@x").mark is Mark.WELL
    assert "make bot@x an Editor" in editing_line(WorkbookRefused("Not allowed"), "bot@x").advice
    assert mark_of(editing_line(WriteUnclear("No clear answer"), "bot@x")) == "✗!"


@pytest.mark.parametrize(("every", "mark"), [(30, "✓"), (2, "✓"), (1, "·")])
def test_a_poll_that_takes_most_of_what_google_allows_is_told(every: float, mark: str) -> None:
    assert quota_line(0.3, every).mark == mark


@pytest.mark.parametrize(
    ("zone", "mark"),
    [("Asia/Shanghai", "✓"), ("Asia/Chongqing", "✓"), ("Asia/Tokyo", "✗"), ("", "✗"), ("../etc", "✗")],
)
def test_zones_are_compared_by_their_clocks(zone: str, mark: str) -> None:
    assert zone_line(replace(ABOUT, timezone=zone), SETTINGS, NOW).mark == mark


def test_a_zone_that_agrees_in_winter_alone_is_another_one() -> None:
    london = replace(ABOUT, timezone="Europe/London")
    assert zone_line(london, replace(SETTINGS, timezone="UTC"), NOW).mark is Mark.WRONG


def test_a_workbook_that_is_complete_is_well() -> None:
    lines = (tabs_line(ABOUT, "en"), titles_line(ABOUT, "en"), meeting_line(ABOUT))
    assert {line.mark for line in lines} == {Mark.WELL}
    assert "20261121-003" in lines[2].said
    assert meeting_line(replace(ABOUT, marker=None)).mark is Mark.HINT


def test_what_the_workbook_lacks_is_named() -> None:
    without = replace(ABOUT, sheets=tuple(sheet for sheet in SHEETS if sheet.title != "Team"))
    assert tabs_line(without, "zh-CN").said == "missing: '团队成员表'"
    team = next(sheet for sheet in SHEETS if sheet.title == "Team")
    misspelt = replace(team, header=("Nam", *team.header[1:-1]))
    line = titles_line(replace(ABOUT, sheets=(misspelt,)), "en")
    assert line.said == "'Team' says 'Nam' in A1 instead of 'Name'; 'Team' has no 'Problem'"
    assert line.advice.startswith("Write the title")


def test_what_init_would_add_is_for_init_and_what_it_cannot_is_for_the_owner() -> None:
    assert layout_lines(None)[0].mark is Mark.HINT
    assert layout_lines(Layout((), (), ()))[0].mark is Mark.WELL
    [line] = layout_lines(Layout((), ("a", "b", "c", "d", "e"), ()))
    assert line.said == "to be added: a; b; c and 2 more"
    guards = Guards((Piece((), "kept for Finance", ""),), ("The bot is locked out.",))
    assert [one.said for one in layout_lines(Layout((), (), (), guards))] == ["The bot is locked out."]
    assert "kept for Finance" in layout_lines(Layout((), (), (), replace(guards, problems=())))[0].said


# ── the team ────────────────────────────────────────────────────────────────────────────────────────────────


def row(name: str, role: str, team: str = "", **more: object) -> dict[str, object]:
    return {"name": name, "email": f"{name.casefold()}@example.com", "team": team, "role": role, **more}


ANNA, LEA, FAY, MAX = (
    row("Anna", "Sales", "North"),
    row("Lea", "Lead", "North"),
    row("Fay", "财务"),
    row("Max", "Warehouse"),
)


def told_of(*rows: dict[str, object], levels: int = 2, off: tuple[str, ...] = ()) -> dict[str, str]:
    settings = replace(SETTINGS, orders=OrderSettings(review_levels=levels), notices=NoticeSettings(off))
    return {line.name: str(line.mark) for line in team_lines(rows, settings)}  # type: ignore[arg-type]


def test_a_team_with_somebody_for_everything_is_well() -> None:
    assert set(told_of(ANNA, LEA, FAY, MAX).values()) == {"✓"}


@pytest.mark.parametrize("rows", [(), ({},), ({**ANNA, "active": False},)])
def test_a_team_of_nobody_is_told(rows: tuple[dict[str, object], ...]) -> None:
    assert told_of(*rows) == {"people": "✗"}


@pytest.mark.parametrize(
    ("rows", "levels", "off", "other"),
    [
        (({**ANNA, "email": ""}, LEA, FAY, MAX), 2, (), {"people": "✗"}),
        (({**ANNA, "role": "Seler"}, LEA, FAY, MAX), 2, (), {"roles": "✗"}),
        ((ANNA, {**LEA, "team": "South"}, FAY, MAX), 2, (), {"leads": "✗"}),
        ((ANNA, {**LEA, "team": ""}, FAY, MAX), 2, (), {}),
        ((ANNA, LEA, MAX), 2, (), {"finance": "✗"}),
        ((ANNA, LEA, MAX), 1, (), {"finance": "·"}),
        ((ANNA, LEA, FAY), 2, (), {"warehouse": "✗"}),
        ((ANNA, LEA, FAY), 2, ("order_to_prepare",), {"warehouse": "·"}),
    ],
)
def test_a_role_that_is_missing_is_told_where_it_is_needed(
    rows: tuple[dict[str, object], ...], levels: int, off: tuple[str, ...], other: dict[str, str]
) -> None:
    usual = dict.fromkeys(("people", "roles", "leads", "finance", "warehouse"), "✓")
    assert told_of(*rows, levels=levels, off=off) == usual | other


def test_people_are_named_by_their_rows_and_not_by_name_or_address() -> None:
    lines = team_lines([{**ANNA, "email": "anna"}, LEA, FAY, {**MAX, "email": ""}], SETTINGS)  # type: ignore[list-item]
    assert (
        lines[0].said == f"no e-mail address in rows 2, 5 of {TEAM.en}: nothing can be sent to these people"
    )
