"""What follows from answers: surveys that are not wanted any more, and who hears at once that a customer is not satisfied.

Each answer is dealt with once, in one commit with the mail that it calls for. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.activity import Change, Entry
from bot.planning.catalog import Catalog, Customer, Member, is_address
from bot.planning.drafting import Drafting
from bot.planning.feedback import Answer, answered_mark, answers_in
from bot.planning.hearing import member_recipient
from bot.planning.notices import STAFF_NEXT, Draft, Recipient
from bot.planning.order_notices import LowScore
from bot.planning.problems import Problem, problem, quoted, sentences
from bot.planning.rules import Rules
from bot.planning.sightings import Seen, Sighting, TabSnapshot
from bot.planning.surveys import survey_ids
from sheets_schema import CONTRACTS, FEEDBACK
from sheets_schema.cells import plain_text
from sheets_schema.titles import fold

LOW_SCORE = "low_score"
#: What was answered longer ago is noted and told to nobody: it stood there before anybody listened.
STALE = timedelta(days=14)


def hear_answers(draft: Drafting, tab: TabSnapshot | None, catalog: Catalog | None) -> None:
    """Deal with every answer about a known order that was not dealt with before.

    A low score waits while there is nobody to tell, or nobody can say who it is (a lookup tab is unreadable).
    """
    heard = set(draft.seen.answers)
    for answer in answers_in(tab, draft.rules):
        is_known = answer.order_no in draft.seen.orders or answer.order_no in draft.orders
        if answer.key in heard or not is_known:
            continue
        if _is_news(answer, draft.now, draft.rules):
            told = _low_score(draft, answer, catalog) if catalog is not None else []
            if not told:
                continue
            draft.drafts += told
        heard.add(answer.key)
        _note(draft, answer)


def note_old_answers(draft: Drafting, tab: TabSnapshot | None) -> None:
    """At the first meeting: what was answered before is noted, and told to nobody."""
    for answer in answers_in(tab, draft.rules):
        if answer.order_no in draft.orders:
            draft.answers += [answer.key, answered_mark(answer.order_no)]


def has_nobody_to_tell(
    found: Answer | Problem | None, seen: Seen, catalog: Catalog | None, now: datetime, rules: Rules
) -> bool:
    """Whether this answer waits because nobody is there who ought to hear of its low score."""
    if not isinstance(found, Answer) or catalog is None or not _is_news(found, now, rules):
        return False
    lines = _lines(found.order_no, seen.sightings.values())
    return not _who_hears(_customer(lines, catalog), lines, catalog)


def nobody_words(rules: Rules) -> str:
    """That somebody must be named who is to hear of it."""
    return sentences((problem("nobody_to_tell"),), rules.language, rules.schema)


def _is_news(answer: Answer, now: datetime, rules: Rules) -> bool:
    """Whether somebody is to hear of it."""
    is_fresh = answer.answered_at is None or now - answer.answered_at < STALE
    return is_fresh and answer.is_low(rules)


def _note(draft: Drafting, answer: Answer) -> None:
    number = answer.order_no
    unwanted = survey_ids(number)
    draft.answers += [answer.key, answered_mark(number)]
    draft.dropped += unwanted
    # One that is owed since this very look is not queued yet.
    draft.drafts = [one for one in draft.drafts if one.id not in unwanted]
    scores = " / ".join(str(score) for score in answer.scores.values())
    draft.activity.append(Entry(draft.now, "answered", number, after=scores, detail=quoted(answer.comments)))
    draft.changes.append(Change("answered", number, FEEDBACK.key, answer.row.number))


def _low_score(draft: Drafting, answer: Answer, catalog: Catalog) -> list[Draft]:
    lines = _lines(answer.order_no, {**draft.seen.sightings, **draft.sightings}.values())
    customer = _customer(lines, catalog)
    contact = next((text for line in lines if (text := _text(line, "contact"))), customer.contact)
    content = LowScore(
        order_no=answer.order_no,
        customer=customer.name,
        contact=contact,
        phone=customer.phone,
        email=customer.email,
        quality=answer.scores.get("quality"),
        timeliness=answer.scores.get("timeliness"),
        service=answer.scores.get("service"),
        comments=answer.comments,
        answered_at=answer.answered_at,
        row_link=draft.place.row_link(FEEDBACK.key, answer.row.number),
    )
    reply_to = None
    if is_address(customer.email):
        language = customer.language or draft.rules.language
        reply_to = Recipient(contact or customer.name, customer.email, language)
    people = _who_hears(customer, lines, catalog)
    stem = f"{LOW_SCORE}:{answer.order_no}:{answer.key}"
    return [
        Draft(
            id=stem if len(people) == 1 else f"{stem}:{turn}",
            kind=LOW_SCORE,
            recipient=member_recipient(person, draft.rules),
            reply_to=reply_to,
            content=content,
            order_no=answer.order_no,
            priority=STAFF_NEXT,
        )
        for turn, person in enumerate(people, 1)
    ]


def _who_hears(customer: Customer, lines: Sequence[Sighting], catalog: Catalog) -> tuple[Member, ...]:
    """Whoever looks after the customer, else whoever sold the order, else the leads of that team."""
    seller = None
    for line in lines:
        seller = seller or catalog.person(_text(line, "salesperson"))
    for person in (catalog.person(customer.owner), seller):
        if person is not None and is_address(person.email):
            return (person,)
    # Two leads behind one address are told in one mail.
    leads = catalog.leads_of(seller.team if seller is not None else "")
    return tuple({lead.email.casefold(): lead for lead in reversed(leads)}.values())


def _customer(lines: Sequence[Sighting], catalog: Catalog) -> Customer:
    name = next((text for line in lines if (text := _text(line, "customer"))), "")
    found = catalog.customers.get(fold(name), ())
    # Of two customers with one name nobody can say whose contact this is.
    return found[0] if len(found) == 1 else Customer(name)


def _lines(number: str, known: Iterable[Sighting]) -> list[Sighting]:
    """The order's lines as they stand, those that are gone last."""
    lines = [s for s in known if s.order_no == number and s.tab == CONTRACTS.key]
    return sorted(lines, key=lambda s: (s.gone, s.position))


def _text(line: Sighting, key: str) -> str:
    return plain_text(line.cells.get(key, ""))
