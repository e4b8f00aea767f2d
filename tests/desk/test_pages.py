import smtplib
from email.message import EmailMessage

import requests

from bot.desk import Desk
from tests.desk.client import Workbook

HOSTILE = '<script>alert(1)</script>"&'


def page(desk: Desk, path: str) -> str:
    answer = requests.get(desk.url + path, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def test_workbooks_lead_to_tabs_and_cells(own_desk: Desk) -> None:
    book = Workbook(own_desk, own_desk.workbook("销售订单"))
    book.batch({"addSheet": {"properties": {"title": "团队", "sheetId": 7}}})
    book.write("团队!A1", [["姓名"], ["李明"]])
    assert "销售订单" in page(own_desk, "/")
    assert f"/book/{book.id}/7" in page(own_desk, f"/book/{book.id}")
    assert "<td>李明</td>" in page(own_desk, f"/book/{book.id}/7")


def test_cells_and_titles_are_escaped(own_desk: Desk) -> None:
    book = Workbook(own_desk, own_desk.workbook(HOSTILE))
    book.batch({"addSheet": {"properties": {"title": HOSTILE}}})
    book.write("Sheet1!A1", [[HOSTILE]])
    for path in ("/", f"/book/{book.id}"):
        assert "<script" not in page(own_desk, path)


def test_a_mails_html_runs_and_loads_nothing(own_desk: Desk) -> None:
    message = EmailMessage()
    message["Subject"] = HOSTILE
    message["X-Hostile"] = HOSTILE
    message.set_content(HOSTILE)
    message.add_alternative(f"<p>hello</p>{HOSTILE}", subtype="html")
    with smtplib.SMTP("127.0.0.1", own_desk.smtp_port) as connection:
        connection.send_message(message, "a@example.com", ["b@example.com"])
    assert "<script" not in page(own_desk, "/mail")
    shown = page(own_desk, f"/mail/{own_desk.mails()[0]['id']}")
    assert "<script" not in shown
    assert 'sandbox=""' in shown
    assert "&lt;p&gt;hello&lt;/p&gt;" in shown


def test_pages_forbid_scripts(own_desk: Desk) -> None:
    policy = requests.get(own_desk.url, timeout=5).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
