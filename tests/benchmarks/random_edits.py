"""Hands that edit a sheet at random, the same way in two workbooks that look the same.

A row's hidden identity is its Python list. What is done is chosen by a random number generator and by what people can
see, so that equal workbooks get equal edits from generators in equal states.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from sheets_schema import CONTRACTS, Cell, Owner
from tests.benchmarks.big_book import in_columns

#: Where people alone write.
PEOPLES = [i for i, f in enumerate(CONTRACTS.fields) if f.owner is Owner.PERSON]
_COLUMN = {f.key: i for i, f in enumerate(CONTRACTS.fields)}
ORDER_NO, MARK = _COLUMN["order_no"], _COLUMN["special_requests"]
REQUIRED = [_COLUMN[key] for key in ("customer", "product", "quantity", "salesperson")]
#: How the rows begin that are there from the start; they stay, so that no tab ever loses everything at once.
OLD = "old "

Rows = list[list[Cell]]


def cell(row: list[Cell], column: int) -> Cell:
    """A cell; "" beyond the row's end."""
    return row[column] if column < len(row) else ""


def is_blank(row: list[Cell]) -> bool:
    """Nothing stands in it, the bot's own cells included."""
    return not any(value != "" for value in row)


class Hands:
    """One team's hands on Contract Orders."""

    def __init__(self, grid: Rows, seed: int) -> None:
        self._grid = grid
        self._rng = random.Random(seed)
        self._typed = 0
        self._deleted: list[list[Cell]] = []
        self._polled: Rows = []
        self._before: Rows | None = None
        self._acts: list[Callable[[], None]] = [
            self._type, self._type, self._type_half, self._complete, self._sort, self._insert, self._delete, self._clear,
            self._copy_row, self._copy_words, self._paste_row_over, self._paste_words_over, self._cut_and_paste, self._edit,
        ]  # fmt: skip

    def work(self) -> None:
        """What happens between two polls: nothing, one edit or several."""
        self._polled = [list(row) for row in self._grid]
        for _ in range(self._rng.choice((0, 1, 1, 2, 3, 5))):
            before = [list(row) for row in self._grid]
            self._rng.choice(self._acts)()
            self._before = before
            if self._rng.random() < 0.08:
                self._undo()
        self._before = None
        # A row that comes back is as the bot last saw it: one that comes back edited is retyped where another had been.
        if self._deleted and self._rng.random() < 0.25:
            self._grid.insert(self._place(), self._deleted.pop())

    # ── picking ─────────────────────────────────────────────────────────────────────────────────────────────

    def _place(self) -> int:
        return self._rng.randint(1, len(self._grid))

    def _any(self, fits: Callable[[list[Cell]], bool]) -> int | None:
        found = [i for i in range(1, len(self._grid)) if fits(self._grid[i])]
        return self._rng.choice(found) if found else None

    def _any_used(self) -> int | None:
        return self._any(lambda row: not is_blank(row))

    def _any_loose(self) -> int | None:
        return self._any(lambda row: not is_blank(row) and not str(cell(row, MARK)).startswith(OLD))

    def _new_words(self) -> dict[str, Cell]:
        self._typed += 1
        rng = self._rng
        odd = rng.choice(("", "", "],[", '"],["', "\\", "\n=1+1"))
        return {
            "customer": f"客户{rng.randrange(4)}", "product": f"产品{rng.randrange(3)}", "quantity": rng.randint(1, 9),
            "salesperson": f"销售{rng.randrange(2)}", "special_requests": f"<{self._typed}>{odd}",
        }  # fmt: skip

    # ── edits ───────────────────────────────────────────────────────────────────────────────────────────────

    def _type(self) -> None:
        row = in_columns(CONTRACTS.key, self._new_words())
        blank = self._any(is_blank)
        if blank is not None and self._rng.random() < 0.5:
            self._grid[blank][:] = row
        else:
            self._grid.insert(self._place(), row)

    def _type_half(self) -> None:
        words = self._new_words()
        del words["quantity"]
        self._grid.append(in_columns(CONTRACTS.key, words))

    def _complete(self) -> None:
        found = self._any(lambda row: not is_blank(row) and cell(row, _COLUMN["quantity"]) == "")
        if found is not None:
            self._put(found, _COLUMN["quantity"], self._rng.randint(1, 9))

    def _sort(self) -> None:
        column = self._rng.choice([*REQUIRED, MARK, ORDER_NO])
        down = self._rng.random() < 0.5
        rows = self._grid[1:]
        # Blank cells go last whichever way, as in Sheets.
        filled = [r for r in rows if cell(r, column) != ""]
        filled.sort(key=lambda r: (isinstance(cell(r, column), str), str(cell(r, column))), reverse=down)
        self._grid[1:] = filled + [r for r in rows if cell(r, column) == ""]

    def _insert(self) -> None:
        self._grid.insert(self._place(), [])

    def _delete(self) -> None:
        found = self._any_loose()
        if found is not None:
            row = self._grid.pop(found)
            if row in self._polled:
                self._deleted.append(row)

    def _clear(self) -> None:
        found = self._any_loose()
        if found is not None:
            self._grid[found].clear()

    def _copy_row(self) -> None:
        found = self._any_used()
        if found is not None:
            self._grid.insert(self._place(), list(self._grid[found]))

    def _copy_words(self) -> None:
        found = self._any_used()
        if found is not None:
            self._grid.insert(self._place(), self._words_of(found))

    def _paste_row_over(self) -> None:
        source, target = self._any_used(), self._any_loose()
        if source is not None and target is not None:
            self._grid[target][:] = list(self._grid[source])

    def _paste_words_over(self) -> None:
        source, target = self._any_used(), self._any_loose()
        if source is not None and target is not None:
            words = self._words_of(source)
            for column in PEOPLES:
                self._put(target, column, cell(words, column))

    def _cut_and_paste(self) -> None:
        found = self._any_used()
        if found is not None:
            moved = list(self._grid[found])
            self._grid[found].clear()
            self._grid.insert(self._place(), moved)

    def _edit(self) -> None:
        found = self._any_used()
        if found is not None:
            self._put(found, _COLUMN["notes"], f"note {self._rng.randrange(1000)}")

    def _undo(self) -> None:
        if self._before is not None:
            self._grid[:] = self._before

    def _words_of(self, index: int) -> list[Cell]:
        row = self._grid[index]
        return [cell(row, i) if i in PEOPLES else "" for i in range(len(row))]

    def _put(self, index: int, column: int, value: Cell) -> None:
        row = self._grid[index]
        row.extend([""] * (column + 1 - len(row)))
        row[column] = value
