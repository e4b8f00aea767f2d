import subprocess
import sys
from pathlib import Path

from tests.desk.client import Workbook

WRITERS, EACH = 8, 25
PROGRAM = Path(__file__).with_name("writers.py")


def test_eight_programs_writing_at_once_lose_no_append_and_no_update(book: Workbook) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-S", str(PROGRAM), book.desk.url, book.id, f"w{number}", str(EACH)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    acknowledged = [line.split() for one in programs for line in one.communicate(timeout=60)[0].splitlines()]
    assert [one.returncode for one in programs] == [0] * WRITERS
    expected = sorted(f"w{number}-{count}" for number in range(WRITERS) for count in range(EACH))
    assert len(acknowledged) == 2 * len(expected)
    # Nothing is ever inserted above a row, so a row stays where its append was told to be.
    stands = {f"A{number}": row for number, row in enumerate(book.read("A1:B"), 1)}
    assert all(row == [row[0], row[0]] for row in stands.values())
    assert sorted(row[0] for row in stands.values()) == expected
    for text, at in acknowledged:
        assert stands[at.replace("B", "A")][0] == text
