"""The sections that the personal and the team report share, each None when there is nothing to tell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bot.mails.mail_text import one_line
from bot.mails.report_parts import Phrases, Section, Table, TableRow, bar
from bot.planning.report_values import Bar, Correction, LeftOut, OrderLine, Ranked, WeekFigures
from sheets_schema import ARCHIVE, BY_KEY
from sheets_schema.workflow import STATES

T = TypeVar("T")

#: Rows of a table that is not the report's main one.
_FEW = 20
_STATUS = {state.key: state for state in STATES}
_REASONS = frozenset({"no_number", "amount", "quantity", "currency", "formula", "too_large"})
_CHANGES = frozenset(
    {"cancelled", "revived", "amount", "quantity", "salesperson", "currency", "gone", "returned"}
)


@dataclass(frozen=True)
class WeekPage:
    """The figures of one week and how they are told."""

    figures: WeekFigures
    phrases: Phrases
    #: The longest table shows so many rows at most.
    rows: int
    #: All rows go along in a file.
    has_files: bool
    #: Lines name their salesperson.
    is_team: bool

    def say(self, key: str, **values: object) -> str:
        """The words under this key."""
        return self.phrases.say(key, **values)

    def money(self, amount: Decimal, currency: str = "") -> str:
        """An amount, in the config's currency where none is named."""
        return self.phrases.money(amount, currency)

    def table(
        self, columns: tuple[str, ...], items: Sequence[T], row: Callable[[T], TableRow], most: int = 0
    ) -> Table:
        """The first items, `most` of them or a few, as a table that says how many more there are."""
        most = most or min(_FEW, self.rows)
        left = len(items) - most
        where = "more_in_file" if self.has_files else "more_in_sheet"
        more = self.say(where, shown=most, count=left) if left > 0 else ""
        return Table(tuple(map(self.say, columns)), tuple(map(row, items[:most])), more=more)


def by_time(page: WeekPage) -> Section | None:
    """The amount by day and by week in the config's currency: a picture, and the same as tables."""
    figures = page.figures
    if not figures.week.orders or not any(b.amount for b in (*figures.by_day, *figures.by_week)):
        return None
    best = max(figures.by_day, key=lambda b: b.amount, default=None)
    alt = page.say(
        "alt_weeks", week=figures.period.id, total=page.money(figures.week.amount(figures.currency))
    )
    if best is not None and best.amount > 0:
        alt = page.say("alt_day", day=_day(best, page), amount=page.money(best.amount)) + alt
    days = _bars("day", figures.by_day, page)
    weeks = _bars("week", figures.by_week, page)
    note = (page.say("only_currency", currency=figures.currency),) if len(figures.week.amounts) > 1 else ()
    return Section(page.say("by_time_title"), note, (days, weeks), "weeks", alt)


def _bars(column: str, bars: Sequence[Bar], page: WeekPage) -> Table:
    longest = max((b.amount for b in bars), default=Decimal(0))
    rows = tuple(
        TableRow(
            _day(b, page) if column == "day" else b.label,
            (page.phrases.wording.quantity(Decimal(b.orders)), page.money(b.amount)),
            bar=bar(b.amount, longest),
        )
        for b in bars
    )
    return Table((page.say(column), page.say("orders"), page.say("amount")), rows)


def _day(shown: Bar, page: WeekPage) -> str:
    return page.phrases.wording.short_day(shown.day) if shown.day else shown.label


def orders(page: WeekPage) -> Section | None:
    """The week's orders, line by line."""
    lines = [line for line in page.figures.lines if not line.cancelled]
    if not lines:
        return None
    total = page.figures.week
    counted = [page.say("orders_count", count=total.orders)]
    if total.lines != total.orders:
        counted.append(page.say("lines_count", count=total.lines))
    title = page.say("orders_title", counted=" · ".join(counted))
    return Section(title, tables=(line_table(page, lines, page.rows),))


def line_table(
    page: WeekPage,
    lines: Sequence[OrderLine],
    most: int = 0,
    more: Callable[[OrderLine], str] = lambda line: "",
) -> Table:
    """Lines of orders: number, quantity, amount; below the number whose and what, and what `more` says."""
    quantity = page.phrases.wording.quantity

    def row(line: OrderLine) -> TableRow:
        note = [_joined(line.customer, line.product, line.specification), more(line)]
        if page.is_team:
            note.append(salesperson(line, page))
        values = (quantity(line.quantity), page.money(line.amount, line.currency))
        return TableRow(
            one_line(line.order_no, 60) or page.say("no_order_no"), values, "\n".join(filter(None, note))
        )

    return page.table(("order_no", "quantity", "amount"), lines, row, most)


def salesperson(line: OrderLine, page: WeekPage) -> str:
    """Who sold it; who is not in Team is shown as unassigned."""
    if line.assigned:
        return one_line(line.salesperson, 60)
    name = one_line(line.salesperson, 60)
    return page.say("unassigned_name", name=name) if name else page.say("unassigned")


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, (one_line(text, 80) for text in texts)))


