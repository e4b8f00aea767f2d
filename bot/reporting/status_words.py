"""What `status` says to people: whether all is well in one sentence, then how things stand, as lines or as a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.blocks import PAIRS, Block, Column, Fit, Said, Table, Tone, pair
from bot.reporting.times import moment_words, since_words

_MAILS_WITH_PEOPLE = ("dead", "held")


def troubles(facts: dict[str, Any]) -> Iterator[str]:
    """What is not well, worst first: clauses of one sentence."""
    now = facts["at"]
    if facts["failing"]:
        yield f"polls fail ({facts['failures_in_a_row']} in a row, next try about {moment_words(facts['next_try'], now)})"
    elif facts["last_poll"] and _is_silent(facts):
        yield f"no poll for {since_words(facts['last_poll'], now)} (python -m bot run starts the worker)"
    held = [hold for hold in facts["held"].values() if not hold["released"]]
    if held:
        more = f", and {len(held) - 1} more" if len(held) > 1 else ""
        yield f"held: {held[0]['what'].rstrip('.。')}{more}"
    if facts["mail_paused"] and not facts["mail_paused"]["over"]:
        yield f"mail is paused until {moment_words(facts['mail_paused']['until'], now)}"
    for status in _MAILS_WITH_PEOPLE:
        if count := facts["counts"][f"mail.{status}"]:
            mails, be = ("1 mail", ("was", "is")) if count == 1 else (f"{count:,} mails", ("were", "are"))
            yield f"{mails} {be[0]} refused" if status == "dead" else f"{mails} {be[1]} held"
    if facts["reports_failing"]:
        yield "reports cannot be worked out"
    failed = [key for key, automation in facts["automations"].items() if automation["failed"]]
    if failed:
        yield f"the last run of {', '.join(failed)} did not reach everybody"


def _is_silent(facts: dict[str, Any]) -> bool:
    waited = datetime.fromisoformat(facts["at"]) - datetime.fromisoformat(facts["last_poll"])
    return waited > timedelta(minutes=facts["silent_after_minutes"])


def verdict(facts: dict[str, Any]) -> Said:
    """Whether all is well, in one sentence."""
    found = list(troubles(facts))
    if found:
        return Said(f"✗ Not all is well: {'; '.join(found)}.", Tone.BAD)
    if not facts["last_poll"]:
        return Said("Nothing has been polled yet: python -m bot run starts the worker.", Tone.WARN)
    return Said(f"✓ All is well: polled {since_words(facts['last_poll'], facts['at'])} ago.", Tone.GOOD)


def status_lines(facts: dict[str, Any]) -> Iterator[str]:
    """How things stand, a line each, for pipes; the verdict is told apart."""
    yield f"last poll       {facts['last_poll'] or 'never'}"
    if facts["failing"]:
        yield f"✗ failing       {facts['failing']} ({facts['failures_in_a_row']} in a row, last {facts['last_failure']})"
        yield f"next try        {facts['next_try'] or 'with the next poll'}"
    counts = dict(facts["counts"])
    mail = {key.partition(".")[2]: counts.pop(key) for key in sorted(counts) if key.startswith("mail.")}
    yield "mail            " + (", ".join(f"{n} {status}" for status, n in mail.items() if n) or "none yet")
    for status, since in facts["mail_oldest"].items():
        yield f"oldest {status:<8} {since}"
    for key, count in sorted(counts.items()):
        yield f"{key:<15} {count}"
    for reason, count in facts["waiting_because"].items():
        yield f"waiting because {reason}: {count}"
    if facts["steps_refused"]:
        yield f"steps refused   {facts['steps_refused']}: their Problem cells say why"
    yield f"worker          {_worker_words(facts)}"
    for key, cap in facts["mail_caps"].items():
        yield f"mail {key.replace('_', ' '):<10} {cap['used']} of {cap['of']}"
    if facts["schema_version"]:
        yield f"schema          {facts['schema_version']}"
    for key, hold in facts["held"].items():
        word = "released, goes with the next poll" if hold["released"] else f"held: {_ending(hold)}"
        yield f"✗ {key:<13} {hold['count']} {word}"
    for mail_in_doubt in facts["mail_in_doubt"]:
        yield f"in doubt        {mail_in_doubt['id']}, {mail_in_doubt['status']}"
    if facts["mail_paused"]:
        mark = "  " if facts["mail_paused"]["over"] else "✗ "
        yield f"{mark}mail paused   until {facts['mail_paused']['until']}: {facts['mail_paused']['why']}"
    if facts["next_mail_due"]:
        yield f"next mail due   {facts['next_mail_due']}"
    if facts["reports_failing"]:
        yield f"✗ reports       {facts['reports_failing']} (last {facts['reports_failed_at']})"
    if weeks := facts["closed_weeks"]:
        yield f"weeks closed    {len(weeks)}, the last {weeks[-1]}"
    for key, automation in facts["automations"].items():
        yield f"{f'✗ {key}' if automation['failed'] else key:<15} {_automation_words(automation)}"


def _ending(hold: dict[str, Any]) -> str:
    # The command alone where it does all: people copy it.
    by = hold["ends_by"]
    return f"{by} lets it go" if by == "python -m bot release" else str(by)


def _worker_words(facts: dict[str, Any]) -> str:
    worker = facts["worker"]
    if worker is None:
        return "none holds the workbook"
    pid = f", process {worker['pid']}" if worker["pid"] else ""
    where = " (this machine)" if worker["here"] else ""
    dead = ", which has ended: the next worker takes over at once" if worker["dead"] else ""
    return f"{worker['host']}{where}{pid}{dead}"


def _automation_words(automation: dict[str, Any]) -> str:
    parts = ["on" if automation["on"] else "off"]
    parts += [f"next {automation['next_run']}"] if automation["next_run"] else []
    parts += [f"last {automation['last_run']}: {automation['result']}"] if automation["last_run"] else []
    return ", ".join(parts)


# ── as a page ───────────────────────────────────────────────────────────────────────────────────────────────


def status_page(facts: dict[str, Any]) -> Iterator[Block]:
    """How things stand as a page: what needs a person first."""
    yield verdict(facts)
    yield _held_table(facts)
    yield _doubt_table(facts)
    yield Table("Polls", PAIRS, tuple(_polls(facts)))
    yield Table("Orders", PAIRS, tuple(_orders(facts)))
    yield _mail_table(facts)
    yield Table("", PAIRS, tuple(_mail_rest(facts)))
    yield _automation_table(facts)


def _held_table(facts: dict[str, Any]) -> Table:
    now = facts["at"]
    rows = tuple(
        (
            Said(moment_words(hold["since"], now)),
            Said(hold["what"], Tone.BAD),
            Said("released, goes with the next poll" if hold["released"] else hold["ends_by"], Tone.STRONG),
        )
        for hold in facts["held"].values()
    )
    return Table(
        "Held", (Column("Since"), Column("What", Fit.WORDS), Column("What ends it", Fit.WORDS)), rows
    )


def _doubt_table(facts: dict[str, Any]) -> Table:
    rows = tuple(
        (
            Said(moment_words(mail["since"], facts["at"])),
            Said(mail["status"], Tone.WARN),
            Said(f"{mail['times']}×"),
            Said(mail["id"], Tone.STRONG),
        )
        for mail in facts["mail_in_doubt"]
    )
    columns = (Column("Since"), Column("State"), Column("Tried"), Column("Mail", Fit.COPIED))
    return Table("In doubt: perhaps sent, perhaps not", columns, rows)


def _polls(facts: dict[str, Any]) -> Iterator[tuple[Said, Said]]:
    now, last = facts["at"], facts["last_poll"]
    yield pair("last poll", f"{moment_words(last, now)}, {since_words(last, now)} ago" if last else "never")
    if facts["failing"]:
        failed = moment_words(facts["last_failure"], now)
        yield pair("failing", f"{facts['failing']} (last {failed})", Tone.BAD)
        yield pair("next try", f"about {moment_words(facts['next_try'], now)}")
    yield pair("worker", _worker_words(facts))
    if facts["adopted_at"]:
        yield pair("works here since", facts["adopted_at"][:10])
    if facts["schema_version"]:
        yield pair("database schema", str(facts["schema_version"]))


def _orders(facts: dict[str, Any]) -> Iterator[tuple[Said, Said]]:
    yield pair("orders", f"{facts['counts']['orders']:,} in {facts['counts']['sightings']:,} rows")
    for i, (reason, count) in enumerate(facts["waiting_because"].items()):
        yield pair("" if i else "rows that wait", f"{count}: {reason}", Tone.WARN)
    if facts["steps_refused"]:
        yield pair("steps refused", f"{facts['steps_refused']}: their Problem cells say why", Tone.WARN)


def _mail_table(facts: dict[str, Any]) -> Table:
    now = facts["at"]
    tones = {"dead": Tone.BAD, "held": Tone.BAD, "sent": Tone.GOOD}
    words = {
        "queued": "waits for its turn", "claimed": "on its way", "sending": "on its way", "sent": "accepted by the server",
        "dead": "refused for good", "held": "waits for a person", "dropped": "not wanted any more",
    }  # fmt: skip
    rows = []
    for status, says in words.items():
        if count := facts["counts"][f"mail.{status}"]:
            since = facts["mail_oldest"].get(status)
            oldest = f"{moment_words(since, now)}, {since_words(since, now)} ago" if since else ""
            rows.append(
                (Said(status, tones.get(status, Tone.PLAIN)), Said(f"{count:,}"), Said(says), Said(oldest))
            )
    columns = (Column("State"), Column("Mails", is_number=True), Column("", Fit.WORDS), Column("The oldest"))
    return Table("Mail", columns, tuple(rows))


def _mail_rest(facts: dict[str, Any]) -> Iterator[tuple[Said, Said]]:
    now, paused = facts["at"], facts["mail_paused"]
    if paused and not paused["over"]:
        yield pair("paused until", f"{moment_words(paused['until'], now)}: {paused['why']}", Tone.BAD)
    if facts["next_mail_due"]:
        yield pair("next mail due", moment_words(facts["next_mail_due"], now))
    if uncertain := facts["counts"]["uncertain"]:
        yield pair("ever in doubt", f"{uncertain:,}: perhaps arrived twice, word for word the same")
    if "per_day" in facts["mail_caps"]:
        cap = facts["mail_caps"]["per_day"]
        tone = Tone.WARN if cap["used"] >= cap["of"] else Tone.PLAIN
        yield pair("sent in 24 hours", f"{cap['used']:,} of {cap['of']:,}", tone)
    if weeks := facts["closed_weeks"]:
        yield pair("weeks closed", f"{len(weeks)}, the last {weeks[-1]}")
    if facts["reports_failing"]:
        failed = moment_words(facts["reports_failed_at"], now)
        yield pair("reports", f"{facts['reports_failing']} (last {failed})", Tone.BAD)


def _automation_table(facts: dict[str, Any]) -> Table:
    now = facts["at"]
    rows = tuple(
        (
            Said(key, Tone.BAD if one["failed"] else Tone.PLAIN),
            Said("on", Tone.GOOD) if one["on"] else Said("off", Tone.QUIET),
            Said(moment_words(one["next_run"], now) or "–"),
            Said(moment_words(one["last_run"], now) or "–"),
            Said(one["result"], Tone.BAD if one["failed"] else Tone.PLAIN),
        )
        for key, one in facts["automations"].items()
    )
    columns = (
        Column("Automation"), Column(""), Column("Next run"), Column("Last run"), Column("What came of it", Fit.WORDS)
    )  # fmt: skip
    return Table("Automations", columns, rows)
