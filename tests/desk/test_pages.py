"""The pages over HTTP: addresses, languages, headers; what comes from cells and mails stays text."""

import re
from pathlib import Path

import pytest
import requests

from bot.desk import Desk
from bot.desk.pages.frame import LANGUAGES, Frame, Texts
from bot.desk.wire import Call
from sheets_schema import AUTOMATIONS, CONTRACTS
from sheets_schema.titles import column_letter
from tests.desk.client import Workbook
from tests.desk.sample_company import company

HOSTILE = '<script>alert(1)</script>"&'
ROOT = Path(__file__).parents[2] / "bot" / "desk"
KEY = re.compile(r"""\bt\("([a-z_0-9.]+)\"[,)]""")


def page(desk: Desk, path: str, language: str = "en") -> str:
    answer = requests.get(desk.url + path, timeout=5, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def frame_texts(language: str) -> Texts:
    return Frame().texts(Call("GET", "/", f"lang={language}"))


def test_the_first_page_leads_to_every_workbook_and_tab(own_desk: Desk) -> None:
    book = company(own_desk, title="销售订单")
    html = page(own_desk, "/")
    assert "销售订单" in html
    for address in (f"/book/{book.id}/101", f"/form/order/{book.id}", f"/form/feedback/{book.id}", "/mail"):
        assert f'href="{address}"' in html


def test_the_guide_stands_only_where_orders_can_be_taken(own_desk: Desk) -> None:
    Workbook(own_desk, own_desk.workbook("Empty"))
    assert "step by step" not in page(own_desk, "/")
    assert "/form/order/" not in page(own_desk, "/")
    company(own_desk)
    assert "step by step" in page(own_desk, "/")


def test_the_guide_leads_to_automations_where_the_workbook_has_them(own_desk: Desk) -> None:
    book = company(own_desk)
    assert "Ask for a report" not in page(own_desk, "/")
    book.batch({"addSheet": {"properties": {"sheetId": 701, "title": AUTOMATIONS.zh}}})
    html = page(own_desk, "/")
    assert "Ask for a report" in html
    assert f'<a class="button" href="/book/{book.id}/701">' in html


def test_the_first_page_shows_the_newest_orders_and_what_the_bot_says_of_them(own_desk: Desk) -> None:
    book = company(own_desk)
    keys = ("order_no", "customer", "product", "amount", "mail_status", "problem", "created_at")
    orders = [
        ("20261120-001", "云帆科技", "工作站", 19800, "客户 ✓", "", 46346.1),
        ("", "Nordlicht GmbH", HOSTILE, "", "", "数量", ""),
        *((f"20261101-00{n}", "云帆科技", "工作站", n, "", "", 46300 + n) for n in range(1, 8)),
    ]
    written = [{**dict.fromkeys(keys, ""), **dict(zip(keys, one, strict=True))} for one in orders]
    book.write(
        f"'{CONTRACTS.zh}'!A2", [[one.get(field.key) for field in CONTRACTS.fields] for one in written]
    )
    html = page(own_desk, "/")
    shown = re.findall(r'<th scope="row"><a href="[^"]*cell=A(\d+)">([^<]*)</a>', html)
    assert shown == [
        ("3", "no number yet"),
        ("2", "20261120-001"),
        ("10", "20261101-007"),
        ("9", "20261101-006"),
        ("8", "20261101-005"),
    ]
    assert "客户 ✓" in html
    assert HOSTILE not in html
    assert f'href="/book/{book.id}/101?cell=A2">Order book</a>' in html


def test_the_guide_leads_to_the_newest_order_that_waits_for_its_review(own_desk: Desk) -> None:
    book = company(own_desk)
    assert "Approve it as the lead" not in page(own_desk, "/")
    letter = column_letter([field.key for field in CONTRACTS.fields].index("status"))
    orders = [
        ("20261120-001", "待审核", 3),
        ("20261120-002", "Pending review", 2),
        ("20261120-003", "已审核", 4),
    ]
    written = [
        {"order_no": no, "customer": "A", "status": status, "created_at": at} for no, status, at in orders
    ]
    titled = f"'{CONTRACTS.zh}'!A2"
    book.write(titled, [[one.get(field.key, "") for field in CONTRACTS.fields] for one in written])
    assert f'href="/book/{book.id}/101?cell={letter}2">Its status</a>' in page(own_desk, "/")
    for one in written:
        one["status"] = "已审核"
    book.write(titled, [[one.get(field.key, "") for field in CONTRACTS.fields] for one in written])
    assert f'href="/book/{book.id}/101?cell={letter}4">Its status</a>' in page(own_desk, "/")


def test_titles_are_escaped(own_desk: Desk) -> None:
    book = Workbook(own_desk, own_desk.workbook(HOSTILE))
    book.batch({"addSheet": {"properties": {"title": HOSTILE}}})
    book.write("Sheet1!A1", [[HOSTILE]])
    for path in ("/", f"/book/{book.id}"):
        assert "<script>alert" not in page(own_desk, path)


def test_pages_may_load_nothing_from_elsewhere_and_run_nothing_inline(own_desk: Desk) -> None:
    answer = requests.get(own_desk.url, timeout=5)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert not re.search(r"<script>|<style|style=|onclick=|javascript:", answer.text)


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/", {"Accept-Language": "zh-TW,en;q=0.8"}, "zh-CN"),
        ("/", {"Accept-Language": "fr, de;q=0.9, en;q=0.1, zh;q=0.5"}, "zh-CN"),
        ("/", {"Accept-Language": "fr"}, "en"),
        ("/", {"Accept-Language": "zh", "Cookie": "desk-lang=en"}, "en"),
        ("/?lang=zh-CN", {"Accept-Language": "en", "Cookie": "desk-lang=en"}, "zh-CN"),
        ("/?lang=tlh", {"Accept-Language": "zh"}, "zh-CN"),
        ("/", {"Accept-Language": ";q=x,,zh;q=nan"}, "zh-CN"),
    ],
)
def test_the_language_is_asked_for_or_kept_or_the_browsers(
    desk: Desk, path: str, headers: dict[str, str], language: str
) -> None:
    html = requests.get(desk.url + path, headers=headers, timeout=5).text
    assert f'<html lang="{language}">' in html


