"""The desk answers as Google answered: recorded exchanges, where they lie beside the checkout."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.desk import Desk

REPLAY = Path(__file__).parents[3] / "shared" / "recorded" / "replay.py"


@pytest.mark.skipif(not REPLAY.exists(), reason="the recordings are not beside this checkout")
def test_every_recorded_exchange_is_answered_as_google_did(own_desk: Desk) -> None:
    done = subprocess.run(
        [sys.executable, str(REPLAY), own_desk.url], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "cassettes: 122 passed, 0 failed" in done.stdout
