"""The command line: `python -m bot …`. Exit status: 0 well, 1 a bug, 2 a person can mend it, 3 the outside failed."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from bot.command_line import parser
from bot.commands import MENDABLE, OUTSIDE
from bot.ports import OutsideError, WorkbookRefused
from bot.settings import ConfigProblemsError, NothingToShow


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
    try:
        status: int = import_module(f"bot.commands.{options.command}").run(options)
    except ConfigProblemsError as error:
        print("The config needs mending:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return MENDABLE
    except NothingToShow as error:
        for problem in error.problems:
            print(f"✗ {problem}", file=sys.stderr)
        return MENDABLE
    except OutsideError as error:
        print(error, file=sys.stderr)
        if error.hint:
            print(f"  → {error.hint}", file=sys.stderr)
        return MENDABLE if isinstance(error, WorkbookRefused) else OUTSIDE
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print("The port is in use: choose others with --port and --smtp-port.", file=sys.stderr)
        return MENDABLE
    return status


if __name__ == "__main__":
    sys.exit(main())
