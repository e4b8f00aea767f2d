"""A mail server that misbehaves at every point, met by the real adapter and the real delivery.

After each fault the server obeys again and the outbox runs empty. Then three things must hold: nothing is lost,
nothing arrived twice without being flagged, and no call took longer than its deadlines allow.
"""

from __future__ import annotations

import io
import logging
import socket
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import structlog

from bot.adapters.memory_state import MemoryState
from bot.adapters.smtp import SmtpSettings, YagmailMailer
from bot.delivery import Delivered, DeliveryRules, deliver
from bot.outbox import QUOTA_PAUSE, Message, Status, Trouble
from bot.ports import Commit, MailFailed
from tests.scripted_smtp import Action, Drop, Mute, Say, ScriptedSmtp, Sip, write_certificate

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RULES = DeliveryRules(per_minute=1000, per_day=1000)
#: Seconds for each of opening, envelope and content.
DEADLINE = 0.3
#: A call that meets one silence may take that, one more for QUIT, and what a busy machine needs.
PATIENCE = 2 * DEADLINE + 0.9
CANARY = "hunter2-canary-password"


def mail(name: str, *, priority: int = 1, body: bytes = b"") -> Message:
    return Message(
        id=f"purchase_customer:{name}:1",
        kind="purchase_customer",
        order_no=f"20261121-{name}",
        recipient=f"{name}@customer.example",
        priority=priority,
        body=body or f"Message-ID: <{name}@shop.example>\r\n\r\nHello\r\n.dot\r\n..\r\n.\r\n.\r\n".encode(),
        created_at=NOON,
    )


@dataclass
class Post:
    """A worker's outbox, its way out, and the server in our hands."""

    server: ScriptedSmtp
    settings: SmtpSettings
    state: MemoryState = field(default_factory=MemoryState)
    now: datetime = NOON

    @property
    def mailer(self) -> YagmailMailer:
        return YagmailMailer(self.settings)

    def queue(self, *messages: Message) -> None:
        lease = self.state.acquire("planner", self.now, 60)
        assert lease is not None
        self.state.commit(Commit(messages=messages), lease)

    def deliver(self, rules: DeliveryRules = RULES, *, within: float = PATIENCE) -> Delivered:
        begun = monotonic()
        done = deliver(self.state, self.mailer, "worker", lambda: self.now, rules)
        assert monotonic() - begun < within, "the deadline was not kept"
        return done

    def message(self, name: str) -> Message:
        (found,) = [m for m in self.state.messages() if m.recipient == f"{name}@customer.example"]
        return found

    def recover(self) -> None:
        """The server behaves again and time passes until nothing waits; then nothing is lost or doubled unseen."""
        self.server.obey()
        # What is shown from here on is not speed, so a busy machine gets the time it needs.
        self.settings = replace(self.settings, deadline_seconds=20)
        for _ in range(4):
            self.now += timedelta(hours=3)
            self.deliver(within=60)
        copies = Counter(taken.recipient for taken in self.server.taken)
        for message in self.state.messages():
            assert message.status in (Status.SENT, Status.DEAD)
            if message.status is Status.SENT:
                assert copies[message.recipient] >= 1, "lost"
            else:
                assert copies[message.recipient] == 0, "said to be dead and yet sent"
            assert copies[message.recipient] <= 1 + message.uncertain, "doubled without a flag"
        bodies = {message.recipient: message.body for message in self.state.messages()}
        assert all(taken.body == bodies[taken.recipient] for taken in self.server.taken), "not byte-identical"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(autouse=True)
def _trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def settings_for(server: ScriptedSmtp, security: str = "none") -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1",
        port=server.port,
        security=security,  # type: ignore[arg-type]
        user="desk-login",
        password=CANARY,
        sender_address="desk@shop.example",
        deadline_seconds=DEADLINE,
    )


@pytest.fixture
def post() -> Iterator[Post]:
    with ScriptedSmtp() as server:
        yield Post(server, settings_for(server))


