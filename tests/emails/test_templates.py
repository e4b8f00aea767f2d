"""What the templates may and may not do, and that everyone can read what comes out."""

from __future__ import annotations

import re
import shutil
import string
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from bot.mails.rendering import TEMPLATES, Renderer
from bot.planning.notices import Draft
from tests.emails.notice_samples import NOTICE_KINDS, notice_mail
from tests.emails.reading import page
from tests.emails.samples import (
    NOTICES,
    PURCHASE_MAILS,
    admin_mail,
    order,
    purchase_mail,
    renderer,
    trial_mail,
)

REPORTS = ("weekly_personal", "weekly_team")
MAILS = (*PURCHASE_MAILS, "admin_notice", *REPORTS, *NOTICE_KINDS, "test_mail")


def first() -> Draft:
    return purchase_mail("purchase_customer", order())


@pytest.mark.parametrize("mail", ["_base", *MAILS])
def test_both_languages_say_the_same_things(mail: str) -> None:
    def names(language: str) -> dict[str, set[str]]:
        words = tomllib.loads((TEMPLATES / mail / f"words.{language}.toml").read_text("utf-8"))
        texts = {key: text if isinstance(text, str) else text["other"] for key, text in words.items()}
        return {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in texts.items()
        }

    assert names("zh-CN") == names("en")


def test_every_word_of_the_catalogues_is_used() -> None:
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*/*.*") if path.suffix != ".toml")
    views = (
        "mails/mail_view.py",
        "mails/notice_view.py",
        "mails/report_*.py",
        "mails/month_*.py",
        "reports/shown/attachments.py",
    )
    code = "".join(p.read_text("utf-8") for name in views for p in (TEMPLATES.parent / "bot").glob(name))
    for mail in ("_base", *MAILS):
        words = tomllib.loads((TEMPLATES / mail / "words.en.toml").read_text("utf-8"))
        for key in words:
            topic, _, rest = key.partition("_")
            if f"{topic}_over" in NOTICES:
                rest = rest.removeprefix("over_")
            by_topic = topic in NOTICES and f'"_{rest}"' in templates
            by_code = topic in {"why", "corrected"} and f'f"{topic}_{{' in code
            assert by_topic or by_code or f'"{key}"' in templates + code, key


def test_templates_trust_nothing_and_fetch_nothing() -> None:
    for path in TEMPLATES.glob("*/*"):
        text = path.read_text("utf-8")
        assert "safe" not in re.findall(r"\|\s*(\w+)", text)
        assert "autoescape" not in text
        assert not re.search(r"https?://|//[a-z]|@import|url\(|<script|<form|<link", text)
        # A picture comes with the mail or not at all.
        assert text.count("<img") == text.count('<img src="{{ picture.source }}"')


def test_a_missing_value_is_an_error_and_not_a_gap(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    (folder / "purchase_customer" / "subject.txt").write_text("{{ order.numbr }}", "utf-8")
    with pytest.raises(UndefinedError):
        Renderer("o@example.com", ZoneInfo("UTC"), templates=folder).preview(first())


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""

    def light(colour: str) -> float:
        channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("sheet", "texts", "grounds"),
    [
        (
            "style.css",
            ("#2c2620", "#6b6054", "#a9301c", "#9a2a18"),
            ("#fffdf9", "#f7f1e6", "#f2eadc", "#f4efe6"),
        ),
        ("style.css", ("#fff8ef",), ("#a9301c",)),
        ("media.css", ("#f1eae0", "#b9ad9e", "#f0937f"), ("#181512", "#231f1b", "#2e2822")),
        ("media.css", ("#fff8ef",), ("#b23a24",)),
    ],
)
def test_text_can_be_read_on_its_ground(sheet: str, texts: tuple[str, ...], grounds: tuple[str, ...]) -> None:
    css = (TEMPLATES / "_base" / sheet).read_text("utf-8")
    for text in texts:
        for ground in grounds:
            assert f"color: {text}" in css
            assert f"background-color: {ground}" in css
            assert _contrast(text, ground) >= 4.5


@pytest.mark.parametrize(
    "draft",
    [first(), trial_mail(), *map(admin_mail, NOTICES.values()), *map(notice_mail, NOTICE_KINDS)],
    ids=lambda draft: draft.id,
)
def test_a_mail_can_be_read_aloud(draft: Draft) -> None:
    subject, _, html = renderer().preview(draft)
    found = page(html)
    assert found.tags.count("h1") == 1
    assert f"<title>{subject}</title>" in html
    assert '<html lang="zh-CN">' in html
    assert {("th", "scope")} <= found.attributes or draft.kind == "admin_notice"
    tables = re.findall(r"<table[^>]*>", html)
    data = [tag for tag in tables if 'role="presentation"' not in tag]
    assert all(re.search(r'class="(order|facts|checks)"', tag) for tag in data)
    sizes = [
        int(size) for size in re.findall(r"font(?:-size)?: (\d+)px", html.partition('<div class="pre"')[2])
    ]
    assert min(size for size in sizes if size != 1) >= 14


@pytest.mark.parametrize(
    ("own", "shared"),
    [
        ("report.css", "style.css"),
        ("report_media.css", "media.css"),
        ("notice.css", "style.css"),
        ("notice_media.css", "media.css"),
    ],
)
def test_reports_and_notices_write_in_the_colours_of_all_mails(own: str, shared: str) -> None:
    colours = [
        set(re.findall(r"(?<![-a-z])color: (#[0-9a-f]{6})", (TEMPLATES / "_base" / sheet).read_text("utf-8")))
        for sheet in (own, shared)
    ]
    assert colours[0] <= colours[1]


@pytest.mark.parametrize(("sheet", "ground"), [("report.css", "#fffdf9"), ("report_media.css", "#231f1b")])
def test_a_bar_stands_out_from_what_is_behind_it(sheet: str, ground: str) -> None:
    css = (TEMPLATES / "_base" / sheet).read_text("utf-8")
    (bar,) = re.findall(r"\.full [^}]*background-color: (#[0-9a-f]{6})", css)
    (rest,) = re.findall(r"\.rest [^}]*background-color: (#[0-9a-f]{6})", css)
    assert _contrast(bar, ground) >= 3
    assert _contrast(bar, rest) >= 3
