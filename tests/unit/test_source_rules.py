"""Rules that the code itself must keep, because one line against them would open what everything else shuts."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "sheets_schema").rglob("*.py")])
#: The desk plays Google's part, and the demo a person's: they may do what the bot may not.
OURS = [
    path for path in SOURCES if not path.is_relative_to(ROOT / "bot" / "desk") and "demo" not in path.parts
]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


@cache
def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """Every call by the last part of its name."""
    return [
        (getattr(node.func, "attr", getattr(node.func, "id", "")), node)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    """Where the pattern stands, as file and line."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_nothing_is_ever_entered_as_a_person_types_it_or_written_as_a_formula() -> None:
    assert lines_with(r"USER_ENTERED|[\"']formulaValue[\"']", OURS) == []
    helpers = {
        "update_cell",
        "update_acell",
        "update_cells",
        "append_row",
        "append_rows",
        "batch_update_values",
    }
    assert [path for path in OURS for name, _ in calls(path) if name in helpers] == []


def test_no_template_switches_escaping_off_or_runs_a_text_twice() -> None:
    assert lines_with(r"\|\s*safe\b|autoescape\s+false|from_string|\|\s*attr\b", TEMPLATES) == []
    assert [path for path in OURS for name, _ in calls(path) if name in {"from_string", "Template"}] == []


def test_markup_is_made_of_a_constant_alone() -> None:
    made = [node for path in OURS for name, node in calls(path) if name == "Markup"]
    assert made
    assert all(len(node.args) == 1 and isinstance(node.args[0], ast.Constant) for node in made)


def test_yagmail_is_given_no_contents_and_no_attachments() -> None:
    users = [path for path in OURS if "yagmail" in path.read_text("utf-8")]
    assert users
    for path in users:
        for name, node in calls(path):
            # Its own `send` takes contents; what is sent here are bytes that the outbox holds.
            assert name not in {"prepare_send", "prepare_message"}, path
            assert name != "send" or len(node.args) == 1, path
            assert not {"contents", "attachments"} & {word.arg for word in node.keywords}, path


def test_nothing_from_outside_is_evaluated_or_handed_to_a_shell() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        for name, node in calls(path)
        if (name in {"eval", "exec", "system", "popen", "unsafe_load"} and not _is_method_of_ours(node))
        or any(w.arg == "shell" and getattr(w.value, "value", None) is not False for w in node.keywords)
    ]
    assert found == []


def _is_method_of_ours(node: ast.Call) -> bool:
    """A method that only shares its name with the dangerous one, such as a database's `exec`."""
    return isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") not in {
        "os",
        "builtins",
        "yaml",
    }


# ── what is installed ───────────────────────────────────────────────────────────────────────────────────────

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)")


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Package -> its version and how many hashes stand below it."""
    found: dict[str, tuple[str, int]] = {}
    package = ""
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if pin := PIN.match(line):
            package = _name(pin[1])
            found[package] = (pin[2], 0)
        elif re.match(r"\s+--hash=sha256:[0-9a-f]{64}\b", line):
            version, hashes = found[package]
            found[package] = (version, hashes + 1)
        else:
            assert re.match(r"\s*(#|$)", line), f"{name}: neither a pin, nor a hash, nor a comment: {line}"
    return found


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[;<>=! ]", text)[0]).lower()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_to_one_version_with_hashes(name: str) -> None:
    found = locked(name)
    assert found
    assert [package for package, (_, hashes) in found.items() if not hashes] == []


def test_what_the_project_asks_for_is_locked_and_what_is_locked_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    wanted = {_name(d) for d in project["dependencies"]}
    assert wanted <= run.keys()
    assert {_name(d) for d in project["optional-dependencies"]["dev"]} <= dev.keys()
    # A package that was dropped from the project and not from the lock is still named as asked for by the project.
    asked, package = set[str](), ""
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        package = _name(pin[1]) if (pin := PIN.match(line)) else package
        if line.lstrip().startswith("#") and "order-desk" in line:
            asked.add(package)
    assert asked == wanted


def test_both_locks_agree_on_every_version() -> None:
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert run.keys() <= dev.keys()
    assert {p: v for p, v in run.items() if dev[p][0] != v[0]} == {}


def test_nothing_is_installed_without_its_hash() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    assert "pip install" not in (ROOT / ".ci" / "run").read_text("utf-8")
