"""Version 3: how far each line has come, stock, feedback, and what happened."""

from __future__ import annotations

from bot.adapters.migrations.statements import do

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
    do(
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
