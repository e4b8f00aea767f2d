"""A window of a sheet as the page's grid wants it: texts, what an editor opens with, looks, marks.

Rows say their key, which stays with them while they move, so that a page can follow the row a person is in.
Cells that look alike share one entry of `styles`. What a sheet looks like beside its cells is in `layout.py`.
"""

from __future__ import annotations

import re
from typing import Any

from bot.desk import formulas
from bot.desk.book import cells, validation
from bot.desk.book.conditional import Colouring, seen_in
from bot.desk.book.conditions import Seen
from bot.desk.book.display import SHORT, automatic, is_date
from bot.desk.book.grid import BLANK, Row, Scalar, Style
from bot.desk.book.locales import locale_of
from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.pages import look
from bot.desk.pages.entered import entered_text, plain_text

MOST_ROWS = 1000  #: of one window
SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
PLAIN = {
    "text": 0,
    "number": 1,
    "boolean": 2,
    "error": 3,
    "date": 4,
}  #: the first styles: no format, by kind of value

Json = dict[str, Any]


def window(book: Workbook, sheet: Sheet, top: int, bottom: int) -> Json:
    """The rows from `top` to before `bottom`, cut to the grid, with the styles their cells name by number."""
    top = max(0, min(top, sheet.row_count))
    bottom = max(top, min(bottom, sheet.row_count, top + MOST_ROWS))
    painter = _Painter(book, sheet)
    rows = [painter.row(index, sheet.grid.row(index)) for index in range(top, bottom)]
    return {"top": top, "rows": rows, "styles": painter.styles}


def place_of(sheet: Sheet, key: int, near: int = 0) -> int | None:
    """The index at which the row with a key is now; none if it is gone. `near` is looked at first."""
    rows = sheet.grid.rows
    if key <= 0:
        return None
    if 0 <= near < len(rows) and rows[near].key == key:
        return near
    return next((index for index, row in enumerate(rows) if row.key == key), None)


def edge(sheet: Sheet, start: int, column: int, down: bool) -> int:
    """Where a leap up or down a column ends: with the filled cells one is in, or at the next filled one.

    Without one it is the grid's edge. Hidden rows count as any other.
    """
    rows = sheet.grid.rows

    def is_filled(index: int) -> bool:
        return index < len(rows) and column < len(rows[index].values) and rows[index].values[column] != ""

    step, end = (1, sheet.row_count - 1) if down else (-1, 0)
    at = min(start, sheet.row_count - 1)
    if at == end:
        return at
    if is_filled(at) and is_filled(at + step):
        while at != end and is_filled(at + step):
            at += step
        return at
    at += step
    while at != end and not is_filled(at):
        if down and at >= len(rows):
            return end
        at += step
    return at