@pytest.fixture
def open_post(certificate: Path) -> Iterator[Callable[..., Post]]:
    servers: list[ScriptedSmtp] = []

    def opened(security: str, *, offers_tls: Path | None = certificate) -> Post:
        server = ScriptedSmtp(offers_tls, implicit_tls=security == "tls").__enter__()
        servers.append(server)
        return Post(server, settings_for(server, security))

    yield opened
    for server in servers:
        server.__exit__()


# ── one fault at a time ─────────────────────────────────────────────────────────────────────────────────────

#: point, what the server does there, what the message met by it becomes, whether everything pauses
FAULTS: list[tuple[str, Action, Status, bool]] = [
    ("GREETING", Say("421 4.3.2 shutting down", then_drop=True), Status.QUEUED, True),
    ("GREETING", Say("554 5.7.1 go away"), Status.QUEUED, True),
    ("GREETING", Drop(), Status.QUEUED, True),
    ("GREETING", Say("SSH-2.0-OpenSSH_9.2"), Status.QUEUED, True),
    ("GREETING", Mute(), Status.QUEUED, True),
    ("GREETING", Say("220 " + "x" * 60, drip=0.05), Status.QUEUED, True),
    ("EHLO", Drop(), Status.QUEUED, True),
    ("EHLO", Mute(), Status.QUEUED, True),
    ("EHLO", Say("250-a\r\n" * 20000 + "250 AUTH PLAIN"), Status.QUEUED, True),
    ("EHLO", Say("250 " + "x" * 60, drip=0.05), Status.QUEUED, True),
    ("AUTH", Say("535 5.7.8 Username and Password not accepted"), Status.QUEUED, True),
    ("AUTH", Say("534 5.7.9 Application-specific password required"), Status.QUEUED, True),
    ("AUTH", Say("454 4.7.0 Temporary authentication failure"), Status.QUEUED, True),
    ("AUTH", Say("454 4.7.0 Too many login attempts, please try again later"), Status.QUEUED, True),
    ("AUTH", Say("334 not-base-64"), Status.QUEUED, True),
    ("AUTH", Drop(), Status.QUEUED, True),
    ("AUTH", Mute(), Status.QUEUED, True),
    ("AUTH", Say("235 " + "x" * 60, drip=0.05), Status.QUEUED, True),
    ("MAIL", Say("421 4.3.0 try again later", then_drop=True), Status.QUEUED, True),
    ("MAIL", Say("550 5.4.5 Daily user sending limit exceeded"), Status.QUEUED, True),
    ("MAIL", Say("553 5.7.1 sender not owned"), Status.QUEUED, True),
    ("MAIL", Say("451 4.3.0 busy"), Status.QUEUED, False),
    ("MAIL", Drop(), Status.QUEUED, True),
    ("MAIL", Mute(), Status.QUEUED, True),
    ("MAIL", Say("250 " + "x" * 60, drip=0.05), Status.QUEUED, True),
    ("RCPT", Say("450 4.2.0 greylisted"), Status.QUEUED, False),
    ("RCPT", Say("550 5.1.1 no such user"), Status.DEAD, False),
    ("RCPT", Say("550-5.1.1 no such\r\n550 5.1.1 user"), Status.DEAD, False),
    ("RCPT", Say("552 5.2.2 mailbox full: quota exceeded"), Status.DEAD, False),
    ("RCPT", Say("421 4.7.0 TLS required for RCPT domain", then_drop=True), Status.QUEUED, False),
    ("RCPT", Say("what?"), Status.QUEUED, False),
    ("RCPT", Drop(), Status.QUEUED, False),
    ("RCPT", Mute(), Status.QUEUED, False),
    ("RCPT", Say("250 " + "x" * 60, drip=0.05), Status.QUEUED, False),
    ("DATA", Say("451 4.3.0 not now"), Status.QUEUED, False),
    ("DATA", Say("554 5.5.1 no valid recipients"), Status.DEAD, False),
    ("DATA", Say("250 ok?"), Status.QUEUED, False),
    ("DATA", Say("421 4.4.2 timeout", then_drop=True), Status.QUEUED, False),
    ("DATA", Drop(), Status.QUEUED, False),
    ("DATA", Mute(), Status.QUEUED, False),
    ("DATA", Say("354 " + "x" * 60, drip=0.05), Status.QUEUED, False),
    ("DOT", Say("451 4.3.0 try again"), Status.QUEUED, False),
    ("DOT", Say("452 4.2.2 the mailbox is full: over quota"), Status.QUEUED, False),
    ("DOT", Say("421 4.3.2 shutting down", then_drop=True), Status.QUEUED, False),
    ("DOT", Say("550 5.4.5 Daily user sending limit exceeded"), Status.QUEUED, True),
    ("DOT", Say("552 5.3.4 too big"), Status.DEAD, False),
    ("DOT", Say("554 5.7.1 spam"), Status.DEAD, False),
]


