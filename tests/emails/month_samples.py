"""The cast of the monthly mails: one month with everything in it, a quiet one, and a quarter's review of tiers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.planning.drafting import Place
from bot.planning.month_values import Deliveries, LateProduct, MonthReport, Rate, TierMove, TierReview
from bot.planning.notices import Draft, Recipient
from bot.planning.periods import month_of, quarter_of
from bot.planning.report_values import Amount, Bar, LeftOut, Ranked, Sum
from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.reports.shown.monthly_drafts import monthly_draft, tier_draft

RULES = Rules()
SHEET = "https://docs.google.com/spreadsheets/d/1AbC/edit"
PLACE = Place(workbook_link=SHEET, tab_links={"summary": f"{SHEET}#gid=7", "customers": f"{SHEET}#gid=3"})
NOVEMBER = month_of(date(2026, 11, 1), RULES.timezone)
QUARTER = quarter_of(date(2026, 11, 1), RULES.timezone)
BEGUN = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
MONTHLY_RUN = Run("monthly:2026-11", "monthly", "2026-11", BEGUN, BEGUN)
TIER_RUN = Run("tier_review:2026-Q4", "tier_review", "2026-Q4", BEGUN, BEGUN)

_NAMES = {
    "zh-CN": {
        "people": (("王芳", "华东"), ("李强", "华东"), ("赵敏", "华南"), ("", "")),
        "teams": ("华东", "华南", ""),
        "goods": ("智能温控器", "门店管理软件", "安装服务", "定制控制面板"),
        "firms": ("苏州云帆科技有限公司", "杭州青禾商贸", "宁波远航仪器"),
        "problem": "客户“云凡科技”不在客户信息表中",
        "reader": "陈静",
    },
    "en": {
        "people": (("Fang Wang", "East"), ("Qiang Li", "East"), ("Min Zhao", "South"), ("", "")),
        "teams": ("East", "South", ""),
        "goods": ("Smart thermostat", "Store management software", "On-site installation", "Made-to-order panel"),
        "firms": ("Suzhou Yunfan Technology", "Hangzhou Green Trading", "Ningbo Voyager Instruments"),
        "problem": "Customer 'Yunfan' is not in Customers",
        "reader": "Jing Chen",
    },
}  # fmt: skip
_MONTHS = (
    182_300,
    0,
    240_950,
    198_400,
    355_000,
    310_250,
    289_900,
    402_600,
    377_800,
    298_100,
    361_200,
    418_450,
)


def total(amount: str, orders: int, quantity: str = "40", **others: str) -> Sum:
    """So much in the config's currency, and more in others."""
    amounts = (Amount("CNY", Decimal(amount), orders), *(Amount(c, Decimal(a), 1) for c, a in others.items()))
    return Sum(orders, orders + 7, Decimal(quantity), amounts)


