"""Formats as a browser's style sheet says them: CSS properties and values, nothing of the cells themselves.

Colours become custom properties (`--fill`, `--text`), so that a dark page can turn them around. Fonts other than
the page's own are not imitated, except that a fixed-width font stays one.
"""

from __future__ import annotations

from typing import Any

Format = dict[str, Any]
Css = dict[str, str]

HORIZONTAL = {"LEFT": "left", "CENTER": "center", "RIGHT": "right"}
VERTICAL = {"TOP": "flex-start", "MIDDLE": "center", "BOTTOM": "flex-end"}
BORDER_STYLES = {
    "SOLID": "1px solid",
    "SOLID_MEDIUM": "2px solid",
    "SOLID_THICK": "3px solid",
    "DASHED": "1px dashed",
    "DOTTED": "1px dotted",
    "DOUBLE": "3px double",
}
FIXED_WIDTH = ("courier", "consolas", "mono")


def css_of(look: Format, kind: str) -> Css:
    """The properties of a cell with this format; `kind` is text, number, date, boolean or error."""
    text = look.get("textFormat", {})
    css: Css = {"text-align": HORIZONTAL.get(look.get("horizontalAlignment", ""), _natural(kind))}
    fill, ink = colour(look, "backgroundColor"), colour(text, "foregroundColor")
    if fill and fill != "#ffffff":
        css["--fill"] = fill
    if ink and (ink != "#000000" or "--fill" in css):
        css["--text"] = ink
    elif "--fill" in css:
        css["--text"] = "#000000"
    if vertical := VERTICAL.get(look.get("verticalAlignment", "")):
        css["align-items"] = vertical
    return css | _font(text) | _borders(look.get("borders", {}))


def _natural(kind: str) -> str:
    return {"number": "right", "date": "right", "boolean": "center", "error": "center"}.get(kind, "left")


def _font(text: Format) -> Css:
    css: Css = {}
    if text.get("bold"):
        css["font-weight"] = "700"
    if text.get("italic"):
        css["font-style"] = "italic"
    lines = [
        name for key, name in (("underline", "underline"), ("strikethrough", "line-through")) if text.get(key)
    ]
    if lines:
        css["text-decoration-line"] = " ".join(lines)
    size = text.get("fontSize")
    if isinstance(size, int) and size != 10 and 5 <= size <= 72:
        css["font-size"] = f"{size / 10:g}em"
    if any(name in str(text.get("fontFamily", "")).lower() for name in FIXED_WIDTH):
        css["font-family"] = "ui-monospace, monospace"
    return css


def _borders(borders: Format) -> Css:
    css: Css = {}
    for side in ("top", "right", "bottom", "left"):
        border = borders.get(side, {})
        style = BORDER_STYLES.get(border.get("style", ""))
        if style:
            css[f"border-{side}"] = f"{style} {colour(border, 'color') or '#000000'}"
    return css


def colour(holder: Format, name: str) -> str | None:
    """A colour as `#rrggbb`; none where it is not set or comes from the theme."""
    found = holder.get(f"{name}Style", {}).get("rgbColor")
    if found is None:
        found = holder.get(name)
    if found is None:
        return None
    return "#" + "".join(f"{round(float(found.get(one, 0)) * 255):02x}" for one in ("red", "green", "blue"))
