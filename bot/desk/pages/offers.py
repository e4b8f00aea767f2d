"""What a form offers to pick from, question by question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.desk.book.workbook import Workbook
from bot.desk.forms.company import Company, Product, earlier_answers
from sheets_schema import CONTRACTS, ORDER_ENTRY
from sheets_schema.screen import DROPDOWNS

MOST = 2000  #: offers of one question; more would make the page slow, and may be typed all the same
FREE = ("payment_method", "source")


@dataclass(frozen=True)
class Offers:
    """The choices of the order form."""

    picks: dict[str, list[str]]  #: by question, without the specifications
    customers: list[tuple[str, str]]  #: name and number
    products: dict[str, list[Product]]  #: by name, in the order of the workbook

    def facts(self) -> dict[str, Any]:
        """What the form's script needs of the products: specifications, units and list prices."""
        return {
            name: [
                {
                    "specification": one.specification,
                    "unit": one.unit,
                    "duration": one.duration,
                    "price": None if one.price is None else float(one.price),
                }
                for one in rows
            ]
            for name, rows in self.products.items()
        }


def offers(book: Workbook, company: Company, language: str) -> Offers:
    """The choices a workbook gives; for free texts what was answered before, then the usual words."""
    products: dict[str, list[Product]] = {}
    for one in company.products:
        products.setdefault(one.name, []).append(one)
    picks = {
        "salesperson": list(company.sellers),
        "product": list(products),
        "duration": list(dict.fromkeys(one.duration for one in company.products if one.duration)),
    }
    for key in FREE:
        earlier = [*earlier_answers(book, key, ORDER_ENTRY), *earlier_answers(book, key, CONTRACTS)]
        usual = DROPDOWNS[ORDER_ENTRY.key, key].words.get(language, ())
        picks[key] = list(dict.fromkeys([*earlier, *usual]))
    customers = [(one.name, one.number) for one in company.customers][:MOST]
    return Offers({key: words[:MOST] for key, words in picks.items()}, customers, products)
