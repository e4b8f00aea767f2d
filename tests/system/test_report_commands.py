"""`report` and `preview` as people meet them at the command line: on the terminal, in files, in the outbox."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.app import build_app, build_renderer, build_rules, build_workbook, load_settings
from bot.command_line import MAILS
from bot.cycle import Cycle, run_cycle, stand_down
from bot.glance import App, Glance
from bot.init import initialise
from bot.reports.here import ReporterHere
from bot.reports.letters import ReportApp
from sheets_schema import AUTOMATIONS, CONTRACTS, CUSTOMERS, FEEDBACK, TEAM
from sheets_schema.cells import date_serial, datetime_serial
from sheets_schema.workflow import HEARD_BY
from tests.system.workplace import ZONE, Premises, Row, Workplace, premises

Told = Callable[[], str]
TEAM_ZONE = ZoneInfo(ZONE)
#: Tuesday of 2026-W48, which begins on Friday 20 November at 18:00; and the Tuesday after it.
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=TEAM_ZONE).astimezone(UTC)
NEXT_TUESDAY = TUESDAY + timedelta(days=7)
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=TEAM_ZONE).astimezone(UTC)
FIFTH = datetime(2026, 12, 5, 9, 0, tzinfo=TEAM_ZONE).astimezone(UTC)
WEEK, MONTH = "2026-W48", "2026-11"

HOSTILE = ("../../escaped", "/etc/passwd", "..", "C:\\Windows", "=1+1\r\nBcc: x@y.example", "李娜 🎉" * 20)
#: What people ask for that there is not, and a word of the answer.
WRONG_WISHES: tuple[tuple[str, str], ...] = (
    ("report personal --week 2026-W40", "no report of 2026-W40. Weeks that can be reported: 2026-W48"),
    ("report personal --week 2027-W01", "no report of 2027-W01"),
    ("report team --week 2026-47", "write it like 2026-W47"),
    ("report team --week 2026-W54", "write it like 2026-W47"),
    ("report team --week ../../etc", "write it like 2026-W47"),
    ("report monthly --month 2026-13", "write it like 2026-11"),
    ("report monthly --month 0000-01", "write it like 2026-11"),
    ("report monthly --month 9999-12", "write it like 2026-11"),
    ("report monthly --month ２０２６-１１", "write it like 2026-11"),
    ("report monthly --month 2026-12", "2026-12 has not begun yet"),
    ("report monthly --month 2099-12", "2099-12 has not begun yet"),
    ("report monthly --week 2026-W48", "The monthly report takes --month"),
    ("report personal --month 2026-11", "The monthly report takes --month"),
    ("report personal --for Nobody", "'Nobody' gets no such report. Readers: Anna Berg"),
    ("report team --for Anna", "'Anna' gets no such report. Readers: Lea Lund"),
    ("preview purchase_sales --order NO-SUCH --out x.html", "no order NO-SUCH in Contract Orders"),
    ("preview weekly_team --order OLD-1 --out x.html", "--order is for mails about one order"),
    ("preview admin_notice --order OLD-1 --out x.html", "--order is for mails about one order"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    with premises(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(scope="module")
def shared(site: Premises, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A team on its Tuesday, for tests that change nothing."""
    place = site.workplace(tmp_path_factory.mktemp("place"))
    furnish(place)
    return place


@pytest.fixture
def place(site: Premises, tmp_path: Path) -> Workplace:
    """The same, for one test alone."""
    made = site.workplace(tmp_path / "place")
    furnish(made)
    return made


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The clock of the commands: Tuesday, unless told otherwise."""

    def told(now: datetime) -> None:
        monkeypatch.setattr("bot.showing.utc_now", lambda: now)

    told(TUESDAY)
    return told


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Everything that was said since the last time it was asked; never a traceback."""

    def since() -> str:
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return said.out + said.err

    return since


