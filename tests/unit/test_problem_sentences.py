"""Problems in words: in both languages, with the same places, on one line, not too long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.planning
from bot.planning.notices import structure_sentence
from bot.planning.problems import (
    SENTENCES,
    STRUCTURE,
    Problem,
    problem,
    quoted,
    sentence,
    sentences,
)
from sheets_schema import LANGUAGES
from tests.unit.rows import FEW, placeholders

PLANNING = "\n".join(p.read_text("utf-8") for p in Path(bot.planning.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("code", SENTENCES["en"])
def test_every_problem_has_a_sentence_in_each_language_with_the_same_places(code: str) -> None:
    assert placeholders(SENTENCES["en"][code]) == placeholders(SENTENCES["zh-CN"][code])


@pytest.mark.parametrize("code", STRUCTURE["en"])
def test_every_word_on_structure_is_in_each_language_with_the_same_places(code: str) -> None:
    assert placeholders(STRUCTURE["en"][code]) == placeholders(STRUCTURE["zh-CN"][code])


def test_no_language_has_a_sentence_that_another_lacks() -> None:
    for book in (SENTENCES, STRUCTURE):
        assert set(book) == set(LANGUAGES)
        assert book["en"].keys() == book["zh-CN"].keys()


@pytest.mark.parametrize("code", re.findall(r"\b(?:problem|Problem)\(\s*\"(\w+)\"", PLANNING))
def test_every_problem_that_planning_makes_has_a_sentence(code: str) -> None:
    assert code in SENTENCES["en"]


@pytest.mark.parametrize("code", SENTENCES["en"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_says_all_its_values(code: str, language: str) -> None:
    values = {name: f"<{name}>" for name in placeholders(SENTENCES["en"][code])}
    text = sentence(Problem(code, values), language)
    assert all(value in text for value in values.values())
    assert "{" not in text


def test_a_value_is_never_taken_for_a_place_to_fill() -> None:
    hostile = "{text.__class__} {0} %s {number}"
    assert sentence(problem("unknown_customer", text=hostile), "en").count(hostile) == 1
    assert hostile in structure_sentence("no_tab", "en", tab=hostile)


@FEW
@given(st.text(max_size=200))
def test_a_quoted_cell_is_one_short_line(text: str) -> None:
    line = quoted(text)
    assert len(line) <= 60
    assert len(line.splitlines()) <= 1
    assert line == quoted(line)
    assert line.endswith("…") or line.split() == text.split()


def test_several_problems_are_told_one_after_the_other_and_none_twice() -> None:
    found = [problem("not_positive", field="Quantity"), problem("not_positive", field="Quantity")]
    found.append(problem("negative", field="Price"))
    assert sentences(found, "en") == "Quantity must be more than 0; Price must not be less than 0"
    assert sentences(found, "zh-CN") == "Quantity必须大于 0；Price不能小于 0"
    assert sentences((), "en") == ""


def test_a_row_with_endless_problems_still_fits_its_cell() -> None:
    found = [problem("negative", field=f"Column {n}") for n in range(100)]
    text = sentences(found, "en")
    assert (len(text), text[-1]) == (1000, "…")
