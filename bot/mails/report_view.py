"""Reports as their mails show them: strings ready to print, from top to bottom. Pure.

PersonalReport | TeamReport | MonthReport | TierReview ─► ReportView ─► templates/_base/report.{txt,html}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.mails import report_sections as sections
from bot.mails.mail_text import display_name, one_line, web_link
from bot.mails.month_view import month_view, tier_view
from bot.mails.report_parts import Figure, Phrases, ReportView, Section, TableRow, bar
from bot.mails.report_sections import WeekPage
from bot.planning.month_values import MonthReport, TierReview
from bot.planning.notices import ReportMail
from bot.planning.report_values import OrderLine, PersonalReport, Ranked, Sum, TeamReport, WeekFigures

#: Members and teams that a ranking shows, and products of a team's mix.
_RANKING, _MIX = 120, 15
#: Letters of a team's name that a subject has room for.
_TEAM_NAME = 24


def report_view(mail: ReportMail, phrases: Phrases, rows: int, *, has_files: bool) -> ReportView:
    """The mail; tables longer than `rows` say how many rows more there are, and where."""
    match mail.report:
        case PersonalReport() as report:
            phrases = replace(phrases, currency=report.figures.currency)
            return _personal(mail, report, WeekPage(report.figures, phrases, rows, has_files, is_team=False))
        case TeamReport() as report:
            phrases = replace(phrases, currency=report.figures.currency)
            return _team(mail, report, WeekPage(report.figures, phrases, rows, has_files, is_team=True))
        case MonthReport() as report:
            phrases = replace(phrases, currency=report.currency)
            return month_view(report, phrases, rows, late=mail.late, link=mail.link)
        case TierReview() as report:
            phrases = replace(phrases, currency=report.currency)
            return tier_view(report, phrases, rows, late=mail.late, link=mail.link)


def _personal(mail: ReportMail, report: PersonalReport, page: WeekPage) -> ReportView:
    figures = page.figures
    has_orders = figures.week.orders > 0
    facts = [_target(figures.week, figures.target, page) if has_orders else None, _month(page)]
    told = [
        sections.by_time(page),
        sections.orders(page),
        sections.products(page, "best_products"),
        sections.customers(page),
        _due("overdue_title", report.overdue, page),
        _due("due_title", report.due, page),
        *_exceptions(page),
    ]
    return ReportView(
        subject=_subject("", mail, page),
        preheader=_preheader(page),
        heading=page.say("heading"),
        tag=_tag(mail, page),
        period=_period(page),
        intro=(page.say("intro" if has_orders else "intro_empty"), *_notes(mail, page)),
        figures=_totals(page) if has_orders else (),
        facts=tuple(fact for fact in facts if fact),
        sections=tuple(section for section in told if section),
        link=web_link(mail.link),
        why=page.say("why"),
    )


def _team(mail: ReportMail, report: TeamReport, page: WeekPage) -> ReportView:
    figures = page.figures
    has_orders = figures.week.orders > 0
    name = page.phrases.names(report.scope, 6) if report.scope else page.say("all_teams")
    facts = [
        _target(figures.week, figures.target, page) if has_orders else None,
        _month(page),
        Figure(page.say("tier_a"), page.phrases.share(report.tier_a_share))
        if report.tier_a_share is not None
        else None,
        _buyers(page) if has_orders else None,
    ]
    told = [
        sections.by_time(page),
        _ranking("teams_title", "team", report.teams, page) if len(report.teams) > 1 else None,
        _members(report, page) if has_orders else None,
        _without_orders(report, page),
        sections.products(page, "product_mix", _MIX),
        _largest(report, page),
        *_exceptions(page),
    ]
    return ReportView(
        subject=_subject(display_name(name)[:_TEAM_NAME].strip(), mail, page),
        preheader=_preheader(page),
        heading=page.say("heading", team=name),
        tag=_tag(mail, page),
        period=_period(page),
        intro=(page.say("intro" if has_orders else "intro_empty", team=name), *_notes(mail, page)),
        figures=_totals(page) if has_orders else (),
        facts=tuple(fact for fact in facts if fact),
        sections=tuple(section for section in told if section),
        link=web_link(mail.link),
        why=page.say("why"),
    )


def _exceptions(page: WeekPage) -> tuple[Section | None, ...]:
    """What is out of the ordinary, each under a heading of its own."""
    return (
        sections.late_entries(page),
        sections.cancelled(page),
        sections.corrections(page),
        sections.left_out(page),
    )


# ── the top ─────────────────────────────────────────────────────────────────────────────────────────────────


def _subject(team: str, mail: ReportMail, page: WeekPage) -> str:
    """Kind and week, then what matters: how many orders, how much money."""
    figures = page.figures
    parts = [page.say("subject", week=figures.period.id)]
    if team:
        parts.append(team)
    if figures.week.orders:
        parts += [page.say("orders_count", count=figures.week.orders), _money_in_short(figures, page)]
    else:
        parts.append(page.say("no_orders"))
    return " · ".join(filter(None, [*parts, _tag(mail, page)]))


def _money_in_short(figures: WeekFigures, page: WeekPage) -> str:
    """The amounts without ".00"; of many currencies the first two and how many more there are."""
    said = [page.money(a.amount, a.currency).removesuffix(".00") for a in figures.week.amounts]
    text = " + ".join(said[:2])
    return page.say("and_currencies", text=text, count=len(said) - 2) if len(said) > 2 else text


def _preheader(page: WeekPage) -> str:
    """The main amount against last week, for the line that mailboxes show below the subject."""
    figures = page.figures
    now, before = figures.week.amount(figures.currency), figures.before.amount(figures.currency)
    return page.phrases.change(now, before, figures.currency) or _period(page)


def _tag(mail: ReportMail, page: WeekPage) -> str:
    if page.figures.interim:
        return page.say("tag_interim")
    return page.say("tag_late") if mail.late else ""


def _period(page: WeekPage) -> str:
    period = page.figures.period
    moment = page.phrases.moment
    return page.say("report_period", week=period.id, start=moment(period.start), end=moment(period.end))


def _notes(mail: ReportMail, page: WeekPage) -> tuple[str, ...]:
    notes = []
    if mail.late:
        notes.append(page.say("late_note"))
    if page.figures.interim:
        notes.append(page.say("interim_note", until=page.phrases.moment(page.figures.until)))
    return tuple(notes)


def _totals(page: WeekPage) -> tuple[Figure, ...]:
    """Amount, orders, quantity and average, the first two against last week."""
    week, before = page.figures.week, page.figures.before
    quantity = page.phrases.wording.quantity
    return (
        Figure(page.say("amount"), page.phrases.amounts(week.amounts), _amount_change(week, before, page)),
        Figure(
            page.say("orders"),
            quantity(Decimal(week.orders)),
            page.say("last_week", value=quantity(Decimal(before.orders))),
        ),
        Figure(
            page.say("quantity"),
            quantity(week.quantity),
            page.say("last_week", value=quantity(before.quantity)),
        ),
        Figure(page.say("average"), page.phrases.averages(week)),
    )


def _amount_change(week: Sum, before: Sum, page: WeekPage) -> str:
    """Each currency against itself last week."""
    currencies = dict.fromkeys(a.currency for a in (*week.amounts, *before.amounts))
    said = [(code, page.phrases.change(week.amount(code), before.amount(code), code)) for code in currencies]
    if len(said) == 1:
        return said[0][1]
    return "\n".join(f"{one_line(code, 12)} {words}" for code, words in said if words)


def _target(week: Sum, target: Decimal | None, page: WeekPage) -> Figure | None:
    """How much of the target is reached, in the config's currency."""
    if target is None or target <= 0:
        return None
    amount = week.amount(page.figures.currency)
    key = "target_reached" if amount >= target else "target_open"
    share = page.phrases.share(amount / target)
    left = page.money(abs(target - amount))
    return Figure(
        page.say("target"), page.money(target), page.say(key, share=share, left=left), bar(amount, target)
    )


