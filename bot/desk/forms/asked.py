"""A form of one workbook, with everything it is asked and answered by."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from bot.desk.book.workbook import Workbook
from bot.desk.forms.company import Company
from bot.desk.forms.questions import Form, Place, Question


@dataclass(frozen=True)
class Asked:
    """One form of one workbook, ready to be asked or answered."""

    book: Workbook
    form: Form
    place: Place
    questions: list[Question]
    company: Company

    @property
    def address(self) -> str:
        """Where the form stands."""
        return f"/form/{self.form.name}/{quote(self.book.id)}"
