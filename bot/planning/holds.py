"""What the bot does not do until a person says so, or puts it right: broken titles, emptied tabs, floods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.activity import Change
from bot.planning.catalog import Catalog
from bot.planning.drafting import Drafting
from bot.planning.due import latest_begun
from bot.planning.judgement import Judgement, TabJudgement
from bot.planning.notices import admin_drafts, over_drafts, structure_sentence
from bot.planning.rules import Rules
from bot.planning.runs import Run
from bot.planning.sightings import Hold, Seen, Snapshot
from sheets_schema import AUTOMATIONS, BY_KEY, FEEDBACK, ORDER_ENTRY
from sheets_schema.automations import RELEASE
from sheets_schema.titles import HeaderProblem


def usable_catalog(catalog: Catalog, trouble: Mapping[str, tuple[str, ...]]) -> Catalog | None:
    """The lookups, unless one of their tabs is unreadable: then nobody is told that a customer is unknown."""
    broken = any(
        f"{kind}:{tab}" in trouble for kind in ("tab", "header") for tab in ("customers", "products", "team")
    )
    return None if broken else catalog


def structure_trouble(snapshot: Snapshot, rules: Rules) -> dict[str, tuple[str, ...]]:
    """Hold key -> sentences about tabs and titles that must be put right."""
    trouble: dict[str, tuple[str, ...]] = {}
    for key in snapshot.absent:
        # Not every team uses the entry tab or asks its customers; all others are needed.
        if key not in (ORDER_ENTRY.key, FEEDBACK.key):
            trouble[f"tab:{key}"] = (structure_sentence("no_tab", rules.language, tab=rules.title(key)),)
    headers = {**snapshot.lookups, **{key: tab.header for key, tab in snapshot.tabs.items()}}
    for key, header in headers.items():
        if header.problems:
            trouble[f"header:{key}"] = tuple(_title_sentence(p, rules.language) for p in header.problems)
    return trouble


def _title_sentence(found: HeaderProblem, language: str) -> str:
    near = structure_sentence("near", language, cell=found.cell, found=found.found) if found.found else ""
    return structure_sentence(
        found.kind, language, tab=found.tab, title=found.title, near=near, cell=found.cell
    )


def hold_for_structure(draft: Drafting, trouble: Mapping[str, tuple[str, ...]]) -> None:
    """Tell admins once of each tab or title that is broken; forget it when it has been put right."""
    for key, sentences in trouble.items():
        hold = draft.seen.holds.get(key)
        if hold is None:
            _hold(draft, Hold(key, draft.now, len(sentences), details=sentences), key.partition(":")[2])
        elif hold.details != sentences:
            draft.holds.append(replace(hold, count=len(sentences), details=sentences))
    for key, hold in draft.seen.holds.items():
        if key.startswith(("tab:", "header:")) and key not in trouble:
            draft.ended.append(key)
            title = _title_of(draft, key.partition(":")[2])
            draft.drafts += over_drafts(hold, draft.rules, draft.place.workbook_link, title)


def hold_emptied(draft: Drafting, key: str, tab: TabJudgement) -> bool:
    """Whether the tab is left alone because everything in it vanished at once."""
    hold_key = f"emptied:{key}"
    hold = draft.seen.holds.get(hold_key)
    if not tab.emptied:
        if hold is not None:
            draft.ended.append(hold_key)
        return False
    if hold is None:
        title = draft.place.tab_titles.get(key, "")
        told = structure_sentence("emptied", draft.rules.language, tab=title, count=tab.emptied)
        _hold(draft, Hold(hold_key, draft.now, tab.emptied, details=(told,)), key)
    return True


def let_through(draft: Drafting, judgement: Judgement) -> bool:
    """Whether new orders may go, or are held because there are too many at once."""
    hold = draft.seen.holds.get("flood")
    if judgement.asked <= draft.rules.flood or (hold is not None and hold.released):
        if hold is not None:
            draft.ended.append("flood")
        return True
    if hold is None:
        told = structure_sentence("flood", draft.rules.language, count=judgement.asked)
        _hold(draft, Hold("flood", draft.now, judgement.asked, details=(told,)), "")
    return False


def release_held(draft: Drafting) -> Seen:
    """Let go what was held before this look, as `bot release` does, and remember it as a run; what is held by now.

    What is found in this very look is not among it: nobody has seen it yet.
    """
    seen = draft.seen
    held = [replace(hold, released=True) for hold in seen.holds.values() if not hold.released]
    last = latest_begun(RELEASE.key, seen.automations)
    at = max(draft.now, last.begun_at + timedelta(microseconds=1)) if last is not None else draft.now
    notes = tuple((hold.key, str(hold.count)) for hold in held)
    # Named by its moment, so that no other is ever named so; there is nothing to work out and no mail to wait for.
    run = Run(
        f"{RELEASE.key}:{at:%Y%m%dT%H%M%S.%fZ}", RELEASE.key, f"{draft.rules.today(at)}", at, at, asked=True,
        shown=True, done_at=at, notes=notes,
    )  # fmt: skip
    automated = draft.automated
    draft.automated = replace(automated, runs=(*automated.runs, run), begun=automated.begun | {run.id})
    draft.holds += held
    draft.changes.append(Change("released", tab=AUTOMATIONS.key, count=len(held)))
    return replace(seen, holds={**seen.holds, **{hold.key: hold for hold in held}})


def _hold(draft: Drafting, hold: Hold, tab: str) -> None:
    draft.holds.append(hold)
    draft.drafts += admin_drafts(hold, draft.rules, draft.place.workbook_link, _title_of(draft, tab))
    draft.changes.append(Change(f"held_{hold.key.partition(':')[0]}", tab=tab, count=hold.count))


def _title_of(draft: Drafting, tab: str) -> str:
    return draft.place.tab_titles.get(tab, draft.rules.title(tab) if tab in BY_KEY else "")
