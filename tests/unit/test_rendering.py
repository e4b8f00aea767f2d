"""Headers, ids, numbers and words of a mail; what the templates may and may not do."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from bot.mail_text import (
    display_name,
    is_address,
    mail_link,
    message_id,
    one_line,
    order_label,
    shown,
    subject_line,
)
from bot.planning.notices import Draft
from bot.rendering import TEMPLATES, Renderer
from bot.wording import Wording, read_words
from sheets_schema.languages import language_of
from tests.emails.reading import page, parsed, part
from tests.emails.samples import (
    LANGUAGES,
    NOTICES,
    NOW,
    PURCHASE_MAILS,
    ZH_LINES,
    admin_mail,
    order,
    purchase_mail,
    renderer,
)
from tests.hostile import PAYLOADS

MAILS = (*PURCHASE_MAILS, "admin_notice")
ZH = Wording("zh-CN", {})
EN = Wording("en", {})
MAY_BE_BLANK = (
    "contract_no",
    "customer_no",
    "customer_email",
    "contact",
    "tier",
    "phone",
    "payment_method",
    "delivery_address",
    "source",
    "salesperson",
    "salesperson_email",
    "row_link",
)


def first() -> Draft:
    return purchase_mail("purchase_customer", order())


# ── the message ─────────────────────────────────────────────────────────────────────────────────────────────


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert renderer().message(first(), NOW) == renderer().message(first(), NOW)


def test_the_date_is_the_moment_of_rendering_in_the_teams_zone() -> None:
    mail = parsed(renderer().message(first(), NOW))
    assert mail["Date"].datetime == NOW
    assert mail["Date"].datetime.utcoffset() == timedelta(hours=8)


def test_lines_end_as_the_standard_says_and_are_short() -> None:
    mail = renderer().message(first(), NOW)
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert mail.isascii()


@pytest.mark.parametrize("generation", [2, 3, 12])
def test_an_update_answers_the_first_confirmation(generation: int) -> None:
    original = parsed(renderer().message(first(), NOW))
    update = purchase_mail("purchase_customer", order(generation=generation))
    mail = parsed(renderer().message(update, NOW))
    assert mail["In-Reply-To"] == mail["References"] == original["Message-ID"]
    assert mail["Message-ID"] != original["Message-ID"]
    assert "更新" in mail["Subject"]
    assert "In-Reply-To" not in original
    assert "更新" not in original["Subject"]


def test_the_customers_mail_says_nothing_that_is_for_staff() -> None:
    _, text, html = renderer().preview(first())
    for secret in ("老客户介绍", "C-1042", "展会", "range=A12", "客户等级"):
        assert secret not in text
        assert secret not in html


def test_who_answers_reaches_the_other_side() -> None:
    for kind, other in (
        ("purchase_customer", "zhang.wei@example.com"),
        ("purchase_sales", "li.na@yunfan.example"),
    ):
        mail = parsed(renderer().message(purchase_mail(kind, order()), NOW))
        assert [address.addr_spec for address in mail["Reply-To"].addresses] == [other]


def test_both_parts_carry_the_same_figures() -> None:
    for language in LANGUAGES:
        _, text, html = renderer().preview(purchase_mail("purchase_sales", order(language), language))
        figures = re.findall(r"¥[\d,.]+", text)
        assert len(figures) == 6
        assert sorted(figures) == sorted(re.findall(r"¥[\d,.]+", html.partition("<h1")[2]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_blank_values_leave_no_labels(language: str) -> None:
    blank: dict[str, Any] = dict.fromkeys(MAY_BE_BLANK, "")
    line = replace(ZH_LINES[0], specification="", unit="", unit_price=None)
    bare = replace(order(language, lines=(line,)), order_date=None, **blank)
    for kind in PURCHASE_MAILS:
        draft = replace(purchase_mail(kind, bare, language), reply_to=None)
        words = read_words(TEMPLATES, kind, language)
        _, text, html = renderer(language).preview(draft)
        for key in ("contract_no", "payment_method", "delivery_address", "duration", "order_date", "tier"):
            label = words.get(key, "\0")
            assert f"{label}{words['colon']}" not in text
            assert f">{label}<" not in html
        assert "None" not in text + html


def test_a_mail_without_a_known_language_is_in_english() -> None:
    draft = first()
    for language in ("fr", "", "Klingon"):
        mail = parsed(
            renderer().message(replace(draft, recipient=replace(draft.recipient, language=language)), NOW)
        )
        assert mail["Content-Language"] == "en"
        assert '<html lang="en">' in part(mail, "html")


def test_an_admin_notice_names_the_command_only_where_one_is_needed() -> None:
    for topic, notice in NOTICES.items():
        for language in LANGUAGES:
            _, text, html = renderer().preview(admin_mail(notice, language))
            assert ("python -m bot release" in text) == (topic in {"flood", "emptied"})
            assert ("python -m bot release" in html) == (topic in {"flood", "emptied"})


@pytest.mark.parametrize(
    "kind",
    [*PAYLOADS.values(), "../etc", "_base", "_base/../purchase_sales", "Purchase", "nothing"],
    ids=lambda text: ascii(text)[:30],
)
def test_a_kind_is_never_a_path(kind: str) -> None:
    with pytest.raises(ValueError, match="not the name of a mail"):
        renderer().preview(replace(first(), kind=kind))


@pytest.mark.parametrize(
    "sender", ["", "Order Desk", "Order Desk <nobody>@", "a@b.example\r\nBcc: c@d.example"]
)
def test_a_sender_without_an_address_is_refused_at_once(sender: str) -> None:
    with pytest.raises(ValueError, match="is not of the form"):
        Renderer(sender, ZoneInfo("UTC"))


def test_a_worker_with_nothing_to_say_holds_no_template_engine() -> None:
    code = (
        "import sys; from zoneinfo import ZoneInfo; from bot.rendering import Renderer;"
        "Renderer('o@example.com', ZoneInfo('UTC'));"
        "print({'jinja2', 'babel', 'css_inline', 'markupsafe'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


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
        ".a@b",
        "a..b@c",
        "a@b\n",
        "a@-b",
        "a" * 250 + "@b.example",
    ):
        assert not is_address(text)
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


# ── templates ───────────────────────────────────────────────────────────────────────────────────────────────


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
    code = "".join(path.read_text("utf-8") for path in (TEMPLATES.parent / "bot").glob("mail_view.py"))
    for mail in ("_base", *MAILS):
        words = tomllib.loads((TEMPLATES / mail / "words.en.toml").read_text("utf-8"))
        for key in words:
            topic, _, rest = key.partition("_")
            by_topic = topic in NOTICES and f'"_{rest}"' in templates
            assert by_topic or f'"{key}"' in templates + code, key


def test_templates_trust_nothing_and_fetch_nothing() -> None:
    for path in TEMPLATES.glob("*/*"):
        text = path.read_text("utf-8")
        assert "safe" not in re.findall(r"\|\s*(\w+)", text)
        assert "autoescape" not in text
        assert not re.search(r"https?://|//[a-z]|@import|url\(|<script|<img|<form|<link", text)


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


@pytest.mark.parametrize("draft", [first(), *map(admin_mail, NOTICES.values())], ids=lambda draft: draft.id)
def test_a_mail_can_be_read_aloud(draft: Draft) -> None:
    subject, _, html = renderer().preview(draft)
    found = page(html)
    assert found.tags.count("h1") == 1
    assert f"<title>{subject}</title>" in html
    assert '<html lang="zh-CN">' in html
    assert {("th", "scope")} <= found.attributes or draft.kind == "admin_notice"
    tables = re.findall(r"<table[^>]*>", html)
    data = [tag for tag in tables if 'role="presentation"' not in tag]
    assert all('class="order"' in tag or 'class="facts"' in tag for tag in data)
    sizes = [
        int(size) for size in re.findall(r"font(?:-size)?: (\d+)px", html.partition('<div class="pre"')[2])
    ]
    assert min(size for size in sizes if size != 1) >= 14
