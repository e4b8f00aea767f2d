"""Automations under restarts, lost writes, ticks, toggles, other words and a clock that steps: a machine of people.

It knows nothing of how the bot decides. It holds against it: no run of a period twice, none missed that was on and due
between two looks, weeks without gap or double, a tick that is answered by one run, and a tab that comes to rest.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.planning.periods import Period, month_before, quarter_before, week_id
from bot.planning.whens import following, latest, read_when
from sheets_schema.automations import ALL_AUTOMATIONS, DIGEST, MONTHLY, TIER_REVIEW, WEEKLY_TEAM
from tests.unit.automation_book import MET, PERSONAL, ZONE, Tab

TIMED = (PERSONAL, WEEKLY_TEAM.key, MONTHLY.key, TIER_REVIEW.key)
#: A day's digest that was missed is not made up, so of it alone is not asked that none is missing.
RUNNING = (*TIMED, DIGEST.key)
WORDS = {
    PERSONAL: ["Fri 18:00", "Thu 17:00", "周一 09:00", "Sun 23:59", "nonsense", ""],
    WEEKLY_TEAM.key: ["Fri 18:00", "Mon 09:00", "Sat 12:00", "daily 09:00"],
    MONTHLY.key: ["day 5 09:00", "day 31 23:00", "每月1日 00:00", "Fri 18:00"],
    TIER_REVIEW.key: ["quarterly day 5 09:00", "每季度20日 09:00"],
    DIGEST.key: ["daily 09:00", "工作日 07:30", "daily 23:00", "Fri 18:00"],
}
STEPS = st.one_of(
    st.integers(1, 600).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 72).map(lambda hours: timedelta(hours=hours)),
    st.integers(1, 40).map(lambda days: timedelta(days=days)),
)


class Leads(RuleBasedStateMachine):
    """People, time and trouble."""

    def __init__(self) -> None:
        super().__init__()
        self.tab = Tab()
        self.tab.row(DIGEST.key)["on"] = True
        self.now: datetime = MET
        #: Key -> the words that stood there ticked at the last look, and when that was by the bot's clock.
        self.since: dict[str, tuple[str, datetime]] = {}
        self.ticked: Counter[str] = Counter()
        self.watch()

    def watch(self) -> None:
        """Whatever fell due since the last look, while the same words stood there and were ticked, has been begun."""
        for key in TIMED:
            row, before = self.tab.row(key), self.since.pop(key, None)
            words = str(row.get("when", ""))
            when = read_when(words)
            if (
                row["on"] is not True
                or when is None
                or self.tab.state.recall_runs().standings[key].when != words
            ):
                continue
            if before is not None and before[0] == words and before[1] <= self.now:
                due = latest(when, self.now, ZONE)
                if before[1] < due:
                    assert self.reported(key) >= self.due_period(key, before[1], due), (key, due)
            self.since[key] = (words, self.now)

    def reported(self, key: str) -> str:
        """The last period that fell due and was begun."""
        return max(
            (run.period for run in self.tab.begun if run.automation == key and not run.asked), default=""
        )

    def due_period(self, key: str, looked: datetime, due: datetime) -> str:
        """The period that ought to have been begun by then; "" when none was over."""
        day = due.astimezone(ZONE).date()
        if key == PERSONAL:
            return week_id(day)
        if key == WEEKLY_TEAM.key:
            over = [*(w.mark for w in self.tab.state.closed_weeks()), *self.closing()]
            return max((week.id for week in over if looked < week.end <= due), default="")
        return (month_before if key == MONTHLY.key else quarter_before)(day, ZONE).id

    def closing(self) -> tuple[Period, ...]:
        """Weeks over and not closed, as the last cycle left them."""
        return self.tab.last.weeks.closing if self.tab.last.weeks is not None else ()

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.now += step

    @rule(step=st.integers(-36, 36))
    def the_clock_is_put_right(self, step: int) -> None:
        self.now += timedelta(hours=step)

    @rule()
    def to_the_next_friday(self) -> None:
        when = read_when("Fri 18:00")
        assert when is not None
        self.now = following(when, self.now, ZONE)

    @rule(key=st.sampled_from(RUNNING), data=st.data())
    def a_lead_types_another_time(self, key: str, data: st.DataObject) -> None:
        self.tab.row(key)["when"] = data.draw(st.sampled_from(WORDS[key]))

    @rule(key=st.sampled_from(RUNNING))
    def a_lead_switches(self, key: str) -> None:
        row = self.tab.row(key)
        row["on"] = row["on"] is not True

    @rule(key=st.sampled_from(RUNNING))
    def a_lead_ticks_run_now(self, key: str) -> None:
        if self.tab.row(key)["run_now"] is not True:
            self.ticked[key] += 1
        self.tab.tick(key)

    @rule(order=st.permutations(range(len(ALL_AUTOMATIONS))))
    def somebody_sorts_the_tab(self, order: list[int]) -> None:
        self.tab.rows = [self.tab.rows[i] for i in order]

    @rule()
    def a_cycle(self) -> None:
        self.tab.poll(self.now)
        self.watch()

    @rule()
    def a_cycle_whose_write_is_lost(self) -> None:
        self.tab.plan(self.now)
        self.watch()

    @rule()
    def a_cycle_whose_reports_are_not_worked_out(self) -> None:
        self.tab.plan(self.now)
        self.tab.show(self.now)
        self.watch()

    @precondition(lambda self: self.tab.last.weeks is not None)
    @rule()
    def the_tab_comes_to_rest(self) -> None:
        self.tab.poll(self.now)
        self.tab.poll(self.now)
        self.watch()
        assert self.tab.poll(self.now) == []
        assert self.tab.show(self.now) == ()
        runs = self.tab.state.recall_runs().runs.values()
        assert all(run.shown and run.done_at is not None for run in runs)
        assert not any(row["run_now"] is True for row in self.tab.rows)

    @invariant()
    def no_run_began_twice(self) -> None:
        ids = [run.id for run in self.tab.begun]
        assert len(ids) == len(set(ids))

    @invariant()
    def periods_only_go_forward(self) -> None:
        for key in RUNNING:
            periods = [run.period for run in self.tab.begun if run.automation == key and not run.asked]
            assert periods == sorted(set(periods))

    @invariant()
    def every_tick_is_answered_at_most_once(self) -> None:
        asked = Counter(run.automation for run in self.tab.begun if run.asked)
        assert all(asked[key] <= self.ticked[key] for key in RUNNING)

    @invariant()
    def digests_run_on_working_days_alone(self) -> None:
        days = [run.period for run in self.tab.begun if run.automation == DIGEST.key]
        assert all(date.fromisoformat(day).isoweekday() <= 5 for day in days)

    @invariant()
    def weeks_leave_no_gap(self) -> None:
        closed = [(w.mark.id, w.mark.start, w.mark.end) for w in self.tab.state.closed_weeks()]
        ahead = [(w.id, w.start, w.end) for w in self.closing()]
        weeks = sorted({*closed, *ahead})
        assert all(one[2] == two[1] and one[0] < two[0] for one, two in pairwise(weeks))


Leads.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestLeads = Leads.TestCase
