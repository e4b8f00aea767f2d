"""Whatever people put into cells, a mail keeps its headers, links, tags and parts, and says what was written."""

from __future__ import annotations

import re
import socket
from dataclasses import fields, replace
from email.message import EmailMessage
from functools import cache
from typing import Any

import pytest

from bot.mails.mail_text import LONG, SHORT, one_line, shown
from bot.planning.notices import AdminNotice, Draft
from bot.planning.order_notices import Alteration, Check, Line, LowScore, OrderNotice, PurchaseDetail, Survey
from tests.emails.notice_samples import (
    NOTICE_KINDS,
    STEPS,
    low_score,
    notice,
    notice_mail,
    notice_mails,
    survey,
)
from tests.emails.reading import page, parsed, part
from tests.emails.samples import (
    LANGUAGES,
    NOTICES,
    NOW,
    PURCHASE_MAILS,
    SHEET,
    ZH_LINES,
    admin_mail,
    order,
    purchase_mail,
    renderer,
)
from tests.hostile import FORMULAS, PAYLOADS

RENDERER = renderer()
LINE_FIELDS = ("product", "specification", "unit", "duration", "special_requests", "notes")
ORDER_FIELDS = tuple(
    field.name
    for field in fields(PurchaseDetail)
    if field.type == "str" and field.name not in {"row_link", "currency"}
)
#: Fields that only the salesperson's mail shows.
INTERNAL = {"customer", "customer_no", "customer_email", "tier", "phone", "source", "notes"}
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("rendering opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def everywhere(text: str) -> PurchaseDetail:
    """The order with this text in every field that people can write."""
    line = replace(ZH_LINES[1], **_all(LINE_FIELDS, text), extra=((text, text),))
    return replace(order(lines=(line, ZH_LINES[0])), **_all((*ORDER_FIELDS, "currency"), text))


def _all(keys: tuple[str, ...], text: str) -> dict[str, Any]:
    return dict.fromkeys(keys, text)


def hostile_mail(kind: str, text: str) -> Draft:
    """A draft about that order, to and from people who go by that text too."""
    draft = purchase_mail(kind, everywhere(text))
    assert draft.reply_to is not None
    return replace(
        draft,
        recipient=replace(draft.recipient, name=text),
        reply_to=replace(draft.reply_to, name=text),
    )


@cache
def harmless_markup() -> tuple[set[tuple[str, str]], set[str], list[str]]:
    """Attributes, tags and comments that the templates themselves bring."""
    drafts = [*(purchase_mail(kind, order()) for kind in PURCHASE_MAILS), *map(admin_mail, NOTICES.values())]
    drafts += notice_mails("zh-CN").values()
    pages = [page(RENDERER.preview(draft)[2]) for draft in drafts]
    return (
        {attribute for found in pages for attribute in found.attributes},
        {tag for found in pages for tag in found.tags},
        pages[0].comments,
    )


def assert_built_as_ours(mail: EmailMessage, links: set[str]) -> None:
    """Headers, parts, tags, attributes, comments and links are those of a harmless mail."""
    assert not mail.defects
    parts = list(mail.walk())
    assert [p.get_content_type() for p in parts] == ["multipart/alternative", "text/plain", "text/html"]
    assert all(p.get_content_disposition() is None and p.get_filename() is None for p in parts)
    attributes, tags, comments = harmless_markup()
    found = page(part(mail, "html"))
    assert found.attributes <= attributes
    assert set(found.tags) <= tags
    assert found.comments == comments
    assert found.tags.count("h1") == found.tags.count("title") == found.tags.count("body") == 1
    assert set(found.links) <= links


@pytest.mark.parametrize("kind", PURCHASE_MAILS)
@pytest.mark.parametrize("name", PAYLOADS)
def test_text_from_cells_changes_nothing_but_the_words(name: str, kind: str) -> None:
    draft = hostile_mail(kind, PAYLOADS[name])
    mail = parsed(RENDERER.message(draft, NOW))
    assert mail.keys() == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == [draft.recipient.email]
    assert draft.reply_to is not None
    assert [address.addr_spec for address in mail["Reply-To"].addresses] == [draft.reply_to.email]
    assert len(str(mail["Subject"])) < 78
    links = {"mailto:orders@example.com", f"{SHEET}&range=A12"}
    assert_built_as_ours(mail, links)


@pytest.mark.parametrize(
    "sign", [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)], ids=ascii
)
def test_no_control_character_anywhere_ends_a_header_or_begins_one(sign: str) -> None:
    text = f"A{sign}Bcc: victim@evil.example{sign}{sign}<h1>x"
    for draft in (hostile_mail("purchase_customer", text), hostile_notice("order_shipped", text)):
        sent = RENDERER.message(draft, NOW)
        mail = parsed(sent)
        assert set(mail.keys()) <= {*HEADERS, "In-Reply-To", "References"}
        assert not mail.defects
        head = sent.partition(b"\r\n\r\n")[0]
        assert not [
            line for line in head.split(b"\r\n") if any(c < 0x20 and c != 9 for c in line) or len(line) > 998
        ]
        assert [address.addr_spec for address in mail["To"].addresses] == [draft.recipient.email]


