"""Columns that one role fills in: which protections `init` asks for, and when it asks for none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.layout.furnished import Furnished
from bot.layout.guards import Guards, members_in, missing_guards
from bot.layout.protections import TITLES_KEPT
from bot.look import Look, Protection
from bot.ports import Sheet
from sheets_schema import CONTRACTS, LAID_OUT, LANGUAGES, TEAM, Owner
from sheets_schema.roles import FINANCE, LEAD, ROLE_TITLES, WAREHOUSE
from sheets_schema.screen import FILLED_BY

BOT, OWNER, ADMIN = "bot@project.iam.gserviceaccount.com", "olga@sales.example", "ada@sales.example"
PEOPLE = (
    ("Lea Lund", "Lea@sales.example", "Lead", "TRUE"),
    ("何静", "hejing@sales.example", "财务", ""),
    ("Max Mohn", "max@sales.example", "Warehouse, Sales", "TRUE"),
    ("Nora Nix", "nora@sales.example", "仓库", "TRUE"),
    ("Ada Ask", ADMIN, "Admin", "TRUE"),
    ("Tom Hale", "tom@sales.example", "Sales", "TRUE"),
    ("Gone Guy", "gone@sales.example", "Lead, Finance, Warehouse", "FALSE"),
)
EDITORS = {
    LEAD: {"Lea@sales.example", ADMIN},
    FINANCE: {"hejing@sales.example", ADMIN},
    WAREHOUSE: {"max@sales.example", "nora@sales.example", ADMIN},
}


def team_of(*people: tuple[str, str, str, str]) -> Look:
    columns = [TEAM.keys(*Owner).index(key) for key in ("name", "email", "role", "active")]
    return Look(listed={column: tuple(person[i] for person in people) for i, column in enumerate(columns)})


def book(
    *protections: Protection, people: tuple[tuple[str, str, str, str], ...] = PEOPLE, **facts: Any
) -> dict[str, Furnished]:
    """Every tab, with these protections over Contract Orders."""
    looks = {TEAM: team_of(*people), CONTRACTS: Look(protections=protections)}
    tabs = {
        tab.key: Furnished(
            tab,
            Sheet(number, tab.en, 1000, len(tab.fields), look=looks.get(tab, Look())),
            {f.key: i for i, f in enumerate(tab.fields)},
        )
        for number, tab in enumerate(LAID_OUT)
    }
    return {**tabs, CONTRACTS.key: replace(tabs[CONTRACTS.key], **facts)}


def lacking(tabs: dict[str, Furnished], language: str = "en", account: str = BOT) -> Guards:
    return missing_guards(tabs, members_in(tabs[TEAM.key]), account, language)


def asked(found: Guards) -> list[dict[str, Any]]:
    return [request for guard in found.lacking for request in guard.requests]


def kinds(found: Guards) -> list[str]:
    return [kind for request in asked(found) for kind in request]


def in_place() -> tuple[Protection, ...]:
    """The protections as the API shows them once they were asked for, behind that of the titles."""
    made = [request["addProtectedRange"]["protectedRange"] for request in asked(lacking(book()))]
    titles = Protection(
        0, 1, description=TITLES_KEPT, editors=frozenset({OWNER, BOT}), is_ours_to_change=True
    )
    return titles, *(
        Protection(
            1, None, one["range"]["startColumnIndex"], one["range"]["endColumnIndex"], number, one["description"],
            editors=frozenset(u.casefold() for u in one["editors"]["users"]) - {BOT} | {OWNER, BOT},
            is_ours_to_change=True,
        )
        for number, one in enumerate(made, 1)
    )  # fmt: skip


def test_each_column_is_kept_for_its_role_the_admins_and_the_bot() -> None:
    found = lacking(book())
    assert kinds(found) == ["addProtectedRange"] * len(FILLED_BY)
    keys = CONTRACTS.keys(*Owner)
    for request in asked(found):
        made = request["addProtectedRange"]["protectedRange"]
        role = FILLED_BY[CONTRACTS.key, keys[made["range"]["startColumnIndex"]]]
        assert set(made["editors"]["users"]) == EDITORS[role] | {BOT}
        assert made["editors"]["domainUsersCanEdit"] is False
        assert made["range"]["startRowIndex"] == 1
        assert "endRowIndex" not in made["range"]
        assert ROLE_TITLES[role]["en"] in made["description"]
        assert ROLE_TITLES[role]["zh-CN"] in made["description"]
    assert len({r["addProtectedRange"]["protectedRange"]["description"] for r in asked(found)}) == len(
        FILLED_BY
    )
    assert (found.problems, found.notes) == ((), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_in_place_is_left_in_any_language(language: str) -> None:
    assert lacking(book(*in_place()), language) == Guards()


def test_a_bot_without_an_address_lists_nobody_for_itself() -> None:
    users = [
        r["addProtectedRange"]["protectedRange"]["editors"]["users"]
        for r in asked(lacking(book(), account=""))
    ]
    assert all(all(users) and BOT not in users for users in users)


TRACKING = CONTRACTS.keys(*Owner).index("tracking")


@pytest.mark.parametrize(
    "drift",
    [
        {"left": 3, "right": 4},
        {"right": TRACKING + 2},
        {"top": 0},
        {"top": 2},
        {"bottom": 40},
        {"is_warning": True, "editors": frozenset()},
        {"is_open_to_domain": True},
        {"editors": frozenset({BOT, OWNER, ADMIN, "max@sales.example"})},
        {"editors": frozenset({BOT, OWNER, ADMIN, "max@sales.example", "nora@sales.example", "tom@sales.example"})},
    ],
    ids="-".join,
)  # fmt: skip
def test_what_drifted_is_made_anew_and_has_no_twin(drift: dict[str, Any]) -> None:
    drifted = [replace(one, **drift) if one.left == TRACKING else one for one in in_place()]
    (ours,) = [one for one, was in zip(drifted, in_place(), strict=True) if one != was]
    found = lacking(book(*drifted))
    gone, made = asked(found)
    assert gone == {"deleteProtectedRange": {"protectedRangeId": ours.protection_id}}
    assert made["addProtectedRange"]["protectedRange"]["range"]["startColumnIndex"] == TRACKING
    assert "Carrier and tracking no." in found.lacking[0].said


def test_a_range_that_ends_with_the_sheet_is_whole() -> None:
    assert lacking(book(*(replace(one, bottom=1000) for one in in_place()))) == Guards()


def test_a_twin_is_taken_away() -> None:
    found = lacking(book(*in_place(), replace(in_place()[1], protection_id=99)))
    assert asked(found) == [{"deleteProtectedRange": {"protectedRangeId": 99}}]


def test_protections_go_with_a_column_that_was_moved_in_the_plan_alone() -> None:
    columns = {f.key: i for i, f in enumerate(CONTRACTS.fields)}
    columns["tracking"], columns["notes"] = columns["notes"], columns["tracking"]
    found = lacking(book(*in_place(), columns=columns))
    assert kinds(found) == ["deleteProtectedRange", "addProtectedRange"]


def test_a_column_that_is_not_there_is_passed_over() -> None:
    columns = {f.key: i for i, f in enumerate(CONTRACTS.fields) if f.key != "tracking"}
    assert kinds(lacking(book(columns=columns))) == ["addProtectedRange"] * (len(FILLED_BY) - 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_has_the_role_the_column_stays_open_and_init_says_so(language: str) -> None:
    people = tuple(one for one in PEOPLE if one[2] not in ("Warehouse, Sales", "仓库"))
    found = lacking(book(people=people), language)
    assert len(asked(found)) == 2
    (note,) = found.notes
    assert ROLE_TITLES[WAREHOUSE][language] in note
    assert CONTRACTS.by_key["tracking"].title(language) in note
    assert found.problems == ()


def test_what_was_kept_for_people_who_are_gone_is_opened() -> None:
    found = lacking(book(*in_place(), people=PEOPLE[:1]))
    assert kinds(found) == ["deleteProtectedRange", "addProtectedRange"] + ["deleteProtectedRange"] * 4
    assert len(found.notes) == 2


def test_an_address_that_is_none_counts_as_nobody() -> None:
    found = lacking(book(people=(("Max", "max at sales", "Warehouse", "TRUE"),)))
    assert asked(found) == []
    assert len(found.notes) == 3


def test_who_may_write_wherever_we_protect_something_is_not_drift() -> None:
    everywhere = [replace(one, editors=one.editors | {"deputy@sales.example"}) for one in in_place()]
    assert lacking(book(*everywhere)) == Guards()
    assert len(asked(lacking(book(in_place()[0], *everywhere[1:])))) == 2 * len(FILLED_BY)


def test_other_peoples_protections_stay_and_are_not_added_to() -> None:
    own = Protection(1, None, TRACKING, TRACKING + 1, 50, "Nora's", editors=frozenset({OWNER}))
    found = lacking(book(own))
    assert kinds(found) == ["addProtectedRange"] * (len(FILLED_BY) - 1)
    warning = replace(own, is_warning=True)
    assert kinds(lacking(book(warning))) == ["addProtectedRange"] * len(FILLED_BY)
    assert lacking(book(*in_place(), own)) == Guards()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_protection_that_the_bot_may_no_longer_change_is_a_problem_for_a_person(language: str) -> None:
    locked = [
        replace(one, is_ours_to_change=False, editors=frozenset()) if one.left == TRACKING else one
        for one in in_place()
    ]
    found = lacking(book(*locked), language)
    assert found.lacking == ()
    (problem,) = found.problems
    assert "init" in problem
    assert CONTRACTS.by_key["tracking"].title(language) in problem


def test_people_are_read_from_rows_of_uneven_length() -> None:
    here = book()[TEAM.key]
    look = Look(listed={0: ("Lea", "Tom"), 1: ("lea@sales.example",), 3: ("Lead",)})
    team = members_in(replace(here, sheet=replace(here.sheet, look=look)))
    assert [member.name for member in team.with_role(LEAD)] == ["Lea"]
    assert members_in(replace(here, sheet=replace(here.sheet, look=Look()))).members == {}
