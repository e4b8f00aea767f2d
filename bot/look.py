"""What a tab looks like beyond its cells, as far as `init` must know it in order to leave people's own things alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Protection:
    """A protected range, whoever made it. 0-based, ends not included; None where it is open."""

    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None
    protection_id: int = 0
    #: What whoever made it wrote about it; ours are known by it.
    description: str = ""
    #: It asks before it lets anybody write, and refuses nobody.
    is_warning: bool = False
    #: Addresses of those who may write, people and groups; shown only to those who may.
    editors: frozenset[str] = frozenset()
    #: Everybody of the owner's organisation may write, too.
    is_open_to_domain: bool = False
    #: The bot may write, and so change the protection.
    is_ours_to_change: bool = False

    def covers(self, row: int, column: int) -> bool:
        """True when the cell lies in it."""
        return (
            self.top <= row
            and self.left <= column
            and (self.bottom is None or row < self.bottom)
            and (self.right is None or column < self.right)
        )


@dataclass(frozen=True)
class ColourRule:
    """A conditional format over one range of columns. The API gives these no name, so what they say must do."""

    left: int
    right: int | None
    #: The API's condition type, such as "TEXT_EQ".
    condition: str
    texts: tuple[str, ...] = ()
    #: Its place among the rules of its tab, of which the first that fits wins.
    place: int = field(default=0, compare=False)
    #: It reaches from the first row, or the one below the titles, to the last.
    is_whole: bool = True


@dataclass(frozen=True)
class Dropdown:
    """The validation rule of a column, as its second row has it."""

    #: The API's condition type, such as "ONE_OF_LIST".
    condition: str
    texts: tuple[str, ...] = ()
    #: The help that is shown beside the cell.
    message: str = ""
    strict: bool = False


@dataclass(frozen=True)
class Area:
    """Some cells of one tab, 0-based, ends not included; None where it is open."""

    sheet_id: int
    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None


@dataclass(frozen=True)
class Chart:
    """A chart that floats over a tab: where its labels and numbers come from, in that order."""

    chart_id: int
    sources: tuple[Area, ...]


@dataclass(frozen=True)
class NamedRange:
    """A name that the workbook has for some cells."""

    range_id: str
    name: str
    area: Area


@dataclass(frozen=True)
class Asked:
    """What a filter asks of one column."""

    #: The API's condition type, such as "TEXT_EQ"; "" when there is none.
    condition: str = ""
    #: The condition's values; of one that is relative to today its word, such as "TODAY".
    texts: tuple[str, ...] = ()
    #: Texts whose rows it hides.
    hides: frozenset[str] = frozenset()
    #: It also goes by the colour of cells, which none of ours does.
    is_by_colour: bool = False


@dataclass(frozen=True)
class FilterView:
    """A filter with a name, which everybody may switch on for themselves."""

    view_id: int
    title: str
    area: Area
    #: 0-based column -> what is asked of it.
    asks: Mapping[int, Asked]


@dataclass(frozen=True)
class Styled:
    """A cell of a page that is ours, with as much of its format as we set."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    #: In points; 0 = as the workbook has it.
    size: int = 0
    #: #rrggbb; "" = as the workbook has it.
    letters: str = ""
    ground: str = ""
    #: The API's words, such as "WRAP" and "TOP".
    wrap: str = ""
    vertical: str = ""
    #: Struck through, underlined, or with a validation rule: nothing that we do.
    is_scribbled: bool = False


@dataclass(frozen=True)
class Look:
    """What is there already; columns and rows are 0-based."""

    #: Column -> pixels.
    widths: Mapping[int, int] = field(default_factory=dict)
    #: Columns whose second row has a validation rule.
    validated: frozenset[int] = frozenset()
    #: The rules themselves.
    dropdowns: Mapping[int, Dropdown] = field(default_factory=dict)
    #: Columns whose second row says how long text is shown.
    wrapped: frozenset[int] = frozenset()
    colours: tuple[ColourRule, ...] = ()
    protections: tuple[Protection, ...] = ()
    #: Checkbox column -> rows that hold a bare TRUE or FALSE.
    unboxed: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    #: Column -> texts from the second row on, of the columns that are read whole: the automations' names, and Team.
    listed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    #: Columns whose second row has its text at the right.
    aligned: frozenset[int] = frozenset()
    #: Columns whose second row says that long text is shown in another way than wrapped.
    unwrapped: frozenset[int] = frozenset()
    views: tuple[FilterView, ...] = ()
    has_gridlines: bool = True
    #: The tab bears the mark of the guide.
    is_guide: bool = False
    #: The first cells of the tab that bears the mark, or the name, of the guide; None in any other.
    page: tuple[tuple[Styled, ...], ...] | None = None