@pytest.mark.parametrize("name", PAYLOADS)
def test_text_from_cells_stands_in_the_mail_as_it_was_written(name: str) -> None:
    text = PAYLOADS[name]
    mail = parsed(RENDERER.message(purchase_mail("purchase_sales", everywhere(text)), NOW))
    for body in (part(mail, "plain"), page(part(mail, "html").replace("<br>", "\n")).text):
        said = " ".join(body.split())
        for limit in (SHORT, LONG):
            assert " ".join(shown(text, limit).split()) in said
        assert one_line(text) in said


@pytest.mark.parametrize("kind", PURCHASE_MAILS)
@pytest.mark.parametrize("key", [*ORDER_FIELDS, *LINE_FIELDS])
def test_each_field_is_shown_where_it_belongs(key: str, kind: str) -> None:
    mark = '"<i>MARK {{7*7}}'
    if key in LINE_FIELDS:
        detail = order(lines=(replace(ZH_LINES[0], **_all((key,), mark)),))
    else:
        detail = replace(order(), **_all((key,), mark))
    mail = parsed(RENDERER.message(purchase_mail(kind, detail), NOW))
    wanted = kind == "purchase_sales" or key not in INTERNAL
    if kind == "purchase_sales" and key in {"salesperson_email"}:
        wanted = False  # it is the reader's own
    assert (mark in part(mail, "plain")) == wanted
    assert (mark in page(part(mail, "html")).text) == wanted


@pytest.mark.parametrize("name", PAYLOADS)
def test_an_admin_notice_quotes_titles_and_details_as_they_are(name: str) -> None:
    text = PAYLOADS[name]
    notice = AdminNotice("header", tab=text, details=(text,), workbook_link=text)
    mail = parsed(RENDERER.message(admin_mail(notice), NOW))
    assert mail.keys() == [key for key in HEADERS if key != "Reply-To"]
    assert_built_as_ours(mail, {"mailto:orders@example.com"})
    assert " ".join(shown(text).split()) in " ".join(part(mail, "plain").split())


def hostile_notice(kind: str, text: str) -> Draft:
    """A notice with this text wherever people can write, its links included, to and from people of that name."""
    detail = everywhere(text)
    content: OrderNotice | Survey | LowScore
    if kind == "survey":
        content = replace(survey(), detail=detail, form_link=text)
    elif kind == "low_score":
        fields_of = ("order_no", "customer", "contact", "phone", "email", "comments", "row_link")
        content = replace(low_score(), **_all(fields_of, text))
    else:
        words = _all(("note", "reviewer", "tracking"), text)
        doubts = tuple(
            Check(
                check.what,
                check.fine,
                {k: text if isinstance(v, str) else v for k, v in check.values.items()},
            )
            for check in notice("review_waiting").checks
        )
        changes = (Alteration("special_requests", text, text, text), Alteration("quantity", text, text, None))
        content = replace(notice(kind, detail=detail), checks=doubts, alterations=changes, **words)
    draft = notice_mail(kind, content=content)
    assert draft.reply_to is not None
    return replace(
        draft, recipient=replace(draft.recipient, name=text), reply_to=replace(draft.reply_to, name=text)
    )


@pytest.mark.parametrize("kind", NOTICE_KINDS)
@pytest.mark.parametrize("name", PAYLOADS)
def test_text_from_cells_changes_nothing_but_the_words_of_a_notice(name: str, kind: str) -> None:
    draft = hostile_notice(kind, PAYLOADS[name])
    mail = parsed(RENDERER.message(draft, NOW))
    place = HEADERS.index("MIME-Version")
    assert mail.keys() == [*HEADERS[:place], "In-Reply-To", "References", *HEADERS[place:]]
    assert len(str(mail["Subject"])) < 78
    assert re.fullmatch(r"<[^<>\s]+@example\.com>", mail["References"])
    assert_built_as_ours(mail, {"mailto:orders@example.com", f"{SHEET}&range=A12"})


