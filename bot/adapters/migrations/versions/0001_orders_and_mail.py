"""Version 1: what was seen in the sheet, the orders, and the mail that is owed."""

from __future__ import annotations

from bot.adapters.migrations.statements import do

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    do(
        "CREATE TABLE bookkeeping (key {text} PRIMARY KEY, value {text} NOT NULL)",
        "CREATE TABLE facts (key {text} PRIMARY KEY, value {text} NOT NULL)",
        "CREATE TABLE leases (name {text} PRIMARY KEY, owner {text} NOT NULL, fence INTEGER NOT NULL, until {text} NOT NULL)",
        """CREATE TABLE sightings (
            row_id {text} PRIMARY KEY, tab {text} NOT NULL, order_no {text} NOT NULL,
            core {text} NOT NULL, typed {text} NOT NULL, position INTEGER NOT NULL, origin {text} NOT NULL,
            written INTEGER NOT NULL, placed INTEGER NOT NULL, gone INTEGER NOT NULL, digest {text} NOT NULL, mail_shown {text} NOT NULL,
            emptied INTEGER NOT NULL, created_at {text}, updated_at {text}, partner {text} NOT NULL,
            cells {text} NOT NULL)""",
        "CREATE INDEX sightings_core ON sightings (core)",
        "CREATE INDEX sightings_order_no ON sightings (order_no)",
        "CREATE INDEX sightings_unsettled ON sightings (row_id) WHERE digest = '0' AND gone = 0",
        "CREATE INDEX sightings_known ON sightings (tab) WHERE placed = 1 AND gone = 0",
        """CREATE TABLE orders (
            number {text} PRIMARY KEY, created_at {text} NOT NULL, origin {text} NOT NULL,
            generation INTEGER NOT NULL)""",
        """CREATE TABLE waiting (
            place INTEGER PRIMARY KEY, tab {text} NOT NULL, typed {text} NOT NULL, ordinal INTEGER NOT NULL,
            core {text} NOT NULL, since {text} NOT NULL, cells {text} NOT NULL)""",
        """CREATE TABLE holds (
            key {text} PRIMARY KEY, since {text} NOT NULL, count INTEGER NOT NULL, released INTEGER NOT NULL,
            details {text} NOT NULL)""",
        """CREATE TABLE messages (
            id {text} PRIMARY KEY, kind {text} NOT NULL, order_no {text} NOT NULL, recipient {text} NOT NULL,
            priority INTEGER NOT NULL, created_at {text} NOT NULL, generation INTEGER NOT NULL,
            status {text} NOT NULL, attempts INTEGER NOT NULL, uncertain INTEGER NOT NULL,
            not_before {text}, lease_until {text}, owner {text} NOT NULL, error {text} NOT NULL,
            sent_at {text}, last_attempt_at {text}, body {bytes} NOT NULL)""",
        "CREATE INDEX messages_status ON messages (status, priority, created_at)",
        "CREATE INDEX messages_order_no ON messages (order_no)",
        "CREATE INDEX messages_sent ON messages (status, sent_at)",
        "CREATE INDEX messages_uncertain ON messages (last_attempt_at) WHERE uncertain > 0",
    )
