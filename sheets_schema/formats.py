"""How each kind of column shows its cells: the number formats `init` sets and new rows carry."""

from sheets_schema.fields import Kind

#: Kind -> (Sheets number format type, pattern). Text columns are formatted as text, so that 007 stays 007 when typed.
NUMBER_FORMATS: dict[Kind, tuple[str, str]] = {
    Kind.TEXT: ("TEXT", "@"),
    Kind.MONEY: ("NUMBER", "#,##0.00"),
    Kind.QUANTITY: ("NUMBER", "#,##0.###"),
    Kind.DATE: ("DATE", "yyyy-mm-dd"),
    Kind.DATETIME: ("DATE_TIME", "yyyy-mm-dd hh:mm"),
}
