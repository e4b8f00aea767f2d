"""A browser before the desk's pages: the system's Chromium, driven as a person would, keyboard and all.

Whatever a page complains about in its console fails the test it happened in.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from bot.desk import Desk
from tests.browser.grid import Grid, orders
from tests.desk.client import Workbook

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 5000  #: milliseconds a page gets to show what is expected


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine: install the package chromium to run the browser tests")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of the module's own."""
    with Desk(data=tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    """What the pages complained about; a test that provokes a complaint takes it out."""
    return []


@pytest.fixture
def open_page(browser: Browser, desk: Desk, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens pages in windows of their own: `open_page("/mail", locale="zh-CN", width=360, dark=True)`."""
    contexts: list[BrowserContext] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def opened(path: str = "/", *, locale: str = "en", width: int = 1280, height: int = 800, dark: bool = False,
               scripts: bool = True) -> Page:  # fmt: skip
        context = browser.new_context(
            base_url=desk.url,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A window at the desk's first page."""
    return open_page("/")


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], Path]:
    """Takes a picture of a whole page, into `$SCREENSHOTS` if that is set."""
    folder = Path(os.environ.get("SCREENSHOTS", "") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def taken(page: Page, name: str) -> Path:
        file = folder / f"{name}.png"
        page.screenshot(path=file, full_page=True)
        return file

    return taken


@pytest.fixture
def open_grid(open_page: Callable[..., Page]) -> Callable[..., Grid]:
    """Opens a workbook's page and waits until it takes keys: `open_grid(book, width=360)`."""

    def opened(book: Workbook, *, sheet: int = 0, **options: Any) -> Grid:
        page = open_page(f"/book/{book.id}/{sheet}", **options)
        page.wait_for_selector("#stage[data-ready]")
        return Grid(page, book)

    return opened


@pytest.fixture
def grid(open_grid: Callable[..., Grid], desk: Desk) -> Iterator[Grid]:
    """A small workbook of orders in an open window."""
    book = orders(desk)
    yield open_grid(book)
    book.session.close()
