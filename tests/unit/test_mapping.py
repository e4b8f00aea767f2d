"""Which columns of people's own are which: a corpus of headers as teams have them, with what must not be guessed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mapping.matches import Match, Proposal, TabSeen
from bot.mapping.propose import propose
from bot.mapping.scores import CERTAIN
from bot.mapping.values import sample_of
from bot.mapping.words import DOUBTS, TAB_WORDS, WORDS, all_words, plain, readings
from sheets_schema import LAID_OUT, Cell
from sheets_schema.naming import STANDARD, naming_problems, schema_named
from tests.unit.rows import FEW


def tab(title: str, titles: str, *rows: list[Cell]) -> TabSeen:
    """A tab with these titles, separated by bars, and these rows."""
    return TabSeen(
        title,
        tuple(
            sample_of(i, name.strip(), [row[i] for row in rows if i < len(row)])
            for i, name in enumerate(titles.split("|"))
        ),
    )


def proposed(*tabs: TabSeen, language: str = "en", is_new: bool = True) -> Proposal:
    return propose(tabs, STANDARD, language, is_new=is_new)


def columns(matches: tuple[Match, ...], key: str) -> dict[str, str]:
    return {match.column: match.title for match in matches if match.tab == key and match.column}


@dataclass(frozen=True)
class Header:
    """A header row under a tab's title, what is certain in it, and titles that must not be certain."""

    tab: str
    title: str
    titles: str
    certain: dict[str, str]
    never: tuple[str, ...] = ()
    rows: tuple[list[Cell], ...] = field(default=())


