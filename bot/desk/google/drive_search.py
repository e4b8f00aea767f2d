"""Which files a Drive list shows: its query language, its order and its pages.

Queries are the terms a spreadsheet can be asked for (name, mimeType, times, trashed, starred, members), joined by `and`,
`or`, `not` and brackets. Any other term is refused as a query that cannot be read: a file wrongly left out would be a
silent lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.desk.errors import bad_request
from bot.desk.wire import Call

Json = dict[str, Any]
Test = Callable[[Json], bool]

TOKEN = re.compile(r"""\s*(\(|\)|!=|<=|>=|=|<|>|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w.-]+)\s*""", re.DOTALL)
TEXTS = {"name", "title", "mimeType"}
FLAGS = {"trashed", "starred", "sharedWithMe"}
TIMES = {"modifiedTime", "createdTime", "viewedByMeTime"}
ORDERS = {"name", "name_natural", "modifiedTime", "createdTime", "starred", "folder", "recency"}
COMPARED: dict[str, Callable[[str, str], bool]] = {
    "=": lambda mine, given: mine == given,
    "!=": lambda mine, given: mine != given,
    "<": lambda mine, given: mine < given,
    "<=": lambda mine, given: mine <= given,
    ">": lambda mine, given: mine > given,
    ">=": lambda mine, given: mine >= given,
}
WRITERS = {"writer", "owner"}


def page(files: list[Json], call: Call) -> tuple[list[Json], str | None]:
    """The files a call asks for, and the token of the next page if there is one."""
    query = call.get("q") or ""
    fits = _Query(query).test() if query.strip() else lambda _: True
    chosen = _ordered([one for one in files if fits(one)], call.get("orderBy") or "modifiedTime desc")
    size = _number(call.get("pageSize") or "100")
    token = call.get("pageToken") or ""
    start = _number(token.removeprefix("~")) if token else 0
    if not 1 <= size <= 1000 or (token and not token.startswith("~")):
        raise bad_request("Invalid Value")
    more = start + size < len(chosen)
    return chosen[start : start + size], f"~{start + size}" if more else None


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise bad_request("Invalid Value")
    return int(text)


def _ordered(files: list[Json], order: str) -> list[Json]:
    for key in reversed(order.split(",")):
        name, _, direction = key.strip().partition(" ")
        if name not in ORDERS or direction.strip() not in {"", "desc"}:
            raise bad_request("Sorting is not supported for this key: " + name)
        files = sorted(files, key=partial(_rank, name=name), reverse=bool(direction))
    return files


def _rank(one: Json, name: str) -> Any:
    if name == "folder":
        return 0  # there are no folders
    if name == "recency":
        return one["modifiedTime"]
    value = one["name" if name == "name_natural" else name]
    return value.casefold() if isinstance(value, str) else value


class _Query:
    """A query being read from left to right."""

    def __init__(self, text: str):
        self._left: list[str] = []
        at = 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise bad_request("Invalid Value")
            self._left.append(match[1])
            at = match.end()

    def test(self) -> Test:
        """Whether a file fits the whole query."""
        found = self._either()
        if self._left:
            raise bad_request("Invalid Value")
        return found

    def _either(self) -> Test:
        tests = [self._both()]
        while self._took("or"):
            tests.append(self._both())
        return lambda one: any(test(one) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._took("and"):
            tests.append(self._single())
        return lambda one: all(test(one) for test in tests)

    def _single(self) -> Test:
        if self._took("not"):
            denied = self._single()
            return lambda one: not denied(one)
        if self._took("("):
            found = self._either()
            if not self._took(")"):
                raise bad_request("Invalid Value")
            return found
        first, operator, last = self._next(), self._next(), self._next()
        if operator == "in":
            return partial(_has_member, who=_text(first), among=last)
        return _term(first, operator, last)

    def _took(self, word: str) -> bool:
        if self._left and self._left[0].lower() == word:
            del self._left[0]
            return True
        return False

    def _next(self) -> str:
        if not self._left:
            raise bad_request("Invalid Value")
        return self._left.pop(0)


def _term(name: str, operator: str, given: str) -> Test:
    if name in FLAGS and operator in {"=", "!="} and given in {"true", "false"}:
        wanted = (given == "true") == (operator == "=")
        return lambda one: bool(one.get(name)) == wanted
    if name in TIMES and operator in COMPARED:
        moment = _text(given).removesuffix("Z")
        return lambda one: COMPARED[operator](one.get(name, "").removesuffix("Z"), moment)
    if name in TEXTS and operator in {"=", "!=", "contains"}:
        key, value = ("name" if name == "title" else name), _text(given)
        if operator == "contains":
            return lambda one: _starts_a_word(one[key], value)
        return lambda one: COMPARED[operator](one[key], value)
    raise bad_request("Invalid Value")


def _starts_a_word(text: str, beginning: str) -> bool:
    """Drive's `contains` looks at the beginnings of words."""
    return re.search(r"(?<!\w)" + re.escape(beginning.casefold()), text.casefold()) is not None


def _text(token: str) -> str:
    if token[:1] not in {"'", '"'}:
        raise bad_request("Invalid Value")
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def _has_member(one: Json, who: str, among: str) -> bool:
    if among == "parents":
        return who in one["parents"]
    if among not in {"owners", "writers", "readers"}:
        raise bad_request("Invalid Value")
    roles = {"owners": {"owner"}, "writers": WRITERS}.get(among)
    return any(
        permission.get("emailAddress", "").casefold() == who.casefold()
        for permission in one["permissions"]
        if roles is None or permission["role"] in roles
    )
