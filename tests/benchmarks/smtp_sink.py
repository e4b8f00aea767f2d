"""A mail server that takes everything and counts, in a process of its own; a thread a connection.

    python tests/benchmarks/smtp_sink.py PORT

It keeps no mail. `STATS`, which is no word of SMTP, is answered with how many connections, mails and bytes there were;
connections that only ask for that are not counted.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from collections import Counter

_COUNTS: Counter[str] = Counter()
_LOCK = threading.Lock()
_ANSWERS = {b"EHLO": b"250-sink\r\n250 8BITMIME\r\n", b"HELO": b"250 sink\r\n"}


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer until the other side leaves."""
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"STAT":
                with _LOCK:
                    counts = f"250 {_COUNTS['connections']} {_COUNTS['mails']} {_COUNTS['bytes']}\r\n"
                self.wfile.write(counts.encode())
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            elif verb == b"DATA":
                self._take()
            else:
                self._count(connections=verb in _ANSWERS)
                self.wfile.write(_ANSWERS.get(verb, b"250 ok\r\n"))

    def _take(self) -> None:
        self.wfile.write(b"354 go on\r\n")
        size = 0
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            size += len(line)
        self._count(mails=1, bytes=size)
        self.wfile.write(b"250 taken\r\n")

    def _count(self, **more: int) -> None:
        with _LOCK:
            _COUNTS.update(more)


class Sink(socketserver.ThreadingTCPServer):
    """Listens on loopback alone."""

    daemon_threads = True
    allow_reuse_address = True


def stats(port: int) -> tuple[int, int, int]:
    """Connections, mails and bytes so far."""
    with (
        socket.create_connection(("127.0.0.1", port), 5) as asking,
        asking.makefile("rwb", buffering=0) as line,
    ):
        line.readline()
        line.write(b"STATS\r\n")
        answer = line.readline()
    connections, mails, size = (int(word) for word in answer.split()[1:])
    return connections, mails, size


if __name__ == "__main__":
    with Sink(("127.0.0.1", int(sys.argv[1])), Conversation) as server:
        server.serve_forever()
