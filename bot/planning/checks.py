"""What a reviewer should look at before saying yes: amount, price, stock, credit, tier. Pure.

The same findings stand in the notice, laid out, and in the Problem cell, as far as they give cause for doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.planning.order_notices import Check
from bot.planning.problems import Problem, problem, quoted
from bot.planning.progress import Progress
from bot.planning.readiness import ReadyLine
from bot.planning.rules import Rules
from bot.planning.sightings import Seen
from bot.planning.stocks import left_of
from sheets_schema.currencies import major_units
from sheets_schema.titles import fold
from sheets_schema.workflow import FINAL


def review_checks(lines: Sequence[tuple[ReadyLine, Progress]], seen: Seen, rules: Rules) -> tuple[Check, ...]:
    """Everything to be looked at for these lines of one order, each line with what is remembered of it."""
    first = lines[0][0]
    total = sum((line.amount for line, _ in lines), Decimal(0))
    found = [Check("amount", True, {"total": total, "currency": first.currency})]
    found += [check for line, _ in lines for check in (_price(line), _stock(line, seen)) if check is not None]
    if (credit := _credit(lines, seen, rules)) is not None:
        found.append(credit)
    if first.customer.tier:
        found.append(Check("tier", True, {"tier": first.customer.tier}))
    return tuple(found)


def review_problems(line: ReadyLine, known: Progress, seen: Seen, rules: Rules) -> tuple[Problem, ...]:
    """What gives cause for doubt, as sentences for the Problem cell of a line that waits for its review."""
    found = (_price(line), _stock(line, seen), _credit([(line, known)], seen, rules))
    return tuple(_sentence(check) for check in found if check is not None and not check.fine)


def shortage(line: ReadyLine, seen: Seen, rules: Rules) -> tuple[Problem, ...]:
    """That what was approved is more than what is there; told until it is shipped or stocked up."""
    left = left_of(line.product, seen.stock)
    if left is None or left >= 0:
        return ()
    return (problem("stock_gone", product=line.product.name, short=_plain(-left)),)


def _price(line: ReadyLine) -> Check | None:
    listed = line.product.unit_price
    if listed is None:
        return None
    return Check(
        "price", listed == line.unit_price,
        {"product": line.product.name, "listed": listed, "unit_price": line.unit_price, "currency": line.currency},
    )  # fmt: skip


def _stock(line: ReadyLine, seen: Seen) -> Check | None:
    left = left_of(line.product, seen.stock)
    if left is None:
        return None
    values = {"product": line.product.name, "left": left, "quantity": line.quantity}
    return Check("stock", line.quantity <= left, values)


def _credit(lines: Sequence[tuple[ReadyLine, Progress]], seen: Seen, rules: Rules) -> Check | None:
    """The customer's open orders with these lines, against the limit; in the currency of the config, as limits are."""
    first = lines[0][0]
    limit, currency = first.customer.credit_limit, rules.currency
    if limit is None or any(line.currency != currency for line, _ in lines):
        return None
    customer = fold(first.customer.name)
    stored = seen.open_amounts.get(customer, {}).get(currency, 0)
    # What is stored of these very lines is as they were; what they are now counts instead.
    remembered = [seen.progress[p.row_id] for _, p in lines if p.row_id in seen.progress]
    own = sum(
        p.amount
        for p in remembered
        if (p.customer, p.currency) == (customer, currency) and p.state not in FINAL
    )
    opened = major_units(stored - own, currency) + sum((line.amount for line, _ in lines), Decimal(0))
    return Check("credit", opened <= limit, {"limit": limit, "open": opened, "currency": currency})


def _sentence(check: Check) -> Problem:
    values = {
        key: _plain(value) if isinstance(value, Decimal) else quoted(str(value))
        for key, value in check.values.items()
    }
    return Problem(f"doubt_{check.what}", values)


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
