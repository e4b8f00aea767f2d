"""How cells look, on the way in: the styles of an .xlsx file as cell formats.

Only what differs from the file's own plain cell is taken over. Patterned and gradient fills, indents and
shrinking to fit are not.
"""

from __future__ import annotations

import colorsys
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl.styles import Alignment, Border, Fill, Font
from openpyxl.styles.colors import COLOR_INDEX, Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.xml.functions import fromstring

from bot.desk.book.colours import with_colour_twins
from bot.desk.book.display import is_date
from bot.desk.book.grid import Extra
from bot.desk.book.workbook import Workbook
from bot.desk.xlsx.number_formats import format_of

Json = dict[str, Any]

LINES = {
    "thin": "SOLID",
    "medium": "SOLID_MEDIUM",
    "thick": "SOLID_THICK",
    "double": "DOUBLE",
    "dotted": "DOTTED",
    "hair": "DOTTED",
}
HORIZONTAL = {"left": "LEFT", "center": "CENTER", "centerContinuous": "CENTER", "right": "RIGHT"}
VERTICAL = {"top": "TOP", "center": "MIDDLE"}
#: Places of a theme's colours, in the order styles count them and not the one the theme has them in.
THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


class Looks:
    """The looks of a file's cells, by the numbers the cells name; openpyxl keeps them under private names."""

    def __init__(self, file: Any, book: Workbook):
        self._file = file
        self._book = book
        self._colours = Colours(getattr(file, "loaded_theme", None))
        self._plain_font: Font = self._file._fonts[0]
        self._dates: dict[int, bool] = {}

    def carried(self, number: int) -> Extra | None:
        """What a cell of this look carries; none for a plain one."""
        style = self._book.style({"userEnteredFormat": self.cell_format(number)})
        return Extra(None, style, None) if style else None

    def is_date(self, number: int) -> bool:
        """Whether a number in a cell of this look is a point in time."""
        if number not in self._dates:
            self._dates[number] = is_date(self._number_format(number))
        return self._dates[number]

    def locked(self, number: int) -> bool:
        """Whether a cell of this look is locked when its sheet is protected."""
        style = self._style(number)
        return bool(self._file._protections[style.protectionId].locked)

    def cell_format(self, number: int) -> Json:
        """The look as a CellFormat."""
        style = self._style(number)
        found: Json = {
            "numberFormat": self._number_format(number),
            "textFormat": text_format(self._file._fonts[style.fontId], self._plain_font, self._colours),
            "backgroundColor": _background(self._file._fills[style.fillId], self._colours),
            "borders": _borders(self._file._borders[style.borderId], self._colours),
            **_alignment(self._file._alignments[style.alignmentId]),
        }
        kept: Json = with_colour_twins({name: value for name, value in found.items() if value is not None})
        return {name: value for name, value in kept.items() if value != {} or name.startswith("background")}

    def conditional(self, look: DifferentialStyle) -> Json:
        """What a conditional format lays over a cell, as a CellFormat."""
        found: Json = {}
        if look.font:
            found["textFormat"] = text_format(look.font, None, self._colours)
        fill: Any = look.fill
        if fill and getattr(fill, "bgColor", None):
            # Here a solid fill keeps its colour in the place the second colour of a pattern has in cells.
            found["backgroundColor"] = self._colours.rgb(fill.bgColor)
        kept: Json = with_colour_twins({name: value for name, value in found.items() if value is not None})
        return kept

    def colour(self, colour: Any) -> Json | None:
        """A colour as red, green and blue."""
        return self._colours.rgb(colour)

    def _style(self, number: int) -> Any:
        styles = self._file._cell_styles
        return styles[number] if number < len(styles) else styles[0]

    def _number_format(self, number: int) -> dict[str, str] | None:
        id_ = self._style(number).numFmtId
        if id_ < BUILTIN_FORMATS_MAX_SIZE:
            return format_of(BUILTIN_FORMATS.get(id_, ""))
        own = self._file._number_formats
        place = id_ - BUILTIN_FORMATS_MAX_SIZE
        return format_of(own[place]) if place < len(own) else None


class Colours:
    """Resolves colours: said outright, by a place in the theme, or by a number of the old palette."""

    def __init__(self, theme: bytes | None):
        self._theme = _theme_colours(theme) if theme else []

    def rgb(self, colour: Any) -> Json | None:
        """Red, green and blue from 0 to 1; none for a colour the reader's system would choose."""
        if not isinstance(colour, Color):
            return None
        if colour.type == "theme" and colour.theme < len(self._theme):
            text = self._theme[colour.theme]
        elif colour.type == "indexed" and colour.indexed < len(COLOR_INDEX):
            text = COLOR_INDEX[colour.indexed]
        elif colour.type == "rgb" and isinstance(colour.rgb, str):
            text = colour.rgb
        else:
            return None
        red, green, blue = (int(text[-6:][place : place + 2], 16) / 255 for place in (0, 2, 4))
        if colour.tint:
            hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
            tint = float(colour.tint)
            light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
            red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
        return {"red": red, "green": green, "blue": blue}


def _theme_colours(theme: bytes) -> list[str]:
    try:
        scheme = fromstring(theme).find(f".//{MAIN}clrScheme")
    except (ParseError, SyntaxError, ValueError):
        return []
    found = []
    for name in THEME:
        one = scheme.find(f"{MAIN}{name}/*") if scheme is not None else None
        text = (one.get("lastClr") or one.get("val") or "") if one is not None else ""
        found.append(
            text if len(text) == 6 and all(c in "0123456789abcdefABCDEF" for c in text) else "000000"
        )
    return found


def text_format(font: Font, plain: Font | None, colours: Colours) -> Json:
    """A font as a TextFormat; with a plain font beside it, only what differs from that."""
    found: Json = {}
    if plain is not None and font.name and font.name != plain.name:
        found["fontFamily"] = str(font.name)
    if plain is not None and font.sz and font.sz != plain.sz:
        found["fontSize"] = round(float(font.sz))
    for name, given in (("bold", font.b), ("italic", font.i), ("strikethrough", font.strike)):
        if given:
            found[name] = True
    if font.u:
        found["underline"] = True
    colour = colours.rgb(font.color)
    if colour is not None and (plain is None or colour != colours.rgb(plain.color)):
        found["foregroundColor"] = colour
    return found


def _background(fill: Fill, colours: Colours) -> Json | None:
    solid: Any = fill
    return colours.rgb(solid.fgColor) if getattr(fill, "fill_type", None) == "solid" else None


def _borders(border: Border, colours: Colours) -> Json:
    found: Json = {}
    for name in ("top", "bottom", "left", "right"):
        side = getattr(border, name)
        if side is not None and side.style:
            line = LINES.get(side.style, "DASHED")  # the seven kinds of dashes Excel has are one here
            found[name] = {"style": line, "color": colours.rgb(side.color) or {}}
    return found


def _alignment(alignment: Alignment) -> Json:
    found: Json = {}
    if alignment.horizontal in HORIZONTAL:
        found["horizontalAlignment"] = HORIZONTAL[alignment.horizontal]
    if alignment.vertical in VERTICAL:
        found["verticalAlignment"] = VERTICAL[alignment.vertical]
    if alignment.wrap_text:
        found["wrapStrategy"] = "WRAP"
    turned = int(alignment.textRotation or 0)
    if turned == 255:
        found["textRotation"] = {"vertical": True}
    elif turned:
        found["textRotation"] = {"angle": turned if turned <= 90 else 90 - turned}
    return found
