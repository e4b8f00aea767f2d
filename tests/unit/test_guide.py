"""The guide: what its page says, when it is written, and what of its tab is people's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.sheets_guide import first_rows, guide_of, page_of
from bot.layout.furnished import Furnished
from bot.layout.guide import GuideLack, missing_guide
from bot.layout.protections import WRITTEN_BY_US
from bot.look import Look, Protection, Styled
from bot.ports import About, Sheet
from sheets_schema import CONTRACTS, LAID_OUT, LANGUAGES
from sheets_schema.guide import GUIDE, GUIDE_MARK, GUIDE_TITLES, GUIDE_WIDTHS
from sheets_schema.titles import tabs_among

Page = tuple[tuple[Styled, ...], ...]


def tabs(language: str = "en", **titles: str) -> dict[str, Furnished]:
    """Every tab with its titles in this language, some of them by other names."""
    return {
        tab.key: Furnished(
            tab,
            Sheet(n, titles.get(tab.key, tab.title(language)), 1000, 40,
                  header=tuple(titles.get(f.key, f.title(language)) for f in tab.fields)),
            {f.key: i for i, f in enumerate(tab.fields)},
        )
        for n, tab in enumerate(LAID_OUT)
    }  # fmt: skip


def lack(*sheets: Sheet, wanted: bool = True, language: str = "en", **titles: str) -> GuideLack:
    about = About("key", "Orders", "https://desk.example", "Asia/Shanghai", "en_US", sheets, None)
    return missing_guide(about, tabs(language, **titles), language, 77, is_wanted=wanted)


def requests(found: GuideLack, kind: str) -> list[dict[str, Any]]:
    return [r[kind] for r in found.requests if kind in r]


def written(found: GuideLack) -> Page:
    """The page that is written first, as it would be read back."""
    rows = requests(found, "updateCells")[0]["rows"]
    return page_of([[as_read(cell) for cell in row["values"]] for row in rows])


def as_read(cell: dict[str, Any]) -> dict[str, Any]:
    text = cell.get("userEnteredValue", {}).get("stringValue")
    return {**cell, **({"formattedValue": text} if text else {})}


def whole(language: str = "en", **look: Any) -> Sheet:
    """A guide's tab that lacks nothing, unless these facts of its look say so."""
    page = written(lack(language=language))
    kept = Protection(description=WRITTEN_BY_US, is_warning=True, protection_id=5)
    facts = {"page": page, "is_guide": True, "has_gridlines": False, "protections": (kept,),
             "widths": dict(enumerate(GUIDE_WIDTHS)), **look}  # fmt: skip
    return Sheet(8, GUIDE_TITLES[language], len(page) + 30, 2, look=Look(**facts))


# ── whether ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_written_only_where_it_is_wanted() -> None:
    assert lack(wanted=False) == GuideLack()
    found = lack()
    assert found.said == ("tab 'Guide' added",)
    (added,) = requests(found, "addSheet")
    assert (added["properties"]["sheetId"], added["properties"]["index"]) == (77, 0)
    assert added["properties"]["gridProperties"]["hideGridlines"]
    assert requests(found, "addProtectedRange")[0]["protectedRange"]["warningOnly"]
    assert requests(found, "createDeveloperMetadata")[0]["developerMetadata"]["metadataKey"] == GUIDE_MARK


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown_in", LANGUAGES)
@pytest.mark.parametrize("wanted", [True, False])
def test_one_that_is_whole_is_left_as_it_is_in_any_language(
    language: str, shown_in: str, wanted: bool
) -> None:
    # Tabs and columns go by the same names, whatever language the config asks for by now.
    found = missing_guide(
        About("key", "Orders", "", "", "", (whole(shown_in),), None),
        tabs(shown_in), language, 77, is_wanted=wanted,
    )  # fmt: skip
    assert found == GuideLack()


def test_a_tab_of_its_name_with_something_else_in_it_is_peoples() -> None:
    theirs = Sheet(8, "Guide", 99, 9, look=Look(page=((Styled("Our holidays"),),)))
    assert lack(theirs, wanted=False) == GuideLack()
    found = lack(theirs)
    assert found.requests == ()
    assert "this one holds something else" in found.problems[0]


