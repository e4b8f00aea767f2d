"""The notices of an order's life as they would be, for `preview`: the order as it stands, examples where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from bot.glance import App, Glance, look, place_of
from bot.planning.catalog import Catalog, Member
from bot.planning.checks import review_checks
from bot.planning.courses import WATCHED
from bot.planning.hearing import customer_recipient, member_recipient
from bot.planning.moves import reviewers_of
from bot.planning.notices import Draft, Recipient, purchase_detail
from bot.planning.order_notices import Alteration, LowScore, OrderNotice, PurchaseDetail, Survey
from bot.planning.progress import Progress
from bot.planning.readiness import ReadyLine
from bot.planning.rules import Rules
from bot.planning.sightings import Row, Seen, Wanted
from bot.previewing import ready_lines, rows_of
from bot.settings import NothingToShow
from sheets_schema import CONTRACTS, Cell, roles
from sheets_schema.cells import Unreadable, is_blank, read_cell
from sheets_schema.titles import fold
from sheets_schema.workflow import CUSTOMER, HEARD_BY, ORDER_CANCELLED, ORDER_CHANGED, ORDER_STOPPED

SURVEY, LOW_SCORE = "survey", "low_score"
KINDS = (*HEARD_BY, SURVEY, LOW_SCORE)


def order_notice_preview(app: App, kind: str, order_no: str, now: datetime) -> Draft:
    """The notice of this kind about the order as it stands in Contract Orders; "" takes the lowest order in the tab.

    Nobody needs to have taken the step it tells of. What an order cannot have yet, a low score or a change that was
    not told, is made up. Raises NothingToShow with what to put right, and OutsideError.
    """
    glance = Glance(about=app.workbook.about())
    sight = look(app, glance, app.workbook.read(), 0)
    rows = rows_of(sight, order_no)
    lines = ready_lines(rows, sight, app.rules)
    link = place_of(glance).row_link(CONTRACTS.key, rows[0].number)
    detail = purchase_detail(rows[0].order_no, 1, lines, app.rules.today(now), app.rules, link)
    customer = customer_recipient(lines[0], app.rules)
    seller = member_recipient(lines[0].salesperson, app.rules)
    content: OrderNotice | Survey | LowScore
    if kind == SURVEY:
        content = Survey(detail, _form_link(app, detail.order_no))
    elif kind == LOW_SCORE:
        content = _low_score(detail, now)
    else:
        names = frozenset(fold(line.customer.name) for line in lines)
        row_ids = frozenset(row.row_id for row in rows if row.row_id)
        seen = app.state.recall(Wanted(row_ids=row_ids, customers=names))
        content = _notice(kind, rows, lines, detail, seen, app, now)
    if kind == SURVEY or HEARD_BY.get(kind) == (CUSTOMER,):
        reader = customer
    else:
        reader = _colleague(kind, lines[0], sight.catalog, app.rules) or seller
    reply_to = customer if reader == seller else seller
    return Draft(f"{kind}:{detail.order_no}:preview", kind, reader, reply_to, content, detail.order_no)


def _colleague(kind: str, line: ReadyLine, catalog: Catalog, rules: Rules) -> Recipient | None:
    """The first of those who hear it besides the salesperson; None when there is nobody."""
    people: tuple[Member, ...] = ()
    match HEARD_BY.get(kind, ())[-1:]:
        case ("leads",):
            people = reviewers_of(line.salesperson, catalog)
        case ("finance",):
            people = catalog.with_role(roles.FINANCE)
        case ("warehouse",):
            people = catalog.with_role(roles.WAREHOUSE)
    return member_recipient(people[0], rules) if people else None


def _notice(
    kind: str,
    rows: Sequence[Row],
    lines: Sequence[ReadyLine],
    detail: PurchaseDetail,
    seen: Seen,
    app: App,
    now: datetime,
) -> OrderNotice:
    known = [
        seen.progress.get(row.row_id) or Progress(row.row_id, detail.order_no, "pending", now) for row in rows
    ]
    first = rows[0]
    return OrderNotice(
        detail,
        note=first.text("cancel_reason" if kind in (ORDER_CANCELLED, ORDER_STOPPED) else "exception"),
        reviewer=first.text("reviewer"),
        tracking=first.text("tracking"),
        shipped_on=_day(first, "shipped_on"),
        delivered_on=_day(first, "delivered_on"),
        checks=review_checks(list(zip(lines, known, strict=True)), seen, app.rules),
        alterations=_alterations(rows, lines, known) if kind == ORDER_CHANGED else (),
        was_approved=kind == ORDER_STOPPED,
    )


def _alterations(
    rows: Sequence[Row], lines: Sequence[ReadyLine], known: Sequence[Progress]
) -> tuple[Alteration, ...]:
    """What differs from what the salesperson knows; where nothing does, a quantity that was one more before."""
    found = tuple(
        Alteration(
            key, line.product.name, _read(key, told.told.get(key, "")), _read(key, row.cells.get(key, ""))
        )
        for row, line, told in zip(rows, lines, known, strict=True)
        for key in WATCHED
        if told.told and told.told.get(key, "") != row.cells.get(key, "")
    )
    line = lines[0]
    return found or (Alteration("quantity", line.product.name, line.quantity + 1, line.quantity),)


def _read(key: str, cell: Cell) -> object:
    if is_blank(cell):
        return None
    value = read_cell(CONTRACTS.by_key[key].kind, cell)
    return str(cell) if isinstance(value, Unreadable) else value


def _day(row: Row, key: str) -> date | None:
    value = _read(key, row.cells.get(key, ""))
    return value if isinstance(value, date) else None


def _form_link(app: App, order_no: str) -> str:
    form = app.rules.survey.form
    if not form:
        raise NothingToShow("Nobody is asked how satisfied they are: survey.form in the config is blank.")
    return form.replace("{order_no}", quote(order_no, safe=""))


def _low_score(detail: PurchaseDetail, now: datetime) -> LowScore:
    return LowScore(
        detail.order_no, detail.customer, detail.contact, detail.phone, detail.customer_email,
        quality=2, timeliness=1, service=4, comments="…", answered_at=now, row_link=detail.row_link,
    )  # fmt: skip
