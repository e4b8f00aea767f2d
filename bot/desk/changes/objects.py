"""Requests about things laid over cells: protections, names, coloured rules, banding."""

from __future__ import annotations

from typing import Any

from bot.desk import formulas, masks
from bot.desk.book.a1 import area_of, shown_range
from bot.desk.book.colours import with_colour_twins
from bot.desk.book.spreadsheets import visible, with_sheet_ids
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.changes.sheets import required_mask, wanted
from bot.desk.errors import bad_request

Body = dict[str, Any]


def full_range(book: Workbook, grid_range: Body, bounded: bool = False) -> Body:
    """A GridRange as it is kept: with its sheetId, cut to the grid; open sides stay open unless `bounded`."""
    kept = area_of(book, grid_range).grid_range()
    if bounded:
        return kept
    return {name: kept[name] for name in kept if name == "sheetId" or name in grid_range}


def new_id(book: Workbook, part: str, key: str, wanted: Any, kind: str) -> int:
    """The id an object is to have, or a fresh one; a 400 if another has it."""
    if any(one.get(key) == wanted for sheet in book.sheets for one in sheet.meta.get(part, [])):
        raise bad_request(f"Duplicate {kind} id: {wanted}")
    return int(wanted) if wanted else book.new_id()


def found(book: Workbook, part: str, key: str, wanted: Any, kind: str) -> tuple[Sheet, Body]:
    """The object with an id in one of the sheets' lists, and its sheet; a 400 if there is none."""
    for sheet in book.sheets:
        for one in sheet.meta.get(part, []):
            if one.get(key) == wanted:
                return sheet, one
    raise bad_request(f"No {kind} with id: {wanted}")


def remove(book: Workbook, part: str, key: str, wanted: Any, kind: str) -> None:
    """Take the object with an id out of its list."""
    sheet, one = found(book, part, key, wanted, kind)
    sheet.part(part).remove(one)


def replaced(book: Workbook, old: Body, new: Body, mask: masks.Mask, key: str) -> None:
    """Write the masked fields of an object, which stays what it is, on its sheet and within the grid."""
    if not mask and "range" in old:
        # Everything is to be written, but nothing can be without its place.
        new = {"range": old["range"], **new}
    kept = {name: below for name, below in masks.with_colour_twins(mask).items() if name != key}
    result = masks.written(old, new, kept) if kept or not mask else dict(old)
    for name in ("range", "name", "title"):
        if name in old and not result.get(name):
            raise bad_request(f"The field {name} must not be empty.")
    if result.get("range") != old.get("range"):
        result["range"] = full_range(book, result["range"])
    result[key] = old[key]
    old.clear()
    old.update(result)


def refuse_other_sheet(sheet: Sheet, one: Body, kind: str) -> None:
    """A 400 when what lies over one sheet is to lie over another."""
    if one.get("range", {}).get("sheetId", sheet.id) != sheet.id:
        raise bad_request(f"A {kind} cannot be moved to another sheet.")


# Protected ranges


def add_protected_range(book: Workbook, body: Body) -> Body:
    """addProtectedRange: the owner may always edit; the reply shows no editors yet, as Google's does."""
    given = with_sheet_ids(body.get("protectedRange", {}), 0)
    if "namedRangeId" in given:
        given["range"] = named(book, given["namedRangeId"])["range"]
    given["range"] = full_range(book, given.get("range", {}))
    sheet = book.sheet(given["range"]["sheetId"])
    _cut_unprotected(book, sheet, given)
    wanted = given.pop("protectedRangeId", None)
    own_id = new_id(book, "protectedRanges", "protectedRangeId", wanted, "protected range")
    warning_only = given.pop("warningOnly", False)
    editors = {name: value for name, value in given.pop("editors", {}).items() if value}
    given.pop("requestingUserCanEdit", None)
    kept: Body = {"protectedRangeId": own_id, "range": given.pop("range")}
    kept |= {name: value for name, value in given.items() if value not in ("", {}, [])}
    if warning_only:
        kept["warningOnly"] = True
    reply = {**visible(kept), "requestingUserCanEdit": True, "editors": editors}
    # Without a list it is whoever adds the protection, and always the owner.
    adder = [book.acting.email] if book.acting and not editors.get("users") else []
    kept["editors"] = _with_owner(book, {**editors, "users": [*editors.get("users", []), *adder]})
    sheet.part("protectedRanges").append(kept)
    return {"protectedRange": reply}


