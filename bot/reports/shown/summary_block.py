"""One block of the Summary tab as rows of cells. Pure; which rows stand in the sheet already is `summary`'s question.

A row's last two cells, which are hidden, say what kind of row it is and, in a block's first row, which block begins
there. What a cell is shown as follows from its row alone, so that a row may be written again from what was read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.planning.report_values import Correction, LeftOut, OrderLine, Ranked, Sum, TeamReport, WeekBlock
from bot.planning.rules import Rules
from bot.reports.shown.summary_words import moment_words, said
from sheets_schema import ARCHIVE, Cell
from sheets_schema.currencies import rounded
from sheets_schema.formats import money_format
from sheets_schema.summary import BLOCK_COLUMN, BLOCK_WIDTH, KIND_COLUMN, RowKind

Row = tuple[Cell, ...]

_LABEL, _NAME, _ORDERS, _QUANTITY, _AMOUNT, _AVERAGE, _CHANGE, _TARGET, _MONTH, _CURRENCY, _NOTE = range(11)
#: Where a block's first row says when its figures were worked out.
AS_OF = _NOTE
#: More lines of one sort than this are counted and not listed.
_MOST_LINES = 50
_MOST_PRODUCTS = 10
_LONGEST_TEXT = 200
LIVE = "live"


def block_rows(block: WeekBlock, rules: Rules) -> list[Row]:
    """The block without what was found later: nothing in it ever changes once its week is closed."""
    report = block.report
    rows = [
        _title(block, rules),
        *_people(report, rules),
        *_products(report, rules),
        *_late(report.figures.late_entries, rules),
        *_left_out(report.figures.left_out, rules),
        *_found(report.figures.corrections, rules),
    ]
    if block.closed:
        rows[0] = (*rows[0][:BLOCK_COLUMN], f"{block.period.id} {digest_of(rows)}")
    return rows


def later_rows(block: WeekBlock, rules: Rules) -> list[Row]:
    """What was found after the week was closed, and what its totals come to with it; none when nothing was."""
    if not block.corrections:
        return []
    language = rules.language
    rows = [
        _row("later", {_LABEL: said("later", language), _NAME: said("later_what", language),
                       _QUANTITY: said("quantity", language), _AMOUNT: said("amount", language),
                       _NOTE: said("what", language)})
    ]  # fmt: skip
    listed = block.corrections[:_MOST_LINES]
    rows += [_correction("later", one, one.found_in, rules) for one in listed]
    rows += _more("later", len(block.corrections) - len(listed), rules)
    week = block.report.figures.week
    changed = {c.currency for c in block.corrections if c.amount or c.quantity}
    for currency in _in_order(changed, rules.currency):
        mine = [c for c in block.corrections if c.currency == currency]
        amount = week.amount(currency) + sum((c.amount for c in mine), Decimal(0))
        rows.append(_row("later", {_LABEL: said("later_total", language), _NAME: said("total", language),
                                   _AMOUNT: number(amount), _CURRENCY: currency}))  # fmt: skip
    return rows


def digest_of(rows: Sequence[Row]) -> str:
    """Eight letters that tell whether these rows are as they were written; what they say themselves is left out."""
    first, *others = map(canonical, rows)
    told = repr([first[:BLOCK_COLUMN], *others])
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def canonical(cells: Sequence[Cell]) -> Row:
    """The cells of a block's row as they compare, however they were read: fifteen digits, and nothing at the end."""
    row = [_canonical_cell(cell) for cell in cells[:BLOCK_WIDTH]]
    return (*row, *[""] * (BLOCK_WIDTH - len(row)))


def _canonical_cell(cell: Cell) -> Cell:
    if isinstance(cell, str | bool):
        return cell
    cell = float(f"{cell:.15g}")
    return int(cell) if cell.is_integer() else cell


def formats_of(row: Row) -> Iterator[tuple[int, str]]:
    """What each number of a row is shown as, by column."""
    money = money_format(str(row[_CURRENCY])) if row[_CURRENCY] else "money_2"
    for column, cell in enumerate(row[:KIND_COLUMN]):
        if isinstance(cell, str | bool):
            continue
        if column in (_AMOUNT, _AVERAGE, _MONTH):
            yield column, money
        elif column in (_CHANGE, _TARGET):
            yield column, "change" if column == _CHANGE else "percent"
        else:
            yield column, "count" if cell == int(cell) else "quantity"


