"""The Feedback tab: read by passing over what has its receipt, and what its Result cells ought to show. Pure.

grid ─► rows without a receipt × Seen ─► receipts and sentences that are not shown ─► edits
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.planning.catalog import Catalog
from bot.planning.feedback import is_receipt, read_answer, standing_of
from bot.planning.rules import Rules
from bot.planning.satisfaction import has_nobody_to_tell, nobody_words
from bot.planning.sightings import Row, Seen, TabSnapshot
from bot.projection import SetCells, difference
from bot.survey import Grid
from sheets_schema import FEEDBACK, Cell
from sheets_schema.cells import is_blank
from sheets_schema.naming import STANDARD, Schema
from sheets_schema.titles import read_header


def read_feedback(
    grids: Mapping[str, Grid], titles: Mapping[str, str], language: str, schema: Schema = STANDARD
) -> TabSnapshot | None:
    """The Feedback tab with the rows that show no receipt; None when it was not read. Raises ValueError."""
    tab = schema.named(FEEDBACK)
    if tab.key not in grids:
        return None
    grid, title = grids[tab.key], titles.get(tab.key, tab.title(language))
    header = read_header(tab, title, grid.header, language)
    if header.problems:
        return TabSnapshot(tab.key, title, header, ())
    columns = sorted((index, key) for key, index in header.columns.items())
    try:
        rows = tuple(_unanswered(grid, columns))
    except ValueError:
        grid = grid.mended(range(len(grid.ends)))
        rows = tuple(_unanswered(grid, columns))
    return TabSnapshot(tab.key, title, header, rows, height=len(grid.ends))


def _unanswered(grid: Grid, columns: list[tuple[int, str]]) -> Iterator[Row]:
    places = {key: index for index, key in columns}
    result, order_no = places.get("result", -1), places["order_no"]
    for index in range(len(grid.ends)):
        raw = grid.cells(index)
        if 0 <= result < len(raw) and order_no < len(raw) and is_receipt(raw[result], raw[order_no]):
            # Nearly all of ten thousand rows.
            continue
        cells = {key: raw[i] for i, key in columns if i < len(raw) and not is_blank(raw[i])}
        if cells:
            yield Row(FEEDBACK.key, index + 2, cells, "", "")


def feedback_edits(
    tab: TabSnapshot | None, seen: Seen, catalog: Catalog | None, now: datetime, rules: Rules
) -> tuple[SetCells, ...]:
    """The edits that make the Result cells show how the answers stand; none when they do, or cannot be read.

    At the first meeting nothing is said of orders that are not known, as most of them will be a moment later.
    """
    if tab is None or tab.header.problems or seen.adopted_at is None:
        return ()
    found: list[SetCells] = []
    for row in tab.rows:
        answer = read_answer(row, tab.header, rules)
        words = standing_of(answer, seen, now, rules)
        if words is None and has_nobody_to_tell(answer, seen, catalog, now, rules):
            words = nobody_words(rules)
        desired: dict[str, Cell] = {} if words is None else {"result": words}
        if lacking := difference(tab.header, row, desired):
            found.append(SetCells(FEEDBACK.key, row.number, lacking))
    return tuple(found)
