"""The sample company of the stories: its people, customers, products and old orders, and workbooks that hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import build_workbook
from bot.desk import Desk
from bot.layout.structure import missing_layout
from bot.mails.rendering import Renderer
from bot.settings import MailSettings, PollSettings, Settings, WorkbookSettings
from sheets_schema import CUSTOMERS, LAID_OUT, PRODUCTS, TEAM, Cell
from sheets_schema.cells import date_serial
from tests.system.hand import Book, Hand

#: A Saturday, 9:00 in Shanghai.
MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
SENDER = "Order Desk <orders@desk.example>"
ADMIN = "ops@example.com"
ACME, NORD, CHEN = "buyer@acme.example", "weber@nordlicht.example", "zhao@chenguang.example"
LINA, ANNA = "lina@sales.example", "anna@sales.example"
#: How the E-mail cell looks when both mails are out.
MAILED = re.compile(r"customer ✓ 11-21 \d\d:\d\d · sales ✓")

Cells = Mapping[str, Cell]
#: Rows of a tab's grid, enough for any story that does not say otherwise.
ROWS = 30

TEAM_ROWS: tuple[Cells, ...] = (
    {"name": "Lina Li", "email": LINA, "role": "Sales", "active": True},
    {"name": "Anna Berg", "email": ANNA, "role": "Sales", "language": "en", "active": True},
    {"name": "Olaf Old", "email": "olaf@sales.example", "active": False},
    {"name": "Nora Null", "active": True},
    {"name": "Tom Twin", "email": "tom1@sales.example", "active": True},
    {"name": "Tom Twin", "email": "tom2@sales.example", "active": True},
)
CUSTOMER_ROWS: tuple[Cells, ...] = (
    {"customer_no": "C-1001", "customer": "Acme Ltd", "contact": "Ann Archer", "email": ACME, "language": "en",
     "address": "1 Mill Lane"},
    {"customer_no": "C-1002", "customer": "Nordlicht GmbH", "contact": "Jonas Weber", "email": NORD, "language": "en"},
    {"customer_no": "C-1003", "customer": "上海晨光", "contact": "赵敏", "email": CHEN, "language": "中文"},
    {"customer_no": "C-1004", "customer": "Mute Mills"},
    {"customer_no": "C-1005", "customer": "Broken Bros", "email": "bros at broken"},
    {"customer_no": "C-2001", "customer": "Twin Trade", "email": "one@twin.example"},
    {"customer_no": "C-2002", "customer": "Twin Trade", "email": "two@twin.example"},
)  # fmt: skip
PRODUCT_ROWS: tuple[Cells, ...] = (
    {
        "product": "Workstation",
        "specification": "Standard",
        "unit": "pc",
        "unit_price": 12800,
        "active": True,
    },
    {"product": "Workstation", "specification": "Pro", "unit": "pc", "unit_price": 19800, "active": True},
    {"product": "Licence", "duration": "12 months", "unit": "seat", "unit_price": 360, "active": True},
    {"product": "Relic", "unit_price": 5, "active": False},
    {"product": "Bespoke", "active": True},
    {"product": "Double", "unit_price": 7, "active": True},
    {"product": "Double", "unit_price": 8, "active": True},
)
#: What is in the book of orders when the bot comes.
OLD_ROWS: tuple[Cells, ...] = (
    {"order_no": "OLD-1", "customer": "Acme Ltd", "product": "Relic", "quantity": 1, "salesperson": "Olaf Old"},
    {"order_date": date_serial(datetime(2026, 10, 5, tzinfo=UTC).date()), "customer": "Nordlicht GmbH",
     "product": "Licence", "quantity": 2, "salesperson": "Anna Berg", "status": "Completed"},
)  # fmt: skip
#: A complete row for either order tab.
ORDER: Cells = {"customer": "Acme Ltd", "product": "Licence", "quantity": 3, "salesperson": "Lina Li"}
NORD_ORDER: Cells = {**ORDER, "customer": "Nordlicht GmbH", "salesperson": "Anna Berg", "quantity": 5}


class Patterns:
    """Workbooks with tabs, titles and the sample company, which no bot has met: every story begins with a copy."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        # Compiling the templates is the slowest part of a bot's start, and no part of any story.
        self.renderer = Renderer(SENDER, ZoneInfo(ZONE))
        self._keys: dict[str, str] = {}

    def copy(self, language: str) -> str:
        """The key of a fresh copy."""
        if language not in self._keys:
            self._keys[language] = self._made(language)
        book = Book(self.desk.url, self._keys[language])
        try:
            found = book.call("POST", f"{self.desk.url}/drive/v3/files/{self._keys[language]}/copy", {})
        finally:
            book.close()
        return str(found["id"])

    def _made(self, language: str) -> str:
        key = self.desk.workbook("Orders", ZONE, "en_US")
        book = Book(self.desk.url, key)
        # A tab that `init` makes has 1000 rows, which are most of a story's time.
        grid = {"rowCount": ROWS, "columnCount": 20}
        tabs = [{"title": tab.title(language), "gridProperties": grid} for tab in LAID_OUT]
        book.do(*({"addSheet": {"properties": tab}} for tab in tabs))
        workbook = build_workbook(settings_for(self.desk, key, language, Path("unused.db"), 50))
        new_id = iter(range(101, 200)).__next__
        workbook.build(missing_layout(workbook.about(layout=True), language, new_id).requests)
        for tab, rows in ((TEAM, TEAM_ROWS), (CUSTOMERS, CUSTOMER_ROWS), (PRODUCTS, PRODUCT_ROWS)):
            title = tab.title(language)
            Hand(book, tab, title, book.sheets()[title]).type_all(dict(enumerate(rows, 2)))
        book.close()
        return key


def settings_for(desk: Desk, key: str, language: str, state: Path, flood: int) -> Settings:
    """What the config of a story says."""
    return Settings(
        workbook=WorkbookSettings(key, desk.url),
        mail=MailSettings(
            sender=SENDER, host="127.0.0.1", port=desk.smtp_port, security="none", per_minute=10_000, per_hour=10_000,
            per_day=10_000, per_customer=0,
        ),
        language=language,
        timezone=ZONE,
        state=f"sqlite:///{state}",
        poll=PollSettings(every=30, settle=20, flood=flood),
        admins=(ADMIN,),
    )  # fmt: skip
