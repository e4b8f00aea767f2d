"""Fills a desk with ten million cells, or reads them back, in a process that may have 4 GiB and no more.

    python -m tests.benchmarks.ten_million fill|read FOLDER

`read` prints what it took as JSON. A process of its own, because a limit cannot be lifted again.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import orjson

from tests.benchmarks.long_table import LongTable, row_of
from tests.benchmarks.measuring import resident_mib

LIMIT = 4 * 2**30
HEIGHT, WIDTH = 333_333, 30


def _fill(folder: Path) -> None:
    with LongTable(folder) as table:
        table.resize(HEIGHT, WIDTH)
        table.fill(HEIGHT)


def _read(folder: Path) -> dict[str, float]:
    took = {}
    started = time.process_time()
    with LongTable(folder) as table:
        last = orjson.loads(table.read(f"A{HEIGHT}:AD{HEIGHT}", "UNFORMATTED_VALUE"))["values"]
        took["load"] = time.process_time() - started
        assert last == [row_of(HEIGHT - 1)]
        for how in ("UNFORMATTED_VALUE", "FORMATTED_VALUE"):
            started = time.process_time()
            body = table.read("Sheet1", how)
            took[how] = time.process_time() - started
            assert body.count(b"],[") == HEIGHT - 1
    took["peak_mib"] = resident_mib(os.getpid(), "VmHWM")
    return took


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    what, where = sys.argv[1], Path(sys.argv[2])
    if what == "fill":
        _fill(where)
    else:
        sys.stdout.buffer.write(orjson.dumps(_read(where)))
