"""What a workbook still lacks of its layout, as requests of the Sheets API. Pure; `init` sends them.

People's own tabs, columns and formats are left alone: only what is absent is added, and a title that looks like a
misspelling of a needed one is reported instead of being given a twin. What makes a tab a good screen beyond its
titles and formats is in `bot.layout.screen`; what is ours to mend, in `bot.layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.layout.furnished import Furnished, Piece
from bot.layout.guards import Guards, members_in, missing_guards
from bot.layout.guide import missing_guide
from bot.layout.screen import missing_rows, missing_screen
from bot.layout.summary_screen import FOREIGN, is_foreign, missing_summary, new_summary
from bot.layout.views import missing_views
from bot.planning.notices import structure_sentence
from bot.planning.rules import DigestRules
from bot.ports import About, Sheet
from sheets_schema import SUMMARY, TEAM, Field, Owner, Tab
from sheets_schema.formats import column_format
from sheets_schema.titles import column_letter, read_header

_ROWS = 1000
_PERSON_HEADER = {"red": 0.85, "green": 0.92, "blue": 0.90}
_BOT_HEADER = {"red": 0.88, "green": 0.88, "blue": 0.88}


@dataclass(frozen=True)
class Layout:
    """What `init` has to do, and what only a person can."""

    requests: tuple[dict[str, Any], ...]
    #: One sentence for each change.
    said: tuple[str, ...]
    #: One sentence for each title that a person must put right.
    problems: tuple[str, ...]
    #: What the roles of the Team tab ask for beyond that, to be sent afterwards.
    guards: Guards = field(default_factory=Guards)
    #: And its salespeople, in filter views.
    views: tuple[Piece, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All that is sent afterwards, each by itself."""
        return (*self.views, *self.guards.lacking)


def missing_layout(
    about: About,
    language: str,
    new_sheet_id: Callable[[], int],
    due_soon: int = DigestRules().due_soon,
    *,
    with_guide: bool = False,
    currency: str = "CNY",
) -> Layout:
    """Everything the workbook lacks; no request when it lacks nothing. `due_soon` is in days.

    A guide is added only where it is asked for; one that is there is kept right.
    """
    requests: list[dict[str, Any]] = []
    said: list[str] = []
    problems: list[str] = []
    taken = {s.sheet_id for s in about.sheets}
    furnished: dict[str, Furnished] = {}
    added: set[str] = set()
    for tab in about.schema.laid_out:
        found = about.known.get(tab.key)
        if found is None:
            added.add(tab.key)
            sheet_id = next(i for i in iter(new_sheet_id, None) if i not in taken)
            taken.add(sheet_id)
            found = Sheet(sheet_id, tab.title(language), _ROWS, len(tab.fields) + 2, frozen_rows=1)
            found = new_summary(found) if tab.key == SUMMARY.key else found
            requests.append(_add_sheet(tab, found))
            said.append(f"tab '{found.title}' added")
        furnished[tab.key], more, told, wrong = _missing_in(tab, found, language, currency)
        requests += more
        said += told
        problems += wrong
    # A dropdown may offer another tab's column, so every title stands before the first of them.
    team = members_in(furnished[TEAM.key])
    for here in furnished.values():
        is_summary = here.tab.key == SUMMARY.key
        if is_summary and is_foreign(here.sheet, about):
            problems.append(FOREIGN[language].format(tab=here.sheet.title))
            continue
        dressed = missing_summary(here.sheet, about, language) if is_summary else []
        for told_of, more in (
            *missing_rows(here, language),
            *missing_screen(here, furnished, language, team, due_soon),
            *dressed,
        ):
            requests += more
            # What a new tab comes with goes without saying.
            said += [] if here.tab.key in added else [told_of]
    fresh = next(i for i in iter(new_sheet_id, None) if i not in taken) if with_guide else 0
    guide = missing_guide(about, furnished, language, fresh, is_wanted=with_guide)
    guards = missing_guards(furnished, team, about.account, language)
    views = missing_views(furnished, team, language)
    return Layout(
        (*requests, *guide.requests), (*said, *guide.said), (*problems, *guide.problems), guards, views
    )


def _add_sheet(tab: Tab, sheet: Sheet) -> dict[str, Any]:
    grid: dict[str, Any] = {"rowCount": sheet.rows, "columnCount": sheet.columns, "frozenRowCount": 1}
    # Summary is one picture from its first column on, and has no lines that would tell its rows apart.
    grid |= {"hideGridlines": True} if tab.key == SUMMARY.key else {"frozenColumnCount": 1}
    return {
        "addSheet": {"properties": {"sheetId": sheet.sheet_id, "title": sheet.title, "gridProperties": grid}}
    }


