"""Whether a line may be in the state that its Status cell shows, and what is missing when it may not. Pure.

state reached so far × Status cell ─► the legal steps between them, or Problems that name what is legal and missing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.planning.catalog import Catalog, Member
from bot.planning.problems import Problem, problem
from bot.planning.readiness import ReadyLine
from bot.planning.rules import Rules
from bot.planning.sightings import Row
from sheets_schema import CONTRACTS
from sheets_schema.roles import FINANCE
from sheets_schema.workflow import BY_STATE, CANCELLED, STATES, Move, next_moves, path, state_of


@dataclass(frozen=True)
class Walk:
    """The steps taken since the line was last looked at; with problems there are none."""

    moves: tuple[Move, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> bool:
        """The cell shows a state that the line has not legally reached."""
        return bool(self.problems)


def walked(state: str, row: Row, line: ReadyLine, catalog: Catalog, rules: Rules) -> Walk:
    """The legal steps from this state to the one the row shows; all of them, or none and why."""
    text = row.text("status")
    shown = state_of(text)
    if not text or (shown is not None and shown.key == state):
        # A blank cell is filled by the bot with the state the line has.
        return Walk()
    if shown is None:
        known = _joined([s.title(rules.language) for s in STATES], rules)
        return Walk(problems=(problem("bad_status", text=text, known=known),))
    moves = path(state, shown.key, rules.review_levels)
    lacks, wrong = _lacking(moves, row, line, catalog, rules)
    if moves and not lacks and not wrong:
        return Walk(moves)
    return Walk(problems=(_refusal(state, shown.key, lacks, rules), *wrong))


def _refusal(state: str, shown: str, lacks: Sequence[str], rules: Rules) -> Problem:
    before, after = (BY_STATE[key].title(rules.language) for key in (state, shown))
    following = [BY_STATE[move.end].title(rules.language) for move in next_moves(state, rules.review_levels)]
    values = {"before": before, "after": after, "next": _joined(following, rules)}
    if not following:
        return Problem("closed_order", values)
    if not lacks:
        return Problem("illegal_move", values)
    return Problem("move_lacks", {**values, "fields": _joined(lacks, rules)})


def _lacking(
    moves: Sequence[Move], row: Row, line: ReadyLine, catalog: Catalog, rules: Rules
) -> tuple[list[str], list[Problem]]:
    """Titles of the columns these steps need and the row leaves blank; what is wrong with those it fills in."""
    lacks: list[str] = []
    wrong: list[Problem] = []
    for key in dict.fromkeys(key for move in moves for key in move.needs):
        if key == "tracking" and is_service(line):
            continue
        title = rules.title(CONTRACTS.key, key)
        if not row.text(key):
            lacks.append(title)
        elif key == "reviewer":
            wrong += reviewer_problems(row, line, catalog, rules)
        elif key == "finance_reviewer":
            wrong += finance_problems(row, line, catalog, rules)
    return lacks, wrong


def is_service(line: ReadyLine) -> bool:
    """Whether nothing is carried anywhere: what is sold for a duration has no tracking number."""
    return bool(line.product.duration or line.text("duration"))


def reviewer_problems(row: Row, line: ReadyLine, catalog: Catalog, rules: Rules) -> tuple[Problem, ...]:
    """What is wrong with the name in Reviewer: it must be a lead of the salesperson's team, and a second person."""
    leads = reviewers_of(line.salesperson, catalog)
    return _unfit(row, "reviewer", "reviewer_not_lead", line, leads, catalog, rules)


def finance_problems(row: Row, line: ReadyLine, catalog: Catalog, rules: Rules) -> tuple[Problem, ...]:
    """What is wrong with the name in Finance reviewer."""
    people = tuple(m for m in catalog.with_role(FINANCE) if m != line.salesperson)
    return _unfit(row, "finance_reviewer", "reviewer_not_finance", line, people, catalog, rules)


def _unfit(
    row: Row, key: str, code: str, line: ReadyLine, people: Sequence[Member], catalog: Catalog, rules: Rules
) -> tuple[Problem, ...]:
    field, text = rules.title(CONTRACTS.key, key), row.text(key)
    person = catalog.person(text)
    if person is None:
        return (problem("reviewer_unknown", field=field, text=text),)
    if person == line.salesperson:
        return (problem("reviewer_is_seller", field=field),)
    if person not in people:
        known = _joined([member.name for member in people], rules) or "–"
        return (problem(code, field=field, text=text, known=known),)
    return ()


def reviewers_of(salesperson: Member, catalog: Catalog) -> tuple[Member, ...]:
    """Who may say yes to an order of this person: the leads of the team, never the person themself."""
    return tuple(member for member in catalog.leads_of(salesperson.team) if member != salesperson)


def is_cancelling(moves: Sequence[Move]) -> bool:
    """Whether these steps end in Cancelled."""
    return bool(moves) and moves[-1].end == CANCELLED.key


def _joined(words: Sequence[str], rules: Rules) -> str:
    return ("、" if rules.language == "zh-CN" else ", ").join(words)
