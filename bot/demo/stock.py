"""What the sample company is made of: invented people, customers and goods. All of it data.

Mail goes to `.example` alone, a domain nobody can own; phone numbers are of ranges that are never given out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CHINESE_TEAM, ENGLISH_TEAM = "华东", "Europe"


@dataclass(frozen=True)
class Person:
    """Somebody of the team; the address is the name's Latin letters at the company."""

    name: str
    letters: str
    team: str
    role: str
    language: str = "中文"
    weekly_target: int | None = None

    @property
    def email(self) -> str:
        """Where the mail goes."""
        return f"{self.letters}@sales.example"


def _sales(team: str, language: str, target: int, *people: tuple[str, str]) -> tuple[Person, ...]:
    return tuple(Person(name, letters, team, "Sales", language, target) for name, letters in people)


PEOPLE = (
    Person("周慧", "zhouhui", "", "Lead, Admin"),
    Person("王强", "wangqiang", CHINESE_TEAM, "Lead"),
    *_sales(
        CHINESE_TEAM, "中文", 16_000,
        ("李娜", "lina"), ("陈宇", "chenyu"), ("赵敏", "zhaomin"), ("孙磊", "sunlei"),
        ("吴倩", "wuqian"), ("郑凯", "zhengkai"), ("冯雪", "fengxue"),
    ),
    Person("Sofia Marsh", "sofia", ENGLISH_TEAM, "Lead", "English"),
    *_sales(
        ENGLISH_TEAM, "English", 12_000,
        ("Anna Berg", "anna"), ("Tom Hale", "tom"), ("Ines Duarte", "ines"), ("Karl Voss", "karl"), ("Mia Lund", "mia"),
    ),
    Person("何静", "hejing", "", "Finance"),
    Person("马超", "machao", "", "Warehouse"),
)  # fmt: skip


#: No longer made: in the list, not on sale, bought in the past.
NOT_ON_SALE = frozenset({("定制鼠标垫", ""), ("定制台历", "2026 款")})


@dataclass(frozen=True)
class Goods:
    """One row of Products."""

    name: str
    specification: str
    unit: str
    price: Decimal
    stock: int | None = None
    #: What a usual order takes.
    usual: tuple[int, int] = (50, 400)
    duration: str = ""

    @property
    def active(self) -> bool:
        """Whether it is on sale today."""
        return (self.name, self.specification) not in NOT_ON_SALE


def _goods(name: str, unit: str, usual: tuple[int, int], *rows: tuple[str, str, int | None]) -> list[Goods]:
    return [Goods(name, spec, unit, Decimal(price), stock, usual=usual) for spec, price, stock in rows]


GOODS: tuple[Goods, ...] = (
    *_goods("定制保温杯", "个", (60, 500), ("350 ml", "46.00", 3200), ("500 ml", "58.50", 5400), ("750 ml", "72.00", 1800)),
    *_goods("定制笔记本", "本", (100, 800), ("A5", "18.80", 9000), ("A6", "13.50", 6500), ("B5", "26.00", 2400)),
    *_goods("定制帆布包", "个", (80, 600), ("小号", "16.90", 4200), ("大号", "24.50", 3900)),
    *_goods("定制雨伞", "把", (40, 300), ("折叠", "39.90", 2100), ("长柄", "52.00", 1300)),
    *_goods("企业礼盒", "套", (20, 160), ("标准版", "168.00", 800), ("豪华版", "298.00", 350)),
    *_goods("水晶奖杯", "座", (5, 40), ("20 cm", "220.00", 160), ("30 cm", "360.00", 90)),
    *_goods("定制台历", "本", (100, 700), ("2026 款", "12.80", 0), ("2027 款", "13.80", 12000)),
    *_goods("Engraved pen", "pc", (100, 600), ("Steel", "21.50", 7600), ("Brass", "34.00", 2800)),
    *_goods("Branded USB stick", "pc", (50, 400), ("32 GB", "29.90", 3300), ("64 GB", "41.90", 2700)),
    Goods("Custom lanyard", "", "pc", Decimal("4.60"), 22000, usual=(300, 2000)),
    Goods("Trade fair kit", "", "set", Decimal("1280.00"), usual=(2, 12)),
    Goods("包装设计服务", "", "次", Decimal("3600.00"), None, usual=(1, 3), duration="10 个工作日"),
    Goods("激光刻字", "", "件", Decimal("3.20"), None, usual=(200, 1500)),
    Goods("定制鼠标垫", "", "张", Decimal("9.90"), 0, usual=(100, 500)),
)  # fmt: skip

