"""`init`: builds or repairs the workbook's layout, and meets it for the first time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.cycle import run_cycle, stand_down
from bot.glance import App, Glance
from bot.layout.structure import Layout, missing_layout
from bot.ports import About, WorkbookRefused


@dataclass(frozen=True)
class Initialised:
    """What `init` did, and what it could not."""

    said: tuple[str, ...]
    problems: tuple[str, ...]
    #: What is as it should be and still good to know, such as a role that nobody has; told every time.
    notes: tuple[str, ...] = ()


def initialise(app: App, *, with_guide: bool = False) -> Initialised:
    """Add what is missing; adopt the rows that are there if the bot has never met this workbook.

    Changes nothing, and sends no write, when there is nothing to do. Raises OutsideError.
    """
    about, layout = _looked_at(app, with_guide=with_guide)
    said, problems = list(layout.said), [*layout.problems, *layout.guards.problems]
    if layout.requests:
        app.workbook.build(layout.requests)
        about = app.workbook.about()
    done, refused = _sent_apart(app, layout)
    said += done
    problems += refused
    said += _zones_differ(app, about)
    if about.marker is None and not layout.problems:
        try:
            cycle, _ = run_cycle(app, app.clock(), Glance())
        finally:
            stand_down(app)
        if cycle.outcome == "standby":
            said.append("A worker is running; it adopts the rows that are there.")
        else:
            count = sum(change.count for change in cycle.plan.changes if change.what == "adopted")
            said.append(f"First meeting: {count} rows adopted, none mailed.")
    return Initialised(tuple(said), tuple(problems), layout.guards.notes)


def foreseen(app: App, *, with_guide: bool = False) -> Initialised:
    """What `initialise` would do, in the same sentences; sends no write and adopts nothing. Raises OutsideError."""
    about, layout = _looked_at(app, with_guide=with_guide)
    said = [*layout.said, *(piece.said for piece in layout.pieces), *_zones_differ(app, about)]
    if about.marker is None and not layout.problems:
        said.append("First meeting: the rows that are there adopted, none mailed.")
    return Initialised(tuple(said), (*layout.problems, *layout.guards.problems), layout.guards.notes)


def _looked_at(app: App, *, with_guide: bool) -> tuple[About, Layout]:
    about = app.workbook.about(layout=True)
    layout = missing_layout(
        about,
        app.rules.language,
        lambda: secrets.randbelow(2**31 - 2) + 1,
        app.rules.digest.due_soon,
        with_guide=with_guide,
        currency=app.rules.currency,
    )
    return about, layout


def _zones_differ(app: App, about: About) -> list[str]:
    """A sentence when the spreadsheet's days begin at another time than the team's."""
    if not about.timezone or about.timezone == app.rules.timezone.key:
        return []
    return [
        f"Note: the spreadsheet's time zone is {about.timezone}, the config says {app.rules.timezone.key}: "
        "make them the same (File, Settings)."
    ]


def _sent_apart(app: App, layout: Layout) -> tuple[list[str], list[str]]:
    """What was done for the people of the Team tab, and what was not.

    Each piece is sent by itself and last: an address or a name that Google does not take is refused together with all
    that goes along with it, and concerns neither the layout nor another piece.
    """
    done: list[str] = []
    problems: list[str] = []
    for piece in layout.pieces:
        try:
            app.workbook.build(piece.requests)
            done.append(piece.said)
        except WorkbookRefused as error:
            problems.append(piece.refused.replace("{reason}", str(error)))
    return done, problems
