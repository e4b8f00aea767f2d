"""Delivery, with the state and the mailer in RAM and a clock that stands still until a test moves it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.adapters.memory_mailer import Letter, MemoryMailer
from bot.adapters.memory_state import MemoryState
from bot.delivery import MOST_COPIES, MOST_REOPENINGS, Delivered, DeliveryRules, deliver, is_allowed
from bot.outbox import FIRST_WAIT, QUOTA_PAUSE, TOO_MANY, Failure, Message, Status, Trouble
from bot.planning.hours import leaves_at
from bot.planning.notices import TO_CUSTOMERS
from bot.planning.rules import HourRules, Rules
from bot.ports import Commit, MailFailed

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RULES = DeliveryRules(per_minute=100, per_day=1000)

DOWN = Failure(Trouble.UNREACHABLE, 0, "the mail server cannot be reached")
BAD_LOGIN = Failure(Trouble.LOGIN, 535, "the mail server refused the login")
OVER_QUOTA = Failure(Trouble.QUOTA, 550, "the mail account has reached its sending limit")
GREYLISTED = Failure(Trouble.LATER, 450, "the mail server refused the recipient for now")
SILENT = Failure(Trouble.LATER, 0, "the mail server ended the conversation at the recipient")
UNKNOWN = Failure(Trouble.REFUSED, 550, "the mail server refused the recipient")
NO_ANSWER = Failure(Trouble.UNCERTAIN, 0, "the mail server did not confirm: maybe sent")


def mail(name: str, *, priority: int = 1, order_no: str = "") -> Message:
    return Message(
        id=f"purchase_customer:{name}:1",
        kind="purchase_customer",
        order_no=order_no or f"20261121-{name}",
        recipient=f"{name}@customer.example",
        priority=priority,
        body=f"Subject: {name}\r\n\r\nHello {name}\r\n".encode(),
        created_at=NOON,
    )


@dataclass
class Office:
    """One worker with its outbox, its way out and its clock."""

    state: MemoryState = field(default_factory=MemoryState)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    now: datetime = NOON

    def queue(self, *messages: Message) -> None:
        lease = self.state.acquire("planner", self.now, 60)
        assert lease is not None
        self.state.commit(Commit(messages=messages), lease)

    def deliver(self, rules: DeliveryRules = RULES, owner: str = "worker") -> Delivered:
        return deliver(self.state, self.mailer, owner, lambda: self.now, rules)

    def message(self, name: str) -> Message:
        (found,) = [m for m in self.state.messages() if m.recipient.startswith(f"{name}@")]
        return found

    @property
    def arrived(self) -> list[str]:
        return [letter.recipient.partition("@")[0] for letter in self.mailer.letters]


@pytest.fixture
def office() -> Office:
    return Office()


def test_everything_due_goes_out_over_one_connection(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"), mail("cy"))
    done = office.deliver()
    assert office.arrived == ["ada", "bob", "cy"]
    assert office.mailer.connections == 1
    assert done == Delivered(sent=3, orders=frozenset({"20261121-ada", "20261121-bob", "20261121-cy"}))


def test_no_connection_is_opened_when_nothing_is_due(office: Office) -> None:
    office.queue(replace(mail("ada"), not_before=NOON + timedelta(hours=1)))
    office.mailer.fail("connect", DOWN)
    done = office.deliver()
    assert done == Delivered(next_due=NOON + timedelta(hours=1))


def test_the_runs_whose_mail_changed_are_told_whatever_became_of_it(office: Office) -> None:
    run, orders = "weekly_team:2026-W47.r1", mail("cy")
    reports = [replace(mail(name), id=f"{run}:{name}@sales.example", order_no="") for name in ("ada", "bob")]
    # An order's mail is told by its number, whatever its id looks like.
    office.queue(*reports, replace(orders, id="weekly_personal:2026-W47:cy@sales.example"))
    office.mailer.fail("envelope", UNKNOWN, recipient="ada@customer.example")
    done = office.deliver()
    assert (done.sent, done.failed) == (2, 1)
    assert (done.reports, done.orders) == (frozenset({run}), frozenset({orders.order_no}))


def test_customers_go_before_staff_and_staff_before_admins(office: Office) -> None:
    office.queue(mail("admin", priority=2), mail("staff", priority=1), mail("customer", priority=0))
    office.deliver(replace(RULES, batch=1))
    assert office.arrived == ["customer", "staff", "admin"]


def test_under_a_cap_customers_get_the_room_there_is(office: Office) -> None:
    office.queue(mail("staff", priority=1), mail("customer", priority=0))
    done = office.deliver(replace(RULES, per_minute=1))
    assert office.arrived == ["customer"]
    assert done.next_due == NOON + timedelta(minutes=1)


def test_the_cap_of_a_minute_and_of_a_day_both_hold(office: Office) -> None:
    rules = replace(RULES, per_minute=2, per_day=3)
    office.queue(*(mail(name) for name in ("a1", "b2", "c3", "d4", "e5")))
    assert office.deliver(rules).sent == 2
    assert office.deliver(rules).sent == 0
    office.now += timedelta(seconds=61)
    assert office.deliver(rules).sent == 1
    office.now += timedelta(seconds=61)
    assert office.deliver(rules).sent == 0
    office.now += timedelta(days=1)
    assert office.deliver(rules).sent == 2


def test_content_goes_out_only_after_sending_is_committed(office: Office) -> None:
    office.queue(mail("ada"))
    seen: list[Status] = []
    office.mailer.before_data = lambda _: seen.append(office.message("ada").status)
    office.deliver()
    assert seen == [Status.SENDING]
    assert office.message("ada").status is Status.SENT


def test_a_refused_recipient_is_never_in_sending(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("envelope", UNKNOWN, recipient="ada@customer.example")
    office.mailer.before_data = lambda recipient: pytest.fail("DATA") if "ada" in recipient else None
    done = office.deliver()
    assert (done.sent, done.failed, office.mailer.connections) == (1, 1, 1)
    assert office.message("ada").status is Status.DEAD
    assert office.arrived == ["bob"]


def test_a_lost_claim_sends_nothing(office: Office) -> None:
    office.queue(mail("ada"))
    state = office.state

    def taken_over(message_id: str, owner: str, now: datetime, until: datetime) -> bool:
        # While we were talking, our lease ran out and another worker claimed the message.
        state.reclaim(now + timedelta(hours=1))
        state.claim("other", now, now + timedelta(hours=2), 1)
        return MemoryState.begin(state, message_id, owner, now, until)

    state.begin = taken_over  # type: ignore[method-assign]
    with capture_logs() as log:
        done = office.deliver()
    assert office.mailer.letters == []
    assert done.sent == done.failed == 0
    assert [line["event"] for line in log] == ["mail.claim_lost"]
    assert office.message("ada").owner == "other"


def test_what_another_worker_settled_first_is_not_counted(office: Office) -> None:
    office.queue(mail("ada"))
    taken_over = {mail("ada").id: replace(mail("ada"), status=Status.SENDING, owner="other")}
    office.mailer.before_data = lambda _: office.state._messages.update(taken_over)
    with capture_logs() as log:
        done = office.deliver()
    assert done.sent == 0
    assert [line["event"] for line in log] == ["mail.settled_elsewhere"]


@pytest.mark.parametrize("failure", [DOWN, BAD_LOGIN, OVER_QUOTA], ids=lambda f: f.trouble.value)
def test_trouble_with_the_whole_server_ends_the_batch_and_pauses(office: Office, failure: Failure) -> None:
    office.queue(mail("ada"), mail("bob"), mail("cy"))
    office.mailer.fail("connect", failure)
    done = office.deliver()
    wait = QUOTA_PAUSE if failure is OVER_QUOTA else FIRST_WAIT
    assert (done.sent, done.failed, done.next_due) == (0, 1, NOON + wait)
    assert [office.message(name).attempts for name in ("bob", "cy")] == [0, 0]
    assert {m.status for m in office.state.messages()} == {Status.QUEUED}

    assert office.deliver().sent == 0, "during the pause nothing is tried"
    office.now += wait
    assert office.deliver().sent == 3


@pytest.mark.parametrize("step", ["envelope", "data"])
def test_a_quota_in_the_middle_keeps_what_was_sent_and_pauses_the_rest(office: Office, step: str) -> None:
    office.queue(mail("ada"), mail("bob"), mail("cy"))
    office.mailer.fail(step, OVER_QUOTA, recipient="bob@customer.example")  # type: ignore[arg-type]
    done = office.deliver()
    assert (done.sent, done.failed) == (1, 1)
    assert office.message("bob").attempts == 0, "a quota is nobody's attempt"
    assert office.message("cy").status is Status.QUEUED
    assert done.next_due == NOON + QUOTA_PAUSE


def test_a_refusal_for_now_waits_and_does_not_stop_the_next(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("envelope", GREYLISTED, recipient="ada@customer.example")
    done = office.deliver()
    assert (done.sent, done.failed, done.next_due) == (1, 1, NOON + FIRST_WAIT)
    assert office.message("ada").error.startswith("450 ")
    office.now += FIRST_WAIT
    assert office.deliver().sent == 1


def test_an_unanswered_message_is_sent_again_byte_by_byte_and_flagged(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("data", NO_ANSWER, recipient="ada@customer.example", arrives=True)
    done = office.deliver()
    assert (done.sent, done.uncertain, done.failed) == (1, 1, 0)
    assert office.mailer.connections == 2, "the connection is not used after doubt"
    office.now += FIRST_WAIT
    office.deliver()
    first, _, again = office.mailer.letters
    assert first == again
    assert (office.message("ada").status, office.message("ada").uncertain) == (Status.SENT, 1)


def test_a_connection_is_left_after_doubt_even_if_it_still_seems_to_work(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unimpressed(_connection: object, fault: object) -> None:
        if fault is not None:
            raise MailFailed(NO_ANSWER)

    monkeypatch.setattr("bot.adapters.memory_mailer._MemoryConnection._meet", unimpressed)
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("data", NO_ANSWER, recipient="ada@customer.example")
    assert (office.deliver().sent, office.mailer.connections) == (1, 2)


def test_an_unanswered_message_is_held_when_the_rules_say_so(office: Office) -> None:
    office.queue(mail("ada"))
    office.mailer.fail("data", NO_ANSWER, arrives=True)
    done = office.deliver(replace(RULES, when_uncertain="hold"))
    assert (done.uncertain, done.held, done.next_due) == (1, 0, None)
    office.now += timedelta(days=2)
    office.deliver(replace(RULES, when_uncertain="hold"))
    assert office.message("ada").status is Status.HELD
    assert office.arrived == ["ada"]


def test_a_message_that_never_gets_an_answer_is_a_persons_to_decide_in_the_end(office: Office) -> None:
    office.queue(mail("ada"))
    office.mailer.fail("data", NO_ANSWER, times=99, arrives=True)
    for _ in range(MOST_COPIES + 3):
        office.deliver()
        office.now += timedelta(hours=3)
    assert len(office.mailer.letters) == MOST_COPIES
    assert (office.message("ada").status, office.message("ada").uncertain) == (Status.HELD, MOST_COPIES)
    assert office.deliver().next_due is None


@pytest.mark.parametrize("when_uncertain", ["resend", "hold"])
def test_what_a_dead_worker_left_in_sending_is_in_doubt(office: Office, when_uncertain: str) -> None:
    office.queue(mail("ada"))
    (claimed,) = office.state.claim("dead", NOON, NOON + timedelta(minutes=5), 1)
    assert office.state.begin(claimed.id, "dead", NOON, NOON + timedelta(minutes=5))
    rules = replace(RULES, when_uncertain=when_uncertain)  # type: ignore[arg-type]  # a parameter is no literal

    assert office.deliver(rules).uncertain == 0, "its lease still runs"
    office.now += timedelta(minutes=6)
    done = office.deliver(rules)
    assert (done.sent, done.uncertain, done.orders) == (0, 1, frozenset({"20261121-ada"}))
    office.now += timedelta(minutes=6)
    assert office.deliver(rules).sent == (1 if when_uncertain == "resend" else 0)


def test_what_a_dead_worker_only_claimed_goes_out_without_a_flag(office: Office) -> None:
    office.queue(mail("ada"))
    office.state.claim("dead", NOON, NOON + timedelta(minutes=5), 1)
    office.now += timedelta(minutes=6)
    done = office.deliver()
    assert (done.sent, done.uncertain) == (1, 0)


def test_a_connection_that_ends_between_messages_costs_the_next_one_nothing(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("envelope", replace(DOWN, code=421), recipient="bob@customer.example")
    done = office.deliver()
    assert (done.sent, done.failed, office.mailer.connections) == (2, 0, 2)
    assert office.message("bob").attempts == 1


def test_a_quota_told_with_a_goodbye_is_not_tried_over_another_connection(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("envelope", replace(OVER_QUOTA, code=421), recipient="bob@customer.example")
    done = office.deliver()
    assert (done.sent, done.failed, office.mailer.connections) == (1, 1, 1)


def test_mail_of_no_order_touches_none(office: Office) -> None:
    office.queue(replace(mail("ada"), order_no=""))
    done = office.deliver()
    assert (done.sent, done.orders) == (1, frozenset())


def test_a_recipient_over_whom_the_server_falls_silent_does_not_block_the_rest(office: Office) -> None:
    office.queue(mail("ada"), mail("bob", priority=0), mail("cy"))
    office.mailer.fail("envelope", SILENT, recipient="bob@customer.example", times=99)
    done = office.deliver()
    assert (done.sent, done.failed) == (2, 1)
    assert office.arrived == ["ada", "cy"]


def test_a_server_that_drops_every_connection_is_left_alone_after_a_few(office: Office) -> None:
    names = [f"n{number}" for number in range(20)]
    office.queue(*(mail(name) for name in names))
    office.mailer.fail("data", NO_ANSWER, times=99)
    done = office.deliver()
    assert office.mailer.connections == MOST_REOPENINGS + 1
    assert done.uncertain == MOST_REOPENINGS + 1
    untouched = [m for m in office.state.messages() if m.attempts == 0]
    assert len(untouched) == len(names) - MOST_REOPENINGS - 1
    assert {m.status for m in untouched} == {Status.QUEUED}


def test_in_a_rehearsal_only_the_named_are_mailed(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    done = office.deliver(replace(RULES, only_to=("BOB@customer.example",)))
    assert (done.sent, done.held) == (1, 1)
    assert office.arrived == ["bob"]
    held = office.message("ada")
    assert (held.status, held.error, held.attempts) == (Status.HELD, "rehearsal", 0)


def test_a_rehearsal_without_anybody_allowed_opens_no_connection(office: Office) -> None:
    office.queue(mail("ada"))
    office.mailer.fail("connect", DOWN)
    assert office.deliver(replace(RULES, only_to=("ours.example",))) == Delivered(
        held=1, orders=frozenset({"20261121-ada"})
    )


@pytest.mark.parametrize(
    ("only_to", "allowed"),
    [
        ((), True),
        (("customer.example",), True),
        (("@Customer.Example",), True),
        (("ADA@customer.example",), True),
        (("bob@customer.example",), False),
        (("example",), False),
        (("r.example",), False),
    ],
)
def test_only_to_names_whole_domains_or_whole_addresses(only_to: tuple[str, ...], allowed: bool) -> None:
    assert is_allowed("Ada@CUSTOMER.example", only_to) is allowed


# ── the most mails a day to one customer ────────────────────────────────────────────────────────────────────

THREE_A_DAY = replace(RULES, per_customer=3)


def orders_of(name: str, count: int, kind: str = "purchase_customer") -> list[Message]:
    """So many mails to one address, each about an order of its own."""
    return [
        replace(mail(name), id=f"{kind}:{name}-{i}:1", kind=kind, order_no=f"{name}-{i}")
        for i in range(1, count + 1)
    ]


def standing(office: Office) -> dict[str, Status]:
    return {message.order_no: message.status for message in office.state.messages()}


def test_a_customer_gets_so_many_mails_a_day_and_the_rest_is_held(office: Office) -> None:
    office.queue(*orders_of("ada", 5), mail("bob"))
    done = office.deliver(THREE_A_DAY)
    assert (done.sent, done.held, done.failed) == (4, 2, 0)
    assert done.above_cap == ("purchase_customer:ada-4:1", "purchase_customer:ada-5:1")
    assert {"ada-4", "ada-5"} <= done.orders, "their cells are to say so"
    held = [m for m in office.state.messages() if m.status is Status.HELD]
    assert {m.error for m in held} == {TOO_MANY}
    office.now += timedelta(hours=23)
    office.queue(replace(mail("ada"), id="survey:ada:1", kind="survey"))
    assert office.deliver(THREE_A_DAY).held == 1
    office.now += timedelta(hours=2)
    office.queue(replace(mail("ada"), id="order_shipped:ada:1", kind="order_shipped"))
    assert office.deliver(THREE_A_DAY).sent == 1


def test_no_cap_means_any_number(office: Office) -> None:
    office.queue(*orders_of("ada", 40))
    assert office.deliver().sent == 40


def test_staff_get_as_many_notices_as_there_are(office: Office) -> None:
    office.queue(*orders_of("lena", 9, "order_to_prepare"), *orders_of("lena", 3))
    assert office.deliver(THREE_A_DAY).sent == 12, "what she hears as staff takes no place of what she buys"


def test_no_connection_is_opened_for_mail_above_the_cap(office: Office) -> None:
    office.queue(*orders_of("ada", 3))
    office.deliver(THREE_A_DAY)
    office.mailer.fail("connect", DOWN)
    office.queue(*(replace(m, id=f"{m.id}1") for m in orders_of("ada", 2)))
    assert office.deliver(THREE_A_DAY).held == 2


@pytest.mark.parametrize("word", ["retry", "release"])
def test_a_persons_word_lets_held_mail_go_for_good(office: Office, word: str) -> None:
    office.queue(*orders_of("ada", 4))
    office.deliver(THREE_A_DAY)
    assert standing(office)["ada-4"] is Status.HELD
    if word == "retry":
        assert office.state.retry("purchase_customer:ada-4:1", office.now)
    else:
        assert office.state.release() == 1
    office.mailer.fail("envelope", GREYLISTED, recipient="ada@customer.example")
    assert office.deliver(THREE_A_DAY).failed == 1
    office.now += timedelta(hours=1)
    assert office.deliver(THREE_A_DAY).sent == 1, "a refusal for now does not have it held again"


def test_a_server_that_says_later_opens_no_way_around_the_cap(office: Office) -> None:
    office.queue(*orders_of("ada", 9))
    for _ in range(3):
        office.mailer.fail("envelope", GREYLISTED, recipient="ada@customer.example")
    assert office.deliver(replace(THREE_A_DAY, batch=2)).held == 6
    office.now += timedelta(hours=1)
    assert office.deliver(THREE_A_DAY).sent == 3
    assert [*standing(office).values()].count(Status.HELD) == 6


def test_the_cap_of_an_hour_holds_beside_those_of_a_minute_and_a_day(office: Office) -> None:
    rules = replace(RULES, per_hour=3)
    office.queue(*(mail(name) for name in ("a1", "b2", "c3", "d4")))
    done = office.deliver(rules)
    assert (done.sent, done.next_due) == (3, NOON + timedelta(minutes=1))
    office.now += timedelta(minutes=59)
    assert office.deliver(rules).sent == 0
    office.now += timedelta(minutes=2)
    assert office.deliver(rules).sent == 1


def test_every_kind_that_customers_alone_get_is_capped() -> None:
    assert {
        "purchase_customer", "order_shipped", "order_delivered", "order_cancelled", "survey",
    } == TO_CUSTOMERS  # fmt: skip


def test_stop_gives_the_rest_back_at_once(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"), mail("cy"))
    done = deliver(
        office.state,
        office.mailer,
        "worker",
        lambda: office.now,
        RULES,
        stop=lambda: len(office.mailer.letters) > 0,
    )
    assert (done.sent, office.arrived) == (1, ["ada"])
    assert {office.message(name).status for name in ("bob", "cy")} == {Status.QUEUED}
    assert office.deliver(owner="next").sent == 2


def test_a_claim_that_ran_out_over_slow_messages_is_claimed_anew(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))

    def slow(_: str) -> None:
        office.now += timedelta(minutes=4)

    office.mailer.before_data = slow
    done = office.deliver(replace(RULES, lease=timedelta(minutes=3)))
    assert (done.sent, done.uncertain, office.mailer.connections) == (2, 0, 2)


def test_a_claim_shorter_than_connecting_ends_the_call_and_sends_nothing(office: Office) -> None:
    office.queue(mail("ada"))
    times = count()

    def racing() -> datetime:
        return NOON + timedelta(minutes=next(times))

    done = deliver(office.state, office.mailer, "worker", racing, replace(RULES, lease=timedelta(seconds=30)))
    assert (done.sent, done.failed, office.mailer.letters) == (0, 0, [])
    assert office.message("ada").status is Status.QUEUED


def test_a_stop_before_anything_was_tried_opens_no_connection(office: Office) -> None:
    office.queue(mail("ada"))
    stops = iter([False, True, True, True])
    deliver(office.state, office.mailer, "worker", lambda: office.now, RULES, stop=lambda: next(stops))
    assert office.mailer.connections == 0
    assert office.message("ada").status is Status.QUEUED


def test_a_bug_in_the_way_out_leaves_the_untried_free(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))

    def broken(_: str) -> None:
        raise RuntimeError("bug")

    office.mailer.before_data = broken
    with pytest.raises(RuntimeError, match="bug"):
        office.deliver()
    assert office.message("ada").status is Status.SENDING, "it may have gone out, so its lease decides"
    assert office.message("bob").status is Status.QUEUED


# ── quiet hours ─────────────────────────────────────────────────────────────────────────────────────────────

DESK = Rules(timezone=ZoneInfo("UTC"), hours=HourRules((time(20), time(8)), workdays=""))
HEEDFUL = replace(RULES, leaves_at=partial(leaves_at, rules=DESK))
EVENING, NIGHT, MORNING = NOON.replace(hour=19, minute=50), NOON.replace(hour=23), NOON + timedelta(hours=20)


def notice(name: str, not_before: datetime | None = EVENING) -> Message:
    return replace(
        mail(name),
        id=f"order_shipped:{name}:1",
        kind="order_shipped",
        created_at=EVENING,
        not_before=not_before,
    )


def test_a_worker_that_starts_at_night_puts_off_what_was_due_in_the_evening(office: Office) -> None:
    office.queue(notice("ada"), notice("bob"), mail("customer"))
    office.now = NIGHT
    with capture_logs() as log:
        done = office.deliver(HEEDFUL)
    assert office.arrived == ["customer"], "purchase details never wait"
    assert (done.sent, done.failed, done.put_off, done.next_due) == (1, 0, 2, MORNING)
    waiting = office.message("ada")
    assert (waiting.status, waiting.attempts, waiting.not_before) == (Status.QUEUED, 0, MORNING)
    assert [line["event"] for line in log] == ["mail.put_off", "mail.put_off", "mail.settled"]
    office.now = MORNING
    assert office.deliver(HEEDFUL).sent == 2


def test_no_connection_is_opened_for_mail_that_waits_for_the_morning(office: Office) -> None:
    office.queue(*(notice(f"n{number}") for number in range(5)))
    office.now = NIGHT
    done = office.deliver(replace(HEEDFUL, batch=2))
    assert (done.put_off, office.mailer.connections) == (5, 0)
    assert office.deliver(HEEDFUL) == Delivered(next_due=MORNING), "it is not looked at again before"


def test_a_repetition_does_not_come_up_in_quiet_hours(office: Office) -> None:
    office.queue(notice("ada"))
    office.now = NOON.replace(hour=19, minute=59, second=45)
    office.mailer.fail("envelope", GREYLISTED, recipient="ada@customer.example")
    assert office.deliver(HEEDFUL).failed == 1
    office.now += FIRST_WAIT
    assert office.deliver(HEEDFUL).put_off == 1
    waiting = office.message("ada")
    assert (waiting.attempts, waiting.not_before, waiting.error[:4]) == (1, MORNING, "450 ")
    office.now = MORNING
    assert office.deliver(HEEDFUL).sent == 1


def test_what_is_left_of_a_batch_waits_when_quiet_hours_begin_meanwhile(office: Office) -> None:
    office.queue(notice("ada"), notice("bob"), replace(mail("cy"), created_at=NIGHT))
    office.now = EVENING

    def slow(_: str) -> None:
        office.now = NOON.replace(hour=20)

    office.mailer.before_data = slow
    rules = replace(HEEDFUL, lease=timedelta(minutes=30))
    done = office.deliver(rules)
    assert office.arrived == ["ada", "cy"]
    assert (done.sent, done.put_off, office.message("bob").not_before) == (2, 1, MORNING)


def test_a_persons_retry_leaves_at_any_hour(office: Office) -> None:
    office.queue(notice("ada"), notice("bob"))
    office.now = NIGHT
    office.deliver(HEEDFUL)
    assert office.state.retry(notice("ada").id, office.now)
    assert office.deliver(HEEDFUL).sent == 1
    assert office.arrived == ["ada"]


def test_what_was_in_doubt_waits_for_the_morning_with_its_doubt(office: Office) -> None:
    office.queue(notice("ada"))
    office.now = EVENING
    office.mailer.fail("data", NO_ANSWER, arrives=True)
    office.deliver(HEEDFUL)
    office.now = NIGHT
    office.deliver(HEEDFUL)
    waiting = office.message("ada")
    assert (waiting.status, waiting.uncertain, waiting.not_before) == (Status.QUEUED, 1, MORNING)


def test_what_another_worker_has_taken_over_is_not_put_off(office: Office) -> None:
    office.queue(notice("ada"))
    office.now = NIGHT
    office.state.settle = lambda *_: False  # type: ignore[method-assign]
    with capture_logs() as log:
        done = office.deliver(HEEDFUL)
    assert (done.put_off, done.sent) == (0, 0)
    assert [line["event"] for line in log] == ["mail.settled_elsewhere"]


def test_what_has_come_too_late_is_dropped_unless_a_person_says_otherwise(office: Office) -> None:
    late = replace(RULES, is_over=lambda message_id, _now: "b" in message_id.split(":"))
    office.queue(*(replace(mail(name), order_no="", not_before=NOON) for name in "ab"))
    done = office.deliver(late)
    assert office.arrived == ["a"]
    assert (done.sent, done.dropped, done.failed) == (1, 1, 0)
    assert done.reports == {"purchase_customer:a", "purchase_customer:b"}
    assert office.message("b").status is Status.DROPPED
    assert office.state.retry(office.message("b").id, office.now)
    office.deliver(late)
    assert office.arrived == ["a", "b"]


def test_log_lines_name_orders_and_kinds_and_nobody(office: Office) -> None:
    office.queue(mail("ada"), mail("bob"))
    office.mailer.fail("envelope", GREYLISTED, recipient="ada@customer.example")
    with capture_logs() as log:
        office.deliver()
    assert [(line["event"], line["order"], line["status"]) for line in log] == [
        ("mail.settled", "20261121-ada", "queued"),
        ("mail.settled", "20261121-bob", "sent"),
    ]
    said = str([{key: value for key, value in line.items() if key != "order"} for line in log])
    assert "customer.example" not in said
    assert "ada" not in said
    assert log[0]["to"] != log[1]["to"]


def test_two_workers_never_send_the_same_message(office: Office) -> None:
    office.queue(*(mail(f"n{number}") for number in range(10)))
    turns = count()

    def other_worker_too(_: str) -> None:
        if next(turns) == 0:
            office.deliver(replace(RULES, batch=3), owner="second")

    office.mailer.before_data = other_worker_too
    office.deliver(replace(RULES, batch=3), owner="first")
    assert sorted(office.arrived) == sorted(f"n{number}" for number in range(10))
    assert len(set(office.mailer.letters)) == len(office.mailer.letters)
    assert Letter("n0@customer.example", mail("n0").body) in office.mailer.letters
