"""The sample company: a maker of customised goods with one team in Chinese and one in English. Pure and seeded.

Its rows are what people would have typed and what a half year of work would have left in them; the figures agree to
the cent. Nothing in it is wrong on purpose: rows with a Problem are typed by the demo itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from bot.demo import stock
from bot.demo.history import Firm, PastOrder, past_orders
from bot.demo.stock import GOODS, PEOPLE, Goods
from sheets_schema import Cell
from sheets_schema.cells import date_serial, datetime_serial
from sheets_schema.workflow import COMPLETED

Cells = Mapping[str, Cell]

ORDERS = 400
#: Customers that have not bought yet.
_PROSPECTS = 2
_SHOWN_BUYERS = 6
_LIMITS = {"A": 300_000, "B": 120_000, "C": 40_000}


@dataclass(frozen=True)
class SampleCompany:
    """The rows of each tab, by column key, top to bottom."""

    team: tuple[Cells, ...]
    customers: tuple[Cells, ...]
    products: tuple[Cells, ...]
    #: One row a line, oldest order first.
    contracts: tuple[Cells, ...]
    feedback: tuple[Cells, ...]


def sample_company(today: date, language: str = "zh-CN") -> SampleCompany:
    """The company as it stands on this day; statuses in the workbook's language."""
    dice = Random(2026)  # noqa: S311 - the same company for everyone who looks is what is wanted
    firms = _firms(dice)
    orders = past_orders(today, firms, ORDERS, dice)
    feedback = tuple(row for order in orders if (row := _feedback(order, today, dice)))
    return SampleCompany(
        team=tuple(_member(person) for person in PEOPLE),
        customers=tuple(_customer(firm, orders, feedback) for firm in firms),
        products=tuple(_product(goods, orders) for goods in GOODS),
        contracts=tuple(row for order in orders for row in _rows(order, language)),
        feedback=tuple(feedback),
    )


def _firms(dice: Random) -> tuple[Firm, ...]:
    sellers = {
        team: [p for p in PEOPLE if p.team == team and p.role == "Sales"]
        for team in (stock.CHINESE_TEAM, stock.ENGLISH_TEAM)
    }
    firms = []
    for i, (word, letters, industry) in enumerate(stock.CHINESE_FIRMS):
        city, area, street = stock.CITIES[i % len(stock.CITIES)]
        owners = sellers[stock.CHINESE_TEAM]
        firms.append(
            Firm(
                f"C-{1001 + i}", f"{city}{word}{industry}", letters, industry, f"{city}市{street} {3 * i + 8} 号",
                f"{area}-0000 {1001 + i}", dice.choice(stock.CHINESE_CONTACTS), dice.choice(stock.CHINESE_TITLES),
                False, owners[i % len(owners)], _weight(i, len(stock.CHINESE_FIRMS)),
            )
        )  # fmt: skip
    for i, (name, letters, industry, address) in enumerate(stock.ENGLISH_FIRMS):
        owners = sellers[stock.ENGLISH_TEAM]
        firms.append(
            Firm(
                f"C-{2001 + i}", name, letters, industry, address,
                f"+44 20 7946 0{101 + i}", dice.choice(stock.ENGLISH_CONTACTS), dice.choice(stock.ENGLISH_TITLES),
                True, owners[i % len(owners)], _weight(i, len(stock.ENGLISH_FIRMS)),
            )
        )  # fmt: skip
    return tuple(firms)


def _weight(place: int, of: int) -> float:
    """A few buy often, most now and then, the last ones not yet."""
    return 0.0 if place >= of - _PROSPECTS else 1 / (2 + place % 9)


def _member(person: stock.Person) -> Cells:
    cells: dict[str, Cell] = {
        "name": person.name, "email": person.email, "team": person.team, "role": person.role,
        "language": person.language, "active": True,
    }  # fmt: skip
    return cells if person.weekly_target is None else {**cells, "weekly_target": person.weekly_target}


def _product(goods: Goods, orders: Sequence[PastOrder]) -> Cells:
    sold = [(o, line) for o in orders if o.counts for line in o.lines if line.goods == goods]
    buyers = list(dict.fromkeys(order.firm.name for order, _ in reversed(sold)))
    more = f" +{len(buyers) - _SHOWN_BUYERS}" if len(buyers) > _SHOWN_BUYERS else ""
    cells: dict[str, Cell] = {
        "product": goods.name, "specification": goods.specification, "duration": goods.duration, "unit": goods.unit,
        "unit_price": _number(goods.price), "active": goods.active,
        "sold_quantity": sum(line.quantity for _, line in sold),
        "sold_amount": _number(sum((line.amount for _, line in sold), Decimal(0))),
        "customers": "、".join(buyers[:_SHOWN_BUYERS]) + more,
    }  # fmt: skip
    return cells if goods.stock is None else {**cells, "stock": goods.stock}


