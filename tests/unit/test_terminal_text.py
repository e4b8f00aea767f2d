"""What strangers typed reaches a terminal as text and as nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal_text import harmless, harmless_lines, one_line

HOSTILE = {
    "\x1b[31mred\x1b[0m": "red",
    "a\x1b]0;a window's title\x07b": "a b",
    "a\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\": "a click",
    "a\x9b2Jb": "a b",
    "\x1b[2J\x1b[Hgone": "gone",
    "a\r\nb\tc": "a b c",
    "a\x00\x08\x7fb": "a b",
    "abc\u202egnp.exe": "abcgnp.exe",
    "half \ud83d": "half",
    "a\u2028b\u2029c": "a b c",
    "\x1bcreset": "reset",
    "\x1bP1$r secret \x1b\\ok": "ok",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_terminal_would_obey_is_left_out(text: str) -> None:
    assert one_line(text) == HOSTILE[text]


@pytest.mark.parametrize(
    "text", ["杭州云帆软件", "Müller & Söhne", "🎉 👩‍👩‍👧 ok", "שלום", "[bold]not[/bold]", "1 200,50 €"]
)
def test_letters_of_every_script_stay(text: str) -> None:
    assert harmless(text) == text


def test_blanks_stay_where_a_line_has_columns() -> None:
    assert harmless("mail            2 queued") == "mail            2 queued"


def test_breaks_stay_in_a_text_of_several_lines() -> None:
    assert harmless_lines("Dear\x1b[1m Anna\n\n  yours\t\n") == "Dear  Anna\n\n  yours\n"


@given(st.text())
def test_nothing_that_controls_a_terminal_is_ever_left(text: str) -> None:
    left = one_line(text)
    assert not [letter for letter in left if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}]
    assert one_line(left) == left
    left.encode("utf-8")
