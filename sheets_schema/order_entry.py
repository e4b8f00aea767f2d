"""Order Entry: where a Google Form, or a person, leaves a wish for an order."""

from sheets_schema.fields import Field, Kind, Owner, Tab

ORDER_ENTRY = Tab(
    key="order_entry",
    en="Order Entry",
    zh="订单录入表",
    fields=(
        Field("timestamp", "Timestamp", "时间戳记", Kind.DATETIME, aliases=("提交时间", "时间戳")),
        Field("salesperson", "Salesperson", "销售跟进人", required=True, needed=True),
        Field("customer", "Customer", "客户名称", required=True, needed=True),
        Field("product", "Product", "产品名称", required=True, needed=True),
        Field("specification", "Specification", "规格型号"),
        Field("quantity", "Quantity", "数量", Kind.QUANTITY, required=True, needed=True),
        Field("unit_price", "Unit price", "单价", Kind.MONEY),
        Field("duration", "Purchase duration", "购买时长"),
        Field("payment_method", "Payment method", "付款方式"),
        Field("due_date", "Due date", "期望交付日期", Kind.DATE, aliases=("预计交付日期",)),
        Field("delivery_address", "Delivery address", "交付地址"),
        Field("special_requests", "Special requests", "特殊要求"),
        Field("source", "Source", "订单来源"),
        Field("notes", "Notes", "备注"),
        Field(
            "order_no",
            "Order No.",
            "订单编号",
            owner=Owner.BOT,
            needed=True,
            aliases=("Order No", "Order number", "订单号"),
        ),
        Field("result", "Result", "处理结果", owner=Owner.BOT, needed=True),
        Field("row_id", "Row ID", "行标识", owner=Owner.BOT, needed=True, hidden=True),
    ),
)
