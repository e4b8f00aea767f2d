"""What one tab still lacks to be a good screen: rows of automations, dropdowns, checkboxes, colours, widths. Pure.

Nothing that is there already is changed, whoever made it: a column with any rule keeps its rule, a column somebody
gave a width keeps its width, and our colours go behind the team's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.look import ColourRule
from bot.ports import Sheet
from sheets_schema import AUTOMATIONS, LANGUAGES, Field, Owner, Tab
from sheets_schema.automations import ALL_AUTOMATIONS, Automation, automation_of
from sheets_schema.screen import (
    COLOURS,
    DEFAULT_WIDTH,
    DROPDOWNS,
    LONG_TEXT,
    Choices,
    Colour,
    overdue_formula,
    width_of,
)
from sheets_schema.titles import column_letter

Request = dict[str, Any]
#: Said to people who open the list of protections.
_TITLES_KEPT = "Order Desk: titles · 标题行"
_WRITTEN_BY_US = "Order Desk writes here · 由系统填写"


@dataclass(frozen=True)
class Furnished:
    """A tab as it stands once its titles are written."""

    tab: Tab
    sheet: Sheet
    #: Column key -> index, of the columns that are there.
    columns: Mapping[str, int]

    def present(self) -> list[tuple[Field, int]]:
        """The known columns from left to right."""
        return sorted(((self.tab.by_key[k], i) for k, i in self.columns.items()), key=lambda found: found[1])


def missing_screen(
    here: Furnished, others: Mapping[str, Furnished], language: str
) -> list[tuple[str, list[Request]]]:
    """What is lacking, a sentence for each kind of thing with its requests."""
    name = here.sheet.title
    found = [
        ("dropdowns added: {count}", _dropdowns(here, others, language)),
        ("checkboxes added: {count} runs of cells", _checkboxes(here)),
        ("colour rules added: {count}", _colours(here, language)),
        ("titles protected", _titles_kept(here)),
        ("columns that the bot writes are marked as such", _written_by_us(here)),
        ("widths of columns set", _widths(here)),
        ("long text wrapped", _wrapped(here)),
    ]
    return [(f"'{name}': {said.format(count=len(new))}", new) for said, new in found if new]


def missing_rows(here: Furnished, language: str) -> list[tuple[str, list[Request]]]:
    """The automations that the tab does not name, each as a row below all others; everything else is people's."""
    wanted = ("automation", "on", "when", "run_now")
    if here.tab is not AUTOMATIONS or not all(key in here.columns for key in wanted):
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