def update_protected_range(book: Workbook, body: Body) -> None:
    """updateProtectedRange: range, description, editors, warning only."""
    given = with_sheet_ids(body.get("protectedRange", {}), 0)
    wanted = given.get("protectedRangeId", 0)
    sheet, old = found(book, "protectedRanges", "protectedRangeId", wanted, "protected range")
    mask = required_mask(body, "ProtectedRange")
    if "range" in given:
        given["range"] = full_range(book, given["range"])
    _cut_unprotected(book, sheet, given)
    replaced(book, old, given, mask, "protectedRangeId")
    if not old.get("warningOnly"):
        old.pop("warningOnly", None)
    old.pop("requestingUserCanEdit", None)
    old["editors"] = _with_owner(book, old.get("editors", {}))
    refuse_other_sheet(sheet, old, "protected range")


def _with_owner(book: Workbook, editors: Body) -> Body:
    users = dict.fromkeys((book.owner, *editors.get("users", [])))
    return {**editors, "users": list(users)}


def _cut_unprotected(book: Workbook, sheet: Sheet, given: Body) -> None:
    if "unprotectedRanges" not in given:
        return
    given["unprotectedRanges"] = [full_range(book, one) for one in given["unprotectedRanges"]]
    if any(one["sheetId"] != sheet.id for one in given["unprotectedRanges"]):
        raise bad_request("Unprotected ranges must be on the sheet that is protected.")


def delete_protected_range(book: Workbook, body: Body) -> None:
    """DeleteProtectedRange."""
    wanted = body.get("protectedRangeId", 0)
    remove(book, "protectedRanges", "protectedRangeId", wanted, "protected range")


# Named ranges


def named(book: Workbook, wanted: str) -> Body:
    """The named range with an id; a 400 if there is none."""
    for one in book.meta.get("namedRanges", []):
        if one["namedRangeId"] == wanted:
            found: Body = one
            return found
    raise bad_request(f"No named range with id: {wanted}")


def _refuse_name(book: Workbook, name: str, besides: Body | None = None) -> None:
    if not name or not (name[0].isalpha() or name[0] == "_") or not name.replace("_", "a").isalnum():
        raise bad_request(f"Invalid name: {name}")
    for one in book.meta.get("namedRanges", []):
        if one is not besides and one["name"].casefold() == name.casefold():
            raise bad_request(f'A named range with the name "{name}" already exists.')


def add_named_range(book: Workbook, body: Body) -> Body:
    """addNamedRange: a name for a range, the same in whatever case."""
    given = body.get("namedRange", {})
    _refuse_name(book, given.get("name", ""))
    if any(one["namedRangeId"] == given.get("namedRangeId") for one in book.meta.get("namedRanges", [])):
        raise bad_request(f"Duplicate named range id: {given['namedRangeId']}")
    made = {
        "namedRangeId": given.get("namedRangeId") or str(book.new_id()),
        "name": given["name"],
        "range": full_range(book, given.get("range", {}), bounded=True),
    }
    book.meta.setdefault("namedRanges", []).append(made)
    return {"namedRange": {**made, "range": shown_range(made["range"])}}


def update_named_range(book: Workbook, body: Body) -> None:
    """UpdateNamedRange."""
    given = body.get("namedRange", {})
    old = named(book, given.get("namedRangeId", ""))
    mask = required_mask(body, "NamedRange")
    if "name" in given:
        _refuse_name(book, given["name"], old)
        if given["name"] != old["name"] and wanted(mask, "name"):
            formulas.follow_name(book, old["name"], given["name"])
    if "range" in given:
        given["range"] = full_range(book, given["range"], bounded=True)
    replaced(book, old, given, mask, "namedRangeId")


