"""Activity: what happened, a row each, oldest first. Order Desk writes it; what is typed there may be replaced."""

from sheets_schema.fields import Field, Kind, Owner, Tab

ACTIVITY = Tab(
    key="activity",
    en="Activity",
    zh="操作日志",
    fields=(
        Field("time", "Time", "时间", Kind.DATETIME, owner=Owner.BOT),
        Field("order_no", "Order No.", "订单编号", owner=Owner.BOT),
        Field("what", "What", "事项", owner=Owner.BOT),
        Field("before", "From", "原值", owner=Owner.BOT),
        Field("after", "To", "新值", owner=Owner.BOT),
        Field("detail", "Details", "说明", owner=Owner.BOT),
    ),
)
