"""What people call the tabs and columns of an order sheet: a dictionary in English, German, Chinese and some others.

Words are compared as `plain` has them, so case, blanks, hyphens and full stops do not matter. It is data: what a
match is worth is `bot.mapping.scores`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from sheets_schema.naming import STANDARD
from sheets_schema.titles import fold

_ASIDE = re.compile(r"[(\[{（【].*?[)\]}）】]")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s*")
_NO_LETTER = re.compile(r"[\W_]+")
#: A unit or currency behind a title says nothing of its meaning.
_UNIT = re.compile(
    r"(?<=\w)\s*(?:\bin\b\s*)?(?:[€$£¥]|\b(?:eur|euro|usd|gbp|chf|cny|rmb|stk|stück|pcs|pc)\b\.?|人民币|万?元)\s*$"
)
_PARTS = re.compile(r"[/|\n·]")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-zà-öø-ÿ][a-zà-öø-ÿ0-9 .\-']*")
_YEAR = re.compile(r"\d+|年")


@cache
def plain(title: str) -> str:
    """A title without what does not change its meaning: case, blanks, signs, asides, units, a number in front."""
    text = fold(title)
    text = _ASIDE.sub(" ", text) if _ASIDE.sub("", text).strip() else text
    text = _UNIT.sub("", _NUMBERED.sub("", text).strip())
    return _NO_LETTER.sub("", text)


@cache
def readings(title: str) -> frozenset[str]:
    """The title as a whole, and where it says the same twice ("客户名称 Customer", "Kunde / Customer") each part."""
    text = fold(title)
    found = {plain(title), *map(plain, _PARTS.split(text))}
    if (chinese := _CHINESE.findall(text)) and (latin := _LATIN.findall(text)):
        found |= {plain("".join(chinese)), plain(" ".join(latin))}
    return frozenset(found - {""})


_ORDER: Mapping[str, str] = {
    "order_no": "order id, order nr, order ref, order reference, order code, po number, po no, bestellnummer, bestellnr, "
    "auftragsnummer, auftragsnr, auftrags nr, bestell nr, 单号, 订单编码, 订单号码, 订单no, 销售单号, 単番号, n° commande, pedido no",
    "contract_no": "contract number, contract id, contract nr, vertragsnummer, vertragsnr, vertrags nr, 合同编码, 合同号码",
    "order_date": "ordered on, date of order, order placed, purchase date, bestelldatum, auftragsdatum, bestellt am, "
    "订单日期, 订购日期, 下单时间, 签单日期, 签约日期, date de commande, fecha de pedido",
    "customer": "customer name, client, client name, buyer, company, company name, account, account name, kunde, "
    "kundenname, name des kunden, auftraggeber, firma, firmenname, käufer, besteller, 客户, 客户名, 客户单位, 购买方, 买方, "
    "公司名称, 单位名称, 客户公司, cliente",
    "contact": "contact person, contact name, ansprechpartner, kontakt, kontaktperson, 联系人姓名, 客户联系人, 对接人",
    "product": "product name, item, item name, article, article name, goods, artikel, artikelbezeichnung, produkt, "
    "produktname, produktbezeichnung, ware, 产品, 商品, 商品名称, 品名, 货品, 货物名称, 产品名, produit, producto",
    "specification": "spec, specs, model, version, variant, size, type no, modell, ausführung, variante, spezifikation, "
    "规格, 型号, 产品规格, 产品型号, 规格/型号",
    "quantity": "qty, qnty, quantity ordered, order quantity, units, pieces, no of units, number of units, menge, anzahl, stückzahl, "
    "bestellmenge, stück, 数目, 订购数量, 购买数量, 订单数量, 件数, 采购数量, quantité, cantidad",
    "unit_price": "price per unit, price each, unit cost, rate, stückpreis, einzelpreis, preis pro stück, preis je stück, "
    "e preis, ep, 成交单价, 销售单价, 含税单价, 单位价格, prix unitaire",
    "amount": "total, total price, total amount, line total, order total, order value, order amount, total value, grand total, sum, "
    "gesamtpreis, gesamtbetrag, gesamt, summe, betrag, auftragswert, bestellwert, 总价, 总金额, 合计, 订单金额, 合同金额, 总额, "
    "小计, montant, importe",
    "currency": "curr, ccy, währung, 货币, 币别",
    "duration": "term, contract term, subscription period, subscription term, laufzeit, vertragslaufzeit, 时长, 期限, 服务期限, 使用期限",
    "payment_method": "payment, payment terms, terms of payment, zahlungsart, zahlungsweise, zahlungsbedingungen, 支付方式, 付款条件, 结算方式",
    "due_date": "delivery date, expected delivery, requested delivery, delivery by, deliver by, due, due on, deadline, "
    "expected date, requested date, required by, lieferdatum, liefertermin, lieferung bis, wunschtermin, fällig am, fällig, "
    "交货日期, 交付日期, 交期, 要求交期, 预计交货日期, 预计到货日期, 计划交付日期",
    "delivery_address": "ship to, shipping address, delivery to, lieferadresse, lieferanschrift, versandadresse, 收货地址, 送货地址, 交货地址",
    "special_requests": "special request, special requirements, requirements, sonderwünsche, besondere wünsche, 特殊需求, 特别要求, 客户要求",
    "source": "order source, channel, sales channel, lead source, quelle, herkunft, kanal, vertriebskanal, 来源, 渠道, 销售渠道, 客户来源",
    "salesperson": "sales person, sales rep, rep, sales representative, representative, seller, sold by, account manager, sales owner, "
    "handled by, verkäufer, verkäuferin, vertriebler, vertriebsmitarbeiter, sachbearbeiter, betreuer, kundenbetreuer, "
    "销售, 销售员, 业务员, 销售人员, 销售代表, 销售顾问, 跟进人, 跟单员, 业务经办, vendedor, vendeur",
    "notes": "note, comment, comments, remark, remarks, memo, bemerkung, bemerkungen, anmerkung, anmerkungen, notiz, notizen, "
    "hinweis, kommentar, 说明, 附注, 备注说明, 备注信息",
}
_PERSON_WORDS: Mapping[str, str] = {
    "email": "e mail address, email address, mail, mail address, e mail adresse, mailadresse, emailadresse, 邮箱地址, 电子邮件, "
    "邮件地址, email地址, 联系邮箱, correo",
    "language": "sprache, 语种, 沟通语言, mail language",
}
#: Tab key -> column key -> other words for its title.
WORDS: Mapping[str, Mapping[str, str]] = {
    "contracts": {
        **_ORDER,
        "status": "order status, state, stage, auftragsstatus, bestellstatus, 状态, 订单进度",
        "reviewer": "approver, approved by, reviewed by, freigegeben von, prüfer, genehmigt von, 审批人, 审核人员",
        "finance_reviewer": "finance approver, 财务审批人, 财务审核",
        "shipped_on": "ship date, shipping date, date shipped, versanddatum, versendet am, versandt am, 出货日期, 发货时间, 实际发货时间",
        "tracking": "tracking number, tracking no, tracking, sendungsnummer, trackingnummer, 快递单号, 运单号, 物流单号码",
        "delivered_on": "date delivered, delivered date, geliefert am, zugestellt am, 到货日期, 签收日期, 交付完成日期",
        "cancel_reason": "reason for cancellation, cancellation reason, stornogrund, 取消说明",
        "exception": "issue, exceptions, störung, 异常, 异常情况",
    },
    "order_entry": {
        **_ORDER,
        "timestamp": "zeitstempel, submitted at, submission time, eingegangen am, 时间戳记录, 提交日期, 填写时间, 答题时间, horodateur, "
        "marca temporal",
    },
    "customers": {
        **_PERSON_WORDS,
        "customer_no": "customer id, customer number, customer nr, client id, client no, account no, kundennummer, kundennr, kunden nr, "
        "kunden id, debitorennummer, 客户编码, 客户代码, 客户id",
        "customer": _ORDER["customer"] + ", 客户全称",
        "industry": "sector, branche, 行业",
        "type": "customer type, client type, kundentyp, kundenart, 客户类别, 客户性质",
        "contact": _ORDER["contact"],
        "contact_title": "job title, position, contact position, funktion, 职位",
        "phone": "telephone, phone number, tel, mobile, cell, telefon, telefonnummer, handy, mobil, 手机, 手机号, 联系方式, 电话号码, 手机号码",
        "address": "street address, company address, office address, adresse, anschrift, 地址, 公司地址, 办公地址",
        "tier": "customer tier, customer level, grade, rating, kundenklasse, kundenstufe, abc klasse, 等级, 客户级别",
        "credit_limit": "credit line, kreditlimit, kreditlinie, 授信额度, 信用限额",
        "needs": "core need, customer needs, bedarf, 核心需求, 需求备注, 客户需求",
        "owner": "account owner, account manager, customer owner, key account manager, kundenbetreuer, betreuer, zuständig, 客户经理, 客户负责人, 跟进人",
        "next_purchase": "next order expected, 预计复购时间, 预计复购日期",
    },
    "products": {
        "product": _ORDER["product"] + ", name, bezeichnung, 名称",
        "specification": _ORDER["specification"],
        "duration": _ORDER["duration"],
        "unit": "uom, unit of measure, einheit, mengeneinheit, me, 计量单位",
        "unit_price": _ORDER["unit_price"] + ", price, list price, sales price, selling price, preis, listenpreis, verkaufspreis, vk, vk preis, "
        "价格, 标准价, 标准单价, 售价, 销售价, 目录价",
        "stock": "in stock, stock level, on hand, inventory, available, lagerbestand, bestand, lager, auf lager, 库存数量, 现有库存, 可用库存, 库存量",
        "active": "for sale, available for sale, aktiv, im verkauf, lieferbar, 上架, 是否在售, 是否上架",
    },
    "team": {
        **_PERSON_WORDS,
        "name": "full name, employee, employee name, member, team member, mitarbeiter, mitarbeitername, vor und nachname, "
        "员工姓名, 成员, 员工, 销售姓名, 人员姓名, " + _ORDER["salesperson"],
        "team": "group, department, sales team, abteilung, gruppe, 部门, 小组, 组别, 销售团队",
        "role": "roles, job, function, position, rolle, funktion, 职位, 岗位, 职务",
        "active": "is active, employed, aktiv, 是否在职, 在职状态",
        "weekly_target": "target per week, weekly goal, wochenziel, 每周目标, 周销售目标",
    },
    "feedback": {
        "timestamp": "zeitstempel, submitted at, 提交日期, 填写时间",
        "order_no": _ORDER["order_no"],
        "quality": "product rating, produktqualität, qualität, 产品评分, 质量",
        "timeliness": "delivery, punctuality, delivery time, liefertreue, pünktlichkeit, 交付速度, 及时性",
        "service": "service rating, customer service, kundenservice, betreuung, 服务, 服务评分",
        "comments": "comment, remarks, suggestions, kommentar, kommentare, anmerkungen, vorschläge, 建议, 评语, 反馈内容",
    },
}  # fmt: skip

_WHO_OR_WHAT = ("customer", "contact", "product", "salesperson")
_WHICH_DAY = ("order_date", "due_date", "shipped_on", "delivered_on")
_ORDER_DOUBTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "full name", "namen", "bezeichnung", "名称", "姓名"), _WHO_OR_WHAT),
    **dict.fromkeys(("date", "datum", "day", "tag", "日期", "时间", "fecha"), _WHICH_DAY),
    **dict.fromkeys(("price", "preis", "价格", "价钱", "prix"), ("unit_price", "amount")),
    **dict.fromkeys(("cost", "kosten", "value", "wert"), ("unit_price", "amount")),
    **dict.fromkeys(("number", "no", "nr", "nummer", "id", "编号"), ("order_no", "contract_no")),
    **dict.fromkeys(("serial no", "line no", "pos", "position", "lfd nr", "序号", "项次"), ()),
    **dict.fromkeys(("person", "owner", "负责人", "经办人", "bearbeiter", "zuständig"), ("salesperson", "reviewer", "contact")),
    **dict.fromkeys(("address", "adresse", "anschrift", "地址"), ("delivery_address",)),
    **dict.fromkeys(("delivery", "lieferung", "交货", "交付"), ("due_date", "delivered_on", "delivery_address")),
    **dict.fromkeys(("delivered", "geliefert"), ("delivered_on", "status")),
    **dict.fromkeys(("type", "art", "typ"), ("specification",)),
    **dict.fromkeys(("description", "beschreibung", "描述"), ("product", "notes")),
    **dict.fromkeys(("sales", "vertrieb"), ("salesperson", "amount")),
}  # fmt: skip
#: Tab key -> a word that can mean more than one column -> those columns; none for what is no column of ours.
DOUBTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contracts": _ORDER_DOUBTS,
    "order_entry": _ORDER_DOUBTS,
    "customers": {
        **dict.fromkeys(("name", "names", "full name", "名称", "姓名"), ("customer", "contact")),
        **dict.fromkeys(("number", "no", "nr", "id", "编号"), ("customer_no",)),
        **dict.fromkeys(("title", "titel"), ("contact_title",)),
        **dict.fromkeys(("sales", "salesperson", "sales rep", "verkäufer", "vertrieb", "业务员"), ("owner",)),
    },
    "products": {
        **dict.fromkeys(("description", "beschreibung", "描述"), ("product", "specification")),
        **dict.fromkeys(("type", "art", "typ"), ("specification",)),
        **dict.fromkeys(("cost", "einkaufspreis", "purchase price", "成本", "进价"), ()),
        **dict.fromkeys(("quantity", "menge", "qty", "anzahl", "数量"), ("stock",)),
        **dict.fromkeys(("status",), ("active",)),
    },
    "team": {
        **dict.fromkeys(("first name", "last name", "vorname", "nachname", "surname"), ("name",)),
        **dict.fromkeys(("status",), ("active",)),
        **dict.fromkeys(("target", "goal", "ziel", "目标"), ("weekly_target",)),
    },
    "feedback": {**dict.fromkeys(("rating", "score", "bewertung", "评分"), ("quality", "timeliness", "service"))},
}  # fmt: skip
#: Words of `DOUBTS` that mean the first of their columns once the others are known to stand elsewhere.
CONCLUSIVE = frozenset(
    {"name", "names", "fullname", "namen", "姓名", "price", "preis", "价格", "价钱", "prix"}
)
#: Words for tabs; a year or a number beside them does not matter.
TAB_WORDS: Mapping[str, str] = {
    "contracts": "orders, order, order list, order book, orders list, sales orders, contracts, contract, bestellungen, bestellung, aufträge, "
    "auftrag, auftragsliste, auftragsbuch, bestellliste, bestellübersicht, auftragsübersicht, verkäufe, 订单, 订单表, 订单明细, "
    "订单台账, 订单总表, 订单登记表, 销售订单, 合同, 合同表, 合同台账, 合同登记表, 订货单, pedidos, commandes",
    "order_entry": "order form, form responses, form answers, new orders, formularantworten, bestellformular, auftragserfassung, "
    "bestelleingang, 表单回复, 表单回应, 表单, 订单录入, 录入, 下单表, 下单登记",
    "customers": "customer, customer list, clients, client list, accounts, customer data, kunden, kundenliste, kundenstamm, kundendaten, "
    "debitoren, 客户, 客户表, 客户资料, 客户档案, 客户名单, 客户信息, clientes, clients list",
    "products": "product, product list, items, articles, catalog, catalogue, price list, artikel, artikelliste, artikelstamm, produkte, "
    "produktliste, preisliste, sortiment, 产品, 产品表, 产品目录, 商品, 商品表, 价目表, 价格表, 产品价格表, 产品清单, productos, produits",
    "team": "sales team, staff, employees, members, people, mitarbeiter, mitarbeiterliste, verkäufer, vertrieb, vertriebsteam, personal, "
    "团队, 员工, 员工表, 人员, 销售团队, 销售人员, 成员, 成员表, 人员名单, equipo, équipe",
    "feedback": "customer feedback, reviews, survey, survey responses, ratings, bewertungen, rückmeldungen, kundenfeedback, umfrage, "
    "反馈, 客户评价, 满意度, 满意度调查, 回访",
}  # fmt: skip


def _split(words: str) -> Iterable[str]:
    return (plain(word) for word in words.split(", "))


@cache
def words_of(tab: str) -> Mapping[str, frozenset[str]]:
    """Column key -> every word for it, the schema's titles among them."""
    return {
        field.key: frozenset(_split(WORDS.get(tab, {}).get(field.key, "")))
        | {plain(name) for name in (field.en, field.zh, *field.aliases)}
        for field in STANDARD.by_key[tab].fields
    }


@cache
def doubts_of(tab: str) -> Mapping[str, tuple[str, ...]]:
    """A word that can mean more than one column, or one only perhaps -> those columns."""
    return {plain(word): keys for word, keys in DOUBTS.get(tab, {}).items()}


@cache
def all_words() -> frozenset[str]:
    """Every word for any column of any tab: what is one of them is no misspelling of another."""
    return frozenset().union(
        *(words for tab in WORDS for words in words_of(tab).values()), *(doubts_of(tab) for tab in DOUBTS)
    )


@cache
def tab_words(tab: str) -> frozenset[str]:
    """Every word for a tab."""
    found = STANDARD.by_key[tab]
    return frozenset(_split(TAB_WORDS.get(tab, ""))) | {
        plain(name) for name in (found.en, found.zh, *found.aliases)
    }


def tab_readings(title: str) -> frozenset[str]:
    """A tab's title without years and numbers, which change while the tab stays what it is."""
    return readings(_YEAR.sub(" ", title)) or readings(title)
