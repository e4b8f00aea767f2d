"""Requests about filters: the basic one of a sheet, and the named views that each person can switch on."""

from __future__ import annotations

import copy
from itertools import count
from typing import Any

from bot.desk.book.colours import with_colour_twins
from bot.desk.book.filtered_columns import kept_filter, whole_filter
from bot.desk.book.spreadsheets import visible
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes import objects
from bot.desk.changes.objects import found, full_range, new_id, remove
from bot.desk.changes.sheets import required_mask, wanted
from bot.desk.errors import bad_request

Body = dict[str, Any]


def set_basic_filter(book: Workbook, body: Body) -> None:
    """setBasicFilter: the one filter of a sheet everybody sees."""
    given = body.get("filter", {})
    kept = {**given, "range": full_range(book, given.get("range", {}), bounded=True)}
    book.sheet(kept["range"]["sheetId"]).meta["basicFilter"] = with_colour_twins(kept_filter(kept))


def clear_basic_filter(book: Workbook, body: Body) -> None:
    """ClearBasicFilter."""
    book.sheet(body.get("sheetId", 0)).meta.pop("basicFilter", None)


def add_filter_view(book: Workbook, body: Body) -> Body:
    """addFilterView: no two of one sheet have the same name."""
    given = dict(body.get("filter", {}))
    if "namedRangeId" in given:
        given["range"] = objects.named(book, given["namedRangeId"])["range"]
    given["range"] = full_range(book, given.get("range", {}), bounded=True)
    asked_id = given.get("filterViewId")
    given["filterViewId"] = new_id(book, "filterViews", "filterViewId", asked_id, "filter view")
    sheet = book.sheet(given["range"]["sheetId"])
    title = given.get("title") or _free_title(sheet, "Filter {}")
    _refuse_title(sheet, title)
    kept = {"filterViewId": given.pop("filterViewId"), **given, "title": title}
    sheet.part("filterViews").append(with_colour_twins(kept_filter(kept)))
    return {"filter": visible(whole_filter(kept_filter(kept)))}


def update_filter_view(book: Workbook, body: Body) -> None:
    """updateFilterView: of `criteria` and `filterSpecs` the one that the mask names counts, of both the latter."""
    given = with_colour_twins(body.get("filter", {}))
    sheet, old = found(book, "filterViews", "filterViewId", given.get("filterViewId", 0), "filter view")
    mask = required_mask(body, "FilterView")
    if "range" in given:
        given["range"] = full_range(book, given["range"], bounded=True)
    if wanted(mask, "title") and given.get("title"):
        _refuse_title(sheet, given["title"], old)
    new = dict(whole_filter(old))
    objects.replaced(book, new, given, mask, "filterViewId")
    by_specs = "filterSpecs" in mask if mask else "filterSpecs" in given
    if not by_specs and wanted(mask, "criteria"):
        new.pop("filterSpecs", None)
    if by_specs:
        new.pop("criteria", None)
    objects.refuse_other_sheet(sheet, new, "filter view")
    old.clear()
    old.update(kept_filter(new))


def delete_filter_view(book: Workbook, body: Body) -> None:
    """DeleteFilterView."""
    remove(book, "filterViews", "filterViewId", body.get("filterId", 0), "filter view")


def duplicate_filter_view(book: Workbook, body: Body) -> Body:
    """DuplicateFilterView."""
    sheet, old = found(book, "filterViews", "filterViewId", body.get("filterId", 0), "filter view")
    title = f"Copy of {old['title']}"
    if title in _titles(sheet):
        title = _free_title(sheet, title + " {}")
    kept = {**copy.deepcopy(old), "filterViewId": book.new_id(), "title": title}
    sheet.part("filterViews").append(kept)
    return {"filter": visible(whole_filter(kept))}


def _titles(sheet: Sheet, besides: Body | None = None) -> set[str]:
    return {one["title"] for one in sheet.meta.get("filterViews", []) if one is not besides}


def _free_title(sheet: Sheet, pattern: str) -> str:
    taken = _titles(sheet)
    return next(title for number in count(1) if (title := pattern.format(number)) not in taken)


def _refuse_title(sheet: Sheet, title: str, besides: Body | None = None) -> None:
    """Google refuses a second view of a name in a tab; in which words nobody has recorded."""
    if title in _titles(sheet, besides):
        raise bad_request(f'A filter view with the name "{title}" already exists. Please enter another name.')
