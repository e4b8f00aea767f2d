"""Products: what is sold, in which specification and at which list price."""

from sheets_schema.fields import Field, Kind, Owner, Tab

PRODUCTS = Tab(
    key="products",
    en="Products",
    zh="产品明细表",
    fields=(
        Field("product", "Product", "产品名称", required=True, needed=True),
        Field("specification", "Specification", "规格型号/版本", aliases=("规格型号", "版本", "Version")),
        Field("duration", "Duration", "时长"),
        Field("unit", "Unit", "单位"),
        Field("unit_price", "Unit price", "单价", Kind.MONEY),
        Field("stock", "Stock", "库存", Kind.QUANTITY),
        Field("active", "On sale", "在售", Kind.CHECKBOX, aliases=("Active",)),
        Field("sold_quantity", "Sold quantity", "累计销量", Kind.QUANTITY, Owner.BOT),
        Field("sold_amount", "Sold amount", "累计销售额", Kind.MONEY, Owner.BOT),
        Field("customers", "Customers", "购买客户", owner=Owner.BOT),
        Field("problem", "Problem", "问题提示", owner=Owner.BOT),
        Field("row_id", "Row ID", "行标识", owner=Owner.BOT, hidden=True),
    ),
)
