"""`desk`: the local workbook server and its mailbox."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.commands import MENDABLE, WELL
from bot.desk import serve
from bot.desk.access.users_file import UsersFileError, accounts_in
from bot.desk.web.listening import HostRefused


def run(options: Namespace) -> int:
    """Serve until told to stop."""
    try:
        users = accounts_in(options.users) if options.users else []
        serve(options.port, options.smtp_port, options.data, host=options.host, users=users)
    except UsersFileError as error:
        print("The users file needs mending:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return MENDABLE
    except HostRefused as error:
        print(error, file=sys.stderr)
        return MENDABLE
    return WELL
