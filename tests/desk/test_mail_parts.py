"""Mails taken apart: files under harmless names, pictures inside, links outside, and mails that are broken."""

import smtplib
from email.message import EmailMessage

import pytest
import requests

from bot.desk import Desk
from bot.desk.mail.letters import letter_of
from bot.desk.mail.mail_parts import as_download, attachment, html_to_show, links_in, parsed


def mail(html: str = "<p>x</p>") -> EmailMessage:
    message = EmailMessage()
    message["To"] = "李娜 <lina@sales.example>"
    message["Subject"] = "订单"
    message.set_content("x")
    message.add_alternative(html, subtype="html")
    return message


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("合同 2026.pdf", "合同 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("a:b*c|d?.pdf", "a_b_c_d_.pdf"),
        ("safe\u202efdp.exe", "safe_fdp.exe"),
        ("...", "attachment"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
    ],
)
def test_a_file_comes_under_a_name_that_is_only_a_name(given: str, name: str) -> None:
    message = mail()
    message.add_attachment(b"1", maintype="application", subtype="pdf")
    (part,) = message.iter_attachments()
    part.set_param("filename", given, header="Content-Disposition")
    assert parsed(message.as_bytes())["attachments"] == [{"name": name, "type": "application/pdf", "size": 1}]
    assert attachment(message.as_bytes(), 0) == (name, "application/pdf", b"1")
    assert attachment(message.as_bytes(), 1) is None


def test_a_download_is_never_shown_and_its_name_is_ascii_with_the_real_one_beside() -> None:
    assert (
        as_download("合同.pdf") == "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"
    )


def test_no_name_ends_a_header() -> None:
    assert as_download('a"\r\nSet-Cookie: x=1') == (
        "attachment; filename=\"a___Set-Cookie_ x_1\"; filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x%3D1"
    )


def test_pictures_a_mail_brings_along_are_shown_and_are_no_attachments() -> None:
    message = mail('<img src="cid:dot@x"><img src="cid:other@x"><img src="http://elsewhere.example/x.png">')
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(b"PNG", "image", "png", cid="<dot@x>")
    shown = html_to_show(message.as_bytes())
    assert 'src="data:image/png;base64,UE5H"' in shown
    assert 'src="cid:other@x"' in shown
    assert parsed(message.as_bytes())["attachments"] == []


def test_a_picture_named_very_often_does_not_make_a_mail_endless() -> None:
    message = mail('<img src="cid:big">' * 200)
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(b"x" * 1_000_000, "image", "png", cid="<big>")
    assert len(html_to_show(message.as_bytes())) < 100_000_000


def test_tags_that_load_are_no_tags_and_links_want_a_window() -> None:
    shown = html_to_show(
        mail('<!DOCTYPE html><IFRAME src=x></iframe><a href="y" TARGET = _self>z</a>').as_bytes()
    )
    assert shown.startswith('<!DOCTYPE html><base target="_blank"><x-IFRAME src=x></x-iframe>')
    assert '<a href="y" x-target= _self>' in shown


def test_what_only_looks_like_such_a_tag_stays() -> None:
    text = "<p>target = 5, <framework>, &lt;script&gt;</p>"
    assert html_to_show(mail(text).as_bytes()).strip() == f'<base target="_blank">{text}'


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="http://a.example/">one <b>two</b></a>', [("http://a.example/", "one two")]),
        ('<a href="HTTPS://a.example"><img></a>', [("HTTPS://a.example", "HTTPS://a.example")]),
        ('<a href="http://a.example/">1</a><a href="http://a.example/">2</a>', [("http://a.example/", "1")]),
        ('<a href="javascript:x">1</a><a href="data:x">2</a><a href="/x">3</a><a>4</a>', []),
        ('<a href="http://a.example/">never closed', [("http://a.example/", "never closed")]),
    ],
)
def test_links_are_those_of_the_web_each_once(html: str, links: list[tuple[str, str]]) -> None:
    assert links_in(html) == links


def test_a_letter_knows_people_by_name_and_finds_them_by_any_word() -> None:
    letter = letter_of(1, "", "bot@desk.example", ["LINA@sales.example"], mail().as_bytes())
    assert [(person.address, person.name) for person in letter.people] == [("lina@sales.example", "李娜")]
    assert letter.subject == "订单"
    assert "李娜" in letter.words
    assert "订单" in letter.words


def test_a_name_cannot_pretend_to_be_another_address() -> None:
    raw = b'To: "boss@company.example, " <a@x.example>, =?utf-8?q?b=40y=2Eexample=2C_?= <c@z.example>\r\n\r\n'
    letter = letter_of(1, "", "", ["a@x.example", "c@z.example", "hidden@x.example"], raw)
    assert [(p.address, p.name) for p in letter.people] == [
        ("a@x.example", "boss@company.example, "),
        ("c@z.example", "b@y.example, "),
        ("hidden@x.example", ""),
    ]


BROKEN = [
    b"",
    b"no headers at all",
    b"To: \xff\xfe <<>>,,;@\r\nSubject: =?utf-8?b?broken\r\n\r\n\xff\xfe",
    b"Content-Type: text/html; charset=nonsense\r\n\r\n<script>\xe4\xbd\xa0",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\nnot multipart",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: attachment; filename*=a'b'%ff\r\n\r\n1\r\n--x--",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n--x--",
    b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: ;;;\r\nContent-ID: \xff\r\n\r\n--x--",
]


@pytest.mark.parametrize("raw", BROKEN)
def test_a_broken_mail_is_listed_and_opened_all_the_same(own_desk: Desk, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", own_desk.smtp_port, timeout=5) as connection:
        connection.sendmail("a@example.com", ["b@example.com"], raw)
    for path in (
        "/mail",
        "/mail/1",
        "/mail/1?part=text",
        "/mail/1?part=headers",
        "/mail/1/body",
        "/mail/1/raw",
    ):
        assert requests.get(own_desk.url + path, timeout=5).status_code == 200, path
    assert requests.get(f"{own_desk.url}/mail/1/file/0", timeout=5).status_code in {200, 404}


@pytest.mark.parametrize(
    "path",
    ["/mail/2", "/mail/x", "/mail/0", "/mail/1/file/9", "/mail/1/nothing", "/mail/99999999999999999999"],
)
def test_a_mail_that_is_not_there_is_not_found(own_desk: Desk, path: str) -> None:
    assert requests.get(own_desk.url + path, timeout=5).status_code == 404
