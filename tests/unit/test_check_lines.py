"""What lines come to: marks, advice, exit status, and the same for machines."""

from __future__ import annotations

import pytest

from bot.checking.lines import Group, Line, Mark, facts_of, hint, status_of, told, well, wrong

GOOD, NOTE = well("key", "is one"), hint("quota", "is large")
BAD = wrong("tabs", "Team is missing", "Run: python -m bot init")
AWAY = wrong("server", "does not answer", "Wait.", outside=True)


@pytest.mark.parametrize(
    ("lines", "status"),
    [((), 0), ((GOOD, NOTE), 0), ((GOOD, AWAY), 3), ((BAD,), 2), ((AWAY, BAD, GOOD), 2)],
)
def test_what_people_can_mend_goes_before_what_they_must_wait_for(
    lines: tuple[Line, ...], status: int
) -> None:
    assert status_of([Group("One", lines[:1]), Group("Two", lines[1:])]) == status


@pytest.mark.parametrize(("mark", "advice"), [(Mark.WRONG, ""), (Mark.WELL, "do it"), (Mark.HINT, "do it")])
def test_what_is_wrong_comes_with_advice_and_nothing_else_does(mark: Mark, advice: str) -> None:
    with pytest.raises(ValueError, match="one advice"):
        Line("name", mark, "said", advice)


def test_people_read_one_line_below_the_other() -> None:
    assert list(told(Group("Google", (GOOD, BAD, hint("a", "one\ntwo"))))) == [
        "Google",
        "  ✓ key          is one",
        "  ✗ tabs         Team is missing",
        "                 → Run: python -m bot init",
        "  · a            one",
        "                 two",
    ]


def test_machines_read_the_same() -> None:
    facts = facts_of([Group("Google", (GOOD, BAD)), Group("Mail", (AWAY,))])
    assert facts["status"] == "mendable"
    assert facts["lines"] == [
        {"group": "Google", "name": "key", "mark": "well", "said": "is one", "advice": "", "outside": False},
        {
            "group": "Google", "name": "tabs", "mark": "wrong", "said": "Team is missing",
            "advice": "Run: python -m bot init", "outside": False,
        },
        {"group": "Mail", "name": "server", "mark": "wrong", "said": "does not answer", "advice": "Wait.", "outside": True},
    ]  # fmt: skip
