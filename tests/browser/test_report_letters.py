"""Weekly reports in a browser: they fit a phone, and their bars stand there without any picture."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.mails.mime import content_id
from bot.mails.rendering import Renderer
from bot.planning.notices import Draft
from tests.emails.report_samples import report_mails
from tests.emails.samples import renderer

NAMES = [
    *(f"weekly_personal.{language}.{when}" for language in ("zh-CN", "en") for when in ("full", "currencies", "empty")),
    *(f"weekly_team.{language}.{what}" for language in ("zh-CN", "en") for what in ("one", "all")),
]  # fmt: skip
WITH_PICTURES = ["weekly_personal.zh-CN.currencies", "weekly_team.en.all"]
Open = Callable[..., Page]


@cache
def drafts() -> Mapping[str, Draft]:
    return report_mails()


@cache
def renderer_of(language: str) -> Renderer:
    return renderer(language)


def html(name: str, *, pictures: bool) -> str:
    """The mail as a reader's program shows it, with its pictures or with them blocked."""
    draft = drafts()[name]
    _, _, shown = renderer_of(draft.recipient.language).preview(draft)
    for picture in draft.pictures if pictures else ():
        cid = content_id(picture, draft.id, "example.com")
        shown = shown.replace(f"cid:{cid}", f"data:image/png;base64,{base64.b64encode(picture.png).decode()}")
    return shown


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    pages: list[Page] = []

    def open_mail(name: str, *, width: int = 700, dark: bool = False, pictures: bool = True) -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=False,
        )
        pages.append(page)
        page.set_content(html(name, pictures=pictures))
        return page

    yield open_mail
    for page in pages:
        page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_report_fits_a_phone(name: str, opened: Open, picture: Callable[[Page, str], Path]) -> None:
    page = opened(name, width=360, dark=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    picture(page, f"{name}.phone")


@pytest.mark.parametrize("name", WITH_PICTURES)
def test_bars_stand_there_with_pictures_blocked(
    name: str, opened: Open, picture: Callable[[Page, str], Path]
) -> None:
    page = opened(name, pictures=False)
    widths = page.eval_on_selector_all(
        ".side .full", "cells => cells.map(c => c.offsetWidth / c.closest('table').offsetWidth)"
    )
    said = page.eval_on_selector_all(
        ".side .full", "cells => cells.map(c => parseInt(c.getAttribute('width')) / 100)"
    )
    assert widths
    assert widths == pytest.approx(said, abs=0.02)
    heights = page.eval_on_selector_all(".bar td", "cells => cells.map(c => c.offsetHeight)")
    assert set(heights) == {8}
    picture(page, f"{name}.blocked")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", WITH_PICTURES)
def test_every_picture_is_shown(
    name: str, dark: bool, opened: Open, picture: Callable[[Page, str], Path]
) -> None:
    page = opened(name, dark=dark)
    sizes = page.eval_on_selector_all("img", "pictures => pictures.map(p => [p.naturalWidth, p.clientWidth])")
    assert sizes == [[1120, 534]] * len(drafts()[name].pictures)
    picture(page, f"{name}.{'dark' if dark else 'light'}")
