"""Summary: blocks of figures, one for the running week and one for each closed week. It has no columns with titles.

    row 1        what this tab is; frozen
    rows 2-14    the charts float here, and far to the right stand the cells they are drawn from
    row 16 on    the live block, then the closed weeks, newest first

What the charts need stands above the first block, so that rows put in for a new week never push it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sheets_schema.fields import Tab

SUMMARY = Tab(key="summary", en="Summary", zh="销售汇总表", fields=())

#: 1-based: where the live block begins.
FIRST_BLOCK_ROW = 16
#: Pixels of the columns of the blocks, the two hidden ones last.
WIDTHS = (110, 170, 70, 85, 120, 118, 100, 80, 120, 72, 205, 60, 60)
#: 0-based: what kind of line a row is, by which it gets its look; and in a block's first row which block it is.
KIND_COLUMN, BLOCK_COLUMN = 11, 12
HIDDEN = (KIND_COLUMN, BLOCK_COLUMN)
#: 0-based: the columns with numbers, one past the last. What stands in them, titles too, stands at the right.
NUMBERS = (2, 9)
#: How many columns belong to the blocks.
BLOCK_WIDTH = len(WIDTHS)

#: What a row is; the words stand in the hidden column, and the colours of `LOOKS` ask for them.
RowKind = Literal["title", "live", "head", "total", "team", "row", "warn", "later", "note"]


@dataclass(frozen=True)
class RowLook:
    """How a whole row of one kind shows."""

    kind: RowKind
    #: #rrggbb; "" leaves the ground as it is.
    ground: str = ""
    letters: str = ""
    bold: bool = False
    italic: bool = False


LOOKS = (
    RowLook("live", "#12564f", "#ffffff", bold=True),
    RowLook("title", "#3c4f5c", "#ffffff", bold=True),
    RowLook("head", "#e4eae9", "#33444b", bold=True),
    RowLook("total", "#d3e8e2", "", bold=True),
    RowLook("team", "#f0f6f4", "", bold=True),
    RowLook("warn", "#fff3d1"),
    RowLook("later", "#fbe3e0"),
    RowLook("note", "", "#5f6b70", italic=True),
)


@dataclass(frozen=True)
class ChartData:
    """A named range that one native chart is drawn from: a row of titles, then labels and numbers."""

    #: The range's name in the workbook.
    name: str
    #: 0-based column of the labels; the numbers stand to its right.
    column: int
    #: How many labels there is room for; those that are not needed are blank.
    labels: int
    #: How many columns of numbers.
    series: int
    kind: Literal["COLUMN", "BAR"]
    title: Mapping[str, str]

    #: 0-based first row, and one past the last.
    top = 1

    @property
    def bottom(self) -> int:
        """0-based, one past its last row."""
        return self.top + 1 + self.labels

    @property
    def right(self) -> int:
        """0-based, one past its last column."""
        return self.column + 1 + self.series


BY_WEEK = ChartData("summary_by_week", 14, 12, 1, "COLUMN", {"en": "Amount by week", "zh-CN": "每周金额"})
BY_PERSON = ChartData(
    "summary_by_salesperson", 17, 12, 2, "BAR", {"en": "Amount by salesperson", "zh-CN": "各销售金额"}
)
BY_PRODUCT = ChartData(
    "summary_by_product", 21, 10, 2, "BAR", {"en": "Amount by product", "zh-CN": "各产品金额"}
)
CHARTS = (BY_WEEK, BY_PERSON, BY_PRODUCT)
#: 0-based: the first column of the charts' cells, and one past the last of the tab.
CHART_LEFT, TAB_RIGHT = BY_WEEK.column, BY_PRODUCT.right

#: The first row, by language: title and what to know.
HEADING: Mapping[str, tuple[str, str]] = {
    "en": (
        "Sales summary",
        "Order Desk writes this tab and keeps it up to date; what is typed here is replaced. Cancelled orders count in no total.",
    ),
    "zh-CN": ("销售汇总", "本页由系统自动填写并更新，手工填入的内容会被覆盖。已取消的订单不计入任何合计。"),
}
