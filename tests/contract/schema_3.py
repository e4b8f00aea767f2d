"""A database as version 3 of the schema left it, with an order on its way. History: it never changes again."""

from __future__ import annotations

from bot.adapters.connections import Database
from tests.contract.schema_2 import fill_as_version_2

_TABLES = (
    """CREATE TABLE progress (
        row_id {text} PRIMARY KEY, order_no {text} NOT NULL, state {text} NOT NULL, since {text} NOT NULL,
        steps INTEGER NOT NULL, reviewed_at {text}, finance_asked INTEGER NOT NULL, note {text} NOT NULL,
        surveyed INTEGER NOT NULL, refused INTEGER NOT NULL, customer {text} NOT NULL, amount {text} NOT NULL, currency {text} NOT NULL,
        product {text} NOT NULL, taken {text} NOT NULL, told {text} NOT NULL)""",
    """CREATE INDEX progress_open ON progress (customer)
        WHERE state NOT IN ('completed', 'cancelled')""",
    """CREATE INDEX progress_refused ON progress (row_id) WHERE refused = 1""",
    """CREATE TABLE stock (
        product {text} PRIMARY KEY, typed {text} NOT NULL, taken {text} NOT NULL, shown {text} NOT NULL)""",
    """CREATE TABLE answers (key {text} PRIMARY KEY)""",
    """CREATE TABLE activity (
        number INTEGER PRIMARY KEY, happened_at {text} NOT NULL, what {text} NOT NULL, order_no {text} NOT NULL,
        old_value {text} NOT NULL, new_value {text} NOT NULL, detail {text} NOT NULL)""",
    """CREATE INDEX activity_order_no ON activity (order_no, number)""",
)
_TIME = "2026-11-21T09:00:00.000000+00:00"
_ROWS: dict[str, tuple[str | int | None, ...]] = {
    "progress": (
        "r1", "A-1", "approved", _TIME, 3, _TIME, 1, "请核对价格", 1, 1, "光明公司", "100000000000000000000", "CNY",
        "茶杯", "2.50", '{"quantity":3,"unit_price":12.5,"address":"光明路 1 号","urgent":true}',
    ),
    "stock": ("茶杯", "100", "2.5", "97.5"),
    "answers": ("order:A-1",),
    "activity": (1, _TIME, "moved", "A-1", "", "", ""),
}  # fmt: skip


def fill_as_version_3(database: Database) -> None:
    """Make the tables of version 3 in an empty database, and a row in each."""
    fill_as_version_2(database)
    with database.writing() as db:
        for statement in _TABLES:
            db.change(statement.format(text=db.dialect.text, bytes=db.dialect.bytes))
        for table, row in _ROWS.items():
            db.change(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", *row)
        db.change("INSERT INTO bookkeeping (key, value) VALUES ('activity', '1')")
        db.change("UPDATE bookkeeping SET value = '3' WHERE key = 'schema_version'")
