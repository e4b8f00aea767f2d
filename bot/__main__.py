"""The command line: `python -m bot …`. Exit status: 0 well, 1 a bug, 2 a person can mend it, 3 the outside failed.

What people or the world do wrong is told in sentences. Any other error is ours and ends with its traceback.
"""

from __future__ import annotations

import errno
import os
import select
import sys
from collections.abc import Sequence
from importlib import import_module

from bot.bugs import tell_bugs_by_place
from bot.command_line import parser
from bot.commands import INTERRUPTED, MENDABLE, OUTSIDE, WELL
from bot.ports import OutsideError, StateRefused, WorkbookRefused
from bot.settings import ConfigProblemsError, NothingToShow

#: What the system refuses where a path, a disk or an address was not chosen well. A file that is not there is not
#: among them: those that people name are looked for by their command, and one that we name is our own.
_REFUSALS = frozenset(
    (
        errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST,
        errno.EADDRNOTAVAIL, errno.ENAMETOOLONG,
    )
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. A bug is raised, and told to Sentry where SENTRY_DSN is set."""
    try:
        return _run(arguments)
    except Exception as error:
        if dsn := os.environ.get("SENTRY_DSN"):
            from bot.watching.bugs import tell_bug  # noqa: PLC0415 - sentry_sdk, for a bug alone

            tell_bug(error, dsn)
        raise


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that knows no ✓ gets a "?" instead of a traceback.
            stream.reconfigure(errors="replace")
    try:
        status: int = import_module(f"bot.commands.{options.command}").run(options)
        sys.stdout.flush()
    except ConfigProblemsError as error:
        return _told("The config needs mending:", *(f"  - {problem}" for problem in error.problems))
    except NothingToShow as error:
        return _told(*(f"✗ {problem}" for problem in error.problems))
    except OutsideError as error:
        status = MENDABLE if isinstance(error, WorkbookRefused | StateRefused) else OUTSIDE
        return _told(str(error), *([f"  → {error.hint}"] if error.hint else []), status=status)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        if not _nobody_reads():
            raise
        return WELL
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _told("The port is in use: choose others with --port and --smtp-port.")
        if error.errno not in _REFUSALS:
            raise
        return _told(": ".join(str(part) for part in (error.filename, error.strerror) if part))
    return status


def _told(*lines: str, status: int = MENDABLE) -> int:
    """Say what is wrong; the exit status."""
    from bot.terminal_text import harmless  # noqa: PLC0415 - a worker that is well needs none of it

    for line in lines:
        # The world's answers and people's names are quoted in it.
        print(harmless(line), file=sys.stderr)
    return status


def _nobody_reads() -> bool:
    """Whether standard output has lost its reader, as behind `| head`; what is left for it then goes nowhere."""
    try:
        output = sys.stdout.fileno()
    except OSError:
        return False
    asked = select.poll()
    asked.register(output, 0)
    if not any(event & (select.POLLERR | select.POLLHUP) for _, event in asked.poll(0)):
        return False
    # Python flushes once more at its end, and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return True


if __name__ == "__main__":
    tell_bugs_by_place()
    sys.exit(main())
