"""Logs: one line an event, with order numbers and never with names or addresses."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.bugs import ExcInfo, told_by_place
from bot.headway import Headway


def set_up_logs(*, as_json: bool) -> None:
    """Send every log line to standard error; JSON for machines, words for a terminal."""
    rendering: list[Any] = (
        # JSON escapes whatever would begin another line.
        [structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [_with_harmless_texts, structlog.dev.ConsoleRenderer(colors=False)]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # A traceback may hold a row or a recipient, so a bug is told by its place, not by its values.
            structlog.processors.ExceptionRenderer(_told),
            *rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")


def log_headway(headway: Headway) -> None:
    """How far long work has come, as a line of the log."""
    structlog.get_logger("bot.headway").info("headway", stage=headway.stage, done=headway.done, of=headway.of)


def _told(exc_info: ExcInfo) -> str:
    return told_by_place(exc_info[1])


def _with_harmless_texts(_logger: object, _name: str, event: MutableMapping[str, Any]) -> Any:
    """Texts that can neither steer a terminal nor begin what looks like a line of ours."""
    from bot.terminal_text import harmless, harmless_lines  # noqa: PLC0415 - a worker writes JSON and needs none of it

    for key, value in event.items():
        if isinstance(value, str):
            event[key] = harmless_lines(value) if key == "exception" else harmless(value)
    return event