def number(value: Decimal) -> Cell:
    """As a sheet holds it: whole, or the nearest double."""
    return int(value) if value == value.to_integral_value() else float(value)


def _row(kind: RowKind, cells: dict[int, Cell], block: str = "") -> Row:
    cells = {**cells, KIND_COLUMN: kind, BLOCK_COLUMN: block}
    return tuple(cells.get(column, "") for column in range(BLOCK_WIDTH))


def _title(block: WeekBlock, rules: Rules) -> Row:
    language = rules.language
    start, end, as_of = (
        moment_words(rules.wall_clock(moment), language)
        for moment in (block.period.start, block.period.end, block.as_of)
    )
    words = said("closed" if block.closed else "live", language, start=start, end=end)
    told = said("closed_at" if block.closed else "updated", language, at=as_of)
    kind: RowKind = "title" if block.closed else "live"
    return _row(kind, {_LABEL: block.period.id, _NAME: words, AS_OF: told}, f"{block.period.id} {LIVE}")


def _head(language: str, titles: dict[int, str]) -> Row:
    return _row("head", {column: said(key, language) for column, key in titles.items()})


_FIGURES = {_ORDERS: "orders", _QUANTITY: "quantity", _AMOUNT: "amount", _AVERAGE: "average", _CHANGE: "change",
            _CURRENCY: "currency"}  # fmt: skip


def _people(report: TeamReport, rules: Rules) -> Iterator[Row]:
    """The total, then each team with its members; people of no team that is listed come last."""
    language, figures = rules.language, report.figures
    yield _head(
        language, {_LABEL: "team", _NAME: "salesperson", **_FIGURES, _TARGET: "target", _MONTH: "month"}
    )
    everyone = Ranked("", figures.week, figures.before, target=figures.target, month=figures.month)
    scope = ", ".join(report.scope) or said("all", language)
    yield from _sums("total", (scope, said("total", language)), everyone, rules)
    listed = {team.name for team in report.teams}
    for team in report.teams:
        name = team.name or said("no_team", language)
        yield from _sums("team", (name, said("team_total", language)), team, rules)
        for member in report.members:
            if member.team == team.name and member.name:
                yield from _sums("row", (name, member.name), member, rules)
    for member in report.members:
        if member.team not in listed or not member.name:
            name = member.name or said("unassigned", language)
            yield from _sums("row", (member.team if member.name else "", name), member, rules)
    named = {member.name for member in report.members}
    missing = [name for name in report.without_orders if name not in named]
    if missing:
        yield _row("note", {_NAME: said("without", language, names=", ".join(missing))})
    if figures.cancelled:
        yield _row("note", {_NAME: said("cancelled", language, count=len(figures.cancelled))})


def _sums(kind: RowKind, names: tuple[str, str], ranked: Ranked, rules: Rules) -> Iterator[Row]:
    """One row a currency: they are never added together. The quantity, which has none, stands in the first."""
    week, before, month = ranked.sum, ranked.before, ranked.month
    found = {a.currency for one in (week, before, month) for a in one.amounts}
    for place, currency in enumerate(_in_order(found, rules.currency) or [rules.currency]):
        cells = _figures(week, before, currency)
        if place:
            del cells[_QUANTITY]
        if currency == rules.currency and ranked.target:
            cells[_TARGET] = _share(week.amount(currency), ranked.target)
        cells |= {_LABEL: names[0], _NAME: names[1], _MONTH: number(month.amount(currency))}
        yield _row(kind, cells)


def _figures(week: Sum, before: Sum, currency: str) -> dict[int, Cell]:
    mine = next((a for a in week.amounts if a.currency == currency), None)
    cells: dict[int, Cell] = {
        _ORDERS: mine.orders if mine else 0, _QUANTITY: number(week.quantity), _CURRENCY: currency,
        _AMOUNT: number(week.amount(currency)),
    }  # fmt: skip
    if mine and mine.orders:
        cells[_AVERAGE] = number(rounded(mine.average, currency))
    earlier = before.amount(currency)
    if earlier:
        cells[_CHANGE] = _share(week.amount(currency) - earlier, abs(earlier))
    return cells


