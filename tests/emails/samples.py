"""The cast of the mail tests: one order, one customer, one salesperson, one admin, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.mails.rendering import Renderer
from bot.planning.notices import AdminNotice, Draft, Recipient, TrialMail
from bot.planning.order_notices import Line, PurchaseDetail

NOW = datetime(2026, 11, 21, 1, 31, tzinfo=UTC)
LANGUAGES = ("zh-CN", "en")
PURCHASE_MAILS = ("purchase_customer", "purchase_sales")
SHEET = "https://docs.google.com/spreadsheets/d/1AbC/edit#gid=0"

NOTICES = {
    "flood": AdminNotice("flood", count=62, workbook_link=SHEET),
    "emptied": AdminNotice("emptied", tab="合同订单表", count=412, workbook_link=SHEET),
    "header": AdminNotice(
        "header",
        tab="合同订单表",
        details=("D1：“客户名称” ← “客户名”", "F1, K1: “数量” × 2"),
        workbook_link=SHEET,
    ),
    "capped": AdminNotice(
        "capped",
        count=2,
        details=("purchase_customer:20261121-007:1", "purchase_customer:20261121-008:1"),
        workbook_link=SHEET,
    ),
    "tab": AdminNotice("tab", tab="合同订单表"),
    "backup": AdminNotice("backup", tab="2026-10", workbook_link=SHEET),
    "adopted": AdminNotice("adopted", count=1, workbook_link=SHEET),
    "silent": AdminNotice(
        "silent",
        count=17,
        details=("The spreadsheet cannot be reached: ConnectTimeout",),
        workbook_link=SHEET,
    ),
    "failing": AdminNotice("failing", count=5, details=("Too many requests: 429",), workbook_link=SHEET),
    "reports": AdminNotice("reports", count=75, details=("The reports' process ended with 137.",)),
    "stuck": AdminNotice("stuck", count=1, workbook_link=SHEET),
    "problems": AdminNotice(
        "problems",
        count=2,
        details=("合同订单表，第 7 行: 还缺：数量", "订单录入表，第 3 行: 客户信息表里没有客户“云帆”"),
        workbook_link=SHEET,
    ),
    "quota": AdminNotice("quota", count=84, workbook_link=SHEET),
    **{
        f"{topic}_over": AdminNotice(f"{topic}_over", "合同订单表", 32, workbook_link=SHEET)
        for topic in ("header", "tab", "silent", "failing", "reports", "stuck", "problems", "quota")
    },
}

ZH_LINES = (
    Line("智能温控器", "WK-200 壁挂式", Decimal(2), "套", Decimal(1280), Decimal(2560)),
    Line(
        "门店管理软件",
        "企业版",
        Decimal("5.0"),
        "个",
        Decimal("1999.9"),
        Decimal("9999.5"),
        duration="12 个月",
        due_date=date(2026, 12, 1),
        special_requests="请在 12 月前开通。\n账号发给财务部王女士。",
        notes="老客户介绍",
        extra=(("颜色", "象牙白"), ("包装", "")),
    ),
    Line("安装服务", "", Decimal("1.50"), "次", None, Decimal(450), notes="客户要求周末上门"),
)
EN_LINES = (
    Line("Smart thermostat", "WK-200, wall-mounted", Decimal(2), "pcs", Decimal(1280), Decimal(2560)),
    Line(
        "Store management software",
        "Enterprise",
        Decimal("5.0"),
        "seats",
        Decimal("1999.9"),
        Decimal("9999.5"),
        duration="12 months",
        due_date=date(2026, 12, 1),
        special_requests="Please activate before December.\nAccounts go to Ms Wang in finance.",
        notes="Came by referral",
        extra=(("Colour", "Ivory"), ("Packing", "")),
    ),
    Line("On-site installation", "", Decimal("1.50"), "", None, Decimal(450), notes="At a weekend"),
)
PEOPLE = {"zh-CN": ("李娜", "张伟", "值班"), "en": ("Li Na", "Zhang Wei", "Ops")}


def renderer(language: str = "zh-CN") -> Renderer:
    """The renderer as the composition root makes it."""
    company = "明河智能设备有限公司" if language == "zh-CN" else "Minghe Smart Devices Ltd."
    return Renderer("Order Desk <orders@example.com>", ZoneInfo("Asia/Shanghai"), company=company)


def order(language: str = "zh-CN", generation: int = 1, lines: tuple[Line, ...] = ()) -> PurchaseDetail:
    """The order of the cast; with these lines if given."""
    chinese = language == "zh-CN"
    lines = lines or (ZH_LINES if chinese else EN_LINES)
    contact, salesperson, _ = PEOPLE[language]
    return PurchaseDetail(
        order_no="20261121-003",
        contract_no="HT-2026-0188",
        order_date=date(2026, 11, 21),
        currency="CNY",
        lines=lines,
        total=sum((line.amount for line in lines), Decimal(0)),
        customer="苏州云帆科技有限公司" if chinese else "Suzhou Yunfan Technology",
        customer_no="C-1042",
        customer_email="li.na@yunfan.example",
        contact=contact,
        tier="A",
        phone="+86 138 0000 0000",
        payment_method="对公转账，30 天账期" if chinese else "Bank transfer, 30 days",
        delivery_address="苏州市星湖街 328 号\n5 栋 1201 室" if chinese else "328 Xinghu Street\nRoom 1201",
        source="展会" if chinese else "Trade fair",
        salesperson=salesperson,
        salesperson_email="zhang.wei@example.com",
        generation=generation,
        row_link=f"{SHEET}&range=A12",
    )


def purchase_mail(kind: str, detail: PurchaseDetail, language: str = "zh-CN") -> Draft:
    """The draft of one purchase mail about this order."""
    contact, salesperson, _ = PEOPLE[language]
    customer = Recipient(contact, "li.na@yunfan.example", language)
    staff = Recipient(salesperson, "zhang.wei@example.com", language)
    to, reply_to = (customer, staff) if kind == "purchase_customer" else (staff, customer)
    return Draft(f"{kind}:{detail.order_no}:{detail.generation}", kind, to, reply_to, detail, detail.order_no)


def admin_mail(notice: AdminNotice, language: str = "zh-CN") -> Draft:
    """The draft of one notice to the admin."""
    to = Recipient(PEOPLE[language][2], "ops@example.com", language)
    return Draft(f"admin_notice:{notice.topic}:2026-11-21", "admin_notice", to, None, notice, priority=2)


def trial_mail(language: str = "zh-CN") -> Draft:
    """The draft of the mail that `check --mail` sends."""
    to = Recipient("", "ops@example.com", language)
    return Draft(
        "test_mail:20261121T013100", "test_mail", to, None, TrialMail("smtp.example.com:587 (starttls)", NOW)
    )
