"""A tab as it stands once its titles are written: what everything else that `init` lays out is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports import Sheet
from sheets_schema import Field, Tab

Request = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """What is sent by itself, because it holds what people typed and the workbook may refuse it."""

    requests: tuple[Request, ...]
    #: A sentence once it is done.
    said: str
    #: A sentence with {reason} in it, in case the workbook refuses.
    refused: str


@dataclass(frozen=True)
class Furnished:
    """A tab as it stands once its titles are written."""

    tab: Tab
    sheet: Sheet
    #: Column key -> index, of the columns that are there.
    columns: Mapping[str, int]

    def present(self) -> list[tuple[Field, int]]:
        """The known columns from left to right."""
        return sorted(((self.tab.by_key[k], i) for k, i in self.columns.items()), key=lambda found: found[1])

    def title_of(self, key: str, language: str) -> str:
        """What the column is called here; in this language where its title is still to be written."""
        index = self.columns.get(key)
        there = (
            self.sheet.header[index].strip() if index is not None and index < len(self.sheet.header) else ""
        )
        return there or self.tab.by_key[key].title(language)

    def cells_of(self, left: int, right: int) -> Request:
        """These columns without the titles, as the API names them."""
        sheet_id = self.sheet.sheet_id
        return {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": left, "endColumnIndex": right}


def runs(numbers: Iterable[int]) -> Sequence[tuple[int, int]]:
    """Neighbouring numbers together, as first and one past the last."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number:
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number, number + 1))
    return found
