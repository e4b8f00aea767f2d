"""Archive: finished orders of past months, in the columns of Contract Orders."""

from sheets_schema.contracts import CONTRACTS
from sheets_schema.fields import Tab

ARCHIVE = Tab(key="archive", en="Archive", zh="历史订单", fields=CONTRACTS.fields)