#: Name, Latin letters, industry.
CHINESE_FIRMS = (
    ("云帆", "yunfan", "软件"), ("晨光", "chenguang", "制造"), ("青禾", "qinghe", "农业科技"), ("远山", "yuanshan", "文旅"),
    ("澄海", "chenghai", "航运"), ("朗月", "langyue", "教育"), ("听松", "tingsong", "酒店"), ("北辰", "beichen", "物流"),
    ("沐风", "mufeng", "家居"), ("南枝", "nanzhi", "服饰"), ("万象", "wanxiang", "传媒"), ("知行", "zhixing", "咨询"),
    ("鹿鸣", "luming", "茶业"), ("星野", "xingye", "户外"), ("海棠", "haitang", "美妆"), ("锦程", "jincheng", "旅行"),
    ("启明", "qiming", "光学"), ("和畅", "hechang", "医疗"), ("拾光", "shiguang", "文创"), ("玉衡", "yuheng", "仪器"),
    ("东篱", "dongli", "餐饮"), ("观澜", "guanlan", "地产"), ("瑞禾", "ruihe", "食品"), ("乐游", "leyou", "游戏"),
    ("恒信", "hengxin", "保险"), ("竹石", "zhushi", "建筑"), ("清嘉", "qingjia", "环保"), ("天穹", "tianqiong", "航天"),
    ("白鹭", "bailu", "水务"), ("紫金", "zijin", "印刷"), ("弘文", "hongwen", "出版"), ("雁栖", "yanqi", "会展"),
    ("望舒", "wangshu", "电子"), ("安澜", "anlan", "安防"), ("禾木", "hemu", "家具"), ("景行", "jingxing", "律所"),
)  # fmt: skip
CITIES = (("杭州", "0571", "西湖区文华路"), ("上海", "021", "浦东新区望江路"), ("苏州", "0512", "工业园区星湖街"),
          ("宁波", "0574", "鄞州区海晏路"), ("南京", "025", "建邺区江畔街"), ("无锡", "0510", "滨湖区蠡园路"))  # fmt: skip
