"""The tables of the state: a fresh database gets them at once, an older program's is brought up to date.

no tables yet ─► all of _TABLES in one transaction             a few milliseconds
an older version ─► `migrated_apart` ─► bot/adapters/migrations in a child process, with a copy kept beside
this version ─► nothing       a newer one ─► refused
"""

from __future__ import annotations

from collections.abc import Callable

from bot.adapters.connections import Database, Statements
from bot.ports import StateError, StateRefused

#: Grows with every change of the tables below, and so does the number of `migrations`.
SCHEMA_VERSION = 4

_TABLES = (
    """CREATE TABLE facts (key {text} PRIMARY KEY, value {text} NOT NULL)""",
    """CREATE TABLE leases (
        name {text} PRIMARY KEY, owner {text} NOT NULL, fence INTEGER NOT NULL, until {text} NOT NULL)""",
    # Cells stand last, so that a scan of the other columns need not step over them.
    """CREATE TABLE sightings (
        row_id {text} PRIMARY KEY, tab {text} NOT NULL, order_no {text} NOT NULL,
        core {text} NOT NULL, typed {text} NOT NULL, position INTEGER NOT NULL, origin {text} NOT NULL,
        written INTEGER NOT NULL, placed INTEGER NOT NULL, gone INTEGER NOT NULL, digest {text} NOT NULL, mail_shown {text} NOT NULL,
        emptied INTEGER NOT NULL, created_at {text}, updated_at {text}, partner {text} NOT NULL,
        cells {text} NOT NULL)""",
    """CREATE INDEX sightings_core ON sightings (core)""",
    """CREATE INDEX sightings_order_no ON sightings (order_no)""",
    """CREATE INDEX sightings_unsettled ON sightings (row_id) WHERE digest = '0' AND gone = 0""",
    """CREATE INDEX sightings_known ON sightings (tab) WHERE placed = 1 AND gone = 0""",
    """CREATE TABLE orders (
        number {text} PRIMARY KEY, created_at {text} NOT NULL, origin {text} NOT NULL,
        generation INTEGER NOT NULL)""",
    """CREATE TABLE waiting (
        place INTEGER PRIMARY KEY, tab {text} NOT NULL, typed {text} NOT NULL, ordinal INTEGER NOT NULL,
        core {text} NOT NULL, since {text} NOT NULL, cells {text} NOT NULL)""",
    """CREATE TABLE holds (
        key {text} PRIMARY KEY, since {text} NOT NULL, count INTEGER NOT NULL, released INTEGER NOT NULL,
        details {text} NOT NULL)""",
    # The body stands last for the same reason as the cells.
    """CREATE TABLE messages (
        id {text} PRIMARY KEY, kind {text} NOT NULL, order_no {text} NOT NULL, recipient {text} NOT NULL,
        priority INTEGER NOT NULL, created_at {text} NOT NULL, generation INTEGER NOT NULL,
        status {text} NOT NULL, attempts INTEGER NOT NULL, uncertain INTEGER NOT NULL,
        not_before {text}, lease_until {text}, owner {text} NOT NULL, error {text} NOT NULL,
        sent_at {text}, last_attempt_at {text}, body {bytes} NOT NULL)""",
    """CREATE INDEX messages_status ON messages (status, priority, created_at)""",
    """CREATE INDEX messages_order_no ON messages (order_no)""",
    """CREATE INDEX messages_sent ON messages (status, sent_at)""",
    """CREATE INDEX messages_uncertain ON messages (last_attempt_at) WHERE uncertain > 0""",
    # Since version 2.
    """CREATE TABLE standings (
        automation {text} PRIMARY KEY, timing {text} NOT NULL, switched_on INTEGER NOT NULL, since {text} NOT NULL,
        ticked INTEGER NOT NULL)""",
    """CREATE TABLE runs (
        id {text} PRIMARY KEY, automation {text} NOT NULL, period {text} NOT NULL, due_at {text} NOT NULL,
        begun_at {text} NOT NULL, asked INTEGER NOT NULL, late INTEGER NOT NULL, shown INTEGER NOT NULL,
        done_at {text}, empty INTEGER NOT NULL, retry_at {text}, attempts INTEGER NOT NULL,
        failures {text} NOT NULL, notes {text} NOT NULL)""",
    """CREATE INDEX runs_latest ON runs (automation, asked, begun_at)""",
    """CREATE INDEX runs_unfinished ON runs (id) WHERE done_at IS NULL""",
    """CREATE TABLE weeks (
        id {text} PRIMARY KEY, starts_at {text} NOT NULL, ends_at {text} NOT NULL, closed_at {text} NOT NULL,
        body {bytes} NOT NULL)""",
    """CREATE INDEX weeks_last ON weeks (ends_at, id)""",
    # Since version 3.
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
    # Since version 4.
    """CREATE INDEX messages_to ON messages (recipient, sent_at)""",
    # Where `migrations` go on from; a database that they have brought here has the same.
    """CREATE TABLE alembic_version (
        version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))""",
)


def make_tables(database: Database, upgrade: Callable[[], None] | None) -> None:
    """See that the database has the tables of this version, by `upgrade` where an older program made them.

    Refuses tables that a newer program made: it may have filled them otherwise.
    """
    found = _version_made_sure_of(database)
    check_version(found)
    if found < SCHEMA_VERSION:
        if upgrade is not None:
            # It works on a connection of its own.
            database.close()
            upgrade()
            found = _version_made_sure_of(database)
        if found < SCHEMA_VERSION:
            raise StateError(
                f"The database is of an older version (schema {found}) and was not brought up to date."
            )


def check_version(found: int) -> None:
    """Raises StateRefused for a newer program's."""
    if found > SCHEMA_VERSION:
        raise StateRefused(
            f"The database was made by a newer version of the bot (schema {found}, "
            f"this one knows {SCHEMA_VERSION}).",
            hint="Start the newer version again, or name another database.",
        )


def version_found(db: Statements) -> int | None:
    """The version of the tables that are there; None when there are none."""
    if not db.rows(db.dialect.find_table, "bookkeeping"):
        return None
    found = db.rows("SELECT value FROM bookkeeping WHERE key = 'schema_version'")
    return int(found[0][0]) if found else None


def _version_made_sure_of(database: Database) -> int:
    """The version of the tables, which are all made when there are none.

    In a writing transaction whatever is there: a database that cannot be written is found out at the start.
    """
    with database.writing() as db:
        db.rows(db.dialect.lock_schema)
        found = version_found(db)
        if found is not None:
            return found
        # What the state says of itself: schema_version, revision, pause (until when, and why), activity (how
        # many entries were numbered).
        for statement in (
            "CREATE TABLE bookkeeping (key {text} PRIMARY KEY, value {text} NOT NULL)",
            *_TABLES,
        ):
            db.change(statement.format(text=db.dialect.text, bytes=db.dialect.bytes))
        db.change("INSERT INTO bookkeeping (key, value) VALUES ('schema_version', ?)", str(SCHEMA_VERSION))
        db.change("INSERT INTO alembic_version (version_num) VALUES (?)", revision_of(SCHEMA_VERSION))
    return SCHEMA_VERSION


def revision_of(version: int) -> str:
    """What `migrations` call this version."""
    return f"{version:04d}"
