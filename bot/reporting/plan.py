"""What `plan` tells: what the next cycle would find, mail and write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.activity import Change
from bot.blocks import Block, Column, Fit, Said, Table, Tone
from bot.planning.activity_words import mail_name
from bot.planning.drafting import Plan
from bot.projection import AppendRow, Edit, Projection, ReplaceText, SetCells
from bot.reporting.times import local, moment_words
from sheets_schema import BY_KEY
from sheets_schema.workflow import STATES

_HAPPENED = {
    "adopted": "first meeting: {count} rows would be adopted, none mailed",
    "memory_rebuilt": "memory would be rebuilt from the sheet, nothing mailed",
    "rebuilt": "{count} rows known from an earlier life",
    "order_claimed": "order {order_no}: {count} line(s), {tab} row {row}",
    "resend_asked": "order {order_no}: purchase detail once more (no. {count})",
    "order_approved": "order {order_no}: approved, the customer hears",
    **{f"moved_{s.key}": f"order {{order_no}}: now '{s.en}', {{tab}} row {{row}}" for s in STATES},
    "row_changed": "order {order_no}: changed since it was confirmed, {tab} row {row}",
    "answered": "order {order_no}: the customer has answered, {tab} row {row}",
    "row_edited": "order {order_no}: edited, {tab} row {row}",
    "row_vanished": "order {order_no}: its row {row} in {tab} is gone",
    "claim_withdrawn": "order {order_no}: withdrawn, its row changed before it was numbered",
    "held_flood": "{count} new orders at once: held until released",
    "held_emptied": "{tab}: all {count} rows vanished at once: held until released",
    "held_header": "{tab}: {count} title(s) to put right",
    "held_tab": "{tab}: the tab is missing",
    "released": "{count} hold(s) released",
}
#: How many rows of a group a page shows; the others are counted.
_SHOWN = 40


def plan_facts(plan: Plan, projection: Projection, timezone: str, now: datetime) -> dict[str, Any]:
    """The plan of the next cycle, in groups, for machines; times in the team's zone."""
    zone = ZoneInfo(timezone)
    return {
        "at": local(now, zone),
        "changes": [
            {
                "what": change.what,
                "says": _said(change),
                "order_no": change.order_no,
                "tab": change.tab,
                "row": change.row,
                "count": change.count,
            }
            for change in plan.changes
        ],
        "mails": [
            {
                "id": draft.id,
                "kind": draft.kind,
                "order_no": draft.order_no,
                "to": draft.recipient.email,
            }
            for draft in plan.drafts
        ],
        "waiting": [{"tab": row.tab, "since": local(row.since, zone)} for row in plan.waiting],
        "problems": [
            {
                "tab": told.tab,
                "row": told.row,
                "order_no": told.order_no,
                "before": told.before,
                "after": told.after,
            }
            for told in projection.problems
        ],
        "edits": [_edit(edit) for edit in projection.edits],
        "cells": sum(len(edit.cells) for edit in projection.edits if isinstance(edit, SetCells | AppendRow)),
    }


def _said(change: Change) -> str:
    words = _HAPPENED.get(change.what, change.what)
    return words.format(order_no=change.order_no, tab=change.tab, row=change.row, count=change.count)


def _edit(edit: Edit) -> dict[str, Any]:
    match edit:
        case SetCells():
            return {"what": "write", "tab": edit.tab, "row": edit.row, "cells": len(edit.cells)}
        case AppendRow():
            return {"what": "append", "tab": edit.tab, "row": 0, "cells": len(edit.cells)}
        case ReplaceText():
            return {"what": "replace", "tab": edit.tab, "row": 0, "cells": 1}
        case _:
            return {"what": "marker", "tab": "", "row": 0, "cells": 0}