def _customer(firm: Firm, orders: Sequence[PastOrder], feedback: Sequence[Cells]) -> Cells:
    mine = [o for o in orders if o.firm == firm and o.counts]
    total = sum((o.amount for o in mine), Decimal(0))
    tier = "A" if total >= 90_000 else "B" if total >= 35_000 else "C"
    cells: dict[str, Cell] = {
        "customer_no": firm.number, "customer": firm.name, "industry": firm.industry,
        "type": "潜在客户" if not mine else "新客户" if len(mine) < 3 else "老客户",
        "contact": firm.contact, "contact_title": firm.contact_title, "phone": firm.phone,
        "email": f"purchasing@{firm.letters}.example", "address": firm.address,
        "language": "English" if firm.is_english else "中文", "tier": tier, "credit_limit": _LIMITS[tier],
        "owner": firm.owner.name,
    }  # fmt: skip
    if mine:
        last = mine[-1].created.date()
        cells |= {
            "first_order": date_serial(mine[0].created.date()), "order_count": len(mine),
            "total_amount": _number(total), "last_order": date_serial(last),
        }  # fmt: skip
        if tier == "A":
            cells["next_purchase"] = date_serial(last + timedelta(days=60))
    own = {o.number for o in mine}
    ratings = [
        int(row[key]) for row in feedback if row["order_no"] in own for key in ("quality", "timeliness", "service")
    ]  # fmt: skip
    if ratings:
        cells["satisfaction"] = _number((Decimal(sum(ratings)) / len(ratings)).quantize(Decimal("0.1")))
    return cells


def _rows(order: PastOrder, language: str) -> list[Cells]:
    """The rows of Contract Orders, one for each line."""
    firm = order.firm
    common: dict[str, Cell] = {
        "order_no": order.number, "order_date": date_serial(order.created.date()), "customer": firm.name,
        "contact": firm.contact, "currency": "CNY", "payment_method": order.payment,
        "due_date": date_serial(order.due), "delivery_address": firm.address, "source": order.source,
        "salesperson": firm.owner.name, "status": order.state.title(language),
        "tracking": order.tracking, "cancel_reason": order.cancel_reason, "exception": order.exception,
        "created_at": datetime_serial(order.created), "updated_at": datetime_serial(order.updated),
    }  # fmt: skip
    if order.amount >= 20_000:
        common["contract_no"] = f"HT-{order.number}"
    if order.reviewed:
        common |= {"reviewer": _lead_of(firm.owner.team), "reviewed_at": datetime_serial(order.reviewed)}
    if order.shipped:
        common["shipped_on"] = date_serial(order.shipped)
    if order.delivered:
        common["delivered_on"] = date_serial(order.delivered)
    return [
        {
            **common,
            "product": line.goods.name, "specification": line.goods.specification, "quantity": line.quantity,
            "unit_price": _number(line.price), "amount": _number(line.amount), "duration": line.goods.duration,
            "special_requests": line.request,
        }
        for line in order.lines
    ]  # fmt: skip


def _lead_of(team: str) -> str:
    return next(p.name for p in PEOPLE if p.team == team and p.role == "Lead")


def _feedback(order: PastOrder, today: date, dice: Random) -> Cells | None:
    """What one in three customers says after the end."""
    if order.state is not COMPLETED or order.delivered is None or dice.random() > 0.33:
        return None
    day = order.delivered + timedelta(days=dice.randrange(1, 5))
    quality, timeliness, service = (dice.choices((5, 4, 3), (60, 34, 6))[0] for _ in range(3))
    comments = stock.ENGLISH_COMMENTS if order.firm.is_english else stock.CHINESE_COMMENTS
    moment = datetime.combine(min(day, today), time(9)) + timedelta(minutes=dice.randrange(600))
    return {
        "timestamp": datetime_serial(moment), "order_no": order.number, "quality": quality, "timeliness": timeliness,
        "service": service, "comments": dice.choice(comments),
    }  # fmt: skip


def _number(value: Decimal) -> Cell:
    """As a sheet holds it: whole, or the nearest double."""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
