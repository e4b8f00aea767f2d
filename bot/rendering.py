"""From a draft to the bytes that travel.

    Draft ─► view (strings) ─► subject.txt, body.txt, body.html ─► CSS inlined ─► one RFC 5322 message

A message is rendered once and kept as bytes, so that a repetition is byte-identical. Nothing here sends, and nothing
from a draft is ever used as a template, a path, a header's structure or markup.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.mail_text import (
    display_name,
    first_id,
    is_address,
    mail_link,
    message_id,
    one_line,
    order_label,
    sender_parts,
    subject_line,
)
from bot.mail_view import notice_view, purchase_view
from bot.planning.notices import Draft, PurchaseDetail, Recipient
from bot.wording import Wording, read_words
from sheets_schema.languages import ENGLISH, language_of

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

#: Bytes of HTML before transfer encoding: with the text part the mail stays below the 100 kB some readers clip at.
_HTML_BYTES = 62_000
#: A header's line end and the blank that continues it.
_FOLD = "\r\n "


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
        generation = draft.content.generation if isinstance(draft.content, PurchaseDetail) else 1
        if first := first_id(draft.id, generation):
            headers["In-Reply-To"] = headers["References"] = message_id(first, self._domain)
        return _written(headers, draft.id, text, html)

    def preview(self, draft: Draft) -> tuple[str, str, str]:
        """Subject, text and HTML."""
        wording = self._wording(draft.kind, _language(draft.recipient))
        context = self._context(draft, wording)
        subject = subject_line(self._render(draft.kind, "subject.txt", context))
        text = self._render(draft.kind, "body.txt", context).strip() + "\n"
        return subject, text, self._html(draft.kind, {**context, "subject": subject})

    def _context(self, draft: Draft, wording: Wording) -> dict[str, object]:
        """The names a template may use. Every value from outside is a string it prints and nothing else."""
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
        if isinstance(draft.content, PurchaseDetail):
            order = purchase_view(draft.content, wording)
            return context | {
                "order": order,
                "label": order_label(draft.content.order_no),
                "shown_lines": len(order.lines),
            }
        return context | {"notice": notice_view(draft.content)}

    def _html(self, kind: str, context: dict[str, object]) -> str:
        """The HTML part, with only the first lines of an order that is too long to show whole."""
        html = self._inliner.inline(self._render(kind, "body.html", context))
        lines = context.get("shown_lines")
        while isinstance(lines, int) and lines > 1 and (size := len(html.encode())) > _HTML_BYTES:
            lines = max(1, min(lines - 1, lines * _HTML_BYTES // size))
            html = self._inliner.inline(self._render(kind, "body.html", context | {"shown_lines": lines}))
        return html

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
        return environment

    @cached_property
    def _inliner(self) -> CSSInliner:
        from css_inline import CSSInliner  # noqa: PLC0415

        style = (self._templates / "_base" / "style.css").read_text("utf-8")
        # The style element that stays holds the media rules; the sheet that is inlined never travels itself.
        return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, extra_css=style)


def _broken(text: str) -> str:
    """Text with its own line ends, for HTML; each line is escaped."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup("<br>").join(text.split("\n")) if "\n" in text else text


def _language(recipient: Recipient) -> str:
    return language_of(recipient.language, ENGLISH)


def _mailbox(name: str, address: str) -> str:
    """An address header's value; the address is known to be a plain one."""
    name = display_name(name)
    return (
        formataddr((name, address)) if name.isascii() else f"{_encoded(name, 'Reply-To')}{_FOLD}<{address}>"
    )


def _encoded(text: str, header: str) -> str:
    """A line of text as a header's value, folded; `Header` refuses what would begin another header."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep="\r\n")


def _written(headers: Mapping[str, str], draft_id: str, text: str, html: str) -> bytes:
    """The message: these headers and both parts, plain text first.

    Written out here because EmailMessage takes five times as long and folds a long Message-ID into an encoded word.
    base64 keeps lines short whatever a cell holds, and costs least for Chinese. The boundary comes from the id, so
    that rendering twice gives the same bytes; its "_" is no letter of base64.
    """
    boundary = "=_" + hashlib.sha256(draft_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative;{_FOLD}boundary="{boundary}"', ""]
    for subtype, body in (("plain", text), ("html", html)):
        encoded = base64.encodebytes(body.replace("\n", "\r\n").encode()).decode("ascii")
        lines += [
            f"--{boundary}",
            f"Content-Type: text/{subtype}; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            *encoded.splitlines(),
        ]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")
