"""Logs: one line an event, with order numbers and never with names or addresses."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.headway import Headway


def set_up_logs(*, as_json: bool) -> None:
    """Send every log line to standard error; JSON for machines, words for a terminal."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # A traceback may hold a row or a recipient, so a bug is told by its place, not by its values.
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")


def log_headway(headway: Headway) -> None:
    """How far long work has come, as a line of the log."""
    structlog.get_logger("bot.headway").info("headway", stage=headway.stage, done=headway.done, of=headway.of)
