"""Works formulas out with IronCalc: a scratch model holds them and the cells they read, no more.

Cells keep their addresses in it (sheet S0 is the tab with id 0). A formula that comes to an empty cell is taken
out of the model and all is evaluated again, since IronCalc makes 0 of it. Should IronCalc break over a formula,
all that were worked out with it show `#NAME?`.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.desk.book.display import serial
from bot.desk.book.workbook import Sheet
from bot.desk.formulas.binding import Formula, Place
from bot.desk.formulas.casting import Casting
from bot.desk.formulas.cells import Block, held
from bot.desk.formulas.parts import Doubt, Every, Looked, Own, Scene, area_of
from bot.desk.formulas.recast import RECAST
from bot.desk.formulas.values import BAD_SYNTAX, ERRORS, UNKNOWN_NAME, Error, NotImitated, Value, tidy

if TYPE_CHECKING:
    from ironcalc import Model

log = logging.getLogger(__name__)

ROUNDS = 30  #: evaluations until it has to be told which formulas come to empty cells
DEEPEST, WIDEST = 1_048_576, 16_384  #: rows and columns of a sheet in IronCalc


def results(
    formulas: Mapping[Place, Formula], broken: set[Place], locale: str, now: dt.datetime
) -> dict[Place, Value]:
    """What formulas come to, those first that others read; circles (`broken`) are errors.

    A place that is in no sheet is that of a formula that nothing can read.
    """
    model = _Model(formulas, locale, now)
    for place in formulas:
        model.take(place, place in broken)
    model.feed()
    try:
        return model.worked_out()
    except BaseException as failed:
        if type(failed).__name__ != "PanicException":  # it is no Exception, and has no name to import
            raise
        log.warning("IronCalc broke over one of %d formulas: %s", len(formulas), failed)
        return dict.fromkeys(formulas, UNKNOWN_NAME)


class _Model:
    """IronCalc's model, what was put into it, and what has to be looked at when it is evaluated."""

    def __init__(self, formulas: Mapping[Place, Formula], locale: str, now: dt.datetime):
        import ironcalc  # noqa: PLC0415 - loaded only where there are formulas

        self._model: Model = ironcalc.create("desk", "en", "UTC", "en")
        self._model.rename_sheet(0, "Own")
        self._sheets: dict[str, int] = {}
        self._formulas = formulas
        self._texts: dict[Place, str] = {}
        self._refused: set[Place] = set()  # and cells read that show #NAME?
        self._doubts: dict[Place, list[Doubt]] = {}
        self._shadows: dict[Place, int] = {}
        self._values: dict[Place, Value] = {}
        self._read: dict[tuple[int, int], set[tuple[int, int]]] = {}
        self._read_sheets: dict[int, Sheet] = {}
        self._scene = Scene(locale, serial(now), self._known, self._shadow, [""], RECAST)

    def _known(self, block: Block) -> tuple[bool, Value]:
        place = (block.sheet.id, block.top, block.left)
        return (False, None) if place in self._formulas else (True, held(block.sheet, *place[1:]))

    def _shadow(self, block: Block) -> int | None:
        return self._shadows.get((block.sheet.id, block.top, block.left))

    def take(self, place: Place, broken: bool) -> None:
        """Cast a formula; the formulas it reads have to be taken before it."""
        formula = self._formulas[place]
        if broken:
            self._texts[place] = "#REF!"
            return
        casting = Casting(formula, self._scene)
        try:
            if formula.template.error is not None:
                text = _unreadable(formula.template.error)
            else:
                text = casting.value(formula.template.node)
            if casting.hollow(formula.template.node):
                self._shadows[place] = casting.own(f"ISBLANK({text})").number
            self._note_read(formula)
        except (NotImitated, RecursionError):
            text = UNKNOWN_NAME.code
            self._refused.add(place)
        self._texts[place] = text
        self._doubts[place] = casting.doubts

    def _note_read(self, formula: Formula) -> None:
        blocks = [one for one in (*formula.blocks, *formula.names.values()) if isinstance(one, Block)]
        if any(block.bottom > DEEPEST or block.right > WIDEST for block in blocks):
            raise NotImitated("cells further out than IronCalc goes")
        self._read_sheets.update((block.sheet.id, block.sheet) for block in blocks)
        for sheet_id, top, left, bottom, right in formula.reads:
            if sheet_id in self._read_sheets:
                for column in range(left, min(right, self._read_sheets[sheet_id].column_count)):
                    self._read.setdefault((sheet_id, column), set()).add((top, bottom))

    def feed(self) -> None:
        """Put the cells that are read, and the formulas, into the model."""
        # All sheets come first: where one is added, IronCalc spells its formulas anew and loses parentheses.
        for sheet_id in {*self._read_sheets, *(place[0] for place in self._formulas)}:
            self._add(f"S{sheet_id}")
        for sheet_id in {block.sheet.id for block in self._scene.twins}:
            self._add(f"T{sheet_id}")
        for (sheet_id, column), spans in self._read.items():
            self._feed_column(self._read_sheets[sheet_id], column, sorted(spans))
        for block in self._scene.twins:
            self._feed_twin(block)
        for place in self._texts:
            self._put_formula(place)
        for at, text in enumerate(self._scene.parts[1:], 2):
            self._model.update_cell_with_formula(0, at, 1, "=" + text)

    def _add(self, name: str) -> None:
        self._model.add_sheet(name)
        self._sheets[name] = len(self._sheets) + 1

    def _put_formula(self, place: Place) -> None:
        sheet = self._sheets[f"S{place[0]}"]
        self._model.update_cell_with_formula(sheet, place[1] + 1, place[2] + 1, "=" + self._texts[place])

    def _feed_column(self, sheet: Sheet, column: int, spans: list[tuple[int, int]]) -> None:
        number, rows, done = self._sheets[f"S{sheet.id}"], sheet.grid.rows, 0
        own = {place[1] for place in self._formulas if place[0] == sheet.id and place[2] == column}
        for top, bottom in spans:
            for index in range(max(top, done), min(bottom, len(rows))):
                row = rows[index]
                value: Value = row.values[column] if column < len(row.values) else ""
                if value == "" or column in row.extras:
                    value = held(sheet, index, column)
                if value is not None and index not in own:
                    self._put(number, sheet.id, index, column, value)
            done = max(done, bottom)

    def _put(self, number: int, sheet_id: int, row: int, column: int, value: Value) -> None:
        if isinstance(value, str):
            self._model.update_cell_with_text(number, row + 1, column + 1, value)
        elif isinstance(value, bool):
            self._model.update_cell_with_bool(number, row + 1, column + 1, value)
        elif isinstance(value, Error):
            self._model.update_cell_with_formula(number, row + 1, column + 1, "=" + value.code)
            if value is UNKNOWN_NAME:
                self._refused.add((sheet_id, row, column))
        elif value is not None:
            self._model.update_cell_with_number(number, row + 1, column + 1, value)

    def _feed_twin(self, block: Block) -> None:
        """The texts of an area, and empty text for all else in it."""
        sheet, number = block.sheet, self._sheets[f"T{block.sheet.id}"]
        for column in range(block.left, block.right):
            for row in range(block.top, block.bottom):
                at = (number, row + 1, column + 1)
                if (sheet.id, row, column) in self._formulas:
                    cell = area_of(block.part(row - block.top, column - block.left))
                    self._model.update_cell_with_formula(*at, f'=IFERROR(T({cell}),"")')
                else:
                    value = held(sheet, row, column)
                    self._model.update_cell_with_text(*at, value if isinstance(value, str) else "")

    def worked_out(self) -> dict[Place, Value]:
        """The values of all formulas; those in doubt show `#NAME?`."""
        empty = self._emptied()
        for place in self._formulas:
            sheet = self._sheets[f"S{place[0]}"]
            self._values[place] = None if place in empty else self._value(sheet, place[1], place[2])
        for place, found in self._doubts.items():
            if self._values[place] is UNKNOWN_NAME or any(map(self._is_in_doubt, found)):
                self._refused.add(place)
        self._spread()
        for place in self._refused & self._formulas.keys():
            self._values[place] = UNKNOWN_NAME
        for place, formula in self._formulas.items():
            if formula.template.error is BAD_SYNTAX:
                self._values[place] = BAD_SYNTAX
        return self._values

    def _emptied(self) -> set[Place]:
        """Evaluate until it is known which formulas come to empty cells; no circles, so there is one answer."""
        empty: set[Place] = set()
        for _ in range(ROUNDS):
            self._model.evaluate()
            found = {
                place
                for place, shadow in self._shadows.items()
                if self._model.get_cell_value(0, shadow + 1, 1) is True
            }
            for place in found - empty:
                self._model.clear_cell_contents(self._sheets[f"S{place[0]}"], place[1] + 1, place[2] + 1)
            for place in empty - found:
                self._put_formula(place)
            if found == empty:
                return empty
            empty = found
        self._refused |= self._shadows.keys()
        return empty

    def _value(self, sheet: int, row: int, column: int) -> Value:
        value = self._model.get_cell_value(sheet, row + 1, column + 1)
        if not isinstance(value, str):
            return tidy(value)
        if value in ERRORS or value[:1] == "#":
            is_error = self._model.get_cell_type(sheet, row + 1, column + 1) == _error_type()
            # Text that reads like an error could not be told from one once it is stored.
            return ERRORS.get(value, UNKNOWN_NAME) if is_error else UNKNOWN_NAME if value in ERRORS else value
        return value

    def _is_in_doubt(self, doubt: Doubt) -> bool:
        test, looked, locale = doubt
        values = [self._seen(one) for one in looked]
        return test(*values, self._scene.locale) if locale else test(*values)

    def _seen(self, one: Looked) -> Any:
        if isinstance(one, Own):
            if one.shadow is not None and self._value(0, one.shadow, 0) is True:
                return None
            return self._value(0, one.number, 0)
        if isinstance(one, Every):
            block = one.block
            bottom = min(block.bottom, len(block.sheet.grid.rows))
            cells = ((row, at) for at in range(block.left, block.right) for row in range(block.top, bottom))
            return [self._cell(block.sheet, *cell) for cell in cells]
        return self._cell(one.sheet, one.top, one.left) if isinstance(one, Block) else one

    def _cell(self, sheet: Sheet, row: int, column: int) -> Value:
        place = (sheet.id, row, column)
        return self._values[place] if place in self._values else held(sheet, row, column)

    def _spread(self) -> None:
        """Refuse what depends on something refused: even IFERROR would be guessing."""
        rows: dict[tuple[int, int], set[int]] = {}
        for sheet_id, row, column in self._refused:
            rows.setdefault((sheet_id, column), set()).add(row)
        for place, formula in self._formulas.items() if rows else ():
            if place not in self._refused and place in self._doubts and _reads_any(formula, rows):
                self._refused.add(place)
                rows.setdefault((place[0], place[2]), set()).add(place[1])


def _unreadable(error: Error) -> str:
    if error is UNKNOWN_NAME:
        raise NotImitated("a formula that cannot be read")
    return error.code


def _reads_any(formula: Formula, rows: dict[tuple[int, int], set[int]]) -> bool:
    return any(
        column_left == sheet_id and left <= column < right and any(top <= row < bottom for row in found)
        for (column_left, column), found in rows.items()
        for sheet_id, top, left, bottom, right in formula.reads
    )


def _error_type() -> Any:
    from ironcalc import CellType  # noqa: PLC0415 - loaded only where there are formulas

    return CellType.ErrorValue
