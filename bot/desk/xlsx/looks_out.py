"""How cells look, on the way out: a cell's format as the styles of an .xlsx file.

Padding, text direction and runs of several looks within one cell are not carried.
"""

from __future__ import annotations

from typing import Any

from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet

from bot.desk.book.defaults import DEFAULT_FORMAT, THEME
from bot.desk.book.grid import Style
from bot.desk.xlsx import texts
from bot.desk.xlsx.number_formats import code_of

FONT, SIZE = "Arial", int(DEFAULT_FORMAT["textFormat"]["fontSize"])
SIDES = ("top", "bottom", "left", "right")
LINES = {
    "SOLID": "thin",
    "SOLID_MEDIUM": "medium",
    "SOLID_THICK": "thick",
    "DASHED": "dashed",
    "DOTTED": "dotted",
    "DOUBLE": "double",
}
VERTICAL = {"TOP": "top", "MIDDLE": "center", "BOTTOM": "bottom"}
THEME_COLOURS = {one["colorType"]: one["color"]["rgbColor"] for one in THEME["themeColors"]}

Json = dict[str, Any]


def argb(fields: Json, name: str) -> str | None:
    """A colour field as eight hexadecimal digits, its `…Style` twin first; none if there is none."""
    twin = fields.get(name + "Style") or {}
    colour = twin.get("rgbColor", THEME_COLOURS.get(twin.get("themeColor", ""), fields.get(name)))
    if colour is None:
        return None
    levels = [round(min(max(float(colour.get(one, 0)), 0), 1) * 255) for one in ("red", "green", "blue")]
    return "FF{:02X}{:02X}{:02X}".format(*levels)


def font(text: Json, changes_only: bool = False) -> Font:
    """A TextFormat as a font; `changes_only` leaves out what it does not say, for conditional formats."""
    family = texts.plain(str(text.get("fontFamily", ""))).split(",")[0].strip()[:31]
    return Font(
        name=family or (None if changes_only else FONT),
        sz=text.get("fontSize") or (None if changes_only else SIZE),
        b=text.get("bold"),
        i=text.get("italic"),
        strike=text.get("strikethrough"),
        u="single" if text.get("underline") else None,
        color=argb(text, "foregroundColor"),
    )


def fill(colour: str | None, conditional: bool = False) -> PatternFill:
    """A fill of one colour; conditional formats keep it in the other of the two places a fill has."""
    if colour is None:
        return PatternFill()
    return PatternFill(bgColor=colour) if conditional else PatternFill("solid", fgColor=colour)


def _border(borders: Json) -> Border:
    sides: dict[str, Any] = {}
    for name in SIDES:
        line = LINES.get(borders.get(name, {}).get("style", ""))
        if line:
            sides[name] = Side(style=line, color=argb(borders[name], "color"))  # type: ignore[arg-type] # a name of the table above
    return Border(**sides)


def _alignment(cell_format: Json) -> Alignment:
    turned = cell_format.get("textRotation", {})
    angle = int(turned.get("angle", 0))
    rotation = 255 if turned.get("vertical") else angle if angle >= 0 else 90 - angle
    return Alignment(
        horizontal=(cell_format.get("horizontalAlignment") or "").lower() or None,
        vertical=VERTICAL.get(cell_format.get("verticalAlignment", "")),
        wrap_text=cell_format.get("wrapStrategy") == "WRAP" or None,
        text_rotation=rotation,
    )


def differential(cell_format: Json) -> DifferentialStyle:
    """What a conditional format lays over a cell."""
    text = cell_format.get("textFormat", {})
    colour = argb(cell_format, "backgroundColor")
    return DifferentialStyle(
        font=font(text, changes_only=True) if text else None,
        fill=fill(colour, conditional=True) if colour else None,
    )


class Looks:
    """The numbers a file gives to the looks of cells, each look once."""

    def __init__(self, tab: Worksheet, locale: str):
        self._tab = tab
        self._locale = locale
        self._known: dict[tuple[int, bool], int] = {}

    def number(self, style: Style | None, quoted: bool = False) -> int:
        """The number of a style; `quoted` marks text as text."""
        key = (style.id if style else 0, quoted)
        if key not in self._known:
            cell_format = style.data.get("userEnteredFormat", {}) if style else {}
            self._known[key] = self._new(cell_format, quoted)
        return self._known[key]

    def _new(self, cell_format: Json, quoted: bool) -> int:
        cell = WriteOnlyCell(self._tab)
        text = cell_format.get("textFormat")
        if text:
            cell.font = font(text)
        colour = argb(cell_format, "backgroundColor")
        if colour:
            cell.fill = fill(colour)
        if cell_format.get("borders"):
            cell.border = _border(cell_format["borders"])
        cell.alignment = _alignment(cell_format)
        cell.number_format = texts.plain(code_of(cell_format.get("numberFormat"), self._locale))
        if quoted:
            cell.quotePrefix = True
        return int(cell.style_id)
