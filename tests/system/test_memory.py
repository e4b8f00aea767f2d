"""What polls and mails leave behind in a worker: no files, and hardly any memory. `make bench` has the long version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import structlog

from tests.system.growing import ORDERS, Grown, told
from tests.system.killing import ANY_HOUR
from tests.system.workplace import CONTRACTS, ROOT, line, premises

#: Polls after which what is loaded late is loaded, and those that count.
WARM, POLLS = 80, 120
#: Kilobytes.
MOST = 1536


def grown(folder: Path, warm: int, polls: int) -> tuple[Grown, Grown]:
    """A worker after it got warm, and after so many more polls, each with a change and a mail on average."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    try:
        with premises(folder / "desk") as found:
            place = found.workplace(
                folder / "bot", ANY_HOUR | {"mail": {"per_hour": 100_000, "per_day": 100_000}}
            )
            assert place.run("init") == 0
            place.add(CONTRACTS.key, *(line(f"order {i}") for i in range(ORDERS)))
            process = subprocess.run(
                [sys.executable, "-m", "tests.system.growing", str(place.config_path), found.desk.url, str(warm), str(polls)],
                cwd=ROOT, stdout=subprocess.PIPE, check=True,
            )  # fmt: skip
    finally:
        structlog.reset_defaults()
    before, after = told(process.stdout.decode())
    return before, after


def test_polls_and_mails_leave_no_file_open_and_hardly_any_memory(tmp_path: Path) -> None:
    before, after = grown(tmp_path, WARM, POLLS)
    assert after.mails == POLLS
    assert after.handles == before.handles
    assert after.kilobytes - before.kilobytes <= MOST
