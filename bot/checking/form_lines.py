"""The tab that a form's answers land in: is it the one the bot reads, and has every question its column? Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

from bot.checking.form_questions import STAMP
from bot.checking.form_words import WORDS
from bot.checking.lines import Line, hint, well, wrong
from bot.ports import About, Sheet
from sheets_schema import FEEDBACK, Owner, Tab
from sheets_schema.titles import Header, HeaderProblem, column_letter, fold, read_header


def form_lines(tab: Tab, about: About, language: str, answers: int, survey: str) -> tuple[Line, ...]:
    """`answers` is how many rows of the tab have a timestamp, `survey` the config's survey.form."""
    say = WORDS[language]
    sheet = about.known.get(tab.key)
    lines = [_tab_line(tab, sheet, about, language)]
    if sheet is not None:
        lines.append(_titles_line(tab, sheet, language))
        lines += _own_lines(tab, sheet, language)
        told = say["answers_some"].format(count=answers)
        lines.append(well(say["answers"], told) if answers else hint(say["answers"], say["answers_none"]))
    if tab.key == FEEDBACK.key:
        is_set = well(say["survey"], say["survey_set"])
        lines.append(is_set if survey else hint(say["survey"], say["survey_none"]))
    return tuple(lines)


def _tab_line(tab: Tab, sheet: Sheet | None, about: About, language: str) -> Line:
    say, title = WORDS[language], tab.title(language)
    elsewhere = _answers_elsewhere(tab, about, language)
    if elsewhere:
        return wrong(
            say["tab"],
            say["tab_unnamed"].format(found=elsewhere),
            say["tab_unnamed_do"].format(found=elsewhere, tab=title),
        )
    if sheet is None:
        return wrong(say["tab"], say["tab_missing"].format(tab=title), say["tab_missing_do"])
    return well(say["tab"], say["tab_there"].format(tab=sheet.title))


def _answers_elsewhere(tab: Tab, about: About, language: str) -> str:
    """A tab of no name we know whose first row is that of the form: Google's "Form Responses 1". "" when there is none.

    One that somebody set aside by renaming it has the bot's own columns, which no form makes.
    """
    ours = tuple(about.known.values())
    for sheet in about.sheets:
        if sheet in ours:
            continue
        columns = read_header(tab, sheet.title, sheet.header, language).columns
        asked = {column.key for column in tab.fields if column.required}
        # One of the questions may be misspelt.
        if (
            STAMP in columns
            and len(asked - columns.keys()) <= 1
            and not set(tab.keys(Owner.BOT)) & columns.keys()
        ):
            return sheet.title
    return ""


def _titles_line(tab: Tab, sheet: Sheet, language: str) -> Line:
    say = WORDS[language]
    problems = _header(tab, sheet, language).problems
    meant = _meant(problems)
    order = ("title_misspelt", "title_doubled", "title_missing")
    found: dict[str, list[str]] = {kind: [] for kind in order}
    for one in problems:
        kind = "title_misspelt" if meant.get(one.cell) is one else "title_missing"
        kind = "title_doubled" if one.kind == "duplicate" else kind
        found[kind].append(say[kind].format(cell=one.cell, found=one.found, title=one.title))
    first = next((kind for kind in order if found[kind]), "")
    if not first:
        return well(say["titles"], say["titles_well"])
    said = say["semicolon"].join(sentence for kind in order for sentence in found[kind])
    return wrong(say["titles"], said, say[f"{first}_do"])


def _own_lines(tab: Tab, sheet: Sheet, language: str) -> list[Line]:
    say = WORDS[language]
    header = _header(tab, sheet, language)
    misspelt = _meant(header.problems)
    own = [
        f"{title} ({cell})"
        for title, i in header.extra.items()
        if (cell := f"{column_letter(i)}1") not in misspelt
    ]
    return [hint(say["own"], say["own_some"].format(titles=say["comma"].join(own)))] if own else []


def _header(tab: Tab, sheet: Sheet, language: str) -> Header:
    """The first row as the form sees it: each question needs its column, and the bot's own ones are not there.

    To the bot a column such as Notes may be missing, and what it writes itself is no misspelling of anything.
    """
    columns = read_header(tab, sheet.title, sheet.header, language).columns
    bots = {columns[key] for key in tab.keys(Owner.BOT) if key in columns}
    titles = tuple("" if index in bots else title for index, title in enumerate(sheet.header))
    asked = tuple(replace(column, needed=True) for column in tab.fields if column.owner is Owner.PERSON)
    return read_header(replace(tab, fields=asked), sheet.title, titles, language)


def _meant(problems: Iterable[HeaderProblem]) -> dict[str, HeaderProblem]:
    """Cell -> which of the missing titles the one that stands there is nearest to."""
    best: dict[str, HeaderProblem] = {}
    for one in problems:
        if one.found and (one.cell not in best or _likeness(one) > _likeness(best[one.cell])):
            best[one.cell] = one
    return best


def _likeness(one: HeaderProblem) -> float:
    return SequenceMatcher(None, fold(one.title), fold(one.found)).ratio()
