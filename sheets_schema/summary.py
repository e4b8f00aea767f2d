"""Summary: blocks of figures, one for the running week and one for each closed week. It has no columns with titles."""

from sheets_schema.fields import Tab

SUMMARY = Tab(key="summary", en="Summary", zh="销售汇总表", fields=())