def test_an_empty_tab_of_its_name_is_used_when_it_is_asked_for() -> None:
    empty = Sheet(8, "使用说明", 1, 1, look=Look(page=()))
    assert lack(empty, wanted=False) == GuideLack()
    found = lack(empty)
    assert not requests(found, "addSheet")
    assert {one["dimension"]: one["length"] for one in requests(found, "appendDimension")} == {
        "ROWS": len(GUIDE["en"]) - 1, "COLUMNS": 1,
    }  # fmt: skip
    assert len(written(found)) == len(GUIDE["en"])


def test_it_is_known_by_its_mark_under_any_name_and_by_its_first_line_without() -> None:
    renamed = replace(whole(page=((Styled("Ha"),),)), title="Read me!")
    assert lack(renamed, wanted=False).said == ("'Read me!': text of the guide written",)
    assert lack(whole(is_guide=False), wanted=False).said == ("'Guide': marked as the guide",)


# ── what of it is ours ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("look", "said"),
    [({"has_gridlines": True}, "gridlines hidden"), ({"protections": ()}, "marked as written by the bot"),
     ({"page": ()}, "text of the guide written"), ({"widths": {0: 100, 1: 100}}, "widths of columns set")],
)  # fmt: skip
def test_what_was_taken_away_is_put_back(look: dict[str, Any], said: str) -> None:
    assert lack(whole(**look), wanted=False).said == (f"'Guide': {said}",)


def test_a_width_that_somebody_chose_stays() -> None:
    assert lack(whole(widths={0: 60, 1: 300})) == GuideLack()


@pytest.mark.parametrize(
    "change", [{"text": "Ha"}, {"bold": False}, {"ground": "#ff0000"}, {"is_scribbled": True}]
)
def test_one_cell_that_is_not_ours_any_more_has_the_page_written_anew(change: dict[str, Any]) -> None:
    page = written(lack())
    scribbled = (page[0], page[1], (replace(page[2][0], **change), page[2][1]), *page[3:])
    assert written(lack(whole(page=scribbled), wanted=False)) == page


def test_lines_that_were_pushed_down_go_and_notes_below_stay() -> None:
    page = written(lack())
    note = (Styled("Holidays: ask Lina"),)
    pushed = (page[0], (), *page[1:], (), note)
    found = lack(whole(page=pushed), wanted=False)
    first, stray = requests(found, "updateCells")
    assert (first["start"]["rowIndex"], len(first["rows"])) == (0, len(page))
    assert (stray["start"]["rowIndex"], stray["rows"]) == (len(page), [{"values": [{}, {}]}])
    assert lack(whole(page=(*page, (), note))) == GuideLack()


# ── what it says ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_in_it_is_one_that_stands_in_this_workbook(language: str) -> None:
    texts = " ".join(cell.text for row in written(lack(language=language)) for cell in row)
    assert "{" not in texts
    for key in ("problem", "mail_status", "reviewer", "tracking"):
        assert CONTRACTS.by_key[key].title(language) in texts


def test_tabs_and_columns_are_called_what_they_are_called_here() -> None:
    found = lack(contracts="Orders {2026}", problem="What's wrong")
    texts = " ".join(cell.text for row in written(found) for cell in row)
    assert "Go to 'Orders {2026}'" in texts
    assert "'What's wrong' says in one sentence" in texts


def test_both_languages_say_the_same_in_the_same_order() -> None:
    shapes = [[(line.kind, line.ground) for line in GUIDE[language]] for language in LANGUAGES]
    assert shapes[0] == shapes[1]


def test_a_poll_never_takes_it_for_one_of_its_tabs() -> None:
    assert tabs_among(LAID_OUT, list(GUIDE_TITLES.values())) == {}


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_marked_tab_is_the_guide_before_any_of_its_name() -> None:
    sheets = [Sheet(3, "guide ", 50, 9), Sheet(4, "Read me", 1, 1)]
    marked = {"properties": {"sheetId": 4}, "developerMetadata": [{"metadataKey": GUIDE_MARK}]}
    assert guide_of(sheets, [{"properties": {"sheetId": 3}}, marked]) == 4
    assert guide_of(sheets, [{"properties": {"sheetId": 3}}]) == 3
    assert guide_of(sheets[1:], []) is None
    assert [first_rows(sheet, 3) for sheet in sheets] == ["'guide '!A1:B50", "'Read me'!1:2"]
