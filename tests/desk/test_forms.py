"""The forms over HTTP, as a browser without scripts sends them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from bot.desk import Desk
from sheets_schema import CUSTOMERS, ORDER_ENTRY, Tab
from sheets_schema.feedback import FEEDBACK
from tests.desk.client import Workbook, grid
from tests.desk.sample_company import ORDER, company, entries

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a serial, which carries no zone
QUIET = {"Accept": "application/json"}


@pytest.fixture
def book(desk: Desk) -> Workbook:
    return company(desk)


def form_id(book: Workbook, name: str = "order") -> str:
    html = requests.get(f"{book.desk.url}/form/{name}/{book.id}", timeout=5).text
    found = re.search(r'name="form" value="([\w-]+)"', html)
    assert found is not None
    return found[1]


def send(book: Workbook, answers: dict[str, str], name: str = "order", **more: Any) -> requests.Response:
    url = f"{book.desk.url}/form/{name}/{book.id}"
    given = {"form": form_id(book, name), **answers} if "form" not in answers else answers
    return requests.post(url, data=given, timeout=5, **more)


def state(receipt: str) -> dict[str, Any]:
    return dict(requests.get(f"{receipt}/state", timeout=5).json())


def test_an_order_lands_under_the_last_entry_with_numbers_days_and_plain_text(book: Workbook) -> None:
    book.write("订单录入表!A5", [["", "李娜"]])
    receipt = send(book, {**ORDER, "due_date": "2099-12-24", "notes": "=1+1", "special_requests": "007"})
    assert receipt.status_code == 200
    assert "/sent/" in receipt.url
    row = entries(book)[4]
    assert (row["salesperson"], row["customer"], row["quantity"]) == ("李娜", "云帆科技", 3)
    assert row["due_date"] == 73043
    assert (row["notes"], row["special_requests"]) == ("=1+1", "007")
    assert book.read("订单录入表!J6", valueRenderOption="FORMATTED_VALUE") == [["2099/12/24"]]
    assert book.read("订单录入表!N6", valueRenderOption="FORMULA") == [["=1+1"]]
    assert "formulaValue" not in book.cell("订单录入表!N6")["userEnteredValue"]


def test_the_timestamp_is_the_workbooks_clock(book: Workbook) -> None:
    send(book, ORDER)
    here = datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    written = EPOCH + timedelta(days=entries(book)[0]["timestamp"])
    assert abs(here - written) < timedelta(seconds=30)
    shown = book.read("订单录入表!A2", valueRenderOption="FORMATTED_VALUE")[0][0]
    assert shown.startswith(f"{here.year}/{here.month}/{here.day} ")


def test_columns_are_found_by_title_in_any_language_and_place(desk: Desk) -> None:
    book = company(desk, language="en")
    book.batch(
        {
            "insertDimension": {
                "range": {"sheetId": 100, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 2}
            }
        }
    )
    book.write("'Order Entry'!A1", [["Ours", "数量"]])
    assert send(book, ORDER).status_code == 200
    row = book.raw("'Order Entry'!A2:Z2")[0]
    assert row[1] == 3
    assert row[3:6] == ["李娜", "云帆科技", "工作站"]


def test_what_the_team_prepared_in_its_own_columns_does_not_push_answers_down(book: Workbook) -> None:
    book.write("订单录入表!R1", [["毛利"], *[[number] for number in range(50)]])
    send(book, ORDER)
    assert entries(book)[0]["customer"] == "云帆科技"
    assert book.raw("订单录入表!R2") == [[0]]


def test_a_form_grows_a_full_sheet(book: Workbook) -> None:
    book.write("订单录入表!B100", [["李娜"]])
    assert send(book, ORDER).status_code == 200
    assert book.raw("订单录入表!C101") == [["云帆科技"]]


def test_a_wrong_answer_shows_the_form_again_with_everything_that_was_typed(book: Workbook) -> None:
    answer = send(
        book, {**ORDER, "quantity": "<many>", "notes": 'say "hi"'}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    assert "“&lt;many&gt;” is not a number" in answer.text
    assert 'value="&lt;many&gt;"' in answer.text
    assert "say &#34;hi&#34;" in answer.text
    assert re.search(r"<option selected>专业版</option>", answer.text)
    assert entries(book) == []


def test_the_page_may_ask_for_the_rules_without_sending(book: Workbook) -> None:
    url = f"{book.desk.url}/form/order/{book.id}/check"
    wrong = requests.post(url, data={**ORDER, "customer": "Nobody"}, timeout=5).json()
    assert list(wrong) == ["customer"]
    assert entries(book) == []


def test_a_form_sent_twice_lands_once(book: Workbook) -> None:
    answers = {**ORDER, "form": form_id(book)}
    first, second = send(book, answers), send(book, answers)
    assert first.url == second.url
    assert len(entries(book)) == 1


def test_a_form_sent_ten_times_at_once_lands_once(book: Workbook) -> None:
    answers = {**ORDER, "form": form_id(book)}
    with ThreadPoolExecutor(10) as pool:
        receipts = list(pool.map(lambda _: send(book, answers, headers=QUIET).json()["receipt"], range(10)))
    assert len(set(receipts)) == 1
    assert len(entries(book)) == 1


def test_a_form_filled_in_anew_after_going_back_is_another_order(book: Workbook) -> None:
    answers = {**ORDER, "form": form_id(book)}
    first, second = send(book, answers), send(book, {**answers, "quantity": "5"})
    assert first.url != second.url
    assert [row["quantity"] for row in entries(book)] == [3, 5]


def test_orders_of_one_moment_have_moments_of_their_own(book: Workbook) -> None:
    for _ in range(5):
        send(book, ORDER)
    stamps = [row["timestamp"] for row in entries(book)]
    assert len(set(stamps)) == 5


def test_a_receipt_follows_its_row_and_tells_what_the_bot_wrote(book: Workbook) -> None:
    receipt = send(book, ORDER).url
    assert state(receipt)["status"] == "waiting"
    rows = {"sheetId": 100, "dimension": "ROWS", "startIndex": 1, "endIndex": 4}
    book.batch({"insertDimension": {"range": rows, "inheritFromBefore": False}})
    book.write("订单录入表!O5:P5", [["20261122-001", "→ 20261122-001"]])
    book.write("合同订单表!A2", [["20261122-000"], ["20261122-001"]])
    told = state(receipt)
    assert (told["status"], told["order_no"]) == ("numbered", "20261122-001")
    assert told["row"] == f"/book/{book.id}/100?cell=A5"
    assert told["order"] == f"/book/{book.id}/101?cell=A3"


@pytest.mark.parametrize("right", [17, 4], ids=["whole rows", "some columns"])
def test_a_receipt_follows_its_row_when_the_tab_is_sorted(book: Workbook, right: int) -> None:
    receipts = [send(book, {**ORDER, "quantity": str(number)}).url for number in (1, 2, 3)]
    spec = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    book.batch({"sortRange": {"range": grid(1, 0, 4, right, sheet=100), "sortSpecs": spec}})
    assert [state(receipt)["row"].rpartition("?cell=A")[2] for receipt in receipts] == ["4", "3", "2"]


def test_a_problem_is_told_on_the_receipt(book: Workbook) -> None:
    receipt = send(book, ORDER).url
    book.write("订单录入表!P2", [["库存不足：还有 2 台"]])
    assert (state(receipt)["status"], state(receipt)["result"]) == ("problem", "库存不足：还有 2 台")
    assert "库存不足" in requests.get(receipt, timeout=5).text


def test_a_receipt_tells_that_its_row_was_deleted(book: Workbook) -> None:
    receipt = send(book, ORDER).url
    rows = {"sheetId": 100, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    book.batch({"deleteDimension": {"range": rows}})
    assert state(receipt)["status"] == "gone"
    assert requests.get(receipt, timeout=5).status_code == 200


def test_a_receipt_nobody_got_is_not_found(book: Workbook) -> None:
    url = f"{book.desk.url}/form/order/{book.id}/sent/{'x' * 24}"
    assert requests.get(url, timeout=5).status_code == 404


@pytest.mark.parametrize(
    "text", ["1.5\r\n2", '=HYPERLINK("http://x")', "+8613800000000", "<script>", "\u202e"]
)
def test_untrusted_text_stays_text(book: Workbook, text: str) -> None:
    receipt = send(book, {**ORDER, "notes": text})
    assert entries(book)[0]["notes"] == text.replace("\r\n", "\n")
    assert "<script>\n" not in receipt.text
    assert "<dd><script>" not in receipt.text


def test_only_products_on_sale_and_active_sellers_are_offered(book: Workbook) -> None:
    html = requests.get(f"{book.desk.url}/form/order/{book.id}", timeout=5).text
    assert "<option>李娜</option>" in html
    assert "<option>王强</option>" in html
    assert not re.search("Fax machine|Ware House|Gone Away", html)


@pytest.mark.parametrize(
    ("tabs", "words"),
    [((CUSTOMERS,), "no tab named “Order Entry”"), ((CUSTOMERS, ORDER_ENTRY), "lacks these columns")],
    ids=["no tab", "no column"],
)
def test_a_workbook_without_the_tab_or_its_columns_says_so(
    desk: Desk, tabs: tuple[Tab, ...], words: str
) -> None:
    book = company(desk, language="en", tabs=tabs)
    if ORDER_ENTRY in tabs:
        book.write("'Order Entry'!C1", [["Who buys"]])
    url = f"{desk.url}/form/order/{book.id}"
    assert words in requests.get(url, timeout=5, headers={"Accept-Language": "en"}).text


def test_feedback_lands_in_its_own_tab_and_is_thanked_for_in_the_readers_language(book: Workbook) -> None:
    answers = {
        "order_no": "20261122-001",
        "quality": "5",
        "timeliness": "4",
        "service": "3",
        "comments": "很好",
    }
    thanks = send(book, answers, "feedback", headers={"Accept-Language": "zh-CN"})
    assert "感谢您的反馈" in thanks.text
    (row,) = entries(book, FEEDBACK)
    assert [row[key] for key in ("order_no", "quality", "timeliness", "service", "comments")] == [
        "20261122-001", 5, 4, 3, "很好",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["order", "order_no"])
def test_the_feedback_form_knows_the_order_it_is_opened_for(book: Workbook, name: str) -> None:
    html = requests.get(f"{book.desk.url}/form/feedback/{book.id}?{name}=20261122-001", timeout=5).text
    assert 'value="20261122-001"' in html


def test_a_form_from_another_page_elsewhere_is_turned_away(book: Workbook) -> None:
    answer = send(book, ORDER, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert entries(book) == []


@pytest.mark.parametrize("answers", [{"form": "short"}, {"form": "../../etc/passwd/and/more"}])
def test_a_form_without_an_id_of_its_own_is_refused(book: Workbook, answers: dict[str, str]) -> None:
    assert send(book, {**ORDER, **answers}).status_code == 400


def test_answers_are_remembered_by_the_workbook_and_not_shown_to_its_clients(
    book: Workbook, make_book: Callable[..., Workbook]
) -> None:
    send(book, ORDER)
    assert "formAnswers" not in str(book.get())