def _month(page: WeekPage) -> Figure:
    month = page.figures.month
    amounts = page.phrases.amounts(month.amounts).replace("\n", " + ")
    return Figure(page.say("month_to_date"), amounts, page.say("orders_count", count=month.orders))


def _buyers(page: WeekPage) -> Figure:
    new, returning = len(page.figures.new_customers), len(page.figures.returning_customers)
    return Figure(page.say("customers_title"), page.say("buyers", new=new, returning=returning))


# ── the personal report's own ───────────────────────────────────────────────────────────────────────────────


def _due(title: str, lines: Sequence[OrderLine], page: WeekPage) -> Section | None:
    """Open lines with the day on which they are due, and how far they are."""
    if not lines:
        return None

    def due(line: OrderLine) -> str:
        day = page.say("due_on", day=page.phrases.wording.day(line.due_date)) if line.due_date else ""
        return " · ".join(filter(None, (day, sections.status_words(line, page.phrases))))

    return Section(page.say(title, count=len(lines)), tables=(sections.line_table(page, lines, more=due),))


# ── the team report's own ───────────────────────────────────────────────────────────────────────────────────


def _members(report: TeamReport, page: WeekPage) -> Section | None:
    """The members, best first; orders of nobody in Team stand last, as unassigned."""
    if not report.members:
        return None
    best = report.members[0]
    alt = page.say(
        "alt_members", name=_name(best, page), amount=page.money(best.sum.amount(page.figures.currency))
    )
    ranking = _ranking("members_title", "member", report.members, page)
    note = (page.say("unassigned_note"),) if any(not member.name for member in report.members) else ()
    return Section(ranking.title, note, ranking.tables, "members", alt)


