"""Customers, Products and Team as lookups. A name that finds nothing, or too much, gives a Problem instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from bot.planning.problems import Problem, problem
from sheets_schema import Cell
from sheets_schema.cells import plain_text, read_checkbox, read_number
from sheets_schema.languages import language_of
from sheets_schema.roles import LEAD, names_in, roles_in
from sheets_schema.titles import fold

Cells = Mapping[str, Cell]
T = TypeVar("T")

#: One address and nothing else: no blanks, no list, no display name, nothing that could end a header.
_ADDRESS = re.compile(
    r"^[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+\.[^\s@<>,;:\"()\[\]\\.]{2,}$"
)


def is_address(text: str) -> bool:
    """True for a single plain e-mail address."""
    return len(text) <= 254 and text.isascii() and text.isprintable() and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class Customer:
    """One row of Customers."""

    name: str
    number: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    #: "" when the customer has no language of its own.
    language: str = ""
    tier: str = ""
    #: Who looks after the customer, as typed; "" when nobody does.
    owner: str = ""
    #: In the currency of the config; None when there is none.
    credit_limit: Decimal | None = None


@dataclass(frozen=True)
class Product:
    """One row of Products."""

    name: str
    specification: str = ""
    duration: str = ""
    unit: str = ""
    #: The list price; None when there is none.
    unit_price: Decimal | None = None
    active: bool = True
    #: How many are left; None where nobody counts (a blank cell, or one that holds no number).
    stock: Decimal | None = None
    #: The row it stands in, 1-based; two looks at one product differ in nothing else when it was moved.
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Member:
    """One row of Team."""

    name: str
    email: str = ""
    team: str = ""
    role: str = ""
    language: str = ""
    active: bool = True


@dataclass(frozen=True)
class Catalog:
    """The three lookups, by folded name or number."""

    customers: Mapping[str, tuple[Customer, ...]] = field(default_factory=dict)
    products: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    members: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)

    def customer(self, text: str) -> Customer | Problem:
        """The customer with this number or name, and an address to write to."""
        found = self.customers.get(fold(text), ())
        if not found:
            return problem("unknown_customer", text=text)
        if len(found) > 1:
            return problem("which_customer", text=text, count=len(found))
        if not found[0].email:
            return problem("no_customer_email", text=found[0].name)
        if not is_address(found[0].email):
            return problem("bad_customer_email", text=found[0].name)
        return found[0]

    def product(self, text: str, specification: str) -> Product | Problem:
        """The product of this name; the specification picks among several."""
        found = self.products.get(fold(text), ())
        if not found:
            return problem("unknown_product", text=text)
        named = [p for p in found if p.specification]
        if specification and named:
            chosen = [p for p in found if fold(p.specification) == fold(specification)]
            # A row of Products without a specification is the customised product: any wish fits it.
            chosen = chosen or [p for p in found if not p.specification]
            if not chosen:
                known = ", ".join(dict.fromkeys(p.specification for p in named))
                return problem("unknown_specification", product=text, text=specification, known=known)
        else:
            chosen = list(found) if len(found) == 1 else [p for p in found if not p.specification]
            if not chosen:
                known = ", ".join(dict.fromkeys(p.specification for p in named))
                return problem("which_specification", text=text, known=known)
        if len(chosen) > 1:
            return problem("which_product", text=text, count=len(chosen))
        return chosen[0] if chosen[0].active else problem("not_on_sale", text=text)

    def member(self, text: str) -> Member | Problem:
        """The active member of the team with this name or address."""
        found = self.members.get(fold(text), ())
        active = [m for m in found if m.active]
        if not found:
            return problem("unknown_salesperson", text=text)
        if not active:
            return problem("inactive_salesperson", text=text)
        if len(active) > 1:
            return problem("which_salesperson", text=text, count=len(active))
        if not is_address(active[0].email):
            return problem("no_salesperson_email", text=active[0].name)
        return active[0]

    def all_products(self) -> tuple[Product, ...]:
        """Every row of Products."""
        return tuple(product for found in self.products.values() for product in found)

    def person(self, text: str) -> Member | None:
        """The active member with this name or address; None when there is none, or more than one."""
        active = [m for m in self.members.get(fold(text), ()) if m.active]
        return active[0] if len(active) == 1 else None

    def with_role(self, role: str) -> tuple[Member, ...]:
        """Active members with this role of `sheets_schema.roles` and an address, in the order of their addresses."""
        found = {
            m: None
            for members in self.members.values()
            for m in members
            if m.active and role in roles_in(m.role) and is_address(m.email)
        }
        return tuple(sorted(found, key=lambda m: (fold(m.email), m.name)))

    def leads_of(self, team: str) -> tuple[Member, ...]:
        """Who leads this team: active leads that name it among theirs, and leads without a team."""
        wanted = {fold(name) for name in names_in(team)}
        leads = self.with_role(LEAD)
        own = [m for m in leads if not names_in(m.team) or wanted & {fold(name) for name in names_in(m.team)}]
        # Somebody without a team is everybody's concern.
        return tuple(own if wanted else leads)


def build_catalog(customers: Iterable[Cells], products: Iterable[Cells], team: Iterable[Cells]) -> Catalog:
    """The lookups from the rows of the three tabs, from the second row on; rows without a name are passed over."""
    by_customer: dict[str, list[Customer]] = {}
    for cells in customers:
        customer = Customer(
            name=_text(cells, "customer"),
            number=_text(cells, "customer_no"),
            contact=_text(cells, "contact"),
            phone=_text(cells, "phone"),
            email=_text(cells, "email"),
            address=_text(cells, "address"),
            language=language_of(_text(cells, "language"), ""),
            tier=_text(cells, "tier"),
            owner=_text(cells, "owner"),
            credit_limit=_amount(cells, "credit_limit"),
        )
        if customer.name:
            _file(by_customer, customer, customer.name, customer.number)
    by_product: dict[str, list[Product]] = {}
    for number, cells in enumerate(products, 2):
        product = Product(
            name=_text(cells, "product"),
            specification=_text(cells, "specification"),
            duration=_text(cells, "duration"),
            unit=_text(cells, "unit"),
            unit_price=_amount(cells, "unit_price"),
            active=_ticked(cells, "active"),
            stock=_number(cells, "stock"),
            row=number,
        )
        if product.name:
            _file(by_product, product, product.name)
    by_member: dict[str, list[Member]] = {}
    for cells in team:
        member = Member(
            name=_text(cells, "name"),
            email=_text(cells, "email"),
            team=_text(cells, "team"),
            role=_text(cells, "role"),
            language=language_of(_text(cells, "language"), ""),
            active=_ticked(cells, "active"),
        )
        if member.name:
            _file(by_member, member, member.name, member.email)
    return Catalog(_frozen(by_customer), _frozen(by_product), _frozen(by_member))


def _number(cells: Cells, key: str) -> Decimal | None:
    value = read_number(cells[key]) if key in cells else None
    return value if isinstance(value, Decimal) else None


def _amount(cells: Cells, key: str) -> Decimal | None:
    """A number that is not negative."""
    value = _number(cells, key)
    return value if value is not None and value >= 0 else None


def _text(cells: Cells, key: str) -> str:
    return plain_text(cells[key]) if key in cells else ""


def _ticked(cells: Cells, key: str) -> bool:
    """Only a clear no counts as one: a blank cell, or a column that is not there, leaves the row in use."""
    return key not in cells or read_checkbox(cells[key]) is not False


def _file(book: dict[str, list[T]], entry: T, *names: str) -> None:
    for name in {fold(n) for n in names if n}:
        book.setdefault(name, []).append(entry)


def _frozen(book: dict[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {name: tuple(entries) for name, entries in book.items()}
