"""What watching keeps in the state between two looks, as small facts: read from them, and turned into them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.watching.incidents import BREAKS, Mark, marks_of, marks_text

_PREFIX = "watch."


@dataclass(frozen=True)
class Remembered:
    """As of the last look; None = not so, or never."""

    failing_since: datetime | None = None
    #: When failing last began, oldest first.
    breaks: tuple[datetime, ...] = ()
    reports_since: datetime | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    #: The ages of problems, as `bot.watching.old_problems` writes them, and when they were last looked at.
    problems: str = ""
    problems_at: datetime | None = None
    #: When the block in Automations was last written, and what of it matters.
    block_at: datetime | None = None
    block_of: str = ""

    def noting(self, now: datetime, *, fails: bool, reports_fail: bool) -> Remembered:
        """The same with what this look shows of failing."""
        breaks = self.breaks
        if fails and self.failing_since is None:
            breaks = (*breaks, now)[-BREAKS:]
        return replace(
            self,
            failing_since=(self.failing_since or now) if fails else None,
            breaks=breaks,
            reports_since=(self.reports_since or now) if reports_fail else None,
        )

    def facts(self) -> dict[str, str]:
        """As the state keeps it."""
        moments = {
            "failing_since": self.failing_since, "reports_since": self.reports_since,
            "problems_at": self.problems_at, "block_at": self.block_at,
        }  # fmt: skip
        facts = {key: moment.isoformat() if moment else "" for key, moment in moments.items()}
        facts |= {"problems": self.problems, "block_of": self.block_of}
        facts["breaks"] = json.dumps([moment.isoformat() for moment in self.breaks]) if self.breaks else ""
        facts["marks"] = marks_text(self.marks) if self.marks else ""
        return {_PREFIX + key: value for key, value in facts.items()}


def remembered(facts: Mapping[str, str]) -> Remembered:
    """What the state keeps of it."""

    def text(key: str) -> str:
        return facts.get(_PREFIX + key, "")

    def moment(key: str) -> datetime | None:
        return datetime.fromisoformat(text(key)) if text(key) else None

    return Remembered(
        failing_since=moment("failing_since"),
        breaks=tuple(map(datetime.fromisoformat, json.loads(text("breaks") or "[]"))),
        reports_since=moment("reports_since"),
        marks=marks_of(text("marks")),
        problems=text("problems"),
        problems_at=moment("problems_at"),
        block_at=moment("block_at"),
        block_of=text("block_of"),
    )


def changed(before: Mapping[str, str], after: Remembered) -> dict[str, str]:
    """The facts that are to be stored."""
    return {key: value for key, value in after.facts().items() if before.get(key, "") != value}
