"""The rules of the forms, without a workbook: answers in, what is wrong with them out."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.desk.book.workbook import new_sheet
from bot.desk.forms import checks
from bot.desk.forms.checks import LONGEST, cells_of, wrong_in
from bot.desk.forms.company import Company, Customer, Product
from bot.desk.forms.questions import FORMS, Place, questions_of
from bot.desk.pages.frame import Frame
from bot.desk.wire import Call
from sheets_schema import Tab
from tests.desk.sample_company import ORDER

TODAY = date(2026, 11, 22)
COMPANY = Company(
    customers=(Customer("云帆科技", "C-1"), Customer("Nordlicht GmbH", "C-2")),
    products=(
        Product("工作站", "标准版"),
        Product("工作站", "专业版"),
        Product("Licence"),
        Product("Made to order", "Standard"),
        Product("Made to order"),
    ),
    sellers=("李娜", "Anna Berg"),
)


def questions(name: str = "order") -> list:
    tab: Tab = FORMS[name].tab
    columns = {field.key: index for index, field in enumerate(tab.fields)}
    return questions_of(FORMS[name], Place(new_sheet(1, tab.en), columns))


def whys(company: Company = COMPANY, **answers: str) -> dict[str, str]:
    found = wrong_in(questions(), {**ORDER, **answers}, company, TODAY)
    return {key: one.why for key, one in found.items()}


def test_only_what_people_fill_in_is_asked() -> None:
    keys = [question.key for question in questions()]
    assert keys[:4] == ["salesperson", "customer", "product", "specification"]
    assert not {"timestamp", "order_no", "result", "row_id"} & set(keys)


def test_a_good_order_has_nothing_wrong() -> None:
    assert whys(unit_price="¥19,000.00", due_date="2026-11-22", notes="=1+1") == {}


def test_an_empty_order_lacks_what_is_required_and_nothing_else() -> None:
    wrong = wrong_in(questions(), {}, COMPANY, TODAY)
    assert {key: one.why for key, one in wrong.items()} == dict.fromkeys(
        ["salesperson", "customer", "product", "quantity"], "required"
    )


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("salesperson", "Gone Away", "unknown_salesperson"),
        ("customer", "Nobody Ltd", "unknown_customer"),
        ("product", "Fax machine", "unknown_product"),
        ("specification", "豪华版", "unknown_specification"),
        ("specification", "", "which_specification"),
        ("quantity", "three", "number"),
        ("quantity", "0", "positive"),
        ("quantity", "-2", "positive"),
        ("quantity", "\u3000", "required"),
        ("unit_price", "-1", "negative"),
        ("unit_price", "cheap", "number"),
        ("due_date", "2026-11-21", "past"),
        ("due_date", "soon", "date"),
        ("due_date", "03/04/2027", "ambiguous_date"),
        ("notes", "x" * (LONGEST + 1), "too_long"),
    ],
)
def test_a_wrong_answer_is_told_at_its_question(key: str, text: str, why: str) -> None:
    assert whys(**{key: text}) == {key: why}


@pytest.mark.parametrize("name", ["c-1", "  云帆科技 ", "NORDLICHT gmbh"])
def test_a_customer_goes_by_number_or_name_in_any_spelling(name: str) -> None:
    assert whys(customer=name) == {}


@pytest.mark.parametrize("specification", ["", "Standard", "Blue, with a bell"])
def test_a_product_made_to_order_takes_any_specification(specification: str) -> None:
    assert whys(product="Made to order", specification=specification) == {}


def test_lists_a_workbook_does_not_have_restrict_nothing() -> None:
    assert whys(Company(), customer="Nobody", product="Anything", salesperson="Me") == {}


def test_answers_become_numbers_days_and_text() -> None:
    answers = {**ORDER, "quantity": "1,200.5", "due_date": "2026-12-24", "notes": "007"}
    values = cells_of(questions(), answers)
    assert values["quantity"] == Decimal("1200.5")
    assert values["due_date"] == date(2026, 12, 24)
    assert values["notes"] == "007"
    assert "source" not in values


@pytest.mark.parametrize(
    ("rating", "fits"), [("1", True), ("5", True), ("0", False), ("6", False), ("", False)]
)
def test_a_rating_is_one_to_five(rating: str, fits: bool) -> None:
    answers = {"order_no": "20261122-001", "quality": rating, "timeliness": "4", "service": "5"}
    assert (wrong_in(questions("feedback"), answers, Company(), TODAY) == {}) is fits


def test_every_wrong_has_a_sentence_of_its_own() -> None:
    source = (Path(checks.__file__)).read_text(encoding="utf-8")
    whys = set(re.findall(r'Wrong\("(\w+)"', source)) | {
        "unknown_salesperson",
        "unknown_customer",
        "unknown_product",
    }
    whys |= {"date", "ambiguous_date", "formula"}  # why a date cannot be read
    texts = Frame().texts(Call("GET", "/"))
    assert [why for why in sorted(whys) if not texts.has(f"wrong.{why}")] == []
