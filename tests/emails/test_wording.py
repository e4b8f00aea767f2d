"""Ids, names, numbers, days and languages as a mail says them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mails.mail_text import (
    display_name,
    is_address,
    mail_link,
    message_id,
    one_line,
    order_label,
    shown,
    subject_line,
    thread_id,
)
from bot.mails.wording import Wording
from sheets_schema.languages import language_of
from tests.hostile import PAYLOADS

ZH = Wording("zh-CN", {})
EN = Wording("en", {})


# ── ids ─────────────────────────────────────────────────────────────────────────────────────────────────────

IDS = st.one_of(
    st.text(max_size=40), st.text("ab:.=_-<>@ \r\n", max_size=12), st.sampled_from(list(PAYLOADS.values()))
)


@given(IDS, IDS)
def test_message_ids_are_equal_for_equal_ids_only(one: str, other: str) -> None:
    assert (message_id(one, "example.com") == message_id(other, "example.com")) == (one == other)


@given(IDS)
def test_a_message_id_is_one_safe_word(draft_id: str) -> None:
    word = message_id(draft_id, "example.com")
    assert re.fullmatch(r"<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(=[0-9a-f]{24})?@example\.com>", word)
    assert len(word) < 200


def test_a_usual_id_can_be_read_in_its_message_id() -> None:
    assert message_id("purchase_customer:20261121-003:1", "example.com") == (
        "<purchase_customer.20261121-003.1@example.com>"
    )


@given(IDS)
def test_a_notice_of_any_order_stands_in_the_thread_of_its_confirmation(number: str) -> None:
    assert (
        thread_id("order_shipped", number) == thread_id("survey", number) == f"purchase_customer:{number}:1"
    )
    for kind in ("order_stopped", "review_waiting", "low_score", "no_such_kind"):
        assert thread_id(kind, number) == f"purchase_sales:{number}:1"


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(), st.integers(1, 300))
def test_shown_text_neither_steers_nor_overflows(text: str, limit: int) -> None:
    seen = shown(text, limit)
    assert len(seen) <= limit
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", seen)
    assert shown(seen, limit) == seen
    assert "\n" not in one_line(text, limit)


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_a_name_in_a_header_is_a_name(text: str) -> None:
    name = display_name(text)
    assert len(name) <= 80
    assert not re.search(r'[<>@"\\:;=?\[\]{}\x00-\x1f]', name)
    assert "://" not in name
    assert "www." not in name


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("李娜", "Zhang Wei", "O’Brien, Jr.", "Müller & Söhne (Berlin)", "José-María Núñez"):
        assert display_name(name) == name


def test_an_order_number_in_a_subject_keeps_only_what_numbers_are_made_of() -> None:
    assert order_label("20261121-003") == "20261121-003"
    assert order_label("A/17.b_#2") == "A/17.b_#2"
    assert order_label("1\r\nBcc: x@y <b>") == "1Bccxyb"
    assert len(order_label("9" * 500)) == 40
    assert len(subject_line("x" * 500)) == 77


def test_an_address_is_one_plain_address() -> None:
    assert is_address("li.na+orders@mail.example.com")
    for text in (
        "",
        "a",
        "a@",
        "@b",
        "a b@c",
        "a@b c",
        "a@b@c",
        "a@b\n",
        "a,b@c",
        "<a@b>",
        '"a"@b',
        "ü@b.example",
        "a" * 250 + "@b.example",
    ):
        assert not is_address(text)
    # What only the server can refuse is the server's to refuse: rendering stops for no row that planning let pass.
    for text in ("a..b@c.example", ".a@b.example", "a@-b.example"):
        assert is_address(text)
    assert mail_link("a?bcc=x%26@b.example") == "mailto:a%3Fbcc%3Dx%2526@b.example"


# ── numbers, days, languages ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "currency", "chinese", "english"),
    [
        ("1234.5", "CNY", "¥1,234.50", "CN¥1,234.50"),
        ("0.1234", "CNY", "¥0.1234", "CN¥0.1234"),
        ("-5", "USD", "-US$5.00", "-$5.00"),
        ("1235", "JPY", "JP¥1,235", "¥1,235"),
        ("2", "KWD", "KWD\u00a02.000", "KWD\u00a02.000"),
        ("3", "Taler", "3.00", "3.00"),
        ("12345678901234567890123456789.01", "CNY", "¥12,345,678,901,234,567,890,123,456,789.01", ""),
        ("-12345678901234567890123456789.01", "CNY", "-¥12,345,678,901,234,567,890,123,456,789.01", ""),
        ("1E+3", "CNY", "¥1,000.00", "CN¥1,000.00"),
        ("0.00", "CNY", "¥0.00", "CN¥0.00"),
    ],
)
def test_money_loses_no_digit(amount: str, currency: str, chinese: str, english: str) -> None:
    assert ZH.money(Decimal(amount), currency) == chinese
    if english:
        assert EN.money(Decimal(amount), currency) == english


def test_no_amount_is_no_text() -> None:
    assert ZH.money(None, "CNY") == ""


def test_quantities_have_no_zeros_at_the_end() -> None:
    assert [ZH.quantity(Decimal(n)) for n in ("2.500", "300", "1E+4", "0.10", "5.0", "12345.678")] == [
        "2.5",
        "300",
        "10,000",
        "0.1",
        "5",
        "12,345.678",
    ]


def test_days_are_taken_for_no_other_day() -> None:
    assert ZH.day(date(2026, 3, 4)) == "2026年3月4日"
    assert EN.day(date(2026, 3, 4)) == "4 Mar 2026"
    assert EN.day(None) == ""


@pytest.mark.parametrize(
    "text", ["zh", "zh-CN", "zh_CN", "ZH-Hans", " 中文 ", "简体中文", "Chinese", "CHINESE", "ｚｈ", "zh-TW"]
)
def test_chinese_is_known_by_its_names(text: str) -> None:
    assert language_of(text, "en") == "zh-CN"


@pytest.mark.parametrize(
    "text", ["en", "EN-us", "en_GB", "English", "英文", "英语", "fr", "Deutsch", "zhuang", "=1+1"]
)
def test_every_other_language_reads_english(text: str) -> None:
    assert language_of(text, "zh-CN") == "en"


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u200b"])
def test_no_language_is_the_default(text: str) -> None:
    assert language_of(text, "zh-CN") == "zh-CN"
    assert language_of(text, "en") == "en"
