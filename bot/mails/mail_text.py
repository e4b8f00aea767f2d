"""Text from cells and forms, made fit for a mail's body, a header or a link. Pure; escaping is the template's."""

from __future__ import annotations

import hashlib
import re
from email.utils import parseaddr
from urllib.parse import quote, urlsplit

from sheets_schema.workflow import CUSTOMER, HEARD_BY

#: Characters kept of a short and of a long text. A cell can hold 50,000; nobody reads them in a mail.
SHORT, LONG = 200, 2_000
_NAME = 80
_ORDER_NO = 40
_SUBJECT = 77

_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Controls, characters that reorder what follows them, halves of characters and non-characters.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060-\u2064]")
_URL = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|javascript:|data:)\S*")
#: Nothing that could end an address, begin another one or need quoting; whether it exists is the server's to say.
_ADDRESS = re.compile(r"""[^\s@<>,;:"()\[\]\\]+@[^\s@<>,;:"()\[\]\\]+\.[^\s@<>,;:"()\[\]\\.]{2,}""")
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+(?::[A-Za-z0-9_-]+)*")


def shown(text: str, limit: int = SHORT) -> str:
    """The text as a mail shows it: line ends alike, nothing that reorders or steers, at most `limit` characters."""
    if len(text) <= limit and text.isprintable():
        return text.strip()
    # No more than twice the limit is looked at, so that a cell of 50,000 characters costs what a long one does.
    lines = _UNSHOWN.sub("", _LINE_ENDS.sub("\n", text[: 2 * limit + 2])).replace("\t", " ").split("\n")
    clean = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def one_line(text: str, limit: int = SHORT) -> str:
    """The text as a heading or a header can hold it: without line ends and invisible characters."""
    return shown(" ".join(_INVISIBLE.sub("", shown(text, 2 * limit)).split()), limit)


def subject_line(text: str) -> str:
    """A subject of less than 78 characters."""
    return one_line(text, _SUBJECT)


def order_label(number: str) -> str:
    """An order number as a subject may carry it: people can type one, so only letters, digits and a few signs stay."""
    return re.sub(r"[^\w./#-]", "", one_line(number, 2 * _ORDER_NO))[:_ORDER_NO]


def display_name(name: str) -> str:
    """A name for an address header: no addresses, no specials, at most 80 characters."""
    words = [word for word in _URL.sub(" ", one_line(name)).split() if "@" not in word]
    return re.sub(r"""[^\w\s.,'’·&+/()（）-]""", "", " ".join(words))[:_NAME].strip()


def is_address(text: str) -> bool:
    """True for one plain ASCII mail address, without a name."""
    return len(text) <= 254 and text.isascii() and text.isprintable() and _ADDRESS.fullmatch(text) is not None


def mail_link(address: str) -> str:
    """A mailto link, or "" for what is not one plain address."""
    return f"mailto:{quote(address, safe='@')}" if is_address(address) else ""


def web_link(url: str) -> str:
    """The link if it may stand in a mail: https, or http to this machine; else ""."""
    if not re.fullmatch(r"[\x21-\x7e]{1,2000}", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    plain = bool(parts.hostname) and "@" not in parts.netloc
    return url if plain and (parts.scheme == "https" or loopback) else ""


def message_id(draft_id: str, domain: str) -> str:
    """The Message-ID of the mail with this id: equal for equal ids, another one for any other id.

    A hash is added when the id holds more than letters, digits, "_", "-" and single colons. Its "=" stands in no
    plain id, so that no id can be spelled to meet another one's hash.
    """
    if _PLAIN_ID.fullmatch(draft_id) and len(draft_id) <= 120:
        return f"<{draft_id.replace(':', '.')}@{domain}>"
    kept = ".".join(re.findall(r"[A-Za-z0-9_-]+", draft_id[:200]))[:60].strip(".")
    digest = hashlib.sha256(draft_id.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"<{kept}={digest}@{domain}>" if kept else f"<id={digest}@{domain}>"


def first_id(draft_id: str, generation: int) -> str:
    """The id of the first confirmation that this one updates; "" when this is the first."""
    stem, _, last = draft_id.rpartition(":")
    return f"{stem}:1" if generation > 1 and stem and last == str(generation) else ""


def thread_id(kind: str, order_no: str) -> str:
    """The id of the confirmation in whose thread a mail about an order stands: the customer's, or else the staff's.

    It may never have been sent: mails that answer the same missing one stand together all the same.
    """
    to_customer = kind == "survey" or CUSTOMER in HEARD_BY.get(kind, ())
    return f"{'purchase_customer' if to_customer else 'purchase_sales'}:{order_no}:1"


def sender_parts(sender: str) -> tuple[str, str, str]:
    """Name, address and domain of the configured sender. Raises ValueError when it has no plain address."""
    name, address = parseaddr(sender)
    if not (is_address(address) and sender.isprintable()):
        raise ValueError(f"the sender {sender!r} is not of the form: Order Desk <orders@example.com>")
    return display_name(name), address, address.rpartition("@")[2]
