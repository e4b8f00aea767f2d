"""What customers answer: read, matched with its order, dealt with once, and shown in its Result cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feedback_cells import feedback_edits, read_feedback
from bot.planning.catalog import Catalog, build_catalog
from bot.planning.drafting import Place, Plan
from bot.planning.feedback import Answer, answered_mark, answers_in, is_receipt, read_answer, receipt
from bot.planning.order_notices import LowScore
from bot.planning.plan import plan_cycle, wanted_by
from bot.planning.problems import Problem
from bot.planning.rules import SurveyRules
from bot.planning.runs import Standing
from bot.planning.satisfaction import STALE
from bot.planning.sightings import Order, Origin, Row, Seen, Snapshot, TabSnapshot
from bot.planning.surveys import silenced
from bot.survey import grids_of
from sheets_schema import FEEDBACK, LANGUAGES, Cell
from sheets_schema.cells import datetime_serial
from sheets_schema.titles import read_header
from tests.unit.rows import (
    CATALOG,
    CUSTOMERS,
    FEW,
    NOW,
    PRODUCTS,
    RULES,
    TEAM,
    header,
    new_ids,
    remembered,
    seen_of,
    snapshot_of,
    tab_of,
    wish,
)

Cells = dict[str, Cell]
NUMBER = "20261119-004"
STAMP = datetime_serial(RULES.wall_clock(NOW - timedelta(hours=1)))
GOOD: Cells = {"timestamp": STAMP, "order_no": NUMBER, "quality": 5, "timeliness": 4, "service": 3}
LOW: Cells = GOOD | {"service": 1, "comments": "Nobody answered the phone"}
PLACE = Place("book", tab_links={"feedback": "https://sheet.example#gid=8"})

LINE = remembered(wish(), "r1", NUMBER)
SEEN = seen_of(LINE, orders={NUMBER: Order(NUMBER, NOW - timedelta(days=2), Origin.TYPED)})


def row(number: int = 2, /, **cells: Cell) -> Row:
    return Row("feedback", number, {key: cell for key, cell in cells.items() if cell != ""}, "", "")


def tab(*rows: Mapping[str, Cell]) -> TabSnapshot:
    shown = tuple(row(i, **cells) for i, cells in enumerate(rows, 2))
    return TabSnapshot("feedback", "Feedback", header("feedback"), shown, height=len(rows))


def office(*rows: Mapping[str, Cell]) -> Snapshot:
    return replace(snapshot_of(tab_of([], steady=frozenset({"r1"}))), feedback=tab(*rows))


def plan(*rows: Mapping[str, Cell], seen: Seen = SEEN, catalog: Catalog = CATALOG, **rules: Any) -> Plan:
    return plan_cycle(office(*rows), seen, catalog, NOW, replace(RULES, **rules), PLACE, new_ids())


def results(*rows: Mapping[str, Cell], seen: Seen = SEEN, language: str = "en") -> list[Cell | None]:
    """What is written into the Result cells, from the top; None where nothing is."""
    rules = replace(RULES, language=language)
    edits = {e.row: e.cells for e in feedback_edits(tab(*rows), seen, CATALOG, NOW, rules)}
    column = header("feedback").columns["result"]
    return [edits[i][column] if i in edits else None for i in range(2, len(rows) + 2)]


def key_of(cells: Mapping[str, Cell]) -> str:
    found = read_answer(row(**cells), header("feedback"), RULES)
    assert isinstance(found, Answer)
    return found.key


def heard(*rows: Mapping[str, Cell], seen: Seen = SEEN) -> Seen:
    """The memory after these answers were dealt with."""
    return replace(seen, answers=seen.answers | {key_of(cells) for cells in rows})


# ── an answer is read ───────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_has_its_order_its_scores_and_its_moment() -> None:
    found = read_answer(row(**LOW), header("feedback"), RULES)
    assert isinstance(found, Answer)
    assert (found.order_no, found.scores, found.comments) == (
        NUMBER, {"quality": 5, "timeliness": 4, "service": 1}, "Nobody answered the phone",
    )  # fmt: skip
    assert found.answered_at is not None
    assert abs(found.answered_at - (NOW - timedelta(hours=1))) < timedelta(seconds=1)


@pytest.mark.parametrize("score", [5, 5.0, "5", " ５ "])
def test_a_score_may_be_written_like_any_number(score: Cell) -> None:
    found = read_answer(row(**GOOD | {"quality": score}), header("feedback"), RULES)
    assert isinstance(found, Answer)
    assert found.scores["quality"] == 5


@pytest.mark.parametrize("score", [0, 6, -1, 2.5, "great", True, "#REF!", 1e300, "5²"])
def test_what_is_no_whole_number_from_1_to_5_is_told(score: Cell) -> None:
    found = read_answer(row(**GOOD | {"quality": score}), header("feedback"), RULES)
    assert isinstance(found, Problem)
    assert found.code == "score"


def test_a_form_may_leave_questions_open_and_a_person_is_waited_for() -> None:
    by_form = read_answer(row(**GOOD | {"service": ""}), header("feedback"), RULES)
    assert isinstance(by_form, Answer)
    assert "service" not in by_form.scores
    by_hand = read_answer(row(**GOOD | {"service": "", "timestamp": ""}), header("feedback"), RULES)
    assert by_hand == Problem("missing", {"fields": "Service"})


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({"timestamp": STAMP}, "Order No., Product quality, On-time delivery, Service"),
        ({"order_no": NUMBER}, "Product quality, On-time delivery, Service"),
        ({"comments": "lovely"}, "Order No., Product quality, On-time delivery, Service"),
        ({"timestamp": STAMP, "quality": 4}, "Order No."),
    ],
)
def test_what_is_missing_is_named(cells: Cells, missing: str) -> None:
    assert read_answer(row(**cells), header("feedback"), RULES) == Problem("missing", {"fields": missing})


def test_a_question_that_the_tab_does_not_ask_is_not_missed() -> None:
    shown = read_header(FEEDBACK, "Feedback", ["Order No.", "Service", "Result"], "en")
    found = read_answer(row(order_no=NUMBER, service=4), shown, RULES)
    assert isinstance(found, Answer)


def test_a_row_without_an_answer_says_nothing() -> None:
    assert read_answer(row(), header("feedback"), RULES) is None
    assert read_answer(row(result="✓ 2026-11-20 · X"), header("feedback"), RULES) is None


scores = st.integers(1, 5)
stamps = st.floats(40_000, 60_000, allow_nan=False)


@FEW
@given(st.text(min_size=1).filter(str.strip), stamps, scores, scores, scores, st.integers(2, 9999), st.text())
def test_an_answer_keeps_its_key_wherever_it_stands_and_whatever_else_is_written(
    number: str, stamp: float, one: int, two: int, three: int, place: int, comments: str
) -> None:
    cells: Cells = {
        "order_no": number,
        "timestamp": stamp,
        "quality": one,
        "timeliness": two,
        "service": three,
    }
    first = read_answer(row(**cells), header("feedback"), RULES)
    again = read_answer(row(place, **cells | {"comments": comments}), header("feedback"), RULES)
    other = read_answer(row(**cells | {"quality": one % 5 + 1}), header("feedback"), RULES)
    if isinstance(first, Answer):
        assert isinstance(again, Answer)
        assert isinstance(other, Answer)
        assert first.key == again.key != other.key


cell = st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans())


@FEW
@given(st.dictionaries(st.sampled_from([f.key for f in FEEDBACK.fields]), cell))
def test_whatever_stands_in_a_row_it_has_an_answer_a_problem_or_nothing(cells: Cells) -> None:
    found = read_answer(row(**cells), header("feedback"), RULES)
    assert found is None or isinstance(found, Answer | Problem)
    results(cells)


# ── receipts ────────────────────────────────────────────────────────────────────────────────────────────────


@FEW
@given(
    st.text(min_size=1).map(str.strip).filter(lambda t: t and t == " ".join(t.split())),
    scores,
    st.sampled_from(LANGUAGES),
)
def test_a_receipt_is_one_for_its_own_order_alone(number: str, score: int, language: str) -> None:
    found = read_answer(row(**GOOD | {"order_no": number, "quality": score}), header("feedback"), RULES)
    if not isinstance(found, Answer):
        return
    told = receipt(found, NOW, replace(RULES, language=language))
    assert is_receipt(told, found.order_no)
    assert not is_receipt(told, found.order_no + "1")
    assert not is_receipt(told, "")


@pytest.mark.parametrize(
    ("result", "is_one"),
    [(f"✓ 2026-11-21 · {NUMBER}", True), (f"✓ 2026-11-21 · {NUMBER} · 低分", True), ("✓", False), ("done", False),
     ("✓ 2026-11-21", False), ("✓ 2026-11-21 · 20261119-0041", False), (f"✓ soon · {NUMBER}", False), ("", False)],
)  # fmt: skip
def test_only_what_the_bot_writes_is_a_receipt(result: str, is_one: bool) -> None:
    assert is_receipt(result, NUMBER) is is_one


def bytes_of(*rows: list[Cell]) -> bytes:
    titles: list[Cell] = [field.en for field in FEEDBACK.fields]
    ranges = [{"range": "Feedback!A1:G", "majorDimension": "ROWS", "values": [titles, *rows]}]
    return orjson.dumps({"spreadsheetId": "x", "valueRanges": ranges})


def cells_in_order(cells: Mapping[str, Cell]) -> list[Cell]:
    return [cells.get(field.key, "") for field in FEEDBACK.fields]


@pytest.mark.parametrize("torn", ["fine", '"],["', "],["])
def test_rows_that_have_their_receipt_are_passed_over(torn: str) -> None:
    done = GOOD | {"result": f"✓ 2026-11-21 · {NUMBER}", "comments": torn}
    body = bytes_of(cells_in_order(done), [], cells_in_order(LOW | {"comments": torn}))
    found = read_feedback(grids_of(body, ["feedback"]), {"feedback": "Feedback"}, "en")
    assert found is not None
    assert [r.number for r in found.rows] == [4]
    assert found.rows[0].cells == LOW | {"comments": torn}


def test_a_tab_that_is_not_there_or_not_readable_has_no_answers() -> None:
    assert read_feedback({}, {}, "en") is None
    broken = replace(tab(LOW), header=read_header(FEEDBACK, "Feedback", ["Score"], "en"))
    assert answers_in(None, RULES) == answers_in(broken, RULES) == ()
    assert feedback_edits(broken, SEEN, CATALOG, NOW, RULES) == ()


# ── what the Result cell says ───────────────────────────────────────────────────────────────────────────────


def test_what_was_dealt_with_gets_its_receipt_and_nothing_else_does() -> None:
    assert results(GOOD, LOW, seen=heard(GOOD)) == [f"✓ 2026-11-21 · {NUMBER}", None]
    assert results(LOW, seen=heard(LOW)) == [f"✓ 2026-11-21 · {NUMBER} · low score"]
    assert results(LOW, seen=heard(LOW), language="zh-CN") == [f"✓ 2026-11-21 · {NUMBER} · 低分"]


def test_an_order_that_nobody_knows_is_told_until_its_number_is_put_right() -> None:
    assert results(GOOD | {"order_no": "X-1"}) == [
        "There is no order 'X-1': correct Order No. here, and the answer counts"
    ]
    mended = GOOD | {"result": "There is no order 'X-1': correct Order No. here, and the answer counts"}
    assert results(mended) == [None]
    assert results(mended, seen=heard(mended)) == [f"✓ 2026-11-21 · {NUMBER}"]


def test_what_is_shown_already_is_not_written_again() -> None:
    told = "Service '9' is no score: write a whole number from 1 to 5"
    assert results(GOOD | {"service": 9, "result": told}) == [None]


def test_a_row_that_was_emptied_loses_what_was_said_of_it() -> None:
    assert results({"result": f"✓ 2026-11-21 · {NUMBER}"}, {}) == ["", None]


def test_before_the_first_meeting_nothing_is_said() -> None:
    assert results(GOOD | {"order_no": "X-1"}, seen=replace(SEEN, adopted_at=None)) == [None]


# ── what follows ────────────────────────────────────────────────────────────────────────────────────────────


def test_memories_of_the_answers_and_their_orders_are_asked_for() -> None:
    wanted = wanted_by(office(GOOD, {"order_no": "X"}), CATALOG, NOW, RULES)
    assert wanted.numbers == {NUMBER}
    assert wanted.answers == {key_of(GOOD)}


def test_a_good_answer_is_noted_and_told_to_nobody() -> None:
    done = plan(GOOD)
    assert done.drafts == ()
    assert done.answers == (key_of(GOOD), answered_mark(NUMBER))
    assert done.dropped == (f"survey:{NUMBER}:1", f"survey:{NUMBER}:2")
    assert [(e.what, e.order_no, e.after) for e in done.activity] == [("answered", NUMBER, "5 / 4 / 3")]


def test_a_low_score_is_told_at_once_to_whoever_sold_the_order() -> None:
    (draft,) = plan(LOW).drafts
    assert (draft.id, draft.kind, draft.recipient.email, draft.order_no) == (
        f"low_score:{NUMBER}:{key_of(LOW)}", "low_score", "dora@desk.example", NUMBER,
    )  # fmt: skip
    assert draft.reply_to is not None
    assert draft.reply_to.email == "anna@books.example"
    told = draft.content
    assert isinstance(told, LowScore)
    assert (told.customer, told.contact, told.phone, told.email) == (
        "Anna Books", "Anna Berg", "007", "anna@books.example",
    )  # fmt: skip
    assert (told.quality, told.timeliness, told.service) == (5, 4, 1)
    assert told.comments == "Nobody answered the phone"
    assert told.row_link == "https://sheet.example#gid=8&range=A2"


def test_whoever_looks_after_the_customer_hears_before_whoever_sold_the_order() -> None:
    owned = [customer | {"owner": "Emil"} for customer in CUSTOMERS]
    (draft,) = plan(LOW, catalog=build_catalog(owned, PRODUCTS, TEAM)).drafts
    assert (draft.recipient.email, draft.recipient.language) == ("emil@desk.example", "zh-CN")


LEADS: list[Cells] = [
    {"name": "Lea", "email": "lea@desk.example", "role": "Lead", "team": "North"},
    {"name": "Max", "email": "max@desk.example", "role": "Lead", "team": "South"},
    {"name": "Lea again", "email": "LEA@desk.example", "role": "Lead"},
]


@pytest.mark.parametrize(
    ("dora", "told"),
    [({"team": "North", "email": ""}, {"lea@desk.example"}), ({"team": "South", "email": ""}, {"lea@desk.example", "max@desk.example"}),
     ({"active": False}, {"lea@desk.example", "max@desk.example"})],
)  # fmt: skip
def test_leads_hear_when_nobody_nearer_can(dora: Cells, told: set[str]) -> None:
    owned = [customer | {"owner": "Nobody"} for customer in CUSTOMERS]
    team = [TEAM[0] | dora, *LEADS]
    drafts = plan(LOW, catalog=build_catalog(owned, PRODUCTS, team)).drafts
    assert {d.recipient.email.casefold() for d in drafts} == told
    assert len({d.id for d in drafts}) == len(drafts) == len(told)


def test_a_low_score_waits_and_says_so_while_there_is_nobody_to_tell() -> None:
    nobody = build_catalog(CUSTOMERS, PRODUCTS, [])
    assert plan(LOW, catalog=nobody).answers == ()
    (edit,) = feedback_edits(tab(LOW), SEEN, nobody, NOW, RULES)
    assert "nobody to tell" in str(next(iter(edit.cells.values())))
    assert plan(GOOD, catalog=nobody).answers


def test_a_low_score_waits_while_the_lookups_cannot_be_read() -> None:
    blind = replace(office(LOW, GOOD), absent=("team",))
    done = plan_cycle(blind, SEEN, CATALOG, NOW, RULES, PLACE, new_ids())
    assert [d for d in done.drafts if d.kind == "low_score"] == []
    assert done.answers == (key_of(GOOD), answered_mark(NUMBER))


def test_nothing_is_dealt_with_twice() -> None:
    again = plan(LOW, seen=heard(LOW))
    assert (again.answers, again.drafts, again.dropped) == ((), (), ())
    assert len(plan(LOW, LOW).drafts) == 1


@pytest.mark.parametrize(("low", "mails"), [(1, 1), (2, 1), (4, 1)])
def test_how_low_is_low_is_the_teams_to_say(low: int, mails: int) -> None:
    assert len(plan(LOW, survey=SurveyRules(low=low)).drafts) == mails
    assert len(plan(GOOD, survey=SurveyRules(low=low)).drafts) == (low >= 3)


def test_what_was_answered_long_ago_is_noted_and_told_to_nobody() -> None:
    old = LOW | {"timestamp": datetime_serial(RULES.wall_clock(NOW - STALE - timedelta(hours=1)))}
    assert plan(old).drafts == ()
    assert plan(old).answers


def test_at_the_first_meeting_old_answers_are_noted_and_told_to_nobody() -> None:
    here = replace(snapshot_of(tab_of([wish(order_no=NUMBER)])), feedback=tab(LOW, GOOD | {"order_no": "X"}))
    done = plan_cycle(here, Seen(), CATALOG, NOW, RULES, PLACE, new_ids())
    assert done.drafts == ()
    assert done.answers == (key_of(LOW), answered_mark(NUMBER))


def test_an_unknown_order_calls_for_nothing() -> None:
    assert plan(LOW | {"order_no": "X-1"}).answers == ()


# ── a tab that not every team has ───────────────────────────────────────────────────────────────────────────


def test_a_missing_feedback_tab_is_no_trouble() -> None:
    assert (
        plan_cycle(
            replace(office(), feedback=None, absent=("feedback",)),
            SEEN,
            CATALOG,
            NOW,
            RULES,
            PLACE,
            new_ids(),
        ).holds
        == ()
    )


# ── switched off ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("was", "now_is", "is_silenced"),
    [(True, False, True), (None, False, True), (False, False, False), (True, True, False), (False, True, False),
     (True, None, False)],
)  # fmt: skip
def test_surveys_that_are_queued_are_given_up_when_the_survey_is_switched_off(
    was: bool | None, now_is: bool | None, is_silenced: bool
) -> None:
    def standings(on: bool | None) -> dict[str, Standing]:
        return {} if on is None else {"survey": Standing("survey", "", on, datetime(2026, 11, 1, tzinfo=UTC))}

    assert silenced(standings(was), standings(now_is)) == (("survey:",) if is_silenced else ())
