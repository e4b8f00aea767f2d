"""The texts a sheet shows, worked out for many rows at once.

A row remembers its texts while it stays as it is, so a table is worked out once and then only where it
changed. What takes time in Python is taken for all numbers of a few thousand rows together.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import orjson

from bot.desk.book.cells import number_format
from bot.desk.book.display import SHORT, Renderer, automatic, renderer_of
from bot.desk.book.grid import Extra, Row, Scalar
from bot.desk.book.locales import locale_of

AT_ONCE = 4096  #: rows; many enough to share the work, few enough to need little memory beside the texts

Shown = list[Scalar]  #: text by text what the values of a row show; they are all strings
Formats = list[tuple[int, Renderer]]


def shown_rows(rows: list[Row], locale: str) -> list[Shown]:
    """The texts of rows, each as long as its values; not to be changed."""
    unknown = [row for row in rows if row.values and (row.shown is None or row.shown[0] != locale)]
    formats: dict[int, Formats] = {}  # by the id of extras, which the rows keep alive
    for start in range(0, len(unknown), AT_ONCE):
        _work_out(unknown[start : start + AT_ONCE], locale, formats)
    return [row.shown[1] if row.shown else row.values for row in rows]


def _work_out(rows: list[Row], locale: str, formats: dict[int, Formats]) -> None:
    begun = [_formatted(row, locale, formats) if row.extras else row.values for row in rows]
    numbers = [value for texts in begun for value in texts if type(value) is not str]
    following = iter(_automatic(numbers, locale_of(locale).decimal))
    for row, texts in zip(rows, begun, strict=True):
        done: Shown = [text if type(text) is str else next(following) for text in texts]
        row.shown = (locale, row.values if done == row.values else done)


def _formatted(row: Row, locale: str, formats: dict[int, Formats]) -> Shown:
    """The values of a row with those in a number format shown in it, and the others as they are."""
    known = formats.get(id(row.extras))
    if known is None:
        known = formats[id(row.extras)] = list(_formats(row.extras, locale))
    texts = row.values.copy() if known else row.values
    for column, render in known:
        if column < len(texts):
            value = texts[column]
            kind = type(value)
            if kind is float or kind is int:
                texts[column] = render(value)  # type: ignore[arg-type] # it is a number, said in the fastest way
    return texts


def _formats(extras: dict[int, Extra], locale: str) -> Iterable[tuple[int, Renderer]]:
    for column, extra in extras.items():
        render = renderer_of(number_format(extra), locale)
        if render is not None:
            yield column, render


def _automatic(values: list[Scalar], decimal: str) -> list[str]:
    """The texts of numbers and booleans without a format.

    The JSON encoder writes numbers many times faster than `repr`, and mostly as they are to be shown.
    """
    if not values:
        return []
    with suppress(orjson.JSONEncodeError):  # a whole number of more than 64 bits
        together = orjson.dumps(values)[1:-1].decode()
        texts = together.split(",")
        if "e" in together or ".0," in together + "," or max(map(len, texts)) > SHORT:  # true, 1e20, 1.0, 1/3
            texts = [
                text
                if len(text) <= SHORT and "e" not in text and text[-2:] != ".0"
                else automatic(value, ".")
                for text, value in zip(texts, values, strict=True)
            ]
        return texts if decimal == "." else [text.replace(".", decimal) for text in texts]
    return [automatic(value, decimal) for value in values]
