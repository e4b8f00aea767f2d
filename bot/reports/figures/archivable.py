"""Which rows of Contract Orders may move to Archive. Decides; `bot.archiving` moves them, and looks at each again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.planning.periods import month_before
from bot.planning.rules import Rules
from bot.reports.figures.lines import Lines
from bot.reports.figures.moments import NO_MOMENT, seconds_of
from sheets_schema import CONTRACTS
from sheets_schema.workflow import CANCELLED, COMPLETED

FINISHED = (COMPLETED.key, CANCELLED.key)


def archivable(
    lines: Lines, counted: Collection[str], first_week: datetime, month_end: datetime, rules: Rules
) -> tuple[str, ...]:
    """Row IDs of the orders that may leave, in the order of the rows; an order leaves whole or stays.

    All its lines are completed or cancelled, were recorded long enough ago (`rules.archive.after_months`; 1 = before
    the reported month ended), and no weekly report waits for them. One line that cannot be counted keeps its order, and
    so does one whose Status cell shows a state that is not legal.

    Args:
        lines: All lines.
        counted: Row IDs that a closed week counts.
        first_week: When the first weekly report began: rows recorded before it are in none.
        month_end: End of the reported month.
        rules: How many months a finished order stays.
    """
    frame = lines.frame
    recorded = frame["recorded"].to_numpy()
    is_told = frame["row_id"].isin(list(counted)).to_numpy() | (recorded < seconds_of(first_week))
    may_leave = (
        frame["status"].isin(FINISHED).to_numpy(dtype=bool)
        & ~frame["row_id"].isin(list(lines.refused)).to_numpy()
        & is_told
        & (recorded != NO_MOMENT)
        & (recorded < seconds_of(_limit(month_end, rules)))
    )
    staying = set(frame.loc[~may_leave, "order_no"])
    staying |= {out.order_no for out in lines.left_out if out.tab == CONTRACTS.key}
    whole = ~frame["order_no"].isin(list(staying)).to_numpy(dtype=bool)
    leaving = frame[may_leave & whole & ~frame["archived"].to_numpy(dtype=bool)]
    return tuple(str(row_id) for row_id in leaving["row_id"])


def _limit(month_end: datetime, rules: Rules) -> datetime:
    """The end of the last month whose orders leave."""
    limit = month_end
    for _ in range(rules.archive.after_months - 1):
        limit = month_before(limit.astimezone(rules.timezone).date(), rules.timezone).start
    return limit