def products(page: WeekPage, title: str, most: int = 10) -> Section | None:
    """What sold best, as bars of its part of the whole."""
    ranked = page.figures.products
    if not ranked:
        return None
    longest = max((r.sum.amount(page.figures.currency) for r in ranked), default=Decimal(0))

    def row(product: Ranked) -> TableRow:
        amount = product.sum.amount(page.figures.currency)
        note = [page.say("orders_count", count=product.sum.orders)]
        if product.share:
            note.append(page.say("share_of_all", share=page.phrases.share(product.share)))
        values = (
            page.phrases.wording.quantity(product.sum.quantity),
            page.phrases.amounts(product.sum.amounts),
        )
        return TableRow(one_line(product.name, 80), values, " · ".join(note), bar(amount, longest))

    return Section(
        page.say(title),
        tables=(page.table(("product", "quantity", "amount"), ranked, row, min(most, page.rows)),),
    )


def customers(page: WeekPage) -> Section | None:
    """Whom it was sold to: those who bought for the first time, and those who came back."""
    said = tuple(
        page.say(key, count=len(names), names=page.phrases.names(names))
        for key, names in (
            ("new_customers", page.figures.new_customers),
            ("returning_customers", page.figures.returning_customers),
        )
        if names
    )
    return Section(page.say("customers_title"), said) if said else None


def late_entries(page: WeekPage) -> Section | None:
    """Orders that were made before the week and recorded in it."""
    if not page.figures.late_entries:
        return None
    day = page.phrases.wording.day

    def ordered_on(line: OrderLine) -> str:
        return page.say("ordered_on", day=day(line.order_date)) if line.order_date else ""

    table = line_table(page, page.figures.late_entries, more=ordered_on)
    return Section(page.say("late_entries_title"), (page.say("late_entries_note"),), (table,))


def cancelled(page: WeekPage) -> Section | None:
    """Orders that were recorded in the week and cancelled in it."""
    if not page.figures.cancelled:
        return None
    table = line_table(page, page.figures.cancelled)
    return Section(page.say("cancelled_title"), (page.say("cancelled_note"),), (table,))


def corrections(page: WeekPage) -> Section | None:
    """What has changed in weeks that are closed."""
    found = page.figures.corrections
    if not found:
        return None

    def row(change: Correction) -> TableRow:
        said = [
            correction_words(change, page.phrases),
            page.say("belongs_to", week=one_line(change.week, 20)),
        ]
        if page.is_team and change.salesperson:
            said.append(one_line(change.salesperson, 60))
        quantity = page.phrases.wording.quantity(change.quantity)
        values = (
            f"+{quantity}" if change.quantity > 0 else quantity,
            page.phrases.signed(change.amount, change.currency),
        )
        return TableRow(one_line(change.order_no, 60) or page.say("no_order_no"), values, " · ".join(said))

    table = page.table(("order_no", "quantity_change", "amount_change"), found, row)
    return Section(page.say("corrections_title"), (page.say("corrections_note"),), (table,))


def correction_words(change: Correction, phrases: Phrases) -> str:
    """What was changed, from what to what."""
    what = phrases.say(f"corrected_{change.what}" if change.what in _CHANGES else "corrected_other")
    if not (change.before or change.after):
        return what
    before, after = (one_line(text, 60) or "–" for text in (change.before, change.after))
    return phrases.say("from_to", what=what, before=before, after=after)


def left_out(page: WeekPage) -> Section | None:
    """Rows that no total includes, where they are and why."""
    rows = page.figures.left_out
    if not rows:
        return None

    def row(out: LeftOut) -> TableRow:
        text = one_line(out.text, 120)
        note = left_out_words(out, page.phrases) + (page.say("cell_says", text=text) if text else "")
        if page.is_team and out.salesperson:
            note += f" · {one_line(out.salesperson, 60)}"
        return TableRow(row_place(out, page.phrases), (one_line(out.order_no, 40) or "–",), note)

    table = page.table(("place", "order_no"), rows, row)
    return Section(page.say("left_out_title", count=len(rows)), (page.say("left_out_note"),), (table,))


def left_out_words(out: LeftOut, phrases: Phrases) -> str:
    """Why the row is in no total."""
    return phrases.say(f"why_{out.why}" if out.why in _REASONS else "why_other")


def row_place(out: LeftOut, phrases: Phrases) -> str:
    """The tab and the row, as the workbook names them."""
    tab = {**BY_KEY, ARCHIVE.key: ARCHIVE}.get(out.tab)
    title = tab.title(phrases.wording.language) if tab else one_line(out.tab, 40)
    return phrases.say("row_place", tab=title, row=out.row)


def status_words(line: OrderLine, phrases: Phrases) -> str:
    """The order's status in the reader's language; "" when the cell names none."""
    state = _STATUS.get(line.status)
    return state.title(phrases.wording.language) if state else ""
