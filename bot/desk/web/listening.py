"""HTTP on a loopback socket: uvicorn's protocol in an event loop that does nothing while nobody calls."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_address
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bot.desk.web.door import CONNECTION, Door
from bot.desk.web.origins import LOOPBACK, Hosts

SMALL = 256 * 1024  #: bytes; joining more costs more than a second packet
PATIENCE = 0.5  #: seconds running requests get to end when the desk stops


class HostRefused(ValueError):
    """An address the desk does not listen on."""


def listen(host: str, port: int, beyond: bool = False) -> socket.socket:
    """A listening socket; refuses any address but loopback unless `beyond` it is allowed."""
    if host not in LOOPBACK and not beyond:
        raise HostRefused(
            f"The desk listens on loopback only, not on {host}: anybody may come in while it has no users. "
            "Name them with --users FILE."
        )
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise HostRefused(f"{host} is no address of this machine.") from error
    # Said to be TCP, because asyncio leaves Nagle's delay of some 40 ms in connections whose socket does not say so.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"Port {port} on {host} cannot be used: {error.strerror}") from error
    return listening


def hosts(host: str, listening: socket.socket) -> Hosts:
    """The names by which browsers may come to a socket that was opened as `host`."""
    address = ip_address(listening.getsockname()[0])
    names = LOOPBACK | {host.strip("[]").lower(), str(address)}
    return Hosts(frozenset(names), any_address=address.is_unspecified)


class _Together:
    """A transport that sends what is written in one turn of the loop in one piece: head and body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, []
        if sum(map(len, held)) <= SMALL:
            held = [b"".join(held)] if held else []
        for part in held:
            self._transport.write(part)


class _Protocol(HttpToolsProtocol):
    """HTTP/1.1 whose scope knows its connection, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(_Together(transport, self.loop))  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[CONNECTION] = self.transport  # type: ignore[literal-required]


class HttpServer:
    """Serves the door on a socket until it is stopped.

    uvicorn's own server wakes up ten times a second and takes a quarter of a second to stop; a desk is
    started once a test and is idle most of its life.
    """

    def __init__(self, door: Door, listening: socket.socket):
        self._config = uvicorn.Config(
            door,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
        )
        self._config.load()
        self._door = door
        self._socket = listening
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._ended = threading.Event()

    def run(self) -> None:
        """Serve in the calling thread."""
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        finally:
            self._ended.set()

    def stop(self) -> None:
        """Ask the server to stop; may come from any thread, from a signal handler, and too early or late."""
        if not self._ended.is_set():
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def _serve(self) -> None:
        state = ServerState()
        server = await self._loop.create_server(
            lambda: _Protocol(self._config, state, {}, self._loop), sock=self._socket
        )
        await self._stopped.wait()
        server.close()
        self._door.close()
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=PATIENCE)
