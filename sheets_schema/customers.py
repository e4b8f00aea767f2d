"""Customers: who buys, where their mail goes and in which language."""

from sheets_schema.fields import Field, Kind, Owner, Tab

CUSTOMERS = Tab(
    key="customers",
    en="Customers",
    zh="客户信息表",
    fields=(
        Field(
            "customer_no", "Customer No.", "客户编号", owner=Owner.FILLED, aliases=("Customer No", "客户号")
        ),
        Field("customer", "Customer", "客户名称", required=True, needed=True),
        Field("industry", "Industry", "所属行业"),
        Field("type", "Type", "客户类型"),
        Field("contact", "Contact", "联系人"),
        Field("contact_title", "Contact's title", "职务"),
        Field("phone", "Phone", "联系方式", aliases=("电话", "联系电话")),
        Field("email", "E-mail", "邮箱", needed=True, aliases=("Email", "电子邮箱", "邮件")),
        Field("address", "Address", "企业地址"),
        Field("language", "Language", "语言"),
        Field("tier", "Tier", "客户等级", owner=Owner.FILLED),
        Field("credit_limit", "Credit limit", "信用额度", Kind.MONEY),
        Field("needs", "Core needs", "核心需求备注"),
        Field("owner", "Owner", "负责人"),
        Field("first_order", "First order", "首次合作日期", Kind.DATE, Owner.BOT),
        Field("order_count", "Orders", "历史合作次数", Kind.QUANTITY, Owner.BOT),
        Field("total_amount", "Total amount", "累计合作金额", Kind.MONEY, Owner.BOT),
        Field("last_order", "Last order", "最近合作日期", Kind.DATE, Owner.BOT),
        Field("satisfaction", "Satisfaction", "满意度", Kind.QUANTITY, Owner.BOT),
        Field("next_purchase", "Next purchase", "潜在复购时间", Kind.DATE),
        Field("problem", "Problem", "问题提示", owner=Owner.BOT),
        Field("row_id", "Row ID", "行标识", owner=Owner.BOT, hidden=True),
    ),
)