def furnish(place: Workplace) -> None:
    """Two who sell, a lead, one without an address; an order of this week, one of last month; the bot has met them."""
    people: tuple[Row, ...] = (
        {"name": "Anna Berg", "email": "anna@sales.example", "team": "North", "role": "Sales"},
        {"name": "Tom Hale", "email": "Tom@Sales.example", "team": "North", "role": "Sales"},
        {"name": "Lea Lund", "email": "lea@sales.example", "team": "North", "role": "Lead"},
        {"name": "Max Mohn", "email": "", "team": "North", "role": "Sales"},
    )
    for number, person in enumerate(people, start=2):
        place.write(TEAM.key, number, {**person, "active": True})
    place.write(
        CUSTOMERS.key, 2, {"customer_no": "C-1", "customer": "Nordlicht", "tier": "A", "owner": "Tom Hale"}
    )
    place.write(CONTRACTS.key, 2, sold("OLD-1", date(2026, 10, 6), 2, status="Completed"))
    place.write(CONTRACTS.key, 3, sold("NEW-1", date(2026, 11, 23), 3))
    with bot_at(place, TUESDAY) as app:
        initialise(app)
        lived(app, TUESDAY, 2)


def sold(number: str, day: date, quantity: int, **more: str) -> Row:
    """One line of Anna's, recorded at noon of its day."""
    noon = datetime_serial(datetime(day.year, day.month, day.day, 12, 0))  # noqa: DTZ001 - a cell has no zone
    return {
        "order_no": number, "order_date": date_serial(day), "customer": "Nordlicht", "product": "Workstation",
        "quantity": quantity, "unit_price": 1200, "amount": 1200 * quantity, "currency": "CNY",
        "salesperson": "Anna Berg", "status": "Pending review", "created_at": noon, **more,
    }  # fmt: skip


class bot_at:  # noqa: N801 - it reads as a phrase
    """The bot of this workplace at a moment of ours, its reports worked out in this process."""

    def __init__(self, place: Workplace, now: datetime) -> None:
        settings = load_settings(place.config_path)
        app = replace(build_app(settings), clock=lambda: now)
        parts = ReportApp(
            build_workbook(settings), app.state, build_renderer(settings), build_rules(settings)
        )
        self._app = replace(app, reporter=ReporterHere(parts))

    def __enter__(self) -> App:
        return self._app

    def __exit__(self, *_: object) -> None:
        stand_down(self._app)
        self._app.state.close()


def lived(app: App, now: datetime, cycles: int) -> list[Cycle]:
    """So many cycles, a minute apart."""
    glance, done = Glance(), []
    for minute in range(cycles):
        cycle, glance = run_cycle(app, now + timedelta(minutes=minute), glance)
        done.append(cycle)
    return done


def dump(place: Workplace) -> list[str]:
    """Everything the state holds."""
    with closing(sqlite3.connect(place.folder / "bot.db")) as db:
        return list(db.iterdump())


# ── on the terminal ─────────────────────────────────────────────────────────────────────────────────────────


def test_one_persons_report_is_shown_as_its_mail_says_it(shared: Workplace, told: Told) -> None:
    assert shared.run("report", "personal", "--for", "Anna Berg") == 0
    text = told()
    assert text.startswith(
        "To: Anna Berg <anna@sales.example>\nSubject: Weekly report 2026-W48 · 1 order · CN¥3,600"
    )
    assert text.count("Subject: ") == 1
    assert "NEW-1" in text
    assert "OLD-1" not in text


@pytest.mark.parametrize("reader", ["TOM@sales.EXAMPLE", "tom hale", "Ｔｏｍ Hale"])
def test_a_reader_is_named_as_people_write_names(shared: Workplace, reader: str, told: Told) -> None:
    assert shared.run("report", "personal", "--for", reader) == 0
    assert "To: Tom Hale <Tom@Sales.example>" in told()


def test_without_a_name_every_reader_is_shown_and_who_has_no_address_is_named(
    shared: Workplace, told: Told
) -> None:
    assert shared.run("report", "personal") == 2
    text = told()
    assert [line for line in text.splitlines() if line.startswith("To: ")] == [
        "To: Anna Berg <anna@sales.example>", "To: Tom Hale <Tom@Sales.example>",
    ]  # fmt: skip
    assert text.endswith("✗ Max Mohn: has no e-mail in Team\n")


