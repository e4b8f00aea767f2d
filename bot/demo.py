"""`demo`: the desk, a sample workbook and the worker in one process, and two orders on their way to four inboxes.

One is typed cell by cell, as a person would; one arrives as a form answer. Everything between is the real thing.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import build_app
from bot.desk import Desk
from bot.init import initialise
from bot.settings import MailSettings, PollSettings, Settings, WorkbookSettings
from bot.structure import missing_layout
from bot.worker import Worker
from sheets_schema import BY_KEY, CONTRACTS, CUSTOMERS, ORDER_ENTRY, PRODUCTS, TEAM
from sheets_schema.cells import datetime_serial

_ZONE = "Asia/Shanghai"
_LANGUAGE = "zh-CN"
_LONGEST_SECONDS = 60.0
_MAILS = 4

_TEAM = [
    {"name": "李娜", "email": "lina@sales.example", "team": "华东", "role": "Sales", "active": True},
    {"name": "王强", "email": "wangqiang@sales.example", "team": "华东", "role": "Lead", "active": True},
    {
        "name": "Anna Berg",
        "email": "anna@sales.example",
        "team": "Europe",
        "role": "Sales",
        "language": "en",
        "active": True,
    },
]
_CUSTOMERS = [
    {"customer_no": "C-1001", "customer": "杭州云帆科技", "contact": "陈晨", "phone": "0571-88880001", "tier": "A",
     "email": "chenchen@yunfan.example", "address": "杭州市西湖区文三路 1 号"},
    {"customer_no": "C-1002", "customer": "Nordlicht GmbH", "contact": "Jonas Weber", "phone": "+49 40 555 0102",
     "email": "weber@nordlicht.example", "address": "Hafenstr. 7, Hamburg", "language": "en", "tier": "B"},
    {"customer_no": "C-1003", "customer": "上海晨光制造", "contact": "赵敏", "phone": "021-66660003", "tier": "C",
     "email": "zhaomin@chenguang.example", "address": "上海市浦东新区世纪大道 100 号"},
]  # fmt: skip
_PRODUCTS = [
    {"product": "定制工作站", "specification": "标准版", "unit": "台", "unit_price": 12800, "active": True},
    {"product": "定制工作站", "specification": "专业版", "unit": "台", "unit_price": 19800, "active": True},
    {
        "product": "Private cloud licence",
        "duration": "12 months",
        "unit": "seat",
        "unit_price": 360,
        "active": True,
    },
]
_OLD_ORDERS = [
    {"customer": "上海晨光制造", "product": "定制工作站", "specification": "标准版", "quantity": 2, "unit_price": 12800,
     "amount": 25600, "salesperson": "李娜", "status": "已完成"},
]  # fmt: skip
_TYPED = [
    ("customer", "杭州云帆科技"), ("product", "定制工作站"), ("specification", "专业版"), ("quantity", 3),
    ("payment_method", "银行转账，预付 30%"), ("special_requests", "机身刻字：云帆 2026"), ("salesperson", "李娜"),
]  # fmt: skip
_ANSWER: Mapping[str, Any] = {
    "salesperson": "Anna Berg", "customer": "Nordlicht GmbH", "product": "Private cloud licence", "quantity": 25,
    "payment_method": "Invoice, 30 days", "special_requests": "Activation by phone, please", "source": "Trade fair",
}  # fmt: skip


def run_demo(port: int, smtp_port: int, data: Path, *, leave: bool = False) -> int:
    """Show it, then keep desk and worker running until Ctrl-C; with `leave` end when the mails have arrived."""
    data.mkdir(parents=True, exist_ok=True)
    with Desk(data=data, port=port, smtp_port=smtp_port) as desk:
        key = desk.workbook("客户订单管理 · Order Desk demo", _ZONE, "zh_CN")
        settings = _settings(desk, key, data)
        _fill(settings)
        stop = threading.Event()
        worker = threading.Thread(target=_work, args=(settings, stop), name="worker", daemon=True)
        worker.start()
        _say(f"工作簿 workbook   {desk.url}/")
        _say(f"信箱   mailbox    {desk.url}/mail")
        _say(
            f"config for this workbook: workbook.id {key}, endpoint {desk.url}, mail to 127.0.0.1:{desk.smtp_port}"
        )
        arrived = _show(_Sheet(settings), desk)
        try:
            if arrived and not leave:
                _say("\nBoth orders are through. Type your own into the workbook; Ctrl-C ends the demo.")
                while True:
                    time.sleep(3600)
        except KeyboardInterrupt:
            _say("\nDemo ended.")
        stop.set()
        worker.join(timeout=10)
    return 0 if arrived else 1


def _settings(desk: Desk, key: str, data: Path) -> Settings:
    return Settings(
        workbook=WorkbookSettings(key, desk.url),
        mail=MailSettings(
            sender="订单台 Order Desk <orders@desk.example>",
            host="127.0.0.1",
            port=desk.smtp_port,
            security="none",
        ),
        language=_LANGUAGE,
        timezone=_ZONE,
        state=f"sqlite:///{(data / f'bot-{key}.db').resolve()}",
        poll=PollSettings(every=1, settle=3),
        admins=("admin@desk.example",),
    )


def _work(settings: Settings, stop: threading.Event) -> None:
    Worker(build_app(settings, stopping=stop.is_set), settings.poll.every).run(stop)


def _fill(settings: Settings) -> None:
    """Tabs and titles, the sample company, one old order; then the first meeting, which adopts the old order."""
    app = build_app(settings)
    layout = missing_layout(app.workbook.about(layout=True), _LANGUAGE, iter(range(101, 200)).__next__)
    app.workbook.build([*layout.requests, {"deleteSheet": {"sheetId": 0}}])
    sheet = _Sheet(settings)
    sheet.write(TEAM.key, 2, _TEAM)
    sheet.write(CUSTOMERS.key, 2, _CUSTOMERS)
    sheet.write(PRODUCTS.key, 2, _PRODUCTS)
    sheet.write(CONTRACTS.key, 2, _OLD_ORDERS)
    for line in initialise(app).said:
        _say(line)
    app.state.close()


class _Sheet:
    """The demo's hand: types into the workbook over the API, as a person's browser would."""

    def __init__(self, settings: Settings) -> None:
        import requests  # noqa: PLC0415 - loaded with the adapters anyway

        self._http = requests.Session()
        self._url = f"{settings.workbook.endpoint}/v4/spreadsheets/{settings.workbook.id}/values"

    def write(self, tab: str, row: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Whole rows, their cells under the tab's own titles; blank cells are left as they are."""
        keys = [f.key for f in BY_KEY[tab].fields]
        values = [[cells.get(key) for key in keys] for cells in rows]
        where = f"'{BY_KEY[tab].title(_LANGUAGE)}'!A{row}"
        answer = self._http.put(
            f"{self._url}/{where}",
            params={"valueInputOption": "RAW"},
            data=json.dumps({"values": values}),
            timeout=10,
        )
        answer.raise_for_status()

    def rows(self, tab: str) -> Iterator[dict[str, str]]:
        """The rows as they show."""
        answer = (
            self._http.get(f"{self._url}/'{BY_KEY[tab].title(_LANGUAGE)}'", timeout=10)
            .json()
            .get("values", [[]])
        )
        titles = {f.title(_LANGUAGE): f.key for f in BY_KEY[tab].fields}
        keys = [titles.get(title, title) for title in answer[0]]
        return (dict(zip(keys, row, strict=False)) for row in answer[1:])


