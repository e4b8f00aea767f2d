"""A workbook of any size whose bytes cost the bot what Google's would, and whose own work is not counted.

Every row is kept as values and as bytes; a read hands out the gzip'ed batchGet answer, built when something has changed.
What that takes is added to `own_seconds`, so that a benchmark can leave it out.
"""

from __future__ import annotations

import gzip
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import orjson

from bot.outbox import Message, Status
from bot.planning.fills import own_cells
from bot.planning.rules import Rules
from bot.planning.sightings import Order, Origin, Row, Sighting
from bot.ports import About, Commit, Place, Reading, Sheet, State
from bot.projection import AppendRow, Edit, Marker, ReplaceText, SetCells, SetMarker
from bot.survey import grids_of, survey
from sheets_schema import BY_KEY, CONTRACTS, CUSTOMERS, PRODUCTS, TABS, TEAM, Cell

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
RULES = Rules(timezone=ZONE, settle=timedelta(seconds=20), flood=1000)
LANGUAGE = "zh-CN"
_CITIES = (
    "杭州市西湖区文三路",
    "上海市浦东新区世纪大道",
    "深圳市南山区科技园",
    "Hafenstraße, Hamburg",
    "成都市高新区天府大道",
)
_WISHES = (
    "机身刻字：云帆 2026",
    "请在工作日上午送货",
    "Activation by phone, please",
    "发票随货，备注合同编号",
    "需要两名工程师到场安装调试",
)

P = ParamSpec("P")
T = TypeVar("T")


def contract_row(number: int, rng: random.Random) -> dict[str, Cell]:
    """One finished order of the past, as a sales team leaves it: about 600 bytes in 30 cells."""
    quantity, price = rng.randint(1, 40), rng.choice((360, 1280, 12800, 19800.5))
    day = 45_000 + number % 900
    return {
        "order_no": order_number(number), "contract_no": f"HT-{2023 + number % 3}-{number:06d}", "order_date": day,
        "customer": f"客户{number % 500:03d}科技有限公司", "contact": f"联系人{number % 700}", "product": f"定制工作站 {number % 100}",
        "specification": rng.choice(("标准版", "专业版", "旗舰版 64G")), "quantity": quantity, "unit_price": price,
        "amount": quantity * price, "currency": "CNY", "duration": rng.choice(("12 个月", "24 个月", "一次性")),
        "payment_method": "银行转账，预付 30%", "due_date": day + 30, "delivery_address": f"{rng.choice(_CITIES)} {number % 997} 号",
        "special_requests": rng.choice(_WISHES), "source": rng.choice(("展会", "老客户推荐", "官网")), "salesperson": f"销售{number % 20}",
        "status": "已完成", "reviewer": "王强", "finance_reviewer": "赵敏", "reviewed_at": day + 0.4375, "shipped_on": day + 12,
        "tracking": f"顺丰 SF{rng.randrange(10**12):012d}", "delivered_on": day + 15, "notes": f"第 {number} 单，客户满意",
        "mail_status": "客户 ✓ 11-20 10:00 · 销售 ✓", "created_at": day + 0.25, "updated_at": day + 0.5, "row_id": row_id(number),
    }  # fmt: skip


def new_order(tag: str, rng: random.Random) -> dict[str, Cell]:
    """What a person types for a new order."""
    return {
        "customer": f"客户{rng.randrange(500):03d}科技有限公司", "product": f"定制工作站 {rng.randrange(100)}", "quantity": rng.randint(1, 9),
        "payment_method": "银行转账，预付 30%", "special_requests": f"{rng.choice(_WISHES)} {tag}", "salesperson": f"销售{rng.randrange(20)}",
    }  # fmt: skip


def order_number(number: int) -> str:
    """An order number of the past."""
    return f"2025{number // 999 % 10_000:04d}-{number % 999 + 1:03d}"


def row_id(number: int) -> str:
    """The Row ID of an old row."""
    return f"r{number:09d}"


def _lookups() -> dict[str, list[dict[str, Cell]]]:
    """The company."""
    return {
        CUSTOMERS.key: [
            {"customer_no": f"C-{i}", "customer": f"客户{i:03d}科技有限公司", "contact": f"联系人{i}", "email": f"c{i}@buy.example",
             "address": f"{_CITIES[i % 5]} {i} 号", "tier": "ABC"[i % 3]} for i in range(500)
        ],
        PRODUCTS.key: [{"product": f"定制工作站 {i}", "unit": "台", "unit_price": 100 * i + 60, "active": True} for i in range(100)],
        TEAM.key: [{"name": f"销售{i}", "email": f"s{i}@sell.example", "team": "华东", "role": "Sales", "active": True} for i in range(20)],
    }  # fmt: skip


def _unmeasured(method: Callable[P, T]) -> Callable[P, T]:
    """A method whose CPU time goes to `own_seconds` of its object."""

    @wraps(method)
    def measured(*args: P.args, **kwargs: P.kwargs) -> T:
        started = time.process_time()
        try:
            return method(*args, **kwargs)
        finally:
            book = args[0]
            assert isinstance(book, BigBook)
            book.own_seconds += time.process_time() - started

    return measured