def test_a_lead_reads_the_teams_report(shared: Workplace, told: Told) -> None:
    assert shared.run("report", "team", "--week", WEEK) == 0
    text = told()
    assert "Subject: Weekly report 2026-W48 · North · 1 order · CN¥3,600 · so far" in text
    assert "Tom Hale" in text


def test_a_week_that_is_over_is_the_usual_one(
    shared: Workplace, told: Told, at: Callable[[datetime], None]
) -> None:
    at(NEXT_TUESDAY)
    assert shared.run("report", "team") == 0
    assert "Subject: Weekly report 2026-W48 · North · 1 order · CN¥3,600\n" in told()
    assert shared.run("report", "team", "--week", "2026-W49") == 0
    assert "2026-W49 · North · no orders" in told()


def test_the_month_before_is_the_usual_one_and_nothing_is_said_to_have_moved(
    shared: Workplace, told: Told
) -> None:
    assert shared.run("report", "monthly") == 0
    text = told()
    assert "Oct 2026" in text
    assert "CN¥2,400" in text
    assert "Archive" not in text
    assert shared.run("report", "monthly", "--month", MONTH) == 0
    assert "so far" in told()


@pytest.mark.parametrize(("command", "answer"), WRONG_WISHES)
def test_what_there_is_not_is_told_in_a_sentence(
    command: str, answer: str, shared: Workplace, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shared.run(*command.split()) == 2
    assert answer in told()
    assert not list(tmp_path.iterdir())


# ── what is asked for changes nothing ───────────────────────────────────────────────────────────────────────


def test_showing_and_writing_change_neither_sheet_nor_state(shared: Workplace, tmp_path: Path) -> None:
    before, asked = dump(shared), len(shared.requests())
    for command in (
        "report personal", "report team", "report monthly", f"report team --out {tmp_path}",
        f"preview weekly_team --out {tmp_path}/x.html", f"preview purchase_sales --out {tmp_path}/x.html",
    ):  # fmt: skip
        assert shared.run(*command.split()) in {0, 2}
    assert {request["method"] for request in shared.requests()[asked:]} == {"GET"}
    assert dump(shared) == before
    assert shared.letters() == []


def test_a_bot_that_has_never_run_makes_no_state_for_a_report(
    site: Premises, tmp_path: Path, told: Told
) -> None:
    place = site.workplace(tmp_path)
    place.write(CONTRACTS.key, 2, sold("OLD-1", date(2026, 11, 23), 2))
    assert place.run("report", "personal") == 0
    assert "Subject: Weekly report 2026-W48" in told()
    assert not (tmp_path / "bot.db").exists()


# ── in files ────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_written_for_every_reader(shared: Workplace, tmp_path: Path, told: Told) -> None:
    out = tmp_path / "deep" / "reports"
    assert shared.run("report", "personal", "--out", str(out)) == 2
    assert [folder.name for folder in sorted(out.iterdir())] == ["01-Anna-Berg", "02-Tom-Hale"]
    own = out / "01-Anna-Berg"
    assert f"{own}\n" in told()
    mail = message_from_bytes((own / "mail.eml").read_bytes(), policy=policy.default)
    attached = [part.get_filename() for part in mail.iter_attachments()]
    assert attached == ["weekly-2026-W48.xlsx"]
    assert sorted(path.name for path in own.iterdir()) == ["mail.eml", "mail.html", "mail.txt", *attached]
    page = (own / "mail.html").read_text(encoding="utf-8")
    assert "cid:" not in page
    assert "data:image/png;base64," in page
    assert "NEW-1" in (own / "mail.txt").read_text(encoding="utf-8")


def test_every_file_is_listed_with_its_size_also_for_machines(
    shared: Workplace, tmp_path: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shared.run("report", "team", "--out", str(tmp_path)) == 0
    own, *files = told().splitlines()
    assert own == str(tmp_path / "01-Lea-Lund")
    assert [line.split()[0] for line in files] == [
        "mail.html",
        "mail.txt",
        "mail.eml",
        "weekly-team-2026-W48.xlsx",
    ]
    assert all(re.fullmatch(r"  \S+ +[\d,.]+ k?B", line) for line in files)
    assert shared.run("report", "team", "--out", str(tmp_path), "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    [letter] = facts["letters"]
    assert (facts["report"], letter["reader"], letter["folder"], facts["problems"]) == (
        "team",
        "Lea Lund",
        own,
        [],
    )
    for file in letter["files"]:
        assert (Path(own) / file["name"]).stat().st_size == file["bytes"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize(
    "command", ["report team --out {0}", "preview monthly --out {0}/01-Lea-Lund/mail.html"]
)
def test_a_full_disk_is_told(command: str, shared: Workplace, tmp_path: Path, told: Told) -> None:
    (tmp_path / "01-Lea-Lund").mkdir()
    (tmp_path / "01-Lea-Lund" / "mail.html").symlink_to("/dev/full")
    assert shared.run(*command.format(tmp_path).split()) == 2
    assert "cannot be written: No space left on device." in told()


def test_names_of_people_are_no_paths(place: Workplace, tmp_path: Path) -> None:
    for number, name in enumerate(HOSTILE, start=2):
        person = {
            "name": name,
            "email": f"x{number}@sales.example",
            "team": "",
            "role": "Sales",
            "active": True,
        }
        place.write(TEAM.key, number, person)
    out = tmp_path / "reports"
    before = sorted(path for path in tmp_path.rglob("*") if out not in path.parents)
    assert place.run("report", "personal", "--out", str(out)) == 0
    written = [path for path in out.rglob("*") if path.is_file()]
    # Anna is no longer in Team: her orders stand under unassigned, and nobody is mailed for her.
    assert {path.parent.parent for path in written} == {out}
    assert len({path.parent for path in written}) == len(HOSTILE)
    assert sorted(path for path in tmp_path.rglob("*") if path != out and out not in path.parents) == before


@pytest.mark.parametrize("kind", [*HEARD_BY, "low_score"])
def test_every_notice_of_an_order_can_be_looked_at_before_its_time(
    kind: str, shared: Workplace, tmp_path: Path, told: Told
) -> None:
    before, asked = dump(shared), len(shared.requests())
    out = tmp_path / "notice.html"
    assert shared.run("preview", kind, "--order", "OLD-1", "--out", str(out)) == 0
    assert told() == f"Written to {out}\n"
    page = out.read_text("utf-8")
    assert "OLD-1" in page
    assert ("→" in page) == (kind in {"order_changed", "order_shipped"})
    assert dump(shared) == before
    assert {request["method"] for request in shared.requests()[asked:]} == {"GET"}


def test_the_question_to_a_customer_cannot_be_shown_before_a_form_is_named(
    shared: Workplace, tmp_path: Path, told: Told
) -> None:
    assert shared.run("preview", "survey", "--out", str(tmp_path / "x.html")) == 2
    assert "survey.form in the config is blank" in told()


@pytest.mark.parametrize(
    "command", ["report personal --out {}/taken", "preview monthly --out {}/taken/x.html"]
)
def test_a_place_that_cannot_be_written_is_told(
    command: str, shared: Workplace, tmp_path: Path, told: Told
) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    assert shared.run(*command.format(tmp_path).split()) == 2
    assert "cannot be written: Not a directory." in told()


# ── into the outbox ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_person_sends_comes_beside_the_scheduled_report_and_may_be_sent_twice(
    place: Workplace, told: Told, at: Callable[[datetime], None]
) -> None:
    for number in range(2):
        at(TUESDAY + timedelta(microseconds=number))
        assert place.run("report", "personal", "--send", "--for", "Anna Berg") == 0
        assert told() == "1 mail(s) queued; the next poll sends them.\n"
    assert place.letters() == []
    with bot_at(place, TUESDAY + timedelta(minutes=5)) as app:
        lived(app, TUESDAY + timedelta(minutes=5), 2)
    assert [to for to, _ in place.letters()] == ["anna@sales.example"] * 2
    with bot_at(place, FRIDAY) as app:
        lived(app, FRIDAY, 4)
    arrived = [message_from_bytes(raw, policy=policy.default) for _, raw in place.letters()]
    # The day's digest is hers, too.
    hers = [str(mail["Subject"]) for mail in arrived if mail["To"] == "Anna Berg <anna@sales.example>"]
    subjects = [subject for subject in hers if subject.startswith("Weekly report")]
    assert subjects == [f"Weekly report {WEEK} · 1 order · CN¥3,600 · so far"] * 2 + [
        f"Weekly report {WEEK} · 1 order · CN¥3,600"
    ]
    assert len({mail["Message-ID"] for mail in arrived}) == len(arrived)


def test_only_the_run_that_moves_orders_says_that_they_moved(place: Workplace, told: Told) -> None:
    assert place.run("report", "monthly", "--month", MONTH) == 0
    assert "Archive" not in told()
    with bot_at(place, FIFTH) as app:
        lived(app, FIFTH, 5)
    [report] = [
        mail
        for _, raw in place.letters()
        if "Nov 2026" in str((mail := message_from_bytes(raw, policy=policy.default))["Subject"])
    ]
    body = report.get_body(("plain",))
    assert body is not None
    assert "One finished order moves to the Archive tab." in body.get_content()
    assert [row["order_no"] for row in place.rows(CONTRACTS.key)] == ["NEW-1"]


def test_sending_to_all_sends_to_those_who_can_be_reached_and_names_the_others(
    place: Workplace, told: Told
) -> None:
    assert place.run("report", "personal", "--send") == 2
    assert told() == "2 mail(s) queued; the next poll sends them.\n✗ Max Mohn: has no e-mail in Team\n"


def test_a_state_of_another_workbook_is_refused(site: Premises, shared: Workplace, told: Told) -> None:
    other = site.workplace(shared.folder / "other", state_url=shared.state_url)
    before = dump(shared)
    for command in ("report personal", "report team --send", "preview weekly_team --out x.html"):
        assert other.run(*command.split()) == 2
        assert "belongs to the workbook" in told()
    assert dump(shared) == before


# ── a workbook that is not as it should be ──────────────────────────────────────────────────────────────────


def test_an_empty_workbook_needs_init(site: Premises, tmp_path: Path, told: Told) -> None:
    place = Workplace(site.desk, site.desk.workbook("Empty", ZONE, "en_US"), tmp_path)
    for command in ("report personal", "report monthly", "preview tier_review --out x.html"):
        assert place.run(*command.split()) == 2
        assert "no tab of contract orders: run python -m bot init" in told()
    assert place.run("preview", "purchase_sales", "--out", "x.html") == 2
    assert "The workbook has none of the tabs" in told()


def test_a_workbook_without_a_row_has_nobody_to_tell(site: Premises, tmp_path: Path, told: Told) -> None:
    place = Workplace(site.desk, site.desk.workbook("Empty", ZONE, "en_US"), tmp_path)
    # Not by the command line, whose clock is the real one: the bot would meet the workbook later than it reports.
    with bot_at(place, TUESDAY) as app:
        initialise(app)
    told()
    for kind, whom in (
        ("personal", "no active member who sells"),
        ("team", "no active lead"),
        ("monthly", "no active lead"),
    ):
        assert place.run("report", kind) == 2
        assert told() == f"✗ Nobody gets this report: Team names {whom}.\n"
    assert place.run("preview", "purchase_customer", "--out", str(tmp_path / "x.html")) == 2
    assert "has no orders yet" in told()


@pytest.mark.parametrize(
    "gone", [(TEAM,), (AUTOMATIONS,), (CUSTOMERS, FEEDBACK), (TEAM, AUTOMATIONS, CUSTOMERS)]
)
def test_tabs_that_are_missing_cost_no_more_than_they_hold(
    gone: tuple[object, ...], place: Workplace, told: Told
) -> None:
    titles = {tab.en for tab in gone}  # type: ignore[attr-defined] # they are tabs
    sheets = place._call("GET", "")["sheets"]
    ids = [s["properties"]["sheetId"] for s in sheets if s["properties"]["title"] in titles]
    place._call("POST", ":batchUpdate", {"requests": [{"deleteSheet": {"sheetId": one}} for one in ids]})
    status = place.run("report", "personal", "--for", "Anna Berg")
    text = told()
    if TEAM in gone:
        assert (status, text) == (2, "✗ Nobody gets this report: Team names no active member who sells.\n")
    else:
        assert status == 0
        assert "CN¥3,600" in text


@pytest.mark.parametrize(
    "command", ["report team", "preview weekly_team --out x.html", "preview admin_notice --out x.html"]
)
def test_a_sheet_that_cannot_be_reached_is_the_outsides_fault(
    command: str, shared: Workplace, tmp_path: Path, told: Told
) -> None:
    config = yaml.safe_load(shared.config_path.read_text(encoding="utf-8"))
    config["workbook"]["endpoint"] = "http://127.0.0.1:9"
    config["state"] = f"sqlite:///{tmp_path}/bot.db"
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert shared.run("--config", str(tmp_path / "config.yaml"), *command.split()) == 3
    assert told().strip()


# ── previews ────────────────────────────────────────────────────────────────────────────────────────────────

PREVIEWS = {
    "purchase_customer": "NEW-1", "purchase_sales": "NEW-1", "weekly_personal": "NEW-1", "weekly_team": "Tom Hale",
    "digest": "NEW-1", "monthly": "Oct 2026", "tier_review": "2026-Q3", "admin_notice": "51",
}  # fmt: skip


@pytest.mark.parametrize("mail", PREVIEWS)
def test_every_mail_has_a_preview_that_stands_by_itself(
    mail: str, shared: Workplace, tmp_path: Path, told: Told
) -> None:
    page = tmp_path / "mail.html"
    assert shared.run("preview", mail, "--out", str(page)) == 0
    assert told() == f"Written to {page}\n"
    text = page.read_text(encoding="utf-8")
    assert text.lstrip().lower().startswith("<!doctype html")
    assert PREVIEWS[mail] in text
    assert "cid:" not in text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_mail_can_be_looked_at_in_either_language(
    language: str, shared: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = yaml.safe_load(shared.config_path.read_text(encoding="utf-8"))
    form = "https://forms.example/f?order_no={order_no}"
    path = tmp_path / "config.yaml"
    path.write_text(
        yaml.safe_dump({**config, "language": language, "survey": {"form": form}}), encoding="utf-8"
    )
    # English has been looked at mail by mail above, but for the question that needs a form.
    for mail in MAILS if language == "zh-CN" else ("survey",):
        page = tmp_path / f"{mail}.html"
        capsys.readouterr()
        assert shared.run("--config", str(path), "preview", mail, "--out", str(page), "--json") == 0, mail
        facts = json.loads(capsys.readouterr().out)
        assert facts == {"mail": mail, "order_no": "", "written": str(page), "bytes": page.stat().st_size}
        assert f'<html lang="{language}"' in page.read_text(encoding="utf-8"), mail


def test_a_preview_of_an_order_is_of_that_order(shared: Workplace, tmp_path: Path) -> None:
    page = tmp_path / "mail.html"
    assert shared.run("preview", "purchase_customer", "--order", "OLD-1", "--out", str(page)) == 0
    assert "OLD-1" in page.read_text(encoding="utf-8")


def test_a_preview_of_an_order_with_a_problem_says_what_to_mend(
    place: Workplace, tmp_path: Path, told: Told
) -> None:
    place.write(CONTRACTS.key, 3, {"customer": "Nobody & Sons"})
    assert place.run("preview", "purchase_sales", "--order", "NEW-1", "--out", str(tmp_path / "x.html")) == 2
    text = told()
    assert text.startswith("✗ Row 3: ")
    assert "Nobody & Sons" in text
    assert not (tmp_path / "x.html").exists()


def test_a_mail_that_is_none_is_refused_with_the_names_of_those_that_are(
    shared: Workplace, told: Told
) -> None:
    assert shared.run("preview", "love_letter", "--out", "x.html") == 2
    text = told()
    assert all(mail in text for mail in PREVIEWS)
