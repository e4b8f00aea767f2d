"""`form`: the questions of the two Google Forms, how their answers reach the workbook, and whether they do."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence

from bot.app import build_workbook, load_settings
from bot.checking.form_lines import form_lines
from bot.checking.form_questions import FORMS, STAMP, Answer, Question, questions_of
from bot.checking.form_words import WORDS
from bot.checking.lines import Group, status_of, told
from bot.commands import MENDABLE, OUTSIDE, config_path
from bot.planning.catalog import Catalog, build_catalog
from bot.ports import About, Columns, OutsideError, Workbook, WorkbookRefused
from bot.settings import Settings
from sheets_schema import CUSTOMERS, FEEDBACK, PRODUCTS, TEAM, Cell, Tab
from sheets_schema.cells import is_blank
from sheets_schema.naming import Schema, schema_named

_LOOKUPS: Mapping[Tab, tuple[str, ...]] = {
    CUSTOMERS: ("customer",),
    PRODUCTS: ("product", "specification", "active"),
    TEAM: ("name", "role", "active"),
}


def run(options: Namespace) -> int:
    """Print what was asked for; the exit status is that of how the tabs stand."""
    settings = load_settings(config_path(options))
    say = WORDS[settings.language]
    names = (options.form,) if options.form else tuple(FORMS)
    try:
        about, catalog, stamped = _read(build_workbook(settings))
    except OutsideError as error:
        why = str(error).rstrip(".")
        print(say["unreachable"].format(why=why))
        for name in names:
            print("\n".join(_form(name, None, settings, "")))
        return MENDABLE if isinstance(error, WorkbookRefused) else OUTSIDE
    groups = []
    for name in names:
        tab = about.schema.named(FORMS[name])
        print("\n".join(_form(name, catalog, settings, about.title)))
        lines = form_lines(tab, about, settings.language, stamped.get(tab.key, 0), settings.survey.form)
        groups.append(Group(say["now"], lines))
        print("\n".join(told(groups[-1])))
    return status_of(groups)


def _read(workbook: Workbook) -> tuple[About, Catalog, dict[str, int]]:
    """The tabs and their titles, the lookups, and how many answers each form's tab has."""
    about = workbook.about(layout=True)
    wanted = {tab.key: keys for tab, keys in _LOOKUPS.items()} | {tab.key: (STAMP,) for tab in FORMS.values()}
    columns = workbook.columns(wanted)
    catalog = build_catalog(*(_rows(columns.get(tab.key)) for tab in _LOOKUPS))
    stamped = {
        tab.key: sum(not is_blank(cell) for cell in columns[tab.key].cells.get(STAMP, ()))
        for tab in FORMS.values()
        if tab.key in columns
    }
    return about, catalog, stamped


def _rows(columns: Columns | None) -> list[dict[str, Cell]]:
    if columns is None:
        return []
    return [
        {key: cells[i] for key, cells in columns.cells.items() if i < len(cells) and not is_blank(cells[i])}
        for i in range(columns.height)
    ]


def _form(name: str, catalog: Catalog | None, settings: Settings, workbook: str) -> Iterator[str]:
    """The form for people: its questions, and the steps to lead its answers into the workbook."""
    schema = schema_named(settings.workbook.tabs, settings.workbook.titles)
    tab, language = schema.named(FORMS[name]), settings.language
    say, title = WORDS[language], tab.title(language)
    yield f"━━ {say['heading'].format(tab=title)} ━━"
    yield say["questions"]
    for number, question in enumerate(questions_of(tab, catalog, language), 1):
        yield f"  {number:>2}. {question.title}{' *' if question.required else ''}  [{say[question.answer]}]"
        yield from _choices(question, say, is_known=catalog is not None)
    yield say["link"]
    yield from (
        f"  {number}. {step}" for number, step in enumerate(_steps(name, tab, schema, settings, workbook), 1)
    )


def _choices(question: Question, say: Mapping[str, str], *, is_known: bool) -> Iterator[str]:
    if question.choices:
        yield f"      ({say['choices' if question.answer is Answer.DROPDOWN else 'known']})"
        yield from (f"      {choice}" for choice in question.choices)
    elif question.answer is Answer.DROPDOWN and is_known:
        yield f"      ({say['no_choices']})"


def _steps(name: str, tab: Tab, schema: Schema, settings: Settings, workbook: str) -> Sequence[str]:
    say, language = WORDS[settings.language], settings.language
    steps = ["link_sheet", "link_make_room", "link_rename", "link_init", "link_check"]
    steps += ["link_prefilled"] if tab.key == FEEDBACK.key else []
    values = {
        "tab": tab.title(language),
        "name": name,
        "workbook": f"'{workbook or settings.workbook.id}'",
        "order_no": schema.named(FEEDBACK).by_key["order_no"].title(language),
    }
    return [say[step].format(**values) for step in (*steps, "link_keep")]
