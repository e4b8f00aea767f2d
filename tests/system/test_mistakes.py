"""What people and the world do wrong, told at the command line: a sentence and an exit status, never a traceback."""

from __future__ import annotations

import errno
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml

import bot.commands.status
from bot.__main__ import main
from bot.adapters.database import open_state
from tests.system.workplace import ROOT

Told = Callable[[], str]
#: Nobody listens there.
NOWHERE = "http://127.0.0.1:9"

SPEAK_TO_THE_STATE = ("status", "release", "outbox list", "outbox retry x", "outbox drop --all held --yes")
SPEAK_TO_THE_SHEET = (
    "init", "run --once", "plan", "report personal", "preview purchase_sales --out {}/x.html",
    "preview weekly_team --out {}/x.html",
)  # fmt: skip
COMMANDS = (*SPEAK_TO_THE_STATE, *SPEAK_TO_THE_SHEET)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of this machine's config is seen, and this process is left as it was."""
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_CONFIG", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    words = structlog.get_config()
    yield
    structlog.configure(**words)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """What stands on standard error since the last time it was asked: something, and never a traceback."""

    def since() -> str:
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert said.err.strip()
        return said.err

    return since


def config(folder: Path, **sections: Any) -> Path:
    """A config that would do."""
    usual = {
        "workbook": {"id": "key", "endpoint": NOWHERE},
        "mail": {
            "sender": "orders@desk.example",
            "host": "127.0.0.1",
            "port": 9,
            "security": "none",
        },
        "state": f"sqlite:///{folder}/bot.db",
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({**usual, **sections}), encoding="utf-8")
    return path


def run(command: str, path: Path, folder: Path) -> int:
    return main(["--config", str(path), *command.format(folder).split()])


# ── the config ──────────────────────────────────────────────────────────────────────────────────────────────


def absent(path: Path) -> str:
    return "There is no config at"


def a_folder(path: Path) -> str:
    path.mkdir()
    return "cannot be read: Is a directory"


def of_another_encoding(path: Path) -> str:
    path.write_bytes("language: 中文".encode("gb18030"))
    return "not UTF-8 text"


def no_yaml(path: Path) -> str:
    path.write_text("workbook: [1, 2\nmail: {", encoding="utf-8")
    return "is not YAML near line 2"


def no_text(path: Path) -> str:
    path.write_bytes(b"workbook: \x01\x02")
    return "is not YAML: it holds signs that are no text"


def empty(path: Path) -> str:
    path.write_text("", encoding="utf-8")
    return "is empty"


def a_word(path: Path) -> str:
    path.write_text("hello", encoding="utf-8")
    return "is not a list of sections"


@pytest.mark.parametrize("made", [absent, a_folder, of_another_encoding, no_yaml, no_text, empty, a_word])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_config_that_cannot_be_used_is_told(
    command: str, made: Callable[[Path], str], tmp_path: Path, told: Told
) -> None:
    path = tmp_path / "config.yaml"
    sentence = made(path)
    assert run(command, path, tmp_path) == 2
    assert sentence in told()