def _show(sheet: _Sheet, desk: Desk) -> bool:
    """Type one order, send one form answer, and tell what happens; whether all four mails arrived."""
    # The mailbox keeps what earlier demos left in it.
    old = len(desk.mails())
    row = 2 + len(_OLD_ORDERS)
    _say(f"\n① typing an order into {CONTRACTS.zh}, row {row}, cell by cell …")
    for key, value in _TYPED:
        sheet.write(CONTRACTS.key, row, [{key: value}])
        _say(f"    {CONTRACTS.by_key[key].zh:<8} {value}    (mails so far: {len(desk.mails()) - old})")
        time.sleep(0.5)
    _say(f"② a form answer lands in {ORDER_ENTRY.zh} …")
    asked = datetime.now(UTC).astimezone(ZoneInfo(_ZONE)).replace(tzinfo=None)
    sheet.write(ORDER_ENTRY.key, 2, [{"timestamp": datetime_serial(asked), **_ANSWER}])
    deadline = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < deadline and not _complete(sheet, len(desk.mails()) - old):
        time.sleep(0.2)
    for mail in reversed(desk.mails()[: len(desk.mails()) - old]):
        _say(f"    ✉ {', '.join(mail['to']):<28} {mail['subject']}")
    _say(f"\n{CONTRACTS.zh}:")
    for cells in sheet.rows(CONTRACTS.key):
        parts = (cells.get(k, "") for k in ("order_no", "customer", "amount", "mail_status"))
        _say("    " + "  │  ".join(parts))
    for cells in sheet.rows(ORDER_ENTRY.key):
        _say(f"{ORDER_ENTRY.zh}:\n    {cells.get('customer', '')}  │  {cells.get('result', '')}")
    return _complete(sheet, len(desk.mails()) - old)


def _complete(sheet: _Sheet, mails: int) -> bool:
    marked = [cells for cells in sheet.rows(CONTRACTS.key) if cells.get("mail_status", "").count("✓") == 2]
    return mails == _MAILS and len(marked) == _MAILS // 2


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
