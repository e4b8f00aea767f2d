"""The daily digest's letters: one a person and day, whichever run of the day finds something to tell them first."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.planning.hours import next_open
from bot.planning.notices import ADMINS_LAST, Draft
from bot.planning.runs import Run
from bot.reports.figures.digest import OwnDigest, Today, own_digests
from bot.reports.letters import Letter, Material, addressed, recipient_of, still_owed
from sheets_schema.automations import DIGEST


def digest_letters(run: Run, material: Material, known: Collection[str]) -> Iterator[Letter]:
    """Every reader's letter but those who have one of this day already (`known` message ids).

    Once the day is over, or its hours are, nobody gets any: the next day's digest tells of what is still to be looked
    at. Somebody without an address is named only where there is something to tell them.
    """
    today = today_of(material)
    if f"{today.day}" != run.period:
        return
    told = {message_id.removeprefix(run.mail_prefix) for message_id in known}
    digests = own_digests(material.columns, today, material.job.place, material.rules)
    owned = {own.reader: own for own in digests if own.reader.key not in told}
    for own in map(owned.__getitem__, still_owed(run, owned)):
        if own.digest.count:
            yield addressed(own.reader, lambda own=own: _draft(own, run, material))  # type: ignore[misc] # bound at once
        else:
            yield Letter(own.reader)


def had_already(run: Run, known: Collection[str]) -> tuple[tuple[str, str], ...]:
    """A note for Result of how many had the day's digest before this run (`known` message ids)."""
    if run.attempts:
        return run.notes
    return (("had", str(len(known))),) if known else ()


def today_of(material: Material) -> Today:
    """When a digest that is written now will be read."""
    opens = next_open(material.job.now, material.rules)
    return Today(material.rules.today(opens), opens)


def _draft(own: OwnDigest, run: Run, material: Material) -> Draft:
    return Draft(
        id=f"{run.mail_prefix}{own.reader.key}",
        kind=DIGEST.key,
        recipient=recipient_of(own.reader, material.rules),
        reply_to=None,
        content=own.digest,
        priority=ADMINS_LAST,
    )
