"""Protected ranges and sheets: who may edit what, and the refusal of everything else.

The owner of the workbook and the listed editors may; groups are addresses like others. A range that only
warns refuses nobody: asking first is the pages' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from bot.desk.access.touched import Gap, Touched, everything, touched
from bot.desk.access.users import User
from bot.desk.book.a1 import Area
from bot.desk.book.grid import Row
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.errors import bad_request

Json = dict[str, Any]
T = TypeVar("T")
REFUSAL = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)


def may_edit(book: Workbook, protected: Json, user: User) -> bool:
    """Whether a user may edit what a protected range protects."""
    email = user.email.casefold()
    if protected.get("warningOnly") or email == book.owner.casefold():
        return True
    editors = protected.get("editors", {})
    if email in {one.casefold() for one in (*editors.get("users", []), *editors.get("groups", []))}:
        return True
    domain = book.owner.casefold().rpartition("@")[2]
    return bool(editors.get("domainUsersCanEdit")) and email.rpartition("@")[2] == domain


def closed_to(book: Workbook, sheet: Sheet, user: User) -> list[Json]:
    """The protected ranges of a sheet which a user may not edit."""
    return [one for one in sheet.meta.get("protectedRanges", []) if not may_edit(book, one, user)]


def protected_areas(book: Workbook, sheet: Sheet, user: User) -> list[Area]:
    """The cells of a sheet a user may not edit, what is left open in a protected sheet taken out."""
    areas = []
    for one in closed_to(book, sheet, user):
        rest = [_box(sheet, one.get("range", {}))]
        for hole in one.get("unprotectedRanges", []):
            rest = [part for area in rest for part in _without(area, _box(sheet, hole))]
        areas += rest
    return areas


def guarded(book: Workbook, kind: str, body: Json, change: Callable[[Workbook, Json], T]) -> T:
    """Carry out a request if whoever makes the present change may write all that it writes."""
    user = _restricted(book)
    if user is None:
        return change(book, body)
    wanted = touched(book, kind, body)
    _refuse(book, wanted, user)
    watched = [
        (area, _cells(area))
        for area in _closed(book, user, {one.sheet.id: one.sheet for one in wanted.maybe}.values())
        if any(_overlap(area, one) for one in wanted.maybe)
    ]
    result = change(book, body)
    if any(_cells(area) != before for area, before in watched):
        raise bad_request(REFUSAL)
    return result


def refuse_cells(book: Workbook, target: Area, rows: list[list[Any]]) -> None:
    """Raise if one of the values that are about to be written into an area may not be; `None` writes nothing."""
    user = _restricted(book)
    if user is None:
        return
    for area in _closed(book, user, [target.sheet]):
        first, last = max(area.top - target.top, 0), max(area.bottom - target.top, 0)
        left, right = max(area.left - target.left, 0), max(area.right - target.left, 0)
        if any(value is not None for row in rows[first:last] for value in row[left:right]):
            raise bad_request(REFUSAL)


def refuse_area(book: Workbook, *areas: Area) -> None:
    """Raise if areas may not be written."""
    user = _restricted(book)
    if user is not None:
        _refuse(book, Touched(areas), user)


def refuse_gap(book: Workbook, gap: Gap) -> None:
    """Raise if nothing may be inserted at a place."""
    user = _restricted(book)
    if user is not None:
        _refuse(book, Touched(gaps=(gap,)), user)


def refuse_everything(book: Workbook) -> None:
    """Raise if anything at all is closed to whoever would replace the whole contents."""
    user = _restricted(book)
    if user is not None:
        _refuse(book, everything(book), user)


def seen_by(book: Workbook, user: User, shown: Json) -> Json:
    """A Spreadsheet as a user sees it: whether it may edit each protected range, and if so, who else may."""
    for sheet in shown.get("sheets", []):
        if "protectedRanges" not in sheet:
            continue
        sheet["protectedRanges"] = [_seen(book, user, one) for one in sheet["protectedRanges"]]
    return shown


def _seen(book: Workbook, user: User, protected: Json) -> Json:
    may = may_edit(book, protected, user)
    hidden = {"requestingUserCanEdit"} if may else {"requestingUserCanEdit", "editors"}
    kept = {name: value for name, value in protected.items() if name not in hidden}
    return {**kept, "requestingUserCanEdit": True} if may else kept


def _restricted(book: Workbook) -> User | None:
    """Who makes the present change, if there is anything that user may not edit."""
    user = book.acting
    if user is None or not any(closed_to(book, sheet, user) for sheet in book.sheets):
        return None
    return user


def _closed(book: Workbook, user: User, sheets: Iterable[Sheet]) -> list[Area]:
    return [area for sheet in sheets for area in protected_areas(book, sheet, user)]


def _refuse(book: Workbook, wanted: Touched, user: User) -> None:
    sheets = {area.sheet.id: area.sheet for area in wanted.areas}
    closed = _closed(book, user, sheets.values())
    if (
        any(_overlap(area, one) for area in wanted.areas for one in closed)
        or any(_inside(gap, one) for gap in wanted.gaps for one in closed_to(book, gap.sheet, user))
        or any(_whole(one) for sheet in wanted.sheets for one in closed_to(book, sheet, user))
        or not all(may_edit(book, one, user) for one in wanted.protections)
    ):
        raise bad_request(REFUSAL)


def _whole(protected: Json) -> bool:
    """Whether it is the sheet that is protected, and not a range on it."""
    return not {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"} & set(
        protected.get("range", {})
    )


def _inside(gap: Gap, protected: Json) -> bool:
    """Whether a gap opens within a protected range; at its edges it only moves the range."""
    word = "Row" if gap.dimension == "ROWS" else "Column"
    start, end = (protected.get("range", {}).get(f"{side}{word}Index") for side in ("start", "end"))
    return (start is None or start < gap.index) and (end is None or gap.index < end)


def _box(sheet: Sheet, grid_range: Json) -> Area:
    return Area(
        sheet,
        grid_range.get("startRowIndex", 0),
        grid_range.get("startColumnIndex", 0),
        grid_range.get("endRowIndex", sheet.row_count),
        grid_range.get("endColumnIndex", sheet.column_count),
    )


def _overlap(one: Area, other: Area) -> bool:
    return (
        one.sheet is other.sheet
        and one.top < other.bottom
        and other.top < one.bottom
        and one.left < other.right
        and other.left < one.right
    )


def _without(area: Area, hole: Area) -> list[Area]:
    """What is left of an area around a hole: at most four rectangles."""
    if not _overlap(area, hole):
        return [area]
    top, bottom = max(area.top, hole.top), min(area.bottom, hole.bottom)
    parts = [
        Area(area.sheet, area.top, area.left, top, area.right),
        Area(area.sheet, bottom, area.left, area.bottom, area.right),
        Area(area.sheet, top, area.left, bottom, max(area.left, hole.left)),
        Area(area.sheet, top, min(area.right, hole.right), bottom, area.right),
    ]
    return [one for one in parts if one.top < one.bottom and one.left < one.right]


def _cells(area: Area) -> list[list[Any]]:
    """The cells of an area as they are, to be compared."""
    rows: list[Row] = area.sheet.grid.rows[area.top : area.bottom]
    columns = range(area.left, area.right)
    return [[row.cell(column) for column in columns if column < row.width] for row in rows]
