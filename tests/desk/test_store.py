"""Whatever is done to a sheet, memory and file agree with a plain list of lists."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import store
from bot.desk.book import dimensions
from bot.desk.book.a1 import Area
from bot.desk.book.workbook import Sheet, Workbook, new_sheet, new_workbook
from bot.desk.changes import writing
from bot.desk.errors import ApiError, bad_request
from bot.desk.store import Store

SIZE = 40
positions = st.integers(0, SIZE - 1)
spans = st.tuples(positions, positions).map(lambda pair: (min(pair), max(pair) + 1))
values = st.one_of(st.sampled_from(["", "x", "007", 0, 1, 2.5, True]), st.none())
changes = st.one_of(
    st.tuples(st.just("write"), positions, st.lists(values, max_size=4)),
    st.tuples(st.just("insert"), positions, st.integers(1, 3)),
    st.tuples(st.just("delete"), spans, st.none()),
    st.tuples(st.just("move"), spans, positions),
    st.tuples(st.just("refused"), positions, st.none()),
)

Model = list[list[Any]]


def written(old: list[Any], new: list[Any]) -> list[Any]:
    row = old + [""] * (len(new) - len(old))
    for column, value in enumerate(new):
        row[column] = row[column] if value is None else value
    return trimmed(row)


def trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] == "":
        row = row[:-1]
    return row


def apply(model: Model, kind: str, at: Any, more: Any) -> Model:
    if kind == "write":
        return [*model[:at], written(model[at], more), *model[at + 1 :]]
    if kind == "insert":
        return [*model[:at], *([[]] * more), *model[at:]][:SIZE]
    start, end = at
    if kind == "delete":
        return (model[:start] + model[end:] + [[]] * SIZE)[:SIZE]
    taken = model[start:end]
    rest = [*model[:start], *([None] * len(taken)), *model[end:]]
    return [row for row in [*rest[:more], *taken, *rest[more:]] if row is not None]


def change(kept: Store, book: Workbook, sheet: Sheet, kind: str, at: Any, more: Any) -> None:
    def act() -> None:
        if kind == "write":
            area = Area(sheet, at, 0, at + 1, 26, anchor=True)
            writing.update(book, area, [more], typed=False)
        elif kind == "insert":
            dimensions.insert(book, sheet, "ROWS", at, at + more, inherit=False)
            dimensions.resized(book, sheet, SIZE, 26)
        elif kind == "delete":
            dimensions.cut(book, sheet, "ROWS", *at)
        elif kind == "move":
            dimensions.move(book, sheet, "ROWS", at[0], at[1], more)
        else:
            dimensions.cut(book, sheet, "ROWS", 0, at)
            writing.put(book, Area(sheet, 0, 0, 1, 1), [["lost"]], typed=False)
            raise bad_request("changed my mind")

    kept.change(book, act)


def rows(sheet: Sheet) -> Model:
    return [list(sheet.grid.row(index).values) for index in range(SIZE)]


@settings(max_examples=60, deadline=None)
@given(st.lists(changes, max_size=25))
def test_rows_survive_any_changes_and_a_restart(todo: list[tuple[str, Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(store, "CHUNK", 4):
        kept = Store(Path(folder) / "desk.db")
        book = new_workbook("1" + "x" * 43, "Orders")
        book.sheets.append(new_sheet(0, "Sheet1", SIZE, 26))
        kept.add(book)
        model: Model = [[] for _ in range(SIZE)]
        for kind, at, more in todo:
            if kind == "refused" or (kind == "move" and at[0] < more < at[1]):
                with pytest.raises(ApiError):
                    change(kept, book, book.sheets[0], kind, at, more)
            else:
                change(kept, book, book.sheets[0], kind, at, more)
                model = apply(model, kind, at, more)
            assert rows(book.sheets[0]) == model
        kept.close()
        again = Store(Path(folder) / "desk.db")
        assert rows(again.get(book.id).sheets[0]) == model
        again.close()
