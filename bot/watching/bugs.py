"""Tells Sentry of a bug: where it is, and nothing of what it was about. Loaded only where SENTRY_DSN is set.

No integrations, no breadcrumbs, no local variables, no host, no request, and not the error's own words, which may quote
a row or a recipient: the kind of error and the lines of our source on its way are what is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.utils import event_from_exception

import bot

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

_SECONDS = 2.0
#: All that an event may hold.
_KEPT = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "release",
    "environment",
    "exception",
    "sdk",
    "contexts",
)


def tell_bug(error: BaseException, dsn: str, transport: type[Transport] | None = None) -> None:
    """Send it and wait a moment for it to leave. Never raises: whoever calls is about to end with the bug itself."""
    try:
        client = sentry_sdk.Client(
            dsn=dsn,
            transport=transport,
            release=bot.__version__,
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            server_name="",
            before_send=_scrubbed,
        )
        event, hint = event_from_exception(error, client_options=client.options)
        client.capture_event(event, hint)
        client.close(timeout=_SECONDS)
    except Exception:  # noqa: BLE001, S110 - a wrong address, say; the traceback of the bug is what matters, and it follows
        pass


def _scrubbed(event: Event, _hint: Hint) -> Event:
    kept: dict[str, Any] = {key: value for key, value in event.items() if key in _KEPT}
    kept["contexts"] = {k: v for k, v in (kept.get("contexts") or {}).items() if k in ("runtime", "trace")}
    for one in kept.get("exception", {}).get("values", []):
        one["value"] = ""
        one.pop("mechanism", None)
        for frame in (one.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
            frame.pop("abs_path", None)
    scrubbed: Any = kept
    result: Event = scrubbed
    return result
