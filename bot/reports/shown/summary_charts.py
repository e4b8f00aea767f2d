"""The rows above the blocks of the Summary tab: what the tab is, and the cells that its charts are drawn from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.planning.report_values import Bar, Ranked, WeekBlock
from bot.planning.rules import Rules
from bot.projection import Edit, SetRange
from bot.reports.shown.summary_block import canonical, number
from bot.reports.shown.summary_words import day_words, said
from sheets_schema import SUMMARY, Cell
from sheets_schema.summary import (
    BLOCK_WIDTH,
    BY_PERSON,
    BY_PRODUCT,
    BY_WEEK,
    CHART_LEFT,
    CHARTS,
    FIRST_BLOCK_ROW,
    HEADING,
    TAB_RIGHT,
    ChartData,
)

Shown = Sequence[Sequence[Cell]]
Grid = list[list[Cell]]
#: Column of the sentence behind the title.
_NOTE = 2


@dataclass(frozen=True)
class ChartFigures:
    """What the three charts show, in the config's currency. Longer than there is room for is cut."""

    #: Oldest first, the running week last.
    weeks: tuple[Bar, ...] = ()
    #: Best first; this week's amount beside last week's.
    people: tuple[Ranked, ...] = ()
    products: tuple[Ranked, ...] = ()


def chart_figures(live: WeekBlock, weeks: Sequence[Bar] = ()) -> ChartFigures:
    """What the charts show beside this live block; `weeks` where more are known than the report has."""
    report = live.report
    return ChartFigures(tuple(weeks) or report.figures.by_week, report.members, report.figures.products)


def head_edits(figures: ChartFigures, shown: Shown, rules: Rules) -> Iterator[Edit]:
    """What must be written above the blocks and into the charts' cells; nothing when all of it stands there."""
    title, note = HEADING[rules.language]
    above: Grid = [[""] * BLOCK_WIDTH for _ in range(FIRST_BLOCK_ROW - 1)]
    above[0][0], above[0][_NOTE] = title, note
    yield from _span(above, _part(shown, 0, BLOCK_WIDTH, len(above), len(above)), 0, {})
    cells = _chart_cells(figures, rules)
    there = _part(shown, CHART_LEFT, TAB_RIGHT, len(cells), len(shown))
    # Whatever stands below the charts' cells was pushed there by somebody's row, and would be drawn twice.
    cells += [[""] * (TAB_RIGHT - CHART_LEFT) for _ in range(len(there) - len(cells))]
    yield from _span(
        cells, there, CHART_LEFT, {c: "count" for one in CHARTS for c in range(one.column + 1, one.right)}
    )


def _part(shown: Shown, left: int, right: int, least: int, most: int) -> Grid:
    """These columns of the tab's first rows, filled up with blanks."""
    rows = [list(row[left:right]) for row in shown[:most]]
    rows += [[] for _ in range(least - len(rows))]
    return [[*row, *[""] * (right - left - len(row))] for row in rows]


def _span(wanted: Grid, there: Grid, left: int, formats: dict[int, str]) -> Iterator[SetRange]:
    """One range over the rows that differ; `formats` by column of the tab."""
    changed = [i for i, row in enumerate(wanted) if canonical(row) != canonical(there[i])]
    if changed:
        top, bottom = changed[0], changed[-1] + 1
        rows = tuple(tuple(row) for row in wanted[top:bottom])
        shown_as = {
            (i, column - left): name
            for i, row in enumerate(rows)
            for column, name in formats.items()
            if not isinstance(row[column - left], str)
        }
        yield SetRange(SUMMARY.key, top + 1, left, rows, shown_as)


def _chart_cells(figures: ChartFigures, rules: Rules) -> Grid:
    """The charts' cells from the first row of the tab on."""
    language, currency = rules.language, rules.currency
    grid: Grid = [[""] * (TAB_RIGHT - CHART_LEFT) for _ in range(max(one.bottom for one in CHARTS))]
    grid[0][0] = said("chart_cells", language)
    amount = said("amount_in", language, currency=currency)
    weeks = figures.weeks[-BY_WEEK.labels :]
    labels = [day_words(bar.day, language) if bar.day else bar.label for bar in weeks]
    _fill(
        grid,
        BY_WEEK,
        [said("week", language), amount],
        [(label, [bar.amount]) for label, bar in zip(labels, weeks, strict=True)],
    )
    for chart, title, ranked in (
        (BY_PERSON, "salesperson", figures.people),
        (BY_PRODUCT, "product", figures.products),
    ):
        titles = [said(key, language) for key in (title, "this_week", "last_week")]
        _fill(grid, chart, titles, [
            (one.name or said("unassigned", language), [one.sum.amount(currency), one.before.amount(currency)])
            for one in ranked[: chart.labels]
        ])  # fmt: skip
    return grid


def _fill(
    grid: Grid, chart: ChartData, titles: Sequence[str], rows: Sequence[tuple[str, list[Decimal]]]
) -> None:
    left = chart.column - CHART_LEFT
    grid[chart.top][left : left + len(titles)] = titles
    for place, (label, amounts) in enumerate(rows, chart.top + 1):
        grid[place][left : left + 1 + len(amounts)] = [label, *map(number, amounts)]
