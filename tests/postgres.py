"""A Postgres for the tests: the one of $TEST_POSTGRES_URL, else a private one, else a skip that says why.

Each test gets a schema of its own, so that tests run in any order and leave nothing behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest version first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(installed, key=lambda folder: folder.parent.name.zfill(4), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server whose database the tests may fill."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    programs = _programs()
    if programs is None:
        pytest.skip("no Postgres: set TEST_POSTGRES_URL, or install a server (initdb, pg_ctl)")
    # Postgres refuses to run as root, and pytest's own temporary folders are closed to everyone else.
    as_postgres: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="order-desk-pg-"))
    if os.geteuid() == 0:
        if shutil.which("runuser") is None:
            pytest.skip("no Postgres: it does not run as root, and there is no runuser to start it otherwise")
        as_postgres = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        subprocess.run(
            [*as_postgres, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60
        )

    data, pg_ctl = str(folder / "data"), str(programs / "pg_ctl")
    # Durability is not what these tests are about, and without fsync they take a fraction of the time.
    options = (
        f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    )
    try:
        run(str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(pg_ctl, "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
        yield f"postgresql://postgres@/postgres?host={folder}"
        run(pg_ctl, "stop", "-w", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty schema that nobody else uses."""
    yield from _schema_of_its_own(postgres_server)


@pytest.fixture
def another_postgres_url(postgres_server: str) -> Iterator[str]:
    """One more of these."""
    yield from _schema_of_its_own(postgres_server)


def _schema_of_its_own(postgres_server: str) -> Iterator[str]:
    import psycopg  # noqa: PLC0415 - a run without Postgres needs no driver

    schema = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        glue = "&" if "?" in postgres_server else "?"
        yield f"{postgres_server}{glue}options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
