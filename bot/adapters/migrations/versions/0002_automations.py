"""Version 2: the automations, their runs, and the closed weeks."""

from __future__ import annotations

from bot.adapters.migrations.statements import do

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    do(
        """CREATE TABLE standings (
            automation {text} PRIMARY KEY, timing {text} NOT NULL, switched_on INTEGER NOT NULL, since {text} NOT NULL,
            ticked INTEGER NOT NULL)""",
        """CREATE TABLE runs (
            id {text} PRIMARY KEY, automation {text} NOT NULL, period {text} NOT NULL, due_at {text} NOT NULL,
            begun_at {text} NOT NULL, asked INTEGER NOT NULL, late INTEGER NOT NULL, shown INTEGER NOT NULL,
            done_at {text}, empty INTEGER NOT NULL, retry_at {text}, attempts INTEGER NOT NULL,
            failures {text} NOT NULL, notes {text} NOT NULL)""",
        "CREATE INDEX runs_latest ON runs (automation, asked, begun_at)",
        "CREATE INDEX runs_unfinished ON runs (id) WHERE done_at IS NULL",
        """CREATE TABLE weeks (
            id {text} PRIMARY KEY, starts_at {text} NOT NULL, ends_at {text} NOT NULL, closed_at {text} NOT NULL,
            body {bytes} NOT NULL)""",
        "CREATE INDEX weeks_last ON weeks (ends_at, id)",
    )
