"""The mailbox in a browser: mail arriving, people, search, and mails that mean harm."""

import base64
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage

import pytest
import requests
from playwright.sync_api import Page, expect

from bot.desk import Desk

Open = Callable[..., Page]
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def mail(subject: str, to: str = "李娜 <lina@sales.example>", html: str = "<p>您好</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Order Desk <orders@desk.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("您好，订单已登记。\n")
    message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def deliver(desk: Desk) -> Iterator[Callable[[EmailMessage], None]]:
    """Sends mails to an empty mailbox."""
    requests.delete(f"{desk.url}/_desk/mail", timeout=5)
    with smtplib.SMTP("127.0.0.1", desk.smtp_port, timeout=5) as connection:
        yield lambda message: (connection.send_message(message), None)[1]


class Elsewhere:
    """Another machine the mails try to reach; it must not even be connected to."""

    def __init__(self) -> None:
        self.visits = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                visitor, _ = self._listening.accept()
                self.visits += 1
                visitor.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    running = Elsewhere()
    yield running
    running.close()


def test_mail_arrives_without_a_reload_and_is_marked_until_it_was_opened(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    deliver(mail("Old"))
    page = open_page("/mail")
    expect(page.locator("#letters li")).to_have_count(1)
    expect(page.locator("#letters li.new")).to_have_count(0)
    page.evaluate("window.untouched = true")
    deliver(mail("订单 20261122-001 已登记"))
    expect(page.locator("#letters li")).to_have_count(2)
    expect(page.locator("#letters li").first).to_contain_text("订单 20261122-001 已登记")
    expect(page.locator("#letters li.new")).to_have_count(1)
    expect(page.locator("#news")).to_have_text("1 new: 订单 20261122-001 已登记")
    expect(page.locator("#total")).to_have_text("2")
    assert page.evaluate("window.untouched")
    page.locator("#letters li a").first.click()
    expect(page.get_by_role("heading", name="订单 20261122-001 已登记")).to_be_visible()
    expect(page.locator("#letters li.new")).to_have_count(0)


def test_mails_are_filtered_by_person_and_searched(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    deliver(mail("Your order 001", "Jonas Weber <weber@nordlicht.example>"))
    deliver(mail("新订单 001"))
    deliver(mail("新订单 002"))
    page = open_page("/mail")
    page.get_by_role("link", name="Jonas Weber 1").first.click()
    expect(page.locator("#letters .what")).to_have_text(["Your order 001"])
    page.get_by_role("link", name="Everybody").click()
    page.get_by_label("Search mails").fill("李娜 002")
    page.keyboard.press("Enter")
    expect(page.locator("#letters .what")).to_have_text(["新订单 002"])
    page.get_by_label("Search mails").fill("nothing like it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No mail fits.")).to_be_visible()


def test_a_mail_shows_its_parts_its_pictures_and_its_files(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    message = mail("With a picture", html='<p id="hello">您好</p><img id="dot" src="cid:dot@desk">')
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(DOT, "image", "png", cid="<dot@desk>")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../合同<b>.pdf")
    deliver(message)
    page = open_page("/mail")
    page.locator("#letters li a").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#hello")).to_have_text("您好")
    expect(frame.locator("#dot")).to_have_js_property("naturalWidth", 1)
    with page.expect_download() as download:
        page.get_by_role("link", name=".pdf").click()
    assert download.value.suggested_filename == "合同_b_.pdf"
    assert download.value.path().read_bytes() == b"%PDF-1.7"
    page.get_by_role("link", name="Text only").click()
    expect(page.locator("pre.text")).to_contain_text("您好，订单已登记。")
    page.get_by_role("link", name="Headers").click()
    expect(page.get_by_role("row", name="Subject With a picture")).to_be_visible()


def test_a_mails_time_is_the_readers(
    open_page: Open, desk: Desk, deliver: Callable[[EmailMessage], None]
) -> None:
    deliver(mail("When"))
    page = open_page("/mail")
    page.locator("#letters li a").click()
    shown = page.locator(".facts time")
    hour, minute = desk.mails()[0]["received_at"][11:16].split(":")
    expect(shown).to_contain_text(f"{(int(hour) + 8 - 1) % 12 + 1}:{minute}")  # the reader is in Shanghai


HARM = """
<html><head>
<meta http-equiv="refresh" content="0;url={url}/refresh">
<link rel="stylesheet" href="{url}/style.css"><base href="{url}/">
<style>@import "{url}/import.css"; body {{ background: url({url}/background.png) }}</style>
<script>top.location = "{url}/script"; document.title = "run"</script>
</head><body onload="top.document.title='run'">
<h1 id="shown">Dear customer</h1>
<img src="{url}/pixel.png" srcset="{url}/set.png 2x" onerror="top.document.title='run'">
<iframe src="{url}/frame"></iframe><object data="{url}/object"></object><embed src="{url}/embed">
<video src="{url}/video" autoplay></video><svg><image href="{url}/svg.png"/></svg>
<form id="form" action="{url}/form" method="post"><input name="password"><button id="send">Log in</button></form>
<a id="top" href="{url}/link" target="_top">Click</a> <a id="blank" href="{url}/blank" target="_blank">Click</a>
<a id="self" href="{url}/self" target="_self">Click</a> <a id="js" href="javascript:top.document.title='run'">Click</a>
</body></html>
"""


def test_a_mail_that_means_harm_runs_nothing_and_loads_nothing(
    open_page: Open, deliver: Callable[[EmailMessage], None], elsewhere: Elsewhere, complaints: list[str]
) -> None:
    deliver(mail("Harmless?", html=HARM.format(url=elsewhere.url)))
    page = open_page("/mail")
    page.locator("#letters li a").click()
    title = page.title()
    address = page.url
    frame = page.frame_locator("iframe")
    expect(frame.locator("#shown")).to_have_text("Dear customer")
    for link in ("top", "blank", "js", "send"):
        frame.locator(f"#{link}").click(no_wait_after=True)
    expect(frame.locator("#shown")).to_have_text("Dear customer")
    frame.locator("#self").click(no_wait_after=True)
    expect(frame.locator("#shown")).to_have_text("Dear customer")
    expect(page.locator("article.mail h2")).to_have_text("Harmless?")
    assert (page.url, page.title()) == (address, title)
    assert len(page.context.pages) == 1
    # What reached the other server would have done so before this page of the desk came back.
    page.goto("/")
    assert elsewhere.visits == 0
    complaints.clear()  # the browser says of each attempt that it was blocked


def test_the_links_of_a_mail_stand_below_it_and_only_those_of_the_web(
    open_page: Open, desk: Desk, deliver: Callable[[EmailMessage], None]
) -> None:
    html = (
        f'<a href="{desk.url}/">Open <b>the desk</b></a> <a href="javascript:alert(1)">Run</a> <a>Nowhere</a>'
    )
    deliver(mail("Links", html=html))
    page = open_page("/mail")
    page.locator("#letters li a").click()
    page.get_by_text("Links in this mail (1)").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the desk").click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()


def test_a_mails_html_alone_is_sandboxed_too(
    open_page: Open,
    desk: Desk,
    deliver: Callable[[EmailMessage], None],
    elsewhere: Elsewhere,
    complaints: list[str],
) -> None:
    deliver(mail("Alone", html=HARM.format(url=elsewhere.url)))
    id_ = desk.mails()[0]["id"]
    policy = requests.get(f"{desk.url}/mail/{id_}/body", timeout=5).headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    page = open_page(f"/mail/{id_}/body")
    assert page.evaluate("self.origin") == "null"
    assert page.title() != "run"
    assert elsewhere.visits == 0
    complaints.clear()  # the browser says of each attempt that it was blocked


def test_hostile_subjects_names_and_headers_are_text(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    message = mail("<script>alert(1)</script>", '"<img src=x onerror=alert(1)>" <a@example.com>')
    message["X-Hostile"] = "</td><script>alert(1)</script>"
    deliver(message)
    page = open_page("/mail")
    expect(page.locator("#letters .what")).to_have_text("<script>alert(1)</script>")
    page.locator("#letters li a").click()
    page.get_by_role("link", name="Headers").click()
    expect(page.get_by_role("cell", name="</td><script>alert(1)</script>")).to_be_visible()


def test_on_a_phone_the_list_and_the_mail_are_screens_of_their_own(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    deliver(mail("一" * 80))
    page = open_page("/mail", width=360, locale="zh-CN", dark=True)
    page.locator("#letters li a").click()
    expect(page.locator("#letters")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="所有邮件").click()
    expect(page.locator("#letters")).to_be_visible()


def test_on_a_wide_screen_they_stand_side_by_side(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    deliver(mail("Side by side"))
    page = open_page("/mail", width=1440)
    page.locator("#letters li a").click()
    expect(page.locator("iframe")).to_be_visible()
    expect(page.locator("#letters")).to_be_visible()


def test_an_empty_mailbox_says_so_and_then_fills(
    open_page: Open, deliver: Callable[[EmailMessage], None]
) -> None:
    page = open_page("/mail", locale="zh-CN")
    expect(page.get_by_text("还没有邮件。")).to_be_visible()
    deliver(mail("第一封"))
    expect(page.locator("#letters .what")).to_have_text(["第一封"])
