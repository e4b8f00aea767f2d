"""The monthly report and the tier review as their readers see them: values in, strings out. Pure.

MonthReport | TierReview ─► ReportView ─► templates/_base/report.{txt,html}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from bot.mails.mail_text import one_line, shown, web_link
from bot.mails.report_parts import NONE, Figure, Phrases, ReportView, Section, Table, TableRow, bar
from bot.mails.report_sections import left_out_words, row_place
from bot.planning.month_values import LateProduct, MonthReport, Rate, TierMove, TierReview
from bot.planning.report_values import Bar, LeftOut, Ranked, Sum

T = TypeVar("T")
#: Rows of a ranking that a reader goes through.
_RANKED = 15
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class _Page:
    """One month and how it is told."""

    report: MonthReport
    phrases: Phrases
    #: The longest table shows so many rows at most.
    rows: int

    def say(self, key: str, **values: object) -> str:
        return self.phrases.say(key, **values)

    def main(self, total: Sum) -> Decimal:
        """The amount in the config's currency."""
        return total.amount(self.report.currency)

    def month(self, month: Bar) -> str:
        """2026年11月, Nov 2026."""
        return self.phrases.wording.month(month.day) if month.day else month.label

    def against(self, now: Sum, then: Sum, which: str) -> str:
        """How the amount stands to another month's, in words and not by a sign alone; "" when there is none."""
        amount, before = self.main(now), self.main(then)
        if before <= 0:
            return ""
        if amount == before:
            return self.say(f"{which}_same")
        share = self.phrases.share(abs(amount - before) / before)
        return self.say(f"{which}_up" if amount > before else f"{which}_down", share=share)


def month_view(
    report: MonthReport, phrases: Phrases, rows: int, *, late: bool = False, link: str = ""
) -> ReportView:
    """The report of one month, all teams together."""
    page = _Page(report, phrases, rows)
    month = page.month(report.by_month[-1])
    tag = page.say("tag_interim") if report.interim else page.say("tag_late") if late else ""
    notes = (
        page.say("intro" if report.month.orders else "intro_empty"),
        page.say("late_note") if late else "",
        page.say("interim_note", until=phrases.moment(report.until)) if report.interim else "",
    )
    return ReportView(
        subject=_subject(page, month, tag),
        preheader=page.against(report.month, report.before, "before"),
        heading=page.say("heading", month=month),
        tag=tag,
        period=_days(report.period.start, report.until, phrases),
        intro=tuple(filter(None, notes)),
        figures=_totals(page) if report.month.orders else (),
        facts=_facts(page),
        sections=_present(
            _months(page),
            _ranking("products", report.products, page),
            _ranking("teams", report.teams, page) if len(report.teams) > 1 else None,
            _ranking("members", report.members, page),
            _late(page),
            moves_section(report.moves, phrases, rows, page.say("moves_intro"), owners=True),
            _rest(page),
        ),
        link=web_link(link),
        why=page.say("why"),
    )


def _present(*sections: Section | None) -> tuple[Section, ...]:
    return tuple(section for section in sections if section is not None)


def _subject(page: _Page, month: str, tag: str) -> str:
    total = page.report.month
    parts = [page.say("subject", month=month)]
    if total.orders:
        parts.append(page.say("orders_count", count=total.orders))
        parts.append(page.phrases.money(page.main(total)).removesuffix(".00"))
    else:
        parts.append(page.say("no_orders"))
    return " · ".join([*parts, *([tag] if tag else [])])


def _days(start: datetime, end: datetime, phrases: Phrases) -> str:
    """From the first to the last day that a half-open window touches."""
    days = (moment.astimezone(phrases.zone).date() for moment in (start, end - timedelta(microseconds=1)))
    return " – ".join(phrases.wording.day(day) for day in days)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────


def _totals(page: _Page) -> tuple[Figure, ...]:
    month, before = page.report.month, page.report.before
    quantity = page.phrases.wording.quantity
    return (
        Figure(
            page.say("total_amount"),
            page.phrases.amounts(month.amounts),
            page.against(month, before, "before"),
        ),
        Figure(
            page.say("orders"),
            quantity(Decimal(month.orders)),
            page.say("last_month", value=f"{before.orders:,}"),
        ),
        Figure(
            page.say("quantity"),
            quantity(month.quantity),
            page.say("last_month", value=quantity(before.quantity)),
        ),
        Figure(page.say("average"), page.phrases.averages(month)),
    )


