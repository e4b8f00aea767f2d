"""Draws pictures of charts with Matplotlib.

Texts stay texts in the SVG, so the browser draws them with its own fonts, Chinese ones among them. How much
room they need is estimated from their letters and not asked of this machine's fonts, so a picture is the same
wherever it is drawn. Smoothed lines are drawn straight, three dimensions flat.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from functools import lru_cache
from math import cos, radians, sin
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bot.desk.charts import plotting
from bot.desk.charts.lettering import FONTS, SMALL, cleaned, shortened, width
from bot.desk.charts.looks import Look, look_of
from bot.desk.charts.picture import Chart, Histogram, Picture, Pie, Scorecard, Words

TITLE, SUBTITLE, SENTENCE = 15, 12, 13  #: pixels
EDGE = 14  #: pixels around everything
GAP = 12  #: pixels between a legend and what it is about
LEGENDS = {
    "RIGHT_LEGEND": "upper right",
    "LEFT_LEGEND": "upper left",
    "TOP_LEGEND": "upper center",
    "BOTTOM_LEGEND": "lower center",
}
Room = tuple[float, float, float, float]  #: left, bottom, width and height as shares of the picture

MOST_ENTRIES = 14  #: of a legend at a side


@lru_cache(maxsize=64)
def drawn(picture: Picture, dark: bool) -> bytes:
    """The picture as an SVG file."""
    look = look_of(dark)
    figure = Figure(figsize=(picture.width / 72, picture.height / 72), dpi=72, layout="constrained")
    figure.patch.set_visible(False)
    top = _headed(figure, picture, look)
    aside, below = EDGE / picture.width, EDGE / picture.height
    room = (aside, below, 1 - 2 * aside, 1 - below - top / picture.height)
    _Canvas(figure)
    engine: Any = figure.get_layout_engine()
    engine.set(rect=DRAW[type(picture.content)](figure, picture, look, room))
    out = io.StringIO()
    nothing: Any = dict.fromkeys(["Creator", "Date", "Format", "Type"])
    renderer: Any = _Renderer(  # type: ignore[no-untyped-call]  # Matplotlib's renderers have no types
        picture.width, picture.height, out, metadata={**nothing, "Title": cleaned(picture.title) or "Chart"}
    )
    figure.draw(renderer)
    renderer.finalize()
    # A browser takes points for a third more than pixels.
    size = f'width="{picture.width}pt" height="{picture.height}pt"'
    return out.getvalue().replace(size, size.replace("pt", ""), 1).encode()


def _headed(figure: Figure, picture: Picture, look: Look) -> float:
    """Write title and subtitle at the top left; says how many pixels they take."""
    top = float(EDGE)
    for text, size, colour in ((picture.title, TITLE, look.text), (picture.subtitle, SUBTITLE, look.quiet)):
        if not text.strip():
            continue
        one_line = shortened(" ".join(cleaned(text).split()), (picture.width - 2 * EDGE) / size)
        where = 1 - top / picture.height
        figure.text(EDGE / picture.width, where, one_line, size=size, color=colour, va="top", in_layout=False)
        top += size * 1.5
    return top + (4 if top > EDGE else 0)


def _axes(figure: Figure, picture: Picture, look: Look, room: Room) -> Room:
    if not isinstance(picture.content, Chart):
        return room
    handles = plotting.plotted(figure.add_subplot(), picture, picture.content, look)
    return _legend(figure, picture, look, room, handles, picture.content.legend)


def _histogram(figure: Figure, picture: Picture, look: Look, room: Room) -> Room:
    if not isinstance(picture.content, Histogram):
        return room
    handles = plotting.counted(figure.add_subplot(), picture, picture.content, look)
    return _legend(figure, picture, look, room, handles, picture.content.legend)


def _pie(figure: Figure, picture: Picture, look: Look, room: Room) -> Room:
    pie = picture.content
    if not isinstance(pie, Pie):
        return room
    axes = figure.add_subplot()
    total = sum(pie.values)
    names = [f"{name} {value / total:.0%}" for name, value in zip(pie.labels, pie.values, strict=True)]
    outside = pie.legend == "LABELED_LEGEND"
    colours = [look.colour(place) for place in range(len(names))]
    wedges, *_ = axes.pie(
        [float(value) for value in pie.values],
        labels=[shortened(cleaned(name), 14) for name in names] if outside else None,
        colors=colours,
        startangle=90,
        counterclock=False,
        textprops={"color": look.quiet, "size": SMALL},
        wedgeprops={"width": 1 - pie.hole, "edgecolor": look.ground, "linewidth": 1},
    )
    for place, (wedge, value) in enumerate(zip(wedges, pie.values, strict=True)):
        wedge.set_gid(f"slice-{place}")
        share = value / total
        if share >= 0.05 and not outside:
            _share(axes, wedge, share, pie.hole, look.on(colours[place]))
    handles = [(Patch(color=colour), name) for colour, name in zip(colours, pie.labels, strict=True)]
    return _legend(figure, picture, look, room, handles, "NO_LEGEND" if outside else pie.legend)


def _share(axes: Axes, wedge: Any, share: float, hole: float, colour: str) -> None:
    middle = radians((wedge.theta1 + wedge.theta2) / 2)
    away = (1 + hole) / 2 if hole else 0.66
    axes.text(
        away * cos(middle),
        away * sin(middle),
        f"{share:.1%}",
        ha="center",
        va="center",
        size=11,
        color=colour,
    )


def _scorecard(figure: Figure, picture: Picture, look: Look, room: Room) -> Room:
    card = picture.content
    if not isinstance(card, Scorecard):
        return room
    size = min((picture.width - 2 * EDGE) / max(width(card.value), 1), picture.height * 0.28, 64)
    figure.text(0.5, 0.52, cleaned(card.value), ha="center", va="center", size=size, color=look.text)
    if card.comparison:
        colour = look.quiet if card.better is None else look.good if card.better else look.bad
        figure.text(
            0.5,
            0.5 - size / picture.height,
            cleaned(card.comparison),
            ha="center",
            va="top",
            size=14,
            color=colour,
        )
    return room


def _words(figure: Figure, picture: Picture, look: Look, room: Room) -> Room:
    words = picture.content
    if not isinstance(words, Words):
        return room
    size = min(SENTENCE, *((picture.width - 2 * EDGE) / max(width(line), 1) for line in words.lines))
    for number, line in enumerate(words.lines):
        where = 0.5 - (number - 0.5) * 1.6 * size / picture.height
        figure.text(0.5, where, line, ha="center", va="center", size=size, color=look.quiet)
    return room


DRAW: dict[type, Callable[[Figure, Picture, Look, Room], Room]] = {
    Chart: _axes,
    Histogram: _histogram,
    Pie: _pie,
    Scorecard: _scorecard,
    Words: _words,
}


def _legend(
    figure: Figure, picture: Picture, look: Look, room: Room, handles: list[tuple[Any, str]], where: str
) -> Room:
    """Name the series that have names, as many as there is room for; gives the room that is left."""
    named = [(handle, cleaned(name)) for handle, name in handles if name.strip()]
    if not named or where == "NO_LEGEND":
        return room
    where = where if where in LEGENDS else "RIGHT_LEGEND"
    place: Any = LEGENDS[where]
    aside = where in {"RIGHT_LEGEND", "LEFT_LEGEND"}
    longest = picture.width / 4 / SMALL
    texts = [shortened(name, longest) for _, name in named]
    if aside:
        columns, most = 1, min(MOST_ENTRIES, max(int((picture.height - 90) / 18), 1))
    else:
        each = (max(width(text) for text in texts) + 3.5) * SMALL
        columns = min(max(int((picture.width - 2 * EDGE) / each), 1), len(texts))
        most = columns * 2
    shown = list(zip([handle for handle, _ in named], texts, strict=True))[:most]
    if len(named) > most:
        shown[-1] = (Patch(alpha=0), f"+ {len(named) - most + 1}")
    legend = figure.legend(
        [handle for handle, _ in shown],
        # Matplotlib leaves out what begins with an underscore; a joiner nobody sees prevents it.
        ["\u2060" + text if text.startswith("_") else text for _, text in shown],
        loc=place,
        ncols=columns,
        frameon=False,
        prop={"size": SMALL},
        labelcolor=look.quiet,
        handlelength=1.1,
        handleheight=0.9,
        columnspacing=1.2,
        borderaxespad=0,
        borderpad=0,
        bbox_to_anchor=room,
    )
    legend.set_gid("legend")
    legend.set_in_layout(False)
    left, bottom, across, up = room
    size = legend.get_window_extent()
    wide, high = (size.width + GAP) / picture.width, (size.height + GAP) / picture.height
    if aside:
        return (left + wide if where == "LEFT_LEGEND" else left, bottom, across - wide, up)
    return (left, bottom + high if where == "BOTTOM_LEGEND" else bottom, across, up - high)


class _Renderer(RendererSVG):
    """An SVG writer that asks nothing of fonts and settings, and gives things names that stay the same."""

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        """How large a line will be, in pixels; `ismath` does not matter, as `$` is a dollar here."""
        size = float(prop.get_size_in_points())
        return width(s) * size, size * 0.95, size * 0.22

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Write a line as it is, never as a formula."""
        inner: Any = self
        prop = prop.copy()
        prop.set_family(FONTS)
        inner._draw_text_as_text(gc, x, y, s, prop, angle, False, mtext)

    def _make_id(self, type: str, content: Any) -> str:  # noqa: A002 - the name of the method it replaces
        return type + hashlib.sha256(str(content).encode()).hexdigest()[:10]


class _Canvas(FigureCanvasBase):
    """Lets the layout be worked out with the same estimates the picture is written with."""

    def get_renderer(self) -> RendererSVG:
        """A writer to measure with; what it writes nobody reads."""
        return _Renderer(*self.figure.bbox.size, io.StringIO())  # type: ignore[no-untyped-call]  # see above
