"""Where a worker stands between two calls to the world, by the crash points of its design, and its death there.

Whereabouts ── told of every call of the ports, before and after it; writes the point into a page that outlives it
Doom ───────── the n-th call, before or after, at which the process kills itself: SIGKILL, as the system does

    P0 reading · P1 read · P2 inside the transaction · P3 committed · P4 number written · P5 not claimed
    P6 claimed · P7 sending · P8 accepted · P9 settled · P10 marked · P11 one of two told · P12 a report on its way
"""

from __future__ import annotations

import mmap
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from bot.outbox import Message
from bot.ports import Commit, MailConnection, Mailer
from bot.projection import ReplaceText
from sheets_schema.automations import DIGEST, WEEKLY_PERSONAL, WEEKLY_TEAM

T = TypeVar("T")

POINTS = tuple(f"P{n}" for n in range(13))
STANDBY = "standby"
#: Before its first call, or where a point has no name.
ELSEWHERE = "elsewhere"
_REPORTS = {WEEKLY_PERSONAL.key, WEEKLY_TEAM.key, DIGEST.key}
_PAGE_BYTES = 128


@dataclass(frozen=True)
class Doom:
    """Death at the n-th moment at which a worker stands at this point; or, with `stops`, being stopped there once."""

    point: str
    n: int
    stops: bool = False


class Page:
    """The last word of a process, in a file that both it and its killer have mapped."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(b" " * _PAGE_BYTES)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _PAGE_BYTES)

    def write(self, *words: str) -> None:
        """Put these words in place of the last ones."""
        self._memory[:] = " ".join(words).encode()[:_PAGE_BYTES].ljust(_PAGE_BYTES)

    def read(self) -> list[str]:
        """The words."""
        return self._memory[:].decode().split()


class Whereabouts:
    """Follows one worker from call to call; what a call means depends on those before it."""

    def __init__(self, page: Page, doom: Doom | None) -> None:
        self._page, self._doom = page, doom
        self._met = 0
        self._point = ELSEWHERE
        self._reporting = False
        self._is_claiming = False
        #: What was claimed and has not begun, and what is being sent.
        self._batch: deque[Message] = deque()
        self._sending: Message | None = None
        self._told_of = ""

    def __call__(self, call: str, act: Callable[[], T], *args: Any) -> T:
        """Let the call through, and note where the worker is on both sides of it."""
        self._stand(self._before(call, args), f"<{call}")
        result = act()
        self._stand(self._after(call, args, result), f"{call}>")
        return result

    def _stand(self, point: str, where: str) -> None:
        self._point = "P12" if self._reporting and point != STANDBY else point
        self._page.write(self._point, where)
        if self._doom is not None and self._point == self._doom.point:
            self._met += 1
            if self._met == self._doom.n:
                os.kill(os.getpid(), signal.SIGSTOP if self._doom.stops else signal.SIGKILL)

    def _before(self, call: str, args: tuple[Any, ...]) -> str:
        match call:
            case "state.revision":
                # What every cycle asks first.
                self._reporting, self._told_of = False, ""
                return "P0"
            case "state.commit":
                changes = cast(Commit, args[0])
                self._is_claiming = bool(changes.new_numbers or changes.messages)
                self._reporting |= bool(changes.new_runs)
            case "state.claim":
                return "P5"
            case "mailer.envelope" if self._batch:
                return "P11" if self._batch[0].order_no == self._told_of else "P6"
            case "reporter.start":
                return "P12"
        return self._point

    def _after(self, call: str, args: tuple[Any, ...], result: object) -> str:
        match call:
            case "state.acquire" if result is None:
                return STANDBY
            case "workbook.read" if self._point == "P0":
                return "P1"
            case "statement.rows" | "statement.change" | "statement.change_many" if self._is_claiming:
                return "P2"
            case "state.commit":
                claimed, self._is_claiming = self._is_claiming, False
                return "P3" if claimed else "P5" if cast(Commit, args[0]).written else self._point
            case "workbook.write":
                return "P10" if all(isinstance(edit, ReplaceText) for edit in args[0]) else "P4"
            case "state.claim":
                self._batch = deque(cast(list[Message], result))
                return "P6" if result else self._point
            case "state.begin":
                return self._begun(str(args[0]))
            case "mailer.data":
                return "P8"
            case "state.settle":
                return self._settled()
            case "reporter.collect":
                self._reporting = True
        return self._point

    def _begun(self, message_id: str) -> str:
        self._sending = next((m for m in self._batch if m.id == message_id), None)
        if self._sending is not None:
            self._batch.remove(self._sending)
            self._reporting = self._sending.kind in _REPORTS
        return "P7"

    def _settled(self) -> str:
        sent, self._sending = self._sending, None
        if sent is not None:
            self._told_of = sent.order_no
        return "P9"


class Followed:
    """A port whose every call is told."""

    def __init__(self, port: object, name: str, told: Whereabouts) -> None:
        self._port, self._name, self._told = port, name, told

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)
        if not callable(found):
            return found
        return lambda *args, **named: self._told(
            f"{self._name}.{method}", lambda: found(*args, **named), *args
        )


class FollowedMailer:
    """The mailer, its connections and the end of each being told."""

    def __init__(self, mailer: Mailer, told: Whereabouts) -> None:
        self._mailer, self._told = mailer, told

    @contextmanager
    def connect(self) -> Iterator[MailConnection]:
        """A connection whose calls are told."""
        opened = self._mailer.connect()
        connection = self._told("mailer.connect", opened.__enter__)
        try:
            yield cast(MailConnection, Followed(connection, "mailer", self._told))
        except BaseException as error:
            if not opened.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            self._told("mailer.quit", lambda: opened.__exit__(None, None, None))
