"""Makes the sample workbook: layout, company, board, first meeting. A few batched requests, no mail."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from bot.app import build_app
from bot.demo.board import board_blocks, board_look, board_tab
from bot.demo.company import sample_company
from bot.demo.hand import Cells, Hand
from bot.desk import Desk
from bot.desk.access.users import PERSON
from bot.init import initialise
from bot.layout.structure import missing_layout
from bot.settings import (
    ArchiveSettings,
    HourSettings,
    MailSettings,
    PollSettings,
    Settings,
    SurveySettings,
    TierSettings,
    WorkbookSettings,
)
from sheets_schema import CONTRACTS, CUSTOMERS, FEEDBACK, PRODUCTS, TEAM

ZONE = "Asia/Shanghai"
LANGUAGE = "zh-CN"
_TITLE = "青禾定制 · 客户订单管理 (Order Desk demo)"
_REMEMBERED = "demo.json"

#: Two rows somebody typed wrongly this morning: what a Problem looks like.
_TYPED_WRONGLY: tuple[Cells, ...] = (
    {"customer": "湖州明湖文旅", "product": "定制雨伞", "specification": "长柄", "quantity": 60, "salesperson": "孙磊"},
    {"customer": "Kestrel Labs", "product": "Engraved pen", "specification": "Brass", "quantity": 150,
     "unit_price": 34, "amount": 5000, "salesperson": "Tom Hale"},
)  # fmt: skip
#: Whoever tries the demo does everybody's work there, so the columns kept for one role must be open to them.
_VISITOR: Cells = {
    "name": "演示访客",
    "email": PERSON.email,
    "role": "Admin",
    "language": "中文",
    "active": True,
}


def remembered_workbook(desk: Desk, data: Path) -> str | None:
    """The sample workbook of an earlier demo in this directory, as people left it; None when there is none."""
    try:
        key = str(json.loads((data / _REMEMBERED).read_text(encoding="utf-8"))["workbook"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    hand = Hand(desk.url, key, LANGUAGE)
    try:
        return key if hand.sees_workbook() else None
    finally:
        hand.close()


def new_workbook(desk: Desk, data: Path, today: date) -> str:
    """A filled sample workbook, remembered once it is complete: a demo that is cut short leaves nothing half done."""
    key = desk.workbook(_TITLE, ZONE, "zh_CN")
    hand = Hand(desk.url, key, LANGUAGE)
    app = build_app(demo_settings(desk, key, data))
    try:
        layout = missing_layout(app.workbook.about(layout=True), LANGUAGE, iter(range(101, 200)).__next__)
        app.workbook.build([*layout.requests, *board_tab(), {"deleteSheet": {"sheetId": 0}}])
        company = sample_company(today, LANGUAGE)
        hand.fill(
            (TEAM, 2, (*company.team, _VISITOR)), (CUSTOMERS, 2, company.customers), (PRODUCTS, 2, company.products),
            (CONTRACTS, 2, company.contracts), (FEEDBACK, 2, company.feedback),
        )  # fmt: skip
        # The first meeting: what is there by now is adopted, and no mail leaves for it.
        initialise(app)
        hand.enter(*board_blocks(today, LANGUAGE))
        hand.change(*board_look())
        hand.fill((CONTRACTS, 2 + len(company.contracts), _TYPED_WRONGLY))
    finally:
        app.state.close()
        hand.close()
    (data / _REMEMBERED).write_text(json.dumps({"workbook": key}), encoding="utf-8")
    return key


def demo_settings(desk: Desk, key: str, data: Path) -> Settings:
    """The config that would run the worker on this workbook."""
    return Settings(
        workbook=WorkbookSettings(key, desk.url),
        mail=MailSettings(
            sender="订单台 Order Desk <orders@desk.example>", host="127.0.0.1", port=desk.smtp_port, security="none",
            # The desk's own mailbox has no quota; whoever pastes thirty rows should see sixty mails at once.
            per_minute=10_000, per_hour=100_000, per_day=100_000, per_customer=0,
        ),
        language=LANGUAGE,
        timezone=ZONE,
        state=f"sqlite:///{(data / f'bot-{key}.db').resolve()}",
        poll=PollSettings(every=1, settle=3),
        # A company of this size: the review finds a few customers to move, not two thirds of them.
        tiers=TierSettings(a=Decimal(100_000), b=Decimal(40_000)),
        # Whoever tries it at night or on a Sunday should see every mail at once; so the customer is asked at once, too.
        hours=HourSettings(quiet="", workdays=""),
        survey=SurveySettings(form=f"{desk.url}/form/feedback/{key}?order_no={{order_no}}", after=0),
        archive=ArchiveSettings(backup_folder=str((data / "backups").resolve())),
        admins=("zhouhui@sales.example",),
    )  # fmt: skip
