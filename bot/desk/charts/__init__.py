"""Charts as pictures: what a sheet's charts show, drawn as SVG.

    chart + cells ──► reading ──► Picture (plain values) ──► drawing ──► SVG

A picture is made of the cells as they are now, so it is never older than they are; a picture equal to one
drawn a moment ago is not drawn again. A kind of chart that is not drawn says so in its place. Matplotlib is
loaded when the first chart is drawn: it takes half a second.
"""

from __future__ import annotations

from typing import Any

from bot.desk.book.workbook import Workbook
from bot.desk.charts.reading import picture_of

MIME = "image/svg+xml"


def svg(book: Workbook, chart: dict[str, Any], dark: bool) -> bytes:
    """An EmbeddedChart as an SVG file with a transparent ground; the same cells always give the same bytes."""
    from bot.desk.charts.drawing import drawn  # noqa: PLC0415 - see the module's docstring

    return drawn(picture_of(book, chart), dark)