CORPUS = (
    Header("contracts", "Bestellungen 2026",
           "Bestell-Nr. | Bestelldatum | Kunde | Artikel | Menge (Stk) | Einzelpreis € | Gesamtpreis | Verkäufer | Liefertermin | Bemerkung | MwSt",
           {"order_no": "Bestell-Nr.", "order_date": "Bestelldatum", "customer": "Kunde", "product": "Artikel",
            "quantity": "Menge (Stk)", "unit_price": "Einzelpreis €", "amount": "Gesamtpreis", "salesperson": "Verkäufer",
            "due_date": "Liefertermin", "notes": "Bemerkung"}, ("MwSt",)),
    # A lone price beside a total is the unit's; without one it may be either.
    Header("contracts", "Orders", "Client | Item | Qty | Price | Total price | Sales rep",
           {"customer": "Client", "product": "Item", "quantity": "Qty", "unit_price": "Price", "amount": "Total price",
            "salesperson": "Sales rep"}),
    Header("contracts", "Order book", "Client | Item | Qty | Price | Sales rep",
           {"customer": "Client", "product": "Item", "quantity": "Qty", "salesperson": "Sales rep"}, ("Price",)),
    # Date twice cannot be told apart, and a lone one may be any day.
    Header("contracts", "Sales orders", "Date | Client | Item | Qty | Seller | Date",
           {"customer": "Client", "product": "Item", "quantity": "Qty", "salesperson": "Seller"}, ("Date",)),
    Header("contracts", "Aufträge", "Datum | Firma | Produkt | Anzahl | Betreuer",
           {"customer": "Firma", "product": "Produkt", "quantity": "Anzahl", "salesperson": "Betreuer"}, ("Datum",)),
    # Whose name? Unless everybody else has a column.
    Header("contracts", "Contracts", "Name | Article | Pieces | Phone",
           {"product": "Article", "quantity": "Pieces"}, ("Name", "Phone")),
    Header("contracts", "Orders 2026", "Name | Contact person | Article | Pieces | Sold by",
           {"customer": "Name", "contact": "Contact person", "product": "Article", "quantity": "Pieces", "salesperson": "Sold by"}),
    Header("contracts", "2026年订单",
           "序号 | 单号 | 订单日期 | 客户 | 产品 | 型号 | 数量 | 单价(元) | 总价 | 业务员 | 交期 | 备注信息",
           {"order_no": "单号", "order_date": "订单日期", "customer": "客户", "product": "产品", "specification": "型号",
            "unit_price": "单价(元)", "amount": "总价", "salesperson": "业务员", "due_date": "交期", "notes": "备注信息"}, ("序号",)),
    Header("contracts", "合同台账", "合同号码 | 买方 | 品名 | 订购数量 | 价格 | 合同金额 | 销售代表 | 日期",
           {"contract_no": "合同号码", "customer": "买方", "product": "品名", "quantity": "订购数量", "unit_price": "价格",
            "amount": "合同金额", "salesperson": "销售代表"}, ("日期",)),
    Header("contracts", "订单 Orders", "客户 Client | 商品名称 Item | 件数 Qty | 销售 Sales rep | 状态",
           {"customer": "客户 Client", "product": "商品名称 Item", "quantity": "件数 Qty", "salesperson": "销售 Sales rep",
            "status": "状态"}),
    Header("order_entry", "Formularantworten 1", "Zeitstempel | Verkäufer | Kunde | Artikel | Menge | Wunschtermin",
           {"timestamp": "Zeitstempel", "salesperson": "Verkäufer", "customer": "Kunde", "product": "Artikel",
            "quantity": "Menge", "due_date": "Wunschtermin"}),
    Header("customers", "Kundenliste", "Kundennummer | Firmenname | Ansprechpartner | E-Mail-Adresse | Telefon | Anschrift | Geburtstag",
           {"customer_no": "Kundennummer", "customer": "Firmenname", "contact": "Ansprechpartner", "email": "E-Mail-Adresse",
            "phone": "Telefon", "address": "Anschrift"}, ("Geburtstag",)),
    Header("customers", "客户档案", "客户编码 | 客户全称 | 客户联系人 | 手机号码 | 电子邮件 | 公司地址 | 微信",
           {"customer_no": "客户编码", "customer": "客户全称", "contact": "客户联系人", "phone": "手机号码",
            "email": "电子邮件", "address": "公司地址"}, ("微信",)),
    Header("products", "Preisliste", "Bezeichnung | Ausführung | Einheit | Preis in € | Einkaufspreis | Lagerbestand",
           {"product": "Bezeichnung", "specification": "Ausführung", "unit": "Einheit", "unit_price": "Preis in €",
            "stock": "Lagerbestand"}, ("Einkaufspreis",)),
    Header("products", "Price list 2026", "Item name | Model | UOM | List price | On hand | Supplier",
           {"product": "Item name", "specification": "Model", "unit": "UOM", "unit_price": "List price", "stock": "On hand"},
           ("Supplier",)),
    Header("team", "员工表", "员工姓名 | 部门 | 邮箱地址 | 岗位 | 入职日期",
           {"name": "员工姓名", "team": "部门", "email": "邮箱地址", "role": "岗位"}, ("入职日期",)),
    Header("team", "Staff", "Employee | Department | Mail | Position | First name",
           {"name": "Employee", "team": "Department", "email": "Mail", "role": "Position"}, ("First name",)),
)  # fmt: skip


@pytest.mark.parametrize("header", CORPUS, ids=lambda header: header.title)
def test_a_header_as_teams_have_it_is_understood_and_nothing_is_guessed(header: Header) -> None:
    found = proposed(tab(header.title, header.titles, *header.rows))
    assert found.tabs == {header.tab: header.title}
    certain = columns(found.certain, header.tab)
    assert {key: title for key, title in certain.items() if "Order Desk" not in title} == header.certain
    assert not set(header.never) & set(certain.values())


# ── traps ───────────────────────────────────────────────────────────────────────────────────────────────────

CUSTOMERS = tab("Kunden", "Firma | E-Mail-Adresse", ["Acme", "a@acme.example"], ["Nord", "n@nord.example"])
STAFF = tab(
    "Vertrieb",
    "Name | E-Mail | Rolle",
    ["Anna", "anna@x.example", "Sales"],
    ["Lina", "lina@x.example", "Lead"],
)


def test_whose_name_it_is_the_values_tell() -> None:
    orders = "Name | Artikel | Menge"
    seen = tab("Bestellungen", orders, ["Acme", "Lampe", 1], ["Nord", "Lampe", 2], ["Acme", "Tisch", 1])
    certain = columns(proposed(CUSTOMERS, STAFF, seen).certain, "contracts")
    assert certain["customer"] == "Name"
    seen = tab("Bestellungen", orders, ["Anna", "Lampe", 1], ["Lina", "Lampe", 2])
    certain = columns(proposed(CUSTOMERS, STAFF, seen).certain, "contracts")
    assert certain["salesperson"] == "Name"


