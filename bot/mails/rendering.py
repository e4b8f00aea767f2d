"""From a draft to the bytes that travel.

    Draft ─► view (strings) ─► subject.txt, body.txt, body.html ─► CSS inlined ─► one message (bot.mails.mime)

A message is rendered once and kept as bytes, so that a repetition is byte-identical. Nothing here sends, and nothing
from a draft is ever used as a template, a path, a header's structure or markup.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.mails.digest_view import ROWS, digest_view
from bot.mails.mail_text import (
    display_name,
    first_id,
    is_address,
    mail_link,
    message_id,
    one_line,
    order_label,
    sender_parts,
    subject_line,
    thread_id,
)
from bot.mails.mail_view import PictureView, notice_view, purchase_view, trial_view
from bot.mails.mime import FOLD, content_id, written
from bot.mails.notice_view import event_view, low_score_view, survey_view
from bot.mails.report_parts import Phrases
from bot.mails.text_table import aligned
from bot.mails.wording import Wording, read_words
from bot.outbox import Message
from bot.planning.digest_values import Digest
from bot.planning.hours import next_open, waits
from bot.planning.notices import AdminNotice, Draft, Picture, Recipient, ReportMail, TrialMail
from bot.planning.order_notices import LowScore, OrderNotice, PurchaseDetail, Survey
from bot.planning.rules import Rules
from sheets_schema.languages import ENGLISH, language_of

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

#: Bytes of HTML before transfer encoding: with the text part the mail stays below the 100 kB some readers clip at.
_HTML_BYTES = 62_000
#: The same for a report, whose text part is shorter than its HTML, and how many rows its long tables show at most.
_REPORT_BYTES, _REPORT_ROWS = 90_000, 60


def outgoing(draft: Draft, body: bytes, now: datetime, not_before: datetime | None = None) -> Message:
    """The draft with its rendered bytes, as the outbox keeps it; without a moment it leaves at once, at any hour."""
    generation = draft.content.generation if isinstance(draft.content, PurchaseDetail) else 1
    return Message(
        draft.id, draft.kind, draft.order_no, draft.recipient.email, draft.priority, body, now, generation,
        not_before=not_before,
    )  # fmt: skip


def promised(draft: Draft, renderer: Renderer, now: datetime, rules: Rules) -> Message:
    """The draft as the outbox keeps it, to leave when the hours let it, and dated so.

    Mail that heeds the hours always has a moment, be it now: without one, a person has said that it leaves at once.
    """
    wanted = max(now, draft.not_before or now)
    if waits(draft.kind, rules):
        wanted = next_open(wanted, rules)
        return outgoing(draft, renderer.message(draft, wanted), now, wanted)
    return outgoing(draft, renderer.message(draft, wanted), now, wanted if wanted > now else None)


class Renderer:
    """Turns drafts into mails; built once, holds the compiled templates, decides nothing about who gets what."""

    def __init__(
        self, sender: str, timezone: ZoneInfo, *, company: str = "", templates: Path = TEMPLATES
    ) -> None:
        name, self._address, self._domain = sender_parts(sender)
        self._name = name
        #: Who the footer says is writing.
        self._company = one_line(company) or name or self._address
        self._timezone = timezone
        self._templates = templates
        self._wordings: dict[tuple[str, str], Wording] = {}

    def message(self, draft: Draft, now: datetime) -> bytes:
        """The complete message. Raises ValueError when the recipient is not one plain address.

        A Reply-To that is not one is left out: the mail is still right, and replies go to the sender.
        """
        if not is_address(draft.recipient.email):
            raise ValueError(f"{draft.id}: the recipient is not one plain mail address")
        subject, text, html = self.preview(draft)
        headers = {
            "From": _mailbox(self._name, self._address),
            "To": _mailbox(draft.recipient.name, draft.recipient.email),
        }
        if draft.reply_to is not None and is_address(draft.reply_to.email):
            headers["Reply-To"] = _mailbox(draft.reply_to.name, draft.reply_to.email)
        headers |= {
            "Subject": _encoded(subject, "Subject"),
            "Date": format_datetime(now.astimezone(self._timezone)),
            "Message-ID": message_id(draft.id, self._domain),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": _language(draft.recipient),
        }
        if first := _answered(draft):
            headers["In-Reply-To"] = headers["References"] = message_id(first, self._domain)
        pictures = {content_id(p, draft.id, self._domain): p for p in draft.pictures}
        return written(headers, draft.id, (text, html), pictures, draft.attachments)

    def preview(self, draft: Draft) -> tuple[str, str, str]:
        """Subject, text and HTML."""
        wording = self._wording(draft.kind, _language(draft.recipient))
        rows = _first_rows(draft)
        context = self._context(draft, wording, rows)
        subject = subject_line(self._render(draft.kind, "subject.txt", context))
        text = self._render(draft.kind, "body.txt", context).strip() + "\n"
        html = self._html(draft, {**context, "subject": subject})
        most = _REPORT_BYTES if isinstance(draft.content, ReportMail) else _HTML_BYTES
        # Only the first rows of what is too long to show whole.
        while rows > 1 and (size := len(html.encode())) > most:
            rows = max(1, min(rows - 1, rows * most // size))
            html = self._html(draft, {**self._context(draft, wording, rows), "subject": subject})
        return subject, text, html

    def picture_links(self, draft: Draft) -> dict[str, Picture]:
        """The links by which the HTML calls its pictures, for whoever shows it without a mail around it."""
        return {f"cid:{content_id(p, draft.id, self._domain)}": p for p in draft.pictures}

    def _context(self, draft: Draft, wording: Wording, rows: int) -> dict[str, object]:
        """The names a template may use; long tables show so many rows. Every value from outside is a string it prints and nothing else."""
        reply_to = draft.reply_to if draft.reply_to and is_address(draft.reply_to.email) else None
        context: dict[str, object] = {
            "language": wording.language,
            "say": wording.say,
            "company": self._company,
            "sender": self._address,
            "sender_link": mail_link(self._address),
            "reader": one_line(draft.recipient.name),
            "reply_to": reply_to.email if reply_to else "",
            "reply_name": (one_line(reply_to.name) or reply_to.email) if reply_to else "",
        }
        match draft.content:
            case PurchaseDetail() as detail:
                return context | _of_order(detail, wording, rows)
            case AdminNotice() as notice:
                return context | {"notice": notice_view(notice)}
            case ReportMail() as mail:
                from bot.mails.report_view import report_view  # noqa: PLC0415 - an idle worker writes no reports

                view = report_view(
                    mail, Phrases(wording, self._timezone), rows, has_files=bool(draft.attachments)
                )
                return context | {"report": view, "pictures": self._pictures(draft)}
            case OrderNotice() as happened:
                event = event_view(happened, wording)
                return context | _of_order(happened.detail, wording, rows) | {"event": event}
            case Survey() as survey:
                return context | _of_order(survey.detail, wording, rows) | {"survey": survey_view(survey)}
            case LowScore() as score:
                label = order_label(score.order_no)
                return context | {"score": low_score_view(score, wording, self._timezone), "label": label}
            case Digest() as digest:
                return context | {"digest": digest_view(digest, wording), "shown_rows": rows}
            case TrialMail() as trial:
                return context | {"trial": trial_view(trial, wording, self._timezone)}

    def _pictures(self, draft: Draft) -> dict[str, PictureView]:
        return {
            p.name: PictureView(f"cid:{content_id(p, draft.id, self._domain)}", p.width, p.height)
            for p in draft.pictures
        }

    def _html(self, draft: Draft, context: dict[str, object]) -> str:
        match draft.content:
            case ReportMail():
                inliner = self._report_inliner
            case OrderNotice() | Survey() | LowScore():
                inliner = self._notice_inliner
            case Digest():
                inliner = self._digest_inliner
            case _:
                inliner = self._inliner
        return inliner.inline(self._render(draft.kind, "body.html", context))

    def _render(self, kind: str, part: str, context: dict[str, object]) -> str:
        return self._environment.get_template(f"{kind}/{part}").render(context)

    def _wording(self, kind: str, language: str) -> Wording:
        key = (kind, language)
        if key not in self._wordings:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", kind) or not (self._templates / kind).is_dir():
                raise ValueError(f"{kind[:60]!r} is not the name of a mail")
            self._wordings[key] = Wording(language, read_words(self._templates, kind, language))
        return self._wordings[key]

    # jinja2 and css_inline are imported where they are first used: a worker with nothing to say does not hold them.

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import (  # noqa: PLC0415
            Environment,
            FileSystemLoader,
            StrictUndefined,
            select_autoescape,
        )

        environment = Environment(
            loader=FileSystemLoader(self._templates),
            autoescape=select_autoescape(("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.filters["broken"] = _broken
        environment.filters["aligned"] = aligned
        return environment

    @cached_property
    def _inliner(self) -> CSSInliner:
        return self._inliner_of("style.css")

    @cached_property
    def _report_inliner(self) -> CSSInliner:
        return self._inliner_of("style.css", "report.css")

    @cached_property
    def _notice_inliner(self) -> CSSInliner:
        return self._inliner_of("style.css", "notice.css")

    @cached_property
    def _digest_inliner(self) -> CSSInliner:
        return self._inliner_of("style.css", "digest.css")

    def _inliner_of(self, *sheets: str) -> CSSInliner:
        from css_inline import CSSInliner  # noqa: PLC0415

        style = "".join((self._templates / "_base" / sheet).read_text("utf-8") for sheet in sheets)
        # The style element that stays holds the media rules; the sheet that is inlined never travels itself.
        return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, extra_css=style)


def _of_order(detail: PurchaseDetail, wording: Wording, rows: int) -> dict[str, object]:
    """What every mail about one order may show of it."""
    return {
        "order": purchase_view(detail, wording),
        "label": order_label(detail.order_no),
        "shown_lines": rows,
    }


def _answered(draft: Draft) -> str:
    """The id of the mail that this one follows in its thread; "" when it begins one."""
    match draft.content:
        case PurchaseDetail() as detail:
            return first_id(draft.id, detail.generation)
        case OrderNotice(detail=detail) | Survey(detail=detail):
            return thread_id(draft.kind, detail.order_no)
        case LowScore() as score:
            return thread_id(draft.kind, score.order_no)
        case _:
            return ""


def _first_rows(draft: Draft) -> int:
    """How many rows a long table of this mail shows before its size is known."""
    match draft.content:
        case PurchaseDetail() as detail:
            return len(detail.lines)
        case OrderNotice() as notice:
            return max(len(notice.detail.lines), len(notice.checks), len(notice.alterations))
        case Survey() as survey:
            return len(survey.detail.lines)
        case Digest():
            return ROWS
        case AdminNotice() | LowScore() | TrialMail():
            return 1
        case ReportMail():
            return _REPORT_ROWS


def _broken(text: str) -> str:
    """Text with its own line ends, for HTML; each line is escaped."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup("<br>").join(text.split("\n")) if "\n" in text else text


def _language(recipient: Recipient) -> str:
    return language_of(recipient.language, ENGLISH)


def _mailbox(name: str, address: str) -> str:
    """An address header's value; the address is known to be a plain one."""
    name = display_name(name)
    return formataddr((name, address)) if name.isascii() else f"{_encoded(name, 'Reply-To')}{FOLD}<{address}>"


def _encoded(text: str, header: str) -> str:
    """A line of text as a header's value, folded; `Header` refuses what would begin another header."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep="\r\n")
