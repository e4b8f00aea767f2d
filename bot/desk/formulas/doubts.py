"""Values that IronCalc and Google might see differently: a formula that meets one shows `#NAME?`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.desk.formulas.values import Error, Value, is_number, typed_number


def read_otherwise(text: Value, theirs: Value, locale: str) -> bool:
    """Whether a text is another number to IronCalc than to Google."""
    if not isinstance(text, str):
        return False
    ours = typed_number(text, locale)
    return is_number(theirs) if ours is None else theirs != ours


def spelled_otherwise(value: Value) -> bool:
    """Whether a number is too large or too small to say how it is spelled."""
    return is_number(value) and value != 0 and not 1e-4 <= abs(value) < 1e15


def of_two_units(value: Value) -> bool:
    """Whether a text has characters that count double in Google."""
    return isinstance(value, str) and any(char > "\uffff" for char in value)


def no_condition(value: Value) -> bool:
    """Whether a text reads as a boolean."""
    return isinstance(value, str) and value.strip().upper() in {"TRUE", "FALSE"}


def unequal_cases(value: Value) -> bool:
    """Whether letters become several when their case changes."""
    return isinstance(value, str) and (len(value.upper()) != len(value) or len(value.lower()) != len(value))


def hardly_equal(left: Value, right: Value) -> bool:
    """Whether two numbers differ by less than is shown, or two texts by letters of unclear case."""
    if is_number(left) and is_number(right):
        return left != right and abs(left - right) < 1e-12 * max(abs(left), abs(right))
    if isinstance(left, str) and isinstance(right, str):
        return (left.lower() == right.lower()) != (left.upper() == right.upper())
    return False


def hardly_ordered(left: Value, right: Value) -> bool:
    """Whether Google's order of two values is not known: text beyond plain words, nearly equal numbers."""
    if isinstance(left, str) and isinstance(right, str):
        both = left + right
        plain = both.isascii() and both.replace(" ", "a").isalnum()
        return left.lower() != right.lower() and not plain and bool(left and right)
    return hardly_equal(left, right)


def no_criterion(value: Value, area: Iterable[Value], locale: str) -> bool:
    """Whether a criterion that a formula works out cannot be trusted."""
    if value is None or isinstance(value, Error):
        return True
    if not isinstance(value, str):
        return holds_alike(area, value, "", locale)
    match = re.fullmatch(r"(<>|<=|>=|<|>|=)?(.*)", value, re.DOTALL)
    sign, operand = (match[1] or "", match[2]) if match else ("", value)
    if operand == "":
        return sign != ""
    if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", operand) and "," not in operand:
        return holds_alike(area, float(operand), sign, locale)
    return sign not in {"", "="} or typed_number(operand, locale) is not None or reads_oddly(operand)


_ODD = re.compile(r"^[\d$€£¥+(.-]|^(?:true|false)$|%$|^[#']", re.IGNORECASE)


def reads_oddly(text: str) -> bool:
    """Whether IronCalc may take a text for something else, a number or a boolean."""
    return _ODD.search(text) is not None


def holds_alike(area: Iterable[Value], wanted: Value, sign: str, locale: str) -> bool:
    """Whether there is text among values that looks like a number asked for, or a number hardly different."""
    if not is_number(wanted):
        return False
    equality = sign in {"", "=", "<>"}
    return float(f"{wanted:.15g}") != wanted or any(
        hardly_equal(value, wanted)
        or (equality and isinstance(value, str) and value != "" and typed_number(value, locale) == wanted)
        for value in area
    )


def holds_empty_text(area: Iterable[Value]) -> bool:
    """Whether there is empty text among values."""
    return any(value == "" for value in area)


def hardly_spelled(area: Iterable[Value]) -> bool:
    """Whether there are values that IronCalc joins otherwise."""
    return any(
        (is_number(value) and (spelled_otherwise(value) or f"{value:.15g}" != repr(value).removesuffix(".0")))
        or value == ""
        for value in area
    )


def hardly_distinct(area: Iterable[Value]) -> bool:
    """Whether values differ by their case alone, or are errors or empty text."""
    found = {value for value in area if value is not None}
    texts = {value for value in found if isinstance(value, str)}
    return (
        "" in texts
        or len({text.lower() for text in texts}) != len(texts)
        or any(isinstance(value, Error) for value in found)
        or (bool(found & {True, False}) and any(isinstance(one, bool) for one in found))
    )


def with_wildcards(value: Value) -> bool:
    """Whether a key would be a pattern."""
    return value is None or (isinstance(value, str) and bool(re.search(r"[?*~]", value)))


def not_whole(value: Value) -> bool:
    """Whether a number has decimals or is too large to count by ones."""
    return is_number(value) and (value != int(value) or abs(value) > 1e15)
