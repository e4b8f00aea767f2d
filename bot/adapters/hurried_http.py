"""HTTP whose answers have a deadline as a whole: a timeout ends silence only, not a byte every minute.

Without it a server that drips, in its headers already, would keep the worker waiting for days. What is late raises
TooSlow, which is a TimeoutError and so ends as silence does.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPResponse
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from urllib3.connectionpool import HTTPConnectionPool


class TooSlow(TimeoutError):
    """The answer as a whole took too long."""


class _Hurried(io.RawIOBase):
    """What comes from a socket until a moment."""

    def __init__(self, raw: io.RawIOBase, until: float) -> None:
        self._raw, self._until = raw, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if monotonic() > self._until:
            raise TooSlow("the answer came too slowly")
        # The typing of io has no name for what a raw stream fills.
        return cast(int | None, cast(Any, self._raw).readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


def hurried(seconds: Callable[[], float]) -> HTTPAdapter:
    """What a session is mounted with, so that no answer takes much longer than this."""

    class Answer(HTTPResponse):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self.fp = io.BufferedReader(_Hurried(self.fp.detach(), monotonic() + seconds()))

    class Plain(HTTPConnection):
        response_class = Answer

    class Secure(HTTPSConnection):
        response_class = Answer

    class Adapter(HTTPAdapter):
        def get_connection_with_tls_context(self, *args: Any, **named: Any) -> HTTPConnectionPool:
            pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(*args, **named))
            pool.ConnectionCls = Secure if pool.scheme == "https" else Plain
            return pool

    return Adapter()
