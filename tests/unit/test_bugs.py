"""What a bug tells of itself: where it is, and nothing of what it met."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.bugs import told_by_place
from bot.logs import set_up_logs
from bot.ports import StateError
from bot.settings import ConfigProblemsError

CANARIES = ("Nordlicht-Canary", "weber@canary.example", "+49 30 5550100", "hunter2-canary")
ROW = {"customer": CANARIES[0], "email": CANARIES[1], "phone": CANARIES[2], "password": CANARIES[3]}


def look_up() -> None:
    raise KeyError(str(ROW))


def fail() -> None:
    try:
        look_up()
    except KeyError as error:
        error.add_note(CANARIES[0])
        raise ValueError(f"this row is not right: {ROW}") from error


def told() -> str:
    with pytest.raises(ValueError, match="row") as caught:
        fail()
    return told_by_place(caught.value)


def test_a_bug_names_its_places_oldest_first_and_the_kinds_of_errors() -> None:
    text = told()
    assert text.index("look_up") < text.index("builtins.KeyError") < text.index("which led to:")
    assert text.rstrip().endswith("builtins.ValueError")
    assert "test_bugs.py" in text


def test_a_bug_quotes_nothing_of_the_row_it_met() -> None:
    assert not [canary for canary in CANARIES if canary in told()]


def test_our_own_sentences_for_people_are_told() -> None:
    assert told_by_place(ConfigProblemsError(("mail.port: is missing.",))).endswith(
        "('mail.port: is missing.',)"
    )
    assert told_by_place(StateError("The database is away.")).endswith("StateError: The database is away.")


def test_errors_that_name_each_other_come_to_an_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert told_by_place(first).count("builtins.ValueError") == 2


@pytest.fixture
def logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "terminal"])
@pytest.mark.usefixtures("logs")
def test_a_logged_bug_quotes_nothing_either(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(as_json=as_json)
    try:
        fail()
    except ValueError:
        structlog.get_logger("bot.reports").exception("letter_failed")
    said = capsys.readouterr().err
    assert "look_up" in said
    assert not [canary for canary in CANARIES if canary in said]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "terminal"])
@pytest.mark.parametrize(
    "text",
    [
        "done\n2026-11-21T09:00:00Z [info     ] mail.settled status=sent",
        'done\r\n{"event": "mail.settled"}',
        "\x1b[2J\x1b]0;owned\x07gone",
        "\x9b31mred",
    ],
    ids=ascii,
)
@pytest.mark.usefixtures("logs")
def test_no_text_forges_a_line_of_the_log_or_steers_the_terminal(
    text: str, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(as_json=as_json)
    structlog.get_logger("bot.worker").warning("cycle_failed", error=text, hint=text)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert said.startswith("2026-11-21") is False
    assert not [sign for sign in said[:-1] if not (sign.isprintable() or (as_json and sign == "\x9b"))]


def test_a_bug_that_nothing_catches_ends_a_process_with_status_1_and_no_values() -> None:
    program = (
        "from bot.bugs import tell_bugs_by_place; tell_bugs_by_place();"
        f"row = {ROW!r}; raise ValueError(str(row))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "A bug ended this process" in done.stderr
    assert "builtins.ValueError" in done.stderr
    assert not [canary for canary in CANARIES if canary in done.stderr]
