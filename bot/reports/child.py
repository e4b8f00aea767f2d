"""The child process that works out one job: settings and job come in by the pipe, what came of it goes out.

    python -m bot.reports.child < pickle > pickle

It reads the sheet and the state and changes neither.
"""

from __future__ import annotations

import pickle
import sys

from bot.app import build_renderer, build_rules, build_state, build_workbook
from bot.logs import set_up_logs
from bot.ports import OutsideError
from bot.reports.job import Job, Produced
from bot.reports.letters import ReportApp
from bot.reports.produce import produce
from bot.settings import Settings


def work_out(settings: Settings, job: Job) -> Produced | OutsideError:
    """What came of the job, or why it failed outside."""
    try:
        state = build_state(settings, changing=False)
        try:
            app = ReportApp(build_workbook(settings), state, build_renderer(settings), build_rules(settings))
            return produce(job, app)
        finally:
            state.close()
    except OutsideError as error:
        return error


def main() -> None:
    """Answer on the standard output, which nothing else may use."""
    set_up_logs(as_json=True)
    settings, job = pickle.load(sys.stdin.buffer)  # noqa: S301 - the worker wrote it
    sys.stdout.buffer.write(pickle.dumps(work_out(settings, job)))


if __name__ == "__main__":
    main()
