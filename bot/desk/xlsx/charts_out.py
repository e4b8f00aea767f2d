"""Charts on the way out: columns, bars, lines, areas, points and pies over the cells they are about.

Other kinds stay behind, as does what Excel would draw differently (colours of single points, labels).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl import chart as charts
from openpyxl.chart._chart import ChartBase
from openpyxl.chart.reference import Reference
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.worksheet.worksheet import Worksheet

from bot.desk.book.workbook import Sheet, Workbook
from bot.desk.xlsx import texts
from bot.desk.xlsx.rules_out import block
from sheets_schema.titles import column_letter

Json = dict[str, Any]

CENTIMETRES = 2.54 / 96  #: of a pixel
DEFAULT_SIZE = (600, 371)  #: pixels
LEGENDS = {"BOTTOM_LEGEND": "b", "LEFT_LEGEND": "l", "RIGHT_LEGEND": "r", "TOP_LEGEND": "t"}
GROUPINGS = {"STACKED": "stacked", "PERCENT_STACKED": "percentStacked"}


def put_charts(book: Workbook, sheet: Sheet, tab: Worksheet, titles: Mapping[str, str]) -> None:
    """Put a sheet's charts where they are on the sheet."""
    for chart in sheet.meta.get("charts", []):
        spec = chart.get("spec", {})
        made = _Drawn(book, tab, titles).chart(spec)
        if made is None:
            continue
        place = chart.get("position", {}).get("overlayPosition", {})
        made.title = texts.plain(str(spec.get("title", ""))) or None
        made.width = place.get("widthPixels", DEFAULT_SIZE[0]) * CENTIMETRES
        made.height = place.get("heightPixels", DEFAULT_SIZE[1]) * CENTIMETRES
        cell = place.get("anchorCell", {})
        tab.add_chart(made, f"{column_letter(cell.get('columnIndex', 0))}{cell.get('rowIndex', 0) + 1}")


class _Drawn:
    """Makes Excel's chart of a spec."""

    def __init__(self, book: Workbook, tab: Worksheet, titles: Mapping[str, str]):
        self._book = book
        self._tab = tab
        self._titles = titles

    def chart(self, spec: Json) -> ChartBase | None:
        """The chart; none for a kind that is not carried."""
        if "pieChart" in spec:
            pie = spec["pieChart"]
            made = _empty("DOUGHNUT" if pie.get("pieHole") else "PIE")
            return self._filled(
                made, pie.get("domain"), [pie.get("series", {})], False, pie.get("legendPosition")
            )
        basic = spec.get("basicChart", {})
        made = _empty(basic.get("chartType", ""))
        if made is None:
            return None
        grouping = GROUPINGS.get(basic.get("stackedType", ""))
        if grouping and hasattr(made, "grouping"):
            made.grouping = grouping
            made.overlap = 100
        for axis in basic.get("axis", []):
            target = {"BOTTOM_AXIS": "x_axis", "LEFT_AXIS": "y_axis"}.get(axis.get("position", ""))
            if target and axis.get("title"):
                getattr(made, target).title = texts.plain(str(axis["title"]))
        domains = basic.get("domains") or [{}]
        series = [one.get("series", {}) for one in basic.get("series", [])]
        headed = basic.get("headerCount", 0) > 0
        return self._filled(made, domains[0].get("domain"), series, headed, basic.get("legendPosition"))

    def _filled(
        self, chart: ChartBase, domain: Json | None, series: list[Json], headed: bool, legend: str | None
    ) -> ChartBase | None:
        labels = self._reference(domain, headed)
        for one in series:
            values = self._reference(one, headed=False)
            if values is None:
                return None
            points: Any = labels if chart.tagname == "scatterChart" else None
            made = SeriesFactory(values, xvalues=points, title_from_data=headed)
            chart.series.append(made)
        if labels is not None and chart.tagname != "scatterChart":
            chart.set_categories(labels)
        if legend == "NO_LEGEND":
            chart.legend = None
        elif legend in LEGENDS and chart.legend is not None:
            chart.legend.position = LEGENDS[legend]
        return chart

    def _reference(self, data: Json | None, headed: bool) -> Reference | None:
        """The cells of a domain or series, which must lie in one piece; without their header if `headed`."""
        sources = (data or {}).get("sourceRange", {}).get("sources", [])
        if len(sources) != 1:
            return None
        sheet = self._book.sheet(sources[0].get("sheetId", 0))
        area = block(sources[0], sheet)
        made = Reference(
            self._tab,
            min_row=area.top + 1 + (headed and area.bottom - area.top > 1),
            min_col=area.left + 1,
            max_row=area.bottom,
            max_col=area.right,
        )
        made.worksheet = _Titled(self._titles[sheet.title])  # type: ignore[assignment] # only its title is asked for
        return made


class _Titled:
    """A sheet that is known by its title only: it may not be written yet."""

    def __init__(self, title: str):
        self.title = title


def _empty(kind: str) -> Any:
    makers = {
        "COLUMN": charts.BarChart,
        "BAR": charts.BarChart,
        "LINE": charts.LineChart,
        "AREA": charts.AreaChart,
        "SCATTER": charts.ScatterChart,
        "PIE": charts.PieChart,
        "DOUGHNUT": charts.DoughnutChart,
    }
    if kind not in makers:
        return None
    made = makers[kind]()
    if kind in {"COLUMN", "BAR"}:
        made.type = "bar" if kind == "BAR" else "col"
    if hasattr(made, "x_axis"):
        made.x_axis.delete = False
        made.y_axis.delete = False
    return made
