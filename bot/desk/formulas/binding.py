"""Ties a formula to the cells its references mean where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.desk.book.locales import locale_of
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.formulas.cells import Block, bounded
from bot.desk.formulas.parsing import (
    Call,
    Fault,
    Name,
    Node,
    Pair,
    ParseError,
    Shape,
    Sign,
    Slot,
    parsed,
    shape_of,
)
from bot.desk.formulas.references import LAST_COLUMN, Reference
from bot.desk.formulas.scanning import scanned
from bot.desk.formulas.trusted import NOT_READ, TRUSTED, VOLATILE
from bot.desk.formulas.values import BAD_REFERENCE, BAD_SYNTAX, UNKNOWN_NAME, Error, NotImitated

Place = tuple[int, int, int]  #: sheetId, row, column
Reads = tuple[int, int, int, int, int]  #: sheetId, top, left, bottom, right (half open)
LAST_ROW = 1 << 30  #: further down than any grid reaches


@dataclass(frozen=True, slots=True)
class Template:
    """What formulas have in common that differ in their references alone."""

    node: Node
    calls: frozenset[str]
    names: frozenset[str]  #: of named ranges, folded
    read: frozenset[int]  #: slots whose cells are read; ROW(A5) does not read A5
    error: Error | None = None  #: what all of them show, for they cannot be read


@lru_cache(maxsize=4096)
def template_of(shape: Shape, decimal: str) -> Template:
    """The template of a formula's shape."""
    nothing: frozenset[str] = frozenset()
    try:
        node = parsed(shape, decimal)
        nodes = list(_below(node))
    except (NotImitated, RecursionError):
        return Template(Fault(UNKNOWN_NAME.code), nothing, nothing, frozenset(), UNKNOWN_NAME)
    except ParseError:
        return Template(Fault(BAD_SYNTAX.code), nothing, nothing, frozenset(), BAD_SYNTAX)
    calls = frozenset(one.name for one in nodes if isinstance(one, Call))
    if not calls <= TRUSTED.keys():
        return Template(Fault(UNKNOWN_NAME.code), nothing, nothing, frozenset(), UNKNOWN_NAME)
    return Template(
        node,
        calls,
        frozenset(one.text.casefold() for one in nodes if isinstance(one, Name)),
        frozenset(one.index for one in nodes if isinstance(one, Slot)),
    )


def _below(node: Node) -> Iterator[Node]:
    """The nodes of a tree, without references that are only asked for their place."""
    yield node
    if isinstance(node, Sign):
        yield from _below(node.operand)
    elif isinstance(node, Pair):
        yield from _below(node.left)
        yield from _below(node.right)
    elif isinstance(node, Call):
        for argument in node.arguments:
            if not (node.name in NOT_READ and isinstance(argument, Slot)):
                yield from _below(argument)


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A formula in its cell."""

    place: Place
    sheet: Sheet
    text: str
    template: Template
    blocks: tuple[Block | Error, ...]
    names: dict[str, Block | Error]
    reads: tuple[Reads, ...]
    sized: frozenset[int]  #: sheets whose size decides what a reference means

    @property
    def volatile(self) -> bool:
        """Whether it gives something else as time goes by."""
        return not VOLATILE.isdisjoint(self.template.calls)


def bound(book: Workbook, sheet: Sheet, row: int, column: int, text: str) -> Formula:
    """A formula with its references looked up, as if it stood in a cell."""
    tokens = scanned(text)
    template = template_of(shape_of(tokens), locale_of(book.locale).decimal)
    references = [token.reference for token in tokens if token.reference is not None]
    blocks: list[Block | Error] = []
    reads: list[Reads] = []
    sized = set()
    for slot, reference in enumerate(references):
        target = sheet if reference.title is None else book.titled(reference.title)
        if target is None:
            blocks.append(BAD_REFERENCE)
            continue
        blocks.append(_block(target, reference))
        bottom, right = reference.bottom.index, reference.right.index
        if bottom is None or right is None or bottom >= target.row_count or right >= target.column_count:
            sized.add(target.id)
        if slot in template.read:
            reads.append(_read(target, reference))
    names = {}
    for name in template.names:
        names[name] = block = _named(book, name)
        if isinstance(block, Block):
            reads.append((block.sheet.id, block.top, block.left, block.bottom, block.right))
    place = (sheet.id, row, column)
    return Formula(place, sheet, text, template, tuple(blocks), names, tuple(reads), frozenset(sized))


def _block(sheet: Sheet, reference: Reference) -> Block | Error:
    sides = (reference.top.index, reference.left.index, reference.bottom.index, reference.right.index)
    return bounded(sheet, sides, reference.single)


def _read(sheet: Sheet, reference: Reference) -> Reads:
    """The cells a reference reads, in a grid of any size."""
    bottom, right = reference.bottom.index, reference.right.index
    return (
        sheet.id,
        reference.top.index or 0,
        reference.left.index or 0,
        LAST_ROW if bottom is None else bottom + 1,
        min(sheet.column_count, LAST_COLUMN) if right is None else right + 1,
    )


def _named(book: Workbook, folded: str) -> Block | Error:
    for named in book.meta.get("namedRanges", []):
        if named["name"].casefold() == folded:
            area = named["range"]
            sheet = next((one for one in book.sheets if one.id == area.get("sheetId", 0)), None)
            if sheet is None:
                return BAD_REFERENCE
            ends = (area.get("endRowIndex"), area.get("endColumnIndex"))
            last = [None if end is None else end - 1 for end in ends]
            first = (area.get("startRowIndex", 0), area.get("startColumnIndex", 0))
            return bounded(sheet, (*first, *last), tuple(last) == first)
    return UNKNOWN_NAME