def _facts(page: _Page) -> tuple[Figure, ...]:
    """What the totals do not say; a dash, and why, where there is nothing to work a figure out from."""
    return (
        Figure(page.say("before"), page.phrases.amounts(page.report.before.amounts)),
        _year_ago(page),
        *(_customers(page) if page.report.month.orders else ()),
        *_deliveries(page),
    )


def _customers(page: _Page) -> tuple[Figure, ...]:
    report = page.report
    return (
        Figure(page.say("customers_title"), f"{report.customers:,}"),
        Figure(page.say("frequency"), _tenths(report.frequency, page), page.say("frequency_note")),
        _rate("repeat", report.repeat, page),
        Figure(
            page.say("tier_a_share"), page.phrases.share(report.tier_a_share), page.say("tier_a_share_note")
        ),
        _rate("tier_a", report.tier_a, page),
    )


def _deliveries(page: _Page) -> tuple[Figure, ...]:
    went = page.report.deliveries
    return (
        Figure(
            page.say("delivery"),
            NONE if went.mean_days is None else page.say("days", days=_tenths(went.mean_days, page)),
            page.say("delivery_note", count=went.delivered)
            if went.delivered
            else page.say("delivery_nothing"),
        ),
        _rate("on_time", went.on_time, page),
    )


def _year_ago(page: _Page) -> Figure:
    then = page.report.year_ago
    if then is None:
        return Figure(page.say("year_ago"), NONE, page.say("year_ago_nothing"))
    return Figure(
        page.say("year_ago"),
        page.phrases.amounts(then.amounts),
        page.against(page.report.month, then, "year"),
    )


def _rate(key: str, rate: Rate, page: _Page) -> Figure:
    if rate.share is None:
        return Figure(page.say(key), NONE, page.say(f"{key}_nothing"))
    note = page.say(f"{key}_note", part=rate.part, whole=rate.whole)
    return Figure(page.say(key), page.phrases.share(rate.share), note)


def _tenths(value: Decimal | None, page: _Page) -> str:
    """A mean to one decimal."""
    return NONE if value is None else page.phrases.wording.quantity(value.quantize(_TENTH, ROUND_HALF_UP))


# ── sections ────────────────────────────────────────────────────────────────────────────────────────────────


def _table(
    columns: Sequence[str], items: Sequence[T], row: Callable[[T], TableRow], phrases: Phrases, most: int
) -> Table:
    """The first items as a table that says how many more there are."""
    left = len(items) - most
    more = phrases.say("more_in_sheet", shown=most, count=left) if left > 0 else ""
    return Table(tuple(columns), tuple(map(row, items[:most])), more=more)


def _months(page: _Page) -> Section | None:
    """Twelve months as bars; nothing when nothing was sold in any."""
    months = page.report.by_month
    if not any(month.orders for month in months):
        return None
    best = max(months, key=lambda month: month.amount)
    last = months[-1]

    def row(month: Bar) -> TableRow:
        values = (f"{month.orders:,}", page.phrases.money(month.amount))
        return TableRow(page.month(month), values, bar=bar(month.amount, best.amount))

    columns = [page.say(key) for key in ("month", "orders", "amount")]
    alt = page.say(
        "alt_months", month=page.month(last), amount=page.phrases.money(last.amount),
        best=page.month(best), most=page.phrases.money(best.amount),
    )  # fmt: skip
    table = _table(columns, months, row, page.phrases, len(months))
    note = (page.say("only_currency", currency=page.report.currency),) if _is_mixed(page) else ()
    return Section(page.say("months_title"), note, (table,), "months", alt)


def _is_mixed(page: _Page) -> bool:
    totals = (page.report.month, page.report.before)
    return any(a.currency != page.report.currency for total in totals for a in total.amounts)


def _ranking(key: str, ranked: Sequence[Ranked], page: _Page) -> Section | None:
    """A ranking with its bars; nothing when nobody is in it."""
    if not ranked:
        return None
    longest = max(page.main(one.sum) for one in ranked)
    numbers = {id(one): number for number, one in enumerate(ranked, 1)}

    def row(one: Ranked) -> TableRow:
        name = f"{numbers[id(one)]}. {one_line(one.name, 80)}" if one.name else page.say(f"{key}_nameless")
        share = page.say("share_of_all", share=page.phrases.share(one.share)) if one.share is not None else ""
        note = (one_line(one.team, 60), share, page.against(one.sum, one.before, "before"))
        values = (f"{one.sum.orders:,}", page.phrases.amounts(one.sum.amounts))
        return TableRow(name, values, " · ".join(filter(None, note)), bar(page.main(one.sum), longest))

    columns = [page.say(column) for column in (f"{key}_column", "orders", "amount")]
    table = _table(columns, ranked, row, page.phrases, min(_RANKED, page.rows))
    return Section(page.say(f"{key}_title"), tables=(table,))


