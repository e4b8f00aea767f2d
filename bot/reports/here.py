"""Reports worked out in this very process: for tests, and for commands that show one report and end."""

from __future__ import annotations

from bot.jobs import Job, Produced
from bot.reports.letters import ReportApp
from bot.reports.produce import produce


class ReporterHere:
    """`Reporter` that works a job out when it is collected."""

    def __init__(self, app: ReportApp) -> None:
        self._app = app
        self._job: Job | None = None

    def start(self, job: Job) -> None:
        """Keep the job in mind."""
        if self._job is not None:
            raise ValueError("there is a job to collect first")
        self._job = job

    def is_busy(self) -> bool:
        """Whether there is a job."""
        return self._job is not None

    def is_ready(self) -> bool:
        """Always, once there is a job: it is worked out on the spot."""
        return self.is_busy()

    def collect(self) -> Produced:
        """What came of the job. Raises OutsideError."""
        job, self._job = self._job, None
        if job is None:
            raise ValueError("there is no job to collect")
        return produce(job, self._app)

    def close(self) -> None:
        """Give up the job."""
        self._job = None
