"""The cast of the report tests: a team of three, a week of orders, and everything that can be out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.planning.drafting import Place
from bot.planning.notices import Draft, Recipient
from bot.planning.periods import Period, week_id
from bot.planning.report_values import (
    Amount,
    Bar,
    Correction,
    LeftOut,
    OrderLine,
    PersonalReport,
    Ranked,
    Sum,
    TeamReport,
    WeekFigures,
)
from bot.planning.rules import ReportRules, Rules
from bot.planning.runs import Run
from bot.reports.shown.drafts import personal_draft, team_draft

BEIJING = ZoneInfo("Asia/Shanghai")
CUTOFF = datetime(2026, 11, 20, 10, tzinfo=UTC)  # Friday 18:00 in Beijing
WEEK = Period("2026-W47", CUTOFF - timedelta(days=7), CUTOFF)
SUMMARY_LINK = "https://docs.google.com/spreadsheets/d/1AbC/edit#gid=77"
PLACE = Place("1AbC", "https://docs.google.com/spreadsheets/d/1AbC/edit", {"summary": SUMMARY_LINK})
RULES = Rules(timezone=BEIJING)

_PRODUCTS = {
    "zh-CN": (("智能温控器", "WK-200 壁挂式"), ("门店管理软件", "企业版"), ("安装服务", "")),
    "en": (
        ("Smart thermostat", "WK-200, wall-mounted"),
        ("Store management", "Enterprise"),
        ("Installation", ""),
    ),
}
_CUSTOMERS = {
    "zh-CN": ("苏州云帆科技有限公司", "杭州青禾商贸", "上海远山智能设备有限公司", "宁波海棠酒店"),
    "en": (
        "Suzhou Yunfan Technology",
        "Hangzhou Qinghe Trading",
        "Shanghai Yuanshan Devices",
        "Ningbo Haitang Hotel",
    ),
}
_TEAM = {"zh-CN": ("张伟", "李娜", "王芳", "陈晨"), "en": ("Zhang Wei", "Li Na", "Wang Fang", "Chen Chen")}
_GROUPS = {"zh-CN": ("华东组", "华南组"), "en": ("East", "South")}
_AMOUNTS = ("2560.00", "99995.00", "450.00", "48600.00", "128000.50", "12800.00", "53194.50")


def line(language: str, place: int, **changes: object) -> OrderLine:
    """The order line at this place of the week."""
    product, specification = _PRODUCTS[language][place % 3]
    made = OrderLine(
        row_id=f"r{place:05d}",
        order_no=f"202611{14 + place % 7:02d}-{place + 1:03d}",
        recorded_at=WEEK.start + timedelta(hours=15 + 21 * (place % 7)),
        order_date=date(2026, 11, 14 + place % 7),
        customer=_CUSTOMERS[language][place % 4],
        product=product,
        specification=specification,
        quantity=Decimal(1 + place % 5),
        currency="CNY",
        amount=Decimal(_AMOUNTS[place % 7]),
        salesperson=_TEAM[language][0],
        assigned=True,
        team=_GROUPS[language][0],
        status="approved",
        due_date=date(2026, 11, 22 + place % 7),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def lines(language: str, count: int = 12) -> tuple[OrderLine, ...]:
    """A week's lines."""
    return tuple(line(language, place) for place in range(count))


def total(found: Iterable[OrderLine], main: str = "CNY") -> Sum:
    """The lines added up in plain Python."""
    counted = [one for one in found if not one.cancelled]
    codes = sorted({one.currency for one in counted}, key=lambda code: (code != main, code))
    amounts = tuple(
        Amount(
            code,
            sum((one.amount for one in counted if one.currency == code), Decimal(0)),
            len({one.order_no for one in counted if one.currency == code}),
        )
        for code in codes
    )
    quantity = sum((one.quantity for one in counted), Decimal(0))
    return Sum(len({one.order_no for one in counted}), len(counted), quantity, amounts)


