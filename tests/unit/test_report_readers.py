"""Who gets which report."""

from dataclasses import dataclass, field

from bot.reports.readers import personal_readers, team_readers
from sheets_schema.roles import LEAD, SALES


@dataclass(frozen=True)
class Person:
    name: str
    email: str = ""
    teams: tuple[str, ...] = ()
    roles: frozenset[str] = field(default_factory=lambda: frozenset({SALES}))
    language: str = ""
    active: bool = True


LEADS = frozenset({LEAD})


def test_everybody_active_who_sells_gets_a_personal_report() -> None:
    people = [
        Person("李明", "li@sell.example"),
        Person("Anna", "anna@sell.example", roles=frozenset()),
        Person("Gone", "gone@sell.example", active=False),
        Person("Store", "store@sell.example", roles=frozenset({"warehouse"})),
    ]
    assert [r.name for r in personal_readers(people, ())] == ["李明", "Anna"]


def test_a_lead_who_sold_something_gets_a_personal_report_too() -> None:
    people = [Person("王芳", "wang@sell.example", roles=LEADS)]
    assert personal_readers(people, ()) == ()
    assert [r.name for r in personal_readers(people, {"王芳"})] == ["王芳"]


def test_the_same_person_in_two_rows_gets_one_report() -> None:
    people = [Person("李明", "li@sell.example"), Person("李明 ", "LI@sell.example")]
    assert len(personal_readers(people, ())) == 1


def test_two_people_with_one_mailbox_get_a_report_each() -> None:
    people = [Person("李明", "shop@sell.example"), Person("王芳", "shop@sell.example")]
    assert [r.name for r in personal_readers(people, ())] == ["李明", "王芳"]


def test_who_has_no_address_is_a_reader_with_a_trouble() -> None:
    readers = personal_readers([Person("李明"), Person("王芳", "not an address")], ())
    assert [r.trouble for r in readers] == ["no_email", "bad_email"]


def test_a_lead_gets_the_teams_that_any_row_names_in_one_report() -> None:
    people = [
        Person("王芳", "w@sell.example", ("North",), LEADS),
        Person("王芳", "W@sell.example", ("South", "north"), LEADS),
    ]
    assert [r.scope for r in team_readers(people)] == [("North", "South")]


def test_a_lead_without_a_team_gets_every_team() -> None:
    people = [
        Person("王芳", "w@sell.example", ("North",), LEADS),
        Person("王芳", "w@sell.example", (), LEADS),
        Person("李明", "l@sell.example", ("North",)),
    ]
    assert [(r.name, r.scope) for r in team_readers(people)] == [("王芳", ())]