def bars() -> tuple[Bar, ...]:
    """December of the year before to November."""
    days = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
    return tuple(
        Bar(f"{day:%Y-%m}", Decimal(amount), amount // 9_000, day)
        for day, amount in zip(days, _MONTHS, strict=True)
    )


def _ranked(names: tuple[str, ...], teams: tuple[str, ...] = ()) -> tuple[Ranked, ...]:
    amounts = ("198450", "142000.50", "61999.50", "16000")
    befores = ("150000", "142000.50", "80000", "0")
    return tuple(
        Ranked(name, total(amount, 24 - 5 * i), total(before, 20), team, Decimal(amount) / 418_450)
        for i, (name, amount, before, team) in enumerate(
            zip(names, amounts, befores, teams or ("",) * 4, strict=False)
        )
    )


def moves(language: str) -> tuple[TierMove, ...]:
    """One up, one new, one down whose owner is blank."""
    firms, people = _NAMES[language]["firms"], _NAMES[language]["people"]
    return (
        TierMove(str(firms[0]), "C-1042", str(people[0][0]), "B", "A", Decimal("512300.5")),
        TierMove(str(firms[1]), "C-1043", str(people[1][0]), "", "B", Decimal(100_000)),
        TierMove(str(firms[2]), "", "", "A", "C", Decimal(0)),
    )


def month(language: str = "zh-CN") -> MonthReport:
    """November with everything there is to tell."""
    names = _NAMES[language]
    people, teams, goods = names["people"], names["teams"], names["goods"]
    went = Deliveries(
        delivered=58, mean_days=Decimal("6.41379"), on_time=Rate(52, 61), undated=3,
        late_products=(LateProduct(str(goods[3]), Rate(5, 9)), LateProduct(str(goods[0]), Rate(4, 31))),
    )  # fmt: skip
    return MonthReport(
        period=NOVEMBER,
        until=NOVEMBER.end,
        interim=False,
        currency="CNY",
        month=total("418450", 46, "1286.5", USD="12800"),
        before=total("361200", 40, "990"),
        year_ago=total("418450", 31),
        by_month=bars(),
        customers=29,
        repeat=Rate(18, 29),
        tier_a=Rate(6, 29),
        tier_a_share=Decimal("0.54321"),
        deliveries=went,
        products=_ranked(tuple(map(str, goods))),
        members=_ranked(tuple(str(p[0]) for p in people), tuple(str(p[1]) for p in people)),
        teams=_ranked(tuple(map(str, teams))),
        moves=moves(language),
        cancelled=2,
        left_out=(
            LeftOut("contracts", 214, "", str(people[0][0]), "no_number", str(names["problem"])),
            LeftOut("contracts", 230, "20261118-004", "", "amount", "12万"),
        ),
        archived=37,
    )


def quiet(language: str = "zh-CN") -> MonthReport:
    """A month in which nothing was recorded, in a book that is new."""
    nothing = Sum()
    return replace(
        month(language),
        month=nothing, before=nothing, year_ago=None, customers=0, repeat=Rate(), tier_a=Rate(), tier_a_share=None,
        by_month=tuple(replace(bar, amount=Decimal(0), orders=0) for bar in bars()),
        deliveries=Deliveries(), products=(), members=(), teams=(), moves=(), cancelled=0, left_out=(), archived=0,
    )  # fmt: skip


def interim(language: str = "zh-CN") -> MonthReport:
    """November as somebody asked for it on the 20th, nothing late and one team."""
    report = month(language)
    went = replace(report.deliveries, late_products=(), undated=0, on_time=Rate(20, 20))
    until = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    return replace(
        report,
        until=until,
        interim=True,
        deliveries=went,
        teams=report.teams[:1],
        left_out=(),
        archived=0,
        cancelled=0,
    )


def review(
    language: str = "zh-CN", *, applied: bool = False, everybody: bool = True, count: int = 3
) -> TierReview:
    """The fourth quarter's review."""
    since = datetime(2025, 12, 31, 16, tzinfo=UTC)
    return TierReview(
        QUARTER,
        since,
        QUARTER.end,
        "CNY",
        RULES.tiers.a,
        RULES.tiers.b,
        applied,
        everybody,
        moves(language)[:count],
    )


def reader(language: str) -> Recipient:
    """The lead who reads it."""
    return Recipient(str(_NAMES[language]["reader"]), "Chen.Jing@example.com", language)


def month_mail(report: MonthReport, language: str, *, late: bool = False) -> Draft:
    """The draft of a monthly report."""
    return monthly_draft(report, reader(language), replace(MONTHLY_RUN, late=late), PLACE, RULES)


def review_mail(own: TierReview, language: str, *, late: bool = False) -> Draft:
    """The draft of a review."""
    return tier_draft(own, reader(language), replace(TIER_RUN, late=late), PLACE, RULES)


def all_mails() -> dict[str, Draft]:
    """Every kind of mail in both languages, by name."""
    mails: dict[str, Draft] = {}
    for language in ("zh-CN", "en"):
        mails |= {
            f"monthly.{language}.full": month_mail(month(language), language, late=True),
            f"monthly.{language}.interim": month_mail(interim(language), language),
            f"monthly.{language}.quiet": month_mail(quiet(language), language),
            f"tiers.{language}.proposed": review_mail(review(language), language),
            f"tiers.{language}.applied": review_mail(
                review(language, applied=True, everybody=False, count=1), language
            ),
            f"tiers.{language}.none": review_mail(
                review(language, everybody=False, count=0), language, late=True
            ),
        }
    return mails
