"""Version 4: how much mail one person has had is found without reading all of it."""

from __future__ import annotations

from bot.adapters.migrations.statements import do

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    do(
        "CREATE INDEX messages_to ON messages (recipient, sent_at)",
    )
