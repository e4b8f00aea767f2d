"""The questions of the Google Forms, and what is told of the tab that their answers land in."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter

import pytest

from bot.checking.form_lines import form_lines
from bot.checking.form_questions import FORMS, MOST_CHOICES, Answer, Question, questions_of
from bot.checking.form_words import WORDS
from bot.checking.lines import Line, Mark
from bot.planning.catalog import build_catalog
from bot.ports import About, Sheet
from sheets_schema import FEEDBACK, LANGUAGES, ORDER_ENTRY, Owner, Tab

CATALOG = build_catalog(
    [{"customer": "Nordlicht", "customer_no": "C-1"}, {"customer": "Aurora"}],
    [
        {"product": "Workstation", "specification": "Pro"},
        {"product": "Workstation", "specification": "Air"},
        {"product": "Typewriter", "active": False},
    ],
    [
        {"name": "Anna", "role": "Sales"}, {"name": "Lea", "role": "Lead"}, {"name": "Max", "role": "Warehouse"},
        {"name": "Zoe", "role": "Sales", "active": False}, {"name": "Ben"},
    ],
)  # fmt: skip


def by_title(found: Sequence[Question]) -> dict[str, Question]:
    return {question.title: question for question in found}


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", FORMS.values(), ids=lambda tab: tab.key)
def test_every_column_that_people_fill_is_asked_for_by_its_title_and_the_timestamp_is_not(
    tab: Tab, language: str
) -> None:
    found = questions_of(tab, None, language)
    asked = [column for column in tab.fields if column.owner is Owner.PERSON and column.key != "timestamp"]
    assert [question.title for question in found] == [column.title(language) for column in asked]
    assert [question.required for question in found] == [column.required for column in asked]


def test_dropdowns_offer_what_the_workbook_knows() -> None:
    found = by_title(questions_of(ORDER_ENTRY, CATALOG, "en"))
    assert found["Customer"] == Question("Customer", Answer.DROPDOWN, True, ("Aurora", "Nordlicht"))
    assert found["Product"].choices == ("Workstation",), "what is not on sale is not offered"
    assert found["Salesperson"].choices == ("Anna", "Ben", "Lea"), "those who sell, and are there"
    assert (found["Specification"].answer, found["Specification"].choices) == (Answer.SHORT, ("Air", "Pro"))
    assert found["Due date"].answer is Answer.DATE
    assert found["Quantity"].answer is Answer.NUMBER
    assert found["Notes"].answer is Answer.PARAGRAPH


def test_more_customers_than_anybody_scrolls_through_are_typed() -> None:
    many = build_catalog([{"customer": f"Customer {n}"} for n in range(MOST_CHOICES + 1)], [], [])
    found = by_title(questions_of(ORDER_ENTRY, many, "en"))["Customer"]
    assert (found.answer, found.choices) == (Answer.SHORT, ())


def test_ratings_are_scales() -> None:
    found = questions_of(FEEDBACK, CATALOG, "en")
    assert [question.answer for question in found] == [Answer.SHORT, *[Answer.SCALE] * 3, Answer.PARAGRAPH]


def test_both_languages_say_the_same_things() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert {key: names(text) for key, text in WORDS["en"].items()} == {
        key: names(text) for key, text in WORDS["zh-CN"].items()
    }


# ── the tab ─────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of(
    *sheets: Sheet, tab: Tab = ORDER_ENTRY, answers: int = 3, survey: str = "", language: str = "en"
) -> dict[str, Line]:
    about = About("key", "Orders", "", "UTC", "en", sheets, None)
    return {line.name: line for line in form_lines(tab, about, language, answers, survey)}


def sheet(title: str, header: Sequence[str]) -> Sheet:
    return Sheet(1, title, 100, 26, header=tuple(header))


ASKED = [column.en for column in ORDER_ENTRY.fields if column.owner is Owner.PERSON]
WHOLE = [*ASKED, *(column.en for column in ORDER_ENTRY.fields if column.owner is Owner.BOT)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tab_with_every_question_is_well(language: str) -> None:
    title = ORDER_ENTRY.title(language)
    found = lines_of(sheet(title, [f.title(language) for f in ORDER_ENTRY.fields]), language=language)
    assert {line.mark for line in found.values()} == {Mark.WELL}


def test_a_tab_that_is_not_there_is_told() -> None:
    found = lines_of(sheet("Anything", ["Notes"]))
    assert list(found) == ["tab"]
    assert found["tab"].said == "there is no tab 'Order Entry'"


@pytest.mark.parametrize("others", [(), (sheet("Order Entry", WHOLE),)])
def test_googles_own_tab_is_recognised_by_its_titles_whatever_it_is_called(others: tuple[Sheet, ...]) -> None:
    found = lines_of(*others, sheet("Form Responses 1", ASKED))
    assert found["tab"].said == "the answers land in 'Form Responses 1', where the bot does not look"
    assert found["tab"].advice.startswith("Rename 'Form Responses 1' to 'Order Entry'")
    misspelt = ["Quantitie" if title == "Quantity" else title for title in ASKED]
    assert lines_of(*others, sheet("第 1 张表单回复", misspelt))["tab"].mark is Mark.WRONG


def test_a_tab_that_was_set_aside_is_not_taken_for_googles() -> None:
    found = lines_of(sheet("Order Entry", WHOLE), sheet("Order Entry old", WHOLE))
    assert found["tab"].mark is Mark.WELL


@pytest.mark.parametrize(
    ("header", "said", "advice"),
    [
        (["Timestamp", "Quantitie", *ASKED[1:5], *ASKED[6:]], "B1 says 'Quantitie' instead of 'Quantity'", "Write the title"),
        ([title for title in ASKED if title != "Notes"], "'Notes' has no column", "Add the question"),
        ([title for title in ASKED if title != "Timestamp"], "'Timestamp' has no column", "Add the question"),
        ([*ASKED, "Customer"], "'Customer' stands in C1, O1", "Keep one"),
    ],
)  # fmt: skip
def test_a_title_that_is_wrong_is_named_with_its_cell(header: list[str], said: str, advice: str) -> None:
    found = lines_of(sheet("Order Entry", header))
    assert found["titles"].said == said
    assert found["titles"].advice.startswith(advice)
    assert "own columns" not in found, "a misspelt title is no column of the team's own"


def test_columns_of_the_teams_own_are_named_and_left_alone() -> None:
    found = lines_of(sheet("Order Entry", [*WHOLE, "Colour"]))
    assert found["own columns"].mark is Mark.HINT
    assert found["own columns"].said.startswith("Colour (R1): ")


def test_a_form_that_nobody_has_answered_is_a_hint() -> None:
    assert lines_of(sheet("Order Entry", WHOLE), answers=0)["answers"].mark is Mark.HINT


@pytest.mark.parametrize(
    ("survey", "mark"), [("", Mark.HINT), ("https://forms.example/{order_no}", Mark.WELL)]
)
def test_whether_customers_are_asked_is_told_with_the_feedback_form(survey: str, mark: Mark) -> None:
    feedback = sheet("Feedback", [column.en for column in FEEDBACK.fields])
    assert lines_of(feedback, tab=FEEDBACK, survey=survey)["survey.form"].mark is mark
    assert "survey.form" not in lines_of(sheet("Order Entry", WHOLE))
