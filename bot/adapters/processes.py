"""Who this process is, told so that another one on the same machine can see that it has died.

A worker that is killed leaves its lease behind. Waiting for it to run out would cost three minutes after every
crash, and taking it on suspicion would let two workers run. So the owner's name says which process of which machine
it is, and only a process that certainly runs no more is called dead: of another machine or container nothing is known.
"""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from hashlib import sha256
from pathlib import Path


def owner_name() -> str:
    """A new name for a worker in this process: host, where its number counts, number, start and a random part."""
    pid = os.getpid()
    return ":".join((socket.gethostname(), _space(), str(pid), _started(pid), secrets.token_hex(3)))


def is_dead(owner: str) -> bool:
    """True only when the worker of this name was a process of this machine that runs no more. False when in doubt."""
    parts = owner.rsplit(":", 4)
    if len(parts) != 5 or not parts[1] or parts[1] != _space() or not parts[2].isdecimal():
        return False
    pid, started = int(parts[2]), parts[3]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    now = _started(pid)
    # Numbers are used again; a process that began at another moment is another process.
    return bool(started and now and started != now)


def _space() -> str:
    """Among which processes a number means this one: this boot of the machine and this container. "" = not known."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        container = Path("/proc/self/ns/pid").stat().st_ino
        return sha256(f"{boot} {container}".encode()).hexdigest()[:12]
    if not Path("/proc").exists():
        # macOS has neither containers of its own nor a boot id; a name and a network card are one machine.
        import uuid  # noqa: PLC0415 - not needed where there is a boot id

        return sha256(f"{socket.gethostname()} {uuid.getnode()}".encode()).hexdigest()[:12]
    return ""


def _started(pid: int) -> str:
    """When a process began, in clock ticks since the boot; "over" when it only waits to be counted; "" unknown."""
    with suppress(OSError):
        # The second field is the program's name in brackets and may hold anything, brackets and blanks included.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        state, *rest = fields.split()
        return "over" if state in "ZX" else rest[18]
    return ""
