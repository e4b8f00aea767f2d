"""Any sequence of calls leaves the state in memory and the state in a database alike."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.activity import Entry
from bot.adapters.database import open_state
from bot.adapters.memory_state import MemoryState
from bot.outbox import TOO_MANY, Message, Outcome, Status
from bot.planning.progress import Progress, StockMark
from bot.planning.runs import ClosedWeek, Run, RunFailure, Standing, WeekMark
from bot.planning.sightings import Hold, Order, Origin, Sighting, Waiting, Wanted
from bot.ports import Commit, Conflict, Lease, LeaseLost, State
from sheets_schema import Cell
from tests.contract.samples import NOW

Result = TypeVar("Result")

# Few names, so that calls meet one another.
OWNERS = st.sampled_from(["first", "second"])
ROWS = st.sampled_from(["r1", "r2", "r3", "r4"])
NUMBERS = st.sampled_from(["", "A-1", "A-2", "B_1"])
CORES = st.sampled_from(["x", "y"])
RUNS = st.sampled_from(["personal:W4", "personal:W47", "personal:W47.r1", "team:W47"])
IDS = st.sampled_from(["m1", "m2", "personal:W47:a", "personal:W47:b", "personal:W47.r1:a", "personal:W4:a"])
KEYS = st.sampled_from(["flood", "tab:team"])
#: Microseconds are drawn too, so that no time is rounded unseen.
MOMENTS = st.integers(0, 240_000_000).map(lambda microseconds: NOW + timedelta(microseconds=microseconds))
# Neither database takes these two as text; what becomes of them is in test_state.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
CELLS: st.SearchStrategy[dict[str, Cell]] = st.dictionaries(
    TEXTS,
    TEXTS
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans(),
    max_size=3,
)

#: A row's digest is made from its id: two rows never share one, as in a sheet, where it covers the Row ID.
SIGHTINGS = st.builds(
    Sighting,
    row_id=ROWS,
    tab=st.sampled_from(["contracts", "order_entry"]),
    order_no=NUMBERS,
    core=CORES,
    typed=TEXTS,
    position=st.integers(1, 10_000_000),
    origin=st.sampled_from(Origin),
    written=st.booleans(),
    placed=st.booleans(),
    gone=st.booleans(),
    cells=CELLS,
    mail_shown=TEXTS,
    emptied=st.booleans(),
    created_at=st.none() | MOMENTS,
    updated_at=st.none() | MOMENTS,
    digest=st.integers(0, 2**60),
    partner=TEXTS,
).map(lambda s: replace(s, digest=s.digest and s.digest * 4 + int(s.row_id[1:]) - 1))
KINDS = st.sampled_from(["purchase_customer", "purchase_salesperson", "admin_notice"])
MESSAGES = st.builds(
    Message,
    id=IDS,
    kind=KINDS,
    order_no=NUMBERS,
    recipient=TEXTS,
    priority=st.integers(0, 2),
    body=st.binary(max_size=20),
    created_at=MOMENTS,
    generation=st.integers(1, 3),
    not_before=st.none() | MOMENTS,
)
STANDINGS = st.builds(
    Standing, st.sampled_from(["personal", "team"]), TEXTS, st.booleans(), MOMENTS, st.booleans()
)
STARTED = st.builds(
    Run,
    id=RUNS,
    automation=st.sampled_from(["personal", "team"]),
    period=TEXTS,
    due_at=MOMENTS,
    begun_at=MOMENTS,
    asked=st.booleans(),
    late=st.booleans(),
    shown=st.booleans(),
    done_at=st.none() | MOMENTS,
    empty=st.integers(0, 300),
    failures=st.lists(st.builds(RunFailure, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    retry_at=st.none() | MOMENTS,
    attempts=st.integers(0, 9),
    notes=st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple),
)
WEEKS = st.builds(
    ClosedWeek,
    st.builds(WeekMark, st.sampled_from(["W46", "W47", "W48"]), MOMENTS, MOMENTS, MOMENTS),
    st.binary(max_size=20),
)
CUSTOMERS = st.sampled_from(["", "acme", "光明公司"])
ANSWERS = st.frozensets(st.sampled_from(["answer 1", "answer 2"]))
AMOUNTS = st.decimals(-1000, 1000, places=3)
LINES = st.builds(
    Progress,
    row_id=ROWS,
    order_no=NUMBERS,
    state=st.sampled_from(["pending", "approved", "completed", "cancelled"]),
    since=MOMENTS,
    steps=st.integers(0, 99),
    reviewed_at=st.none() | MOMENTS,
    finance_asked=st.booleans(),
    note=TEXTS,
    told=CELLS,
    surveyed=st.booleans(),
    refused=st.booleans(),
    customer=CUSTOMERS,
    amount=st.integers(),
    currency=st.sampled_from(["CNY", "USD"]),
    product=TEXTS,
    taken=AMOUNTS,
)
STOCK = st.builds(StockMark, TEXTS, AMOUNTS, AMOUNTS, AMOUNTS)
ENTRIES = st.builds(Entry, MOMENTS, TEXTS, NUMBERS, TEXTS, TEXTS, TEXTS)
COMMITS = st.builds(
    Commit,
    sightings=st.lists(SIGHTINGS, max_size=3).map(tuple),
    orders=st.lists(
        st.builds(
            Order, NUMBERS.filter(bool), MOMENTS, st.sampled_from(Origin), generation=st.integers(0, 3)
        ),
        max_size=2,
    ).map(tuple),
    new_numbers=st.frozensets(NUMBERS.filter(bool), max_size=1),
    messages=st.lists(MESSAGES, max_size=2).map(tuple),
    withdrawn=st.lists(NUMBERS, max_size=1).map(tuple),
    superseded=st.lists(NUMBERS, max_size=1).map(tuple),
    dropped=st.lists(IDS, max_size=1).map(tuple),
    progress=st.lists(LINES, max_size=2).map(tuple),
    stock=st.lists(STOCK, max_size=1).map(tuple),
    activity=st.lists(ENTRIES, max_size=2).map(tuple),
    answers=ANSWERS.map(tuple),
    waiting=st.none()
    | st.lists(
        st.builds(
            Waiting,
            tab=TEXTS,
            typed=TEXTS,
            ordinal=st.integers(0, 2),
            core=CORES,
            since=MOMENTS,
            cells=CELLS,
        ),
        max_size=2,
    ).map(tuple),
    holds=st.lists(st.builds(Hold, KEYS, MOMENTS, st.integers(0, 99), st.booleans()), max_size=2).map(tuple),
    ended_holds=st.lists(KEYS, max_size=1).map(tuple),
    digests=st.dictionaries(ROWS, st.just(0), max_size=2),
    written=st.lists(ROWS, max_size=2).map(tuple),
    standings=st.lists(STANDINGS, max_size=2).map(tuple),
    runs=st.lists(STARTED, max_size=2).map(tuple),
    new_runs=st.just(frozenset()) | st.frozensets(RUNS, max_size=1),
    weeks=st.just(()) | st.lists(WEEKS, max_size=2).map(tuple),
    facts=st.dictionaries(TEXTS, TEXTS, max_size=2),
)
WANTED = st.builds(
    Wanted,
    row_ids=st.frozensets(ROWS),
    numbers=st.frozensets(NUMBERS),
    cores=st.frozensets(CORES),
    prefix=st.sampled_from(["", "A-", "B_", "_", "%"]),
    customers=st.frozensets(CUSTOMERS),
    answers=ANSWERS,
)
OUTCOMES = st.builds(
    Outcome,
    status=st.sampled_from([Status.QUEUED, Status.SENT, Status.DEAD, Status.HELD]),
    at=MOMENTS,
    not_before=st.none() | MOMENTS,
    error=TEXTS | st.just(TOO_MANY),
    uncertain=st.integers(0, 1),
    attempts=st.integers(0, 5),
    pause_until=st.none() | MOMENTS,
)
EVERYTHING = Wanted(
    row_ids=frozenset({"r1", "r2", "r3", "r4"}),
    numbers=frozenset({"A-1", "A-2", "B_1"}),
    prefix="A-",
    customers=frozenset({"", "acme", "光明公司"}),
    answers=frozenset({"answer 1", "answer 2"}),
)


class AlikeInMemoryAndOnDisk(RuleBasedStateMachine):
    """Every rule does the same to both and compares the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.now = NOW
        self.leases = [Lease("first", 0, NOW)]
        self.memory: State = MemoryState()
        self.disk: State = open_state(f"sqlite:///{self.folder}/bot.db")

    def teardown(self) -> None:
        self.disk.close()
        shutil.rmtree(self.folder)

    def alike(self, call: Callable[[State], Result]) -> Result:
        in_memory, on_disk = call(self.memory), call(self.disk)
        assert in_memory == on_disk
        return on_disk

    def later(self) -> datetime:
        return self.now + timedelta(seconds=60)

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def the_database_is_opened_again(self) -> None:
        self.disk.close()
        self.disk = open_state(f"sqlite:///{self.folder}/bot.db")

    @rule(owner=OWNERS)
    def acquire(self, owner: str) -> None:
        lease = self.alike(lambda state: state.acquire(owner, self.now, 60))
        if lease is not None:
            self.leases.append(lease)

    @rule(back=st.integers(0, 2))
    def give_up(self, back: int) -> None:
        lease = self.leases[-1 - min(back, len(self.leases) - 1)]
        self.alike(lambda state: state.give_up(lease))

    @rule(changes=COMMITS, late=st.sampled_from([False, False, False, True]))
    def commit(self, changes: Commit, late: bool) -> None:
        if not late:
            self.acquire("first")
        lease = self.leases[-1]

        def refusal(state: State) -> str:
            try:
                state.commit(changes, lease)
            except (LeaseLost, Conflict) as error:
                return type(error).__name__
            return ""

        self.alike(refusal)

    @rule(wanted=WANTED)
    def recall(self, wanted: Wanted) -> None:
        self.alike(lambda state: state.recall(wanted))

    @rule(owner=OWNERS, limit=st.integers(0, 3))
    def claim(self, owner: str, limit: int) -> None:
        self.alike(lambda state: state.claim(owner, self.now, self.later(), limit))

    @rule(owner=OWNERS, message_id=IDS)
    def begin(self, owner: str, message_id: str) -> None:
        self.alike(lambda state: state.begin(message_id, owner, self.now, self.later()))

    @rule(owner=OWNERS, message_id=IDS, outcome=OUTCOMES)
    def settle(self, owner: str, message_id: str, outcome: Outcome) -> None:
        self.alike(lambda state: state.settle(message_id, owner, outcome))

    @rule(owner=OWNERS, ids=st.lists(IDS, max_size=2))
    def unclaim(self, owner: str, ids: list[str]) -> None:
        self.alike(lambda state: state.unclaim(ids, owner))

    @rule()
    def reclaim(self) -> None:
        self.alike(lambda state: state.reclaim(self.now))

    @rule(message_id=IDS)
    def retry(self, message_id: str) -> None:
        self.alike(lambda state: state.retry(message_id, self.now))

    @rule(message_id=IDS)
    def drop(self, message_id: str) -> None:
        self.alike(lambda state: state.drop(message_id))

    @rule()
    def release(self) -> None:
        self.alike(lambda state: state.release())

    @rule(
        prefix=st.sampled_from(
            ["", "m", "personal:W4", "personal:W47:", "personal:W47", "personal:W47.r1:", "_"]
        )
    )
    def known_messages(self, prefix: str) -> None:
        self.alike(lambda state: state.known_messages(prefix))

    @rule(statuses=st.lists(st.sampled_from(Status), max_size=2), order_no=NUMBERS, limit=st.integers(0, 3))
    def list_messages(self, statuses: list[Status], order_no: str, limit: int) -> None:
        self.alike(lambda state: state.messages(statuses, order_no, limit))

    @rule(after=st.integers(0, 9), order_no=NUMBERS, limit=st.integers(0, 3))
    def read_activity(self, after: int, order_no: str, limit: int) -> None:
        self.alike(lambda state: state.activity(after, order_no, limit))

    @rule(moment=MOMENTS)
    def sent_since(self, moment: datetime) -> None:
        self.alike(lambda state: state.sent_since(moment))

    @rule(moment=MOMENTS, recipient=TEXTS, kinds=st.frozensets(KINDS))
    def sent_to_since(self, moment: datetime, recipient: str, kinds: frozenset[str]) -> None:
        self.alike(lambda state: state.sent_to_since(recipient, moment, kinds))

    @invariant()
    def everything_is_alike(self) -> None:
        self.alike(lambda state: state.recall(EVERYTHING))
        self.alike(lambda state: state.messages())
        self.alike(lambda state: (state.next_due(), state.paused(), state.revision(), state.counts()))
        self.alike(lambda state: (state.facts(), state.digests()))
        self.alike(lambda state: (state.recall_runs(), state.closed_weeks()))
        self.alike(lambda state: (state.activity(), state.last_activity(), state.refused()))


TestAnySequenceOfCalls = AlikeInMemoryAndOnDisk.TestCase
TestAnySequenceOfCalls.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
