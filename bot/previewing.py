"""A mail as it would be, for `preview`: nothing is claimed, stored or sent."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from bot.glance import App, Glance, Sight, look, place_of
from bot.mails.rendering import Renderer
from bot.planning.notices import (
    AdminNotice,
    Draft,
    Recipient,
    purchase_detail,
    purchase_drafts,
)
from bot.planning.problems import sentences
from bot.planning.readiness import ReadyLine, examine
from bot.planning.rules import Rules
from bot.planning.sightings import Row
from bot.settings import NothingToShow
from sheets_schema import CONTRACTS


def purchase_preview(app: App, kind: str, order_no: str, now: datetime) -> Draft:
    """The purchase mail of this order as it stands in Contract Orders; "" takes the lowest order in the tab.

    Raises NothingToShow with what to put right, and OutsideError.
    """
    glance = Glance(about=app.workbook.about())
    sight = look(app, glance, app.workbook.read(), 0)
    rows = rows_of(sight, order_no)
    lines = ready_lines(rows, sight, app.rules)
    link = place_of(glance).row_link(CONTRACTS.key, rows[0].number)
    detail = purchase_detail(rows[0].order_no, 1, lines, app.rules.today(now), app.rules, link)
    return purchase_drafts(detail, lines, app.rules, (kind,))[0]


def notice_preview(app: App) -> Draft:
    """The mail an admin gets when new orders are held, with an example's number."""
    notice = AdminNotice("flood", "", app.rules.flood + 1, (), app.workbook.about().url)
    reader = Recipient(
        "", app.rules.admins[0] if app.rules.admins else "admin@example.com", app.rules.language
    )
    return Draft("admin_notice:preview", "admin_notice", reader, None, notice)


def page_of(draft: Draft, renderer: Renderer) -> str:
    """The mail's HTML as a page of its own: pictures that travel beside it stand in it."""
    _, _, html = renderer.preview(draft)
    for link, picture in renderer.picture_links(draft).items():
        html = html.replace(link, f"data:image/png;base64,{base64.b64encode(picture.png).decode('ascii')}")
    return html


def rows_of(sight: Sight, order_no: str) -> list[Row]:
    """The rows of this order in Contract Orders, or those of its lowest order. Raises NothingToShow."""
    tab = sight.snapshot.tabs.get(CONTRACTS.key)
    if tab is None or tab.header.problems:
        raise NothingToShow(
            "Contract Orders is missing, or its titles are to be put right: see python -m bot plan"
        )
    numbered = [row for row in tab.rows if row.order_no]
    wanted = order_no or (numbered[-1].order_no if numbered else "")
    rows = [row for row in numbered if row.order_no == wanted]
    if not rows:
        raise NothingToShow(
            f"There is no order {order_no} in {tab.title}."
            if order_no
            else f"{tab.title} has no orders yet, and this mail is about one: type an order first."
        )
    return rows


def ready_lines(rows: Sequence[Row], sight: Sight, rules: Rules) -> list[ReadyLine]:
    """The rows, read. Raises NothingToShow with everything that is wrong with them."""
    verdicts = [examine(CONTRACTS.key, row.cells, sight.catalog, rules) for row in rows]
    lines = [verdict for verdict in verdicts if isinstance(verdict, ReadyLine)]
    if len(lines) < len(verdicts):
        raise NothingToShow(*_problems(rows, verdicts, rules))
    return lines


def _problems(rows: Sequence[Row], verdicts: Sequence[object], rules: Rules) -> list[str]:
    return [
        f"Row {row.number}: {sentences(verdict, rules.language, rules.schema)}"
        for row, verdict in zip(rows, verdicts, strict=True)
        if isinstance(verdict, tuple)
    ]
