"""The order lines as the sheet shows them now, in the codes that closed weeks are compared in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bot.reports.figures.counted import counted
from bot.reports.figures.digests import Digests, line_digests
from bot.reports.figures.known import Facts, Present
from bot.reports.figures.lines import Lines, Positions
from bot.reports.figures.moments import Seconds
from bot.reports.figures.names import Names, person_of
from bot.reports.figures.numbers import rescaled
from bot.reports.figures.people import Sellers


@dataclass(frozen=True)
class Today:
    """The lines, and what they are compared by."""

    lines: Lines
    present: Present

    @classmethod
    def of(cls, lines: Lines, digits: int) -> Today:
        """The lines with quantities of so many decimals."""
        core, names = lines.core, Names(lines.members)
        find = Sellers(lines.members)
        people = names.people.codes(person_of(text, find) for text in core["salesperson"].cat.categories)
        currencies = names.currencies.codes(core["currency"].cat.categories)
        facts = Facts(
            core["amount"].to_numpy(),
            rescaled(core["quantity"].to_numpy(), lines.quantity_digits, digits),
            np.append(currencies, np.int32(-1))[core["currency"].cat.codes.to_numpy()],
            np.append(people, np.int32(-1))[core["salesperson"].cat.codes.to_numpy()],
            core["cancelled"].to_numpy(dtype=bool),
        )
        ids, hashes = core["row_id"].to_numpy(), core["hash"].to_numpy()
        return cls(lines, Present(ids, hashes, facts, lines.unusable, names, digits))

    @property
    def names(self) -> Names:
        """All names, as codes."""
        return self.present.names

    @property
    def recorded(self) -> Seconds:
        """When each line was recorded."""
        recorded: Seconds = self.lines.core["recorded"].to_numpy()
        return recorded

    @cached_property
    def digests(self) -> Digests:
        """By which closed weeks are told to be as they were."""
        return line_digests(self.present)

    def taken(self, at: Positions) -> pd.DataFrame:
        """Some lines as `bot.reports.figures.counted` has them."""
        facts = self.present.facts
        lines = counted(self.lines.taken(at), facts.person[at], facts.quantity[at], self.names)
        return lines.set_index(at)
