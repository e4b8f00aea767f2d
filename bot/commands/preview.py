"""`preview`: a mail as a page, without sending it.

As JSON: `mail`, `order_no` as asked for, `written` (the file), `bytes`.
"""

from __future__ import annotations

from argparse import Namespace

from bot.commands.report import tell
from bot.showing import shown_preview


def run(options: Namespace) -> int:
    """Render it into a file."""
    return tell(shown_preview, options)
