"""The dropdowns a tab lacks, and those of ours that offer the wrong people. Pure.

A rule that somebody gave a column stays. Only a list of people with a role follows the Team tab: it is known by its
help text, or by offering everybody, as it does while nobody has the role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.layout.furnished import Furnished, Request
from bot.look import Dropdown
from bot.planning.catalog import Catalog
from sheets_schema.roles import ROLE_TITLES
from sheets_schema.screen import DROPDOWNS, Choices
from sheets_schema.titles import column_letter

#: Google takes no longer list.
_MOST = 500


def missing_dropdowns(
    here: Furnished, others: Mapping[str, Furnished], language: str, team: Catalog
) -> list[Request]:
    """A rule for each column that has none, and for each list of ours that is not what it should be."""
    requests = []
    for column, index in here.present():
        choices = DROPDOWNS.get((here.tab.key, column.key))
        if choices is None:
            continue
        everybody = _listed(choices, others, language)
        wanted = _with_role(choices.role, team) or everybody
        if wanted is None or not _is_lacking(here, index, choices, wanted, everybody):
            continue
        rule: Request = {
            "condition": {
                "type": wanted.condition,
                "values": [{"userEnteredValue": text} for text in wanted.texts],
            },
            # The customer may be added to Customers in a minute, and the bot checks for itself.
            "strict": False,
            "showCustomUi": True,
        }
        rule |= {"inputMessage": wanted.message} if wanted.message else {}
        requests.append({"setDataValidation": {"range": here.cells_of(index, index + 1), "rule": rule}})
    return requests


def _is_lacking(
    here: Furnished, index: int, choices: Choices, wanted: Dropdown, everybody: Dropdown | None
) -> bool:
    look = here.sheet.look
    if index not in look.validated:
        return True
    found = look.dropdowns.get(index)
    if found is None or not choices.role:
        return False
    is_ours = found.message == _help(choices.role) or (everybody and _plain(found) == _plain(everybody))
    return bool(is_ours) and _plain(found) != _plain(wanted)


def _listed(choices: Choices, others: Mapping[str, Furnished], language: str) -> Dropdown | None:
    """What the dropdown offers whoever has which role; None while the column it would offer is not there."""
    if choices.column is None:
        return Dropdown("ONE_OF_LIST", choices.words[language])
    tab, key = choices.column
    source = others.get(tab)
    if source is None or key not in source.columns:
        return None
    letter = column_letter(source.columns[key])
    title = source.sheet.title.replace("'", "''")
    return Dropdown("ONE_OF_RANGE", (f"='{title}'!${letter}$2:${letter}",))


def _with_role(role: str, team: Catalog) -> Dropdown | None:
    """The names of those with this role; None where nobody has it, or so many that no list holds them."""
    names = dict.fromkeys(member.name for member in team.with_role(role)) if role else {}
    # What begins like a formula would be taken for one, and the whole list refused.
    texts = tuple(name for name in names if not name.startswith("="))
    return Dropdown("ONE_OF_LIST", texts, _help(role)) if 0 < len(texts) <= _MOST else None


def _help(role: str) -> str:
    """What stands beside the cell, and what the rule is known by; in both languages, so that it is known in either."""
    titles = ROLE_TITLES[role]
    return f"Order Desk: Team, {titles['en']} · 团队成员表中的{titles['zh-CN']}"


def _plain(one: Dropdown) -> Dropdown:
    """Without the quotes around a title, which Google leaves out where it can."""
    return replace(one, texts=tuple(text.replace("'", "") for text in one.texts))