def test_a_title_whose_cells_hold_something_else_is_not_certain() -> None:
    seen = tab(
        "Bestellungen",
        "Kunde | Artikel | Menge | Verkäufer",
        ["a@b.example", "Lampe", "viele", 17],
        ["c@d.example", "Tisch", "mehr", 18],
    )
    found = proposed(seen)
    assert columns(found.certain, "contracts") == {"product": "Artikel"}
    assert columns(found.doubtful, "contracts") == {
        "customer": "Kunde",
        "quantity": "Menge",
        "salesperson": "Verkäufer",
    }
    assert {match.why for match in found.doubtful} == {
        "by its title, but it holds e-mail addresses", "by its title, but it holds no numbers", "by its title, but it holds numbers",
    }  # fmt: skip


def test_a_column_of_addresses_that_the_bot_would_write_over_is_kept_apart() -> None:
    seen = tab(
        "Bestellungen",
        "Kunde | E-Mail | Problem | Artikel | Menge | Verkäufer",
        ["Acme", "a@acme.example", "Kratzer", "Lampe", 1, "Anna"],
    )
    found = proposed(seen)
    certain = columns(found.certain, "contracts")
    assert (certain["mail_status"], certain["problem"]) == ("E-mail (Order Desk)", "Problem (Order Desk)")
    # A workbook that the bot knows has its marks there.
    assert "mail_status" not in columns(proposed(seen, is_new=False).certain, "contracts")


def test_what_init_would_still_ask_for_is_told() -> None:
    found = proposed(tab("Bestellungen", "Kunde | Produkct | Artikel | Menge | Menge | Verkäufer"))
    assert (
        "'Bestellungen': the title 'Menge' stands there more than once and cannot be matched" in found.notes
    )
    assert "quantity" not in columns(found.certain, "contracts")


def test_a_column_under_a_title_of_the_schema_that_holds_something_else_is_told() -> None:
    seen = tab(
        "Contract Orders",
        "Customer | Product | Quantity | Salesperson | Status",
        ["Acme", "Lamp", 1, "Anna", "offen"],
    )
    assert (
        "'Contract Orders': the column 'Status' holds other statuses than Order Desk's"
        in proposed(seen).notes
    )


def test_two_tabs_that_could_both_be_meant_are_left_to_a_person() -> None:
    titles = "Client | Item | Qty | Sales rep"
    found = proposed(tab("Orders 2025", titles), tab("Orders 2026", titles))
    assert found.certain == ()
    assert [match.title for match in found.doubtful] == ["Orders 2025", "Orders 2026"]


def test_customers_and_team_with_the_same_titles_are_told_apart_by_their_own() -> None:
    found = proposed(tab("Kunden", "Name | E-Mail"), tab("Mitarbeiter", "Name | E-Mail"))
    assert found.tabs == {"customers": "Kunden", "team": "Mitarbeiter"}


def test_tabs_that_are_none_of_ours_and_columns_of_the_teams_own_are_named_and_left_alone() -> None:
    found = proposed(
        tab("Urlaub", "Wer | Von | Bis"), tab("Bestellungen", "Kunde | Artikel | Menge | Verkäufer | Farbe")
    )
    assert found.foreign_tabs == ("Urlaub",)
    assert found.foreign == {"contracts": ("Farbe",)}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_workbook_that_init_has_built_needs_no_names(language: str) -> None:
    built = [tab(t.title(language), "|".join(f.title(language) for f in t.fields)) for t in LAID_OUT]
    found = proposed(*built, language=language)
    assert (found.certain, found.doubtful, found.notes) == ((), (), ())


def test_what_was_mapped_once_is_not_proposed_again() -> None:
    seen = [CUSTOMERS, STAFF, tab(CORPUS[0].title, CORPUS[0].titles)]
    first = proposed(*seen)
    again = propose(seen, schema_named(first.tabs, first.titles), "en", is_new=True)
    assert first.certain
    assert again.certain == ()


