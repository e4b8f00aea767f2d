"""The functions that are said to IronCalc in other words, because it differs from Google in them."""

from __future__ import annotations

from bot.desk.formulas.parts import Recast
from bot.desk.formulas.recast import criteria, dates, logic, lookup, ranges, text

RECAST: dict[str, Recast] = {
    **criteria.RECAST,
    **dates.RECAST,
    **logic.RECAST,
    **lookup.RECAST,
    **ranges.RECAST,
    **text.RECAST,
}
