"""How each kind of column shows its cells: the number formats `init` sets and new rows carry."""

from sheets_schema.currencies import minor_unit
from sheets_schema.fields import Field, Kind, Tab

#: Kind -> (Sheets number format type, pattern). Text columns are formatted as text, so that 007 stays 007 when typed.
NUMBER_FORMATS: dict[Kind, tuple[str, str]] = {
    Kind.TEXT: ("TEXT", "@"),
    Kind.MONEY: ("NUMBER", "#,##0.00"),
    Kind.QUANTITY: ("NUMBER", "#,##0.###"),
    Kind.DATE: ("DATE", "yyyy-mm-dd"),
    Kind.DATETIME: ("DATE_TIME", "yyyy-mm-dd hh:mm"),
}

#: Name -> (type, pattern), for cells that stand in no column of a kind: `bot.projection.SetRange` names them so.
BY_NAME: dict[str, tuple[str, str]] = {
    **{kind.value: form for kind, form in NUMBER_FORMATS.items()},
    "count": ("NUMBER", "#,##0"),
    "money_0": ("NUMBER", "#,##0"),
    "money_2": ("NUMBER", "#,##0.00"),
    "money_3": ("NUMBER", "#,##0.000"),
    "percent": ("PERCENT", "0%"),
    #: A difference, with its sign.
    "change": ("PERCENT", "+0%;-0%;0%"),
}


def money_format(currency: str) -> str:
    """The name of the format that shows this currency's minor unit and no more."""
    exponent = minor_unit(currency).as_tuple().exponent
    return f"money_{-exponent}" if isinstance(exponent, int) else "money_2"


def column_format(tab: Tab, column: Field, currency: str) -> tuple[str, str] | None:
    """How `init` formats a column, for a team that reckons in this currency; None for boxes.

    Yen have no decimals and dinars three. Where each row names its currency, two are the least, so that none hides any.
    """
    form = NUMBER_FORMATS.get(column.kind)
    if column.kind is not Kind.MONEY:
        return form
    name = money_format(currency)
    return form if name == "money_0" and "currency" in tab.by_key else BY_NAME[name]
