"""The people who go on typing while workers are killed, the killing itself, and what must be true afterwards.

People ── orders, form answers, approvals, ticks of Run now
Siege ─── one workbook and its workers, one or two at a time: whoever is killed is followed by another
check ─── nothing lost, no number twice, no mail and no report twice without a flag
"""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.outbox import Message, Status
from sheets_schema import TEAM
from sheets_schema.automations import ALL_AUTOMATIONS, AUTOMATIONS, DIGEST, WEEKLY_PERSONAL, Automation
from tests.system.dooms import ELSEWHERE, POINTS, STANDBY, Doom
from tests.system.nursery import Forked, Nursery
from tests.system.workplace import CONTRACTS, ORDER_ENTRY, Workplace, answer, line, tags

#: Seconds a worker may take until the desk hears of it, on a busy machine.
PATIENCE = 30.0
ANNA, LENA, STELLA = "anna@sales.example", "lena@sales.example", "stella@sales.example"
#: Mail at any hour: a test must not depend on the day on which it runs.
ANY_HOUR = {"hours": {"quiet": "", "workdays": ""}}
#: A started program is told apart from a forked worker in the table: nobody follows it from call to call.
PROGRAM = "program"
#: Points at which a worker has something in its hands.
_BUSY = frozenset(POINTS[2:12])
_PERSONAL, _DIGEST = (ALL_AUTOMATIONS.index(a) + 2 for a in (WEEKLY_PERSONAL, DIGEST))


