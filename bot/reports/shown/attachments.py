"""The rows of a report as files: what its mail shows, whole, in the columns of the workbook.

    report ─► Grid (plain values) ─► one .xlsx with a sheet for each, or one .csv for each

No text in them is ever a formula or a link: in .xlsx text is stored as text, in .csv an apostrophe stands before what
a spreadsheet would take for a formula. The worker never imports this.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.mails.mail_text import one_line
from bot.mails.report_parts import Phrases
from bot.mails.report_sections import correction_words, left_out_words, row_place, status_words
from bot.planning.notices import Attachment
from bot.planning.report_values import Correction, LeftOut, OrderLine, Ranked, TeamReport, WeekFigures
from sheets_schema import CONTRACTS, TEAM

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

Value = str | Decimal | int | date | datetime | None

#: Characters of a text that are kept: a mail's attachment is no copy of the workbook.
_TEXT = 2_000
_FORMULA = re.compile("[=+\\-@＝＋－＠\t\r\n]")
#: `_x0041_` means "A" in an .xlsx file, unless its underscore is written the same way.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
#: Digits behind which a spreadsheet keeps a number exactly; longer ones go along as text.
_EXACT = 15
_WIDTHS = (8, 40)


@dataclass(frozen=True)
class Grid:
    """One sheet: its name, its titles and its rows."""

    #: Goes into a file's name; letters alone.
    key: str
    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def report_grids(figures: WeekFigures, phrases: Phrases, team: TeamReport | None = None) -> tuple[Grid, ...]:
    """The order lines, cancelled ones too; then members, corrections and left-out rows where there are any."""
    grids = [_orders(figures, phrases)]
    if team is not None:
        grids.append(_members(team.members, figures, phrases))
    grids += [_corrections(figures.corrections, phrases), _left_out(figures.left_out, phrases)]
    return tuple(grid for grid in grids if grid.rows)


def attached(grids: Sequence[Grid], stem: str, form: str, made_at: datetime) -> tuple[Attachment, ...]:
    """The files: `form` is "xlsx" (one), "csv" (one a grid) or "none"; `made_at` is naive, for the file's properties."""
    if form == "none" or not grids:
        return ()
    if form == "xlsx":
        return (Attachment(f"{stem}.xlsx", XLSX, xlsx(grids, made_at)),)
    return tuple(
        Attachment(f"{stem}.csv" if i == 0 else f"{stem}-{grid.key}.csv", CSV, csv_file(grid))
        for i, grid in enumerate(grids)
    )


# ── what is in them ─────────────────────────────────────────────────────────────────────────────────────────


def _orders(figures: WeekFigures, phrases: Phrases) -> Grid:
    language = phrases.wording.language
    keys = ("order_no", "created_at", "order_date", "customer", "product", "specification", "quantity", "currency",
            "amount", "salesperson")  # fmt: skip
    titles = (
        *(CONTRACTS.by_key[key].title(language) for key in keys),
        TEAM.by_key["team"].title(language),
        *(CONTRACTS.by_key[key].title(language) for key in ("status", "due_date")),
        phrases.say("counts"),
        CONTRACTS.by_key["row_id"].title(language),
    )
    counted = {line.row_id for line in figures.lines}
    lines = (*figures.lines, *(line for line in figures.cancelled if line.row_id not in counted))
    return Grid("orders", phrases.say("orders_sheet"), titles, tuple(_order(line, phrases) for line in lines))


def _order(line: OrderLine, phrases: Phrases) -> tuple[Value, ...]:
    counts = "not_counted" if line.cancelled else "counted_late" if line.late_entry else "counted"
    return (
        line.order_no, _wall_clock(line.recorded_at, phrases.zone), line.order_date, line.customer, line.product,
        line.specification, line.quantity, line.currency, line.amount, line.salesperson, line.team,
        status_words(line, phrases), line.due_date, phrases.say(counts), line.row_id,
    )  # fmt: skip


