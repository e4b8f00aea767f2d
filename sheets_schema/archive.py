"""Archive: finished orders of past months, in the columns of Contract Orders."""

from sheets_schema.contracts import CONTRACTS
from sheets_schema.fields import Tab

ARCHIVE = Tab(key="archive", en="Archive", zh="历史订单", fields=CONTRACTS.fields)
#: Where the bot lays rows for the moment between taking them out and having seen that they were the right ones: hidden,
#: there for less than a second, and on no list of tabs.
BIN = Tab(key="bin", en="Order Desk (bin)", zh="Order Desk (bin)", fields=())
