"""One job from beginning to end: read the sheet, close weeks, work out figures, render mails, say what cells differ.

    columns × closed weeks ─► Book ─┬─► weeks closed
                                    ├─► each run: a mail a reader, or why not
                                    └─► Summary and roll-ups: edits

Nothing is stored and nothing written here: what comes back is the worker's to commit, in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from bot.jobs import Job, Produced
from bot.mails.rendering import promised
from bot.outbox import Message
from bot.planning.judgement import EMPTIED_FROM
from bot.planning.periods import Period
from bot.planning.runs import ClosedWeek, Run, RunFailure
from bot.planning.sightings import Wanted
from bot.ports import Columns, State
from bot.projection import Edit
from bot.reports.digest_run import digest_letters, had_already
from bot.reports.figures.digest import WANTED as DAILY
from bot.reports.figures.monthly import WANTED as MONTHLY
from bot.reports.figures.purchases import WANTED as PURCHASES
from bot.reports.figures.purchases import Purchases
from bot.reports.figures.rollups import rollup_edits
from bot.reports.figures.weekly import WANTED as WEEKLY
from bot.reports.figures.weekly import read_book
from bot.reports.letters import Letter, Material, ReportApp, attempted, period_of, until_of, weekly_letters
from bot.reports.monthly_run import Extras, extras_of, monthly_letters, owed_tiers
from bot.reports.shown.summary import standing_weeks, summary_edits
from bot.reports.shown.summary_charts import chart_figures
from sheets_schema import CONTRACTS, SUMMARY
from sheets_schema.automations import DIGEST, WEEKLY_PERSONAL, WEEKLY_TEAM
from sheets_schema.cells import is_blank

#: Somebody whose report failed for a reason of ours is tried again after this long.
AGAIN = timedelta(hours=1)
#: Weeks in the Summary tab's chart.
WEEKS_DRAWN = 12


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    run: Run
    messages: tuple[Message, ...]
    extras: Extras


def produce(job: Job, app: ReportApp) -> Produced:
    """What came of the job. Raises OutsideError when the sheet or the state cannot be read."""
    columns = app.workbook.columns(wanted(run.automation for run in job.runs))
    if CONTRACTS.key not in columns or is_emptied(columns[CONTRACTS.key], app.state):
        # It is held, or will be when the next cycle looks: nothing is concluded from it.
        return Produced()
    material, weeks = gathered(job, app, columns)
    outcomes: list[Outcome] = []
    for run in job.runs:
        if period_of(run, material) is not None:
            # Two runs of one day, taken up together, must not tell one person twice.
            written = [message.id for outcome in outcomes for message in outcome.messages]
            outcomes.append(_outcome(run, material, written))
    edits = _figures_shown(material) if job.refresh and job.current is not None else ()
    settled, owed = owed_tiers(tuple(app.state.recall_runs().runs.values()), material)
    return Produced(
        runs=(*(outcome.run for outcome in outcomes), *settled),
        messages=tuple(message for outcome in outcomes for message in outcome.messages),
        weeks=weeks,
        edits=(*edits, *owed, *(edit for outcome in outcomes for edit in outcome.extras.edits)),
        archivable=tuple(row_id for outcome in outcomes for row_id in outcome.extras.archivable),
        seen=job.seen,
    )


def is_emptied(contracts: Columns, state: State) -> bool:
    """Whether Contract Orders shows no row although the bot knows more than a few."""
    known = state.recall(Wanted()).known.get(CONTRACTS.key, 0)
    return known >= EMPTIED_FROM and all(is_blank(cell) for cell in contracts.cells.get("row_id", ()))


def gathered(
    job: Job, app: ReportApp, columns: Mapping[str, Columns]
) -> tuple[Material, tuple[ClosedWeek, ...]]:
    """The book of orders with every week closed that is over, and the weeks that this closed."""
    closed = tuple(app.state.closed_weeks())
    facts = app.state.facts()
    adopted_at = datetime.fromisoformat(facts["adopted_at"]) if facts.get("adopted_at") else None
    book = read_book(columns, closed, adopted_at, app.rules, app.state.refused())
    new: list[ClosedWeek] = []
    for period in job.closing:
        new.append(book.close(period, job.now))
        book = book.with_closed(new[-1])
    weeks = {week.mark.id: Period(week.mark.id, week.mark.start, week.mark.end) for week in (*closed, *new)}
    return Material(app, job, columns, book, weeks), tuple(new)


def _outcome(run: Run, material: Material, written: Iterable[str]) -> Outcome:
    """Every reader's mail but those that are in the outbox already, and what the run does besides.

    `written` are the ids of what this job's other runs will put there.
    """
    app, now = material.app, material.job.now
    prefix = run.mail_prefix
    known = app.state.known_messages(prefix) | {i for i in written if i.startswith(prefix)}
    extras = extras_of(run, material)
    notes = had_already(run, known) if run.automation == DIGEST.key else extras.notes
    letters = tuple(_letters(replace(run, notes=notes), material, known))
    made = [_rendered(app, letter, now) for letter in letters if letter.draft is not None]
    messages = tuple(message for message in made if isinstance(message, Message))
    messages += tuple(
        promised(d, app.renderer, now, app.rules) for d in extras.drafts if not app.state.known_messages(d.id)
    )
    failures = tuple(
        failure
        for failure in (*made, *(letter.failure for letter in letters))
        if isinstance(failure, RunFailure)
    )
    is_ours = any(failure.why == "error" for failure in failures)
    done = replace(
        run,
        done_at=now,
        empty=run.empty + sum(letter.is_empty for letter in letters),
        failures=failures,
        retry_at=now + AGAIN if is_ours else None,
        notes=notes,
    )
    return Outcome(done, messages, extras)


def _letters(run: Run, material: Material, known: Collection[str]) -> Iterator[Letter]:
    match run.automation:
        case DIGEST.key:
            return digest_letters(run, material, known)
        case WEEKLY_PERSONAL.key | WEEKLY_TEAM.key:
            return weekly_letters(run, material, known)
        case _:
            return monthly_letters(run, material, known)


def _rendered(app: ReportApp, letter: Letter, now: datetime) -> Message | RunFailure:
    draft = letter.draft
    assert draft is not None  # noqa: S101 - the caller has looked
    return attempted(letter.reader, lambda: promised(draft, app.renderer, now, app.rules))


def _figures_shown(material: Material) -> tuple[Edit, ...]:
    """What Summary, Customers and Products ought to show and do not."""
    rules, job = material.rules, material.job
    purchases = Purchases(material.book.lines, material.columns, rules.currency)
    edits: list[Edit] = list(rollup_edits(purchases.rollups(), material.columns, rules))
    tabs = material.app.workbook.contents([SUMMARY.key])
    if tabs and job.current is not None:
        shown = next(iter(tabs.values()))
        live = material.book.block(job.current, until_of(job.current, job.now))
        standing = standing_weeks(shown)
        blocks = [live]
        corrected = {correction.week for correction in material.book.later_corrections}
        for period in material.book.closed:
            # A block that stands as it was written need not be worked out again.
            if period.id not in standing or period.id in corrected:
                blocks.append(material.book.block(period, period.end))
        weeks = material.book.history(job.current, live.report.figures.until, WEEKS_DRAWN)
        edits += summary_edits(blocks, chart_figures(live, weeks), shown, rules)
    return tuple(edits)


def wanted(automations: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """The columns that all figures together are made of, and what else runs of these automations need."""
    tabs: dict[str, dict[str, None]] = {}
    daily = DAILY if DIGEST.key in automations else {}
    for tab, keys in chain(WEEKLY.items(), PURCHASES.items(), MONTHLY.items(), daily.items()):
        tabs.setdefault(tab, {}).update(dict.fromkeys(keys))
    return {tab: tuple(keys) for tab, keys in tabs.items()}
