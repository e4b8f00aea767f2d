"""What the bot writes into cells that a person left blank, and the row it makes of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from bot.planning.readiness import ReadyLine
from bot.planning.rules import Rules
from bot.planning.sightings import EXTRA
from sheets_schema import BY_KEY, CONTRACTS, Cell, Owner
from sheets_schema.cells import date_serial, datetime_serial
from sheets_schema.workflow import first_state

#: Columns of an entry that its Contract Orders row takes over as they were typed.
_TAKEN_OVER = ("duration", "payment_method", "special_requests", "source", "notes")


def number_cell(value: Decimal) -> Cell:
    """A Decimal as a sheet holds it: a whole number, or the nearest double (15 digits are exact)."""
    return int(value) if value == value.to_integral_value() else float(value)


def fills(line: ReadyLine, number: str, ordered_on: date, rules: Rules) -> dict[str, Cell]:
    """The cells of a Contract Orders row that the bot writes when they are blank."""
    cells: dict[str, Cell] = {
        "order_no": number,
        "order_date": date_serial(ordered_on),
        "unit_price": number_cell(line.unit_price),
        "amount": number_cell(line.amount),
        "currency": line.currency,
        "status": first_state(rules.review_levels).title(rules.language),
    }
    if line.customer.contact:
        cells["contact"] = line.customer.contact
    return cells


def contract_cells(line: ReadyLine, number: str, ordered_on: date, rules: Rules) -> dict[str, Cell]:
    """The Contract Orders row of an accepted entry: names as the lookups spell them, dates and numbers as such."""
    cells: dict[str, Cell] = {
        "customer": line.customer.name,
        "product": line.product.name,
        "quantity": number_cell(line.quantity),
        "salesperson": line.salesperson.name,
        **fills(line, number, ordered_on, rules),
    }
    optional: dict[str, str] = {key: line.text(key) for key in _TAKEN_OVER}
    optional["specification"] = line.text("specification") or line.product.specification
    optional["duration"] = optional["duration"] or line.product.duration
    optional["delivery_address"] = line.text("delivery_address") or line.customer.address
    cells |= {key: text for key, text in optional.items() if text}
    if line.due_date:
        cells["due_date"] = date_serial(line.due_date)
    return cells | {key: cell for key, cell in line.cells.items() if key.startswith(EXTRA)}


def own_cells(tab: str, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells worth remembering: people's and filled ones, never the bot's own."""
    columns = BY_KEY[tab].by_key
    return {k: c for k, c in cells.items() if k not in columns or columns[k].owner is not Owner.BOT}


def moment_cell(moment: datetime, rules: Rules) -> Cell:
    """A moment as the team's clocks show it."""
    return datetime_serial(rules.wall_clock(moment))


#: The columns of Contract Orders that the bot fills when they are blank.
FILLED = CONTRACTS.keys(Owner.FILLED)
