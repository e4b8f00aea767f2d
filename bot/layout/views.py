"""Filter views of Contract Orders: what waits for review, what is overdue, and each salesperson's own orders. Pure.

    Team × the views that are there ─► views to add, to put right, to take away

A view is ours by its name, in either language: Google has no two of one name in a tab, a copy of the spreadsheet and a
new state know it as well, and whoever gives one another name has made it a view of their own. Ids would be lost with a
copy, and a note of them in the workbook would be one more thing to go wrong. What nobody asks for any more, such as the
orders of somebody who left, is taken away only while it asks exactly what we would: otherwise somebody works with it.

A Salesperson cell holds a name or an address, in whatever case, and so a view asks for both. Google leads what is asked
along with a column that is moved; what it did not lead is put right here. How rows are sorted in a view is people's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.layout.furnished import Furnished, Piece, Request
from bot.look import Area, Asked, FilterView
from bot.planning.catalog import Catalog
from sheets_schema import CONTRACTS, TEAM
from sheets_schema.roles import SALES, roles_in
from sheets_schema.titles import column_letter, fold
from sheets_schema.views import (
    MINE,
    NOT_LATE,
    OVERDUE,
    WAITING,
    in_every_language,
    named_formula,
    waiting_formula,
)

_REFUSED: Mapping[str, str] = {
    "en": "The filter views of '{tab}' could not be made: {reason} "
    "Look whether a name in '{team}' has signs that do not belong there",
    "zh-CN": "无法在“{tab}”中创建筛选视图：{reason} 请检查“{team}”中的姓名是否含有不该有的符号",
}
#: `named_formula`, wherever its column stands by now; the group is the first name.
_OURS = re.compile(r'=\(TRIM\(\$[A-Z]+2\)="((?:[^"]|"")*)"\)(?:\+\(TRIM\(\$[A-Z]+2\)="(?:[^"]|"")*"\))*>0')


@dataclass(frozen=True)
class _Wanted:
    """A view as it ought to be."""

    #: By language.
    titles: Mapping[str, str]
    asks: Mapping[int, Asked]


def missing_views(tabs: Mapping[str, Furnished], team: Catalog, language: str) -> tuple[Piece, ...]:
    """What the views of Contract Orders lack: one piece for everybody's, one for those of persons."""
    here = tabs[CONTRACTS.key]
    found = [
        ("filter views set", [r for one in _for_everybody(here) for r in _put_right(here, one, language)]),
        ("filter views of salespeople follow the team", _of_persons(tabs, team, language)),
    ]
    title = here.sheet.title
    names = {"tab": title, "team": tabs[TEAM.key].sheet.title, "reason": "{reason}"}
    refused = _REFUSED[language].format(**names)
    return tuple(Piece(tuple(new), f"'{title}': {said}: {len(new)}", refused) for said, new in found if new)


def _for_everybody(here: Furnished) -> list[_Wanted]:
    wanted = []
    status, due = here.columns.get("status"), here.columns.get("due_date")
    if status is not None:
        formula = waiting_formula(column_letter(status))
        wanted.append(_Wanted(WAITING, {status: Asked("CUSTOM_FORMULA", (formula,))}))
    if status is not None and due is not None:
        late = {
            due: Asked("DATE_BEFORE", ("TODAY",)),
            status: Asked(hides=frozenset(in_every_language(*NOT_LATE))),
        }
        wanted.append(_Wanted(OVERDUE, late))
    return wanted


def _of_persons(tabs: Mapping[str, Furnished], team: Catalog, language: str) -> list[Request]:
    here = tabs[CONTRACTS.key]
    column = here.columns.get("salesperson")
    # While it cannot be told who sells, nobody has left.
    if column is None or not all(key in tabs[TEAM.key].columns for key in ("name", "role", "active")):
        return []
    wanted = {}
    for key, names in _sellers(team).items():
        formula = named_formula(column_letter(column), names)
        titles = {one: start + names[0] for one, start in MINE.items()}
        wanted[key] = _Wanted(titles, {column: Asked("CUSTOM_FORMULA", (formula,))})
    gone = [view for view in here.sheet.look.views if (name := _whose(view)) and name not in wanted]
    requests = [_taken_away(view) for view in gone]
    return [*requests, *(r for one in wanted.values() for r in _put_right(here, one, language))]


def _sellers(team: Catalog) -> dict[str, tuple[str, ...]]:
    """Folded name -> the name and the addresses of the active salespeople who go by it."""
    members = dict.fromkeys(m for found in team.members.values() for m in found)
    sellers: dict[str, dict[str, str]] = {}
    for member in sorted(members, key=lambda m: (fold(m.name), m.email)):
        if member.active and SALES in roles_in(member.role):
            names = sellers.setdefault(fold(member.name), {})
            for text in filter(None, (member.name, member.email)):
                names.setdefault(fold(text), " ".join(text.split()))
    return {key: tuple(names.values()) for key, names in sellers.items()}


def _put_right(here: Furnished, wanted: _Wanted, language: str) -> list[Request]:
    titles = {fold(title) for title in wanted.titles.values()}
    found = [view for view in here.sheet.look.views if fold(view.title) in titles]
    # In one language names are unique; a second one comes of the other.
    requests = [_taken_away(view) for view in found[1:] if view.asks == wanted.asks]
    specs = [
        {"columnIndex": column, "filterCriteria": _criteria(one)}
        for column, one in sorted(wanted.asks.items())
    ]
    made: Request = {"range": {"sheetId": here.sheet.sheet_id}, "filterSpecs": specs}
    if not found:
        made["title"] = wanted.titles[language]
        return [*requests, {"addFilterView": {"filter": made}}]
    if found[0].asks == wanted.asks and _is_everything(here, found[0].area):
        return requests
    made["filterViewId"] = found[0].view_id
    return [*requests, {"updateFilterView": {"filter": made, "fields": "range,filterSpecs"}}]


def _criteria(asked: Asked) -> Request:
    criteria: Request = {}
    if asked.condition:
        # The day is today's whenever the view is looked at; everything else we ask for is a formula.
        kind = "relativeDate" if asked.condition.startswith("DATE_") else "userEnteredValue"
        criteria["condition"] = {"type": asked.condition, "values": [{kind: text} for text in asked.texts]}
    if asked.hides:
        criteria["hiddenValues"] = sorted(asked.hides)
    return criteria


def _is_everything(here: Furnished, area: Area) -> bool:
    is_high = area.bottom is None or area.bottom >= here.sheet.rows
    is_wide = area.right is None or area.right >= here.sheet.columns
    return area.top == area.left == 0 and is_high and is_wide


def _whose(view: FilterView) -> str:
    """The folded name of the salesperson for whom we made this view; "" when it is not ours any more."""
    name = next((fold(view.title[len(s) :]) for s in MINE.values() if view.title.startswith(s)), "")
    asked = list(view.asks.values())
    if not name or len(asked) != 1 or asked[0].condition != "CUSTOM_FORMULA":
        return ""
    formula = _OURS.fullmatch(asked[0].texts[0]) if len(asked[0].texts) == 1 else None
    is_ours = formula is not None and fold(formula[1].replace('""', '"')) == name
    return name if is_ours and asked[0] == Asked("CUSTOM_FORMULA", asked[0].texts) else ""


def _taken_away(view: FilterView) -> Request:
    return {"deleteFilterView": {"filterId": view.view_id}}
