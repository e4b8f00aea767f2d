"""The team's own tab in the sample workbook: a few formulas and two charts, which the bot leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from bot.demo.stock import GOODS, PEOPLE
from sheets_schema import CONTRACTS, Cell, Owner
from sheets_schema.cells import date_serial
from sheets_schema.titles import column_letter
from sheets_schema.workflow import CANCELLED, STATES

TITLE = "看板 Board"
_SHEET = 900
_MONTHS = 7
#: 0-based: the first row with figures, and where each table begins.
_TOP = 3
_MONTH, _PRODUCT, _SELLER, _STATUS = 0, 3, 6, 10
_PALE = {"red": 0.89, "green": 0.93, "blue": 0.95}
_MONEY = {"type": "NUMBER", "pattern": "#,##0"}

Block = tuple[str, list[list[Cell]]]


def board_blocks(today: date, language: str) -> list[Block]:
    """Ranges with their rows: amounts by month, product and salesperson, lines by status. Nothing cancelled counts."""
    months = _months(today)
    products, sellers = _products(), _sellers()
    total = f"$B${_TOP + len(months)}"
    # The days stand in the formulas as numbers: how a date joined to "<" reads depends on the locale.
    monthly: list[list[Cell]] = [
        [first, _amount(language, ("order_date", f'">={first}"'), ("order_date", f'"<{until}"'))]
        for first, until in pairwise(map(date_serial, months))
    ]
    monthly.append(["合计 Total", f"=SUM(B{_TOP + 1}:B{_TOP + len(monthly)})"])
    by_product: list[list[Cell]] = [
        [name, _amount(language, ("product", f"{column_letter(_PRODUCT)}{r}"))]
        for r, name in enumerate(products, _TOP + 1)
    ]
    by_seller: list[list[Cell]] = [
        [
            name,
            _amount(language, ("salesperson", f"{column_letter(_SELLER)}{r}")),
            f"=IF({total}=0,0,{column_letter(_SELLER + 1)}{r}/{total})",
        ]
        for r, name in enumerate(sellers, _TOP + 1)
    ]
    status = _orders(language, "status")
    by_status: list[list[Cell]] = [
        [state.title(language), f"=COUNTIF({status},{column_letter(_STATUS)}{r})"]
        for r, state in enumerate(STATES, _TOP + 1)
    ]
    return [
        (f"'{TITLE}'!A1", [["看板 Board：由团队自己维护，机器人不改动 · the team's own tab"]]),
        _table(_MONTH, ["月份 Month", "金额 Amount"], monthly),
        _table(_PRODUCT, ["产品 Product", "金额 Amount"], by_product),
        _table(_SELLER, ["销售 Salesperson", "金额 Amount", "占比 Share"], by_seller),
        _table(_STATUS, ["状态 Status", "行数 Lines"], by_status),
    ]


def _table(left: int, titles: list[Cell], rows: list[list[Cell]]) -> Block:
    return f"'{TITLE}'!{column_letter(left)}{_TOP}", [titles, *rows]


def _months(today: date) -> list[date]:
    """The firsts of the last months and of the next one, oldest first."""
    firsts = [(today.replace(day=28) + timedelta(days=4)).replace(day=1)]
    while len(firsts) <= _MONTHS:
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    return firsts


def _products() -> list[str]:
    return list(dict.fromkeys(goods.name for goods in GOODS))


def _sellers() -> list[str]:
    return [person.name for person in PEOPLE if person.role == "Sales"]


def _orders(language: str, key: str) -> str:
    """A column of Contract Orders, whole."""
    letter = column_letter(CONTRACTS.keys(*Owner).index(key))
    return f"'{CONTRACTS.title(language)}'!${letter}:${letter}"


def _amount(language: str, *conditions: tuple[str, str]) -> str:
    told = "".join(f",{_orders(language, key)},{test}" for key, test in conditions)
    not_cancelled = f'{_orders(language, "status")},"<>{CANCELLED.title(language)}"'
    return f"=SUMIFS({_orders(language, 'amount')}{told},{not_cancelled})"


def board_tab() -> list[dict[str, Any]]:
    """Requests that make the empty tab."""
    grid = {"rowCount": 60, "columnCount": 16, "frozenRowCount": _TOP, "hideGridlines": True}
    return [{"addSheet": {"properties": {"sheetId": _SHEET, "title": TITLE, "gridProperties": grid}}}]


def board_look() -> list[dict[str, Any]]:
    """Requests for its formats and charts, once the cells are written."""
    months, products = _MONTHS, len(_products())
    bottom = _TOP + max(products, len(_sellers())) + 2
    titles = {"textFormat": {"bold": True}, "backgroundColor": _PALE}
    return [
        _format(0, 1, 0, 1, {"textFormat": {"bold": True, "fontSize": 14}}, ".textFormat(bold,fontSize)"),
        *(
            _format(_TOP - 1, _TOP, left, left + width, titles, "(textFormat.bold,backgroundColor)")
            for left, width in ((_MONTH, 2), (_PRODUCT, 2), (_SELLER, 3), (_STATUS, 2))
        ),
        _number(_MONTH, {"type": "DATE", "pattern": "yyyy-mm"}),
        *(_number(c, _MONEY) for c in (_MONTH + 1, _PRODUCT + 1, _SELLER + 1)),
        _number(_SELLER + 2, {"type": "PERCENT", "pattern": "0.0%"}),
        _size("ROWS", 0, 1, 34),
        _size("COLUMNS", 0, 16, 100), _size("COLUMNS", _PRODUCT, _PRODUCT + 1, 150), _size("COLUMNS", _SELLER, _SELLER + 1, 140),
        _chart("COLUMN", "每月金额 · Amount by month", (_MONTH, months), (bottom, 0), "金额 Amount"),
        _chart("BAR", "各产品金额 · Amount by product", (_PRODUCT, products), (bottom, 6), "金额 Amount"),
    ]  # fmt: skip


def _format(
    top: int, bottom: int, left: int, right: int, form: dict[str, Any], fields: str
) -> dict[str, Any]:
    where = {
        "sheetId": _SHEET, "startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left,
        "endColumnIndex": right,
    }  # fmt: skip
    return {
        "repeatCell": {
            "range": where,
            "cell": {"userEnteredFormat": form},
            "fields": f"userEnteredFormat{fields}",
        }
    }


def _number(column: int, form: dict[str, str]) -> dict[str, Any]:
    return _format(_TOP, 60, column, column + 1, {"numberFormat": form}, ".numberFormat")


def _size(dimension: str, start: int, end: int, pixels: int) -> dict[str, Any]:
    where = {"sheetId": _SHEET, "dimension": dimension, "startIndex": start, "endIndex": end}
    return {
        "updateDimensionProperties": {
            "range": where,
            "properties": {"pixelSize": pixels},
            "fields": "pixelSize",
        }
    }


def _chart(kind: str, title: str, table: tuple[int, int], at: tuple[int, int], axis: str) -> dict[str, Any]:
    """A native chart of a table's first two columns, its titles included, over the cells from `at` on."""
    left, count = table
    sources: Sequence[dict[str, int]] = [
        {
            "sheetId": _SHEET, "startRowIndex": _TOP - 1, "endRowIndex": _TOP + count, "startColumnIndex": column,
            "endColumnIndex": column + 1,
        }
        for column in (left, left + 1)
    ]  # fmt: skip
    domain, series = ({"sourceRange": {"sources": [source]}} for source in sources)
    basic = {
        "chartType": kind,
        "legendPosition": "NO_LEGEND",
        "headerCount": 1,
        "axis": [{"position": "BOTTOM_AXIS" if kind == "BAR" else "LEFT_AXIS", "title": axis}],
        "domains": [{"domain": domain}],
        "series": [{"series": series, "targetAxis": "BOTTOM_AXIS" if kind == "BAR" else "LEFT_AXIS"}],
    }
    anchor = {"sheetId": _SHEET, "rowIndex": at[0], "columnIndex": at[1]}
    place = {"overlayPosition": {"anchorCell": anchor, "widthPixels": 560, "heightPixels": 340}}
    return {"addChart": {"chart": {"spec": {"title": title, "basicChart": basic}, "position": place}}}
