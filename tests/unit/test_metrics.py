"""The figures for Prometheus: served to this machine, and no names among their labels."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime
from urllib.request import urlopen

from prometheus_client import generate_latest

from bot.ports import Requests
from bot.watching.metrics import Metrics

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def filled() -> Metrics:
    metrics = Metrics()
    metrics.cycle("worked", 0, NOON)
    metrics.cycle("failed", 3, NOON)
    metrics.mail({"mail.queued": 2, "mail.dead": 1, "orders": 9}, 12, 500, 1, is_paused=True)
    metrics.work({"customer": 2}, 1, ("stuck",), Requests(3, 1, 5, 30, 10))
    return metrics


def test_every_figure_is_told() -> None:
    told = generate_latest(filled().registry).decode()
    for line in (
        'orderdesk_cycles_total{outcome="worked"} 1.0',
        "orderdesk_failures_in_a_row 3.0",
        'orderdesk_mails{status="queued"} 2.0',
        "orderdesk_mails_sent_24h 12.0",
        "orderdesk_mail_paused 1.0",
        'orderdesk_waiting_rows{reason="customer"} 2.0',
        "orderdesk_holds 1.0",
        'orderdesk_incident{kind="stuck"} 1.0',
        'orderdesk_incident{kind="silent"} 0.0',
        'orderdesk_api_requests{kind="read"} 30.0',
        'orderdesk_api_requests_last_minute{kind="write"} 1.0',
    ):
        assert line in told
    [success] = re.findall(r"^orderdesk_last_success_timestamp_seconds (\S+)$", told, re.MULTILINE)
    assert float(success) == NOON.timestamp()


def test_a_reason_that_has_gone_is_told_no_more() -> None:
    metrics = filled()
    metrics.work({}, 0, (), Requests())
    assert "reason=" not in generate_latest(metrics.registry).decode()


def test_it_is_served_on_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    filled().serve(f"127.0.0.1:{port}")
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"orderdesk_holds 1.0" in answer.read()
