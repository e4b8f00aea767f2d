"""Functions of text. Lengths count UTF-16 units, as Google's do: most emoji are two."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.desk.display import shown
from bot.desk.formulas.arrays import Operand, matrix
from bot.desk.formulas.functions.kinds import Function, Scene, over, plain
from bot.desk.formulas.values import (
    BAD_VALUE,
    Failed,
    NotImitated,
    Value,
    is_number,
    number,
    text,
    truth,
    typed_number,
)
from bot.desk.workbook import MAX_CELL_TEXT


def _of_text(work: Callable[[str], Value]) -> Callable[..., Value]:
    return lambda scene, value: work(text(value, scene.locale))


def _simple(value: str) -> str:
    """A text whose characters are one unit each; cutting others could halve them."""
    if any(char > "\uffff" for char in value):
        raise NotImitated("positions in text with characters of two units")
    return value


def _count(scene: Scene, value: Value) -> int:
    found = int(number(value, scene.locale))
    if found < 0:
        raise Failed(BAD_VALUE)
    return found


def left(scene: Scene, value: Value, count: Value = 1) -> Value:
    """LEFT."""
    return _simple(text(value, scene.locale))[: _count(scene, count)]


def right(scene: Scene, value: Value, count: Value = 1) -> Value:
    """RIGHT."""
    whole, wanted = _simple(text(value, scene.locale)), _count(scene, count)
    return whole[len(whole) - wanted :] if wanted < len(whole) else whole


def middle(scene: Scene, value: Value, start: Value, count: Value) -> Value:
    """MID: counted from 1."""
    first = _count(scene, start)
    if first < 1:
        return BAD_VALUE
    return _simple(text(value, scene.locale))[first - 1 : first - 1 + _count(scene, count)]


def length(value: str) -> int:
    """LEN."""
    return len(value.encode("utf-16-le")) // 2


def trimmed(value: str) -> str:
    """TRIM: no blanks at the ends, one between words."""
    return re.sub(" +", " ", value).strip(" ")


def cased(change: Callable[[str], str]) -> Callable[..., Value]:
    """UPPER and LOWER, of letters that stay as many."""

    def run(scene: Scene, value: Value) -> Value:
        before = text(value, scene.locale)
        after = change(before)
        if len(after) != len(before):
            raise NotImitated("letters that become several")
        return after

    return run


def joined(scene: Scene, operands: list[Operand]) -> Value:
    """CONCATENATE: every value, ranges row by row."""
    return _limited("".join(_texts(scene, operands)))


def text_join(scene: Scene, operands: list[Operand]) -> Value:
    """TEXTJOIN: a text between the values, empty ones left out if wanted."""
    (delimiter, *more), (skip, *_) = _texts(scene, operands[:1]), _values(scene, operands[1])
    if more:
        raise NotImitated("several delimiters")
    found = _texts(scene, operands[2:])
    return _limited(delimiter.join(one for one in found if one or not truth(skip)))


def _values(scene: Scene, operand: Operand) -> list[Value]:
    found = matrix(operand, scene.cells)
    tallest = max(map(len, found.columns), default=0)
    columns = [column + [None] * (tallest - len(column)) for column in found.columns]
    values = [value for row in zip(*columns, strict=True) for value in row]
    return values + [None] * ((found.height - tallest) * found.width)


def _texts(scene: Scene, operands: list[Operand]) -> list[str]:
    return [text(value, scene.locale) for operand in operands for value in _values(scene, operand)]


def _limited(value: str) -> str:
    if len(value) > MAX_CELL_TEXT:
        raise Failed(BAD_VALUE)
    return value


def substituted(scene: Scene, value: Value, old: Value, new: Value, nth: Value = None) -> Value:
    """SUBSTITUTE: all occurrences, or the n-th."""
    whole, wanted, put = (text(one, scene.locale) for one in (value, old, new))
    if not wanted:
        return whole
    if nth is None:
        return _limited(whole.replace(wanted, put))
    parts = whole.split(wanted)
    at = _count(scene, nth)
    if not 1 <= at < len(parts):
        return whole if at else BAD_VALUE
    return _limited(wanted.join(parts[:at]) + put + wanted.join(parts[at:]))


def found_at(scene: Scene, wanted: Value, value: Value, start: Value = 1) -> Value:
    """FIND: the place of a text in another, upper and lower case apart."""
    first = _count(scene, start)
    inside = _simple(text(value, scene.locale))
    at = inside.find(text(wanted, scene.locale), first - 1) if 1 <= first <= len(inside) + 1 else -1
    return at + 1 if at >= 0 else BAD_VALUE


def repeated(scene: Scene, value: Value, count: Value) -> Value:
    """REPT."""
    whole, times = text(value, scene.locale), _count(scene, count)
    return _limited(whole * min(times, MAX_CELL_TEXT + 1))


def as_number(scene: Scene, value: Value) -> Value:
    """VALUE: the number a text would be if typed."""
    if isinstance(value, bool) or value == "":
        raise NotImitated("VALUE of booleans and empty text")
    return number(value, scene.locale)


def formatted(scene: Scene, value: Value, pattern: Value) -> Value:
    """TEXT: a number in a format; what a language decides is not imitated outside English."""
    wanted = text(pattern, scene.locale)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        read = typed_number(value, scene.locale)
        if read is None:
            return value
        value = read
    bare = re.sub(r'"[^"]*"|\\.|am/pm|a/p', "", wanted, flags=re.IGNORECASE)
    of_dates = bool(re.search(r"[ymdhs]", bare, re.IGNORECASE)) and not re.search(
        r"[0#?]", bare.replace(".0", "")
    )
    if not _known_pattern(bare, of_dates, scene.locale):
        raise NotImitated(f"the pattern {wanted}")
    kind = "DATE_TIME" if of_dates else "NUMBER"
    return shown(number(value, scene.locale), {"type": kind, "pattern": wanted}, scene.locale)


def _known_pattern(bare: str, of_dates: bool, locale: str) -> bool:
    if of_dates:
        names = re.search(r"m{3,}|d{3,}", bare, re.IGNORECASE)
        return not re.search(r"[^ymdhs\s:/.,\-\[\]0年月日时分秒]", bare, re.IGNORECASE) and not (
            names and not locale.startswith("en")
        )
    return re.fullmatch(r"[-0#?,.%$€£¥+() ;]*|@", bare) is not None and bare not in {"", "@"}


def _same(scene: Scene, one: Value, other: Value) -> Value:
    return text(one, scene.locale) == text(other, scene.locale)


def _n(scene: Scene, value: Value) -> Value:
    return number(value, scene.locale) if is_number(value) or isinstance(value, bool) else 0


FUNCTIONS: dict[str, Function] = {
    "LEFT": plain(left, 1, 2, text=True),
    "RIGHT": plain(right, 1, 2, text=True),
    "MID": plain(middle, 3, text=True),
    "LEN": plain(_of_text(length), 1, text=True),
    "TRIM": plain(_of_text(trimmed), 1, text=True),
    "UPPER": plain(cased(str.upper), 1, text=True),
    "LOWER": plain(cased(str.lower), 1, text=True),
    "SUBSTITUTE": plain(substituted, 3, 4, text=True),
    "FIND": plain(found_at, 2, 3, text=True),
    "EXACT": plain(_same, 2, text=True),
    "REPT": plain(repeated, 2, text=True),
    "CONCATENATE": over(joined, 1, None, text=True),
    "CONCAT": over(joined, 2, 2, text=True),
    "TEXTJOIN": over(text_join, 3, None, text=True),
    "VALUE": plain(as_number, 1),
    "TEXT": plain(formatted, 2),
    "N": plain(_n, 1),
}
