"""What a report mail is made of: strings ready to print, for text and HTML alike, and the phrases reports share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from bot.mails.mail_text import one_line
from bot.mails.wording import Wording
from bot.planning.report_values import Amount, Sum

#: A dash where there is no figure: never a zero.
NONE = "–"
_LARGEST_SHARE = Decimal(100)


@dataclass(frozen=True)
class TableRow:
    """One row of a data table. A value may have several lines: an amount for each currency."""

    label: str
    values: tuple[str, ...] = ()
    #: Stands under the label, in a quieter tone.
    note: str = ""
    #: Length of the row's bar in percent of the longest; None = the table has no bars.
    bar: int | None = None


@dataclass(frozen=True)
class Table:
    """A data table: the label's column first, then numbers."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    total: TableRow | None = None
    #: Says how many rows are not shown here, and where they are.
    more: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure at the top, with what it means for the reader."""

    label: str
    value: str
    note: str = ""
    bar: int | None = None


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; without a title it goes on with what stands above."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    #: Name of the draft's picture that is shown here if there is one, and the same in words.
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True)
class ReportView:
    """A report mail from top to bottom. Blank strings are not shown."""

    subject: str
    #: What a mailbox shows next to the subject.
    preheader: str
    heading: str
    #: Beside the heading: sent late, or not the whole period yet.
    tag: str
    period: str
    intro: tuple[str, ...]
    #: The first one is the largest.
    figures: tuple[Figure, ...]
    facts: tuple[Figure, ...]
    sections: tuple[Section, ...]
    link: str
    #: Why the reader gets this mail.
    why: str


@dataclass(frozen=True)
class Phrases:
    """The phrases of one reader: a language, the team's zone and the config's currency."""

    wording: Wording
    zone: ZoneInfo
    currency: str = ""

    def say(self, key: str, **values: object) -> str:
        """The words under this key."""
        return self.wording.say(key, **values)

    def moment(self, moment: datetime) -> str:
        """A moment on the team's clocks: "11月13日 18:00"."""
        return self.wording.moment(moment.astimezone(self.zone))

    def money(self, amount: Decimal, currency: str = "") -> str:
        """An amount, in the config's currency where none is named."""
        return self.wording.money(amount, currency or self.currency)

    def signed(self, amount: Decimal, currency: str) -> str:
        """A difference, with its sign."""
        return ("+" if amount > 0 else "") + self.wording.money(amount, currency)

    def amounts(self, amounts: Sequence[Amount]) -> str:
        """An amount a line for each currency; 0 in the config's when there is none."""
        return "\n".join(self.money(a.amount, a.currency) for a in amounts) or self.money(Decimal(0))

    def averages(self, total: Sum) -> str:
        """What an order came to on average, a line for each currency."""
        return "\n".join(self.wording.money(cents(a.average), a.currency) for a in total.amounts) or NONE

    def share(self, share: Decimal | None) -> str:
        """A part of a whole in percent, to a tenth."""
        if share is None:
            return NONE
        if abs(share) >= _LARGEST_SHARE:
            return "> 9,999%"
        percent = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{self.wording.quantity(percent)}%"

    def change(self, now: Decimal, before: Decimal, currency: str = "") -> str:
        """How an amount stands to the one before, in words and not by a sign alone; "" when both are 0."""
        if now == before:
            return self.say("change_none") if now else ""
        if before <= 0:
            return self.say("change_from", before=self.money(before, currency))
        share = self.share(abs(now - before) / before)
        return self.say("change_up" if now > before else "change_down", share=share)

    def names(self, names: Iterable[str], most: int = 30) -> str:
        """Names in a row, with the number of those that are left out."""
        cleaned = [one_line(name, 60) for name in names]
        text = self.say("comma").join(cleaned[:most])
        return text if len(cleaned) <= most else self.say("and_more", names=text, count=len(cleaned) - most)


def cents(amount: Decimal) -> Decimal:
    """An average, rounded as a price is."""
    try:
        return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    except ArithmeticError:
        # More digits than the context has: what is left of them is exact enough for a mean.
        return amount


def bar(amount: Decimal, longest: Decimal) -> int:
    """Length of a bar in percent; one that is not nothing can be seen."""
    if amount <= 0 or longest <= 0:
        return 0
    return max(1, min(100, int(amount * 100 / longest)))
