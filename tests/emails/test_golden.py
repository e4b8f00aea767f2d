"""Every mail in both languages, as it left the last time someone looked at it.

`UPDATE_GOLDEN=1 python -m pytest tests/emails/test_golden.py` renews the files; the difference is then reviewed in git.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.planning.notices import Draft
from tests.emails.reading import parsed, part
from tests.emails.samples import (
    LANGUAGES,
    NOTICES,
    NOW,
    PURCHASE_MAILS,
    admin_mail,
    order,
    purchase_mail,
    renderer,
    trial_mail,
)

GOLDEN = Path(__file__).parent / "golden"

MAILS: dict[str, Draft] = {
    **{
        f"{kind}.{language}.{when}": purchase_mail(kind, order(language, generation), language)
        for kind in PURCHASE_MAILS
        for language in LANGUAGES
        for when, generation in (("first", 1), ("updated", 2))
    },
    **{
        f"admin_{topic}.{language}": admin_mail(notice, language)
        for topic, notice in NOTICES.items()
        for language in LANGUAGES
    },
    **{f"test_mail.{language}": trial_mail(language) for language in LANGUAGES},
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_looks_as_it_did_when_someone_last_looked_at_it(name: str) -> None:
    draft = MAILS[name]
    mail = parsed(renderer(draft.recipient.language).message(draft, NOW))
    headers = "".join(f"{key}: {value}\n" for key, value in mail.items())
    seen = {
        f"{name}.txt": f"{headers}\n{part(mail, 'plain')}",
        f"{name}.html": part(mail, "html"),
    }
    for file, content in seen.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(content, "utf-8")
        assert content == (GOLDEN / file).read_text("utf-8")


def test_no_golden_file_is_left_of_a_mail_that_is_gone() -> None:
    wanted = {f"{name}.{end}" for name in MAILS for end in ("txt", "html")}
    assert {path.name for path in GOLDEN.iterdir()} == wanted
