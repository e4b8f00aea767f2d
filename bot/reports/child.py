"""The child process that works out one job: settings and job come in by the pipe, what came of it goes out.

    python -m bot.reports.child < length, pickle > pickle

It reads the sheet and the state and changes neither. It ends when its input does: then nobody waits for the answer.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading

from bot.app import build_renderer, build_rules, build_state, build_workbook
from bot.bugs import tell_bugs_by_place
from bot.jobs import Job, Produced
from bot.logs import set_up_logs
from bot.ports import OutsideError
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
    """Answer where the standard output led to; what is printed by others from now on goes with the log."""
    # Ctrl-C in a terminal is for the worker, which ends its child in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted, answer = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    set_up_logs(as_json=True)
    # What a job makes it needs to its end, which comes soon: looking for garbage would cost a fifth of the time.
    gc.disable()
    length = int.from_bytes(wanted.read(8))
    settings, job = pickle.loads(wanted.read(length))  # noqa: S301 - the worker wrote it
    threading.Thread(target=_end_with, args=(wanted.fileno(),), daemon=True).start()
    with answer:
        pickle.dump(work_out(settings, job), answer)


def _end_with(pipe: int) -> None:
    """Wait for the end of the worker, or of its interest; no clean-up is owed, since nothing was changed."""
    os.read(pipe, 1)
    os._exit(1)


if __name__ == "__main__":
    tell_bugs_by_place()
    main()
