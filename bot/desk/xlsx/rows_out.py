"""The rows of a sheet as the XML of an .xlsx file, written by hand.

openpyxl writes everything else. Rows it writes six times as slowly, and without the values of formulas, which
previews and scripts read instead of working formulas out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.desk import formulas
from bot.desk.book.grid import Extra, Row, Scalar
from bot.desk.book.workbook import Sheet
from bot.desk.xlsx import texts
from bot.desk.xlsx.formulas import array_part, stored
from bot.desk.xlsx.looks_out import Looks
from sheets_schema.titles import column_letter

CHUNK = 500  #: rows handed on at once
#: The errors Excel knows; the desk has more.
ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])
POINTS = 0.75  #: of a pixel


@dataclass(frozen=True)
class Context:
    """What the rows of a sheet need to know of the rest of the file."""

    looks: Looks
    titles: Mapping[str, str]  #: folded titles the file could not take, and what they became
    decimal: str = "."  #: the sign formulas are written with


def chunks(sheet: Sheet, context: Context) -> Iterator[bytes]:
    """The `sheetData` element, a few hundred rows at a time."""
    writer = _Writer(sheet, context)
    parts = ["<sheetData>"]
    for index, row in enumerate(sheet.grid.rows, 1):
        if row.key:
            parts.append(writer.row(row, index))
        if index % CHUNK == 0:
            yield "".join(parts).encode()
            parts.clear()
    parts.append("</sheetData>")
    yield "".join(parts).encode()


class _Writer:
    """Writes the rows of one sheet; rows that look alike share the work of finding out how."""

    def __init__(self, sheet: Sheet, context: Context):
        self._context = context
        self._names = [f'<c r="{column_letter(column)}' for column in range(sheet.column_count)]
        self._plain = self._ends({})
        self._known: dict[int, list[_Ends]] = {}  #: by the id of extras, which the rows keep alive

    def row(self, row: Row, number: int) -> str:
        """One row."""
        head = f'<row r="{number}"'
        if row.props.get("pixelSize"):
            head += f' ht="{row.props["pixelSize"] * POINTS:g}" customHeight="1"'
        if row.props.get("hiddenByUser"):
            head += ' hidden="1"'
        if not row.extras:
            ends = self._plain
        else:
            found = self._known.get(id(row.extras))
            ends = self._known[id(row.extras)] = found or self._ends(row.extras)
        return f"{head}>{self._cells(row, f'{number}', ends)}</row>"

    def _cells(self, row: Row, number: str, ends: list[_Ends]) -> str:
        out = []
        for name, value, end in zip(self._names, row.values, ends, strict=False):
            if end.formula is not None:
                out.append(name + number + self._formula(end, f"{name[6:]}{number}", value))
            elif isinstance(value, str):
                if value == "":
                    out.append(name + number + end.empty if end.empty else "")
                    continue
                start = end.quoted if value.startswith(texts.STARTS) else end.plain
                out.append(f"{name}{number}{start}{TEXT}{texts.written(value[: texts.LONGEST])}{TEXT_END}")
            elif isinstance(value, bool):
                out.append(f'{name}{number}{end.plain} t="b"><v>{int(value)}</v></c>')
            else:
                out.append(f"{name}{number}{end.plain}><v>{value!r}</v></c>")
        for column in sorted(row.extras):
            end = ends[column]
            if column < len(row.values):
                continue
            name = self._names[column]
            if end.formula is not None:
                out.append(name + number + self._formula(end, f"{name[6:]}{number}", ""))
            elif end.empty:
                out.append(name + number + end.empty)
        return "".join(out)

    def _formula(self, end: _Ends, place: str, value: Scalar) -> str:
        formula = end.formula or ""
        if value == "#ERROR!":  # a formula Excel could not read either, so it goes out as text
            return f"{end.quoted}{TEXT}{texts.written(formula[: texts.LONGEST])}{TEXT_END}"
        array = array_part(formula)
        text = texts.written(stored(array or formula, self._context.titles, self._context.decimal)[1:])
        attributes = f' t="array" ref="{place}"' if array else ""
        return _worked_out(end.plain, f"<f{attributes}>{text}</f>", value)

    def _ends(self, extras: Mapping[int, Extra]) -> list[_Ends]:
        """What follows the name of each cell in a row with these extras."""
        nothing = self._end(None)
        return [
            self._end(extras[column]) if column in extras else nothing for column in range(len(self._names))
        ]

    def _end(self, extra: Extra | None) -> _Ends:
        style = extra.style if extra else None
        look, quoted = (self._context.looks.number(style, quoted) for quoted in (False, True))
        plain = f'" s="{look}"' if look else '"'
        return _Ends(plain, f'" s="{quoted}"', f"{plain}/>" if look else "", extra.formula if extra else None)


@dataclass(frozen=True, slots=True)
class _Ends:
    """What follows the name of a cell, depending on what is in it."""

    plain: str
    quoted: str
    empty: str  #: nothing for a cell that neither holds nor looks like anything
    formula: str | None


TEXT, TEXT_END = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"


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
