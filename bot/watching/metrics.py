"""Figures for Prometheus, served under /metrics by a thread of prometheus_client. No names, no addresses, no orders.

This module and that library are loaded only where `watch.metrics` asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, start_http_server

import bot
from bot.ports import Requests
from bot.watching.incidents import KINDS


class Metrics:
    """One registry, filled by the worker after its cycles and read by the serving thread."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        Info("orderdesk", "Which Order Desk this is", registry=registry).info({"version": bot.__version__})
        self._cycles = Counter("orderdesk_cycles", "Poll cycles", ["outcome"], registry=registry)
        self._success = Gauge(
            "orderdesk_last_success_timestamp_seconds", "When a cycle last succeeded", registry=registry
        )
        self._failures = Gauge("orderdesk_failures_in_a_row", "Failed cycles in a row", registry=registry)
        self._mails = Gauge("orderdesk_mails", "Mails in the outbox", ["status"], registry=registry)
        self._sent = Gauge("orderdesk_mails_sent_24h", "Mails sent in 24 hours", registry=registry)
        self._per_day = Gauge("orderdesk_mails_per_day_limit", "mail.per_day", registry=registry)
        self._overdue = Gauge("orderdesk_mails_overdue", "Mails late by watch.stuck_after", registry=registry)
        self._paused = Gauge("orderdesk_mail_paused", "1 while no mail may leave", registry=registry)
        self._waiting = Gauge(
            "orderdesk_waiting_rows", "Rows that are no orders yet", ["reason"], registry=registry
        )
        self._holds = Gauge("orderdesk_holds", "What is held until a person says so", registry=registry)
        self._incidents = Gauge("orderdesk_incident", "1 while it is so", ["kind"], registry=registry)
        self._requests = Gauge(
            "orderdesk_api_requests", "Requests since the start", ["kind"], registry=registry
        )
        self._minute = Gauge(
            "orderdesk_api_requests_last_minute", "Of 60 that are allowed", ["kind"], registry=registry
        )

    def serve(self, address: str) -> None:
        """Answer on this address from now on. Raises OSError when it is taken."""
        host, _, port = address.rpartition(":")
        start_http_server(int(port), addr=host.strip("[]"), registry=self.registry)

    def cycle(self, outcome: str, failures: int, now: datetime) -> None:
        """A cycle ended: "idle", "worked", "standby" or "failed"."""
        self._cycles.labels(outcome).inc()
        self._failures.set(failures)
        if outcome != "failed":
            self._success.set(now.timestamp())

    def mail(
        self, counts: Mapping[str, int], sent: int, per_day: int, overdue: int, *, is_paused: bool
    ) -> None:
        """How the outbox stands; `counts` as `State.counts` has them."""
        for key, count in counts.items():
            if key.startswith("mail."):
                self._mails.labels(key.removeprefix("mail.")).set(count)
        self._sent.set(sent)
        self._per_day.set(per_day)
        self._overdue.set(overdue)
        self._paused.set(is_paused)

    def work(
        self, waiting: Mapping[str, int], holds: int, standing: tuple[str, ...], requests: Requests
    ) -> None:
        """What waits, what is held, what is wrong, and what it cost."""
        self._waiting.clear()
        for reason, rows in waiting.items():
            self._waiting.labels(reason).set(rows)
        self._holds.set(holds)
        for kind in KINDS:
            self._incidents.labels(kind).set(kind in standing)
        for kind, whole, lately in (
            ("read", requests.all_reads, requests.reads), ("write", requests.all_writes, requests.writes)
        ):  # fmt: skip
            self._requests.labels(kind).set(whole)
            self._minute.labels(kind).set(lately)
