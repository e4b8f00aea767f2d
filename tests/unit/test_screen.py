"""What `init` lays over the cells: dropdowns, checkboxes, colours, protections and widths."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.sheets_layout import box_ranges, with_boxes, with_layout
from bot.layout.furnished import Furnished
from bot.layout.screen import missing_screen
from bot.look import ColourRule, Dropdown, Look, Protection
from bot.planning.catalog import Catalog, build_catalog
from bot.planning.mail_words import mail_words
from bot.planning.notices import PURCHASE_CUSTOMER, PURCHASE_SALES
from bot.planning.rules import Rules
from bot.planning.run_words import result_words
from bot.planning.runs import Run, RunFailure
from bot.planning.sightings import MailState, Order, Origin
from bot.ports import Sheet
from sheets_schema import (
    AUTOMATIONS,
    BY_KEY,
    CONTRACTS,
    CUSTOMERS,
    FEEDBACK,
    LAID_OUT,
    LANGUAGES,
    ORDER_ENTRY,
    PRODUCTS,
    TEAM,
    Kind,
    Owner,
    Tab,
)
from sheets_schema.formats import NUMBER_FORMATS
from sheets_schema.screen import COLOURS, DEFAULT_WIDTH, DROPDOWNS, LONG_TEXT, width_of
from sheets_schema.titles import column_letter
from sheets_schema.workflow import STATES

NOW = datetime(2026, 11, 21, 1, 31, tzinfo=UTC)


def tab_in(tab: Tab, language: str = "en", **facts: Any) -> Furnished:
    """A tab with its titles in their own order, and nothing else unless these facts say so."""
    sheet = Sheet(7, tab.title(language), 1000, len(tab.fields) + 2)
    return Furnished(tab, replace(sheet, **facts), {f.key: i for i, f in enumerate(tab.fields)})


def book(language: str = "en") -> dict[str, Furnished]:
    return {tab.key: tab_in(tab, language) for tab in LAID_OUT}


def lacking(here: Furnished, kind: str = "", language: str = "en") -> list[dict[str, Any]]:
    """What would be sent for this tab, the requests of one kind unless all are wanted."""
    others = {**book(language), here.tab.key: here}
    requests = [r for _, more in missing_screen(here, others, language) for r in more]
    return [r[kind] for r in requests if kind in r] if kind else requests


def at(tab: Tab, key: str) -> int:
    return tab.keys(*Owner).index(key)


def said(here: Furnished) -> str:
    return " ".join(sentence for sentence, _ in missing_screen(here, book(), "en"))


# ── dropdowns ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", LAID_OUT, ids=lambda tab: tab.key)
def test_no_dropdown_refuses_what_a_person_types(tab: Tab) -> None:
    rules = [r["rule"] for r in lacking(tab_in(tab), "setDataValidation")]
    assert [r["strict"] for r in rules] == [False] * sum(place[0] == tab.key for place in DROPDOWNS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_status_offers_every_state_in_the_language_of_the_workbook(language: str) -> None:
    rules = lacking(tab_in(CONTRACTS, language), "setDataValidation", language)
    (status,) = [r for r in rules if r["range"]["startColumnIndex"] == at(CONTRACTS, "status")]
    words = [v["userEnteredValue"] for v in status["rule"]["condition"]["values"]]
    assert words == [state.title(language) for state in STATES]


def test_customers_are_offered_from_wherever_their_column_stands() -> None:
    moved = Furnished(CUSTOMERS, Sheet(9, "Anna's customers", 1000, 30), {"customer": 27})
    here = tab_in(CONTRACTS)
    requests = [r for _, more in missing_screen(here, {**book(), "customers": moved}, "en") for r in more]
    (rule,) = [
        r["setDataValidation"] for r in requests
        if "setDataValidation" in r and r["setDataValidation"]["range"]["startColumnIndex"] == at(CONTRACTS, "customer")
    ]  # fmt: skip
    assert rule["rule"]["condition"]["values"] == [{"userEnteredValue": "='Anna''s customers'!$AB$2:$AB"}]


def test_a_column_that_is_not_there_is_not_offered() -> None:
    bare = Furnished(TEAM, Sheet(9, "Team", 1000, 30), {})
    here = tab_in(ORDER_ENTRY)
    requests = [r for _, more in missing_screen(here, {**book(), "team": bare}, "en") for r in more]
    columns = [
        r["setDataValidation"]["range"]["startColumnIndex"] for r in requests if "setDataValidation" in r
    ]
    assert at(ORDER_ENTRY, "salesperson") not in columns
    assert at(ORDER_ENTRY, "customer") in columns


def test_a_rule_of_the_teams_own_stays() -> None:
    own = Look(validated=frozenset({at(CONTRACTS, "status")}))
    columns = [
        r["range"]["startColumnIndex"] for r in lacking(tab_in(CONTRACTS, look=own), "setDataValidation")
    ]
    assert at(CONTRACTS, "status") not in columns
    assert len(columns) == len(lacking(tab_in(CONTRACTS), "setDataValidation")) - 1


def test_every_dropdown_is_for_a_column_there_is_and_offers_one_there_is() -> None:
    for (tab, key), choices in DROPDOWNS.items():
        assert key in BY_KEY[tab].by_key
        assert choices.column is None or choices.column[1] in BY_KEY[choices.column[0]].by_key
        assert choices.column is not None or all(choices.words[language] for language in LANGUAGES)


# ── checkboxes ──────────────────────────────────────────────────────────────────────────────────────────────


def test_boxes_go_on_bare_yes_and_no_and_nowhere_else() -> None:
    column = at(PRODUCTS, "active")
    here = tab_in(PRODUCTS, look=Look(unboxed={column: (1, 2, 3, 7)}))
    boxes = [r for r in lacking(here, "setDataValidation") if r["rule"]["condition"]["type"] == "BOOLEAN"]
    assert [(r["range"]["startRowIndex"], r["range"]["endRowIndex"]) for r in boxes] == [(1, 4), (7, 8)]
    assert {r["range"]["startColumnIndex"] for r in boxes} == {column}


def test_which_cells_lack_a_box_is_read_from_the_cells() -> None:
    yes, no, text = (
        {"userEnteredValue": v} for v in ({"boolValue": True}, {"boolValue": False}, {"stringValue": "x"})
    )
    boxed = {**yes, "dataValidation": {"condition": {"type": "BOOLEAN"}}}
    rows = [{"values": [cell]} if cell else {} for cell in (yes, boxed, text, {}, no)]
    details = [{"properties": {"sheetId": 7}, "data": [{"startColumn": 6, "rowData": rows}]}]
    (sheet,) = with_boxes([tab_in(PRODUCTS).sheet], details)
    assert sheet.look.unboxed == {6: (1, 5)}


def test_only_checkboxes_the_names_of_automations_and_the_team_are_asked_for() -> None:
    headers = {tab.key: tuple(f.title("zh-CN") for f in tab.fields) for tab in LAID_OUT}
    sheets = [tab_in(tab, "zh-CN", header=headers[tab.key]).sheet for tab in LAID_OUT]
    read = {PRODUCTS: ["active"], TEAM: ["name", "email", "role", "active"]}
    wanted = [
        f"'{t.zh}'!{c}2:{c}" for t, keys in read.items() for c in (column_letter(at(t, k)) for k in keys)
    ]
    wanted += [f"'{AUTOMATIONS.zh}'!{c}2:{c}" for c in "ABD"]
    assert box_ranges([*sheets, Sheet(1, "Our own", 10, 10)]) == wanted


# ── colours ─────────────────────────────────────────────────────────────────────────────────────────────────


def rules_of(here: Furnished, language: str = "en") -> list[ColourRule]:
    """The colours that would be added to a tab without any, as they would be read back."""
    found: list[ColourRule] = []
    for request in lacking(here, "addConditionalFormatRule", language):
        (where,) = request["rule"]["ranges"]
        condition = request["rule"]["booleanRule"]["condition"]
        texts = tuple(v["userEnteredValue"] for v in condition.get("values", []))
        rule = ColourRule(where["startColumnIndex"], where["endColumnIndex"], condition["type"], texts)
        found.insert(request["index"], rule)
    return [replace(rule, place=place) for place, rule in enumerate(found)]


@pytest.mark.parametrize("before", LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", LAID_OUT, ids=lambda tab: tab.key)
def test_colours_are_added_once_whatever_language_they_were_added_in(
    tab: Tab, language: str, before: str
) -> None:
    added = rules_of(tab_in(tab), before)
    assert len(added) == sum(colour.tab == tab.key for colour in COLOURS)
    assert rules_of(tab_in(tab, look=Look(colours=tuple(added))), language) == []


def test_colours_go_behind_the_teams_own_in_the_order_of_their_weight() -> None:
    own = tuple(ColourRule(0, None, "TEXT_EQ", ("VIP",), place) for place in (0, 0, 1))
    requests = lacking(tab_in(ORDER_ENTRY, look=Look(colours=own)), "addConditionalFormatRule")
    assert [r["index"] for r in requests] == [2, 3, 4]
    kinds = [r["rule"]["booleanRule"]["condition"]["type"] for r in requests]
    assert kinds == ["TEXT_STARTS_WITH", "TEXT_EQ", "NOT_BLANK"]


def test_no_colour_asks_a_column_that_is_not_there() -> None:
    here = tab_in(CONTRACTS)
    without = replace(here, columns={k: i for k, i in here.columns.items() if k != "status"})
    assert not [r for r in rules_of(without) if r.condition == "CUSTOM_FORMULA"]


def test_overdue_looks_at_the_due_date_and_the_status_of_the_same_row() -> None:
    rule = next(r for r in rules_of(tab_in(CONTRACTS)) if "<TODAY())" in "".join(r.texts))
    due, status = (column_letter(at(CONTRACTS, key)) for key in ("due_date", "status"))
    assert f"${due}2<TODAY()" in rule.texts[0]
    assert f'${status}2<>"Delivered"' in rule.texts[0]
    assert not {",", ";"} & set(rule.texts[0]), "the separator of arguments is the locale's"


@pytest.mark.parametrize("language", LANGUAGES)
def test_amber_words_are_those_the_mail_cell_uses(language: str) -> None:
    def shown(**facts: Any) -> str:
        state = MailState(
            "m1", PURCHASE_CUSTOMER, **{"status": "queued", "generation": 1, "at": NOW, **facts}
        )
        other = MailState("m2", PURCHASE_SALES, "sent", 1, NOW)
        return mail_words(order, (state, other), Rules(language=language))

    order = Order("20261121-001", NOW, Origin.TYPED)
    amber = [c.text[language] for c in COLOURS if c.column == "mail_status"]
    troubled = (
        shown(error="421 later"), shown(error="quota"), shown(status="dead", error="550 no"),
        shown(status="held", uncertain=True), shown(status="held", error="too many"),
    )  # fmt: skip
    assert all(any(word in text for word in amber) for text in troubled), troubled
    assert not any(word in shown(status="sent", at=NOW + timedelta(1)) for word in amber)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_automation_that_failed_or_cannot_be_timed_does_not_look_like_one_that_went_well(
    language: str,
) -> None:
    rules = Rules(language=language)
    run = Run("weekly_team:2026-W47", "weekly_team", "2026-W47", NOW, NOW, done_at=NOW)
    failed = replace(run, failures=(RunFailure("", "Wang Fang", "no_email"),))

    def ground(text: str) -> str:
        found = (
            c.ground
            for c in COLOURS
            if c.column == "result" and c.tab == AUTOMATIONS.key and c.text[language] in text
        )
        return next(found, "")

    well = ground(result_words(run, {"sent": 3}, rules))
    amber = ground(result_words(failed, {"sent": 3}, rules))
    assert well
    assert amber
    assert amber != well
    assert ground(result_words(run, {"sent": 2, "dead": 1}, rules)) == amber
    assert ground(result_words(run, {"sent": 2, "held": 1}, rules)) == amber
    assert ground(result_words(run, {"sent": 1, "queued": 2}, rules)) == ""


# ── protections ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", [tab for tab in LAID_OUT if tab.fields], ids=lambda tab: tab.key)
def test_titles_are_refused_and_the_bots_columns_only_warned_of(tab: Tab) -> None:
    titles, *columns = [r["protectedRange"] for r in lacking(tab_in(tab), "addProtectedRange")]
    assert titles["range"] == {"sheetId": 7, "startRowIndex": 0, "endRowIndex": 1}
    assert not titles.get("warningOnly")
    assert all(c["warningOnly"] and c["range"]["startRowIndex"] == 1 for c in columns)
    covered = {
        i for c in columns for i in range(c["range"]["startColumnIndex"], c["range"]["endColumnIndex"])
    }
    assert covered == {i for i, f in enumerate(tab.fields) if f.owner is Owner.BOT}


def test_what_somebody_protected_is_not_protected_again() -> None:
    problem = at(CONTRACTS, "problem")
    own = (Protection(0, 1), Protection(1, None, problem, problem + 1))
    columns = [
        r["protectedRange"]["range"]
        for r in lacking(tab_in(CONTRACTS, look=Look(protections=own)), "addProtectedRange")
    ]
    assert [c["startRowIndex"] for c in columns] == [1] * len(columns)
    assert not [c for c in columns if c["startColumnIndex"] <= problem < c["endColumnIndex"]]


def test_half_a_protected_header_is_none() -> None:
    half = tab_in(TEAM, look=Look(protections=(Protection(0, 1, 0, 3),)))
    assert "titles protected" in said(half)


@pytest.mark.parametrize(
    ("one", "inside"),
    [(Protection(), True), (Protection(0, 1), False), (Protection(1, None, 2, 3), False),
     (Protection(1, None, 3, None), True), (Protection(5), False), (Protection(4, 5, 3, 4), True)],
)  # fmt: skip
def test_a_protection_covers_what_lies_in_it(one: Protection, inside: bool) -> None:
    assert one.covers(4, 3) is inside


# ── widths and wrapping ─────────────────────────────────────────────────────────────────────────────────────


def test_a_width_that_somebody_chose_stays() -> None:
    chosen = Look(widths=dict.fromkeys(range(len(TEAM.fields)), 100) | {1: 333})
    requests = lacking(tab_in(TEAM, look=chosen), "updateDimensionProperties")
    columns = {i for r in requests for i in range(r["range"]["startIndex"], r["range"]["endIndex"])}
    assert columns == {i for i, f in enumerate(TEAM.fields) if i != 1 and width_of(f) != DEFAULT_WIDTH}


def test_the_hidden_column_gets_no_width() -> None:
    requests = lacking(tab_in(CONTRACTS), "updateDimensionProperties")
    assert max(r["range"]["endIndex"] for r in requests) == at(CONTRACTS, "row_id")


def test_long_text_is_wrapped_unless_somebody_decided() -> None:
    notes = at(CONTRACTS, "notes")
    requests = lacking(tab_in(CONTRACTS, look=Look(wrapped=frozenset({notes}))), "repeatCell")
    columns = {
        i for r in requests for i in range(r["range"]["startColumnIndex"], r["range"]["endColumnIndex"])
    }
    assert columns == {i for i, f in enumerate(CONTRACTS.fields) if f.key in LONG_TEXT} - {notes}


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_layout_is_read_from_two_rows_the_columns_and_what_lies_over_them() -> None:
    second = {
        "userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}, "wrapStrategy": "WRAP"},
        "dataValidation": {
            "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "x"}]},
            "inputMessage": "Help",
            "strict": True,
        },
    }
    rows = [{"values": [{"formattedValue": "A"}, {}, {"formattedValue": "C"}]}, {"values": [{}, second]}]
    details = {"properties": {"sheetId": 7}, "data": [{"rowData": rows, "columnMetadata": [
        {"pixelSize": 80}, {"pixelSize": 100, "hiddenByUser": True}]}]}  # fmt: skip
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "x"}]}
    objects = {
        "properties": {"sheetId": 7},
        "conditionalFormats": [
            {"ranges": [{"startRowIndex": 1, "startColumnIndex": 2, "endColumnIndex": 3}],
             "booleanRule": {"condition": condition}},
            {"ranges": [{"sheetId": 7}], "gradientRule": {}},
        ],
        "protectedRanges": [
            {"range": {"sheetId": 7, "endRowIndex": 1}},
            {"protectedRangeId": 5, "range": {"sheetId": 7}, "description": "Ours", "requestingUserCanEdit": True,
             "editors": {"users": ["Anna@sales.example"], "groups": ["all@sales.example"], "domainUsersCanEdit": True}},
            {"range": {"sheetId": 7}, "warningOnly": True},
        ],
    }  # fmt: skip
    bare = Sheet(7, "T", 10, 3)
    (sheet,) = with_layout([bare], [objects], [details])
    assert (sheet.header, sheet.formats, sheet.hidden) == (("A", "", "C"), {1: ("TEXT", "@")}, frozenset({1}))
    assert sheet.look == Look(
        {0: 80, 1: 100}, frozenset({1}), {1: Dropdown("ONE_OF_LIST", ("x",), "Help", True)}, frozenset({1}),
        (ColourRule(2, 3, "TEXT_EQ", ("x",)), ColourRule(0, None, "")),
        (
            Protection(0, 1),
            Protection(
                protection_id=5, description="Ours", editors=frozenset({"anna@sales.example", "all@sales.example"}),
                is_open_to_domain=True, is_ours_to_change=True,
            ),
            Protection(is_warning=True),
        ),
    )  # fmt: skip
    assert [rule.place for rule in sheet.look.colours] == [0, 1]
    assert with_layout([bare], [], []) == [bare]


# ── dropdowns of people with a role ─────────────────────────────────────────────────────────────────────────


def leads(*names: str) -> Catalog:
    rows = ({"name": n, "email": f"{n.lower()}@sales.example", "role": "Lead", "active": True} for n in names)
    return build_catalog((), (), rows)


def reviewers(team: Catalog, found: Dropdown | None = None) -> dict[str, Any] | None:
    """The rule that the Reviewer column would get, if it would get one."""
    at_reviewer = at(CONTRACTS, "reviewer")
    look = Look(validated=frozenset({at_reviewer}), dropdowns={at_reviewer: found}) if found else Look()
    requests = [
        r for _, more in missing_screen(tab_in(CONTRACTS, look=look), book(), "en", team) for r in more
    ]
    rules = [
        r["setDataValidation"]["rule"]
        for r in requests
        if "setDataValidation" in r and r["setDataValidation"]["range"]["startColumnIndex"] == at_reviewer
    ]
    return rules[0] if rules else None


def as_read(rule: dict[str, Any] | None) -> Dropdown:
    """The rule as it would be read back."""
    assert rule is not None
    texts = tuple(v["userEnteredValue"] for v in rule["condition"]["values"])
    return Dropdown(rule["condition"]["type"], texts, rule.get("inputMessage", ""), rule["strict"])


def test_reviewers_are_the_leads_and_everybody_while_there_is_none() -> None:
    rule = as_read(reviewers(leads("Lea", "Ina")))
    assert (rule.condition, rule.texts, rule.strict) == ("ONE_OF_LIST", ("Ina", "Lea"), False)
    assert as_read(reviewers(leads())).texts == ("='Team'!$A$2:$A",)


@pytest.mark.parametrize("before", [("Ina",), ("Ina", "Lea", "Zoe"), ()], ids=["fewer", "more", "nobody"])
def test_the_list_follows_the_team(before: tuple[str, ...]) -> None:
    then = as_read(reviewers(leads(*before)))
    now = as_read(reviewers(leads("Lea", "Ina"), then))
    assert now.texts == ("Ina", "Lea")
    assert reviewers(leads("Lea", "Ina"), now) is None
    assert reviewers(leads(*before), then) is None


def test_a_list_of_ours_that_somebody_made_strict_or_changed_is_mended() -> None:
    ours = as_read(reviewers(leads("Lea")))
    assert reviewers(leads("Lea"), replace(ours, strict=True)) is not None
    assert reviewers(leads("Lea"), replace(ours, texts=("Somebody",))) is not None


def test_a_list_of_somebodys_own_stays_whoever_leads() -> None:
    assert reviewers(leads("Lea"), Dropdown("ONE_OF_LIST", ("Lea", "Boss"))) is None
    assert reviewers(leads("Lea"), Dropdown("ONE_OF_RANGE", ("=Ours!$A$2:$A",))) is None


def test_google_may_leave_out_the_quotes_around_a_title() -> None:
    assert reviewers(leads(), Dropdown("ONE_OF_RANGE", ("=Team!$A$2:$A",))) is None
    assert reviewers(leads("Lea"), Dropdown("ONE_OF_RANGE", ("=Team!$A$2:$A",))) is not None


def test_a_name_that_looks_like_a_formula_is_left_out() -> None:
    assert as_read(reviewers(leads("=Lea", "Ina"))).texts == ("Ina",)


# ── colours that are repaired ───────────────────────────────────────────────────────────────────────────────


def colour_requests(here: Furnished, due_soon: int = 2, language: str = "en") -> list[dict[str, Any]]:
    requests = [r for _, more in missing_screen(here, book(), language, due_soon=due_soon) for r in more]
    return [r for r in requests if any("ConditionalFormat" in kind for kind in r)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_number_of_days_changes_the_rule_and_adds_none(language: str) -> None:
    here = tab_in(CONTRACTS, look=Look(colours=tuple(rules_of(tab_in(CONTRACTS), language))))
    assert colour_requests(here, 2) == []
    (request,) = colour_requests(here, 5)
    changed = request["updateConditionalFormatRule"]
    (text,) = changed["rule"]["booleanRule"]["condition"]["values"]
    assert "<TODAY()+6)" in text["userEnteredValue"]
    assert "<TODAY()+3)" in here.sheet.look.colours[changed["index"]].texts[0]


def test_a_rule_that_was_taken_away_comes_back_where_it_wins() -> None:
    for tab in (CONTRACTS, ORDER_ENTRY, FEEDBACK):
        whole = rules_of(tab_in(tab))
        for lost in whole:
            rest = [rule for rule in whole if rule is not lost]
            left = tuple(replace(rule, place=place) for place, rule in enumerate(rest))
            (request,) = colour_requests(tab_in(tab, look=Look(colours=left)))
            behind = whole[lost.place + 1 :]
            same_column = [r for r in behind if r.left == lost.left]
            index = request["addConditionalFormatRule"]["index"]
            assert all(index <= rest.index(rule) for rule in same_column)


def test_a_status_that_waits_is_looked_at_before_what_it_says() -> None:
    status = [r for r in rules_of(tab_in(CONTRACTS)) if r.left == at(CONTRACTS, "status")]
    assert [r.condition for r in status] == ["CUSTOM_FORMULA"] + ["TEXT_EQ"] * len(STATES)


# ── protections of ours that lie elsewhere ──────────────────────────────────────────────────────────────────


def test_protections_of_ours_that_lie_elsewhere_are_taken_away_and_made_anew() -> None:
    problem = at(CONTRACTS, "problem")
    here = tab_in(CONTRACTS)
    made = [r["protectedRange"] for r in lacking(here, "addProtectedRange")]
    there = [
        Protection(
            p["range"]["startRowIndex"],
            p["range"].get("endRowIndex"),
            p["range"].get("startColumnIndex", 0),
            p["range"].get("endColumnIndex"),
            number,
            p["description"],
            p.get("warningOnly", False),
            is_ours_to_change=True,
        )
        for number, p in enumerate(made, 1)
    ]
    assert not lacking(tab_in(CONTRACTS, look=Look(protections=tuple(there))), "addProtectedRange")
    strayed = [
        replace(one, left=3, right=4)
        if one.left == problem
        else replace(one, bottom=9)
        if not one.left
        else one
        for one in there
    ]
    here = tab_in(CONTRACTS, look=Look(protections=tuple(strayed)))
    gone = {r["protectedRangeId"] for r in lacking(here, "deleteProtectedRange")}
    assert gone == {one.protection_id for one, was in zip(strayed, there, strict=True) if one != was}
    assert len(gone) == len(lacking(here, "addProtectedRange")) == 2


# ── formats of columns to come ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", [tab for tab in LAID_OUT if tab.fields], ids=lambda tab: tab.key)
def test_every_column_has_a_number_format_or_a_box(tab: Tab) -> None:
    assert all((f.kind in NUMBER_FORMATS) != (f.kind is Kind.CHECKBOX) for f in tab.fields)
