"""The colour rules a tab lacks, and those of ours whose number of days is another by now. Pure.

The API gives rules no name, so ours are known by what they ask, in either language. They go behind the team's own, and
among themselves in the order of `COLOURS`, since the first that fits wins.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.layout.furnished import Furnished, Request
from bot.look import ColourRule
from sheets_schema import LANGUAGES
from sheets_schema.screen import COLOURS, Colour, due_soon_formula, overdue_formula, waiting_formula
from sheets_schema.titles import column_letter

_DAYS = re.compile(r"(?<=TODAY\(\)\+)\d+")


def missing_colours(here: Furnished, language: str, due_soon: int) -> list[Request]:
    """A rule for each colour that has none; `due_soon` is in days."""
    requests: list[Request] = []
    # The rules as they will stand, each with whichever colour of ours it is for.
    places = [_Place(rules) for rules in _by_place(here.sheet.look.colours)]
    mine = [c for c in COLOURS if c.tab == here.tab.key and _rule(here, c, language, due_soon)]
    for colour in mine:
        known = {_rule(here, colour, one, due_soon) for one in LANGUAGES}
        any_days = {_any_days(rule) for rule in known if rule}
        for place in places:
            if place.colour is None and any(_any_days(rule) in any_days for rule in place.rules):
                place.colour = colour
    for number, colour in enumerate(mine):
        wanted = _rule(here, colour, language, due_soon)
        if wanted is None:
            continue
        known = {_rule(here, colour, one, due_soon) for one in LANGUAGES}
        found = [index for index, place in enumerate(places) if place.colour == colour]
        if not found:
            later = [c for c in mine[number + 1 :] if c.column == colour.column]
            index = next((i for i, place in enumerate(places) if place.colour in later), len(places))
            places.insert(index, _Place([wanted], colour))
            rule = _request(here, wanted, colour.ground)
            requests.append({"addConditionalFormatRule": {"rule": rule, "index": index}})
        elif not any(rule in known for index in found for rule in places[index].rules):
            rule = _request(here, wanted, colour.ground)
            where = {"sheetId": here.sheet.sheet_id, "index": found[0]}
            requests.append({"updateConditionalFormatRule": {**where, "rule": rule}})
    return requests


class _Place:
    """One rule of the tab, over one or more ranges, and the colour of ours that it is."""

    def __init__(self, rules: list[ColourRule], colour: Colour | None = None) -> None:
        self.rules, self.colour = rules, colour


def _by_place(found: tuple[ColourRule, ...]) -> list[list[ColourRule]]:
    places: list[list[ColourRule]] = [[] for _ in range(max((rule.place + 1 for rule in found), default=0))]
    for rule in found:
        places[rule.place].append(rule)
    return places


def _any_days(rule: ColourRule) -> ColourRule:
    return replace(rule, texts=tuple(_DAYS.sub("#", text) for text in rule.texts), is_whole=True, place=0)


def _rule(here: Furnished, colour: Colour, language: str, due_soon: int) -> ColourRule | None:
    """The rule as it will stand in the sheet; None while a column that it asks is not there."""
    index = here.columns.get(colour.column)
    if index is None:
        return None
    formula = _formula(here, colour, language, due_soon)
    if formula == "":
        return None
    if formula is not None:
        return ColourRule(index, index + 1, "CUSTOM_FORMULA", (formula,))
    return ColourRule(index, index + 1, colour.condition, (colour.text[language],) if colour.text else ())


def _formula(here: Furnished, colour: Colour, language: str, due_soon: int) -> str | None:
    """The colour's formula; None when it has none, "" while a column that it asks is not there."""
    asked = {
        "overdue": ("due_date", "status"),
        "due_soon": ("due_date", "status"),
        "waiting": ("status", "created_at", "updated_at"),
    }.get(colour.condition)
    if asked is None:
        return None
    if not all(key in here.columns for key in asked):
        return ""
    letters = [column_letter(here.columns[key]) for key in asked]
    if colour.condition == "waiting":
        return waiting_formula(letters[0], letters[1], letters[2], language)
    if colour.condition == "due_soon":
        return due_soon_formula(letters[0], letters[1], language, due_soon)
    return overdue_formula(letters[0], letters[1], language)


def _request(here: Furnished, rule: ColourRule, ground: str) -> Request:
    condition: Request = {"type": rule.condition}
    if rule.texts:
        condition["values"] = [{"userEnteredValue": text} for text in rule.texts]
    red, green, blue = (int(ground[i : i + 2], 16) / 255 for i in (1, 3, 5))
    look = {"backgroundColor": {"red": red, "green": green, "blue": blue}}
    where = here.cells_of(rule.left, rule.left + 1)
    return {"ranges": [where], "booleanRule": {"condition": condition, "format": look}}
