"""Two years of orders of a large company, as the answer that reports read, and as whole rows; and plain ways to add them up."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import orjson

from bot.columns import Asked, asked_for, columns_of, titles_of, value_ranges_of
from bot.planning.periods import Period, week_id
from bot.planning.report_values import PersonalReport, TeamReport
from bot.planning.rules import Rules
from bot.planning.runs import ClosedWeek
from bot.ports import Columns
from bot.reports.figures.weekly import WANTED, Book, read_book
from sheets_schema import ARCHIVE, CONTRACTS, CUSTOMERS, TEAM, Cell, Kind, Tab
from sheets_schema.cells import datetime_serial
from tests.benchmarks.big_book import LANGUAGE, RULES, ZONE, contract_row

WEEKS = 104
#: Friday 18:00 in Shanghai.
END = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SELLERS, TEAMS = 200, 20
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_CENT = Decimal("0.01")
_OPEN_SHARE = 0.03

#: Group, this week or the one before, currency -> sum, orders, mean.
Sums = dict[tuple[str, bool, str], tuple[Decimal, int, Decimal]]
#: Team -> products, best first.
Best = dict[str, list[tuple[str, Decimal]]]


@dataclass(frozen=True)
class Company:
    """The rows by tab, in columns of the schema; `archived` of the orders stand in Archive."""

    rows: Mapping[str, list[list[Cell]]]
    rules: Rules = RULES

    @classmethod
    def of(cls, orders: int, archived: int = 0) -> Company:
        """As many orders as that, evenly over the weeks, the newest in the week that closes."""
        dice = random.Random(orders)
        lines = [in_columns(CONTRACTS, _order(i, orders, dice)) for i in range(orders)]
        titles = [f.title(LANGUAGE) for f in CONTRACTS.fields]
        return cls(
            {
                CONTRACTS.key: [titles, *lines[archived:]],
                ARCHIVE.key: [titles, *lines[:archived]],
                CUSTOMERS.key: _rows(CUSTOMERS, ({"customer_no": f"C-{i}", "customer": f"客户{i:03d}科技有限公司", "tier": "ABC"[i % 3]} for i in range(500))),
                TEAM.key: _rows(TEAM, ({"name": f"销售{i}", "email": f"s{i}@sell.example", "team": f"{i % TEAMS + 1} 队", "role": "Sales", "weekly_target": 50_000} for i in range(SELLERS))),
            }
        )  # fmt: skip

    def answer(self, wanted: Mapping[str, Iterable[str]]) -> bytes:
        """What a batchGet of these columns answers, by columns."""
        ranges = []
        for tab in _TABS:
            for values in _value_ranges(tab, self.rows[tab.key], wanted[tab.key]):
                ranges.append({"range": tab.title(LANGUAGE), "majorDimension": "COLUMNS", "values": values})
        return orjson.dumps({"spreadsheetId": "big", "valueRanges": ranges})

    def whole_tab(self) -> bytes:
        """What `get_all_values` of Contract Orders answers: shown texts, by rows."""
        titles, *rows = self.rows[CONTRACTS.key]
        kinds = [f.kind for f in CONTRACTS.fields]
        rows = [
            titles,
            *([_shown(kind, cell) for kind, cell in zip(kinds, row, strict=True)] for row in rows),
        ]
        return orjson.dumps({"range": CONTRACTS.title(LANGUAGE), "majorDimension": "ROWS", "values": rows})


_TABS: tuple[Tab, ...] = (CONTRACTS, ARCHIVE, CUSTOMERS, TEAM)


def week(back: int = 0) -> Period:
    """The week that ends so many weeks before the last."""
    end = END - timedelta(weeks=back)
    return Period(week_id(end.astimezone(ZONE).date()), end - timedelta(weeks=1), end)


def read_answer(answer: bytes, wanted: Mapping[str, Iterable[str]] = WANTED) -> dict[str, Columns]:
    """The columns out of the answer, as `GoogleWorkbook.columns` reads them."""
    found: dict[str, Columns] = {}
    ranges = value_ranges_of(answer)
    at = 0
    for tab in _TABS:
        asked = asked_for(tab, titles_of(ranges[at]), tuple(wanted[tab.key]))
        height = len(asked.ranges)
        columns = columns_of(asked, tuple(wanted[tab.key]), ranges[at : at + height])
        assert columns is not None
        found[tab.key] = columns
        at += height
    return found


def years_closed(company: Company) -> list[ClosedWeek]:
    """Every week but the last, closed as it would have been."""
    book = read_book(read_answer(company.answer(WANTED)), [], None, company.rules)
    closed = []
    for back in range(WEEKS - 1, 0, -1):
        closed.append(book.close(week(back), week(back).end))
        book = book.with_closed(closed[-1])
    return closed


def weekly_run(
    answer: bytes, closed: list[ClosedWeek], rules: Rules
) -> tuple[Book, list[PersonalReport], list[TeamReport]]:
    """All that a Friday works out: the close, every personal report and every team's."""
    book = read_book(read_answer(answer), closed, None, rules)
    last = week()
    book = book.with_closed(book.close(last, last.end))
    personal = [book.personal(member.name, last, last.end) for member in book.members]
    teams = [book.team((f"{i + 1} 队",), last, last.end) for i in range(TEAMS)]
    return book, personal, teams


