"""A small company in a workbook, laid out by the schema's titles, for tests of forms and pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.desk import Desk
from sheets_schema import CONTRACTS, CUSTOMERS, ORDER_ENTRY, PRODUCTS, TEAM, Tab
from sheets_schema.feedback import FEEDBACK
from tests.desk.client import Workbook

TABS = (ORDER_ENTRY, CONTRACTS, CUSTOMERS, PRODUCTS, TEAM, FEEDBACK)
ROWS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    CUSTOMERS.key: [
        {"customer_no": "C-1", "customer": "云帆科技", "email": "chen@yunfan.example"},
        {"customer_no": "C-2", "customer": "Nordlicht GmbH", "email": "weber@nordlicht.example"},
    ],
    PRODUCTS.key: [
        {"product": "工作站", "specification": "标准版", "unit_price": 12800, "active": True},
        {"product": "工作站", "specification": "专业版", "unit_price": 19800, "active": True},
        {"product": "Licence", "unit_price": 360, "duration": "12 months", "active": True},
        {"product": "Fax machine", "unit_price": 1, "active": False},
    ],
    TEAM.key: [
        {"name": "李娜", "email": "lina@sales.example", "role": "Sales", "active": True},
        {"name": "王强", "email": "wang@sales.example", "role": "Lead, Admin", "active": True},
        {"name": "Ware House", "email": "ware@sales.example", "role": "Warehouse", "active": True},
        {"name": "Gone Away", "email": "gone@sales.example", "role": "Sales", "active": False},
    ],
}
ORDER = {
    "salesperson": "李娜",
    "customer": "云帆科技",
    "product": "工作站",
    "specification": "专业版",
    "quantity": "3",
}


def company(desk: Desk, language: str = "zh-CN", tabs: Sequence[Tab] = TABS, title: str = "订单") -> Workbook:
    """A workbook with the tabs, titled in a language, and the company's rows."""
    book = Workbook(desk, desk.workbook(title, locale="zh_CN" if language == "zh-CN" else "en_US"))
    size = {"rowCount": 100, "columnCount": 40}
    book.batch(
        *(
            {
                "addSheet": {
                    "properties": {"sheetId": 100 + n, "title": tab.title(language), "gridProperties": size}
                }
            }
            for n, tab in enumerate(tabs)
        ),
        {"deleteSheet": {"sheetId": 0}},
    )
    for tab in tabs:
        head = [field.title(language) for field in tab.fields]
        rows = [[row.get(field.key, "") for field in tab.fields] for row in ROWS.get(tab.key, [])]
        book.write(f"'{tab.title(language)}'!A1", [head, *rows])
    return book


def entries(book: Workbook, tab: Tab = ORDER_ENTRY, language: str = "zh-CN") -> list[dict[str, Any]]:
    """The rows of a tab by key, as numbers and texts."""
    keys = [field.key for field in tab.fields]
    return [dict(zip(keys, row, strict=False)) for row in book.raw(f"'{tab.title(language)}'!A2:Z100")]
