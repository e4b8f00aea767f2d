"""The rows of a sheet as the XML of an .xlsx file, written by hand.

openpyxl writes everything else. Rows it writes six times as slowly, and without the values of formulas, which
previews and scripts read instead of working formulas out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.desk import formulas
from bot.desk.a1 import letters
from bot.desk.grid import NOTHING, Extra, Row, Scalar, Style
from bot.desk.workbook import Sheet
from bot.desk.xlsx import texts
from bot.desk.xlsx.formulas import array_part, stored
from bot.desk.xlsx.looks_out import Looks

CHUNK = 500  #: rows handed on at once
#: The errors Excel knows; the desk has more.
ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])
POINTS = 0.75  #: of a pixel


@dataclass(frozen=True)
class Context:
    """What the rows of a sheet need to know of the rest of the file."""

    looks: Looks
    titles: Mapping[str, str]  #: folded titles the file could not take, and what they became


def chunks(sheet: Sheet, context: Context) -> Iterator[bytes]:
    """The `sheetData` element, a few hundred rows at a time."""
    names = [letters(column) for column in range(sheet.column_count)]
    parts = ["<sheetData>"]
    for index, row in enumerate(sheet.grid.rows, 1):
        if row.key:
            parts.append(_row(row, index, names, context))
        if index % CHUNK == 0:
            yield "".join(parts).encode()
            parts.clear()
    parts.append("</sheetData>")
    yield "".join(parts).encode()


def _row(row: Row, number: int, names: list[str], context: Context) -> str:
    head = f'<row r="{number}"'
    if row.props:
        if row.props.get("pixelSize"):
            head += f' ht="{row.props["pixelSize"] * POINTS:g}" customHeight="1"'
        if row.props.get("hiddenByUser"):
            head += ' hidden="1"'
    cells = (
        _plain(row, number, names, context) if row.extras is NOTHING else _styled(row, number, names, context)
    )
    return f"{head}>{cells}</row>"


def _plain(row: Row, number: int, names: list[str], context: Context) -> str:
    """The cells of a row without formats."""
    out = []
    for column, value in enumerate(row.values):
        if value == "":
            continue
        head = f'<c r="{names[column]}{number}"'
        if isinstance(value, str) and value.startswith(texts.STARTS):
            head += f' s="{context.looks.number(None, quoted=True)}"'
        out.append(_cell(head, value))
    return "".join(out)


def _styled(row: Row, number: int, names: list[str], context: Context) -> str:
    out = []
    for column in range(row.width):
        value = row.values[column] if column < len(row.values) else ""
        extra = row.extras.get(column)
        if value == "" and extra is None:
            continue
        out.append(_one(f'<c r="{names[column]}{number}"', value, extra, context))
    return "".join(out)


def _one(head: str, value: Scalar, extra: Extra | None, context: Context) -> str:
    style: Style | None = extra.style if extra else None
    formula = extra.formula if extra else None
    unreadable = formula is not None and value == "#ERROR!"  # a formula Excel could not read either
    if unreadable:
        value, formula = formula or "", None
    quoted = isinstance(value, str) and formula is None and texts.to_be_quoted(value)
    look = context.looks.number(style, quoted)
    if look:
        head += f' s="{look}"'
    if formula is None:
        return _cell(head, value)
    array = array_part(formula)
    text = texts.written(stored(array or formula, context.titles)[1:])
    attributes = f' t="array" ref="{head.split(chr(34))[1]}"' if array else ""
    return _worked_out(head, f"<f{attributes}>{text}</f>", value)


def _worked_out(head: str, formula: str, value: Scalar) -> str:
    if isinstance(value, bool):
        return f'{head} t="b">{formula}<v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"{head}>{formula}<v>{value!r}</v></c>"
    if value in ERRORS:
        return f'{head} t="e">{formula}<v>{value}</v></c>'
    if value in formulas.ERRORS:
        return f"{head}>{formula}</c>"  # no error Excel has; it will find its own
    return f'{head} t="str">{formula}<v>{texts.written(value[: texts.LONGEST])}</v></c>'


def _cell(head: str, value: Scalar) -> str:
    if isinstance(value, str):
        if value == "":
            return f"{head}/>"
        text = texts.written(value[: texts.LONGEST])
        return f'{head} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, bool):
        return f'{head} t="b"><v>{int(value)}</v></c>'
    return f"{head}><v>{value!r}</v></c>"
