"""What the migrations say, in either database's words; as they are and not by the current `Dialect`, which may change."""

from __future__ import annotations

from alembic import op

_TYPES = {
    "sqlite": {"text": "TEXT", "bytes": "BLOB"},
    # In the "C" collation text compares by code point, as in SQLite and Python.
    "postgresql": {"text": 'TEXT COLLATE "C"', "bytes": "BYTEA"},
}


def do(*statements: str) -> None:
    """Each in turn, {text} and {bytes} being the column types."""
    bind = op.get_bind()
    for statement in statements:
        bind.exec_driver_sql(statement.format(**_TYPES[bind.dialect.name]))
