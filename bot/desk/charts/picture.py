"""What a chart shows, as plain values: nothing of cells any more, nothing of lines and colours' meaning yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.desk.book.display import shown

Number = float | int
Format = tuple[str, str] | None  #: type and pattern


@dataclass(frozen=True)
class Axis:
    """One axis: its title, how its numbers are written, and how far it reaches where a person said so."""

    title: str = ""
    format: Format = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Series:
    """One row of numbers, one for each place of the domain; `None` where the cell is blank or text."""

    name: str
    values: tuple[Number | None, ...]
    kind: str  #: COLUMN, BAR, LINE, AREA, STEPPED_AREA or SCATTER
    colour: str = ""  #: `#rrggbb`; empty for the next of the palette
    right: bool = False  #: measured on the axis at the right
    labelled: bool = False  #: whether each point says its value
    format: Format = None
    dash: str = ""  #: a LineDashType
    width: float = 2.0  #: pixels
    points: float = 0.0  #: size of the points on a line, pixels
    exceptions: tuple[tuple[int, str], ...] = ()  #: points with a colour of their own


@dataclass(frozen=True)
class Chart:
    """A chart with two or three axes."""

    labels: tuple[str, ...]  #: what stands at the places of the domain
    places: tuple[float, ...] | None  #: where they are, if the domain is a scale and not a list
    series: tuple[Series, ...]
    stacked: str = ""  #: STACKED, PERCENT_STACKED or nothing
    bottom: Axis = Axis()
    left: Axis = Axis()
    right: Axis = Axis()
    legend: str = "RIGHT_LEGEND"
    reversed: bool = False
    connected: bool = False  #: lines go on over blank cells


@dataclass(frozen=True)
class Pie:
    """Shares of a whole."""

    labels: tuple[str, ...]
    values: tuple[Number, ...]
    hole: float = 0.0
    legend: str = "RIGHT_LEGEND"


@dataclass(frozen=True)
class Histogram:
    """How many values lie in each of equally wide buckets."""

    names: tuple[str, ...]
    colours: tuple[str, ...]
    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]  #: by series
    format: Format = None
    legend: str = "RIGHT_LEGEND"


@dataclass(frozen=True)
class Scorecard:
    """One number, and what it is compared with."""

    value: str
    comparison: str = ""
    better: bool | None = None


@dataclass(frozen=True)
class Words:
    """A sentence where a chart would be."""

    lines: tuple[str, ...]


NOT_DRAWN = Words(("This kind of chart is not drawn here.", "此处不绘制这种图表。"))
TOO_MUCH = Words(("There are more points than a picture can show.", "数据点太多，无法在图中显示。"))
NOTHING = Words(("There are no numbers to draw.", "没有可绘制的数据。"))


@dataclass(frozen=True)
class Picture:
    """A chart with its frame."""

    content: Chart | Pie | Histogram | Scorecard | Words
    title: str = ""
    subtitle: str = ""
    width: int = 600  #: pixels
    height: int = 371
    locale: str = field(default="en_US")

    def text(self, value: Number, number_format: Format) -> str:
        """A number as the workbook shows it."""
        kind, pattern = number_format or ("", "")
        return shown(value, {"type": kind, "pattern": pattern} if number_format else None, self.locale)