def plan_lines(plan: Plan, projection: Projection) -> Iterator[str]:
    """The plan of the next cycle, a line each."""
    yield from map(_said, plan.changes)
    for draft in plan.drafts:
        yield f"mail {draft.id} to {draft.recipient.email}"
    for waiting in plan.waiting:
        yield f"waiting: a row of {waiting.tab}, unchanged since {waiting.since:%Y-%m-%d %H:%M:%S} UTC"
    for told in projection.problems:
        yield f"problem: {told.tab} row {told.row}: {told.after or 'solved'}"
    for edit in projection.edits:
        match edit:
            case SetCells():
                yield f"write {len(edit.cells)} cell(s) in {edit.tab} row {edit.row}"
            case AppendRow():
                yield f"append a row to {edit.tab}"
            case ReplaceText():
                yield f"replace '{edit.old}' by '{edit.new}' in {edit.tab}"
            case _:
                yield "leave the marker"
    if not (plan.changes or plan.drafts or plan.waiting or projection.edits):
        yield "Nothing to do."


def plan_sentence(facts: dict[str, Any]) -> str:
    """How much the next cycle would do."""
    rows = {(edit["tab"], edit["row"]) for edit in facts["edits"] if edit["what"] == "write"}
    orders = {change["order_no"] for change in facts["changes"] if change["what"] == "order_claimed"}
    counted = (
        (len(orders), "new order(s)"),
        (len(facts["changes"]) - len(orders), "other thing(s) noticed"),
        (len(facts["mails"]), "mail(s)"),
        (len(facts["waiting"]), "row(s) that wait"),
        (sum(bool(told["after"]) for told in facts["problems"]), "problem(s) to tell"),
        (facts["cells"], f"cell(s) in {len(rows)} row(s) to write"),
    )
    parts = [f"{count:,} {name}" for count, name in counted if count > 0]
    if parts:
        return f"The next poll: {', '.join(parts)}."
    return "The next poll writes its marker." if facts["edits"] else "Nothing to do."


def plan_page(facts: dict[str, Any]) -> Iterator[Block]:
    """The plan in groups, its counts first."""
    yield Said(plan_sentence(facts), Tone.STRONG)
    yield from _group(
        "Noticed", (Column("", Fit.WORDS),), [(Said(change["says"]),) for change in facts["changes"]]
    )
    yield from _group(
        "Mails",
        (Column("What", Fit.WORDS), Column("Mail", Fit.COPIED), Column("To", Fit.COPIED)),
        [
            (Said(mail_name(mail["kind"], "en")), Said(mail["id"], Tone.STRONG), Said(mail["to"]))
            for mail in facts["mails"]
        ],
    )
    yield from _group(
        "Rows that wait",
        (Column("Tab"), Column("Unchanged since")),
        [(Said(_tab(row["tab"])), Said(moment_words(row["since"], facts["at"]))) for row in facts["waiting"]],
    )
    yield from _group(
        "Problems",
        (Column("Tab"), Column("Row", is_number=True), Column("Order"), Column("What it says", Fit.WORDS)),
        [
            (
                Said(_tab(told["tab"])),
                Said(str(told["row"])),
                Said(told["order_no"]),
                Said(told["after"], Tone.WARN) if told["after"] else Said("solved", Tone.GOOD),
            )
            for told in facts["problems"]
        ],
    )
    yield from _group(
        "Cells to write",
        (Column("Tab"), Column("Row"), Column("Cells", is_number=True)),
        [
            (Said(_tab(edit["tab"])), Said(str(edit["row"] or edit["what"])), Said(str(edit["cells"])))
            for edit in facts["edits"]
            if edit["what"] != "marker"
        ],
    )


def _group(heading: str, columns: tuple[Column, ...], rows: list[tuple[Said, ...]]) -> Iterator[Block]:
    """A table of the first rows, and how many more there are."""
    yield Table(f"{heading}: {len(rows):,}", columns, tuple(rows[:_SHOWN]))
    if len(rows) > _SHOWN:
        yield Said(f"  … and {len(rows) - _SHOWN:,} more: python -m bot plan --json has them all", Tone.QUIET)


def _tab(key: str) -> str:
    return BY_KEY[key].en if key in BY_KEY else key