def until(is_true: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait for something the other processes do; False when it has not come in time."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def staffed(place: Workplace) -> Workplace:
    """The company with a lead and a warehouse, laid out and met by its bot."""
    people = ({"name": "Lena Lead", "email": LENA, "role": "Lead"}, {"name": "Stella Store", "email": STELLA})
    place.write(TEAM.key, 2, {"role": "Sales"})
    place.write(TEAM.key, 3, people[0] | {"active": True})
    place.write(TEAM.key, 4, people[1] | {"role": "Warehouse", "active": True})
    assert place.run("init") == 0
    return place


@dataclass
class People:
    """Who go on typing, whatever becomes of the bot."""

    place: Workplace
    chance: random.Random
    asked: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    ticks: Counter[str] = field(default_factory=Counter)

    def order(self) -> None:
        """An order, typed or by the form."""
        tag = f"order {len(self.asked) + 1}"
        self.asked.append(tag)
        if self.chance.random() < 2 / 3:
            self.place.add(CONTRACTS.key, line(tag))
        else:
            # A form answer is an order of its own only if it differs from those minutes before it.
            self.place.add(ORDER_ENTRY.key, answer(tag))

    def approve(self) -> None:
        """The lead signs an order that has its number, if one waits; rows are only ever added below."""
        waiting = [
            (number, row) for number, row in enumerate(self.place.rows(CONTRACTS.key), start=2)
            if row.get("status") == "Pending review" and row.get("notes") not in (*self.approved, "old")
        ]  # fmt: skip
        if not waiting:
            self.order()
            return
        number, row = self.chance.choice(waiting)
        self.approved.append(str(row["notes"]))
        self.place.write(CONTRACTS.key, number, {"status": "Approved", "reviewer": "Lena Lead"})

    def tick(self, automation: Automation) -> None:
        """Somebody wants a report at once."""
        row = _PERSONAL if automation is WEEKLY_PERSONAL else _DIGEST
        self.ticks[automation.key] += 1
        self.place.write(AUTOMATIONS.key, row, {"run_now": True})

    def anything(self, point: str = "") -> None:
        """Whatever comes; for a death on the way of a report mostly what asks for one."""
        dice = self.chance.random()
        if point == "P12" or dice < 0.04:
            self.tick(self.chance.choice((WEEKLY_PERSONAL, WEEKLY_PERSONAL, DIGEST)))
        elif dice < 0.25:
            self.approve()
        else:
            self.order()


@dataclass
class Siege:
    """A workbook whose workers are killed; `places` is how many of them there are at a time."""

    place: Workplace
    nursery: Nursery
    chance: random.Random
    places: int
    people: People = field(init=False)
    crew: list[Forked] = field(default_factory=list)
    #: Kills by the point at which the victim stood.
    kills: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.people = People(self.place, self.chance)

    def missing(self) -> list[str]:
        """Points at which nobody has been killed yet."""
        return [point for point in POINTS if not self.kills[point]]

    def kill(self, left: int) -> None:
        """One kill: where the victim is doomed to die, where it happens to be, or of a program as people start it.

        With `left` kills to go, those that are needed for the points without one are kept for them.
        """
        while len(self.crew) < self.places:
            self.crew.append(self.nursery.fork(self.place.config_path, self._drawn()))
        dice = self.chance.random()
        if dice >= 0.35 or left <= len(self.missing()) + self.places:
            self._wait_for_doom()
        elif dice < 0.06:
            self._kill_a_program()
        elif dice < 0.25:
            self._kill_anybody()
        else:
            self._kill_before_the_answer()

    def _drawn(self) -> Doom:
        """A doom: at a point that has had none, or at any."""
        doomed = {worker.doom.point for worker in self.crew if worker.doom is not None}
        points = [point for point in self.missing() if point not in doomed] or POINTS
        return Doom(self.chance.choice(points), self.chance.randint(1, 4))

    def _bury(self, victim: Forked) -> None:
        """Count the dead one by where it stood."""
        code = victim.wait()
        assert code == -signal.SIGKILL, f"a worker ended by itself with {code}:\n{self.place.log()[-3000:]}"
        self.kills[victim.where()[0] if victim.where() else ELSEWHERE] += 1
        self.crew.remove(victim)

    def _wait_for_doom(self) -> None:
        """People type until somebody dies of where they are, and pause while a worker has its hands full."""
        deadline = time.monotonic() + 2 * PATIENCE
        while time.monotonic() < deadline:
            at_work = [w for w in self.crew if w.where()[:1] != [STANDBY]]
            if not any(w.where()[:1] and w.where()[0] in _BUSY for w in at_work):
                doom = at_work[0].doom if at_work else None
                self.people.anything(doom.point if doom else "")
            if until(lambda: any(w.is_dead() for w in self.crew), 0.3):
                for victim in [w for w in self.crew if w.is_dead()]:
                    self._bury(victim)
                return
        raise AssertionError(
            f"nobody died: {[(w.doom, w.where()) for w in self.crew]}\n{self.place.log()[-3000:]}"
        )

    def _kill_anybody(self) -> None:
        """Any of them, at any moment; on their way some may meet their doom by themselves."""
        self.people.anything()
        time.sleep(self.chance.random() ** 2 * 0.3)
        victim = self.chance.choice(self.crew)
        victim.kill()
        for dead in [w for w in self.crew if w is victim or w.is_dead()]:
            self._bury(dead)

    def _kill_before_the_answer(self) -> None:
        """Whoever is sending, when one of its mails is taken and the server has not said so yet."""
        mailbox = self.place.desk._running.parts.mailbox
        add, left = mailbox.add, iter(range(self.chance.randint(0, 2), -1, -1))

        def add_and_kill(sender: str, recipients: list[str], raw: bytes) -> int:
            number = add(sender, recipients, raw)
            if sender == self.place.sender and next(left, 1) == 0:
                for worker in self.crew:
                    if worker.where()[:1] not in ([STANDBY], []):
                        worker.kill()
            return number

        mailbox.add = add_and_kill  # type: ignore[method-assign] # the desk runs in this process
        try:
            self._wait_for_doom()
        finally:
            mailbox.add = add  # type: ignore[method-assign] # as it was

    def _kill_a_program(self) -> None:
        """`python -m bot run`, beside the others or, where it would only stand by, instead of them."""
        for worker in self.crew[1:] if self.chance.random() < 0.5 else list(self.crew):
            worker.kill()
            self._bury(worker)
        program = self.place.start("run")
        begun, calls = len(self.place.requests()), self.chance.randint(1, 9)
        self.people.anything()
        until(lambda: program.poll() is not None or len(self.place.requests()) - begun >= calls)
        time.sleep(self.chance.random() ** 2 * (0.5 if self.crew else 0.15))
        self.killed(program)

    def killed(self, program: subprocess.Popen[bytes]) -> None:
        """Kill a started program, which must have been at work until then."""
        assert program.poll() is None, f"the program ended by itself:\n{self.place.log()[-3000:]}"
        program.kill()
        program.wait(10)
        self.kills[PROGRAM] += 1

    def finish(self) -> None:
        """Nobody is killed any more; a last worker works until everything is done."""
        for worker in self.crew:
            worker.kill(signal.SIGTERM)
            code = worker.wait()
            assert code in (0, -signal.SIGKILL), (
                f"a worker told to stop ended with {code}:\n{self.place.log()[-3000:]}"
            )
        self.crew.clear()
        last = self.nursery.fork(self.place.config_path)
        try:
            done = until(lambda: not unfinished(self.place, self.people), 60)
        finally:
            last.kill(signal.SIGTERM)
            last.wait()
        owed = "" if done else unfinished(self.place, self.people)
        assert not owed, f"not everything was done: {owed}\n{self.place.log()[-3000:]}"

    def abandon(self) -> None:
        """The end, whatever happened."""
        for worker in self.crew:
            with suppress(OSError):
                worker.kill()


def unfinished(place: Workplace, people: People) -> str:
    """What is still owed, "" when nothing is; mails in doubt are sent again at once."""
    time.sleep(0.1)
    with place.state() as state:
        for message in state.messages((Status.QUEUED,), limit=10_000):
            if message.uncertain:
                # A person need not wait for the half minute after which a mail in doubt is sent again.
                state.retry(message.id, message.created_at)
        counts = state.counts()
        waiting = [
            f"{counts[key]} {key}"
            for key in ("mail.queued", "mail.claimed", "mail.sending")
            if counts.get(key)
        ]
        waiting += [run.id for run in state.recall_runs().runs.values() if run.done_at is None]
        kinds = Counter(message.kind for message in state.messages(limit=100_000))
    waiting += ["a tick" for row in place.rows(AUTOMATIONS.key) if row.get("run_now") is True]
    signed = len(people.approved) - kinds["order_approved"]
    waiting += [f"{signed} approvals"] if signed else []
    bare = [row for row in place.rows(CONTRACTS.key) if row.get("notes") != "old"]
    bare = [row for row in bare if str(row.get("mail_status", "")).count("✓") != 2]
    return ", ".join([*waiting, *map(str, bare)])


def check(place: Workplace, people: People) -> dict[str, int]:
    """What must be true at the end; the figures of the run."""
    rows = [row for row in place.rows(CONTRACTS.key) if row.get("notes") != "old"]
    assert Counter(tags(rows)) == Counter(people.asked), "lost, or doubled"
    by_tag = {str(row["notes"]): str(row["order_no"]) for row in rows}
    assert len(set(by_tag.values())) == len(rows), "one number for two orders"
    entries = place.rows(ORDER_ENTRY.key)
    assert [row["order_no"] for row in entries] == [by_tag[tag] for tag in tags(entries)]
    ids = [row["row_id"] for row in rows + entries]
    assert len(set(ids)) == len(ids), "one identity for two rows"
    assert not [row["problem"] for row in rows if row.get("problem")]
    with place.state() as state:
        messages = state.messages(limit=100_000)
        runs = state.recall_runs().runs
    check_orders(messages, by_tag, people)
    reports = [m for m in messages if not m.order_no]
    told = {m.id.rpartition(":")[0] for m in reports if m.kind == WEEKLY_PERSONAL.key}
    assert all((m.kind, m.recipient) != (WEEKLY_PERSONAL.key, LENA) for m in reports)
    untold = [run for run in runs.values() if run.automation == WEEKLY_PERSONAL.key and run.id not in told]
    assert not untold, f"a run without its report: {untold}"
    assert not [row["run_now"] for row in place.rows(AUTOMATIONS.key) if row.get("run_now") is True], (
        "a tick stands"
    )
    return {"orders": len(rows), "approved": len(people.approved), "reports": len(reports)} | check_mail(
        place, messages
    )


def check_orders(messages: list[Message], by_tag: dict[str, str], people: People) -> None:
    """Every order has its purchase details, and every approval its two notices, once."""
    heard = Counter((m.kind, m.order_no) for m in messages if m.order_no)
    signed = {by_tag[tag] for tag in people.approved}
    expected = Counter(
        (kind, number)
        for kind in ("purchase_customer", "purchase_sales", "review_waiting")
        for number in by_tag.values()
    ) + Counter((kind, number) for kind in ("order_approved", "order_to_prepare") for number in signed)
    assert heard == expected
    # What was queued and not wanted any more when its order moved on is the only mail that need not leave.
    assert {m.kind for m in messages if m.status is not Status.SENT} <= {"review_waiting"}


def check_mail(place: Workplace, messages: list[Message]) -> dict[str, int]:
    """Every mail arrived, byte for byte, and once, or as often as it says."""
    letters = Counter(place.letters())
    wanted = [m for m in messages if m.status is Status.SENT or (m.recipient, m.body) in letters]
    copies = {m.id: letters.pop((m.recipient, m.body), 0) for m in wanted}
    assert not letters, "a mail that is not one of the outbox's, byte for byte"
    lost = [m.id for m in wanted if copies[m.id] == 0]
    unflagged = [m.id for m in wanted if copies[m.id] > 1 + m.uncertain]
    assert (lost, unflagged) == ([], [])
    return {
        "mails": len(wanted),
        "in doubt": sum(m.uncertain > 0 for m in messages),
        "second copies": sum(n - 1 for n in copies.values()),
    }
