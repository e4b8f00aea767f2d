"""Is a row ready to become an order line? Either a `ReadyLine`, every lookup resolved, or the problems in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.planning.catalog import Catalog, Cells, Customer, Member, Product
from bot.planning.problems import Problem, problem
from bot.planning.rules import Rules
from sheets_schema import BY_KEY, Kind, Owner
from sheets_schema.cells import Unreadable, Value, is_blank, plain_text, read_cell
from sheets_schema.currencies import currency_code, minor_unit, rounded

#: Numbers beyond this are typing accidents: 15 digits are all a sheet can show exactly.
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class ReadyLine:
    """A row of either order tab with every lookup resolved and every number checked."""

    customer: Customer
    product: Product
    salesperson: Member
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    currency: str
    due_date: date | None
    order_date: date | None
    cells: Cells

    def text(self, key: str) -> str:
        """A text cell; "" when blank."""
        return plain_text(self.cells[key]) if key in self.cells else ""


def examine(tab: str, cells: Cells, catalog: Catalog, rules: Rules) -> ReadyLine | tuple[Problem, ...]:
    """Everything that is wrong with a row at once, so that a person need not mend it one mail at a time."""
    values, problems = _read(tab, cells, rules)
    unread = {p.values["key"] for p in problems}
    wanted = [f for f in BY_KEY[tab].fields if f.required and f.key not in values and f.key not in unread]
    blank = [rules.title(tab, f.key) for f in wanted]
    if blank:
        joiner = "、" if rules.language == "zh-CN" else ", "
        problems.insert(0, Problem("missing", {"fields": joiner.join(blank)}))
    customer = _found(problems, catalog.customer(str(values["customer"]))) if "customer" in values else None
    member = _found(problems, catalog.member(str(values["salesperson"]))) if "salesperson" in values else None
    product = None
    if "product" in values:
        product = _found(
            problems, catalog.product(str(values["product"]), str(values.get("specification") or ""))
        )
    quantity, price = values.get("quantity"), values.get("unit_price")
    currency = currency_code(str(values.get("currency") or rules.currency))
    if currency is None:
        problems.append(problem("unknown_currency", text=values.get("currency")))
    if price is None and isinstance(product, Product) and "unit_price" not in unread:
        price = product.unit_price
        if price is None:
            problems.append(problem("no_price", text=product.name))
    if problems:
        return tuple(problems)
    assert isinstance(customer, Customer) and isinstance(member, Member) and isinstance(product, Product)  # noqa: S101, PT018 - what the checks above leave
    assert isinstance(quantity, Decimal) and isinstance(price, Decimal) and currency  # noqa: S101, PT018 - the same
    computed = rounded(quantity * price, currency)
    typed = values.get("amount")
    if isinstance(typed, Decimal) and abs(typed - computed) > minor_unit(currency):
        return (problem("amount_differs", typed=f"{typed:,f}", computed=f"{computed:,f}"),)
    amount = rounded(typed, currency) if isinstance(typed, Decimal) else computed
    due, ordered = values.get("due_date"), values.get("order_date")
    return ReadyLine(
        customer=customer, product=product, salesperson=member, quantity=quantity, unit_price=price, amount=amount,
        currency=currency, due_date=due if isinstance(due, date) else None,
        order_date=ordered if isinstance(ordered, date) else None, cells=cells,
    )  # fmt: skip


def _read(tab: str, cells: Cells, rules: Rules) -> tuple[dict[str, Value], list[Problem]]:
    """The values of the cells people may write, and what cannot be read or cannot be."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for column in BY_KEY[tab].fields:
        cell = cells.get(column.key, "")
        if column.owner is Owner.BOT or is_blank(cell):
            continue
        title = rules.title(tab, column.key)
        value = read_cell(column.kind, cell)
        if isinstance(value, Unreadable):
            problems.append(problem(value.why, field=title, text=value.text, key=column.key))
        elif isinstance(value, Decimal) and abs(value) >= _LARGEST:
            problems.append(problem("number", field=title, text=plain_text(cell), key=column.key))
        elif column.key == "quantity" and isinstance(value, Decimal) and value <= 0:
            problems.append(problem("not_positive", field=title, key=column.key))
        elif column.kind is Kind.MONEY and isinstance(value, Decimal) and value < 0:
            problems.append(problem("negative", field=title, key=column.key))
        elif value is not None:
            values[column.key] = value
    return values, problems


def _found(
    problems: list[Problem], result: Customer | Product | Member | Problem
) -> Customer | Product | Member | None:
    """The lookup's result, its problem put with the others."""
    if isinstance(result, Problem):
        problems.append(result)
        return None
    return result
