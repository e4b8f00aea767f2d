"""What an SMTP reply means for the outbox, and how to say it to people. Pure; `smtp` does the talking.

The same code means different things at different steps: a 550 to RCPT is about one recipient and final, a 550 to
MAIL is about our own sender address, so every message would meet it and none of them is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from bot.outbox import Failure, Trouble

#: Longest text a failure carries into a cell or a log line, in characters.
LONGEST_TEXT = 120


class Step(StrEnum):
    """Where in the conversation a reply came; the value is what people read."""

    GREETING = "the mail server is not ready"
    LOGIN = "the mail server refused the login"
    SENDER = "the mail server refused the sender address"
    RECIPIENT = "the mail server refused the recipient"
    CONTENT = "the mail server refused the message"


# The account's sending limits as providers word them (Google Workspace, Amazon SES, Exchange Online, Tencent,
# NetEase). A full mailbox of the recipient also says "quota" and is not among them: it concerns one message.
_QUOTA_WORDS = re.compile(
    r"(daily|hourly|peak|relay|sending|submission|message|rate)\W+(\w+\W+){0,3}?(limit|quota|rate)s?\W+(\w+\W+){0,2}?exceeded"
    r"|exceeded\W+(\w+\W+){0,3}?(daily|hourly|sending)\W+(\w+\W+){0,2}?(limit|quota)"
    r"|reached\W+(\w+\W+){0,3}?(daily|hourly|sending)\W+(\w+\W+){0,2}?limit"
    r"|submissionquotaexceeded|throttling failure|frequency limited"
    r"|too many (login|messages|mails|emails)|\b(MI:SFQ|RP:QRC|HL:IFC)\b",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]+")
# An address, a bracketed host, or a run so long that it is a token and not a word.
_PRIVATE = re.compile(r"<[^<>]*@[^<>]*>|\S*@\S*|\[[0-9A-Fa-f.:]+\]|\S{32,}")
_HIDDEN = "…"


def failure_of(step: Step, code: int, said: str, private: Iterable[str] = ()) -> Failure:
    """The failure that a refusing reply stands for. `private` is what its text must never show."""
    trouble = _trouble(step, code, said)
    if trouble is Trouble.QUOTA:
        return Failure(trouble, code, "the mail account has reached its sending limit")
    # Some servers repeat the AUTH line, so of a refused login only the fact is passed on.
    detail = "" if step is Step.LOGIN else scrubbed(said, private)
    now = " for now" if 400 <= code < 500 else ""
    text = f"{step.value}{now}: {detail}" if detail else f"{step.value}{now}"
    return Failure(trouble, code, text[:LONGEST_TEXT].rstrip())


def scrubbed(said: str, private: Iterable[str] = ()) -> str:
    """One line of the server's words without addresses, hosts, tokens or anything `private`."""
    text = _CONTROLS.sub(" ", said)
    for word in sorted({word for word in private if len(word) > 1}, key=len, reverse=True):
        # "@" may come escaped, and then its digits stand right before the domain.
        whole = rf"(?:(?<!\w)|(?<=[=%]40)){re.escape(word)}(?!\w)"
        text = re.sub(whole, _HIDDEN, text, flags=re.IGNORECASE)
    return " ".join(_PRIVATE.sub(_HIDDEN, text).split())


def _trouble(step: Step, code: int, said: str) -> Trouble:
    if _is_quota(step, code, said):
        return Trouble.QUOTA
    if step is Step.GREETING or (code == 421 and step in (Step.LOGIN, Step.SENDER)):
        return Trouble.UNREACHABLE
    if step is Step.LOGIN or code == 530:
        return Trouble.LOGIN
    if step is Step.SENDER and code >= 500:
        # Our own address is refused, so every message would be: a person mends the configuration and all go out.
        return Trouble.LOGIN
    return Trouble.LATER if code < 500 else Trouble.REFUSED


def _is_quota(step: Step, code: int, said: str) -> bool:
    found = _ENHANCED.search(said)
    status = found[1] if found else ""
    if status.endswith(".2.2"):
        # The recipient's mailbox is full, in whatever words.
        return False
    if (code, status) in {(550, "5.4.5"), (421, "4.7.28"), (452, "4.5.3")}:
        return True
    # At RCPT a 421 4.7.0 may be about that recipient's domain ("TLS required for RCPT domain").
    if (code, status) == (421, "4.7.0") and step is not Step.RECIPIENT:
        return True
    return _QUOTA_WORDS.search(said) is not None
