"""The message a draft becomes: its headers, its parts, its language."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.mails.rendering import TEMPLATES, Renderer, promised
from bot.mails.wording import read_words
from bot.planning.notices import Draft
from bot.planning.rules import HourRules, Rules
from tests.emails.reading import parsed, part
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
            assert ("python -m bot release" in text) == (topic in {"flood", "emptied", "capped"})
            assert ("python -m bot release" in html) == (topic in {"flood", "emptied", "capped"})


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
        "import sys; from zoneinfo import ZoneInfo; from bot.mails.rendering import Renderer;"
        "Renderer('o@example.com', ZoneInfo('UTC'));"
        "print({'jinja2', 'babel', 'css_inline', 'markupsafe'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


# ── mail that waits ─────────────────────────────────────────────────────────────────────────────────────────

#: 21 November 2026 is a Saturday.
HEEDING = Rules(hours=HourRules(exempt=frozenset()))
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


def waiting(not_before: datetime | None = None, rules: Rules = HEEDING) -> tuple[datetime | None, str]:
    """When an admin's notice leaves, and its Date."""
    draft = replace(admin_mail(NOTICES["flood"], "en"), not_before=not_before)
    message = promised(draft, renderer(), NOW, rules)
    assert message.created_at == NOW
    return message.not_before, str(parsed(message.body)["Date"])


def test_mail_that_waits_is_dated_when_it_leaves() -> None:
    assert waiting() == (MONDAY, "Mon, 23 Nov 2026 08:00:00 +0800")


def test_a_later_moment_that_was_asked_for_is_moved_to_an_open_one() -> None:
    assert waiting(MONDAY - timedelta(hours=5)) == (MONDAY, "Mon, 23 Nov 2026 08:00:00 +0800")
    assert waiting(MONDAY + timedelta(hours=2))[0] == MONDAY + timedelta(hours=2)
    assert waiting(MONDAY + timedelta(hours=13))[0] == MONDAY + timedelta(days=1)
    assert waiting(NOW - timedelta(days=9))[0] == MONDAY, "an earlier one asks for nothing"


def test_mail_that_heeds_the_hours_has_a_moment_even_when_it_leaves_at_once() -> None:
    at_any_hour = replace(HEEDING, hours=HourRules(None, "", frozenset()))
    assert waiting(rules=at_any_hour)[0] == NOW


def test_exempt_mail_leaves_at_once_or_exactly_when_it_was_asked_for() -> None:
    assert waiting(rules=Rules())[0] is None
    asked = NOW + timedelta(hours=1)
    assert waiting(asked, Rules())[0] == asked


def test_purchase_details_leave_at_once_at_any_hour() -> None:
    draft = purchase_mail("purchase_customer", order())
    message = promised(draft, renderer(), NOW, HEEDING)
    assert (message.not_before, message.body) == (None, renderer().message(draft, NOW))
