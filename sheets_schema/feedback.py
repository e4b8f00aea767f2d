"""Feedback: what customers say about a delivered order, left by a form."""

from sheets_schema.fields import Field, Kind, Owner, Tab

#: A rating is a whole number from the worst to the best.
RATINGS = range(1, 6)

FEEDBACK = Tab(
    key="feedback",
    en="Feedback",
    zh="客户反馈",
    fields=(
        Field("timestamp", "Timestamp", "时间戳记", Kind.DATETIME, aliases=("提交时间", "时间戳")),
        Field(
            "order_no",
            "Order No.",
            "订单编号",
            required=True,
            needed=True,
            aliases=("Order No", "Order number", "订单号"),
        ),
        Field("quality", "Product quality", "产品质量", Kind.QUANTITY, required=True, aliases=("Quality",)),
        Field(
            "timeliness",
            "On-time delivery",
            "交付及时性",
            Kind.QUANTITY,
            required=True,
            aliases=("Timeliness",),
        ),
        Field("service", "Service", "服务态度", Kind.QUANTITY, required=True),
        Field("comments", "Comments", "意见", aliases=("意见建议",)),
        Field("result", "Result", "处理结果", owner=Owner.BOT),
    ),
)