@pytest.mark.parametrize(
    ("kind", "key", "limit"),
    [
        *(("order_sent_back", key, LONG) for key in ("note",)),
        ("order_stopped", "note", LONG),
        ("order_shipped", "tracking", SHORT),
        ("low_score", "comments", LONG),
    ],
)
@pytest.mark.parametrize("name", PAYLOADS)
def test_a_note_stands_in_its_notice_as_it_was_written(name: str, kind: str, key: str, limit: int) -> None:
    text = PAYLOADS[name]
    content: Any = low_score() if kind == "low_score" else notice(kind)
    draft = notice_mail(kind, content=replace(content, **_all((key,), text)))
    mail = parsed(RENDERER.message(draft, NOW))
    for body in (part(mail, "plain"), page(part(mail, "html").replace("<br>", "\n")).text):
        assert " ".join(shown(text, limit).split()) in " ".join(body.split())


@pytest.mark.parametrize("kind", [*STEPS, "survey"])
@pytest.mark.parametrize("text", FORMULAS[:12], ids=lambda text: ascii(text)[:30])
def test_the_subject_of_a_notice_carries_no_text_from_cells(text: str, kind: str) -> None:
    draft = hostile_notice(kind, text)
    assert isinstance(draft.content, OrderNotice | Survey)
    detail = replace(draft.content.detail, order_no="20261121-003", currency="CNY")
    subject, _, _ = RENDERER.preview(replace(draft, content=replace(draft.content, detail=detail)))
    harmless = (
        notice(kind, detail=order(lines=detail.lines)) if kind in STEPS else replace(survey(), detail=detail)
    )
    assert subject == RENDERER.preview(notice_mail(kind, content=harmless))[0]


@pytest.mark.parametrize("text", FORMULAS, ids=lambda text: ascii(text)[:30])
def test_a_subject_carries_no_text_from_cells(text: str) -> None:
    detail = replace(everywhere(text), order_no="20261121-003")
    for kind in PURCHASE_MAILS:
        subject, _, _ = RENDERER.preview(purchase_mail(kind, detail))
        harmless, _, _ = RENDERER.preview(
            purchase_mail(kind, replace(order(lines=detail.lines), currency=text))
        )
        assert subject == harmless
        assert subject.startswith("20261121-003 · 2 项")


@pytest.mark.parametrize(
    "address",
    [*PAYLOADS.values(), "two@example.com, three@example.com", "ümlaut@example.com", "a@b\n", ""],
    ids=lambda text: ascii(text)[:30],
)
def test_what_is_not_one_address_gets_no_mail_and_no_reply(address: str) -> None:
    draft = purchase_mail("purchase_customer", order())
    with pytest.raises(ValueError, match="not one plain mail address"):
        RENDERER.message(replace(draft, recipient=replace(draft.recipient, email=address)), NOW)
    assert draft.reply_to is not None
    mail = parsed(RENDERER.message(replace(draft, reply_to=replace(draft.reply_to, email=address)), NOW))
    assert "Reply-To" not in mail


@pytest.mark.parametrize(
    "link",
    [
        *PAYLOADS.values(),
        "http://docs.google.com/",
        "https://user@docs.google.com/",
        "https:///x",
        "ftp://127.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "https://[bad",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_what_is_no_safe_link_becomes_none(link: str) -> None:
    assert link not in _links(link)


def test_a_quote_in_a_link_stays_inside_it() -> None:
    assert 'https://x/"onclick=' in _links('https://x/"onclick=')


def test_a_local_workbook_can_be_linked() -> None:
    assert "http://127.0.0.1:8765/w/1#A12" in _links("http://127.0.0.1:8765/w/1#A12")


def _links(row_link: str) -> list[str]:
    detail = replace(order(), row_link=row_link)
    _, _, html = RENDERER.preview(purchase_mail("purchase_sales", detail))
    return page(html).links


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PURCHASE_MAILS)
def test_sixty_lines_fit_below_a_hundred_kilobytes(kind: str, language: str) -> None:
    lines = order(language).lines * 20
    mail = RENDERER.message(purchase_mail(kind, order(language, lines=lines), language), NOW)
    assert len(mail) < 100_000
    assert page(part(parsed(mail), "html")).text.count(lines[0].product) == 20


def test_an_order_too_long_for_a_mail_names_what_it_leaves_out() -> None:
    long = tuple(replace(ZH_LINES[0], product=f"产品{i:04d}", special_requests="x" * 900) for i in range(200))
    detail = order(lines=long)
    _, text, html = RENDERER.preview(purchase_mail("purchase_customer", detail))
    assert all(line.product in text for line in long)
    listed = sum(line.product in html for line in long)
    assert 0 < listed < 200
    assert len(html.encode()) < 70_000
    assert f"另有 {200 - listed} 行未在此列出，均已计入合计 ¥512,000.00" in html


def test_a_cell_as_long_as_a_sheet_allows_costs_little() -> None:
    line = Line("W" * 50_000, "W" * 50_000, ZH_LINES[0].quantity, "W" * 50_000, None, ZH_LINES[0].amount)
    mail = RENDERER.message(purchase_mail("purchase_sales", order(lines=(line,))), NOW)
    assert len(mail) < 40_000
