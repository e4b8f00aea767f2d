"""Rows as the database keeps them: JSON, with the uncommon parts of cells only where there are any."""

from __future__ import annotations

from typing import Any

import orjson

from bot.desk.book.grid import NOTHING, Extra, Row, Style


def packed(row: Row) -> bytes:
    """A row as it is stored: its values alone where that is all there is to it."""
    if not row.extras and not row.props:
        return orjson.dumps(row.values)
    extras = [
        [column, extra.formula, extra.style.id if extra.style else None, extra.note, *_of_formula(extra)]
        for column, extra in row.extras.items()
    ]
    return orjson.dumps({"v": row.values, "x": extras, "p": row.props})


def _of_formula(extra: Extra) -> list[Any]:
    """What is kept of a formula's result beside its value; mostly nothing."""
    if extra.implied is None and not extra.empty:
        return []
    return [extra.implied.id if extra.implied else None, extra.empty]


def unpacked(key: int, data: bytes, styles: dict[int, Style]) -> Row:
    """The row that was stored under a key."""
    stored = orjson.loads(data)
    if isinstance(stored, list):
        return Row(key, stored, NOTHING, NOTHING)
    extras = {
        column: Extra(
            formula,
            styles[style] if style else None,
            note,
            styles[result[0]] if result and result[0] else None,
            bool(result and result[1]),
        )
        for column, formula, style, note, *result in stored["x"]
    }
    return Row(key, stored["v"], extras or NOTHING, stored["p"] or NOTHING)
