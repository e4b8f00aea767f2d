"""How the tabs look on a screen: dropdowns, widths, colours. Data alone; `init` turns it into requests.

Nothing here decides what a cell may hold: a dropdown suggests, and what is wrong is told in the Problem cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sheets_schema.automations import AUTOMATIONS
from sheets_schema.contracts import CONTRACTS
from sheets_schema.customers import CUSTOMERS
from sheets_schema.feedback import FEEDBACK
from sheets_schema.fields import Field, Kind
from sheets_schema.order_entry import ORDER_ENTRY
from sheets_schema.products import PRODUCTS
from sheets_schema.roles import FINANCE, LEAD, WAREHOUSE
from sheets_schema.team import TEAM
from sheets_schema.workflow import CANCELLED, COMPLETED, DELIVERED, PENDING, STATES, State

#: A tab's key and a column's key.
Place = tuple[str, str]


@dataclass(frozen=True)
class Choices:
    """What a dropdown offers: these words, or whatever stands in a column of another tab."""

    #: Language -> words.
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    column: Place | None = None
    #: The names of those who have this role, rather than the column, once somebody has it.
    role: str = ""


def _words(zh: str, en: str) -> Choices:
    return Choices({"zh-CN": tuple(zh.split("、")), "en": tuple(en.split(", "))})


_CUSTOMERS = Choices(column=(CUSTOMERS.key, "customer"))
_PRODUCTS = Choices(column=(PRODUCTS.key, "product"))
_PEOPLE = Choices(column=(TEAM.key, "name"))
# What the team wrote before. A fixed list would mark every other answer as wrong, and there is no wrong one here: as
# the list is the column itself, whatever is typed is in it.
_PAYMENT = Choices(column=(CONTRACTS.key, "payment_method"))
_SOURCES = Choices(column=(CONTRACTS.key, "source"))
_LANGUAGES = _words("中文、English", "中文, English")
_STATES = Choices({"zh-CN": tuple(s.zh for s in STATES), "en": tuple(s.en for s in STATES)})

#: Roles have no dropdown, since one person may have several, with commas.
DROPDOWNS: Mapping[Place, Choices] = {
    (ORDER_ENTRY.key, "salesperson"): _PEOPLE,
    (ORDER_ENTRY.key, "customer"): _CUSTOMERS,
    (ORDER_ENTRY.key, "product"): _PRODUCTS,
    (ORDER_ENTRY.key, "payment_method"): _PAYMENT,
    (ORDER_ENTRY.key, "source"): _SOURCES,
    (CONTRACTS.key, "customer"): _CUSTOMERS,
    (CONTRACTS.key, "product"): _PRODUCTS,
    (CONTRACTS.key, "payment_method"): _PAYMENT,
    (CONTRACTS.key, "source"): _SOURCES,
    (CONTRACTS.key, "salesperson"): _PEOPLE,
    (CONTRACTS.key, "status"): _STATES,
    (CONTRACTS.key, "reviewer"): Choices(column=_PEOPLE.column, role=LEAD),
    (CONTRACTS.key, "finance_reviewer"): Choices(column=_PEOPLE.column, role=FINANCE),
    (CUSTOMERS.key, "type"): _words("新客户、老客户、潜在客户", "New, Returning, Prospect"),
    (CUSTOMERS.key, "language"): _LANGUAGES,
    (CUSTOMERS.key, "tier"): _words("A、B、C", "A, B, C"),
    (CUSTOMERS.key, "owner"): _PEOPLE,
    (TEAM.key, "language"): _LANGUAGES,
}

#: Column -> the one role that fills it in, besides admins. Orders are typed, and the status moved, by everybody.
FILLED_BY: Mapping[Place, str] = {
    (CONTRACTS.key, "reviewer"): LEAD,
    (CONTRACTS.key, "finance_reviewer"): FINANCE,
    (CONTRACTS.key, "shipped_on"): WAREHOUSE,
    (CONTRACTS.key, "tracking"): WAREHOUSE,
    (CONTRACTS.key, "delivered_on"): WAREHOUSE,
}

#: What Google gives a column that nobody has set, in pixels; such a column alone is given another width.
DEFAULT_WIDTH = 100
_WIDTH_OF_KIND = {Kind.MONEY: 110, Kind.QUANTITY: 85, Kind.DATE: 105, Kind.DATETIME: 135, Kind.CHECKBOX: 70}
_WIDTH_OF_COLUMN = {
    "order_no": 125, "contract_no": 140, "customer": 190, "contact": 95, "product": 170, "specification": 130,
    "currency": 65, "duration": 105, "payment_method": 130, "delivery_address": 230, "special_requests": 240,
    "source": 110, "salesperson": 110, "status": 105, "reviewer": 105, "finance_reviewer": 105, "tracking": 170,
    "cancel_reason": 170, "exception": 170, "notes": 180, "mail_status": 235, "problem": 340, "result": 260,
    "customer_no": 90, "industry": 120, "type": 85, "contact_title": 120, "phone": 140, "email": 210, "address": 240,
    "language": 80, "tier": 70, "needs": 220, "owner": 105, "unit": 60, "customers": 260, "name": 120, "team": 95,
    "role": 130, "comments": 300, "automation": 200, "when": 190, "run_now": 85,
    "status_item": 135, "status_value": 380,
    "what": 210, "before": 190, "after": 190, "detail": 260,
}  # fmt: skip

#: Columns whose text may be long: it is wrapped, so that it can be read without opening the cell.
LONG_TEXT = frozenset(
    {
        "delivery_address", "special_requests", "cancel_reason", "exception", "notes", "problem", "result", "address",
        "needs", "customers", "comments", "status_value",
    }
)  # fmt: skip


def width_of(column: Field) -> int:
    """How wide the column is, in pixels, so that what usually stands there can be read."""
    return _WIDTH_OF_COLUMN.get(column.key) or _WIDTH_OF_KIND.get(column.kind, 120)


#: The API's conditions, and in lower case those that are formulas of ours.
Condition = Literal[
    "NOT_BLANK",
    "TEXT_EQ",
    "TEXT_CONTAINS",
    "TEXT_STARTS_WITH",
    "NUMBER_LESS",
    "overdue",
    "due_soon",
    "waiting",
]


@dataclass(frozen=True)
class Colour:
    """The ground a cell gets while its text fits. Rules of one column go in order: the first that fits wins."""

    tab: str
    column: str
    condition: Condition
    #: #rrggbb, light enough for dark text.
    ground: str
    #: Language -> the text looked for.
    text: Mapping[str, str] = field(default_factory=dict)


_RED, _AMBER, _GREEN, _GREY = "#fbe3e0", "#ffe8c4", "#e3f2e4", "#eceff1"
#: A status that waits is light amber as it is.
_DEEP_AMBER = "#ffcf7d"
_STATE_GROUNDS = {
    "pending": "#fff3d1",
    "approved": "#e3f2e4",
    "shipped": "#e0edf8",
    "in_transit": "#d5e5f5",
    "delivered": "#e8e4f5",
    "completed": "#eceff1",
    "cancelled": "#f1e4e2",
}
#: Words of the E-mail cell that mean that somebody ought to look.
_MAIL_WORDS = (
    {"en": "waiting", "zh-CN": "等待至"},
    {"en": "failed", "zh-CN": "发送失败"},
    {"en": "maybe", "zh-CN": "可能"},
    {"en": "held", "zh-CN": "暂停"},
)
#: Words of an automation's Result cell, with what they mean for whoever looks; the gravest first.
_RESULT_WORDS = (
    (_RED, {"en": "cannot be used here", "zh-CN": "不能用作此处的时间"}),
    (_RED, {"en": "When is blank", "zh-CN": "时间为空"}),
    (_RED, {"en": "delete this row", "zh-CN": "请删除本行"}),
    (_RED, {"en": "no such automation", "zh-CN": "没有这个自动化"}),
    (_AMBER, {"en": "Held", "zh-CN": "已暂停"}),
    (_AMBER, {"en": "failed", "zh-CN": "份失败"}),
    (_AMBER, {"en": "not accepted", "zh-CN": "拒收"}),
    (_AMBER, {"en": "held back", "zh-CN": "暂缓发送"}),
    (_GREEN, {"en": " sent", "zh-CN": "已发送"}),
    (_GREY, {"en": "Off:", "zh-CN": "已关闭"}),
)
_ADOPTED = {"en": "was here before Order Desk", "zh-CN": "启用前已有"}


def _in_both(state: State) -> dict[str, str]:
    return {"en": state.en, "zh-CN": state.zh}


COLOURS: tuple[Colour, ...] = (
    Colour(CONTRACTS.key, "status", "waiting", _DEEP_AMBER),
    *(Colour(CONTRACTS.key, "status", "TEXT_EQ", _STATE_GROUNDS[s.key], _in_both(s)) for s in STATES),
    Colour(CONTRACTS.key, "due_date", "overdue", _RED),
    Colour(CONTRACTS.key, "due_date", "due_soon", _AMBER),
    *(Colour(CONTRACTS.key, "mail_status", "TEXT_CONTAINS", _AMBER, words) for words in _MAIL_WORDS),
    Colour(CONTRACTS.key, "problem", "NOT_BLANK", _RED),
    Colour(ORDER_ENTRY.key, "result", "TEXT_STARTS_WITH", _GREEN, {"en": "→", "zh-CN": "→"}),
    Colour(ORDER_ENTRY.key, "result", "TEXT_EQ", _GREY, _ADOPTED),
    Colour(ORDER_ENTRY.key, "result", "NOT_BLANK", _RED),
    *(Colour(tab.key, "problem", "NOT_BLANK", _RED) for tab in (CUSTOMERS, PRODUCTS, TEAM)),
    Colour(PRODUCTS.key, "stock", "NUMBER_LESS", _RED, {"en": "0", "zh-CN": "0"}),
    Colour(FEEDBACK.key, "result", "TEXT_STARTS_WITH", _GREEN, {"en": "✓", "zh-CN": "✓"}),
    Colour(FEEDBACK.key, "result", "NOT_BLANK", _RED),
    *(Colour(AUTOMATIONS.key, "result", "TEXT_CONTAINS", ground, words) for ground, words in _RESULT_WORDS),
)


def overdue_formula(due: str, status: str, language: str) -> str:
    """The formula that is true in a row past its due date and not delivered yet; columns by their letters.

    It has no separator between arguments, because that one is the locale's; nor has any other formula here.
    """
    return f'=(${due}2<>"")*(${due}2<TODAY()){_not_delivered(status, language)}>0'


def due_soon_formula(due: str, status: str, language: str, days: int) -> str:
    """The formula that is true in a row due today or within so many days, and not delivered yet."""
    near = f"(${due}2>=TODAY())*(${due}2<TODAY()+{days + 1})"
    return f'=(${due}2<>"")*{near}{_not_delivered(status, language)}>0'


def waiting_formula(status: str, created: str, updated: str, language: str) -> str:
    """The formula that is true in a row that waits for review and was not touched for more than a day.

    Not in one whose times are both blank.
    """
    touched = f'(${updated}2+(${updated}2="")*${created}2)'
    return f'=(${status}2="{PENDING.title(language)}")*({touched}>0)*({touched}<NOW()-1)>0'


def _not_delivered(status: str, language: str) -> str:
    over = [state.title(language) for state in (DELIVERED, COMPLETED, CANCELLED)]
    return "".join(f'*(${status}2<>"{title}")' for title in over)