def _products(report: TeamReport, rules: Rules) -> Iterator[Row]:
    if not report.figures.products:
        return
    titles = {_LABEL: "products", _NAME: "product", **_FIGURES, _TARGET: "share"}
    yield _head(rules.language, titles)
    for product in report.figures.products[:_MOST_PRODUCTS]:
        currencies = _in_order({a.currency for a in product.sum.amounts}, rules.currency)
        for place, currency in enumerate(currencies or [rules.currency]):
            cells = _figures(product.sum, product.before, currency)
            if place:
                del cells[_QUANTITY]
            elif product.share is not None and currency == rules.currency:
                cells[_TARGET] = _share(product.share)
            yield _row("row", {**cells, _NAME: product.name})
    yield from _more("note", len(report.figures.products) - _MOST_PRODUCTS, rules)


def _late(lines: Sequence[OrderLine], rules: Rules) -> Iterator[Row]:
    if not lines:
        return
    titles = {_LABEL: "late", _NAME: "customer", _QUANTITY: "quantity", _AMOUNT: "amount", _NOTE: "late_note",
              _CURRENCY: "currency"}  # fmt: skip
    yield _head(rules.language, titles)
    for line in lines[:_MOST_LINES]:
        dated = f"{line.order_date:%Y-%m-%d}" if line.order_date else ""
        cells: dict[int, Cell] = {
            _LABEL: line.order_no, _NAME: line.customer, _QUANTITY: number(line.quantity), _AMOUNT: number(line.amount),
            _NOTE: _together(dated, line.salesperson or said("unassigned", rules.language)), _CURRENCY: line.currency,
        }  # fmt: skip
        yield _row("row", cells)
    yield from _more("note", len(lines) - _MOST_LINES, rules)


def _left_out(rows: Sequence[LeftOut], rules: Rules) -> Iterator[Row]:
    if not rows:
        return
    language = rules.language
    yield _head(language, {_LABEL: "left_out", _NAME: "left_out_what", _NOTE: "reason"})
    for one in rows[:_MOST_LINES]:
        where = said("archive_row" if one.tab == ARCHIVE.key else "row", language, row=one.row)
        why = said(f"why.{one.why}", language) + (f": {_one_line(one.text)}" if one.text else "")
        yield _row("warn", {_LABEL: where, _NAME: one.order_no, _NOTE: _together(one.salesperson, why)})
    yield from _more("warn", len(rows) - _MOST_LINES, rules)


def _found(corrections: Sequence[Correction], rules: Rules) -> Iterator[Row]:
    if not corrections:
        return
    titles = {_LABEL: "corrected", _NAME: "corrected_what", _QUANTITY: "quantity", _AMOUNT: "amount", _NOTE: "what",
              _CURRENCY: "currency"}  # fmt: skip
    yield _head(rules.language, titles)
    for one in corrections[:_MOST_LINES]:
        yield _correction("warn", one, one.week, rules)
    yield from _more("warn", len(corrections) - _MOST_LINES, rules)


def _correction(kind: RowKind, one: Correction, week: str, rules: Rules) -> Row:
    """A change: in which week the other end of it is found, and by how much totals move."""
    what = said(f"what.{one.what}", rules.language, before=one.before, after=one.after)
    return _row(kind, {_LABEL: week, _NAME: one.order_no, _QUANTITY: number(one.quantity),
                       _AMOUNT: number(one.amount), _NOTE: _together(one.salesperson, what),
                       _CURRENCY: one.currency})  # fmt: skip


def _together(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _more(kind: RowKind, count: int, rules: Rules) -> list[Row]:
    return [_row(kind, {_NAME: said("more", rules.language, count=count)})] if count > 0 else []


def _in_order(currencies: set[str], first: str) -> list[str]:
    return sorted(currencies, key=lambda code: (code != first, code))


def _share(part: Decimal, whole: Decimal = Decimal(1)) -> Cell:
    """A part of a whole to the hundredth of a percent, as the sheet's percent formats take it."""
    return round(float(part / whole), 4)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TEXT]
