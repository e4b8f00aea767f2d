"""The protections that every tab has: its titles, which refuse, and the bot's columns, which only warn. Pure.

What somebody else protected is not protected again. What is ours and lies elsewhere by now is taken away.
"""

from __future__ import annotations

from bot.layout.furnished import Furnished, Request
from bot.look import Protection
from bot.ports import Sheet
from sheets_schema import Owner

#: Every description of ours begins so.
_OURS = "Order Desk"
#: Said to people who open the list of protections.
TITLES_KEPT = "Order Desk: titles · 标题行"
WRITTEN_BY_US = "Order Desk writes here · 由系统填写"


def titles_kept(here: Furnished) -> list[Request]:
    """The first row, for everyone but the owner and whoever asks: a renamed title stops the whole tab.

    The API makes the account that adds a protection without a list of editors one of its editors.
    """
    columns = here.columns.values()
    if not columns:
        return []
    useful = [
        one
        for one in described(here.sheet, TITLES_KEPT)
        if one.bottom == 1 and not one.is_warning and all(one.covers(0, index) for index in columns)
    ][:1]
    requests = taken_away([one for one in described(here.sheet, TITLES_KEPT) if one not in useful])
    kept = (*useful, *of_others(here.sheet))
    if not any(all(one.covers(0, index) for index in columns) for one in kept):
        where = {"sheetId": here.sheet.sheet_id, "startRowIndex": 0, "endRowIndex": 1}
        requests.append(
            {"addProtectedRange": {"protectedRange": {"range": where, "description": TITLES_KEPT}}}
        )
    return requests


def written_by_us(here: Furnished) -> list[Request]:
    """A warning only: a refusal would also refuse to sort, to delete a row, and to ask for a mail again.

    Each column has its own, so that it goes along when a person moves the column or puts one between two of ours.
    """
    wanted = [index for column, index in here.present() if column.owner is Owner.BOT]
    if not wanted:
        # A tab that is the bot's as a whole is marked as a whole, in the same words.
        return []
    useful: dict[int, Protection] = {}
    for one in described(here.sheet, WRITTEN_BY_US):
        if one.is_warning and one.left in wanted and lies_on(here, one, one.left):
            useful.setdefault(one.left, one)
    requests = taken_away([one for one in described(here.sheet, WRITTEN_BY_US) if one not in useful.values()])
    kept = (*useful.values(), *of_others(here.sheet))
    for index in wanted:
        if not any(one.covers(1, index) for one in kept):
            where = here.cells_of(index, index + 1)
            made = {"range": where, "description": WRITTEN_BY_US, "warningOnly": True}
            requests.append({"addProtectedRange": {"protectedRange": made}})
    return requests


def marked_whole(sheet: Sheet, row: int = 0) -> list[Request]:
    """A warning over a tab that is the bot's as a whole, unless somebody else protected it, `row` and all."""
    ours = described(sheet, WRITTEN_BY_US)
    useful = [one for one in ours if one.is_warning and _is_everything(sheet, one)][:1]
    requests = taken_away([one for one in ours if one not in useful])
    if not any(one.covers(row, 0) for one in (*useful, *of_others(sheet))):
        made = {"range": {"sheetId": sheet.sheet_id}, "description": WRITTEN_BY_US, "warningOnly": True}
        requests.append({"addProtectedRange": {"protectedRange": made}})
    return requests


def _is_everything(sheet: Sheet, one: Protection) -> bool:
    is_high = one.bottom is None or one.bottom >= sheet.rows
    is_wide = one.right is None or one.right >= sheet.columns
    return one.top == one.left == 0 and is_high and is_wide


def lies_on(here: Furnished, one: Protection, index: int) -> bool:
    """Whether the protection is of this column, the whole of it but for the title, and of nothing else."""
    is_whole = one.top == 1 and (one.bottom is None or one.bottom >= here.sheet.rows)
    return is_whole and (one.left, one.right) == (index, index + 1)


def of_others(sheet: Sheet) -> list[Protection]:
    """The protections of this tab that are not ours, or that somebody has taken out of our hands."""
    protections = sheet.look.protections
    return [one for one in protections if not one.description.startswith(_OURS) or not is_changeable(one)]


def described(sheet: Sheet, description: str) -> list[Protection]:
    """The protections of this tab that go by this description and that we may change."""
    protections = sheet.look.protections
    return [one for one in protections if one.description == description and is_changeable(one)]


def taken_away(these: list[Protection]) -> list[Request]:
    """Requests that end these protections."""
    return [{"deleteProtectedRange": {"protectedRangeId": one.protection_id}} for one in these]


def is_changeable(one: Protection) -> bool:
    """Whether the API lets the bot change or end it."""
    return one.is_warning or one.is_ours_to_change