def _members(members: Iterable[Ranked], figures: WeekFigures, phrases: Phrases) -> Grid:
    """A row for each member and currency, in the order of the ranking."""
    titles = tuple(
        map(
            phrases.say,
            ("member", "team", "orders", "currency", "amount", "last_week_title", "target", "month_to_date"),
        )
    )
    rows: list[tuple[Value, ...]] = []
    for member in members:
        codes = dict.fromkeys(
            a.currency for a in (*member.sum.amounts, *member.before.amounts, *member.month.amounts)
        )
        for code in codes or {figures.currency: None}:
            orders = next((a.orders for a in member.sum.amounts if a.currency == code), 0)
            target = member.target if code == figures.currency else None
            rows.append(
                (
                    member.name or phrases.say("unassigned"), member.team, orders, code, member.sum.amount(code),
                    member.before.amount(code), target, member.month.amount(code),
                )
            )  # fmt: skip
    return Grid("members", phrases.say("members_sheet"), titles, tuple(rows))


def _corrections(changes: Iterable[Correction], phrases: Phrases) -> Grid:
    titles = tuple(
        map(
            phrases.say,
            ("order_no", "week", "correction", "salesperson", "quantity_change", "currency", "amount_change"),
        )
    )
    rows = tuple(
        (
            change.order_no, change.week, correction_words(change, phrases), change.salesperson, change.quantity,
            change.currency, change.amount,
        )
        for change in changes
    )  # fmt: skip
    return Grid("corrections", phrases.say("corrections_sheet"), titles, rows)


def _left_out(rows: Iterable[LeftOut], phrases: Phrases) -> Grid:
    titles = tuple(map(phrases.say, ("place", "order_no", "salesperson", "reason", "cell")))
    found = tuple(
        (row_place(row, phrases), row.order_no, row.salesperson, left_out_words(row, phrases), row.text)
        for row in rows
    )
    return Grid("left-out", phrases.say("left_out_sheet"), titles, found)


def _wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


# ── how they are written ────────────────────────────────────────────────────────────────────────────────────


def csv_file(grid: Grid) -> bytes:
    """The grid as UTF-8 with a mark at its beginning, by which Excel knows it; lines end as RFC 4180 has it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_csv_text(title) for title in grid.titles])
    writer.writerows([_csv_value(value) for value in row] for row in grid.rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_value(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return _csv_text(value)
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _csv_text(text: str) -> str:
    clean = one_line(text, _TEXT)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def xlsx(grids: Sequence[Grid], made_at: datetime) -> bytes:
    """The grids as the sheets of one file; the first row of each stays in sight and can filter."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = made_at
    book.properties.creator = ""
    for grid in grids:
        sheet: Any = book.create_sheet(grid.name)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(grid.titles))}{len(grid.rows) + 1}"
        for index, title in enumerate(grid.titles):
            longest = max((_width(row[index]) for row in grid.rows[:200]), default=0)
            width = min(max(_width(title), longest, _WIDTHS[0]), _WIDTHS[1]) + 2
            sheet.column_dimensions[get_column_letter(index + 1)].width = width
        sheet.append([_title(sheet, title) for title in grid.titles])
        for row in grid.rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(sheet: object, title: str) -> Any:
    cell = _text_cell(sheet, title)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top")
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    match value:
        case None:
            return None
        case str():
            return _text_cell(sheet, value) if value else None
        case Decimal() if len(value.as_tuple().digits) > _EXACT:
            return _text_cell(sheet, format(value, "f"))
        case datetime():
            form = "yyyy-mm-dd hh:mm"
        case date():
            form = "yyyy-mm-dd"
        case Decimal():
            form = "#,##0.00" if value.as_tuple().exponent in (-2, -1) else "#,##0.###"
        case _:
            form = "#,##0"
    stored: Any = value
    cell: Any = WriteOnlyCell(sheet, stored)
    cell.number_format = form
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """Text in a cell for text: what begins like a formula stays what it is, even when a person edits it."""
    cell: Any = WriteOnlyCell(sheet, _ESCAPE.sub("_x005F_", one_line(text, _TEXT)))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _width(value: Value) -> int:
    """About how many characters wide a value is shown."""
    match value:
        case str():
            return sum(2 if ord(char) > 0x2E80 else 1 for char in value[: _WIDTHS[1]])
        case datetime():
            return 16
        case date():
            return 10
        case None:
            return 0
        case _:
            return len(f"{value:,}") + 2
