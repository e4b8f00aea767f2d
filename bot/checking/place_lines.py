"""The config, the key, the clock and the database: what is wrong with the place the bot runs in. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.checking.facts import ConfigFile, DatabaseFacts, ServiceKey
from bot.checking.hosts import forgotten_state
from bot.checking.lines import Line, hint, well, wrong
from bot.ports import OutsideError, StateError
from bot.settings import Settings

#: Google refuses a login whose clock is five minutes off; long before that, times in the sheet look wrong.
_CLOCK_OFF = timedelta(seconds=60)
#: File systems that are gone with the machine, and those that are gone with the container.
_IN_MEMORY, _OF_A_CONTAINER = frozenset({"tmpfs", "ramfs"}), frozenset({"overlay", "overlayfs", "aufs"})


def config_lines(settings: Settings, file: ConfigFile) -> tuple[Line, ...]:
    """The config, which has been read already, who else may read it, and who hears of trouble."""
    read = well("config", f"{file.path} is read, with nothing to complain of")
    if file.secrets and file.is_open:
        said = f"{file.path} holds {' and '.join(file.secrets)}, and everybody on this machine may read it"
        secrets = wrong("secrets", said, f"Run: chmod 600 {file.path}")
    elif file.secrets:
        secrets = well(
            "secrets", f"{' and '.join(file.secrets)} in the config, which is not for everybody to read"
        )
    else:
        secrets = well("secrets", "none in the config")
    if settings.admins:
        admins = well(
            "admins", f"{', '.join(settings.admins)}: told of what is held and of titles to put right"
        )
    else:
        said = "nobody is told when something is held or a title must be put right"
        admins = wrong("admins", said, "Name at least one address in the config under admins.")
    return (read, secrets, admins)


def key_line(key: ServiceKey | OutsideError | None) -> Line:
    """The key, or why there is none; None = the desk asks for none."""
    if key is None:
        return well("key", "none, and the local desk asks for none")
    if isinstance(key, OutsideError):
        return wrong("key", _sentence(key), key.hint or "Download the service account's key again.")
    scope = key.scope.rpartition("/")[2]
    return well(
        "key", f"of the service account {key.account}, which asks Google for the scope {scope} and no other"
    )


def clock_line(theirs: datetime | OutsideError | None, ours: datetime) -> Line:
    """This machine's clock against the other side's."""
    if isinstance(theirs, OutsideError):
        return hint("clock", "not compared, because there is no answer to compare it with")
    if theirs is None:
        return hint("clock", "not compared, because the answer does not say what time it is")
    off = ours - theirs
    if abs(off) <= _CLOCK_OFF:
        return well("clock", "this machine and the spreadsheet's server agree on what time it is")
    way = "ahead of" if off > timedelta(0) else "behind"
    seconds = round(abs(off).total_seconds())
    return wrong(
        "clock",
        f"this machine is {seconds // 60} min {seconds % 60} s {way} the spreadsheet's server, which refuses logins from 5 min on",
        "Let the machine set its clock by itself: sudo timedatectl set-ntp true",
    )


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────


def database_lines(
    found: DatabaseFacts | StateError, settings: Settings, environment: Collection[str]
) -> tuple[Line, ...]:
    """The database itself, and whether it lasts. `environment` is the names of the variables that are set."""
    if isinstance(found, StateError):
        advice = found.hint or "Check the address in DATABASE_URL, or state in the config."
        return (
            wrong("database", _sentence(found), advice, outside=True),
            disk_line("", settings, environment),
        )
    where = f"the file {found.file}" if found.file else "on its server"
    made = "" if found.made else "; its tables come with the first run"
    reached = well("database", f"{found.kind}, {where}, can be read and written{made}")
    return (
        reached,
        schema_line(found),
        owner_line(found, settings),
        disk_line(found.filesystem, settings, environment),
    )


def schema_line(found: DatabaseFacts) -> Line:
    """Whether this program and the tables fit."""
    if not found.made:
        return hint("tables", "none yet")
    if found.schema > found.known_schema:
        said = f"version {found.schema}, made by a newer program; this one knows version {found.known_schema}"
        return wrong("tables", said, "Start the newer version of the program, or name another database.")
    if found.schema < found.known_schema:
        return hint(
            "tables", f"version {found.schema}: the next run brings them to version {found.known_schema}"
        )
    return well("tables", f"version {found.schema}, as this program makes them")


def owner_line(found: DatabaseFacts, settings: Settings) -> Line:
    """Whose orders it remembers."""
    if not found.workbook:
        return hint("memory", "of no workbook yet")
    if found.workbook != settings.workbook.id:
        said = f"of the workbook {found.workbook}, not of workbook.id"
        return wrong("memory", said, "Give each workbook a database of its own (state, or DATABASE_URL).")
    return well("memory", "of this workbook")


def disk_line(filesystem: str, settings: Settings, environment: Collection[str]) -> Line:
    """Whether what is written there will be there tomorrow."""
    forgotten = forgotten_state(settings.state, environment, anyway=settings.sqlite_anyway)
    if forgotten:
        said, _, advice = forgotten.removeprefix("state: ").partition(". ")
        return wrong("disk", said, advice)
    if not settings.state.startswith("sqlite:"):
        return well("disk", "none needed: the database's server keeps it")
    if filesystem in _IN_MEMORY and not settings.sqlite_anyway:
        said = f"the database file lies in memory ({filesystem}) and is gone with the next restart"
        return wrong("disk", said, "Name a place on a disk: state: sqlite:////var/lib/order-desk/bot.db")
    if filesystem in _OF_A_CONTAINER and not settings.sqlite_anyway:
        return hint(
            "disk",
            f"the database file lies inside a container ({filesystem}): mount a volume there to keep it",
        )
    return well(
        "disk",
        f"the database file lies on {filesystem or 'a disk'}, and nothing says that this host forgets it",
    )


def worker_line(found: DatabaseFacts, now: datetime, is_dead: Callable[[str], bool], zone: ZoneInfo) -> Line:
    """Who works on the workbook."""
    if not found.holder or found.held_until is None or found.held_until <= now:
        return hint("worker", "none runs at the moment: python -m bot run")
    machine, process = _named(found.holder)
    if is_dead(found.holder):
        return hint(
            "worker",
            f"the last one ({machine}, process {process}) has ended; the next one takes over at once",
        )
    until = found.held_until.astimezone(zone)
    return well(
        "worker",
        f"runs on {machine} as process {process}; a second one would wait (lease until {until:%H:%M:%S})",
    )


def _named(owner: str) -> tuple[str, str]:
    """Machine and process of a worker's name, which `bot.adapters.processes` makes."""
    parts = owner.rsplit(":", 4)
    return (parts[0], parts[2]) if len(parts) == 5 else (owner, "?")


def _sentence(error: OutsideError) -> str:
    return str(error).rstrip(".")