def test_the_worker_that_reads_its_config_apart_tells_the_same(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It reads it in a process of its own, which starts where this one is.
    monkeypatch.chdir(ROOT)
    assert run("run", tmp_path / "config.yaml", tmp_path) == 2
    assert "There is no config at" in told()


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────


def of_a_newer_program(path: Path) -> tuple[str, int]:
    open_state(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE bookkeeping SET value = '999' WHERE key = 'schema_version'")
    return "made by a newer version", 2


def no_database(path: Path) -> tuple[str, int]:
    path.write_text("dear diary " * 100, encoding="utf-8")
    return "is not a database", 3


def folder_instead(path: Path) -> tuple[str, int]:
    path.mkdir()
    return "cannot be opened", 3


@pytest.mark.parametrize("made", [of_a_newer_program, no_database, folder_instead])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_cannot_be_used_is_told(
    command: str, made: Callable[[Path], tuple[str, int]], tmp_path: Path, told: Told
) -> None:
    sentence, status = made(tmp_path / "bot.db")
    assert run(command, config(tmp_path), tmp_path) == status
    assert sentence in told()


@pytest.mark.parametrize("command", ["status", "run --once"])
def test_a_database_server_that_is_not_there_is_told_without_its_password(
    command: str, tmp_path: Path, told: Told
) -> None:
    path = config(tmp_path, state="postgresql://bot:hunter2@127.0.0.1:9/orders")
    assert run(command, path, tmp_path) == 3
    assert "hunter2" not in told()


# ── the spreadsheet ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", SPEAK_TO_THE_SHEET)
def test_no_network_is_the_outsides_fault(command: str, tmp_path: Path, told: Told) -> None:
    assert run(command, config(tmp_path), tmp_path) == 3
    told()


@pytest.fixture(params=[(401, 2), (403, 2), (404, 2)], ids=["not logged in", "not shared", "not there"])
def refusal(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """The address of a service that refuses everything, as Google does, and the exit status that it leads to."""
    code, status = request.param

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = json.dumps({"error": {"code": code, "message": "no", "status": "NO"}}).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Not a word."""

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", status
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("command", SPEAK_TO_THE_SHEET)
def test_a_spreadsheet_that_is_not_ours_to_read_says_what_to_do(
    command: str, refusal: tuple[str, int], tmp_path: Path, told: Told
) -> None:
    endpoint, status = refusal
    path = config(tmp_path, workbook={"id": "key", "endpoint": endpoint})
    assert run(command, path, tmp_path) == status
    assert "  → " in told()


@pytest.mark.parametrize("key", ["missing.json", "config.yaml", "."])
def test_a_key_that_is_none_is_told(key: str, tmp_path: Path, told: Told) -> None:
    path = config(tmp_path, workbook={"id": "key", "endpoint": NOWHERE, "credentials": key})
    assert run("plan", path, tmp_path) == 2
    assert "key" in told()


# ── places to write to ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("", "is a folder: name a file in it"),
        ("missing/x.html", "there is no folder"),
        ("config.yaml", "is there already and is no page"),
    ],
)
def test_a_page_is_not_written_where_it_cannot_be_meant(
    out: str, sentence: str, tmp_path: Path, told: Told
) -> None:
    path = config(tmp_path)
    before = path.read_bytes()
    assert run(f"preview monthly --out {tmp_path / out}", path, tmp_path) == 2
    assert sentence in told()
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", ["desk", "demo"])
@pytest.mark.parametrize("data", ["file", "file/below"])
def test_a_desk_needs_a_folder(command: str, data: str, tmp_path: Path, told: Told) -> None:
    (tmp_path / "file").write_text("taken", encoding="utf-8")
    assert main([command, "--data", str(tmp_path / data), "--port", "0", "--smtp-port", "0"]) == 2
    assert "file" in told()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "loopback only"),  # noqa: S104 - it is refused
        (["--users", "nobody.yaml"], "cannot be read"),
        (["--users", "."], "cannot be read"),
    ],
)
def test_a_desk_that_cannot_be_opened_so_says_why(
    arguments: list[str], sentence: str, tmp_path: Path, told: Told
) -> None:
    assert main(["desk", "--data", str(tmp_path), "--port", "0", "--smtp-port", "0", *arguments]) == 2
    assert sentence in told()


def test_a_port_in_use_is_told(tmp_path: Path, told: Told) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["desk", "--data", str(tmp_path), "--port", port, "--smtp-port", "0"]) == 2
    assert told() == "The port is in use: choose others with --port and --smtp-port.\n"


# ── words that are none ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        "outbox list --status asleep", "outbox list --limit many", "outbox list --limit 0", "outbox retry",
        "outbox retry --all sent", "outbox retry a --all held", "outbox drop --all sent", "desk --port 70000",
        "preview", "report", "report weekly", "report team --week 2026-W47 --month 2026-11", "report team --send --out x",
        "status --json --order", "release everything",
    ],
)  # fmt: skip
def test_what_no_command_takes_ends_with_2_and_the_usage(arguments: str, told: Told) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    assert end.value.code == 2
    assert "usage: python -m bot" in told()


@pytest.mark.parametrize("command", ["outbox retry nothing", "outbox drop a b", "status --order NO-SUCH"])
def test_what_there_is_not_is_told(command: str, tmp_path: Path, told: Told) -> None:
    assert run(command, config(tmp_path), tmp_path) == 2
    assert "There is no" in told()


def test_nothing_of_many_is_done_where_nobody_can_be_asked(tmp_path: Path, told: Told) -> None:
    assert run("outbox retry --all held", config(tmp_path), tmp_path) == 0, "nothing is held"
    assert main(["--config", str(tmp_path / "config.yaml"), "outbox", "retry", "x"]) == 2
    told()


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("trouble", "status", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), 2, "/data/x: Permission denied\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "No space left on device\n"),
        (OSError(errno.EROFS, "Read-only file system", "/x"), 2, "/x: Read-only file system\n"),
    ],
    ids=["Ctrl-C", "no right", "a full disk", "a disk that cannot be written"],
)
def test_what_ends_a_command_in_the_middle_leaves_no_trace(
    trouble: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bot.commands.status, "run", raising(trouble))
    assert main(["status"]) == status
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    "bug", [KeyError("x"), FileNotFoundError(errno.ENOENT, "x", "ours"), BrokenPipeError(errno.EPIPE, "x")]
)
def test_a_bug_of_ours_is_loud(bug: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.commands.status, "run", raising(bug))
    with pytest.raises(type(bug)):
        main(["status"])


def raising(error: BaseException) -> Callable[..., int]:
    def run(_options: object) -> int:
        raise error

    return run


@pytest.mark.parametrize("where", ["nobody", "/dev/full"])
def test_output_that_nobody_takes_is_no_bug(where: str, tmp_path: Path) -> None:
    path = config(tmp_path)
    command = [sys.executable, "-m", "bot", "--config", str(path), "status"]
    if where == "nobody":
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        said, status = running.stderr.read(), running.wait(timeout=60)
        running.stderr.close()
        assert (status, said) == (0, b"")
    elif not Path(where).exists():
        pytest.skip("this system has no disk that is always full")
    else:
        with Path(where).open("wb") as full:
            done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (2, b"No space left on device\n")
