"""What `check` says: a line for each thing it looked at, and what all of them come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.mails.text_table import width


class Mark(StrEnum):
    """How a thing stands; the value is what people see."""

    WELL = "✓"
    WRONG = "✗"
    #: Good to know, or not to be told for now; nothing to put right.
    HINT = "·"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    #: A word or two, the same whatever came out.
    name: str
    mark: Mark
    said: str
    #: The one thing to do; there is one exactly where something is wrong.
    advice: str = ""
    #: The outside world failed, as against something that people have set or left undone.
    outside: bool = False

    def __post_init__(self) -> None:
        if bool(self.advice) != (self.mark is Mark.WRONG):
            raise ValueError(f"{self.name}: what is wrong comes with one advice, and nothing else does")


def well(name: str, said: str) -> Line:
    """A thing that is as it should be."""
    return Line(name, Mark.WELL, said)


def hint(name: str, said: str) -> Line:
    """A thing that is good to know."""
    return Line(name, Mark.HINT, said)


def wrong(name: str, said: str, advice: str, *, outside: bool = False) -> Line:
    """A thing to put right, and how."""
    return Line(name, Mark.WRONG, said, advice, outside)


@dataclass(frozen=True)
class Group:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


#: Of the column of names, so that groups stand below one another.
_WIDTH = 11

#: Exit statuses of the command line, see `bot.commands`; what people can mend goes before what they must wait for.
_WELL, _MENDABLE, _OUTSIDE = 0, 2, 3
_WORDS = {_WELL: "well", _MENDABLE: "mendable", _OUTSIDE: "outside failed"}


def status_of(groups: Iterable[Group]) -> int:
    """0 all well, 2 somebody can mend something, 3 the outside world failed and nothing else is wrong."""
    bad = [line for group in groups for line in group.lines if line.mark is Mark.WRONG]
    if any(not line.outside for line in bad):
        return _MENDABLE
    return _OUTSIDE if bad else _WELL


def told(group: Group) -> Iterator[str]:
    """The group for people."""
    yield group.title
    wide = max(_WIDTH, *(width(line.name) for line in group.lines))
    for line in group.lines:
        first, *more = line.said.splitlines()
        yield f"  {line.mark} {line.name}{' ' * (wide - width(line.name))}  {first}"
        yield from (f"    {'':<{wide}}  {text}" for text in more)
        if line.advice:
            yield f"    {'':<{wide}}  → {line.advice}"


def facts_of(groups: Iterable[Group]) -> dict[str, object]:
    """All of it for machines."""
    groups = tuple(groups)
    return {
        "status": _WORDS[status_of(groups)],
        "lines": [
            {
                "group": group.title,
                "name": line.name,
                "mark": line.mark.name.lower(),
                "said": line.said,
                "advice": line.advice,
                "outside": line.outside,
            }
            for group in groups
            for line in group.lines
        ],
    }
