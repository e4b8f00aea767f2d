"""The workbook as code: tabs, columns, titles and cell types. Imports nothing of the bot."""

from sheets_schema.activity import ACTIVITY
from sheets_schema.archive import ARCHIVE
from sheets_schema.automations import AUTOMATIONS
from sheets_schema.contracts import CONTRACTS
from sheets_schema.customers import CUSTOMERS
from sheets_schema.feedback import FEEDBACK
from sheets_schema.fields import LANGUAGES, Cell, Field, Kind, Owner, Tab
from sheets_schema.order_entry import ORDER_ENTRY
from sheets_schema.products import PRODUCTS
from sheets_schema.summary import SUMMARY
from sheets_schema.team import TEAM

#: Every tab the bot reads in a poll, in the order the API call names them.
TABS: tuple[Tab, ...] = (ORDER_ENTRY, CONTRACTS, CUSTOMERS, PRODUCTS, TEAM, AUTOMATIONS, FEEDBACK)
#: Every tab `init` lays out; a poll does not read the last ones.
LAID_OUT: tuple[Tab, ...] = (*TABS, SUMMARY, ARCHIVE, ACTIVITY)
BY_KEY: dict[str, Tab] = {tab.key: tab for tab in TABS}
#: The tabs whose rows have an identity and can become orders.
ORDER_TABS: tuple[Tab, ...] = (ORDER_ENTRY, CONTRACTS)

__all__ = [
    "ACTIVITY",
    "ARCHIVE",
    "AUTOMATIONS",
    "BY_KEY",
    "CONTRACTS",
    "CUSTOMERS",
    "FEEDBACK",
    "LAID_OUT",
    "LANGUAGES",
    "ORDER_ENTRY",
    "ORDER_TABS",
    "PRODUCTS",
    "SUMMARY",
    "TABS",
    "TEAM",
    "Cell",
    "Field",
    "Kind",
    "Owner",
    "Tab",
]
