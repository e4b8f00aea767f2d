"""The Team tab: is there somebody for everything that an order needs? Pure. People are named by their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.checking.lines import Line, hint, well, wrong
from bot.planning.catalog import Catalog, build_catalog, is_address
from bot.settings import Settings
from sheets_schema import Cell
from sheets_schema.cells import plain_text, read_checkbox
from sheets_schema.roles import FINANCE, SALES, WAREHOUSE, names_in, roles_in
from sheets_schema.workflow import HEARD_BY

Row = Mapping[str, Cell]


def team_lines(rows: Sequence[Row], settings: Settings) -> tuple[Line, ...]:
    """`rows` are those of Team from the second on, with blank cells left out."""
    active = [(number, row) for number, row in enumerate(rows, 2) if _text(row, "name") and _is_active(row)]
    if not active:
        return (
            wrong("people", "nobody is in Team", "Write your people into Team: name, e-mail, team and role."),
        )
    catalog = build_catalog((), (), rows)
    return (
        _people(active),
        _roles(active),
        _leads([row for _, row in active], catalog, settings.orders.review_levels),
        _finance(catalog, settings.orders.review_levels),
        _warehouse(catalog, settings.notices.off),
    )


def _people(active: Sequence[tuple[int, Row]]) -> Line:
    unreachable = [number for number, row in active if not is_address(_text(row, "email"))]
    if unreachable:
        said = f"no e-mail address in {_rows(unreachable)} of Team: nothing can be sent to these people"
        return wrong("people", said, "Fill in their E-mail, or untick Active.")
    return well("people", f"{len(active)} in Team, each with an e-mail address")


def _roles(active: Iterable[tuple[int, Row]]) -> Line:
    unknown = [
        f"'{word}' in row {number}"
        for number, row in active
        for word in names_in(_text(row, "role"))
        if not roles_in(word)
    ]
    if unknown:
        return wrong(
            "roles",
            f"no role is called {', '.join(unknown)}",
            "Pick from: Sales, Lead, Finance, Warehouse, Admin.",
        )
    return well("roles", "every word in the Role column is one")


def _leads(active: Sequence[Row], catalog: Catalog, review_levels: int) -> Line:
    teams = {
        name: None
        for row in active
        if not _text(row, "role") or SALES in roles_in(_text(row, "role"))
        for name in names_in(_text(row, "team")) or ("",)
    }
    without = [team for team in teams if not catalog.leads_of(team)]
    if not without:
        return well("leads", "every team has a Lead")
    named = ", ".join(f"'{team}'" if team else "people without a team" for team in without)
    does = "nobody can approve their orders" if review_levels else "nobody gets their weekly team report"
    said = f"none for {named}: {does}"
    return wrong("leads", said, "Give somebody the role Lead and that team, in Team.")


def _finance(catalog: Catalog, review_levels: int) -> Line:
    if review_levels < 2:
        return hint("finance", "not needed, as orders.review_levels is below 2")
    if catalog.with_role(FINANCE):
        return well("finance", "somebody can sign as Finance")
    said = "nobody has the role, and with orders.review_levels: 2 no order can be approved"
    return wrong("finance", said, "Give somebody the role Finance in Team, or set orders.review_levels: 1.")


def _warehouse(catalog: Catalog, off: Iterable[str]) -> Line:
    heard = [kind for kind, who in HEARD_BY.items() if who == (WAREHOUSE,) and kind not in set(off)]
    if catalog.with_role(WAREHOUSE):
        return well("warehouse", "somebody hears what is to be packed")
    if not heard:
        return hint("warehouse", "not needed, as its notices are switched off")
    said = f"nobody has the role, so nobody gets {' and '.join(heard)}"
    return wrong(
        "warehouse",
        said,
        f"Give somebody the role Warehouse in Team, or set notices.off: [{', '.join(heard)}].",
    )


def _rows(numbers: Sequence[int]) -> str:
    return ("row " if len(numbers) == 1 else "rows ") + ", ".join(map(str, numbers))


def _text(row: Row, key: str) -> str:
    return plain_text(row[key]) if key in row else ""


def _is_active(row: Row) -> bool:
    return "active" not in row or read_checkbox(row["active"]) is not False
