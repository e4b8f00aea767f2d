"""Long work tells how far it has come, and a log hears of it now and then."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from bot.headway import Headway, seldom
from bot.headway_bar import bar


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_headway_reads_as_a_sentence_with_and_without_a_count() -> None:
    assert str(Headway("storing rows", 1_200, 20_000)) == "storing rows: 1,200 of 20,000"
    assert str(Headway("reading the workbook")) == "reading the workbook"


def test_a_log_hears_of_it_once_a_minute_at_most() -> None:
    heard: list[Headway] = []
    clock = Clock()
    tell = seldom(heard.append, clock)
    for second in range(0, 180, 7):
        clock.now = second
        tell(Headway("storing rows", second, 180))
    assert [headway.done for headway in heard] == [0, 63, 126]


def test_a_log_is_not_told_of_a_stage_whose_length_nobody_knows() -> None:
    heard: list[Headway] = []
    tell = seldom(heard.append, Clock())
    tell(Headway("reading the workbook"))
    assert heard == []
    tell(Headway("storing rows", 0, 5))
    assert len(heard) == 1


def test_a_bar_names_each_stage_and_takes_what_stands_in_it_for_text() -> None:
    page = StringIO()
    with bar(Console(file=page, force_terminal=True, width=80)) as tell:
        tell(Headway("reading [red]the workbook"))
        tell(Headway("storing rows", 5, 20))
        tell(Headway("storing rows", 20, 20))
    assert "reading [red]the workbook" in page.getvalue()
    assert "storing rows: 20 of 20" in page.getvalue()
