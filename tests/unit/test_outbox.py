"""What follows an attempt to send."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.outbox import (
    FIRST_WAIT,
    LONGEST_WAIT,
    QUOTA_PAUSE,
    Failure,
    Message,
    Outcome,
    Status,
    Trouble,
    after_failure,
    after_success,
    growing_wait,
    room,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MAIL = Message("m1", "purchase_customer", "A-1", "anna@example.com", 0, b"Hello", NOW)
TRIED_TWICE = replace(MAIL, attempts=2, uncertain=1)


def test_the_wait_doubles_from_half_a_minute_to_two_hours() -> None:
    seconds = [growing_wait(attempts).total_seconds() for attempts in range(1, 12)]
    assert seconds == [30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200, 7200]


def test_the_wait_never_overflows_and_never_vanishes() -> None:
    assert growing_wait(10**9) == LONGEST_WAIT
    assert growing_wait(0) == growing_wait(-3) == FIRST_WAIT


def test_a_sent_mail_counts_its_attempt_and_keeps_its_doubts() -> None:
    assert after_success(TRIED_TWICE, NOW) == Outcome(Status.SENT, NOW, attempts=3, uncertain=1)


def test_a_mail_refused_for_good_is_dead_and_says_why() -> None:
    outcome = after_failure(TRIED_TWICE, Failure(Trouble.REFUSED, 550, "no such user"), NOW, "resend")
    assert outcome == Outcome(Status.DEAD, NOW, error="550 no such user", uncertain=1, attempts=3)


def test_a_mail_refused_for_now_is_tried_again_alone() -> None:
    outcome = after_failure(TRIED_TWICE, Failure(Trouble.LATER, 450, "busy"), NOW, "resend")
    later = NOW + timedelta(minutes=2)
    assert outcome == Outcome(Status.QUEUED, NOW, later, "450 busy", uncertain=1, attempts=3)


@pytest.mark.parametrize("trouble", [Trouble.UNREACHABLE, Trouble.LOGIN])
def test_a_server_that_takes_nobody_pauses_all_mail(trouble: Trouble) -> None:
    outcome = after_failure(MAIL, Failure(trouble, 535, "who are you"), NOW, "resend")
    later = NOW + FIRST_WAIT
    assert outcome == Outcome(Status.QUEUED, NOW, later, "535 who are you", attempts=1, pause_until=later)


def test_a_used_up_quota_pauses_all_mail_and_is_no_attempt() -> None:
    outcome = after_failure(TRIED_TWICE, Failure(Trouble.QUOTA, 550, "5.4.5 limit"), NOW, "resend")
    pause = NOW + QUOTA_PAUSE
    assert outcome == Outcome(Status.QUEUED, NOW, pause, "550 5.4.5 limit", 1, 2, pause)


def test_a_mail_in_doubt_is_sent_again_later_when_the_config_says_so() -> None:
    outcome = after_failure(MAIL, Failure(Trouble.UNCERTAIN, text="no answer"), NOW, "resend")
    assert outcome == Outcome(Status.QUEUED, NOW, NOW + FIRST_WAIT, "no answer", uncertain=1, attempts=1)


def test_a_mail_in_doubt_is_held_when_the_config_says_so() -> None:
    outcome = after_failure(TRIED_TWICE, Failure(Trouble.UNCERTAIN, text="no answer"), NOW, "hold")
    assert outcome == Outcome(Status.HELD, NOW, None, "no answer", uncertain=2, attempts=3)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_only_a_missing_answer_casts_a_doubt(trouble: Trouble) -> None:
    for when_uncertain in ("resend", "hold"):
        outcome = after_failure(MAIL, Failure(trouble), NOW, when_uncertain)
        assert outcome.uncertain == (trouble is Trouble.UNCERTAIN)


def test_a_failure_without_a_code_is_said_in_words_alone() -> None:
    assert after_failure(MAIL, Failure(Trouble.LATER, text="timed out"), NOW, "hold").error == "timed out"
    assert after_failure(MAIL, Failure(Trouble.LATER, 451), NOW, "hold").error == "451"


@pytest.mark.parametrize(
    ("sent_last_minute", "sent_last_day", "left"),
    [(0, 0, 60), (59, 0, 1), (60, 0, 0), (99, 0, 0), (0, 470, 30), (0, 500, 0), (0, 501, 0)],
)
def test_the_tighter_cap_decides_how_many_more_may_go(
    sent_last_minute: int, sent_last_day: int, left: int
) -> None:
    assert room((60, sent_last_minute), (500, sent_last_day)) == left