def _named(value: object) -> str:
    match value:
        case Say(text=text, drip=drip):
            return ("drip " if drip else "") + text[:16].replace("\r\n", " ")
        case Drop() | Mute() | Sip():
            return type(value).__name__.lower()
        case Status():
            return value.value
        case bool():
            return "pause" if value else "go on"
    return str(value)


@pytest.mark.parametrize(("point", "action", "status", "pauses"), FAULTS, ids=_named)
def test_a_fault_before_the_answer_is_certainly_not_a_sent_mail(
    post: Post, point: str, action: Action, status: Status, pauses: bool
) -> None:
    post.queue(mail("ada", priority=0), mail("bob"), mail("cy"))
    if point == "AUTH":
        post.server.always(point, action)
    else:
        post.server.next(point, action)
    done = post.deliver()
    met = post.message("ada")
    assert (met.status, met.uncertain, done.uncertain) == (status, 0, 0)
    assert met.error
    assert done.failed == 1
    assert done.sent == (0 if pauses else 2)
    assert post.state.paused() is not None if pauses else post.state.paused() is None
    post.recover()


@pytest.mark.parametrize(
    "action",
    [
        Drop(),
        Drop(keep=True),
        Mute(),
        Mute(keep=True),
        Say("250 taken", after=2 * DEADLINE, keep=True),
        Say("250 " + "x" * 60, drip=0.05, keep=True),
        Say("yes, thank you", keep=True),
        Say("250 tak", exact=True, then_drop=True, keep=True),
        Say("2", exact=True, then_drop=True, keep=True),
        Say("250-first\r\n550 second", keep=True),
        Say("354 more please", keep=True),
        Say("250-" + "x" * 70000, keep=True),
        Say("\x00\xff\r\n", exact=True, keep=True),
    ],
    ids=_named,
)
def test_no_clear_answer_to_the_final_dot_is_doubt_and_never_silence(post: Post, action: Action) -> None:
    post.queue(mail("ada", priority=0), mail("bob"), mail("cy"))
    post.server.next("DOT", action)
    done = post.deliver()
    met = post.message("ada")
    assert (done.sent, done.uncertain, done.failed) == (2, 1, 0)
    assert (met.status, met.uncertain) == (Status.QUEUED, 1)
    assert "maybe sent" in met.error
    post.recover()
    kept = getattr(action, "keep", False)
    assert len([t for t in post.server.taken if t.recipient.startswith("ada")]) == (2 if kept else 1)


@pytest.mark.parametrize(
    "action",
    [
        Say("250 taken", after=DEADLINE / 3),
        Say("250-one\r\n250-two\r\n250 three"),
        Say("250"),
        Say("250 taken\n", exact=True),
        Say("251 taken"),
    ],
    ids=_named,
)
def test_a_slow_or_long_yes_is_a_yes(post: Post, action: Say) -> None:
    post.queue(mail("ada"))
    post.server.next("DOT", replace(action, keep=True))
    assert post.deliver().sent == 1
    post.recover()
    assert len(post.server.taken) == 1


