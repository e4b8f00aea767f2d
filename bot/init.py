"""`init`: builds or repairs the workbook's layout, and meets it for the first time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.cycle import run_cycle, stand_down
from bot.glance import App, Glance
from bot.layout.guards import Guards
from bot.layout.structure import missing_layout
from bot.ports import WorkbookRefused


@dataclass(frozen=True)
class Initialised:
    """What `init` did, and what it could not."""

    said: tuple[str, ...]
    problems: tuple[str, ...]
    #: What is as it should be and still good to know, such as a role that nobody has; told every time.
    notes: tuple[str, ...] = ()


def initialise(app: App) -> Initialised:
    """Add what is missing; adopt the rows that are there if the bot has never met this workbook.

    Changes nothing, and sends no write, when there is nothing to do. Raises OutsideError.
    """
    about = app.workbook.about(layout=True)
    layout = missing_layout(
        about, app.rules.language, lambda: secrets.randbelow(2**31 - 2) + 1, app.rules.digest.due_soon
    )
    said, problems = list(layout.said), list(layout.problems)
    if layout.requests:
        app.workbook.build(layout.requests)
        about = app.workbook.about()
    done, refused = _guarded(app, layout.guards)
    said += done
    problems += refused
    if about.timezone and about.timezone != app.rules.timezone.key:
        said.append(
            f"Note: the spreadsheet's time zone is {about.timezone}, the config says {app.rules.timezone.key}: "
            "make them the same (File, Settings)."
        )
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


def _guarded(app: App, guards: Guards) -> tuple[list[str], list[str]]:
    """What was done for the roles, and what was not.

    Each is sent by itself and last: an address that Google does not take is refused together with all that goes
    along with it, and concerns neither the layout nor another role.
    """
    done: list[str] = []
    problems = list(guards.problems)
    for guard in guards.lacking:
        try:
            app.workbook.build(guard.requests)
            done.append(guard.said)
        except WorkbookRefused as error:
            problems.append(guard.refused.replace("{reason}", str(error)))
    return done, problems
