"""Requests of the API: how many in the last minute, and how near the limit the last hour came."""

from __future__ import annotations

from bot.adapters.request_count import RequestCount
from bot.ports import Requests


def counted(*requests: tuple[float, bool], at: float) -> Requests:
    """Requests made at these seconds, reads or not, as told at another."""
    clock = [0.0]
    count = RequestCount(lambda: clock[0])
    for moment, is_read in requests:
        clock[0] = moment
        count.count(is_read=is_read)
    clock[0] = at
    return count.told()


def test_nothing_is_counted_before_the_first() -> None:
    assert counted(at=5) == Requests()


def test_reads_and_writes_are_counted_apart() -> None:
    assert counted((1, True), (2, False), (3, True), at=4) == Requests(2, 1, 2, 2, 1)


def test_what_is_older_than_a_minute_has_passed_and_the_most_of_the_hour_stays() -> None:
    story = [(float(second), True) for second in range(30)]
    told = counted(*story, (200, False), at=201)
    assert (told.reads, told.writes, told.most, told.all_reads, told.all_writes) == (0, 1, 30, 30, 1)
    assert counted(*story, at=29 + 60.5).reads == 0
    assert counted(*story, at=3_700).most == 0


def test_a_burst_across_two_minutes_counts_as_one() -> None:
    assert counted(*((50.0 + second, False) for second in range(20)), at=80).most == 20


def test_days_of_polling_leave_nothing_behind() -> None:
    clock = [0.0]
    count = RequestCount(lambda: clock[0])
    for poll in range(20_000):
        clock[0] = poll * 30.0
        count.count(is_read=True)
        count.told()
    assert len(count._latest) <= 2
    assert len(count._most) <= 61