CHINESE_CONTACTS = (
    "陈晨",
    "林悦",
    "黄磊",
    "许婷",
    "何俊",
    "罗欣",
    "梁思",
    "宋佳",
    "唐宁",
    "韩雪",
    "曹阳",
    "邓琳",
)
CHINESE_TITLES = ("采购经理", "行政主管", "市场经理", "总经理助理", "人事经理")
#: Name, Latin letters, industry, street and city.
ENGLISH_FIRMS = (
    ("Nordlicht GmbH", "nordlicht", "Lighting", "Hafenstr. 7, Hamburg"),
    ("Brightwater Ltd", "brightwater", "Utilities", "12 Quay Lane, Bristol"),
    ("Maison Verte", "maisonverte", "Retail", "3 rue des Tilleuls, Lyon"),
    ("Lumen & Lark", "lumenlark", "Events", "48 Cobble Row, Leeds"),
    ("Fjordveien AS", "fjordveien", "Travel", "Kaigata 9, Bergen"),
    ("Alto Cafes", "altocafes", "Food", "Rua do Sol 21, Porto"),
    ("Kestrel Labs", "kestrel", "Biotech", "5 Mill Yard, Cambridge"),
    ("Osterhaus AG", "osterhaus", "Insurance", "Seeweg 14, Zug"),
    ("Pinewood School", "pinewood", "Education", "Forest Rd 2, Cork"),
    ("Van Rijn Print", "vanrijn", "Printing", "Grachtkade 30, Utrecht"),
    ("Solstice Hotels", "solstice", "Hotels", "Calle Alta 17, Seville"),
    ("Tinder & Oak", "tinderoak", "Furniture", "9 Sawmill St, Galway"),
    ("Blauwasser AG", "blauwasser", "Engineering", "Rheinufer 3, Basel"),
    ("Copper Kettle Co", "copperkettle", "Brewing", "77 Canal St, Ghent"),
    ("Marigold Media", "marigold", "Media", "14 Print Works, Manchester"),
    ("Hydra Sports", "hydra", "Sports", "Via Lago 8, Como"),
    ("Westwind Energy", "westwind", "Energy", "Dyke Rd 41, Esbjerg"),
    ("Petit Nuage", "petitnuage", "Toys", "11 place Ronde, Nantes"),
    ("Rowan Legal", "rowan", "Law", "2 Chancery Court, Dublin"),
    ("Silverbirch Bank", "silverbirch", "Banking", "Esplanadi 6, Turku"),
    ("Orchard Health", "orchard", "Health", "Elm Park 1, Oxford"),
    ("Tidal Robotics", "tidal", "Robotics", "Dock 4, Gdansk"),
    ("Monte Claro", "monteclaro", "Wine", "Strada Collina 5, Asti"),
    ("Quill & Sons", "quill", "Stationery", "8 Bell Alley, York"),
)  # fmt: skip
ENGLISH_CONTACTS = ("Jonas Weber", "Priya Nair", "Claire Roux", "Owen Price", "Ida Holm", "Rui Matos", "Eva Kovacs",
                    "Lars Brandt", "Nora Flynn", "Sem Bakker", "Lucia Vega", "Kim Doyle")  # fmt: skip
ENGLISH_TITLES = ("Purchasing", "Office manager", "Marketing", "Events")

CHINESE_REQUESTS = ("机身刻字：{firm} 2026", "LOGO 用烫金，见附图", "每 50 个一箱，箱外贴部门名", "颜色按潘通 302 C 调色",
                    "随货附中英文说明卡", "封面打样确认后再批量")  # fmt: skip
ENGLISH_REQUESTS = ("Logo on the left side, one colour", "Pack in sets of 25", "Proof before production, please",
                    "Deliver to reception, mornings only", "Pantone 302 C for the print")  # fmt: skip
CHINESE_PAYMENTS = ("银行转账", "预付 30%", "月结 30 天")
ENGLISH_PAYMENTS = ("Bank transfer", "Invoice 30 days", "30% in advance")
CHINESE_SOURCES = ("老客户", "转介绍", "展会", "官网", "电话")
ENGLISH_SOURCES = ("Returning customer", "Referral", "Trade fair", "Website")
CHINESE_CANCELLED = ("客户预算取消", "活动改期", "改订其他规格，已另下单")
ENGLISH_CANCELLED = ("Event called off", "Budget cut", "Ordered twice by mistake")
CHINESE_TROUBLE = ("烫金膜缺货，预计下周到", "打样二次修改中")
ENGLISH_TROUBLE = ("Print plate had to be remade", "Carrier lost a box, replaced")
CHINESE_COMMENTS = (
    "做工很好，下次还会订",
    "刻字清晰，客户很喜欢",
    "包装结实",
    "比预计晚到一天，服务态度好",
    "",
)
ENGLISH_COMMENTS = ("Lovely print, thank you", "Good quality, a day late", "Our guests liked them", "")
CARRIERS = ("顺丰 SF", "京东 JD", "DHL")