def _ranking(title: str, column: str, ranked: Sequence[Ranked], page: WeekPage) -> Section:
    """Numbered rows with bars; the numbers are those of the picture."""
    currency = page.figures.currency
    longest = max((r.sum.amount(currency) for r in ranked), default=Decimal(0))
    numbers = {id(r): number for number, r in enumerate(ranked, 1)}

    def row(one: Ranked) -> TableRow:
        amount = one.sum.amount(currency)
        named = f"{numbers[id(one)]}. {_name(one, page)}" if one.name else _name(one, page)
        values = (
            page.phrases.wording.quantity(Decimal(one.sum.orders)),
            page.phrases.amounts(one.sum.amounts),
        )
        return TableRow(named, values, _ranked_note(one, page), bar(amount, longest))

    table = page.table((column, "orders", "amount"), ranked, row, min(_RANKING, 2 * page.rows))
    return Section(page.say(title), tables=(table,))


def _ranked_note(one: Ranked, page: WeekPage) -> str:
    currency = page.figures.currency
    amount = one.sum.amount(currency)
    said = [page.phrases.change(amount, one.before.amount(currency), currency)]
    if one.target is not None and one.target > 0:
        said.append(page.say("of_target", share=page.phrases.share(amount / one.target)))
    if one.month.amounts:
        month = page.phrases.amounts(one.month.amounts).replace("\n", " + ")
        said.append(page.say("month_short", amount=month))
    return " · ".join(filter(None, said))


def _name(one: Ranked, page: WeekPage) -> str:
    return one_line(one.name, 60) or page.say("unassigned")


def _without_orders(report: TeamReport, page: WeekPage) -> Section | None:
    names = report.without_orders
    if not names or not page.figures.week.orders:
        return None
    return Section(page.say("without_orders_title", count=len(names)), (page.phrases.names(names, 100),))


def _largest(report: TeamReport, page: WeekPage) -> Section | None:
    if not report.largest:
        return None
    return Section(page.say("largest_title"), tables=(sections.line_table(page, report.largest),))