@pytest.mark.parametrize("action", [Drop(), Mute(), Sip(size=65536, seconds=0.01)], ids=_named)
def test_a_fault_inside_the_content_of_a_large_message_is_certain(post: Post, action: Action) -> None:
    # More than the sockets can hold, so the final dot was provably never sent.
    post.queue(mail("ada", priority=0, body=(b"x" * 998 + b"\r\n") * 30_000), mail("bob"))
    post.server.next("CONTENT", action)
    # Seconds; sipped to the end it would take twice as long.
    done = post.deliver(within=2.5)
    assert (done.sent, done.failed, done.uncertain) == (1, 1, 0)
    post.recover()


def test_a_drop_inside_a_small_message_loses_nothing(post: Post) -> None:
    post.queue(mail("ada", priority=0), mail("bob"))
    post.server.next("CONTENT", Drop())
    done = post.deliver()
    assert done.sent == 1
    assert done.failed + done.uncertain == 1
    post.recover()


def test_an_answer_followed_by_a_drop_costs_the_next_message_nothing(post: Post) -> None:
    post.queue(mail("ada"), mail("bob"))
    post.server.next("DOT", Say("250 taken", then_drop=True))
    done = post.deliver()
    assert (done.sent, done.failed, done.uncertain) == (2, 0, 0)
    assert post.server.connections == 2
    post.recover()


def test_one_of_several_recipients_refused_concerns_it_alone(post: Post) -> None:
    post.queue(mail("ada"), mail("bob"), mail("cy"))
    post.server.next("RCPT", Say("250 ok"), Say("550 5.1.1 no such user"))
    done = post.deliver()
    assert (done.sent, done.failed, post.server.connections) == (2, 1, 1)
    assert post.message("bob").status is Status.DEAD
    post.recover()


@pytest.mark.parametrize("action", [Drop(), Mute(), Say("554 no")], ids=_named)
def test_a_reset_that_fails_harms_nobody(post: Post, action: Action) -> None:
    post.queue(mail("ada", priority=0), mail("bob"))
    post.server.next("RCPT", Say("450 4.2.0 greylisted"))
    post.server.next("RSET", action)
    done = post.deliver()
    assert (done.sent, done.failed, post.message("bob").attempts) == (1, 1, 1)
    post.recover()


@pytest.mark.parametrize(
    "action", [Mute(), Drop(), Say("what?"), Say("221 " + "x" * 60, drip=0.05)], ids=_named
)
def test_a_quit_that_fails_takes_no_time_and_no_mail_back(post: Post, action: Action) -> None:
    post.queue(mail("ada"))
    post.server.next("QUIT", action)
    assert post.deliver().sent == 1
    post.recover()


def test_a_mute_farewell_is_not_waited_for_as_long_as_a_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.smtp.QUIT_SECONDS", 0.1)
    patient = YagmailMailer(replace(settings_for(post.server), deadline_seconds=5))
    post.server.next("QUIT", Mute())
    begun = monotonic()
    with patient.connect():
        pass
    assert monotonic() - begun < 2


def test_a_quota_pauses_for_an_hour_and_counts_no_attempt(post: Post) -> None:
    post.queue(mail("ada"), mail("bob"))
    post.server.next("MAIL", Say("250 ok"), Say("550 5.4.5 Daily user sending limit exceeded"))
    done = post.deliver()
    assert (done.sent, done.next_due) == (1, NOON + QUOTA_PAUSE)
    assert (post.message("bob").status, post.message("bob").attempts) == (Status.QUEUED, 0)
    post.recover()


