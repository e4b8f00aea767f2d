"""`run`: the worker, or one cycle of it."""

from __future__ import annotations

import os
import sys
import threading
from argparse import Namespace
from time import monotonic

from bot.checking.hosts import forgotten_state
from bot.commands import MENDABLE, OUTSIDE, WELL, config_path
from bot.headway import seldom
from bot.lean_imports import without
from bot.settings import ConfigProblemsError


def run(options: Namespace) -> int:
    """Work until told to stop; with `--once` one cycle with its deliveries."""
    with without("rich"):
        # structlog formats tracebacks with rich where it finds it, 7 MB for colours that our log never has.
        import structlog  # noqa: F401, PLC0415

    from bot.app import build_app, build_watch, load_settings  # noqa: PLC0415 - behind the line above, as all that logs
    from bot.logs import log_headway, set_up_logs  # noqa: PLC0415
    from bot.settings_apart import load_settings_apart  # noqa: PLC0415
    from bot.worker import Worker, run_once, stop_on_signals  # noqa: PLC0415

    set_up_logs(as_json=not sys.stderr.isatty())
    stop = threading.Event()
    with stop_on_signals(stop) as stopping:
        path = config_path(options)
        settings = load_settings(path) if options.once else load_settings_apart(path)
        if forgotten := forgotten_state(settings.state, os.environ.keys(), anyway=settings.sqlite_anyway):
            raise ConfigProblemsError((forgotten,))
        app = build_app(settings, stopping=stopping, tell=seldom(log_headway, monotonic))
        try:
            if not options.once:
                Worker(app, settings.poll.every, build_watch(settings)).run(stop)
                return WELL
            problems = run_once(app, build_watch(settings))
        finally:
            # SQLite folds its log into the file when it is closed, for whoever copies that alone.
            app.state.close()
    for problem in problems.mendable:
        print(f"✗ {problem}", file=sys.stderr)
    if problems.paused:
        print(f"Mail waits: {problems.paused}", file=sys.stderr)
        return OUTSIDE
    return MENDABLE if problems.mendable else WELL