def _late(page: _Page) -> Section | None:
    """The products that came late too often, and the lines that nobody can judge."""
    went = page.report.deliveries
    words = []
    if went.on_time.whole:
        words.append(page.say("late_some" if went.late_products else "late_none"))
    if went.undated:
        words.append(page.say("undated", count=went.undated))

    def row(product: LateProduct) -> TableRow:
        late = product.late
        return TableRow(
            one_line(product.name, 80) or page.say("products_nameless"),
            (page.phrases.share(late.share), f"{late.part:,} / {late.whole:,}"),
        )

    if not (went.late_products or words):
        return None
    columns = [page.say(column) for column in ("products_column", "late_rate", "late_of")]
    table = _table(columns, went.late_products, row, page.phrases, min(_RANKED, page.rows))
    return Section(page.say("late_title"), tuple(words), (table,) if went.late_products else ())


def _rest(page: _Page) -> Section | None:
    """What moves to Archive, what was cancelled, and the rows that no total includes."""
    report = page.report
    counts = (
        ("archived", report.archived),
        ("cancelled", report.cancelled),
        ("left_out", len(report.left_out)),
    )
    words = tuple(page.say(key, count=count) for key, count in counts if count)
    if not words:
        return None

    def row(out: LeftOut) -> TableRow:
        text = one_line(out.text, 120)
        note = left_out_words(out, page.phrases) + (page.say("cell_says", text=text) if text else "")
        return TableRow(row_place(out, page.phrases), (one_line(out.order_no, 40) or NONE,), note)

    columns = [page.say("place"), page.say("order_no")]
    table = _table(columns, report.left_out, row, page.phrases, page.rows)
    return Section(page.say("rest_title"), words, (table,) if report.left_out else ())


# ── tiers ───────────────────────────────────────────────────────────────────────────────────────────────────


def tier_view(
    review: TierReview, phrases: Phrases, rows: int, *, late: bool = False, link: str = ""
) -> ReportView:
    """The review for one owner, or for a lead with everybody's customers."""
    say, count = phrases.say, len(review.moves)
    done = "applied" if review.applied else "proposed"
    whose = "all" if review.everybody else "mine"
    thresholds = say("thresholds", a=phrases.money(review.a), b=phrases.money(review.b))
    intro = say(f"intro_{done}_{whose}", count=count) if count else say(f"intro_none_{whose}")
    return ReportView(
        subject=say("subject", quarter=review.period.id, what=say(f"subject_{done}", count=count) if count else say("subject_none")),
        preheader=intro,
        heading=say("heading", quarter=review.period.id),
        tag=say("tag_late") if late else "",
        period=_days(review.since, review.until, phrases),
        intro=tuple(filter(None, (intro, thresholds, say("late_note") if late else ""))),
        figures=(),
        facts=(),
        sections=_present(
            moves_section(review.moves, phrases, rows, say(f"after_{done}"), owners=review.everybody)
        ),
        link=web_link(link),
        why=say(f"why_{whose}"),
    )  # fmt: skip


def moves_section(
    moves: Sequence[TierMove], phrases: Phrases, rows: int, words: str, *, owners: bool
) -> Section | None:
    """Who moves where, with the amount that says so; nothing when nobody does."""
    if not moves:
        return None

    def row(move: TierMove) -> TableRow:
        note = _joined((move.number, _owner(move, phrases) if owners else ""))
        return TableRow(shown(move.customer), (_way(move, phrases), phrases.money(move.amount)), note)

    columns = [phrases.say(column) for column in ("customer", "tier", "year_amount")]
    return Section(phrases.say("moves_title"), (words,), (_table(columns, moves, row, phrases, rows),))


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(filter(None, (one_line(text, 80) for text in texts)))


def _owner(move: TierMove, phrases: Phrases) -> str:
    return phrases.say("owner", name=one_line(move.owner, 60)) if move.owner else phrases.say("no_owner")


def _way(move: TierMove, phrases: Phrases) -> str:
    """From which tier to which, with the direction in words: an arrow alone is not read out."""
    if not move.before:
        return phrases.say("tier_new", after=move.after)
    way = "tier_up" if move.after < move.before else "tier_down"
    return phrases.say(way, before=move.before, after=move.after)
