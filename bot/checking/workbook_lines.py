"""The spreadsheet: can it be read, may it be changed, is everything there? Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.checking.lines import Line, hint, well, wrong
from bot.layout.structure import Layout
from bot.ports import About, OutsideError, Sheet, WorkbookRefused
from bot.settings import Settings
from sheets_schema import Tab
from sheets_schema.titles import read_header

#: Reads a minute that Google allows one account in one project (Sheets API, usage limits).
_READS_A_MINUTE = 60
_INIT = "Run: python -m bot init"
_AGAIN = "Try again in a few minutes; if it lasts, check this machine's way to sheets.googleapis.com."


def spreadsheet_line(found: About | OutsideError) -> Line:
    """Whether it can be read, and if not, whether its address or its sharing is at fault."""
    if isinstance(found, OutsideError):
        said = str(found).rstrip(".")
        return wrong(
            "spreadsheet", said, found.hint or _AGAIN, outside=not isinstance(found, WorkbookRefused)
        )
    whom = f", shared with {found.account}" if found.account else ""
    return well("spreadsheet", f"'{found.title}' can be read{whom}")


def editing_line(trouble: OutsideError | None, account: str) -> Line:
    """Whether the bot may write; `trouble` is what came of a change that undid itself."""
    if trouble is None:
        return well("editing", "the bot may change it")
    said = f"it may be looked at, but not changed: {str(trouble).rstrip('.')}"
    if isinstance(trouble, WorkbookRefused):
        return wrong(
            "editing", said, f"In the spreadsheet's Share dialogue make {account or 'the bot'} an Editor."
        )
    return wrong("editing", said, trouble.hint or _AGAIN, outside=True)


def quota_line(seconds: float, every: float) -> Line:
    """How fast it answers, and how much of what Google allows the poll takes."""
    polls = 60 / every
    said = f"answers in {seconds:.1f} s; poll.every is {every:g} s, which takes {polls:.0f} of {_READS_A_MINUTE} reads a minute"
    if polls > _READS_A_MINUTE / 2:
        return hint("quota", f"{said}: little is left for a change that has to be read twice")
    return well("quota", said)


def zone_line(about: About, settings: Settings, now: datetime) -> Line:
    """Whether a time in the sheet is the same moment for the team."""
    if _is_same_zone(about.timezone, settings.timezone, now):
        return well("time zone", f"{settings.timezone}, in the config and in the spreadsheet")
    said = f"the spreadsheet's is {about.timezone or 'not known'}, the config's {settings.timezone}"
    return wrong(
        "time zone",
        said,
        "Make them the same: in the spreadsheet under File, Settings, or timezone in the config.",
    )


def _is_same_zone(one: str, other: str, now: datetime) -> bool:
    """Some zones have two names, so the clocks of a year are compared."""
    if one == other:
        return True
    try:
        zones = ZoneInfo(one), ZoneInfo(other)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    days = (now + timedelta(days=7 * week) for week in range(53))
    return all(len({day.astimezone(zone).utcoffset() for zone in zones}) == 1 for day in days)


def tabs_line(about: About, language: str) -> Line:
    """Whether all tabs are there, under a name they are known by."""
    missing = [tab.title(language) for tab in about.schema.laid_out if tab.key not in about.present]
    if missing:
        named = ", ".join(f"'{title}'" for title in missing)
        return wrong("tabs", f"missing: {named}", f"{_INIT} (or give a renamed tab its name back)")
    return well("tabs", f"all {len(about.known)} are there")


def titles_line(about: About, language: str) -> Line:
    """Whether every column has its title; a misspelt one is named by its cell."""
    misspelt: list[str] = []
    doubled: list[str] = []
    missing: list[str] = []
    for tab, sheet in _known(about):
        header = read_header(tab, sheet.title, sheet.header, language)
        named = {problem.title for problem in header.problems}
        for one in header.problems:
            if one.kind == "duplicate":
                doubled.append(f"'{one.tab}' has '{one.title}' more than once, in {one.cell}")
            elif one.found:
                misspelt.append(f"'{one.tab}' says '{one.found}' in {one.cell} instead of '{one.title}'")
            else:
                missing.append(f"'{one.tab}' has no '{one.title}'")
        missing += [
            f"'{sheet.title}' has no '{column.title(language)}'"
            for column in tab.fields
            if column.key not in header.columns and column.title(language) not in named
        ]
    said = "; ".join((*misspelt, *doubled, *missing))
    if misspelt:
        return wrong("titles", said, "Write the title that is meant into that cell.")
    if doubled:
        return wrong("titles", said, "Keep one of the two and give the other another title.")
    if missing:
        return wrong("titles", said, _INIT)
    return well("titles", "every column is found by its title")


def layout_lines(layout: Layout | None) -> tuple[Line, ...]:
    """Whether `init` would find something to do; None = tabs or titles are to be mended first."""
    if layout is None:
        return (hint("layout", "told once tabs and titles are there"),)
    lacking = (*layout.said, *(piece.said for piece in layout.pieces))
    locked = (*layout.problems, *layout.guards.problems)
    if locked:
        # These are in the language of the workbook, for whoever owns it.
        return tuple(
            wrong("layout", said, f"Do what the line says, then run: {_INIT.partition(': ')[2]}")
            for said in locked
        )
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        return (wrong("layout", f"to be added: {'; '.join(lacking[:3])}{more}", _INIT),)
    return (well("layout", "formats, dropdowns, colours and protections are complete"),)


def meeting_line(about: About) -> Line:
    """Whether the rows that were there before the bot are known to be old."""
    if about.marker is None:
        return hint(
            "meeting",
            "not met yet: init, or the first poll, takes over the rows that are there and mails none",
        )
    last = f", the last number given is {about.marker.last_number}" if about.marker.last_number else ""
    return well("meeting", f"the bot knows this workbook since {about.marker.adopted_at[:10]}{last}")


def _known(about: About) -> list[tuple[Tab, Sheet]]:
    """The tabs that are there, under the names they have here."""
    return [(about.schema.by_key[key], sheet) for key, sheet in about.known.items()]