def plain_loop(answer: bytes, wanted: Mapping[str, Iterable[str]]) -> tuple[Sums, Best]:
    """The same columns added up by a plain loop over dicts: each line once, this week and the one before."""
    columns = read_answer(answer, wanted)
    team_of = dict(zip(columns[TEAM.key].cells["name"], columns[TEAM.key].cells["team"], strict=True))
    start, end = serial(week(1).start), serial(week().end)
    seen: set[Cell] = set()
    sums: dict[tuple[str, bool, str], Decimal] = defaultdict(Decimal)
    orders: dict[tuple[str, bool, str], set[Cell]] = defaultdict(set)
    best: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for tab in (CONTRACTS.key, ARCHIVE.key):
        cells = columns[tab].cells
        keys = ("row_id", "created_at", "salesperson", "amount", "currency", "status", "order_no", "product")
        for row_id, created, who, amount, currency, status, number, product in zip(
            *(cells[k] for k in keys), strict=False
        ):
            if row_id in seen:
                continue
            seen.add(row_id)
            if not start <= float(created) < end or status == "已取消":
                continue
            money = Decimal(repr(amount)).quantize(_CENT, ROUND_HALF_UP)
            is_this, team = float(created) >= serial(week().start), str(team_of[who])
            for group in (str(who), team):
                sums[group, is_this, str(currency)] += money
                orders[group, is_this, str(currency)].add(number)
            if is_this and currency == "CNY":
                best[team][str(product)] += money
    stats = {key: (total, len(orders[key]), total / len(orders[key])) for key, total in sums.items()}
    return stats, {
        team: sorted(p.items(), key=lambda item: (-item[1], item[0]))[:5] for team, p in best.items()
    }


def of_reports(book: Book, personal: list[PersonalReport], teams: list[TeamReport]) -> tuple[Sums, Best]:
    """What the reports say of the same."""
    stats: Sums = {}
    named = [(r.member, r.figures) for r in personal] + [(r.scope[0], r.figures) for r in teams]
    for name, figures in named:
        for is_this, total in ((True, figures.week), (False, figures.before)):
            for amount in total.amounts:
                stats[name, is_this, amount.currency] = (amount.amount, amount.orders, amount.average)
    best = {
        team.scope[0]: [(p.name, amount) for p in team.figures.products if (amount := p.sum.amount("CNY"))][
            :5
        ]
        for team in teams
    }
    assert len(book.closed) == WEEKS
    return stats, best


def serial(moment: datetime) -> float:
    return datetime_serial(moment.astimezone(ZONE))


def _order(i: int, orders: int, dice: random.Random) -> dict[str, Cell]:
    seconds = int((i + 0.5) * WEEKS * 7 * 86_400 / orders)
    moment = (END - timedelta(weeks=WEEKS) + timedelta(seconds=seconds)).astimezone(ZONE)
    created = datetime_serial(moment)
    is_open = i > orders * (1 - _OPEN_SHARE)
    return {
        **contract_row(i, dice),
        "order_no": f"{moment:%Y%m%d}-{i % 999 + 1:03d}",
        "order_date": int(created) - (10 if i % 50 == 0 else 0),
        "due_date": int(created) + 30,
        "salesperson": f"销售{dice.randrange(SELLERS)}",
        "status": "已取消" if i % 60 == 0 else "已审核" if is_open else "已完成",
        "currency": "USD" if i % 20 == 0 else "CNY",
        "created_at": created,
        "updated_at": created + 0.5,
        "row_id": "r" + "".join(dice.choices(_LETTERS, k=9)),
    }


def in_columns(tab: Tab, cells: Mapping[str, Cell]) -> list[Cell]:
    """Cells by key as a row of the tab."""
    return [cells.get(f.key, "") for f in tab.fields]


def _rows(tab: Tab, rows: Iterable[Mapping[str, Cell]]) -> list[list[Cell]]:
    return [[f.title(LANGUAGE) for f in tab.fields], *(in_columns(tab, row) for row in rows)]


def _value_ranges(tab: Tab, rows: list[list[Cell]], wanted: Iterable[str]) -> list[list[list[Cell]]]:
    """The titles, and a block for each run of neighbouring columns; blanks at their ends are left out, as Google does."""
    asked: Asked = asked_for(tab, rows[0], tuple(wanted))
    blocks = [[[title] for title in rows[0]]]
    for first, last in asked.spans:
        block = []
        for index in range(first, last + 1):
            column = [row[index] for row in rows]
            while column and column[-1] == "":
                column.pop()
            block.append(column)
        blocks.append(block)
    return blocks


def _shown(kind: Kind, cell: Cell) -> str:
    """As FORMATTED_VALUE has it."""
    if cell == "":
        return ""
    if kind in (Kind.DATE, Kind.DATETIME):
        moment = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=float(cell))
        return f"{moment:%Y-%m-%d}" if kind is Kind.DATE else f"{moment:%Y-%m-%d %H:%M:%S}"
    return f"{cell:,.2f}" if kind is Kind.MONEY else str(cell)
