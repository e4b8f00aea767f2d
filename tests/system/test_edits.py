"""What people do to rows: each edit, and exactly the right mails, once."""

from __future__ import annotations

from tests.system.stories import MAILED, ORDER, Stage, mailed


def test_an_appended_row_is_numbered_mailed_and_marked(stage: Stage) -> None:
    sheet = stage.contracts
    row = sheet.add(ORDER)
    assert stage.rest() == mailed("20261121-001")
    shown = sheet.row(row)
    assert MAILED.fullmatch(str(shown["mail_status"]))
    print(shown)
