"""`demo`: desk, sample workbook and worker in one."""

from __future__ import annotations

from argparse import Namespace

from bot.demo import run_demo


def run(options: Namespace) -> int:
    """Show a first order on its way."""
    return run_demo(options.port, options.smtp_port, options.data, leave=options.leave)
