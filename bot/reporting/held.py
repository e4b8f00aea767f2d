"""What is held, what ends it, and what `release` says and does about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import Block, Column, Fit, Said, Table, Tone
from bot.outbox import Status
from bot.planning.sightings import Hold, Wanted
from bot.ports import State
from bot.reporting.times import local, moment_words
from sheets_schema import BY_KEY

#: Kind of hold -> whether a person's word ends it, what is held, what ends it, what happens after a release.
_KINDS: dict[str, tuple[bool, str, str, str]] = {
    "flood": (
        True,
        "{count} new orders that came at once",
        "python -m bot release",
        "the next poll numbers them and sends their mail",
    ),
    "emptied": (
        True,
        "{count} rows of {tab} that vanished at once",
        "put the rows back, or python -m bot release",
        "the next poll takes them for deleted",
    ),
    "header": (
        False,
        "{tab}: {count} title(s) that are not as they should be",
        "put the titles right; it ends by itself",
        "",
    ),
    "tab": (False, "{tab}: the tab is missing", "python -m bot init, or put the tab back", ""),
}


def held_facts(holds: Mapping[str, Hold], zone: ZoneInfo) -> dict[str, dict[str, Any]]:
    """Hold key -> what is held, since when, and what ends it."""
    found: dict[str, dict[str, Any]] = {}
    for key, hold in holds.items():
        kind, _, tab = key.partition(":")
        releasable, what, ends, then = _KINDS.get(kind, (True, key, "python -m bot release", ""))
        title = BY_KEY[tab].en if tab in BY_KEY else tab
        said = what.format(count=hold.count, tab=title)
        found[key] = {
            "count": hold.count,
            # A word changes nothing about titles and tabs.
            "released": hold.released and releasable,
            "details": list(hold.details),
            "since": local(hold.since, zone),
            # Which title is wrong only the sentences say, in the workbook's language.
            "what": said if releasable else " ".join(hold.details) or said,
            "releasable": releasable,
            "ends_by": ends,
            "then": then,
        }
    return found


def release_facts(state: State, timezone: str, now: datetime) -> dict[str, Any]:
    """What is held at this moment, for `release` to say before it lets it go."""
    zone = ZoneInfo(timezone)
    counts = state.counts()
    return {
        "at": local(now, zone),
        "held": held_facts(state.recall(Wanted()).holds, zone),
        "mails_held": counts[f"mail.{Status.HELD}"],
        "mails_dead": counts[f"mail.{Status.DEAD}"],
    }


def ended_by_release(facts: dict[str, Any]) -> int:
    """How many of these holds a person's word ends; wrong titles and missing tabs end when they are put right."""
    return sum(hold["releasable"] and not hold["released"] for hold in facts["held"].values())


def release_lines(facts: dict[str, Any]) -> Iterator[str]:
    """What was held, how many were let go (`released`), and what comes next."""
    for hold in facts["held"].values():
        yield f"{hold['what']}: {_word(hold)}"
    yield _sentence(facts)
    yield from _about_mails(facts)


def release_page(facts: dict[str, Any]) -> Iterator[Block]:
    """The same as a table and a sentence."""
    rows = tuple(
        (
            Said(moment_words(hold["since"], facts["at"])),
            Said(hold["what"], Tone.STRONG),
            Said(_word(hold), Tone.GOOD if hold["releasable"] else Tone.WARN),
        )
        for hold in facts["held"].values()
    )
    yield Said(_sentence(facts), Tone.GOOD if facts["released"] else Tone.PLAIN)
    columns = (Column("Since"), Column("Held", Fit.WORDS), Column("What comes next", Fit.WORDS))
    yield Table("", columns, rows)
    for line in _about_mails(facts):
        yield Said(line)


def _sentence(facts: dict[str, Any]) -> str:
    if facts["released"]:
        return f"{facts['released']} hold(s) released; the next poll acts on it."
    if any(not hold["releasable"] for hold in facts["held"].values()):
        return "Nothing is held that a word could release."
    return "Nothing is held."


def _word(hold: dict[str, Any]) -> str:
    """What becomes of one hold by `release`."""
    if not hold["releasable"]:
        return f"stays: {hold['ends_by']}"
    return "released before, goes with the next poll" if hold["released"] else f"released: {hold['then']}"


def _about_mails(facts: dict[str, Any]) -> Iterator[str]:
    """Mails are not let go along with orders: some of them have perhaps arrived."""
    if facts["mails_held"]:
        yield f"{facts['mails_held']} mail(s) are held, each for its own reason: python -m bot outbox list --status held"
