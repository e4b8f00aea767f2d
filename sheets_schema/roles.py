"""What people do in the team, as they write it in the Role column: several with commas, in any language."""

from __future__ import annotations

import re

from sheets_schema.titles import fold

SALES, LEAD, FINANCE, WAREHOUSE, ADMIN = "sales", "lead", "finance", "warehouse", "admin"

_WORDS = {
    SALES: ("sales", "salesperson", "seller", "销售", "销售员", "销售人员", "业务", "业务员"),
    LEAD: ("lead", "leader", "team lead", "team leader", "sales lead", "manager", "主管", "组长", "经理", "负责人", "销售主管", "团队负责人"),
    FINANCE: ("finance", "accounting", "财务", "会计"),
    WAREHOUSE: ("warehouse", "logistics", "仓库", "仓储", "库管", "物流"),
    ADMIN: ("admin", "administrator", "管理员"),
}  # fmt: skip
_KEYS = {fold(word): key for key, words in _WORDS.items() for word in words}
#: Role -> language -> how it is called where people read of it.
ROLE_TITLES = {
    SALES: {"en": "Sales", "zh-CN": "销售"},
    LEAD: {"en": "Lead", "zh-CN": "主管"},
    FINANCE: {"en": "Finance", "zh-CN": "财务"},
    WAREHOUSE: {"en": "Warehouse", "zh-CN": "仓库"},
    ADMIN: {"en": "Admin", "zh-CN": "管理员"},
}
_BETWEEN = re.compile(r"[,，、;；/／|+&\n]")


def names_in(text: str) -> tuple[str, ...]:
    """The names a cell lists, without doubles, as written."""
    found: dict[str, str] = {}
    for part in _BETWEEN.split(text):
        if fold(part):
            found.setdefault(fold(part), part.strip())
    return tuple(found.values())


def roles_in(text: str) -> frozenset[str]:
    """The roles a cell names; words that name none are passed over."""
    return frozenset(_KEYS[fold(part)] for part in names_in(text) if fold(part) in _KEYS)