def delete_named_range(book: Workbook, body: Body) -> None:
    """DeleteNamedRange."""
    all_names = book.meta.get("namedRanges", [])
    all_names.remove(named(book, body.get("namedRangeId", "")))


# Conditional formats


def _rule(book: Workbook, rule: Body) -> tuple[Sheet, Body]:
    ranges = [full_range(book, one, bounded=True) for one in rule.get("ranges", [])]
    if not ranges or len({one["sheetId"] for one in ranges}) != 1:
        raise bad_request("A conditional format rule needs ranges, all on the same sheet.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise bad_request("Exactly one of booleanRule or gradientRule must be set.")
    return book.sheet(ranges[0]["sheetId"]), with_colour_twins({**rule, "ranges": ranges})


def add_conditional_format_rule(book: Workbook, body: Body) -> None:
    """addConditionalFormatRule: before the rule at the index; the first that fits wins."""
    sheet, rule = _rule(book, body.get("rule", {}))
    rules = sheet.part("conditionalFormats")
    rules.insert(min(body.get("index", 0), len(rules)), rule)


def update_conditional_format_rule(book: Workbook, body: Body) -> Body:
    """updateConditionalFormatRule: another rule at an index, or another index for a rule."""
    sheet_id, index = body.get("sheetId", 0), body.get("index", 0)
    if "rule" in body:
        sheet, rule = _rule(book, body["rule"])
        rules = sheet.part("conditionalFormats")
        old = _at(rules, index, sheet.id)
        rules[index] = rule
        return {"oldRule": visible(old), "newRule": visible(rule), "newIndex": index}
    rules = book.sheet(sheet_id).part("conditionalFormats")
    rule = _at(rules, index, sheet_id)
    new_index = min(body.get("newIndex", 0), len(rules) - 1)
    rules.insert(new_index, rules.pop(index))
    return {"oldIndex": index, "newRule": visible(rule), "newIndex": new_index}


def delete_conditional_format_rule(book: Workbook, body: Body) -> Body:
    """deleteConditionalFormatRule: the rules after it move up."""
    sheet_id, index = body.get("sheetId", 0), body.get("index", 0)
    rules = book.sheet(sheet_id).part("conditionalFormats")
    rule = _at(rules, index, sheet_id)
    del rules[index]
    return {"rule": visible(rule)}


def _at(rules: list[Body], index: int, sheet_id: int) -> Body:
    if not 0 <= index < len(rules):
        raise bad_request(f"No conditional format on sheet: {sheet_id} at index: {index}")
    return rules[index]


# Banding


def add_banding(book: Workbook, body: Body) -> Body:
    """addBanding: alternating colours."""
    band = with_colour_twins(body.get("bandedRange", {}))
    band["range"] = full_range(book, band.get("range", {}), bounded=True)
    wanted = band.pop("bandedRangeId", None)
    own_id = new_id(book, "bandedRanges", "bandedRangeId", wanted, "banded range")
    band = {"bandedRangeId": own_id, **band}
    book.sheet(band["range"]["sheetId"]).part("bandedRanges").append(band)
    return {"bandedRange": visible(band)}


def update_banding(book: Workbook, body: Body) -> None:
    """UpdateBanding."""
    given = with_colour_twins(body.get("bandedRange", {}))
    wanted = given.get("bandedRangeId", 0)
    sheet, old = found(book, "bandedRanges", "bandedRangeId", wanted, "banded range")
    if "range" in given:
        given["range"] = full_range(book, given["range"], bounded=True)
    replaced(book, old, given, required_mask(body, "BandedRange"), "bandedRangeId")
    refuse_other_sheet(sheet, old, "banded range")


def delete_banding(book: Workbook, body: Body) -> None:
    """DeleteBanding."""
    remove(book, "bandedRanges", "bandedRangeId", body.get("bandedRangeId", 0), "banded range")
