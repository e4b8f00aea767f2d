"""The number format a formula's result takes from its operands, as Google gives it one.

Only the plain cases: a reference, a function that picks from a range, dates plus or minus days, money times a
number, TODAY and its like. Any other result has no format and is shown as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.desk.book.grid import Row
from bot.desk.book.patterns import DATE_TYPES
from bot.desk.formulas.cells import Block
from bot.desk.formulas.parsing import Call, Node, Pair, Sign, Slot

if TYPE_CHECKING:
    from bot.desk.formulas.binding import Formula

Format = dict[str, Any]

OWN = {
    "TODAY": {"type": "DATE"},
    "DATE": {"type": "DATE"},
    "DATEVALUE": {"type": "DATE"},
    "NOW": {"type": "DATE_TIME"},
}
PICKING = {
    "SUM",
    "MIN",
    "MAX",
    "AVERAGE",
    "ROUND",
    "ROUNDUP",
    "ROUNDDOWN",
    "ABS",
    "EDATE",
    "EOMONTH",
    "IFERROR",
}
LOOKING_UP = {"INDEX": 0, "SUMIF": -1, "SUMIFS": 0, "AVERAGEIFS": 0, "MINIFS": 0, "MAXIFS": 0, "XLOOKUP": 2}
TELLING = {*DATE_TYPES, "CURRENCY", "PERCENT", "SCIENTIFIC"}
ROWS_LOOKED_AT = 100  #: a range's format is that of its first formatted cell, as far as one is near its top


def implied(node: Node, scene: Formula) -> Format | None:
    """The number format the result of a tree takes on; none where Google's choice is not known."""
    if isinstance(node, Slot):
        block = scene.blocks[node.index]
        return _of_block(block) if isinstance(block, Block) else None
    if isinstance(node, Sign):
        return {"type": "PERCENT"} if node.operator == "%" else implied(node.operand, scene)
    if isinstance(node, Pair):
        return _of_pair(node, scene)
    if isinstance(node, Call):
        return _of_call(node, scene)
    return None


def _of_call(node: Call, scene: Formula) -> Format | None:
    if node.name in OWN:
        return OWN[node.name]
    if not node.arguments:
        return None
    if node.name in LOOKING_UP and len(node.arguments) > max(LOOKING_UP[node.name], 0):
        return implied(node.arguments[LOOKING_UP[node.name]], scene)
    return implied(node.arguments[0], scene) if node.name in PICKING else None


def _of_pair(node: Pair, scene: Formula) -> Format | None:
    if node.operator not in {"+", "-", "*", "/"}:
        return None
    left, right = implied(node.left, scene), implied(node.right, scene)
    dates = [one is not None and one.get("type") in DATE_TYPES for one in (left, right)]
    if any(dates):
        return (left if dates[0] else right) if sum(dates) == 1 and node.operator in "+-" else None
    if node.operator == "/" and left is not None and right is not None:
        return None
    money = [one for one in (left, right) if one is not None and one.get("type") == "CURRENCY"]
    if money:
        return money[0]
    return left if left is not None else right


def _of_block(block: Block) -> Format | None:
    if block.single:
        row = block.sheet.grid.row(block.top)
        return _of_cell(row, block.left) if row.extras else None
    rows = block.sheet.grid.rows[block.top : min(block.bottom, block.top + ROWS_LOOKED_AT)]
    for row in rows:
        if not row.extras:
            continue
        for column in range(block.left, block.right):
            if column in row.extras and column < len(row.values) and not isinstance(row.values[column], str):
                return _of_cell(row, column)
    return None


def _of_cell(row: Row, column: int) -> Format | None:
    extra = row.extras.get(column)
    found = extra.number_format if extra else None
    return None if found and found.get("type") == "TEXT" else found
