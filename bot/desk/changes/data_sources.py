"""Requests about data from BigQuery and Looker, answered as for an account that has neither."""

from __future__ import annotations

from typing import Any

from bot.desk.book.workbook import Workbook
from bot.desk.errors import bad_request

Body = dict[str, Any]


def add_data_source(book: Workbook, body: Body) -> None:
    """addDataSource: refused, as nothing can be connected."""
    raise bad_request("Data sources are not available for this account.")


def change_data_source(book: Workbook, body: Body) -> None:
    """updateDataSource, deleteDataSource, and refreshing by id: there is none to change."""
    wanted = body.get("dataSourceId") or body.get("dataSource", {}).get("dataSourceId", "")
    raise bad_request(f"No data source with id: {wanted}")


def refresh_data_source(book: Workbook, body: Body) -> Body:
    """RefreshDataSource and cancelDataSourceRefresh: all of them are none; one asked for is not there."""
    if not body.get("isAll"):
        change_data_source(book, body)
    return {}
