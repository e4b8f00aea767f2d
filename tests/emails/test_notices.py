"""The mails about an order's life: what they say, to whom they say it, and in which thread they stand."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.mails.mail_text import thread_id
from bot.mails.rendering import TEMPLATES
from bot.planning.order_notices import Alteration, Check, OrderNotice
from sheets_schema.workflow import HEARD_BY
from tests.emails.notice_samples import (
    FORM,
    NOTICE_KINDS,
    PRICED,
    STEPS,
    TO_CUSTOMER,
    low_score,
    notice,
    notice_mail,
    notice_mails,
    survey,
)
from tests.emails.reading import page, parsed, part
from tests.emails.samples import LANGUAGES, NOW, ZH_LINES, order, purchase_mail, renderer

GOLDEN = Path(__file__).parent / "golden_notices"
MAILS = {
    f"{name}.{language}": draft for language in LANGUAGES for name, draft in notice_mails(language).items()
}
INTERNAL = ("老客户介绍", "C-1042", "展会", "range=A12", "客户等级", "周敏", "苏州云帆")


@pytest.mark.parametrize("name", MAILS)
def test_a_notice_looks_as_it_did_when_someone_last_looked_at_it(name: str) -> None:
    draft = MAILS[name]
    mail = parsed(renderer(draft.recipient.language).message(draft, NOW))
    headers = "".join(f"{key}: {value}\n" for key, value in mail.items())
    seen = {f"{name}.txt": f"{headers}\n{part(mail, 'plain')}", f"{name}.html": part(mail, "html")}
    for file, content in seen.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(content, "utf-8")
        assert content == (GOLDEN / file).read_text("utf-8")


def test_no_golden_file_is_left_of_a_notice_that_is_gone() -> None:
    wanted = {f"{name}.{end}" for name in MAILS for end in ("txt", "html")}
    assert {path.name for path in GOLDEN.iterdir()} == wanted


def test_every_step_of_the_workflow_has_its_mail() -> None:
    for kind in NOTICE_KINDS:
        files = {path.name for path in (TEMPLATES / kind).iterdir()}
        assert files == {"subject.txt", "body.txt", "body.html", "words.en.toml", "words.zh-CN.toml"}
    assert set(STEPS) == set(HEARD_BY)


# ── threads ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", NOTICE_KINDS)
def test_a_notice_answers_the_confirmation_that_its_side_got(kind: str) -> None:
    confirmed = "purchase_customer" if kind in TO_CUSTOMER else "purchase_sales"
    confirmation = parsed(renderer().message(purchase_mail(confirmed, order()), NOW))
    mail = parsed(renderer().message(notice_mail(kind), NOW))
    assert mail["In-Reply-To"] == mail["References"] == confirmation["Message-ID"]
    assert mail["Message-ID"] != confirmation["Message-ID"]
    assert str(mail["Subject"]).startswith("20261121-003 · ")
    assert thread_id(kind, "20261121-003") == f"{confirmed}:20261121-003:1"


# ── who may know what ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", TO_CUSTOMER)
def test_a_customer_reads_nothing_that_is_for_staff(kind: str) -> None:
    draft = notice_mail(kind)
    mail = parsed(renderer().message(draft, NOW))
    assert [address.addr_spec for address in mail["Reply-To"].addresses] == ["zhang.wei@example.com"]
    for body in (part(mail, "plain"), part(mail, "html")):
        assert not [secret for secret in INTERNAL if secret in body]
        assert "¥" not in body


@pytest.mark.parametrize("kind", NOTICE_KINDS)
def test_prices_are_for_those_who_review_and_sell(kind: str) -> None:
    _, text, html = renderer().preview(notice_mail(kind))
    assert ("¥1,280.00" in text) == ("¥1,280.00" in html) == (kind in PRICED)
    if kind in ("order_to_prepare", "order_stopped"):
        assert "¥" not in text + html


@pytest.mark.parametrize("kind", [kind for kind in STEPS if kind not in TO_CUSTOMER])
def test_staff_can_open_the_row_from_the_mail(kind: str) -> None:
    _, text, html = renderer().preview(notice_mail(kind))
    link = notice(kind).detail.row_link
    assert link in text
    assert link in page(html).links


def test_a_reason_is_told_to_the_customer_only_where_one_is_given() -> None:
    told = renderer().preview(notice_mail("order_cancelled"))
    silent = renderer().preview(
        notice_mail("order_cancelled", content=replace(notice("order_cancelled"), note=""))
    )
    assert all("取消原因" in body and "第一季度" in body for body in told[1:])
    assert not any("取消原因" in body for body in silent[1:])


def test_a_mail_says_when_a_reply_reaches_the_customer() -> None:
    draft = notice_mail("order_stopped")
    assert "即写信给张伟" in renderer().preview(draft)[1]
    customer = notice_mail("order_approved").reply_to
    assert "即写信给客户（李娜）" in renderer().preview(replace(draft, reply_to=customer))[1]


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_gives_cause_for_doubt_stands_first_and_stands_out() -> None:
    _, text, html = renderer().preview(notice_mail("review_waiting"))
    marks = re.findall(r"^([!✓]) (\S+)", text, re.MULTILINE)
    assert [mark for mark, _ in marks] == ["!", "!", "!", "✓", "✓", "✓"]
    assert html.count('<tr class="bad"') == 3
    for said in (
        "¥1,280.00，低于标价 ¥1,380.00（相差 7.2%）",
        "订购 2，现有库存 1，缺 1",
        "未结订单共 ¥72,509.50，额度 ¥60,000.00，超出 ¥12,509.50",
    ):
        assert said in text
        assert said in html


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"listed": 100, "unit_price": 100}, "¥100.00，与标价一致"),
        ({"listed": 100, "unit_price": 110}, "¥110.00，高于标价 ¥100.00（相差 10%）"),
        ({"listed": 0, "unit_price": 5}, "¥5.00，高于标价 ¥0.00"),
        ({"listed": 3, "unit_price": 10**14}, "高于标价 ¥3.00"),
    ],
)
def test_a_price_is_told_against_its_list_price(values: dict[str, int], said: str) -> None:
    check = Check("price", False, {"product": "温控器", **{k: Decimal(v) for k, v in values.items()}})
    content = replace(notice("review_waiting"), checks=(check,))
    assert f"{said}\n" in renderer().preview(notice_mail("review_waiting", content=content))[1]


def test_changes_are_told_in_the_forms_of_the_reader() -> None:
    changes = (
        Alteration("unit_price", "P", Decimal("5"), Decimal("4.5")),
        Alteration("due_date", "P", date(2026, 12, 1), None),
        Alteration("delivery_address", "P", "A", "B"),
        Alteration("quantity", "P", "two", Decimal(3)),
    )
    told = {}
    for language in LANGUAGES:
        content = replace(notice("order_changed", language), alterations=changes)
        told[language] = renderer(language).preview(notice_mail("order_changed", language, content))[1]
    for said in (
        "单价 · P：¥5.00 → ¥4.50",
        "2026年12月1日 → （空）",
        "交付地址 · P：A → B",
        "数量 · P：two → 3",
    ):
        assert said in told["zh-CN"]
    for said in ("Unit price · P: CN¥5.00 → CN¥4.50", "Due date · P: 1 Dec 2026 → (blank)"):
        assert said in told["en"]


def test_the_warehouse_reads_from_when_to_when_lines_are_due() -> None:
    lines = tuple(replace(ZH_LINES[0], due_date=date(2026, 12, day)) for day in (9, 1, 5))
    content = OrderNotice(order(lines=lines))
    _, text, html = renderer().preview(notice_mail("order_to_prepare", content=content))
    assert "预计交付：2026年12月1日 – 2026年12月9日" in text
    assert "2026年12月1日 – 2026年12月9日" in html


def test_the_last_question_says_that_it_is_the_last() -> None:
    first, again = (
        renderer().preview(notice_mail("survey", content=survey(again=again))) for again in (False, True)
    )
    assert "唯一一次提醒" in again[1]
    assert "唯一一次提醒" not in first[1]
    for _, text, html in (first, again):
        assert FORM in text
        assert FORM.replace("&", "&amp;") in html


def test_scores_that_were_not_given_are_not_shown() -> None:
    content = replace(low_score(), timeliness=None, comments="", answered_at=None)
    _, text, html = renderer().preview(notice_mail("low_score", content=content))
    assert "! 产品质量：2 / 5  ●●○○○" in text
    assert "交付及时性" not in text + html
    assert "客户意见" not in text + html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", STEPS)
def test_what_is_blank_leaves_no_label_in_a_notice(kind: str, language: str) -> None:
    blank: dict[str, Any] = dict.fromkeys(
        ("contract_no", "payment_method", "delivery_address", "salesperson", "phone", "contact", "row_link"),
        "",
    )
    line = replace(ZH_LINES[0], specification="", unit="", unit_price=None)
    bare = OrderNotice(replace(order(language, lines=(line,)), order_date=None, **blank))
    draft = replace(notice_mail(kind, language, bare), reply_to=None)
    _, text, html = renderer(language).preview(draft)
    assert "None" not in text + html
    assert not re.search(r"<td[^>]*></td>", html.partition("<h1")[2].partition('class="order"')[0])
    for label in ("合同编号", "付款方式", "交付地址", "Contract no.", "Payment", "Delivery address"):
        assert f"\n{label}" not in text


@pytest.mark.parametrize("kind", STEPS)
def test_a_long_order_fits_into_its_notice(kind: str) -> None:
    lines = ZH_LINES * 100
    content = replace(notice(kind, detail=order(lines=lines)), checks=notice("review_waiting").checks * 60)
    mail = renderer().message(notice_mail(kind, content=content), NOW)
    assert len(part(parsed(mail), "html").encode()) < 62_000
