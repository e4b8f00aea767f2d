"""What is wrong with the way out for mail, from the answer of the server and the names in the config. Pure.

No name server is asked: the bot has no resolver of its own, and what SPF, DKIM and DMARC come to is what the receiving
server finds. `check --mail` shows that.
"""

from __future__ import annotations

from email.utils import parseaddr

from bot.checking.lines import Line, hint, well, wrong
from bot.outbox import Failure, Trouble
from bot.settings import MailSettings

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_GMAIL_HOSTS = frozenset({"smtp.gmail.com", "smtp-relay.gmail.com", "smtp.googlemail.com"})
#: The end of a mail server's name -> what the SPF record of a domain that sends through it must include.
_SPF = {
    "gmail.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "exmail.qq.com": "spf.mail.qq.com",
    "sendgrid.net": "sendgrid.net",
    "mailgun.org": "mailgun.org",
    "amazonaws.com": "amazonses.com",
}

#: What a failure before the login says -> what to do. The words are those of `bot.adapters.smtp`.
_ADVICE = (
    (
        "certificate",
        "Write into mail.host the name that the server's certificate has; a private authority goes into $SSL_CERT_FILE.",
    ),
    ("no STARTTLS", "Set mail.security: tls and mail.port: 465, or name a server that offers STARTTLS."),
    ("no way to log in", "Ask your mail provider for SMTP access with user and password (often an app password)."),
    ("sending limit", "Wait until the provider's limit has run out, and set mail.per_day below it."),
)  # fmt: skip


def server_named(mail: MailSettings) -> str:
    """The server as people write it."""
    return f"{mail.host}:{mail.port} ({mail.security})"


def server_line(mail: MailSettings, failure: Failure | None) -> Line:
    """Whether mail could leave: connection, TLS and login. None = all of it went well."""
    if failure is not None:
        return failed_line("server", failure, mail)
    secured = "no encryption, on this machine" if mail.security == "none" else "its certificate is trusted"
    login = f"it takes the login of {mail.user}" if mail.user else "it asks for no login"
    return well("server", f"{server_named(mail)} answers, {secured}, {login}; nothing was sent")


def failed_line(name: str, failure: Failure, mail: MailSettings) -> Line:
    """A failed attempt, and what to do."""
    code = f"{failure.code} " if failure.code else ""
    said = f"{server_named(mail)}: {code}{failure.text}"
    for words, advice in _ADVICE:
        if words in failure.text:
            return wrong(name, said, advice, outside=failure.trouble is Trouble.QUOTA)
    match failure.trouble:
        case Trouble.LOGIN:
            advice = (
                "Check mail.user, mail.sender and $BOT_MAIL__PASSWORD; with Gmail it must be an app password."
            )
            return wrong(name, said, advice)
        case Trouble.REFUSED:
            return wrong(
                name, said, "Check the recipient's address, and what the server says about the sender."
            )
        case Trouble.UNCERTAIN:
            advice = "Look whether it has arrived before you send another one."
        case Trouble.LATER:
            advice = "Try again in a few minutes."
        case _:
            advice = "Check mail.host and mail.port, and whether this host lets SMTP out (many close port 25, few 587)."
    return wrong(name, said, advice, outside=True)


def sender_line(mail: MailSettings) -> Line:
    """Whether other servers can be expected to believe that mail is from who it says."""
    address = parseaddr(mail.sender)[1]
    domain = _domain(address)
    login = _domain(mail.user)
    if domain in _GMAIL and mail.host.casefold() not in _GMAIL_HOSTS:
        return wrong(
            "sender",
            f"{address} is a Gmail address, and {mail.host} may not send in Gmail's name",
            "Send through smtp.gmail.com, or from an address of your own domain.",
        )
    if login in _GMAIL and domain not in _GMAIL:
        return wrong(
            "sender",
            f"{address} is sent through the Gmail account {mail.user}, which has no right to sign for {domain}",
            f"Log in with an account of {domain}, or write {mail.user} into mail.sender.",
        )
    if login and login != domain:
        return hint(
            "sender",
            f"{address} is of another domain than the login {mail.user}: have {domain} signed for there. "
            f"{_records(domain, mail.host)}",
        )
    return well("sender", f"{address}. {_records(domain, mail.host)}")


def rehearsal_lines(mail: MailSettings) -> tuple[Line, ...]:
    """That nobody else is mailed, where that is so."""
    if not mail.only_to:
        return ()
    said = f"mail.only_to is on: only {', '.join(mail.only_to)} are mailed, everything else is held"
    return (hint("rehearsal", said),)


def _records(domain: str, host: str) -> str:
    known = next((spf for end, spf in _SPF.items() if host.casefold().endswith(end)), "")
    include = f" (it should have include:{known})" if known else ""
    dkim = (
        f"google._domainkey.{domain}"
        if known == _SPF["gmail.com"]
        else f"the DKIM name your provider gives under _domainkey.{domain}"
    )
    if domain in _GMAIL:
        return "Gmail signs for it."
    return f"Its DNS should have TXT records at {domain}{include}, {dkim} and _dmarc.{domain}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold() if "@" in address else ""
