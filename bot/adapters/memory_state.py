"""The state in RAM: what a database promises, over dicts. For tests and dry runs; it forgets everything at the end.

    sightings, orders, holds, facts ─ by key      messages ─ by id, with the moment of their last attempt
    standings, runs, closed weeks ─ in MemoryRuns      progress, stock, answers, activity ─ in MemoryProgress

Nothing is half done: each method checks first and changes then, so that what it refuses leaves no trace.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.activity import Entry
from bot.adapters.memory_progress import MemoryProgress
from bot.adapters.memory_runs import MemoryRuns
from bot.outbox import TOO_MANY, Message, Outcome, Status, settled_entry
from bot.planning.runs import ClosedWeek, RunsSeen
from bot.planning.sightings import Hold, MailState, Order, Seen, Sighting, Waiting, Wanted
from bot.ports import Commit, Conflict, Lease, LeaseLost

if TYPE_CHECKING:
    from bot.forgetting import Forgotten, Words

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_OVER = frozenset({Status.SENT, Status.DROPPED, Status.DEAD})
#: Something is still to come of these, be it a person's decision.
_OPEN = frozenset({Status.QUEUED, Status.CLAIMED, Status.SENDING, Status.HELD, Status.DEAD})
_UNTRIED = frozenset({Status.QUEUED, Status.HELD, Status.DEAD})


class MemoryState:
    """`State` over dicts. Two workers share it by using the same object."""

    def __init__(self) -> None:
        self._lease = Lease("", 0, _LONG_AGO)
        self._facts: dict[str, str] = {}
        self._sightings: dict[str, Sighting] = {}
        self._orders: dict[str, Order] = {}
        self._waiting: tuple[Waiting, ...] = ()
        self._holds: dict[str, Hold] = {}
        self._messages: dict[str, Message] = {}
        self._tried: dict[str, datetime] = {}
        self._runs = MemoryRuns()
        self._progress = MemoryProgress()
        self._pause: tuple[datetime, str] | None = None
        self._revision = 0

    def acquire(self, owner: str, now: datetime, seconds: float) -> Lease | None:
        """Ours if it was ours or has run out."""
        ran_out = self._lease.until <= now
        if self._lease.owner != owner and not ran_out:
            return None
        renewed = self._lease.owner == owner and not ran_out
        fence = self._lease.fence if renewed else self._lease.fence + 1
        self._lease = Lease(owner, fence, now + timedelta(seconds=seconds))
        return self._lease

    def give_up(self, lease: Lease) -> None:
        """The fence stays, so that it goes on growing."""
        if self._is_held(lease):
            self._lease = Lease("", lease.fence, _LONG_AGO)

    def _is_held(self, lease: Lease) -> bool:
        return (self._lease.owner, self._lease.fence) == (lease.owner, lease.fence)

    def bury(self, is_dead: Callable[[str], bool], now: datetime) -> bool:
        """What dead workers held has run out."""
        for m in self._having(Status.CLAIMED, Status.SENDING):
            if is_dead(m.owner):
                self._messages[m.id] = replace(m, lease_until=now)
        held = self._lease
        if not held.owner or not is_dead(held.owner):
            return False
        self.give_up(held)
        return True

    def revision(self) -> int:
        """How many times a person's word changed something."""
        return self._revision

    def facts(self) -> dict[str, str]:
        """The small facts."""
        return dict(self._facts)

    def digests(self) -> dict[str, dict[int, str]]:
        """Tab -> row digest -> Row ID of every row to which nothing is owed."""
        digests: dict[str, dict[int, str]] = defaultdict(dict)
        for s in self._sightings.values():
            if s.digest and not s.gone:
                digests[s.tab][s.digest] = s.row_id
        return dict(digests)

    # ── what was seen ───────────────────────────────────────────────────────────────────────────────────────

    def recall(self, wanted: Wanted) -> Seen:
        """What is remembered of these rows."""
        known = self._sightings.values()
        found = {
            s.row_id: s
            for s in known
            if s.row_id in wanted.row_ids or s.core in wanted.cores or not (s.digest or s.gone)
        }
        numbers = wanted.numbers.union(s.order_no for s in found.values()) - {""}
        found |= {s.row_id: s for s in known if s.order_no in numbers}
        adopted = self._facts.get("adopted_at")
        return Seen(
            sightings=found,
            orders={number: order for number, order in self._orders.items() if number in numbers},
            mail=self._mail(numbers),
            waiting=self._waiting,
            taken=frozenset(n for n in self._orders if wanted.prefix and n.startswith(wanted.prefix)),
            holds=dict(self._holds),
            adopted_at=datetime.fromisoformat(adopted) if adopted else None,
            known=dict(Counter(s.tab for s in known if s.placed and not s.gone)),
            automations=self.recall_runs(),
            progress=self._progress.lines(found),
            stock=self._progress.stock(),
            open_amounts=self._progress.open_amounts(wanted.customers, {s.row_id for s in known if s.gone}),
            answers=self._progress.known_answers(wanted.answers),
        )

    def recall_runs(self) -> RunsSeen:
        """What is remembered of the automations."""
        return self._runs.seen(self._messages.values())

    def closed_weeks(self) -> list[ClosedWeek]:
        """Every closed week, oldest first."""
        return self._runs.closed_weeks()

    def known_messages(self, prefix: str) -> frozenset[str]:
        """Ids of the messages that begin so."""
        return frozenset(message_id for message_id in self._messages if message_id.startswith(prefix))

    def activity(self, after: int = 0, order_no: str = "", limit: int = 500) -> list[Entry]:
        """What happened, oldest first."""
        return self._progress.entries(after, order_no, limit)

    def last_activity(self) -> int:
        """The number of the latest entry."""
        return self._progress.last_entry()

    def refused(self) -> dict[str, str]:
        """Row ID -> legal state of the lines whose Status cell shows another."""
        return self._progress.refused()

    def _mail(self, numbers: Collection[str]) -> dict[str, tuple[MailState, ...]]:
        mail: dict[str, tuple[MailState, ...]] = {}
        for m in sorted(self._messages.values(), key=lambda m: (m.generation, m.id)):
            if m.order_no in numbers and m.kind.startswith("purchase_"):
                at = m.sent_at or m.not_before
                state = MailState(m.id, m.kind, str(m.status), m.generation, at, m.error, m.uncertain)
                mail[m.order_no] = (*mail.get(m.order_no, ()), state)
        return mail

    def commit(self, changes: Commit, lease: Lease) -> None:
        """Store everything or nothing."""
        if not self._is_held(lease):
            raise LeaseLost("Another worker has taken over this workbook; nothing was stored.")
        taken = changes.new_numbers & self._orders.keys()
        if taken:
            raise Conflict(f"The order number {min(taken)} is in use already.")
        self._refuse_doubles(changes.messages)
        self._runs.refuse_doubles(changes)
        self._runs.store(changes)
        self._progress.store(changes)
        self._sightings |= {s.row_id: replace(s, cells=dict(s.cells)) for s in changes.sightings}
        for row_id in self._sightings.keys() & set(changes.written):
            self._sightings[row_id] = replace(self._sightings[row_id], written=True)
        for row_id in self._sightings.keys() & changes.digests.keys():
            self._sightings[row_id] = replace(self._sightings[row_id], digest=changes.digests[row_id])
        self._orders |= {order.number: order for order in changes.orders}
        if changes.waiting is not None:
            self._waiting = tuple(replace(w, cells=dict(w.cells)) for w in changes.waiting)
        self._holds |= {hold.key: hold for hold in changes.holds}
        for key in changes.ended_holds:
            self._holds.pop(key, None)
        self._facts |= changes.facts
        for m in self._having(Status.QUEUED):
            if _is_unwanted(m, changes):
                self._messages[m.id] = replace(m, status=Status.DROPPED)
        self._messages |= {message.id: message for message in changes.messages}

    # ── the outbox ──────────────────────────────────────────────────────────────────────────────────────────

    def _having(self, *statuses: Status) -> list[Message]:
        found = [m for m in self._messages.values() if m.status in statuses]
        return sorted(found, key=lambda m: (m.priority, m.created_at, m.id))

    def _that_may_leave(self) -> Iterable[Message]:
        """Queued, and every row of its order stands in the sheet or did so before a person deleted it."""
        unwritten = {
            s.order_no for s in self._sightings.values() if not (s.written or s.placed or s.gone)
        } - {""}
        return (m for m in self._having(Status.QUEUED) if m.order_no not in unwritten)

    def next_due(self) -> datetime | None:
        """When there is something to send or to reclaim."""
        queued = min((m.not_before or m.created_at for m in self._that_may_leave()), default=None)
        if queued is not None and self._pause is not None:
            queued = max(queued, self._pause[0])
        leases = (m.lease_until for m in self._having(Status.CLAIMED, Status.SENDING))
        return min((moment for moment in (queued, *leases) if moment is not None), default=None)

    def paused(self) -> tuple[datetime, str] | None:
        """The last pause and its reason, which may be over: there is no clock here to tell."""
        return self._pause

    def sent_since(self, moment: datetime) -> int:
        """How many messages the server may have got since then."""
        return sum(self._was_handed_over(m, moment) for m in self._messages.values())

    def sent_to_since(self, recipient: str, moment: datetime, kinds: Collection[str]) -> int:
        """The same for one address and these kinds, with those that wait for another attempt."""
        theirs = (m for m in self._messages.values() if m.recipient == recipient and m.kind in kinds)
        return sum(self._was_handed_over(m, moment) or _waits_again(m) for m in theirs)

    def _was_handed_over(self, m: Message, moment: datetime) -> bool:
        if m.status is Status.SENDING:
            return True
        if m.status is Status.SENT:
            return m.sent_at is not None and m.sent_at >= moment
        return m.uncertain > 0 and self._tried.get(m.id, _LONG_AGO) >= moment

    def overdue(self, moment: datetime) -> int:
        """How many messages are on their way although they might have left by then."""
        on_their_way = self._having(Status.QUEUED, Status.CLAIMED, Status.SENDING)
        return sum((m.not_before or m.created_at) <= moment for m in on_their_way)

    def reclaim(self, now: datetime) -> list[Message]:
        """What was left in `sending` when its lease ran out."""
        left = [
            m for m in self._having(Status.CLAIMED, Status.SENDING) if m.lease_until and m.lease_until <= now
        ]
        for m in left:
            if m.status is Status.CLAIMED:
                self._messages[m.id] = replace(m, status=Status.QUEUED, owner="", lease_until=None)
        return [m for m in left if m.status is Status.SENDING]

    def claim(self, owner: str, now: datetime, until: datetime, limit: int) -> list[Message]:
        """Up to `limit` due messages, now ours."""
        if self._pause is not None and self._pause[0] > now:
            return []
        due = [m for m in self._that_may_leave() if m.not_before is None or m.not_before <= now][:limit]
        claimed = [replace(m, status=Status.CLAIMED, owner=owner, lease_until=until) for m in due]
        self._messages |= {m.id: m for m in claimed}
        return claimed

    def begin(self, message_id: str, owner: str, now: datetime, until: datetime) -> bool:
        """True when it is `sending` and DATA may follow."""
        m = self._messages.get(message_id)
        if m is None or m.status is not Status.CLAIMED or m.owner != owner:
            return False
        if m.lease_until is None or m.lease_until <= now:
            return False
        self._messages[m.id] = replace(m, status=Status.SENDING, lease_until=until)
        self._tried[m.id] = now
        return True

    def settle(self, message_id: str, owner: str, outcome: Outcome) -> bool:
        """True when the outcome is stored."""
        m = self._messages.get(message_id)
        if m is None or m.status not in {Status.CLAIMED, Status.SENDING} or m.owner != owner:
            return False
        self._messages[m.id] = replace(
            m,
            status=outcome.status,
            attempts=outcome.attempts,
            uncertain=outcome.uncertain,
            not_before=outcome.not_before,
            error=outcome.error,
            sent_at=outcome.at if outcome.status is Status.SENT else None,
            owner="",
            lease_until=None,
        )
        if outcome.pause_until is not None:
            pause = (outcome.pause_until, outcome.error)
            self._pause = max(self._pause or pause, pause)
        self._unsettle_rows(m.order_no)
        told = settled_entry(m.kind, m.order_no, m.uncertain, outcome)
        self._progress.add([told] if told else [])
        return True

    def _unsettle_rows(self, order_no: str) -> None:
        """Something changed for this order: its rows have to be looked at again."""
        for s in list(self._sightings.values()):
            if order_no and s.order_no == order_no and s.digest:
                self._sightings[s.row_id] = replace(s, digest=0)

    def unclaim(self, message_ids: Collection[str], owner: str) -> None:
        """Give back what was not tried."""
        for m in self._having(Status.CLAIMED):
            if m.id in message_ids and m.owner == owner:
                self._messages[m.id] = replace(m, status=Status.QUEUED, owner="", lease_until=None)

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────

    def messages(
        self, statuses: Collection[Status] = (), order_no: str = "", limit: int = 200
    ) -> list[Message]:
        """The outbox for people, newest first."""
        found = [
            m
            for m in self._messages.values()
            if (not statuses or m.status in statuses) and (not order_no or m.order_no == order_no)
        ]
        return sorted(found, key=lambda m: (m.created_at, m.id), reverse=True)[:limit]

    def retry(self, message_id: str, now: datetime) -> bool:
        """Queue a message at once and end a pause."""
        m = self._messages.get(message_id)
        if m is None or m.status not in {*_UNTRIED, Status.DROPPED} or not m.body:
            return False
        self._messages[m.id] = replace(m, status=Status.QUEUED, not_before=None)
        self._pause = None
        self._unsettle_rows(m.order_no)
        self._revision += 1
        return True

    def drop(self, message_id: str) -> bool:
        """Never send a message."""
        m = self._messages.get(message_id)
        if m is None or m.status not in _UNTRIED:
            return False
        self._messages[m.id] = replace(m, status=Status.DROPPED)
        self._unsettle_rows(m.order_no)
        self._revision += 1
        return True

    def post(self, messages: Collection[Message]) -> None:
        """Put a person's messages into the outbox."""
        self._refuse_doubles(messages)
        self._messages |= {message.id: message for message in messages}
        self._revision += 1

    def _refuse_doubles(self, messages: Collection[Message]) -> None:
        ids = {message.id for message in messages}
        if len(ids) < len(messages) or ids & self._messages.keys():
            raise Conflict("One of these messages is in the outbox already.")

    def release(self) -> int:
        """Let everything go that is held."""
        held = {key: replace(hold, released=True) for key, hold in self._holds.items() if not hold.released}
        self._holds |= held
        above_cap = [m for m in self._having(Status.HELD) if m.error == TOO_MANY]
        for m in above_cap:
            self._messages[m.id] = replace(m, status=Status.QUEUED, not_before=None)
            self._unsettle_rows(m.order_no)
        released = len(held) + len(above_cap)
        self._revision += bool(released)
        return released

    def forget(self, words: Words, weeks: Sequence[ClosedWeek]) -> Forgotten:
        """Take a person's words out of what is remembered."""
        from bot.forgetting import Forgotten, cells_without, entry_without, progress_left  # noqa: PLC0415 - as in the database

        mails = dropped = still_waiting = rows = still_there = 0
        for m in list(self._messages.values()):
            is_theirs = words.is_address(m.recipient)
            if not is_theirs and not words.are_in_mail(m.body):
                continue
            drops = is_theirs and m.status in {Status.QUEUED, Status.HELD}
            dropped += drops
            if not drops and m.status not in _OVER:
                still_waiting += 1
                continue
            mails += 1
            status, recipient = (Status.DROPPED if drops else m.status), "" if is_theirs else m.recipient
            self._messages[m.id] = replace(m, status=status, recipient=recipient, body=b"")
        for s in list(self._sightings.values()):
            progress = self._progress.lines([s.row_id]).get(s.row_id)
            without = replace(s, cells=cells_without(s.cells, words))
            progress_without = progress and progress_left(progress, words)
            if (without, progress_without) == (s, progress):
                continue
            if not s.gone:
                still_there += 1
                continue
            rows += 1
            self._sightings[s.row_id] = without
            if progress_without is not None:
                self._progress.put(progress_without)
        entries = self._progress.reword(partial(entry_without, words=words))
        self._runs.replace_weeks(weeks)
        self._revision += 1
        return Forgotten(mails, dropped, entries, rows, len(weeks), still_waiting, still_there)

    def counts(self) -> dict[str, int]:
        """Numbers for `status`."""
        by_status = Counter(m.status for m in self._messages.values())
        return {
            **{f"mail.{status}": by_status[status] for status in Status},
            "uncertain": sum(m.uncertain > 0 for m in self._messages.values()),
            "orders": len(self._orders),
            "sightings": len(self._sightings),
            "waiting": len(self._waiting),
        }

    def holder(self) -> tuple[str, datetime] | None:
        """Who holds the lease."""
        return (self._lease.owner, self._lease.until) if self._lease.owner else None

    def oldest(self) -> dict[Status, datetime]:
        """The oldest message of each status in which something is still to come."""
        moments: dict[Status, datetime] = {}
        for m in self._having(*_OPEN):
            moments[m.status] = min(moments.get(m.status, m.created_at), m.created_at)
        return moments

    def schema_version(self) -> int:
        """Nothing is stored for good."""
        return 0

    def close(self) -> None:
        """There is nothing to let go of."""


def _waits_again(m: Message) -> bool:
    """Tried, and waiting for another attempt."""
    return m.attempts > 0 and m.status in {Status.QUEUED, Status.CLAIMED}


def _is_unwanted(m: Message, changes: Commit) -> bool:
    """The commit drops this message, if it is queued."""
    if m.id in changes.dropped:
        return True
    is_purchase = m.kind.startswith("purchase_")
    return bool(m.order_no) and (
        m.order_no in changes.withdrawn or (is_purchase and m.order_no in changes.superseded)
    )
