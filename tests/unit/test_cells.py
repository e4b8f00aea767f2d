"""What people type into cells, and what it is read as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_schema import Cell, Kind
from sheets_schema.cells import (
    ERROR_TEXTS,
    Unreadable,
    date_serial,
    datetime_serial,
    is_blank,
    is_error,
    plain_text,
    read_cell,
    read_checkbox,
    read_date,
    read_datetime,
    read_number,
)
from tests.hostile import PAYLOADS
from tests.unit.rows import FEW

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
SWAPPED = str.maketrans(".,", ",.")
ANY_CELL = st.text() | st.integers() | st.floats() | st.booleans()
#: Text made of what numbers and dates are made of comes closer to them than any text.
NEARLY = st.text("0123456789.,-/年月日 :TCNY¥元jan+'", max_size=24)
DAYS = st.dates(date(1900, 1, 1), date(9999, 12, 31))


@FEW
@given(st.sampled_from(Kind), ANY_CELL | NEARLY)
def test_no_cell_makes_reading_fail(kind: Kind, cell: Cell) -> None:
    read_cell(kind, cell)
    plain_text(cell)


@pytest.mark.parametrize("kind", Kind)
def test_hostile_text_is_read_as_text_or_not_at_all(kind: Kind) -> None:
    for text in PAYLOADS.values():
        value = read_cell(kind, text)
        if kind is Kind.TEXT and not is_blank(text) and not is_error(text):
            assert value == plain_text(text)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u3000\u200b", "\ufeff\t\n"])
def test_a_cell_of_blanks_alone_is_empty(kind: Kind, cell: str) -> None:
    assert is_blank(cell)
    assert read_cell(kind, cell) is None


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "-"])
def test_zero_and_no_are_not_empty(cell: Cell) -> None:
    assert not is_blank(cell)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", [*sorted(ERROR_TEXTS), "Loading...", "Loading…", " #REF! "])
def test_a_formula_without_a_value_is_never_taken_for_words(kind: Kind, text: str) -> None:
    assert is_error(text)
    assert read_cell(kind, text) == Unreadable("formula", text.strip())


@pytest.mark.parametrize("text", ["#1 customer", "Loading dock", "N/A", "#ref"])
def test_words_that_look_like_an_error_are_words(text: str) -> None:
    assert read_cell(Kind.TEXT, text) == text


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "text"),
    [("007", "007"), ("12E3", "12E3"), (" a b\u00a0", "a b"), ("\u3000\ufeff名\u200b", "名"), (7.0, "7"), (7, "7"),
     (1e21, "1" + "0" * 21), (0.1, "0.1"), (1e-7, "0.0000001"), (-2.5, "-2.5"), (True, "TRUE"), (False, "FALSE"),
     (float("nan"), ""), (float("-inf"), "")],
)  # fmt: skip
def test_text_stays_as_typed_and_numbers_read_as_people_see_them(cell: Cell, text: str) -> None:
    assert plain_text(cell) == text


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────


def european(number: Decimal) -> str:
    return f"{number:,.2f}".translate(SWAPPED)


FORMS: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda n: f"{n:f}",
    "grouped by commas": lambda n: f"{n:,f}",
    "European": european,
    "grouped by blanks": lambda n: f"{n:,f}".replace(",", " "),
    "grouped by no-break blanks": lambda n: f"{n:,f}".replace(",", "\u202f"),
    "Swiss": lambda n: f"{n:,f}".replace(",", "’"),
    "full width": lambda n: f"{n:,f}".translate(FULL_WIDTH),
    "true minus": lambda n: f"{n:f}".replace("-", "−"),
    "sign in front": lambda n: f"¥{n:,f}",
    "sign between": lambda n: f"-€{-n:,f}" if n < 0 else f"+€{n:,f}",
    "code in front": lambda n: f"CNY {n:,f}",
    "small code behind": lambda n: f"{n:,f} usd",
    "Chinese": lambda n: f"￥{n:f}元",
}


@pytest.mark.parametrize("form", FORMS)
@FEW
@given(number=st.decimals(-(10**12), 10**12, places=2))
def test_a_number_in_any_usual_form_reads_back_the_same(form: str, number: Decimal) -> None:
    assert read_number(FORMS[form](number)) == number


@FEW
@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_of_the_sheet_is_exact(number: int) -> None:
    assert read_number(number) == read_number(float(number)) == read_number(f"{number:,}") == number


@FEW
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_of_the_sheet_is_read_as_it_prints(number: float) -> None:
    assert read_number(number) == Decimal(repr(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234", "1234"), ("1.234", "1.234"), ("12,5", "12.5"), ("1,2345", "1.2345"), ("1,234,567", "1234567"),
     ("1.234.567", "1234567"), ("1.234,567", "1234.567"), ("1,234.567", "1234.567"), ("HK$ 5", "5"), ("人民币8", "8")],
)  # fmt: skip
def test_separators_are_told_apart_by_where_they_stand(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    ["abc", "12E3", "1.2.3", "1,23,4", "1,2.3,4", "12,34,567", "--1", "+-1", "3 pcs", "10%", "1/2", "½", ".5", "5.",
     "¥", "-", "0x1F", "NaN", "Infinity", "1" * 31, True, False, float("nan"), float("inf")],
)  # fmt: skip
def test_what_is_no_clear_number_is_unreadable(cell: Cell) -> None:
    assert read_number(cell) == Unreadable("number", plain_text(cell))


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────────

DAY_FORMS: dict[str, Callable[[date], Cell]] = {
    "ISO": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "points": lambda d: f" {d.year}. {d.month}. {d.day} ",
    "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "full width": lambda d: d.isoformat().translate(FULL_WIDTH),
    "British": lambda d: f"{d.day} {d:%B} {d.year}",
    "American": lambda d: f"{d:%b} {d.day}, {d.year}",
    "German": lambda d: f"{d.day}. {d:%b}. {d.year}",
    "with a time": lambda d: f"{d.isoformat()} 09:31",
    "ISO with a time": lambda d: f"{d.isoformat()}T23:59:59",
    "serial": date_serial,
    "serial with a time": lambda d: date_serial(d) + (0.75 if d < date(9999, 12, 31) else 0),
}


@pytest.mark.parametrize("form", DAY_FORMS)
@FEW
@given(day=DAYS)
def test_a_day_in_any_usual_form_reads_back_the_same(form: str, day: date) -> None:
    assert read_date(DAY_FORMS[form](day)) == day


@FEW
@given(DAYS, st.sampled_from("-/."))
def test_a_day_that_could_be_two_days_is_ambiguous(day: date, mark: str) -> None:
    day_first = f"{day.day}{mark}{day.month}{mark}{day.year}"
    month_first = f"{day.month}{mark}{day.day}{mark}{day.year}"
    if day.day <= 12 and day.day != day.month:
        assert read_date(day_first) == Unreadable("ambiguous_date", day_first)
        assert read_date(month_first) == Unreadable("ambiguous_date", month_first)
    else:
        assert read_date(day_first) == read_date(month_first) == day


@pytest.mark.parametrize("text", ["05/12/2026", "12/05/2026", "1.12.2026", "12-11-2026"])
def test_december_is_as_ambiguous_as_any_month(text: str) -> None:
    assert read_date(text) == Unreadable("ambiguous_date", text)


@pytest.mark.parametrize(
    "cell",
    ["soon", "2026-02-30", "31/11/2026", "13/13/2026", "2026-11", "21.11.26", "12 Foo 2026", "Foo 12, 2026", "0000-01-01",
     0, -1, 0.5, 2958466, 1e300, float("nan"), float("inf"), True],
)  # fmt: skip
def test_what_is_no_day_is_unreadable(cell: Cell) -> None:
    assert isinstance(found := read_date(cell), Unreadable)
    assert found.why == "date"


def test_the_first_serials_are_the_days_the_sheet_shows() -> None:
    assert read_date(1) == date(1899, 12, 31)
    assert read_date(46347) == date(2026, 11, 21)
    assert read_date(2958465) == date(9999, 12, 31)


@FEW
@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 30)).map(lambda d: d.replace(microsecond=0)))  # noqa: DTZ001 - wall clock
def test_a_moment_survives_the_sheet_to_the_second(moment: datetime) -> None:
    assert read_datetime(datetime_serial(moment)) == moment
    assert read_datetime(moment.isoformat(" ")) == moment
    assert read_datetime(f"{moment:%Y年%m月%d日} {moment:%H:%M}") == moment.replace(second=0)


def test_a_moment_without_a_time_is_midnight() -> None:
    midnight = datetime(2026, 11, 21)  # noqa: DTZ001 - wall clock
    assert read_datetime("2026-11-21") == midnight
    assert read_datetime(46347.5) == midnight + timedelta(hours=12)
    assert read_datetime("21 Nov 2026 9:05") == midnight + timedelta(hours=9, minutes=5)


@pytest.mark.parametrize("time", ["24:00", "99:99", "12:60", "12:30:61"])
@pytest.mark.parametrize("day", ["2026-11-21", "9999-12-31"])
def test_a_time_that_no_clock_shows_is_unreadable(day: str, time: str) -> None:
    for kind in (Kind.DATE, Kind.DATETIME):
        assert read_cell(kind, f"{day} {time}") == Unreadable("date", f"{day} {time}")


# ── ticks ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cell", [True, "TRUE", " Yes ", "是", "✓", "1", 1, 1.0, "ＯＮ"])
def test_a_tick_is_read_in_the_words_people_type(cell: Cell) -> None:
    assert read_checkbox(cell) is True


@pytest.mark.parametrize("cell", [False, "false", "No", "否", "×", "0", 0])
def test_a_clear_no_is_a_no(cell: Cell) -> None:
    assert read_checkbox(cell) is False


def test_other_words_are_neither_yes_nor_no() -> None:
    assert read_checkbox("maybe") == Unreadable("checkbox", "maybe")
