"""What a worker has in memory once it is put together: nothing that figures, charts and files are made with."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

#: All that `python -m bot run` imports.
_WORKER = "import bot.app, bot.cycle, bot.logs, bot.settings_apart, bot.worker"
_TOLD = "import json, sys; print(json.dumps(sorted(sys.modules)))"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    found = subprocess.run(
        [sys.executable, "-c", f"{_WORKER}; {_TOLD}"], capture_output=True, check=True, timeout=60
    )
    return set(json.loads(found.stdout))


@pytest.mark.parametrize("library", ["pandas", "numpy", "matplotlib", "openpyxl", "pydantic", "yaml"])
def test_a_worker_does_not_load(library: str, loaded: set[str]) -> None:
    assert library not in loaded


def test_of_the_reports_a_worker_loads_the_job_and_the_values_alone(loaded: set[str]) -> None:
    theirs = {name for name in loaded if name.startswith("bot.reports.")}
    assert theirs == {"bot.reports.job", "bot.reports.values", "bot.reports.month_values"}
