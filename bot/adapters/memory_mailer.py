"""A mailer in RAM, for tests: it keeps what it accepts and fails when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from bot.outbox import Failure, Trouble
from bot.ports import MailConnection, MailFailed

Step = Literal["connect", "envelope", "data"]


@dataclass(frozen=True)
class Letter:
    """A mail as it arrived."""

    recipient: str
    body: bytes


@dataclass
class _Fault:
    step: Step
    failure: Failure
    times: int
    recipient: str
    arrives: bool


class MemoryMailer:
    """Mailer without a network. Every letter it accepts is in `letters`, in order."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        #: How many connections were opened, failed ones not counted.
        self.connections = 0
        #: Called with the recipient right before a message's content is taken; for looking around at that moment.
        self.before_data: Callable[[str], None] = lambda _recipient: None
        self._faults: list[_Fault] = []

    def fail(
        self, step: Step, failure: Failure, *, times: int = 1, recipient: str = "", arrives: bool = False
    ) -> None:
        """Meet this step with a failure so many times, for one recipient or ("") any.

        `arrives` lets the letter through all the same, as when the answer to it is lost.
        """
        self._faults.append(_Fault(step, failure, times, recipient, arrives))

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        """Open a connection, unless a fault is due."""
        fault = self.due_fault("connect", "")
        if fault is not None:
            raise MailFailed(fault.failure)
        self.connections += 1
        yield _MemoryConnection(self)

    def due_fault(self, step: Step, recipient: str) -> _Fault | None:
        """The next fault for this step, used up by asking."""
        for fault in self._faults:
            if fault.step == step and fault.times > 0 and fault.recipient in ("", recipient):
                fault.times -= 1
                return fault
        return None


class _MemoryConnection:
    """Behaves as an SMTP connection does: without a reply it is of no more use."""

    def __init__(self, mailer: MemoryMailer) -> None:
        self._mailer = mailer
        self._recipient = ""
        self._is_open = True

    def envelope(self, recipient: str) -> None:
        self._recipient = ""
        if not self._is_open:
            raise MailFailed(Failure(Trouble.UNREACHABLE, 0, "there is no connection"))
        self._meet(self._mailer.due_fault("envelope", recipient))
        self._recipient = recipient

    def data(self, body: bytes) -> str:
        if not self._is_open:
            raise MailFailed(Failure(Trouble.LATER, 0, "there is no connection"))
        recipient, self._recipient = self._recipient, ""
        if not recipient:
            raise MailFailed(Failure(Trouble.REFUSED, 503, "there is no recipient"))
        self._mailer.before_data(recipient)
        fault = self._mailer.due_fault("data", recipient)
        if fault is None or fault.arrives:
            self._mailer.letters.append(Letter(recipient, body))
        self._meet(fault)
        return "250 kept"

    def _meet(self, fault: _Fault | None) -> None:
        if fault is None:
            return
        if fault.failure.code in (0, 421):
            self._is_open = False
        raise MailFailed(fault.failure)
