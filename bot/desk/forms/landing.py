"""Leaves an answer in the workbook, once, and finds it again wherever it has gone since.

The row is followed by its key, which stays while rows are inserted, deleted, moved and sorted whole; sorting
some of the columns moves cells from row to row, so what was answered in the same millisecond is the answer too. The list of answers is kept with the
workbook and changes in the same transaction as the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import orjson

from bot.desk.book import cells
from bot.desk.book.display import EPOCH, serial
from bot.desk.book.grid import Cell, Extra, Row, Scalar
from bot.desk.book.locales import locale_of
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.forms.questions import STAMP, Place

KEPT = 300  #: answers remembered in a workbook, the oldest forgotten first
ANSWERS = "formAnswers"

Values = Mapping[str, str | Decimal | date]


@dataclass(frozen=True)
class Landed:
    """An answer that stands in the workbook."""

    sheet: Sheet
    index: int  #: 0-based
    row: Row
    moment: datetime  #: when it was sent, on the workbook's clock


def digest_of(values: Values) -> str:
    """What tells a form sent twice from a form filled in anew after going back."""
    return sha256(orjson.dumps(sorted((key, str(value)) for key, value in values.items()))).hexdigest()[:16]


def land(book: Workbook, place: Place, values: Values, form_id: str, now: datetime) -> None:
    """Write the row; `now` is on the workbook's clock, without a zone. Call it inside a change of the workbook."""
    stamp = _own_moment(place, now)
    index = _below_the_last(place)
    sheet = place.sheet
    properties = sheet.properties["gridProperties"]
    properties["rowCount"] = max(sheet.row_count, index + 1)
    book.refuse_too_many_cells()
    draft = sheet.grid.edit(index)
    rules = locale_of(book.locale)
    for key, value in {STAMP: stamp, **values}.items():
        column = place.columns[key]
        pattern = f"{rules.date} {rules.time}" if key == STAMP else rules.date
        draft.put(column, _cell(book, draft.extras.get(column), value, pattern))
    sheet.grid.put(index, draft)
    known = book.meta.setdefault(ANSWERS, [])
    known.append([form_id, sheet.id, sheet.grid.row(index).key, serial(stamp), digest_of(values)])
    del known[:-KEPT]


def same_answer(book: Workbook, form_id: str, values: Values) -> bool:
    """Whether these very values have landed under this form's id."""
    return any(one[0] == form_id and one[4] == digest_of(values) for one in book.meta.get(ANSWERS, []))


def known_answer(book: Workbook, form_id: str) -> bool:
    """Whether anything landed under this form's id, still there or not."""
    return any(one[0] == form_id for one in book.meta.get(ANSWERS, []))


def landed(book: Workbook, form_id: str, place: Place) -> Landed | None:
    """Where an answer stands now; nothing once its row is gone."""
    found = next((one for one in book.meta.get(ANSWERS, []) if one[0] == form_id), None)
    if found is None or found[1] != place.sheet.id:
        return None
    _, _, key, stamp, _ = found
    column = place.columns[STAMP]
    stamped = [
        (index, row)
        for index, row in enumerate(place.sheet.grid.rows)
        if len(row.values) > column and row.values[column] == stamp
    ]
    if not stamped:
        return None
    index, row = next((one for one in stamped if one[1].key == key), stamped[0])
    return Landed(place.sheet, index, row, EPOCH + timedelta(days=stamp))


def _own_moment(place: Place, now: datetime) -> datetime:
    """The moment, or the next millisecond that no other answer has."""
    column = place.columns[STAMP]
    taken = {row.values[column] for row in place.sheet.grid.rows if len(row.values) > column}
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    while serial(now) in taken:
        now += timedelta(milliseconds=1)
    return now


def _below_the_last(place: Place) -> int:
    """The row below the last that holds an answer; what the team prepared in columns of its own is none."""
    rows = place.sheet.grid.rows
    columns = list(place.columns.values())
    for index in range(len(rows) - 1, 0, -1):
        values = rows[index].values
        if any(column < len(values) and values[column] not in ("", False) for column in columns):
            return index + 1
    return 1


def _cell(book: Workbook, old: Extra | None, value: str | Decimal | date, pattern: str) -> Cell:
    """The cell after an answer was written into it: text stays text, numbers and days become numbers."""
    if isinstance(value, str):
        return cells.with_value(book, old, value, typed=False)
    if isinstance(value, Decimal):
        return cells.with_value(book, old, float(value), typed=False)
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day of the workbook
    written: Scalar = serial(moment)
    cell = cells.with_value(book, old, written, typed=False)
    if old is not None and old.style is not None and old.style.number_format:
        return cell
    kind = "DATE_TIME" if isinstance(value, datetime) else "DATE"
    data = dict(old.style.data) if old and old.style else {}
    data["userEnteredFormat"] = {
        **data.get("userEnteredFormat", {}),
        "numberFormat": {"type": kind, "pattern": pattern},
    }
    return Cell(cell.value, Extra(None, book.style(data), old.note if old else None))
