"""The workbook's copy as .xlsx: nothing lost, nothing alive, and a file that is whole or not there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import OutsideError
from bot.reports.shown import backup
from bot.reports.shown.backup import backup_attachment, backup_file, backup_name, keep_in
from sheets_schema import Cell
from tests.hostile import PAYLOADS

NOW = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
Contents = Mapping[str, Sequence[Sequence[Cell]]]


def read_back(contents: Contents) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(backup_file(contents, NOW)))
    return {
        sheet.title: [tuple(unescaped(value) for value in row) for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }


def unescaped(value: object) -> object:
    """As Excel reads the escapes of what XML cannot carry."""
    if not isinstance(value, str):
        return value
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), value)


def test_every_tab_is_a_sheet_with_its_values() -> None:
    contents: Contents = {
        "合同订单表": [["订单编号", "数量"], ["20261121-001", 3], [], ["", 2.5]],
        "Mine": [["text", True, 7]],
        "Empty": [],
    }
    assert read_back(contents) == {
        "合同订单表": [("订单编号", "数量"), ("20261121-001", 3), (None, None), (None, 2.5)],
        "Mine": [("text", True, 7)],
        "Empty": [],
    }


def test_days_and_moments_of_our_tabs_are_days_and_numbers_elsewhere_stay_numbers() -> None:
    rows = [["Order date", "Created at", "Amount", "Days"], [46_000, 46_000.5, 12.5, 46_000]]
    book = openpyxl.load_workbook(io.BytesIO(backup_file({"Contract Orders": rows, "Mine": rows}, NOW)))
    [ours] = book["Contract Orders"].iter_rows(min_row=2)
    shown = [cell.value.isoformat() if cell.is_date else cell.value for cell in ours]
    assert shown == ["2025-12-09T00:00:00", "2025-12-09T12:00:00", 12.5, 46_000]
    assert [cell.number_format for cell in ours] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "#,##0.00", "General"]
    assert [cell.value for cell in book["Mine"][2]] == [46_000, 46_000.5, 12.5, 46_000]


def test_hostile_text_is_text_with_no_formula_and_no_link() -> None:
    payloads = [p for p in PAYLOADS if p and not re.search("[\ud800-\udfff]", p)]
    more = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "#REF!",
        "#N/A",
        "'q",
        "007",
        "1e5",
        "TRUE",
        "\tx",
        "_x0041_",
        "a\rb",
        "\x00\x07",
    ]
    texts = [*payloads, *more, "https://evil.example/", '=HYPERLINK("https://evil.example")']
    content = backup_file({"Mine": [[text] for text in texts], "=1+1": [texts]}, NOW)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    assert [unescaped(row[0].value) for row in book.worksheets[0].iter_rows()] == [t[:32_767] for t in texts]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [name for name in package.namelist() if "/worksheets/" in name]
        xml = b"".join(package.read(name) for name in sheets)
    assert len(sheets) >= 2
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml.replace(b"=HYPERLINK", b"")


def test_titles_that_excel_refuses_become_names_that_differ() -> None:
    titles = ["a/b:c", "a\\b?c", "x" * 40, "X" * 40, "''", "History", " ", "[1]", "\ud800"]
    names = list(read_back({title: [[title[:1] or "-"]] for title in titles}))
    assert len(names) == len({name.casefold() for name in names}) == len(titles)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert names[0] == "a_b_c"
    assert names[1] == "a_b_c (2)"


def test_a_text_too_long_for_excel_stands_whole_at_the_end() -> None:
    text = "=" + "long" * 12_000
    book = read_back({"Mine": [["a"], ["", text]]})
    assert book["Mine"][1][1] == text[:32_767]
    [_, (tab, cell, *parts)] = book["Long texts"]
    assert (tab, cell, "".join(parts)) == ("Mine", "B2", text)


def test_a_tab_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "MOST_ROWS", 3)
    rows: list[list[Cell]] = [[i] for i in range(6)]
    assert read_back({"Mine": rows}) == {
        "Mine": [(0,), (1,), (2,)],
        "Mine (2)": [(3,), (4,), (5,)],
    }
    assert [len(sheet) for sheet in read_back({"Mine": [*rows, [6]]}).values()] == [3, 3, 1]


def test_a_workbook_of_nothing_is_still_a_file() -> None:
    assert len(read_back({})) == 1


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
                st.integers(-(10**15), 10**15), st.integers(-(10**12), 10**12).map(lambda n: n / 1000), st.booleans(),
            ),
            min_size=1, max_size=4,
        ).filter(lambda row: row[-1] != ""),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_whatever_stands_in_cells_is_read_back(rows: list[list[Cell]]) -> None:
    width = max(map(len, rows))
    expected = [tuple(None if c == "" else c for c in (*row, *[""] * (width - len(row)))) for row in rows]
    assert read_back({"Mine": rows})["Mine"] == expected


# ── keeping it ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_are_kept_and_other_files_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "backups"
    for month in ("2026-08", "2026-09", "2026-10", "2026-11"):
        path = keep_in(folder, month.encode(), month, keep=2)
        (folder / "notes.txt").write_text("mine")
    assert sorted(p.name for p in folder.iterdir()) == [
        "notes.txt", "workbook-2026-10.xlsx", "workbook-2026-11.xlsx",
    ]  # fmt: skip
    assert path.read_bytes() == b"2026-11"
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_month_again_replaces_the_file(tmp_path: Path) -> None:
    keep_in(tmp_path, b"old", "2026-11", keep=3)
    keep_in(tmp_path, b"new", "2026-11", keep=3)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"new"]


def test_an_old_month_made_again_is_not_thrown_away_at_once(tmp_path: Path) -> None:
    keep_in(tmp_path, b"b", "2026-11", keep=1)
    assert keep_in(tmp_path, b"a", "2026-03", keep=1).exists()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_in(tmp_path, b"old", "2026-11", keep=3)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.os, "fsync", full)
    with pytest.raises(OutsideError, match="No space left") as failure:
        keep_in(tmp_path, b"new", "2026-11", keep=3)
    assert "archive.backup_folder" in failure.value.hint
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("period", ["../../etc/2026-11", "2026-11/..", "2026-W47", "", "2026-11\n"])
def test_a_period_is_never_a_path(period: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no month"):
        keep_in(tmp_path, b"x", period, keep=1)


def test_the_file_goes_along_with_a_mail() -> None:
    attachment = backup_attachment(b"PK", "2026-11")
    assert (attachment.name, attachment.content) == (backup_name("2026-11"), b"PK")
    assert attachment.media_type.endswith("spreadsheetml.sheet")
