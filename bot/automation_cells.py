"""What the bot's cells of the Automations tab ought to show, against what they show. Pure.

    rows × RunsSeen ─► next and last run, result, the automation's name, ticks taken off ─► edits
    rows × RunsSeen ─► the runs that people can see have begun: their mail may leave

As everywhere, nothing remembers a write to do: a lost answer or a person overwriting a cell is mended by the next cycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.planning.automations import AutomationRow, automation_rows, counting
from bot.planning.due import Weeks, fits, latest_begun, next_due, usual_when, weeks_seen
from bot.planning.fills import moment_cell
from bot.planning.release_words import held_words, nothing_held_words
from bot.planning.rules import Rules
from bot.planning.run_words import (
    double_words,
    result_words,
    switched_off_words,
    together,
    unknown_words,
    when_words,
)
from bot.planning.runs import Run, RunsSeen, Standing
from bot.planning.sightings import Hold, Row, TabSnapshot
from bot.ports import Place
from bot.projection import SetCells, difference
from sheets_schema import AUTOMATIONS, LANGUAGES, Cell
from sheets_schema.automations import RELEASE, automation_of
from sheets_schema.cells import is_blank, read_checkbox


def automation_edits(
    tab: TabSnapshot | None,
    seen: RunsSeen,
    now: datetime,
    rules: Rules,
    holds: Mapping[str, Hold] = MappingProxyType({}),
) -> tuple[SetCells, ...]:
    """The edits that make the tab show how automations stand; none when it does, or cannot be read.

    `holds`: what the row that releases them tells of.
    """
    rows = automation_rows(tab, rules)
    if tab is None or rows is None:
        return ()
    first = counting(rows)
    weeks = weeks_seen(seen.standings, seen, now, rules)
    desired: list[tuple[Row, dict[str, Cell]]] = []
    for row in rows:
        counts = first[row.automation.key]
        standing = seen.standings.get(row.automation.key)
        if counts is not row:
            desired.append((row.row, {"next_run": "", "result": double_words(counts.row.number, rules)}))
        elif standing is not None:
            cells = _cells(row, standing, seen, weeks, now, rules)
            if row.automation is RELEASE:
                told = (held_words(holds, rules), str(cells.get("result", "")))
                cells["result"] = together(told, rules) or nothing_held_words(rules)
            desired.append((row.row, cells))
    desired += [(row, {"result": words}) for row, words in _nameless(tab, rules)]
    found = ((row.number, difference(tab.header, row, cells)) for row, cells in desired)
    return tuple(SetCells(AUTOMATIONS.key, number, cells) for number, cells in found if cells)


def _cells(
    row: AutomationRow, standing: Standing, seen: RunsSeen, weeks: Weeks, now: datetime, rules: Rules
) -> dict[str, Cell]:
    due = next_due(standing, seen, weeks, now, rules)
    cells: dict[str, Cell] = {
        "automation": row.automation.title(rules.language),
        "next_run": moment_cell(due, rules) if due is not None else "",
    }
    if standing.ticked and row.run_now:
        cells["run_now"] = False
    run = latest_begun(row.automation.key, seen)
    # A last run from before the bot's memory was lost, or from after a backup that was put back, is the best knowledge
    # there is. One from later, of which nothing is remembered, is another row's: somebody sorted while it was written.
    from_before = row.last_run is not None and row.last_run <= standing.since and _is_older(run, row.last_run)
    if from_before:
        run = None
    if not from_before:
        cells["last_run"] = moment_cell(run.begun_at, rules) if run is not None else ""
    told = [_trouble(row, standing, rules)]
    if run is not None:
        told.append(result_words(run, seen.mail.get(run.id, {}), rules))
    elif not standing.on:
        told.append(switched_off_words(row.automation, rules))
    if any(told) or not from_before:
        cells["result"] = together(told, rules)
    return cells


def _is_older(run: Run | None, shown: datetime) -> bool:
    """Whether this run began before the moment that the sheet shows, which is of whole seconds."""
    return run is None or run.begun_at < shown - timedelta(seconds=1)


def _trouble(row: AutomationRow, standing: Standing, rules: Rules) -> str:
    if not usual_when(row.automation, rules) or fits(row.automation, row.when):
        return ""
    return when_words(row.automation, row.when, standing.when, rules)


def _nameless(tab: TabSnapshot, rules: Rules) -> list[tuple[Row, str]]:
    """Rows that are filled in like an automation and name none; and those that did so, whose sentence goes."""
    told = {unknown_words(language) for language in LANGUAGES}
    found: list[tuple[Row, str]] = []
    for row in tab.rows:
        if automation_of(row.text("automation")) is not None:
            continue
        ticked = any(read_checkbox(row.cells.get(key, False)) is True for key in ("on", "run_now"))
        if ticked or not is_blank(row.cells.get("when", "")):
            found.append((row, unknown_words(rules.language)))
        elif row.text("result") in told:
            found.append((row, ""))
    return found


def runs_shown(tab: TabSnapshot | None, seen: RunsSeen, rules: Rules) -> tuple[Run, ...]:
    """The runs of which the tab shows by now that they began; those known to be shown are left out."""
    found: list[Run] = []
    for key, row in counting(automation_rows(tab, rules) or ()).items():
        last = latest_begun(key, seen)
        if (
            tab is None
            or last is None
            or difference(tab.header, row.row, {"last_run": moment_cell(last.begun_at, rules)})
        ):
            continue
        found += [replace(r, shown=True) for r in seen.runs.values() if r.automation == key and not r.shown]
    return tuple(found)


def as_answered(tab: TabSnapshot, answered: Mapping[Place, Sequence[Cell]]) -> TabSnapshot:
    """The tab with these of its rows alone, as the answer to a write shows them."""
    keys = {index: key for key, index in tab.header.columns.items()}
    rows = tuple(
        Row(
            tab.tab,
            number,
            {keys[i]: c for i, c in enumerate(cells) if i in keys and not is_blank(c)},
            "",
            "",
        )
        for (key, number), cells in sorted(answered.items(), key=lambda item: item[0])
        if key == tab.tab
    )
    return replace(tab, rows=rows)
