"""Monthly reports and tier reviews as mails: golden copies, hostile names, and what is told when there is nothing.

`UPDATE_GOLDEN=1 python -m pytest tests/emails/test_month_mails.py` renews the copies; the difference is reviewed in git.
"""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from bot.planning.month_values import LateProduct, MonthReport, Rate, TierReview
from bot.planning.notices import Draft, ReportMail
from bot.planning.report_values import LeftOut, Ranked
from tests.emails.month_samples import (
    MONTHLY_RUN,
    PLACE,
    all_mails,
    month,
    month_mail,
    moves,
    quiet,
    review,
    review_mail,
)
from tests.emails.reading import page, parsed, part
from tests.emails.samples import NOW, renderer
from tests.hostile import PAYLOADS

GOLDEN = Path(__file__).parent / "golden_months"
MAILS = all_mails()
RENDERERS = {language: renderer(language) for language in ("zh-CN", "en")}
LINKS = {"mailto:orders@example.com", *PLACE.tab_links.values()}


def mail_of(draft: Draft) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    return RENDERERS[draft.recipient.language].preview(draft)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_looks_as_it_did_when_someone_last_looked_at_it(name: str) -> None:
    draft = MAILS[name]
    mail = parsed(RENDERERS[draft.recipient.language].message(draft, NOW))
    headers = "".join(f"{key}: {value}\n" for key, value in mail.items())
    seen = {f"{name}.txt": f"{headers}\n{part(mail, 'plain')}", f"{name}.html": part(mail, "html")}
    for file, content in seen.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(content, "utf-8")
        assert content == (GOLDEN / file).read_text("utf-8")


def test_no_golden_file_is_left_of_a_mail_that_is_gone() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{name}.{end}" for name in MAILS for end in ("txt", "html")
    }


# ── hostile text ────────────────────────────────────────────────────────────────────────────────────────────


def named(text: str) -> tuple[MonthReport, TierReview]:
    """The month and the review with this text in every field that people can write."""
    report, own = month(), review()
    hostile_moves = tuple(replace(m, customer=text, number=text, owner=text) for m in moves("zh-CN"))

    def ranked(rows: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
        return tuple(replace(row, name=text, team=text) for row in rows)

    went = replace(report.deliveries, late_products=(LateProduct(text, Rate(1, 2)),))
    left_out = (LeftOut("contracts", 3, text, text, "amount", text), LeftOut(text, 4, text, text, text, text))
    return (
        replace(
            report, products=ranked(report.products), members=ranked(report.members), teams=ranked(report.teams),
            deliveries=went, moves=hostile_moves, left_out=left_out,
        ),
        replace(own, moves=hostile_moves),
    )  # fmt: skip


@cache
def harmless() -> tuple[Draft, Draft]:
    """The same mails with nothing hostile in them."""
    return month_mail(month(), "zh-CN"), review_mail(review(), "zh-CN")


@cache
def harmless_markup() -> tuple[set[str], set[tuple[str, str]], list[str]]:
    """Tags, attributes and comments that the templates themselves bring."""
    pages = [page(mail_of(draft)[2]) for draft in harmless()]
    return (
        {tag for found in pages for tag in found.tags},
        {attribute for found in pages for attribute in found.attributes},
        pages[0].comments,
    )


@pytest.mark.parametrize("name", PAYLOADS)
def test_text_from_cells_changes_nothing_but_the_words(name: str) -> None:
    tags, attributes, comments = harmless_markup()
    for draft, report in zip(harmless(), named(PAYLOADS[name]), strict=True):
        assert isinstance(draft.content, ReportMail)
        mail = parsed(
            RENDERERS["zh-CN"].message(replace(draft, content=replace(draft.content, report=report)), NOW)
        )
        found = page(part(mail, "html"))
        assert not mail.defects
        assert len(str(mail["Subject"])) < 78
        assert set(found.tags) <= tags
        assert found.attributes <= attributes
        assert {link for link in found.links if not link.startswith("cid:months.")} <= LINKS
        assert found.comments == comments


def test_a_month_of_very_many_names_stays_below_what_mail_readers_clip() -> None:
    report = month()
    many = tuple(replace(report.products[0], name=f"产品 {n} " * 9) for n in range(500))
    out = tuple(LeftOut("contracts", n, "", "", "amount", "很多字 " * 30) for n in range(900))
    draft = month_mail(
        replace(report, products=many, members=many, left_out=out, moves=moves("zh-CN") * 300), "zh-CN"
    )
    subject, _, html = mail_of(draft)
    assert len(html.encode()) < 100_000
    assert len(subject) < 78


# ── what is told ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_mail_is_whole_without_its_picture(language: str) -> None:
    draft = month_mail(month(language), language)
    _, _, with_picture = mail_of(draft)
    _, _, without = mail_of(replace(draft, pictures=()))
    assert len(draft.pictures) == 1
    assert page(without).text.split() == page(with_picture).text.split()


def test_the_picture_says_in_words_what_it_shows() -> None:
    _, _, html = mail_of(month_mail(month("en"), "en"))
    assert (
        'alt="Bar chart of twelve months: Nov 2026 came to CN¥418,450.00; the best was Nov 2026 with' in html
    )


def test_a_month_without_orders_is_told_in_a_few_words() -> None:
    draft = month_mail(quiet("en"), "en")
    subject, text, _ = mail_of(draft)
    assert subject == "Monthly report Nov 2026 · no orders"
    assert draft.pictures == ()
    assert "No orders were recorded this month" in text
    assert "Repeat purchases" not in text
    assert not quiet().has_news
    assert month().has_news


@pytest.mark.parametrize(
    ("before", "words"),
    [("400000", "▲ 4.6%"), ("500000", "▼ 16.3%"), ("418450", "= the same"), ("0", ""), ("-5", "")],
)
def test_a_month_is_held_against_the_one_before(before: str, words: str) -> None:
    report = month("en")
    amounts = (replace(report.before.amounts[0], amount=Decimal(before)),)
    report = replace(
        report,
        before=replace(report.before, amounts=amounts),
        products=(),
        members=(),
        teams=(),
        year_ago=None,
    )
    _, text, _ = mail_of(month_mail(report, "en"))
    top = text.partition("Month against month")[0]
    assert words in top
    assert any(sign in top for sign in ("▲", "▼", "= the same")) == bool(words)


def test_an_owner_sees_no_owners_and_a_lead_sees_all() -> None:
    assert "Owner: Fang Wang" in mail_of(review_mail(review("en"), "en"))[1]
    own = mail_of(review_mail(review("en", everybody=False), "en"))[1]
    assert "Owner:" not in own
    assert "3 of your customers would move" in own


def test_each_reader_of_a_run_has_a_mail_of_their_own_and_no_second() -> None:
    draft = month_mail(month(), "zh-CN")
    assert draft.id == f"{MONTHLY_RUN.id}:chen.jing@example.com"
    assert draft.id == month_mail(quiet(), "en").id
