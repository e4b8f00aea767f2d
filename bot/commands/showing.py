"""One way to say what a command found: a page where a person reads, plain lines in a pipe, JSON where it is asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from bot.blocks import Block
from bot.terminal_text import harmless


def tell(facts: object, lines: Iterable[str], page: Iterable[Block], *, as_json: bool) -> None:
    """Print the facts in the one of three ways that suits whoever reads them."""
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        from bot.terminal import show  # noqa: PLC0415 - rich, only where somebody looks

        show(page)
    else:
        say(lines)


def say(lines: Iterable[str]) -> None:
    """Plain lines; what was typed into the workbook is made harmless in them."""
    for line in lines:
        print(harmless(line))