class BigBook:
    """`Workbook` over rows of bytes."""

    def __init__(self, old_orders: int, *, packed: bool = True) -> None:
        rng = random.Random(old_orders)
        self.own_seconds = 0.0
        self.reads = self.writes = 0
        self.marker: Marker | None = Marker("2025-01-01T00:00:00+00:00", "")
        self._packed = packed
        self._rows: dict[str, list[list[Cell]]] = {
            tab.key: [[f.title(LANGUAGE) for f in tab.fields]] for tab in TABS
        }
        for tab, rows in _lookups().items():
            self._rows[tab] += [in_columns(tab, cells) for cells in rows]
        contracts = self._rows[CONTRACTS.key]
        contracts += [in_columns(CONTRACTS.key, contract_row(i, rng)) for i in range(old_orders)]
        self._pieces = {tab: [orjson.dumps(row) for row in rows] for tab, rows in self._rows.items()}
        self._answer: bytes | None = None

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────

    def type_orders(self, count: int, tag: str, rng: random.Random) -> None:
        """Rows below the last one."""
        for i in range(count):
            self._append(CONTRACTS.key, in_columns(CONTRACTS.key, new_order(f"{tag}-{i}", rng)))

    # ── Workbook ────────────────────────────────────────────────────────────────────────────────────────────

    def about(self, *, layout: bool = False) -> About:
        """Titles and marker."""
        del layout
        sheets = tuple(
            Sheet(i, tab.title(LANGUAGE), len(self._rows[tab.key]), 40) for i, tab in enumerate(TABS)
        )
        return About("big", "Big", "https://sheets.example/big", ZONE.key, "zh_CN", sheets, self.marker)

    @_unmeasured
    def read(self) -> Reading:
        """The answer as bytes that no earlier answer shares."""
        self.reads += 1
        if self._answer is None:
            self._answer = gzip.compress(self.json(), 6, mtime=0) if self._packed else self.json()
        return Reading(bytes(bytearray(self._answer)), "gzip" if self._packed else "", tuple(self._rows))

    @_unmeasured
    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        """All edits, in order."""
        self.writes += 1
        for edit in edits:
            self._apply(edit)
        return {(tab, row): list(self._rows[tab][row - 1]) for tab, row in show}

    def build(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Never asked for: the layout is whole."""
        raise AssertionError(f"{len(requests)} layout requests")

    def rows(self, tab: str) -> list[list[Cell]]:
        """A tab's rows, header first."""
        return self._rows[tab]

    def json(self) -> bytes:
        """The answer before it is packed."""
        ranges = [
            b'{"range":"' + f"{tab.title(LANGUAGE)}!A1:AG{len(self._rows[tab.key])}".encode()
            + b'","majorDimension":"ROWS","values":[' + b",".join(self._pieces[tab.key]) + b"]}"
            for tab in TABS
        ]  # fmt: skip
        return b'{"spreadsheetId":"big","valueRanges":[' + b",".join(ranges) + b"]}"

    # ── edits ───────────────────────────────────────────────────────────────────────────────────────────────

    def _apply(self, edit: Edit) -> None:
        match edit:
            case SetCells():
                row = self._rows[edit.tab][edit.row - 1]
                row.extend([""] * (max(edit.cells) + 1 - len(row)))
                for column, cell in edit.cells.items():
                    row[column] = cell
                self._changed(edit.tab, edit.row - 1)
            case AppendRow():
                self._append(edit.tab, [edit.cells.get(i, "") for i in range(max(edit.cells) + 1)])
            case ReplaceText():
                for i, row in enumerate(self._rows[edit.tab]):
                    if len(row) > edit.column and row[edit.column] == edit.old:
                        row[edit.column] = edit.new
                        self._changed(edit.tab, i)
            case SetMarker():
                self.marker = edit.marker

    def _append(self, tab: str, row: list[Cell]) -> None:
        self._rows[tab].append(row)
        self._pieces[tab].append(orjson.dumps(row))
        self._answer = None

    def _changed(self, tab: str, index: int) -> None:
        self._pieces[tab][index] = orjson.dumps(self._rows[tab][index])
        self._answer = None


def remember_old_orders(answer: bytes, state: State, workbook: str = "big") -> None:
    """Put the state where years of work would have left it: every row known, mailed, and nothing owed to it."""
    titles = {tab.key: tab.title(LANGUAGE) for tab in TABS}
    grids = grids_of(answer, [tab.key for tab in TABS])
    rows = survey(grids, titles, {}, (), LANGUAGE).tabs[CONTRACTS.key].rows
    lease = state.acquire("the past", NOW - timedelta(days=1), 60)
    assert lease is not None
    long_ago = NOW - timedelta(days=40)
    state.commit(
        Commit(
            sightings=tuple(_sighting(row, long_ago) for row in rows),
            orders=tuple(Order(row.order_no, long_ago, Origin.TYPED) for row in rows),
            messages=tuple(_messages(rows, long_ago)),
            facts={"adopted_at": "2025-01-01T00:00:00+00:00", "workbook": workbook},
        ),
        lease,
    )
    state.give_up(lease)


def _sighting(row: Row, moment: datetime) -> Sighting:
    return Sighting(
        row.row_id, row.tab, row.order_no, row.core, row.typed, row.number, Origin.TYPED, written=True, placed=True,
        cells=own_cells(row.tab, row.cells), mail_shown=row.text("mail_status"), created_at=moment,
        updated_at=moment, digest=row.digest,
    )  # fmt: skip


def _messages(rows: Iterable[Row], moment: datetime) -> Iterable[Message]:
    """The mails of the past, their bodies left out."""
    for row in rows:
        for priority, kind in enumerate(("purchase_customer", "purchase_sales")):
            yield Message(
                f"{kind}:{row.order_no}:1", kind, row.order_no, "someone@buy.example", priority, b"", moment,
                status=Status.SENT, attempts=1, sent_at=moment,
            )  # fmt: skip


def in_columns(tab: str, cells: Mapping[str, Cell]) -> list[Cell]:
    """Cells by key as a row of the tab."""
    row: list[Cell] = [cells.get(f.key, "") for f in BY_KEY[tab].fields]
    while row and row[-1] == "":
        row.pop()
    return row
