"""The functions formulas may use: those whose behaviour was checked against Google's documentation.

Any other shows `#NAME?`, and so does a use of these that Google might see differently.
"""

from __future__ import annotations

from bot.desk.formulas.functions import aggregates, arithmetic, conditions, dates, logic, lookup, text
from bot.desk.formulas.functions.kinds import Function

FUNCTIONS: dict[str, Function] = {
    **aggregates.FUNCTIONS,
    **arithmetic.FUNCTIONS,
    **conditions.FUNCTIONS,
    **dates.FUNCTIONS,
    **logic.FUNCTIONS,
    **lookup.FUNCTIONS,
    **text.FUNCTIONS,
}
