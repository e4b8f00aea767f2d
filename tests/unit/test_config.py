"""config.yaml under the environment: all problems at once, the environment wins, and no secret is ever said."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from bot.config import read_settings
from bot.settings import (
    ArchiveSettings,
    ConfigProblemsError,
    ReportSettings,
    Settings,
    TierSettings,
    WatchSettings,
)

CANARY = "hunter2-canary"
ROOT = Path(__file__).resolve().parents[2]
GOOD: dict[str, Any] = {
    "workbook": {"id": "1AbC_d-e", "endpoint": "http://127.0.0.1:8765"},
    "mail": {
        "host": "127.0.0.1",
        "port": 8025,
        "security": "none",
        "sender": "Order Desk <orders@example.com>",
    },
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os  # noqa: PLC0415 - for this alone

    for name in [name for name in os.environ if name.upper().startswith("BOT_")]:
        monkeypatch.delenv(name)


def written(folder: Path, **sections: Any) -> Path:
    """A good config with these sections changed; None takes one out."""
    config = {
        **GOOD,
        **{k: {**GOOD[k], **v} if k in GOOD and isinstance(v, dict) else v for k, v in sections.items()},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in config.items() if v is not None}), encoding="utf-8")
    return path


def read(folder: Path, database_url: str = "", **sections: Any) -> Settings:
    return read_settings(written(folder, **sections), database_url)


def problems(folder: Path, **sections: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigProblemsError) as caught:
        read(folder, **sections)
    return caught.value.problems


def test_what_is_left_out_has_the_usual_value(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.language, settings.timezone, settings.currency) == ("zh-CN", "Asia/Shanghai", "CNY")
    assert (settings.poll.every, settings.poll.settle, settings.poll.flood) == (30, 20, 50)
    assert (settings.mail.per_day, settings.mail.per_minute, settings.mail.only_to) == (500, 60, ())
    assert (settings.mail.per_hour, settings.mail.per_customer) == (200, 10)
    assert (settings.orders.purchase_mail, settings.orders.review_levels) == ("on_created", 1)


def test_the_state_lies_beside_the_config_wherever_the_program_is_started(tmp_path: Path) -> None:
    assert read(tmp_path).state == f"sqlite:///{tmp_path.resolve()}/state/bot.db"
    assert read(tmp_path, state="sqlite:////srv/bot.db").state == "sqlite:////srv/bot.db"


def test_sqlite_is_insisted_on_by_a_plain_yes_alone(tmp_path: Path) -> None:
    assert read(tmp_path).sqlite_anyway is False
    assert read(tmp_path, sqlite_anyway=True).sqlite_anyway is True
    assert problems(tmp_path, sqlite_anyway="perhaps")[0].startswith("sqlite_anyway: ")


def test_the_key_file_lies_beside_the_config_too(tmp_path: Path) -> None:
    assert read(tmp_path, workbook={"credentials": "key.json"}).workbook.credentials == str(
        tmp_path / "key.json"
    )


@pytest.mark.parametrize(
    "text", ["1AbC_d-e", " 1AbC_d-e ", "https://docs.google.com/spreadsheets/d/1AbC_d-e/edit?gid=0#gid=0"]
)
def test_a_workbook_is_named_by_its_key_or_its_whole_address(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, workbook={"id": text}).workbook.id == "1AbC_d-e"


def test_a_misspelt_key_is_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    assert problems(tmp_path, pol={"every": 5}) == (
        "pol: is not a setting. Look for a misspelling, or take it out.",
    )
    assert problems(tmp_path, poll={"evry": 5}) == (
        "poll.evry: is not a setting. Look for a misspelling, or take it out.",
    )


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        workbook={"id": "not a key!"}, timezone="Shanghai", currency="Dollarydoos", language="fr", state="mysql://x",
        poll={"every": 0, "flood": "many"}, orders={"number": "{serial}"}, admins=["nobody"],
        mail={"sender": "Orders", "port": 0, "only_to": ["@"]}, surprise=1,
    )  # fmt: skip
    places = {problem.partition(":")[0] for problem in found}
    assert places == {
        "workbook.id", "timezone", "currency", "language", "state", "poll.every", "poll.flood", "orders.number",
        "admins.0", "mail.sender", "mail.port", "mail.only_to.0", "surprise",
    }  # fmt: skip
    assert all(problem.endswith(".") for problem in found)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mail": None}, "mail: is missing."),
        ({"mail": {"host": "smtp.example.com"}}, "security none is only for a server on this machine"),
        ({"mail": {"user": "orders"}}, "has a user but no password: set $BOT_MAIL__PASSWORD"),
        ({"workbook": {"endpoint": None}}, "needs credentials (the service account's key file)"),
        ({"timezone": "../../etc/passwd"}, "is not a time zone: write one such as"),
        ({"orders": {"number": "{date:%Y} {serial}"}}, "use letters, digits"),
        ({"mail": {"when_uncertain": "maybe"}}, "'resend' or 'hold'"),
        ({"poll": {"settle": "soon"}}, "poll.settle: input should be a valid number"),
        ({"state": "bot.db"}, "write sqlite:///state/bot.db or postgresql://"),
    ],
)
def test_a_problem_says_what_to_write_instead(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    [problem] = problems(tmp_path, **changes)
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty, or is not a list of sections"),
        ("- a\n- b\n", "is empty, or is not a list of sections"),
        ("workbook: {id: x\nmail: y\n", "is not YAML near line 2"),
        ("workbook: \x00\n", "is not YAML"),
    ],
)
def test_a_file_that_is_no_config_is_refused_with_the_place(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigProblemsError, match=said):
        read_settings(path)


def test_a_missing_unreadable_or_binary_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblemsError, match=r"There is no config at .*copy config\.example\.yaml"):
        read_settings(tmp_path / "nowhere.yaml")
    with pytest.raises(ConfigProblemsError, match="cannot be read"):
        read_settings(tmp_path)
    binary = tmp_path / "config.yaml"
    binary.write_bytes(b"\xff\xfe\x00w")
    with pytest.raises(ConfigProblemsError, match="cannot be read"):
        read_settings(binary)


def test_yaml_is_data_and_never_code(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"workbook: !!python/object/apply:pathlib.Path.touch [{tmp_path}/made]\n", encoding="utf-8"
    )
    with pytest.raises(ConfigProblemsError, match="is not YAML"):
        read_settings(path)
    assert not (tmp_path / "made").exists()


# ── reports, tiers, archive ─────────────────────────────────────────────────────────────────────────────────


def test_reports_tiers_and_archive_need_not_be_named(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.reports == ReportSettings(empty="short", attach="xlsx", refresh=60)
    assert settings.tiers == TierSettings(a=Decimal(500_000), b=Decimal(100_000), apply=False)
    folder = str(tmp_path.resolve() / "state" / "backups")
    assert settings.archive == ArchiveSettings(after_months=1, backup_folder=folder, keep=12, backup_to=())


def test_what_is_written_there_is_what_counts(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        reports={"empty": "none", "attach": "csv", "refresh": 10},
        tiers={"a": "50000.50", "b": 0.5, "apply": True},
        archive={"after_months": 120, "keep": 1, "backup_to": ["ops@example.com"]},
    )
    assert settings.reports == ReportSettings("none", "csv", 10)
    assert settings.tiers == TierSettings(Decimal("50000.50"), Decimal("0.5"), True)
    assert (settings.archive.after_months, settings.archive.keep) == (120, 1)
    assert settings.archive.backup_to == ("ops@example.com",)


def test_copies_lie_beside_the_config_wherever_the_program_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    def folder(written_as: str) -> str:
        return read(tmp_path, archive={"backup_folder": written_as}).archive.backup_folder

    assert folder("copies/monthly") == f"{tmp_path.resolve()}/copies/monthly"
    assert folder("../copies") == f"{tmp_path.resolve().parent}/copies"
    assert folder("/srv/copies") == "/srv/copies"
    assert folder("") == "", "nowhere is no folder"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reports": {"empty": "long"}}, "reports.empty: input should be 'short' or 'none'"),
        ({"reports": {"attach": "pdf"}}, "reports.attach: input should be 'xlsx', 'csv' or 'none'"),
        ({"reports": {"refresh": 9}}, "reports.refresh: input should be greater than or equal to 10"),
        ({"reports": {"refresh": 86_401}}, "reports.refresh: input should be less than or equal to 86400"),
        ({"reports": {"emtpy": "none"}}, "reports.emtpy: is not a setting"),
        ({"tiers": {"a": 100, "b": 100}}, "tiers: b must be less than a"),
        ({"tiers": {"a": 99_999}}, "tiers: b must be less than a"),
        ({"tiers": {"b": 0}}, "tiers.b: input should be greater than 0"),
        ({"tiers": {"a": "NaN"}}, "tiers.a: input should be a finite number"),
        ({"tiers": {"a": "Infinity"}}, "tiers.a: input should be a finite number"),
        ({"tiers": {"c": 5}}, "tiers.c: is not a setting"),
        (
            {"archive": {"after_months": 0}},
            "archive.after_months: input should be greater than or equal to 1",
        ),
        (
            {"archive": {"after_months": 121}},
            "archive.after_months: input should be less than or equal to 120",
        ),
        ({"archive": {"keep": 0}}, "archive.keep: input should be greater than or equal to 1"),
        ({"archive": {"backup_to": ["ops"]}}, "archive.backup_to.0: is not an e-mail address"),
        ({"archive": {"folder": "x"}}, "archive.folder: is not a setting"),
    ],
)
def test_a_wrong_choice_of_reports_is_named(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    [problem] = problems(tmp_path, **changes)
    assert problem.startswith(said)


def test_the_example_says_what_holds_without_it(tmp_path: Path) -> None:
    told = yaml.safe_load((ROOT / "config.example.yaml").read_text(encoding="utf-8"))
    (tmp_path / "config.yaml").write_text(
        yaml.safe_dump(told | {"workbook": {"id": "1AbC", "endpoint": "http://127.0.0.1:8765"}}),
        encoding="utf-8",
    )
    with pytest.raises(ConfigProblemsError) as caught:
        read_settings(tmp_path / "config.yaml")
    assert caught.value.problems == ("mail: has a user but no password: set $BOT_MAIL__PASSWORD.",)
    told["mail"]["password"] = CANARY
    told["workbook"] = {"id": "1AbC", "endpoint": "http://127.0.0.1:8765"}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    example = read_settings(tmp_path / "config.yaml")
    bare = {
        "workbook": told["workbook"],
        "mail": {k: told["mail"][k] for k in ("user", "password", "sender")},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(bare | {"admins": told["admins"]}), encoding="utf-8")
    assert example == read_settings(tmp_path / "config.yaml")


def test_the_example_names_every_setting() -> None:
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    named = 0
    for section, kind in get_type_hints(Settings).items():
        assert re.search(rf"^{section}:", text, re.MULTILINE), section
        for one in fields(kind) if is_dataclass(kind) else ():
            # What must not stand in a file, or need not, is shown in a comment.
            assert re.search(rf"{one.name}\b", text, re.IGNORECASE), f"{section}.{one.name}"
            named += 1
    assert named > 20


# ── own names of tabs and columns ───────────────────────────────────────────────────────────────────────────


def test_tabs_and_columns_can_have_names_of_the_teams_own(tmp_path: Path) -> None:
    names = {"tabs": {"contracts": "Bestellungen 2026"}, "titles": {"contracts": {"customer": "Kunde"}}}
    book = read(tmp_path, workbook=names).workbook
    assert (book.tabs, book.titles) == (names["tabs"], names["titles"])
    usual = read(tmp_path).workbook
    assert (usual.tabs, usual.titles) == ({}, {})


def test_an_own_name_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_WORKBOOK__TABS__CONTRACTS", "Bestellungen")
    assert read(tmp_path, workbook={"tabs": {"team": "Leute"}}).workbook.tabs == {
        "contracts": "Bestellungen",
        "team": "Leute",
    }


def test_everything_that_is_wrong_with_own_names_is_told_at_once_with_what_there_is(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        workbook={
            "tabs": {"contrcats": "A", "team": "Kunden", "customers": " kunden ", "products": "Team"},
            "titles": {
                "contracts": {"custommer": "Kunde", "quantity": "X", "unit_price": "x", "amount": "Notes"},
                "archive": {"customer": "Kunde"},
                "summary": {"customer": "Kunde"},
                "team": {"name": " "},
            },
        },
        poll={"every": 0},
    )
    starts = [
        "workbook.tabs.contrcats: is no tab; there are: order_entry, contracts, customers, products,",
        "workbook.tabs.team: has the same title as customers.",
        "workbook.tabs.customers: has the same title as team.",
        "workbook.tabs.products: has a title that belongs to team: ",
        "workbook.titles.contracts.custommer: is no column of this tab; there are: order_no, contract_no,",
        "workbook.titles.contracts.quantity: has the same title as unit_price.",
        "workbook.titles.contracts.unit_price: has the same title as quantity.",
        "workbook.titles.contracts.amount: has a title that belongs to notes: ",
        "workbook.titles.archive: has the columns of Contract Orders: give their titles under contracts.",
        "workbook.titles.summary: is no tab with titles; there are: order_entry, contracts,",
        "workbook.titles.team.name: is blank: ",
        "poll.every: ",
    ]
    assert len(found) == len(starts)
    assert [start for start in starts if not any(told.startswith(start) for told in found)] == []


# ── hours and notices ───────────────────────────────────────────────────────────────────────────────────────


def test_working_days_are_those_of_a_week_or_of_a_country(tmp_path: Path) -> None:
    assert read(tmp_path).hours.workdays == "Mon-Fri"
    for workdays in ("", "mon-fri", "CN", "de"):
        assert read(tmp_path, hours={"workdays": workdays}).hours.workdays == workdays


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hours": {"workdays": "Atlantis"}}, "hours.workdays: is not known: write Mon-Fri, a country's two letters"),
        ({"hours": {"workdays": "XX"}}, "hours.workdays: is not known: write Mon-Fri, a country's two letters"),
        ({"hours": {"quiet": "at night"}}, "hours.quiet: is not a span of time: write it like"),
        ({"hours": {"quiet": "08:00-08:00"}}, "hours.quiet: is not a span of time: write it like"),
        ({"hours": {"exempt": ["no_such_mail"]}}, "hours.exempt.0: holds something that is no kind of mail"),
        ({"notices": {"off": ["no_such_notice"]}}, "notices.off.0: holds something that is no notice"),
        ({"notices": {"on": []}}, "notices.on: is not a setting"),
    ],
)  # fmt: skip
def test_a_wrong_choice_of_hours_is_named(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    [problem] = problems(tmp_path, **changes)
    assert problem.startswith(said)


def test_off_may_be_written_without_quotes_though_yaml_takes_it_for_no(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8") + "notices:\n  off: [order_delivered]\n", encoding="utf-8")
    assert read_settings(path).notices.off == ("order_delivered",)


# ── the environment ─────────────────────────────────────────────────────────────────────────────────────────


def test_any_key_can_come_from_the_environment_and_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_POLL__EVERY", "7")
    monkeypatch.setenv("BOT_MAIL__PASSWORD", CANARY)
    monkeypatch.setenv("BOT_MAIL__USER", "orders")
    monkeypatch.setenv("BOT_LANGUAGE", "en")
    monkeypatch.setenv("BOT_ADMINS", '["ops@example.com"]')
    settings = read(tmp_path, poll={"every": 20, "settle": 3}, language="zh-CN")
    assert (settings.poll.every, settings.poll.settle) == (7, 3)
    assert (settings.mail.user, settings.mail.password) == ("orders", CANARY)
    assert (settings.language, settings.admins) == ("en", ("ops@example.com",))


def test_a_wrong_value_from_the_environment_is_told_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_POLL__EVERY", "often")
    assert problems(tmp_path, language="fr")[0].startswith(("language", "poll.every"))
    assert len(problems(tmp_path, language="fr")) == 2


def test_a_list_from_the_environment_that_is_none_is_told_and_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ADMINS", f"{CANARY}@example.com")
    [problem] = problems(tmp_path)
    assert problem.startswith("$BOT_ADMINS")
    assert problem.endswith('write lists as JSON, such as ["ops@example.com"].')
    assert CANARY not in problem
    monkeypatch.delenv("BOT_ADMINS")
    monkeypatch.setenv("BOT_MAIL__ONLY_TO", CANARY)
    [problem] = problems(tmp_path)
    assert "$BOT_MAIL__" in problem
    assert CANARY not in problem


def test_the_hosts_database_wins_over_file_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgres://bot:secret@db.example/orders"
    assert read(tmp_path, url, state="sqlite:///here.db").state == url
    monkeypatch.setenv("BOT_STATE", "sqlite:////srv/other.db")
    assert read(tmp_path, url).state == url


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_problem_quotes_a_value_that_may_be_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_WORKBOOK__CREDENTIALS_JSON", f'{{"private_key": "{CANARY}"}}')
    told = problems(
        tmp_path,
        mail={"password": [CANARY], "sender": CANARY, "port": CANARY, "user": {"is": CANARY}},
        state=f"mysql://bot:{CANARY}@db/x",
        workbook={"id": f"!{CANARY}"},
    )
    assert len(told) >= 5
    assert CANARY not in " ".join(told)


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        f"postgresql://bot:{CANARY}@db.example/orders",
        mail={"user": "orders", "password": CANARY},
        workbook={"credentials_json": CANARY},
    )
    assert settings.mail.password == CANARY
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)


# ── watching ────────────────────────────────────────────────────────────────────────────────────────────────


def test_watching_needs_no_section_and_tells_admins_alone(tmp_path: Path) -> None:
    assert read(tmp_path).watch == WatchSettings("", "", 15, 24, 60, 80, 10, "")


@pytest.mark.parametrize(
    ("written_as", "means"),
    [("", ""), ("9464", "127.0.0.1:9464"), (":9464", "127.0.0.1:9464"), ("0.0.0.0:80", "0.0.0.0:80"), ("[::1]:80", "[::1]:80")],
)  # fmt: skip
def test_figures_are_for_this_machine_alone_unless_told_otherwise(
    written_as: str, means: str, tmp_path: Path
) -> None:
    assert read(tmp_path, watch={"metrics": written_as}).watch.metrics == means


def test_the_health_file_lies_beside_the_config(tmp_path: Path) -> None:
    found = read(tmp_path, watch={"health_file": "state/health.json"}).watch.health_file
    assert found == f"{tmp_path.resolve()}/state/health.json"


@pytest.mark.parametrize(
    "address", ["https://hc-ping.example/8f-uuid", "http://127.0.0.1:8000/x", "http://localhost/x"]
)
def test_an_address_to_ping_is_safe_or_on_this_machine(address: str, tmp_path: Path) -> None:
    watch = read(tmp_path, watch={"heartbeat": address}).watch
    assert watch.heartbeat == address
    assert address not in repr(watch), "whoever knows it can speak for the worker"


@pytest.mark.parametrize(
    "address",
    [f"http://hc-ping.example/{CANARY}", f"ftp://x/{CANARY}", CANARY, f"https://me:{CANARY}@x.example/", f"https:///{CANARY}"],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused_and_not_repeated(address: str, tmp_path: Path) -> None:
    [problem] = problems(tmp_path, watch={"heartbeat": address})
    assert problem.startswith("watch: heartbeat is not an address to ping")
    assert CANARY not in problem


@pytest.mark.parametrize(
    "changes",
    [{"silent": 0}, {"quota": 101}, {"stuck_after": 1}, {"problems_after": 0}, {"status": 0}, {"metrics": "here"}, {"metrics": "x:99999"}],
)  # fmt: skip
def test_a_wrong_choice_of_watching_is_named(changes: dict[str, Any], tmp_path: Path) -> None:
    [problem] = problems(tmp_path, watch=changes)
    assert problem.startswith(f"watch.{next(iter(changes))}: ")
