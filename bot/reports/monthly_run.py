"""What the monthly run and the tier review send and do: reports, what may leave for Archive, the workbook's copy, tiers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.planning.month_values import MonthReport, TierReview
from bot.planning.notices import ADMINS_LAST, AdminNotice, Attachment, Draft, Recipient
from bot.planning.periods import Period
from bot.planning.runs import Run
from bot.ports import OutsideError
from bot.projection import Edit
from bot.reports.figures.archivable import archivable
from bot.reports.figures.monthly import monthly_report
from bot.reports.figures.purchases import Purchases
from bot.reports.figures.reviews import OwnReview, own_reviews, tier_review
from bot.reports.figures.tiers import noted_moves, owed_moves, owed_note, settled_notes, tier_edits
from bot.reports.letters import (
    Letter,
    Material,
    addressed,
    is_wanted,
    period_of,
    recipient_of,
    still_owed,
    until_of,
)
from bot.reports.readers import Reader, team_readers
from bot.reports.shown.backup import backup_attachment, backup_file, backup_name, keep_in
from sheets_schema.automations import MONTHLY, TIER_REVIEW

#: A mail server takes about 25 MB, a third of which is the encoding.
MOST_BYTES = 17 << 20


@dataclass(frozen=True)
class Extras:
    """What a run does beside its letters."""

    edits: tuple[Edit, ...] = ()
    archivable: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    #: Mails that are no reports.
    drafts: tuple[Draft, ...] = ()


def extras_of(run: Run, material: Material) -> Extras:
    """What this run does beside its letters; it does it once, however often letters are tried again."""
    period = period_of(run, material)
    if run.attempts or period is None:
        return Extras(notes=run.notes)
    if run.automation == MONTHLY.key:
        leaving = leaving_rows(period, material)
        notes = [("archived", str(len(orders_of(leaving, material))))]
        kept, posted = back_up(period, material)
        notes += [("backup", kept)] if kept else []
        return Extras(archivable=leaving, notes=tuple(notes), drafts=posted)
    if run.automation == TIER_REVIEW.key and material.rules.tiers.apply:
        moves = _review(period, until_of(period, material.job.now), material).moves
        customers = Purchases(material.book.lines, material.columns, material.rules.currency).customers
        return Extras(tier_edits(moves, customers), notes=(owed_note(moves),) if moves else ())
    return Extras()


def back_up(period: Period, material: Material) -> tuple[str, tuple[Draft, ...]]:
    """Copy the whole workbook into the config's folder and into mails to `archive.backup_to`.

    The file's name, or what kept it from being written, and the mails. Orders and reports do not wait for a full disk.
    """
    rules = material.rules
    if not rules.archive.backup_folder and not rules.archive.backup_to:
        return "", ()
    now = material.job.now
    content = backup_file(material.app.workbook.contents(), now, material.rules.schema)
    said = backup_name(period.id)
    if rules.archive.backup_folder:
        try:
            keep_in(Path(rules.archive.backup_folder), content, period.id, rules.archive.keep)
        except OutsideError as error:
            said = f"✗ {error}"
    if len(content) > MOST_BYTES:
        said += f" (✗ {len(content) >> 20} MB)" if rules.archive.backup_to else ""
        return said, ()
    attachment = backup_attachment(content, period.id)
    return said, tuple(
        _backup_draft(address, attachment, period, material) for address in rules.archive.backup_to
    )


def _backup_draft(address: str, attachment: Attachment, period: Period, material: Material) -> Draft:
    notice = AdminNotice("backup", period.id, 0, (), material.job.place.workbook_link)
    return Draft(
        id=f"backup:{period.id}:{address.casefold()}",
        kind="admin_notice",
        recipient=Recipient("", address, material.rules.language),
        reply_to=None,
        content=notice,
        priority=ADMINS_LAST,
        attachments=(attachment,),
    )


def owed_tiers(runs: Collection[Run], material: Material) -> tuple[tuple[Run, ...], tuple[Edit, ...]]:
    """Tier cells that a finished review has not brought into the sheet yet, and the runs that owe none any more."""
    customers = Purchases(material.book.lines, material.columns, material.rules.currency).customers
    settled: list[Run] = []
    edits: list[Edit] = []
    for run in runs:
        if run.done_at is None or not (moves := owed_moves(run.notes)):
            continue
        missing = tier_edits(moves, customers)
        edits += missing
        if not missing:
            settled.append(replace(run, notes=settled_notes(run.notes)))
    return tuple(settled), tuple(edits)


def leaving_rows(period: Period, material: Material) -> tuple[str, ...]:
    """Row IDs that may move to Archive with the report of this month; while it runs, those of the months before it."""
    over = period.end if material.job.now >= period.end else period.start
    first = material.book.closed[0].start if material.book.closed else over
    return archivable(material.book.lines, material.book.counted_ids, first, over, material.rules)


def orders_of(row_ids: Collection[str], material: Material) -> frozenset[str]:
    """The numbers of the orders that these rows are lines of."""
    frame = material.book.lines.frame
    return frozenset(frame.loc[frame["row_id"].isin(list(row_ids)), "order_no"])


def monthly_letters(run: Run, material: Material, known: Collection[str]) -> Iterator[Letter]:
    """Every reader's letter of a monthly run or a tier review, but those that are in the outbox already."""
    period = period_of(run, material)
    if period is None:
        return
    until = until_of(period, material.job.now)
    if run.automation == MONTHLY.key:
        report = month_report(run, period, until, material)
        for reader in still_owed(run, team_readers(material.book.members)):
            if f"{run.id}:{reader.key}" not in known:
                yield addressed(reader, partial(_month_draft, reader, report, run, material))
        return
    review = _review(period, until, material)
    if (moved := noted_moves(run.notes)) is not None:
        # Whoever could not be written to at first: the cells say by now what the review made of them.
        review = replace(review, moves=moved)
    customers = Purchases(material.book.lines, material.columns, material.rules.currency).customers
    owned = {own.reader: own for own in own_reviews(review, customers, material.book.members)}
    for own in map(owned.__getitem__, still_owed(run, owned)):
        if f"{run.id}:{own.reader.key}" not in known:
            yield addressed(own.reader, partial(_tier_draft, own, run, material))


def month_report(run: Run, period: Period, until: datetime, material: Material) -> MonthReport:
    """The month's figures, with the number of orders that leave for Archive with this run, as its notes have it.

    A report that a person asks for at the command line moves nothing, so it speaks of none.
    """
    report = monthly_report(material.book.lines, material.columns, period, until, material.rules)
    return replace(report, archived=int(dict(run.notes).get("archived") or 0))


def _review(period: Period, until: datetime, material: Material) -> TierReview:
    return tier_review(material.book.lines, material.columns, period, until, material.rules)


def _month_draft(reader: Reader, report: MonthReport, run: Run, material: Material) -> Draft | None:
    from bot.reports.shown.monthly_drafts import monthly_draft  # noqa: PLC0415 - plotting; most jobs write no letter

    if not is_wanted(run, material.rules, news=report.has_news):
        return None
    return monthly_draft(
        report, recipient_of(reader, material.rules), run, material.job.place, material.rules
    )


def _tier_draft(own: OwnReview, run: Run, material: Material) -> Draft | None:
    from bot.reports.shown.monthly_drafts import tier_draft  # noqa: PLC0415 - the same

    if not is_wanted(run, material.rules, news=own.has_news):
        return None
    return tier_draft(
        own.review, recipient_of(own.reader, material.rules), run, material.job.place, material.rules
    )