def figures(
    language: str, found: Sequence[OrderLine] | None = None, *, factor: str = "0.8", **changes: object
) -> WeekFigures:
    """What these lines come to; the week before had `factor` of it."""
    found = lines(language) if found is None else found
    week = total(found)
    amount = week.amount("CNY")
    by_day = []
    for place in range(8):
        day = date(2026, 11, 13) + timedelta(days=place)
        own = [
            one
            for one in found
            if one.recorded_at.astimezone(BEIJING).date() == day and one.currency == "CNY"
        ]
        by_day.append(Bar(day.isoformat(), total(own).amount("CNY"), total(own).orders, day))
    by_week = []
    for back in range(7, -1, -1):
        day = date(2026, 11, 20) - timedelta(weeks=back)
        share = Decimal(1) if back == 0 else Decimal(factor) if back == 1 else Decimal(10 - back) / 10
        by_week.append(
            Bar(week_id(day), (amount * share).quantize(Decimal("0.01")), max(week.orders - back, 0), day)
        )
    made = WeekFigures(
        period=WEEK,
        until=WEEK.end,
        interim=False,
        currency="CNY",
        week=week,
        before=_scaled(week, Decimal(factor)),
        month=_scaled(week, Decimal("2.5")),
        target=Decimal(400_000),
        by_day=tuple(by_day),
        by_week=tuple(by_week),
        products=ranked_products(found),
        new_customers=_CUSTOMERS[language][:1],
        returning_customers=_CUSTOMERS[language][1:],
        lines=tuple(found),
        late_entries=tuple(one for one in found if one.late_entry),
        cancelled=(),
        corrections=(),
        left_out=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def _scaled(week: Sum, factor: Decimal) -> Sum:
    cent = Decimal("0.01")
    amounts = tuple(replace(a, amount=(a.amount * factor).quantize(cent)) for a in week.amounts)
    return Sum(int(week.orders * factor), int(week.lines * factor), week.quantity, amounts if factor else ())


def ranked_products(found: Sequence[OrderLine]) -> tuple[Ranked, ...]:
    """Products, best first."""
    whole = total(found).amount("CNY")
    made = [
        Ranked(
            name,
            own := total(one for one in found if one.product == name),
            share=own.amount("CNY") / whole if whole else None,
        )
        for name in dict.fromkeys(one.product for one in found)
    ]
    return tuple(sorted(made, key=lambda one: -one.sum.amount("CNY")))


def exceptions(language: str) -> dict[str, object]:
    """One of everything that is out of the ordinary."""
    sales = _TEAM[language][0]
    return {
        "cancelled": (line(language, 30, cancelled=True, status="cancelled"),),
        "corrections": (
            Correction("2026-W46", "2026-W47", "r9", "20261110-002", sales, "cancelled", "CNY", Decimal(-12800), Decimal(-2)),
            Correction("2026-W45", "2026-W47", "r8", "20261104-001", sales, "amount", "CNY", Decimal("150.50"), Decimal(0), "1,000.00", "1,150.50"),
        ),
        "left_out": (
            LeftOut("contracts", 128, "20261119-009", sales, "amount", "12.800 元?"),
            LeftOut("contracts", 131, "", "", "no_number"),
        ),
    }  # fmt: skip


def personal(language: str, week: WeekFigures | None = None, *, due: bool = True) -> PersonalReport:
    """The report of the first of the team."""
    late = line(language, 40, due_date=date(2026, 11, 17), status="shipped")
    soon = line(language, 41, due_date=date(2026, 11, 24))
    return PersonalReport(
        _TEAM[language][0],
        _GROUPS[language][0],
        week or figures(language),
        due=(soon,) if due else (),
        overdue=(late,) if due else (),
    )


def team_lines(language: str) -> tuple[OrderLine, ...]:
    """A team's week: three who sold, and one order of nobody in Team."""
    names = _TEAM[language]
    found = []
    for place, one in enumerate(lines(language, 18)):
        owner = 0 if place % 3 else 1 + place % 2
        found.append(replace(one, salesperson=names[owner], team=_GROUPS[language][owner % 2]))
    found.append(line(language, 18, salesperson="Zhao L.", assigned=False, team=""))
    found.append(line(language, 19, late_entry=True, order_date=date(2026, 11, 2)))
    return tuple(found)


def team(language: str, scope: tuple[str, ...] | None = None, week: WeekFigures | None = None) -> TeamReport:
    """A lead's report; over all teams when the scope is empty."""
    scope = _GROUPS[language][:1] if scope is None else scope
    found = week.lines if week else team_lines(language)
    week = week or figures(language, found, target=Decimal(1_200_000), **exceptions(language))
    members = _ranked(
        [(name, [one for one in found if one.salesperson == name]) for name in _TEAM[language][:3]]
    )
    nobody = [one for one in found if not one.assigned]
    teams = _ranked([(name, [one for one in found if one.team == name]) for name in _GROUPS[language]])
    return TeamReport(
        scope=scope,
        figures=week,
        teams=teams if len(scope) != 1 else (),
        members=(*members, *((Ranked("", total(nobody)),) if nobody else ())),
        without_orders=_TEAM[language][3:],
        tier_a_share=Decimal("0.4215") if found else None,
        largest=tuple(sorted(found, key=lambda one: -one.amount)[:5]),
    )


def _ranked(groups: Sequence[tuple[str, Sequence[OrderLine]]]) -> tuple[Ranked, ...]:
    made = [
        Ranked(
            name,
            total(own),
            _scaled(total(own), Decimal("1.1")),
            target=Decimal(400_000),
            month=_scaled(total(own), Decimal(2)),
        )
        for name, own in groups
        if own
    ]
    return tuple(sorted(made, key=lambda one: -one.sum.amount("CNY")))


def run(automation: str = "weekly_personal", **changes: object) -> Run:
    """The run of the week."""
    made = Run(
        f"{automation}:{WEEK.id}", automation, WEEK.id, CUTOFF, CUTOFF + timedelta(seconds=20), shown=True
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def recipient(language: str, place: int = 0) -> Recipient:
    """One of the team as a reader."""
    return Recipient(
        _TEAM[language][place],
        f"{('zhang.wei', 'li.na', 'wang.fang', 'chen.chen')[place]}@example.com",
        language,
    )


def personal_mail(report: PersonalReport, language: str, attach: str = "xlsx", **changes: object) -> Draft:
    """The draft of the report of the first of the team."""
    rules = replace(RULES, reports=ReportRules(attach=attach))  # type: ignore[arg-type]
    return personal_draft(report, recipient(language), run(**changes), PLACE, rules, recipient(language, 1))


def team_mail(report: TeamReport, language: str, attach: str = "xlsx", **changes: object) -> Draft:
    """The draft of the lead's report."""
    rules = replace(RULES, reports=ReportRules(attach=attach))  # type: ignore[arg-type]
    return team_draft(report, recipient(language, 1), run("weekly_team", **changes), PLACE, rules)


def several_currencies(language: str) -> WeekFigures:
    """A week in three currencies, with names that mean harm."""
    evil = '<b>"A&B"</b> =1+1'
    found = [
        *lines(language, 4),
        line(language, 4, currency="USD", amount=Decimal("1200.00"), customer=evil),
        line(language, 5, currency="JPY", amount=Decimal(98000), product=evil, specification="{{7*7}}"),
        line(language, 6, order_no="=HYPERLINK(1)\r\nBcc: x@evil.example", customer="-2+3"),
    ]
    return figures(language, found, new_customers=(evil,))


def report_mails() -> dict[str, Draft]:
    """Every report mail that someone looks at, by name."""
    mails: dict[str, Draft] = {}
    for language in ("zh-CN", "en"):
        interim = {"interim": True, "until": datetime(2026, 11, 18, 7, 20, tzinfo=UTC)}
        empty = figures(language, (), new_customers=(), returning_customers=())
        personals = {
            "full": personal_mail(personal(language, figures(language, **exceptions(language))), language),
            "currencies": personal_mail(personal(language, several_currencies(language)), language),
            "empty": personal_mail(personal(language, empty, due=False), language),
            "late": personal_mail(personal(language, due=False), language, late=True),
            "interim": personal_mail(
                personal(language, figures(language, factor="1.3", **interim), due=False), language
            ),
        }
        teams = {
            "one": team_mail(team(language), language),
            "all": team_mail(team(language, scope=()), language, attach="csv"),
            "empty": team_mail(team(language, week=empty), language),
        }
        mails |= {f"weekly_personal.{language}.{name}": mail for name, mail in personals.items()}
        mails |= {f"weekly_team.{language}.{name}": mail for name, mail in teams.items()}
    return mails