def _missing_in(
    tab: Tab, sheet: Sheet, language: str, currency: str
) -> tuple[Furnished, list[dict[str, Any]], list[str], list[str]]:
    """Titles, frozen row, hidden Row ID and formats of one tab, and how it will stand then."""
    requests: list[dict[str, Any]] = []
    said: list[str] = []
    header = read_header(tab, sheet.title, sheet.header, language)
    misspelt = {p.title for p in header.problems if p.found}
    problems = [
        _sentence(p.kind, language, p.tab, p.title, p.cell, p.found)
        for p in header.problems
        if p.found or p.kind == "duplicate"
    ]
    new = [f for f in tab.fields if f.key not in header.columns and f.title(language) not in misspelt]
    columns = dict(header.columns)
    if new:
        start = _after_header(sheet.header)
        if start + len(new) > sheet.columns:
            lacking = start + len(new) - sheet.columns
            requests.append(
                {"appendDimension": {"sheetId": sheet.sheet_id, "dimension": "COLUMNS", "length": lacking}}
            )
        requests.append(_titles(sheet, start, new, language))
        columns |= {f.key: start + i for i, f in enumerate(new)}
        where = f"{column_letter(start)}1:{column_letter(start + len(new) - 1)}1"
        said.append(f"'{sheet.title}': {len(new)} titles written in {where}")
    if not sheet.frozen_rows:
        grid = {"sheetId": sheet.sheet_id, "gridProperties": {"frozenRowCount": 1}}
        requests.append(
            {"updateSheetProperties": {"properties": grid, "fields": "gridProperties.frozenRowCount"}}
        )
        said.append(f"'{sheet.title}': header row frozen")
    for column in tab.fields:
        index = columns.get(column.key)
        if index is None:
            continue
        if column.hidden and index not in sheet.hidden:
            requests.append(_hide(sheet.sheet_id, index))
            said.append(f"'{sheet.title}': column {column_letter(index)} hidden")
        form = column_format(tab, column, currency)
        if form and _is_lost(sheet.formats.get(index), form, column):
            requests.append(_format(sheet.sheet_id, index, form))
            if column not in new:
                said.append(f"'{sheet.title}': format of column {column_letter(index)} set")
    return Furnished(tab, sheet, columns), requests, said, problems


def _is_lost(found: tuple[str, str] | None, form: tuple[str, str], column: Field) -> bool:
    """Whether the column has no number format, or is the bot's and has another than ours."""
    if found is None:
        return True
    # A pattern that goes without saying may be left out.
    return column.owner is Owner.BOT and (found[0] != form[0] or found[1] not in ("", form[1]))


def _sentence(kind: str, language: str, tab: str, title: str, cell: str, found: str) -> str:
    near = structure_sentence("near", language, cell=cell, found=found) if found else ""
    return structure_sentence(kind, language, tab=tab, title=title, near=near, cell=cell)


def _after_header(header: Sequence[str]) -> int:
    """The first column behind everything that has a title."""
    used = [i for i, title in enumerate(header) if title.strip()]
    return used[-1] + 1 if used else 0


def _titles(sheet: Sheet, start: int, columns: Sequence[Field], language: str) -> dict[str, Any]:
    values = [
        {
            "userEnteredValue": {"stringValue": f.title(language)},
            "userEnteredFormat": {
                "textFormat": {"bold": True},
                "backgroundColor": _BOT_HEADER if f.owner is Owner.BOT else _PERSON_HEADER,
            },
        }
        for f in columns
    ]
    return {
        "updateCells": {
            "start": {"sheetId": sheet.sheet_id, "rowIndex": 0, "columnIndex": start},
            "rows": [{"values": values}],
            "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,backgroundColor)",
        }
    }


def _hide(sheet_id: int, index: int) -> dict[str, Any]:
    where = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1}
    return {
        "updateDimensionProperties": {
            "range": where,
            "properties": {"hiddenByUser": True},
            "fields": "hiddenByUser",
        }
    }


def _format(sheet_id: int, index: int, form: tuple[str, str]) -> dict[str, Any]:
    where = {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": index, "endColumnIndex": index + 1}
    number_format = {"type": form[0], "pattern": form[1]}
    return {
        "repeatCell": {
            "range": where,
            "cell": {"userEnteredFormat": {"numberFormat": number_format}},
            "fields": "userEnteredFormat.numberFormat",
        }
    }