def test_nobody_listening_is_waited_for(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    post.queue(mail("ada"))
    at_home = post.settings
    post.settings = replace(at_home, port=port)
    assert post.deliver().failed == 1
    assert "cannot be reached" in post.message("ada").error
    post.settings = at_home
    post.recover()


def test_a_name_server_that_hangs_is_given_up_in_time(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    post.queue(mail("ada"))
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", lambda *_a, **_k: release.wait(10) and [])
        assert post.deliver().failed == 1
    release.set()
    post.recover()


# ── TLS and the login ───────────────────────────────────────────────────────────────────────────────────────


def no_password_was_shown(server: ScriptedSmtp) -> bool:
    return server.seen("AUTH") == server.seen("MAIL") == []


def test_without_starttls_the_login_is_not_even_tried(open_post: Callable[..., Post]) -> None:
    post = open_post("starttls", offers_tls=None)
    post.queue(mail("ada"))
    assert post.deliver().failed == 1
    assert "STARTTLS" in post.message("ada").error
    assert no_password_was_shown(post.server)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["self-signed", "another name", "expired", "not yet good"])
def test_a_certificate_nobody_vouches_for_gets_no_login(
    open_post: Callable[..., Post], tmp_path: Path, security: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("mail.elsewhere.example",) if fault == "another name" else ("127.0.0.1",)
    days = {"expired": (-9, -1), "not yet good": (1, 9)}.get(fault, (-1, 1))
    other = write_certificate(tmp_path / "other.pem", names=names, days=days)
    if fault != "self-signed":
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
    post = open_post(security, offers_tls=other)
    post.queue(mail("ada"))
    assert post.deliver().failed == 1
    assert "certificate" in post.message("ada").error
    assert no_password_was_shown(post.server)


@pytest.mark.parametrize(
    ("security", "point", "action"),
    [
        ("starttls", "STARTTLS", Say("454 4.7.0 TLS not available")),
        ("starttls", "STARTTLS", Mute()),
        ("starttls", "STARTTLS", Drop()),
        ("starttls", "HANDSHAKE", Mute()),
        ("starttls", "HANDSHAKE", Drop()),
        ("tls", "HANDSHAKE", Mute()),
        ("tls", "HANDSHAKE", Drop()),
        ("tls", "GREETING", Mute()),
        ("tls", "MAIL", Mute()),
    ],
    ids=_named,
)
def test_trouble_on_the_way_to_tls_and_under_it_is_waited_for(
    open_post: Callable[..., Post], security: str, point: str, action: Action
) -> None:
    post = open_post(security)
    post.queue(mail("ada"), mail("bob"))
    post.server.next(point, action)
    done = post.deliver()
    assert (done.sent, done.failed, done.uncertain) == (0, 1, 0)
    assert post.server.seen("AUTH") == [] or point == "MAIL"
    post.recover()


def test_the_handshake_gets_only_what_is_left_of_the_deadline(open_post: Callable[..., Post]) -> None:
    post = open_post("starttls")
    slow = YagmailMailer(replace(settings_for(post.server, "starttls"), deadline_seconds=1))
    post.server.next("STARTTLS", Say("220 go ahead", after=0.8))
    post.server.next("HANDSHAKE", Mute())
    begun = monotonic()
    with pytest.raises(MailFailed), slow.connect():
        pytest.fail("it connected")
    assert monotonic() - begun < 1.5


def test_words_slipped_in_before_tls_are_not_heard(open_post: Callable[..., Post]) -> None:
    post = open_post("starttls")
    post.queue(mail("ada"))
    post.server.next("STARTTLS", Say("220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n", exact=True))
    done = post.deliver()
    assert (done.sent, done.failed) == (1, 0)
    assert post.server.seen("EHLO") == ["ehlo shop.example"] * 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_lost_answer_under_tls_is_doubt_too(open_post: Callable[..., Post], security: str) -> None:
    post = open_post(security)
    post.queue(mail("ada"), mail("bob"))
    post.server.next("DOT", Drop(keep=True))
    done = post.deliver()
    assert (done.sent, done.uncertain) == (1, 1)
    post.recover()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_no_kept_connection_waits_for_acknowledgements(open_post: Callable[..., Post], security: str) -> None:
    with open_post(security).mailer.connect() as connection:
        sock = connection._wire.sock  # type: ignore[attr-defined]
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_plain_text_to_another_machine_is_refused_before_any_connection(post: Post) -> None:
    far = YagmailMailer(replace(settings_for(post.server), host="mail.shop.example"))
    with pytest.raises(MailFailed, match="starttls or tls") as failed, far.connect():
        pytest.fail("it connected")
    assert failed.value.failure.trouble is Trouble.LOGIN


def test_nothing_asks_at_the_terminal_or_reads_the_home_folder(
    post: Post, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".yagmail").write_text("stranger@elsewhere.example")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("getpass.getpass", lambda *_: pytest.fail("asked for a password"))
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("asked a question"))
    without_password = YagmailMailer(replace(settings_for(post.server), password=""))
    with pytest.raises(MailFailed, match="no password"), without_password.connect():
        pytest.fail("it connected")
    assert post.server.connections == 0

    without_login = YagmailMailer(replace(settings_for(post.server), user="", password=""))
    with without_login.connect() as connection:
        connection.envelope("ada@customer.example")
        connection.data(b"hello\r\n")
    assert post.server.seen("AUTH") == []
    assert post.server.seen("MAIL") == ["mail FROM:<desk@shop.example>"]


def test_a_login_that_is_no_address_stays_as_it_is(post: Post) -> None:
    post.server.features = ["AUTH LOGIN"]
    with YagmailMailer(replace(settings_for(post.server), user="apikey")).connect():
        pass
    assert post.server.seen("AUTH") == ["AUTH LOGIN YXBpa2V5"]


def test_a_server_without_the_login_we_need_gets_none(post: Post) -> None:
    post.server.features = ["8BITMIME"]
    post.queue(mail("ada"))
    assert post.deliver().failed == 1
    assert post.server.seen("AUTH") == []


ECHO = "AGRlc2stbG9naW4AaHVudGVyMi1jYW5hcnktcGFzc3dvcmQ="


def failure_of_one_mail(mailer: YagmailMailer, message: Message) -> MailFailed:
    try:
        with mailer.connect() as connection:
            connection.envelope(message.recipient)
            connection.data(message.body)
    except MailFailed as error:
        return error
    pytest.fail("it was sent")


@pytest.mark.parametrize(
    ("point", "action"),
    [
        ("AUTH", Say(f"535 5.7.8 I do not like {ECHO} alias {CANARY}")),
        ("AUTH", Say(f"334 {ECHO}")),
        ("AUTH", Drop()),
        ("MAIL", Say(f"451 4.3.0 you said {CANARY} and {ECHO}")),
        ("RCPT", Say(f"550 5.1.1 <ada@customer.example> ada {CANARY} {ECHO}")),
        ("DOT", Say(f"554 5.7.1 ada@customer.example {CANARY} {ECHO}")),
    ],
    ids=["login echoed", "challenge", "drop", "sender", "recipient", "content"],
)
def test_no_password_and_no_address_gets_into_logs_errors_or_the_outbox(
    post: Post,
    point: str,
    action: Action,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    written = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    try:
        post.queue(mail("ada"))
        post.server.always(point, action)
        post.deliver()
        error = failure_of_one_mail(post.mailer, post.message("ada"))
    finally:
        structlog.reset_defaults()
    assert error.__context__ is None
    streams = capsys.readouterr()
    said = "\n".join(
        [
            written.getvalue(),
            caplog.text,
            streams.out,
            streams.err,
            repr(error),
            repr(error.failure),
            "".join(traceback.format_exception(error)),
            repr(settings_for(post.server)),
            repr(post.mailer),
            post.message("ada").error,
        ]
    )
    assert "mail.settled" in said
    for secret in (CANARY, ECHO, "ada@customer.example", "customer.example"):
        assert secret not in said
    assert len(error.failure.text) <= 120


# ── recipients and bodies nobody should trust ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "recipient",
    [
        "ada@customer.example>\r\nRCPT TO:<evil@elsewhere.example",
        "ada@customer.example\nDATA",
        "ada@customer.example, evil@elsewhere.example",
        "ada@customer.example> SIZE=1",
        '"Ada" <ada@customer.example>',
        "ada@@customer.example",
        "@elsewhere.example:ada@customer.example",
        "",
        "ada",
        "ada@customer.example\x00",
    ],
)
def test_a_recipient_that_is_not_one_mailbox_never_reaches_the_server(post: Post, recipient: str) -> None:
    post.queue(replace(mail("ada"), recipient=recipient), mail("bob"))
    done = post.deliver()
    assert (done.sent, done.failed) == (1, 1)
    assert post.server.seen("RCPT") == ["rcpt TO:<bob@customer.example>"]


def test_an_address_beyond_ascii_needs_a_server_that_says_it_can(post: Post) -> None:
    post.queue(mail("王芳"))
    assert post.deliver().failed == 1
    refused = post.message("王芳")
    assert (refused.status, "beyond ASCII" in refused.error) == (Status.DEAD, True)

    post.server.features.append("SMTPUTF8")
    assert post.state.retry(refused.id, post.now)
    assert post.deliver().sent == 1
    assert post.server.taken[0].recipient == "王芳@customer.example"


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r\n"])
def test_a_body_cannot_end_itself_and_begin_another_mail(post: Post, end: bytes) -> None:
    smuggled = b"hello" + end + b"MAIL FROM:<evil@elsewhere.example>\r\n"
    post.queue(mail("ada", body=smuggled))
    assert post.deliver().sent == 1
    (taken,) = post.server.taken
    assert taken.body == b"hello\r\n.\r\nMAIL FROM:<evil@elsewhere.example>\r\n"
    assert post.server.seen("MAIL") == ["mail FROM:<desk@shop.example>"]


def test_a_body_may_begin_with_a_dot(post: Post) -> None:
    post.queue(mail("ada", body=b".\r\n.\r\nDATA\r\n"))
    assert post.deliver().sent == 1
    assert [taken.body for taken in post.server.taken] == [b".\r\n.\r\nDATA\r\n"]


# ── the batch as a whole ────────────────────────────────────────────────────────────────────────────────────


def test_fifty_mails_take_one_connection_and_one_login(post: Post) -> None:
    post.queue(*(mail(f"n{number:02}") for number in range(50)))
    assert post.deliver().sent == 50
    assert (post.server.connections, len(post.server.seen("AUTH"))) == (1, 1)
    assert post.server.seen("RSET") == []


def test_customers_arrive_first_and_only_as_many_as_the_cap_lets(post: Post) -> None:
    post.queue(mail("staff", priority=1), mail("one", priority=0), mail("two", priority=0))
    assert post.deliver(replace(RULES, per_minute=2)).sent == 2
    assert [taken.recipient[:3] for taken in post.server.taken] == ["one", "two"]


def test_a_rehearsal_never_touches_the_connection_for_a_stranger(post: Post) -> None:
    post.queue(mail("ada"))
    assert post.deliver(replace(RULES, only_to=("shop.example",))).held == 1
    assert post.server.connections == 0


def test_a_server_gone_mad_for_a_day_loses_and_doubles_nothing(post: Post) -> None:
    post.queue(*(mail(f"n{number:02}") for number in range(12)))
    for point in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA"):
        post.server.next(point, Drop(), Say("451 4.3.0 later"), Say("garbage"))
    post.server.next("DOT", Drop(keep=True), Say("451 4.3.0 later"), Drop(), Say("250 ok", then_drop=True))
    for _ in range(12):
        post.deliver()
        post.now += timedelta(hours=2)
    post.recover()
    assert sum(message.uncertain for message in post.state.messages()) == 2
