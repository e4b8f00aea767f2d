"""What one tab still lacks to be a good screen: rows of automations, dropdowns, checkboxes, colours, widths. Pure.

What people chose stays: a column of theirs with any rule keeps its rule, a column that has a width keeps its width, and
our colours go behind the team's own. What is ours alone is mended; `bot.layout` says which is which.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.layout.colours import missing_colours
from bot.layout.dropdowns import missing_dropdowns
from bot.layout.furnished import Furnished, Request, runs
from bot.layout.protections import titles_kept, written_by_us
from bot.planning.catalog import Catalog
from bot.planning.rules import DigestRules
from sheets_schema import AUTOMATIONS, Owner
from sheets_schema.automations import ALL_AUTOMATIONS, Automation, automation_of
from sheets_schema.screen import DEFAULT_WIDTH, LONG_TEXT, width_of

_NOBODY = Catalog()


def missing_screen(
    here: Furnished,
    others: Mapping[str, Furnished],
    language: str,
    team: Catalog = _NOBODY,
    due_soon: int = DigestRules().due_soon,
) -> list[tuple[str, list[Request]]]:
    """What is lacking, a sentence for each kind of thing with its requests."""
    name = here.sheet.title
    found = [
        ("dropdowns set: {count}", missing_dropdowns(here, others, language, team)),
        ("checkboxes added: {count} runs of cells", _checkboxes(here)),
        ("colour rules added: {count}", missing_colours(here, language, due_soon)),
        ("titles protected", titles_kept(here)),
        ("columns that the bot writes are marked as such", written_by_us(here)),
        ("widths of columns set", _widths(here)),
        ("long text wrapped", _wrapped(here)),
        ("rules taken off the bot's columns", _unruled(here)),
    ]
    return [(f"'{name}': {said.format(count=len(new))}", new) for said, new in found if new]


def missing_rows(here: Furnished, language: str) -> list[tuple[str, list[Request]]]:
    """The automations that the tab does not name, each as a row below all others; everything else is people's."""
    wanted = ("automation", "on", "when", "run_now")
    if here.tab.key != AUTOMATIONS.key or not all(key in here.columns for key in wanted):
        return []
    texts = here.sheet.look.listed.get(here.columns["automation"], ())
    known = {found.key for text in texts if (found := automation_of(text))}
    new = [one for one in ALL_AUTOMATIONS if one.key not in known]
    if not new:
        return []
    rows = [{"values": _automation_cells(here, one, language)} for one in new]
    fields = "userEnteredValue,dataValidation"
    request = {"appendCells": {"sheetId": here.sheet.sheet_id, "rows": rows, "fields": fields}}
    names = ", ".join(one.title(language) for one in new)
    return [(f"'{here.sheet.title}': added {names}", [request])]


def _automation_cells(here: Furnished, one: Automation, language: str) -> list[Request]:
    """All of them are on: what they do is what the product is for, and the tier review only proposes by default."""
    box = {"condition": {"type": "BOOLEAN"}, "showCustomUi": True}
    cells: dict[str, Request] = {
        "automation": {"userEnteredValue": {"stringValue": one.title(language)}},
        "on": {"userEnteredValue": {"boolValue": True}, "dataValidation": box},
        "run_now": {"userEnteredValue": {"boolValue": False}, "dataValidation": box},
    }
    if language in one.when:
        cells["when"] = {"userEnteredValue": {"stringValue": one.when[language]}}
    placed = {here.columns[key]: cell for key, cell in cells.items()}
    return [placed.get(column, {}) for column in range(max(placed) + 1)]


def _checkboxes(here: Furnished) -> list[Request]:
    """A box on every bare TRUE or FALSE, and on nothing else.

    A blank cell means yes to the bot, and an empty box would say no; in an empty row a box is a FALSE, which Google
    takes for data.
    """
    requests = []
    for index, rows in sorted(here.sheet.look.unboxed.items()):
        for top, bottom in runs(rows):
            where = {**here.cells_of(index, index + 1), "startRowIndex": top, "endRowIndex": bottom}
            rule = {"condition": {"type": "BOOLEAN"}, "showCustomUi": True}
            requests.append({"setDataValidation": {"range": where, "rule": rule}})
    return requests


def _widths(here: Furnished) -> list[Request]:
    wanted: dict[int, list[int]] = {}
    for column, index in here.present():
        is_untouched = here.sheet.look.widths.get(index, DEFAULT_WIDTH) == DEFAULT_WIDTH
        if is_untouched and not column.hidden and width_of(column) != DEFAULT_WIDTH:
            wanted.setdefault(width_of(column), []).append(index)
    return [
        {
            "updateDimensionProperties": {
                "range": {
                    "sheetId": here.sheet.sheet_id, "dimension": "COLUMNS", "startIndex": left, "endIndex": right,
                },
                "properties": {"pixelSize": width},
                "fields": "pixelSize",
            }
        }
        for width, columns in sorted(wanted.items())
        for left, right in runs(columns)
    ]  # fmt: skip


def _wrapped(here: Furnished) -> list[Request]:
    look = here.sheet.look
    long = [
        index
        for column, index in here.present()
        if column.key in LONG_TEXT
        and (index not in look.wrapped or (column.owner is Owner.BOT and index in look.unwrapped))
    ]
    return [
        {
            "repeatCell": {
                "range": here.cells_of(left, right),
                "cell": {"userEnteredFormat": {"wrapStrategy": "WRAP"}},
                "fields": "userEnteredFormat.wrapStrategy",
            }
        }
        for left, right in runs(long)
    ]


def _unruled(here: Furnished) -> list[Request]:
    """No rule says what the bot may write: beside a true sentence it would only show a warning."""
    ruled = [
        i for column, i in here.present() if column.owner is Owner.BOT and i in here.sheet.look.dropdowns
    ]
    return [{"setDataValidation": {"range": here.cells_of(left, right)}} for left, right in runs(ruled)]