def test_a_title_that_no_config_can_hold_is_left_alone() -> None:
    found = proposed(
        tab("Bestellungen", "Kunde\u0007 | Artikel | Menge | Verkäufer"), tab("Kun\nden", "Firma | E-Mail")
    )
    assert "customer" not in columns(found.certain, "contracts")
    assert found.tabs == {"contracts": "Bestellungen"}


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────

FOREIGN = (
    "Farbe",
    "MwSt",
    "Lagerplatz",
    "备用",
    "Discount",
    "Weather",
    "Skonto",
    "Geburtstag",
    "Rabatt %",
    "箱号",
    "x",
    "2026",
)


def shuffled(data: st.DataObject, seen: TabSeen) -> TabSeen:
    """The same columns in another order, with foreign ones between them."""
    strangers = data.draw(st.lists(st.sampled_from(FOREIGN), unique=True, max_size=5))
    known = {plain(sample.title) for sample in seen.columns}
    cells: tuple[Any, ...] = data.draw(st.sampled_from(((), ("rot", "blau"), (1, 2))))
    more = [sample_of(0, title, cells) for title in strangers if plain(title) not in known]
    mixed = data.draw(st.permutations([*seen.columns, *more]))
    return replace(seen, columns=tuple(replace(sample, index=i) for i, sample in enumerate(mixed)))


@FEW
@given(st.data(), st.sampled_from(CORPUS))
def test_neither_the_order_of_columns_nor_foreign_ones_change_what_is_proposed(
    data: st.DataObject, header: Header
) -> None:
    seen = [CUSTOMERS, STAFF, tab(header.title, header.titles)]
    seen = [one for one in seen if header.tab not in ("customers", "team") or one.title == header.title]
    usual = proposed(*seen)
    mixed = proposed(*data.draw(st.permutations([shuffled(data, one) for one in seen])))
    assert mixed.certain == usual.certain
    assert set(mixed.doubtful) == set(usual.doubtful)


@FEW
@given(st.data())
def test_whatever_the_titles_no_column_is_taken_twice_and_the_names_pass_as_a_config(
    data: st.DataObject,
) -> None:
    words = sorted({word for some in WORDS.values() for line in some.values() for word in line.split(", ")})
    doubts = sorted({word for some in DOUBTS.values() for word in some})
    own = sorted({f.en for t in LAID_OUT for f in t.fields})
    titles = st.lists(st.sampled_from(words) | st.sampled_from(doubts) | st.sampled_from(own), max_size=14)
    names = sorted({word for line in TAB_WORDS.values() for word in line.split(", ")})
    drawn = data.draw(st.dictionaries(st.sampled_from(names), titles, max_size=4))
    seen = [tab(name, "|".join(header)) for name, header in drawn.items()]
    found = proposed(*seen)
    assert [*naming_problems(found.tabs, found.titles)] == []
    assert len({(match.tab, match.title) for match in found.certain}) == len(found.certain)
    assert len(set(found.tabs.values())) == len(found.tabs)
    assert all(match.worth >= CERTAIN for match in found.certain)
    assert not {(m.tab, m.column) for m in found.certain} & {(m.tab, m.column) for m in found.doubtful}
    schema = schema_named(found.tabs, found.titles)
    again = propose(seen, schema, "en", is_new=True)
    assert not {(m.tab, m.column) for m in again.certain} & {(m.tab, m.column) for m in found.certain}


def test_no_word_means_two_columns_of_one_tab() -> None:
    for key, some in WORDS.items():
        of: dict[str, str] = {}
        for column, line in some.items():
            for word in map(plain, line.split(", ")):
                assert of.setdefault(word, column) == column, (key, word)
        assert not set(of) & {plain(word) for word in DOUBTS.get(key, {})}, key


def test_titles_are_compared_without_what_does_not_change_their_meaning() -> None:
    assert {plain(t) for t in ("Kunden-Nr.", "kunden nr", " KUNDEN NR ", "2) Kunden-Nr. (alt)")} == {
        "kundennr"
    }
    assert {plain(t) for t in ("Preis", "Preis in €", "Preis EUR", "Preis [netto]")} == {"preis"}
    assert readings("客户名称 Customer") >= {"客户名称", "customer"}
    assert plain("(€)") == ""
    assert plain("Kunde") in all_words()