class _Painter:
    """Turns rows into what the page draws, remembering each look it has met."""

    def __init__(self, book: Workbook, sheet: Sheet):
        self._book = book
        self._locale = book.locale
        self._decimal = locale_of(book.locale).decimal
        self._colouring = Colouring(book, sheet)
        self._bands = [_Band(one) for one in sheet.meta.get("bandedRanges", [])]
        self._rules = validation.Rules(book, sheet)
        self._known: dict[tuple[int, str, str], int] = {}
        self.styles: list[Json] = [{"css": look.css_of({}, kind), "kind": kind} for kind in PLAIN]

    def row(self, index: int, row: Row) -> Json:
        """One row; names that would be empty are left out."""
        if row is BLANK and not self._bands and not self._colouring:
            return {"key": 0}
        texts: list[str] = []
        styles: list[int] = []
        shown: Json = {"key": row.key, "texts": texts, "styles": styles}
        for column in range(self._width(row)):
            value = row.values[column] if column < len(row.values) else ""
            if column in row.extras or self._bands or self._colouring:
                self._cell(shown, index, column, row, value)
            elif type(value) is str:
                texts.append(value)
                styles.append(0)
                self._note_text(shown, column, value)
            else:
                self._plain(shown, column, row, value)
        if row.props.get("pixelSize"):
            shown["height"] = row.props["pixelSize"]
        return shown

    def _width(self, row: Row) -> int:
        return max(row.width, self._colouring.width, max((band.right for band in self._bands), default=0))

    def _plain(self, shown: Json, column: int, row: Row, value: Scalar) -> None:
        text = automatic(value, self._decimal)
        shown["texts"].append(text)
        shown["styles"].append(PLAIN["boolean" if isinstance(value, bool) else "number"])
        if len(text) > SHORT and (typed := entered_text(row, column, self._locale)) != text:
            shown.setdefault("typed", {})[column] = typed

    def _note_text(self, shown: Json, column: int, value: str) -> None:
        """What is to be said about a text beside itself: an apostrophe when edited, a link."""
        if not value:
            return
        if (typed := plain_text(value, self._locale)) != value:
            shown.setdefault("typed", {})[column] = typed
        if "://" in value or value[:7].lower() == "mailto:":
            self._note_link(shown, column, value)

    def _note_link(self, shown: Json, column: int, address: str) -> None:
        if SAFE_LINK.fullmatch(address.strip()):
            shown.setdefault("links", {})[column] = address.strip()

    def _cell(self, shown: Json, index: int, column: int, row: Row, value: Scalar) -> None:
        extra = row.extras.get(column)
        style = extra.style if extra else None
        text = value if isinstance(value, str) else cells.formatted(row, column, self._locale)
        laid = self._colouring.format_at(index, column, row) if self._colouring else {}
        shown["texts"].append(text)
        is_formula = extra is not None and extra.formula is not None
        kind = _kind(value, is_formula, style)
        if kind == "number" and value != "":
            shown.setdefault("numbers", {})[column] = value
        shown["styles"].append(self._style(style, laid, kind, self._fill(index, column)))
        if is_formula or (value != "" and entered_text(row, column, self._locale) != text):
            shown.setdefault("typed", {})[column] = entered_text(row, column, self._locale)
        if extra is not None and extra.note:
            shown.setdefault("notes", {})[column] = extra.note
        if style is not None:
            self._note_link(shown, column, _link(style))
            if self._wrong(style, row, index, column):
                shown.setdefault("wrong", []).append(column)
        if isinstance(value, str):
            self._note_link(shown, column, value)

    def _wrong(self, style: Style, row: Row, index: int, column: int) -> bool:
        if "dataValidation" not in style.data or column >= len(row.values):
            return False
        seen: Seen = seen_in(row, column, self._locale)
        return self._rules.broken(style, seen, (index, column))

    def _fill(self, index: int, column: int) -> str:
        return next((fill for band in self._bands if (fill := band.fill(index, column))), "")

    def _style(self, style: Style | None, laid: Json, kind: str, fill: str) -> int:
        if style is None and not laid and not fill:
            return PLAIN[kind]
        key = (style.id if style else 0, f"{kind} {fill}", repr(laid) if laid else "")
        if key not in self._known:
            self._known[key] = len(self.styles)
            self.styles.append(self._described(style, laid, kind, fill))
        return self._known[key]

    def _described(self, style: Style | None, laid: Json, kind: str, fill: str) -> Json:
        own = style.data.get("userEnteredFormat", {}) if style else {}
        css = look.css_of(cells.laid_over(own, laid), kind)
        if fill and "--fill" not in css:
            css = {**css, "--fill": fill, "--text": css.get("--text", "#000000")}
        described: Json = {"css": css, "kind": kind}
        if wrap := {"WRAP": "wrap", "CLIP": "clip", "LEGACY_WRAP": "wrap"}.get(own.get("wrapStrategy", "")):
            described["wrap"] = wrap
        rule = validation.rule_of(style)
        if rule:
            described |= _rule(rule)
        return described


class _Band:
    """Alternating colours over a range."""

    def __init__(self, band: Json):
        area = band["range"]
        self.top, self.bottom = area["startRowIndex"], area["endRowIndex"]
        self.left, self.right = area["startColumnIndex"], area["endColumnIndex"]
        rows = band.get("rowProperties", {})
        self._head = look.colour(rows, "headerColor") or ""
        self._foot = look.colour(rows, "footerColor") or ""
        self._fills = [look.colour(rows, name) or "" for name in ("firstBandColor", "secondBandColor")]

    def fill(self, index: int, column: int) -> str:
        """The colour of a cell; empty outside."""
        if not (self.top <= index < self.bottom and self.left <= column < self.right):
            return ""
        if self._head and index == self.top:
            return self._head
        if self._foot and index == self.bottom - 1:
            return self._foot
        fill = self._fills[(index - self.top - bool(self._head)) % 2]
        return "" if fill == "#ffffff" else fill


def _kind(value: Scalar, is_formula: bool, style: Style | None) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "error" if is_formula and value in formulas.ERRORS else "text"
    return "date" if style is not None and is_date(style.number_format) else "number"


def _link(style: Style) -> str:
    """The one link a style names, by the cell or by its format."""
    found = style.data.get("hyperlink") or style.data.get("userEnteredFormat", {}).get("textFormat", {}).get(
        "link", {}
    ).get("uri", "")
    return str(found)


def _rule(rule: Json) -> Json:
    """What the page must know of a validation rule to offer the right way of typing."""
    kind = validation.kind_of(rule)
    described: Json = {"rule": "list" if kind.startswith("ONE_OF_") else kind.lower()}
    if kind == "BOOLEAN":
        described["marks"] = [cells_text(one) for one in validation.marks(rule)]
    if rule.get("inputMessage"):
        described["help"] = rule["inputMessage"]
    return described


def cells_text(value: Scalar) -> str:
    """A checkbox's value as a person would type it."""
    return str(value).upper() if isinstance(value, bool) else str(value)