def _column(here: Furnished, left: int, right: int) -> Request:
    """These columns without the titles."""
    sheet_id = here.sheet.sheet_id
    return {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": left, "endColumnIndex": right}


def _dropdowns(here: Furnished, others: Mapping[str, Furnished], language: str) -> list[Request]:
    requests = []
    for column, index in here.present():
        choices = DROPDOWNS.get((here.tab.key, column.key))
        condition = _condition(choices, others, language) if choices else None
        if condition is None or index in here.sheet.look.validated:
            continue
        # Never strict: the customer may be added to Customers in a minute, and the bot checks for itself.
        rule = {"condition": condition, "strict": False, "showCustomUi": True}
        requests.append({"setDataValidation": {"range": _column(here, index, index + 1), "rule": rule}})
    return requests


def _condition(choices: Choices, others: Mapping[str, Furnished], language: str) -> Request | None:
    """What the dropdown offers; None while the column it would offer is not there."""
    if choices.column is None:
        values = [{"userEnteredValue": word} for word in choices.words[language]]
        return {"type": "ONE_OF_LIST", "values": values}
    tab, key = choices.column
    source = others.get(tab)
    if source is None or key not in source.columns:
        return None
    letter = column_letter(source.columns[key])
    title = source.sheet.title.replace("'", "''")
    where = f"='{title}'!${letter}$2:${letter}"
    return {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": where}]}


def _checkboxes(here: Furnished) -> list[Request]:
    """A box on every bare TRUE or FALSE, and on nothing else.

    A blank cell means yes to the bot, and an empty box would say no; in an empty row a box is a FALSE, which Google
    takes for data.
    """
    requests = []
    for index, rows in sorted(here.sheet.look.unboxed.items()):
        for top, bottom in _runs(rows):
            where = {**_column(here, index, index + 1), "startRowIndex": top, "endRowIndex": bottom}
            rule = {"condition": {"type": "BOOLEAN"}, "showCustomUi": True}
            requests.append({"setDataValidation": {"range": where, "rule": rule}})
    return requests


def _colours(here: Furnished, language: str) -> list[Request]:
    requests: list[Request] = []
    for colour in COLOURS:
        index = here.columns.get(colour.column)
        if colour.tab != here.tab.key or index is None:
            continue
        known = [_rule(here, colour, index, one) for one in LANGUAGES]
        if None in known or any(rule in here.sheet.look.colours for rule in known):
            continue
        wanted = _rule(here, colour, index, language)
        if wanted is not None:
            place = len(here.sheet.look.colours) + len(requests)
            requests.append(_colour_request(here, wanted, colour.ground, place))
    return requests


def _rule(here: Furnished, colour: Colour, index: int, language: str) -> ColourRule | None:
    """The rule as it will stand in the sheet; None while a column that it asks is not there."""
    if colour.condition != "OVERDUE":
        texts = (colour.text[language],) if colour.text else ()
        return ColourRule(index, index + 1, colour.condition, texts)
    if "status" not in here.columns:
        return None
    formula = overdue_formula(column_letter(index), column_letter(here.columns["status"]), language)
    return ColourRule(index, index + 1, "CUSTOM_FORMULA", (formula,))


def _colour_request(here: Furnished, rule: ColourRule, ground: str, place: int) -> Request:
    condition: Request = {"type": rule.condition}
    if rule.texts:
        condition["values"] = [{"userEnteredValue": text} for text in rule.texts]
    red, green, blue = (int(ground[i : i + 2], 16) / 255 for i in (1, 3, 5))
    look = {"backgroundColor": {"red": red, "green": green, "blue": blue}}
    where = _column(here, rule.left, rule.left + 1)
    made = {"ranges": [where], "booleanRule": {"condition": condition, "format": look}}
    return {"addConditionalFormatRule": {"rule": made, "index": place}}


def _titles_kept(here: Furnished) -> list[Request]:
    """The first row, for everyone but the owner and whoever asks: a renamed title stops the whole tab.

    The API makes the account that adds a protection one of its editors, so that the bot need not know its own name.
    """
    columns = here.columns.values()
    if not columns or any(
        all(one.covers(0, index) for index in columns) for one in here.sheet.look.protections
    ):
        return []
    where = {"sheetId": here.sheet.sheet_id, "startRowIndex": 0, "endRowIndex": 1}
    return [{"addProtectedRange": {"protectedRange": {"range": where, "description": _TITLES_KEPT}}}]


def _written_by_us(here: Furnished) -> list[Request]:
    """A warning only: a refusal would also refuse to sort, to delete a row, and to ask for a mail again.

    Each column has its own, so that it goes along when a person moves the column or puts one between two of ours.
    """
    bare = [
        index
        for column, index in here.present()
        if column.owner is Owner.BOT and not any(one.covers(1, index) for one in here.sheet.look.protections)
    ]
    return [
        {
            "addProtectedRange": {
                "protectedRange": {
                    "range": _column(here, index, index + 1), "description": _WRITTEN_BY_US, "warningOnly": True,
                }
            }
        }
        for index in bare
    ]  # fmt: skip


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
        for left, right in _runs(columns)
    ]  # fmt: skip


def _wrapped(here: Furnished) -> list[Request]:
    long = [i for c, i in here.present() if c.key in LONG_TEXT and i not in here.sheet.look.wrapped]
    return [
        {
            "repeatCell": {
                "range": _column(here, left, right),
                "cell": {"userEnteredFormat": {"wrapStrategy": "WRAP"}},
                "fields": "userEnteredFormat.wrapStrategy",
            }
        }
        for left, right in _runs(long)
    ]


def _runs(numbers: Iterable[int]) -> Sequence[tuple[int, int]]:
    """Neighbouring numbers together, as first and one past the last."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
