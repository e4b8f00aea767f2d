"""10,000 polls and 10,000 mails: what they leave behind in a worker. Takes minutes; tests/system/test_memory.py is short."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.measuring import show
from tests.system.test_memory import grown

#: Polls after which the worker has met everything once, a full Activity tab that is written anew included; and those
#: that count.
WARM, POLLS = 1_500, 10_000
#: Kilobytes.
MOST = 5 * 1024


def test_ten_thousand_polls_and_mails_leave_hardly_any_memory_and_no_file(tmp_path: Path) -> None:
    before, after = grown(tmp_path, WARM, POLLS)
    more = after.kilobytes - before.kilobytes
    show(
        f"What {after.polls:,} polls, each with a change, and {after.mails:,} mails leave behind",
        [
            ("resident memory", f"{more / 1024:+.1f} MiB", f"at most {MOST // 1024} MiB"),
            ("files, sockets and pipes", f"{after.handles - before.handles:+d}", "0"),
        ],
    )
    assert after.mails == POLLS
    assert after.handles == before.handles
    assert more <= MOST
