"""The daily digest as a mail: golden copies, hostile names, long lists, and what its subject tells.

`UPDATE_GOLDEN=1 python -m pytest tests/emails/test_digest_mails.py` renews the copies; the difference is reviewed in git.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.mails.digest_view import ROWS
from bot.mails.rendering import TEMPLATES
from bot.planning.digest_values import Digest
from bot.planning.notices import Draft
from tests.emails.digest_samples import all_mails, digest_mail, full, long, small
from tests.emails.reading import page, parsed, part
from tests.emails.samples import LANGUAGES, NOW, SHEET, renderer
from tests.hostile import PAYLOADS

GOLDEN = Path(__file__).parent / "golden_digest"
MAILS = all_mails()
RENDERERS = {language: renderer(language) for language in LANGUAGES}


def mail_of(draft: Draft) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    return RENDERERS[draft.recipient.language].preview(draft)


@pytest.mark.parametrize("name", MAILS)
def test_a_digest_looks_as_it_did_when_someone_last_looked_at_it(name: str) -> None:
    draft = MAILS[name]
    mail = parsed(RENDERERS[draft.recipient.language].message(draft, NOW))
    headers = "".join(f"{key}: {value}\n" for key, value in mail.items())
    seen = {f"{name}.txt": f"{headers}\n{part(mail, 'plain')}", f"{name}.html": part(mail, "html")}
    for file, content in seen.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(content, "utf-8")
        assert content == (GOLDEN / file).read_text("utf-8")


def test_no_golden_file_is_left_of_a_digest_that_is_gone() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{name}.{end}" for name in MAILS for end in ("txt", "html")
    }


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "1 overdue, 1 due soon · 27 Nov"), ("zh-CN", "1 单逾期、1 单即将到期 · 11月27日")],
)
def test_the_subject_tells_how_much_there_is_to_look_at(language: str, subject: str) -> None:
    assert mail_of(digest_mail(small(language), language))[0] == subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subject_of_large_numbers_still_ends_with_the_day(language: str) -> None:
    digest = full(language)
    many = replace(
        digest,
        overdue=digest.overdue * 999,
        escalated=digest.escalated * 9999,
        due_soon=digest.due_soon * 999,
    )
    subject, _, html = mail_of(digest_mail(many, language))
    assert subject.endswith(("27 Nov", "11月27日"))
    assert len(html.encode()) < 62_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_order_stands_in_text_and_html_with_its_link(language: str) -> None:
    digest = full(language)
    _, text, html = mail_of(digest_mail(digest, language))
    found = page(html)
    for section in (digest.overdue, digest.escalated, digest.due_soon, digest.to_review, digest.silent):
        for line in section:
            assert line.order_no in text
            assert line.order_no in html
            assert line.link in text
            assert line.link in found.links


def test_a_long_list_is_cut_and_says_how_much_more_the_sheet_has() -> None:
    digest = long("en")
    _, text, html = mail_of(digest_mail(digest, "en"))
    more = f"and {len(digest.overdue) - ROWS} more in the sheet"
    assert more in text
    assert more in html
    assert html.count('class="no"') == text.count("\n- ") == ROWS


def test_worst_stands_first() -> None:
    _, text, _ = mail_of(digest_mail(full("en"), "en"))
    titles = (
        "Overdue",
        "Long overdue in your team",
        "Due soon",
        "Waiting for your review",
        "No update",
        "Expected",
    )
    places = [text.index(f"\n{title} ") for title in titles]
    assert places == sorted(places)


def test_both_languages_say_the_same_things_of_a_digest() -> None:
    words = [
        tomllib.loads((TEMPLATES / "digest" / f"words.{language}.toml").read_text("utf-8"))
        for language in LANGUAGES
    ]
    assert words[0].keys() == words[1].keys()
    code = "".join(
        path.read_text("utf-8")
        for path in (*(TEMPLATES / "digest").glob("*.*ml"), *(TEMPLATES / "digest").glob("*.txt"))
        if path.suffix != ".toml"
    ) + (TEMPLATES.parent / "bot" / "mails" / "digest_view.py").read_text("utf-8")
    for key in words[0]:
        stem = re.sub(r"_(short|title|hint)$", "", key)
        assert f'"{key}"' in code or f'"{stem}"' in code or key in ("seal", "heading"), key


@pytest.mark.parametrize("name", PAYLOADS)
def test_text_from_cells_changes_nothing_but_the_words_of_a_digest(name: str) -> None:
    text = PAYLOADS[name]
    plain = full("zh-CN")
    hostile = _named(plain, text)
    harmless = page(mail_of(digest_mail(plain, "zh-CN"))[2])
    mail = parsed(RENDERERS["zh-CN"].message(digest_mail(hostile, "zh-CN"), NOW))
    found = page(part(mail, "html"))
    assert not mail.defects
    assert len(str(mail["Subject"])) < 78
    assert set(found.tags) <= set(harmless.tags)
    assert found.attributes <= harmless.attributes
    assert set(found.links) <= {"mailto:orders@example.com", SHEET}
    assert found.comments == harmless.comments


def _named(digest: Digest, text: str) -> Digest:
    """The digest with this text in every field that people can write."""
    sections = ("overdue", "escalated", "due_soon", "to_review", "silent")
    lines = {
        section: tuple(
            replace(
                line, order_no=text, customer=text, product=text, salesperson=text, status=text, currency=text,
                link=text,
            )
            for line in getattr(digest, section)
        )
        for section in sections
    }  # fmt: skip
    reminders = tuple(
        replace(one, customer=text, contact=text, phone=text, link=text) for one in digest.next_purchases
    )
    return replace(digest, **lines, next_purchases=reminders)