def test_a_language_that_was_asked_for_is_kept(desk: Desk) -> None:
    with requests.Session() as browser:
        browser.get(f"{desk.url}/?lang=zh-CN", timeout=5)
        assert '<html lang="zh-CN">' in browser.get(f"{desk.url}/mail", timeout=5).text


def test_the_language_switch_keeps_what_the_address_says(desk: Desk) -> None:
    assert 'href="/mail?q=a+%26+b&amp;lang=zh-CN"' in page(desk, "/mail?q=a+%26+b")


def test_every_text_of_a_template_is_there_in_both_languages() -> None:
    texts = {language: frame_texts(language) for language in LANGUAGES}
    keys = {
        key for file in (ROOT / "pages" / "templates").glob("*.html") for key in KEY.findall(file.read_text())
    }
    assert len(keys) > 60
    assert [
        (key, language) for key in sorted(keys) for language in LANGUAGES if not texts[language].has(key)
    ] == []


def test_no_language_has_a_text_the_other_lacks() -> None:
    def lacking(table: dict, path: str) -> list[str]:
        if set(table) & set(LANGUAGES):
            return [] if set(table) == set(LANGUAGES) and all(table.values()) else [path]
        return [one for name, below in table.items() for one in lacking(below, f"{path}.{name}")]

    assert lacking(frame_texts("en").catalogue, "") == []


def test_chinese_texts_are_chinese_and_english_ones_are_not() -> None:
    def mixed(table: dict, path: str) -> list[str]:
        if "en" in table:
            chinese = re.search("[\u4e00-\u9fff]", table["zh-CN"]) or not re.search(
                "[A-Za-z]{3}", table["zh-CN"]
            )
            return [] if chinese and not re.search("[\u4e00-\u9fff]", table["en"]) else [path]
        return [one for name, below in table.items() for one in mixed(below, f"{path}.{name}")]

    assert mixed(frame_texts("en").catalogue, "") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("desk.css", "text/css"), ("page.js", "text/javascript"), ("mark.svg", "image/svg+xml")],
)
def test_static_files_come_with_their_type_and_are_asked_for_again(desk: Desk, name: str, kind: str) -> None:
    first = requests.get(f"{desk.url}/static/{name}", timeout=5)
    assert first.headers["content-type"].startswith(kind)
    assert first.headers["cache-control"] == "no-cache"
    again = requests.get(
        f"{desk.url}/static/{name}", headers={"If-None-Match": first.headers["etag"]}, timeout=5
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/static/../core.py", "/static/%2e%2e/core.py", "/static/..%2Fcore.py", "/static/desk.css%00", "/static/",
     "/static/core.py", "/static//etc/passwd", "/static/.css"],
)  # fmt: skip
def test_no_other_file_is_served(desk: Desk, path: str) -> None:
    with requests.Session() as session:
        request = requests.Request("GET", desk.url).prepare()
        request.url = desk.url + path
        assert session.send(request, timeout=5).status_code == 404


def test_what_is_not_there_is_told_as_a_page_to_people_and_as_json_to_programs(desk: Desk) -> None:
    shown = requests.get(
        f"{desk.url}/nowhere", headers={"Accept": "text/html", "Accept-Language": "zh"}, timeout=5
    )
    assert shown.status_code == 404
    assert "无法显示此页面" in shown.text
    assert requests.get(f"{desk.url}/nowhere", timeout=5).json()["error"]["code"] == 404


@pytest.mark.parametrize("path", ["/", "/mail", "/book/x", "/static/desk.css"])
def test_pages_take_no_writes(desk: Desk, path: str) -> None:
    assert requests.post(desk.url + path, data=b"x", timeout=5).status_code in {404, 405}


def test_the_address_in_mails_leads_to_the_grid(own_desk: Desk) -> None:
    book = Workbook(own_desk, own_desk.workbook("Orders"))
    html = page(own_desk, f"/spreadsheets/d/{book.id}/edit")
    assert f'href="/book/{book.id}"' in html
    assert "/static/opened.js" in html
