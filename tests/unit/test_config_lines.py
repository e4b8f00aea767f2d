"""Own names put into a config: every line that was there stays as it was, and YAML reads what was meant."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.config import read_settings
from bot.mapping.config_file import write_names
from bot.mapping.config_lines import CannotInsert, as_yaml, quoted, with_names
from bot.settings import NothingToShow
from tests.unit.rows import FEW

ROOT = Path(__file__).resolve().parents[2]
TABS = {"contracts": "Bestellungen 2026"}
TITLES = {"contracts": {"customer": "Kunde", "quantity": 'Menge "Stk" # 1'}}

FILES = {
    "plain": "# mine\nworkbook:\n  id: x   # the sheet\n\n# next\nmail: {sender: a@b.example}\n",
    "four blanks": "workbook:\n    id: x\n    credentials: k.json\n\nlanguage: en\n",
    "last section": "language: en\nworkbook:\n  id: x",
    "no end": "workbook:\n  id: x   # no newline",
    "comments inside": "workbook:\n  id: x\n  # endpoint: y\n\n  # more\nlanguage: en\n",
    "tabs there": "workbook:\n  tabs:\n    team: Leute   # ours\n  id: x\n",
    "titles there": 'workbook:\n  id: x\n  titles:\n    contracts:\n      product: "Artikel"\n    team: {name: N}\n',
    "in braces": 'workbook:\n  id: x\n  tabs: {team: "Leute"}   # ours\n  titles: {contracts: {product: Artikel}, team: {name: N}}\n',
    "all in braces": "workbook: {id: x}\nlanguage: en\n",
    "empty braces": "workbook:\n  tabs: {}\n  titles: {contracts: {}}\n  id: x\n",
    "nothing in it": "workbook:\n  id: x\n  tabs:\n  titles:   # none\nlanguage: en\n",
    "a trailing comma": "workbook: {\n  id: x,\n}\n",
    "no section": "language: en\n# end\n",
    "windows": "workbook:\r\n  id: x\r\nlanguage: en\r\n",
    "a block of text": "workbook:\n  credentials_json: |\n    {\n      }\n\nlanguage: en\n",
    "no indent for lists": "admins:\n- a@b.example\nworkbook:\n  id: x\n",
    "a document": "---\nworkbook:\n  id: x\n...\n",
}  # fmt: skip


def merged(before: Any, added: dict[str, Any]) -> Any:
    """The same data with these names."""
    found = dict(before or {})
    for key, value in added.items():
        found[key] = merged(found.get(key), value) if isinstance(value, dict) else value
    return found


@pytest.mark.parametrize("name", FILES)
def test_names_come_into_the_file_and_no_line_goes(name: str) -> None:
    text = FILES[name]
    new = with_names(text, TABS, TITLES)
    assert yaml.safe_load(new) == merged(yaml.safe_load(text), {"workbook": {"tabs": TABS, "titles": TITLES}})
    kept = iter(new)
    assert all(letter in kept for letter in text)
    if "{" not in text:
        lines = iter(new.splitlines())
        assert all(line in lines for line in text.splitlines())
    assert ("\r\n" in text) == ("\r\n" in new)
    assert new.replace("\r\n", "").count("\n") == 0 or "\r\n" not in text


@pytest.mark.parametrize(
    "text",
    ["", "- a\n", "{workbook: {id: x}}", "a: &w {id: x}\nworkbook: *w\n", "workbook: text\n", "workbook:\n  tabs: x\n", "a: [\n"],
)  # fmt: skip
def test_a_file_that_lines_cannot_be_added_to_safely_is_refused(text: str) -> None:
    with pytest.raises(CannotInsert):
        with_names(text, TABS, TITLES)


def test_names_that_are_there_already_change_nothing() -> None:
    new = with_names(FILES["plain"], TABS, {})
    assert new.count("Bestellungen") == 1
    assert with_names(FILES["plain"], {}, {}) == FILES["plain"]


def test_the_example_takes_names_and_keeps_every_line() -> None:
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    new = with_names(text, TABS, TITLES)
    added = [line for line in new.splitlines() if line not in text.splitlines()]
    assert added == as_yaml({"tabs": TABS, "titles": TITLES}, 2)


@FEW
@given(st.text(max_size=40))
def test_every_title_is_read_back_as_it_was(title: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in title):
        return
    assert yaml.safe_load(quoted(title)) == title
    new = with_names("workbook: {id: x}\n", {"contracts": title}, {})
    assert yaml.safe_load(new)["workbook"]["tabs"] == {"contracts": title}


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────

CONFIG = "# ours\nworkbook:\n  id: x\n  endpoint: http://127.0.0.1:1\nmail:\n  sender: a@b.example\n"


def test_the_file_keeps_its_mode_and_its_old_text_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o640)
    copy = write_names(path, TABS, TITLES)
    assert copy == tmp_path / "config.yaml.before-map"
    assert copy.read_text(encoding="utf-8") == CONFIG
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, copy)] == [0o640, 0o640]
    assert sorted(os.listdir(tmp_path)) == ["config.yaml", "config.yaml.before-map"]  # noqa: PTH208 - names alone
    book = read_settings(path).workbook
    assert (book.tabs, book.titles) == (TABS, TITLES)


def test_a_link_to_the_config_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "config.yaml"
    real.write_text(CONFIG, encoding="utf-8")
    link.symlink_to(real)
    write_names(link, TABS, {})
    assert link.is_symlink()
    assert "Bestellungen 2026" in real.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_added_to_is_left_as_it_is_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("{workbook: {id: x}}\n", encoding="utf-8")
    with pytest.raises(NothingToShow) as told:
        write_names(path, TABS, TITLES)
    assert "cannot be added to" in told.value.problems[0]
    assert path.read_text(encoding="utf-8") == "{workbook: {id: x}}\n"
