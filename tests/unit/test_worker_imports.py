"""What a worker has in memory once it is put together: nothing that figures, charts and files are made with."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

#: All that `python -m bot run` imports.
_WORKER = "import bot.app, bot.cycle, bot.logs, bot.settings_apart, bot.worker"
_TOLD = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded_by(imports: str) -> set[str]:
    """The modules that a new process holds after these imports."""
    found = subprocess.run(
        [sys.executable, "-c", f"{imports}; {_TOLD}"], capture_output=True, check=True, timeout=60
    )
    return set(json.loads(found.stdout))


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return loaded_by(_WORKER)


@pytest.mark.parametrize(
    "library",
    ["pandas", "numpy", "matplotlib", "openpyxl", "pydantic", "yaml", "alembic", "sqlalchemy"],
)
def test_a_worker_does_not_load(library: str, loaded: set[str]) -> None:
    assert library not in loaded


def test_a_way_to_the_sheet_loads_no_login_by_browser() -> None:
    loaded = loaded_by(
        "from bot.adapters.google_sheets import GoogleWorkbook; GoogleWorkbook('x', 'http://127.0.0.1:1')"
    )
    assert "gspread.http_client" in loaded
    assert not loaded & {"oauthlib", "google_auth_oauthlib", "http.server", "gspread.auth"}


@pytest.mark.parametrize("library", ["prometheus_client", "sentry_sdk", "sqlalchemy"])
def test_what_is_optional_is_not_loaded_unless_it_is_asked_for(library: str, loaded: set[str]) -> None:
    assert library not in loaded


def test_a_worker_loads_nothing_of_the_reports(loaded: set[str]) -> None:
    assert {name for name in loaded if name.startswith("bot.reports")} == set()


def test_a_worker_loads_nothing_of_the_layout(loaded: set[str]) -> None:
    assert {name for name in loaded if name.startswith("bot.layout")} == set()
    assert not loaded & {"bot.adapters.sheets_layout", "bot.adapters.sheets_guide", "sheets_schema.guide"}


def test_the_child_that_only_brings_figures_up_to_date_loads_no_plotting() -> None:
    loaded = loaded_by("import bot.reports.child")
    assert "pandas" in loaded
    assert not loaded & {"matplotlib", "openpyxl"}
