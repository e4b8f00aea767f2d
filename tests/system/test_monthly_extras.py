"""What the monthly run and the tier review do beside their mails: the workbook's copy, and the Tier cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import structlog

from bot.cycle import run_cycle
from bot.glance import App, Glance
from bot.planning.rules import ArchiveRules, TierRules
from bot.reports.figures.tiers import OWED
from sheets_schema import AUTOMATIONS, CONTRACTS, CUSTOMERS, Cell
from sheets_schema.automations import MONTHLY, TIER_REVIEW, Automation
from tests.system.year import LEADS, MINUTE, Year, parsed

KEYS = {tab.key: [f.key for f in tab.fields] for tab in (AUTOMATIONS, CUSTOMERS)}


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@dataclass
class Month:
    """A morning with forty orders, and a lead who ticks Run now."""

    year: Year
    glance: Glance = field(default_factory=Glance)

    def __post_init__(self) -> None:
        self.app: App = self.year.worker()
        self.pass_minutes(3)
        for _ in range(40):
            self.year.order()
        self.pass_minutes(6)

    def pass_minutes(self, count: int) -> None:
        for _ in range(count):
            self.year.now += MINUTE
            _, self.glance = run_cycle(self.app, self.year.now, self.glance)

    def row(self, automation: Automation) -> list[Cell]:
        return next(row for row in self.year.sheet.grid(AUTOMATIONS.key) if row[0] == automation.en)

    def run_now(self, automation: Automation) -> None:
        self.year.sheet.answer = None
        self.row(automation)[KEYS[AUTOMATIONS.key].index("run_now")] = True
        self.pass_minutes(6)

    def result(self, automation: Automation) -> str:
        return str(self.row(automation)[KEYS[AUTOMATIONS.key].index("result")])

    def tiers(self) -> dict[str, str]:
        """Customer -> Tier, of those who have one."""
        name, tier = (KEYS[CUSTOMERS.key].index(key) for key in ("customer", "tier"))
        rows = self.year.sheet.grid(CUSTOMERS.key)[1:]
        return {str(row[name]): str(row[tier]) for row in rows if row[tier]}


def month(archive: ArchiveRules, tiers: TierRules | None = None) -> Month:
    year = Year(seed=5)
    reports = replace(year.rules.reports, refresh=timedelta(seconds=30))
    year.rules = replace(year.rules, archive=archive, tiers=tiers or TierRules(), reports=reports)
    return Month(year)


def test_the_workbook_is_copied_into_the_folder_and_to_whoever_keeps_copies(tmp_path: Path) -> None:
    here = month(ArchiveRules(backup_folder=str(tmp_path / "kept"), backup_to=("ops@desk.example",)))
    here.run_now(MONTHLY)
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.name == "workbook-2026-01.xlsx"
    book = openpyxl.load_workbook(kept)
    assert len(list(book[CONTRACTS.en].iter_rows())) == 41
    assert here.result(MONTHLY) == "2 reports sent; 0 orders moved to Archive; backup: workbook-2026-01.xlsx"
    (mailed,) = (letter for letter in here.year.mailer.letters if letter.recipient == "ops@desk.example")
    (file,) = parsed(mailed.body).iter_attachments()
    assert file.get_filename() == "workbook-2026-01.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(file.get_content())).sheetnames == book.sheetnames


def test_a_folder_that_takes_nothing_is_told_and_keeps_no_report_back(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    here = month(ArchiveRules(backup_folder=str(tmp_path / "a file")))
    here.run_now(MONTHLY)
    assert "backup: ✗ The backup cannot be written" in here.result(MONTHLY)
    assert len(here.year.mails(MONTHLY.key)) == len(LEADS)


def test_a_review_that_applies_writes_the_tiers_once_and_leaves_them_to_people_then() -> None:
    tiers = TierRules(a=Decimal(2000), b=Decimal(500), apply=True)
    here = month(ArchiveRules(backup_folder=""), tiers)
    assert here.tiers() == {}
    here.run_now(TIER_REVIEW)
    given = here.tiers()
    assert set(given.values()) == {"A", "B", "C"}
    (run,) = (run for run in here.year.state.recall_runs().runs.values() if run.automation == TIER_REVIEW.key)
    assert OWED not in dict(run.notes), "the cells are shown, so none is owed"
    somebody = next(name for name, tier in given.items() if tier == "A")
    place = [str(row[1]) for row in here.year.sheet.grid(CUSTOMERS.key)].index(somebody)
    here.year.sheet.answer = None
    here.year.sheet.grid(CUSTOMERS.key)[place][KEYS[CUSTOMERS.key].index("tier")] = "B"
    here.pass_minutes(6)
    assert here.tiers() == {**given, somebody: "B"}


def test_a_review_that_proposes_changes_nothing_in_the_sheet() -> None:
    here = month(ArchiveRules(backup_folder=""), TierRules(a=Decimal(2000), b=Decimal(500)))
    here.run_now(TIER_REVIEW)
    assert here.tiers() == {}
    assert here.year.mails(TIER_REVIEW.key)
