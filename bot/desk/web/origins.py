"""Which calls are turned away for where they come from, before anybody asks who makes them.

Two things a page elsewhere in the same browser could try. It could point a name of its own at this machine
(DNS rebinding) and read as if it were the desk: so the Host must be one this socket was opened for. And it
could write blindly, with a form or a request simple enough to be sent unasked, which needs no answer to do
harm: so a write that says it comes from another origin is refused, and browsers always say. Programs send
none of these headers and pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.desk.errors import ApiError
from bot.desk.wire import Call

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
READS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})  #: "none": a person typed the address or pressed reload


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names under which a socket may be called."""

    names: frozenset[str] = LOOPBACK
    any_address: bool = False  #: bound to every address of the machine: any bare address may be one of them

    def hold(self, host: str) -> bool:
        """Whether a Host header names this desk."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self.names or (self.any_address and _is_address(name))

    @property
    def beyond(self) -> bool:
        """Whether other machines reach the socket."""
        return self.any_address or not self.names <= LOOPBACK


def _is_address(name: str) -> bool:
    """Whether a host is a bare address: no name can be pointed elsewhere behind the browser's back then."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def foreign(call: Call, hosts: Hosts) -> ApiError | None:
    """The refusal of a call that comes from a page of somebody else."""
    host = call.headers.get("host", "")
    if not hosts.hold(host):
        return ApiError(403, "The desk does not answer to this name: the Host header is not its own.")
    if call.method in READS:
        return None
    site = call.headers.get("sec-fetch-site", "none").lower()
    said = call.headers.get("origin") or call.headers.get("referer")
    if site not in OWN_SITES or (said is not None and not _same(said, host, hosts)):
        return ApiError(403, "The desk takes no writes from pages of another origin.")
    return None


def _same(said: str, host: str, hosts: Hosts) -> bool:
    """Whether an Origin or Referer is a page of the host; `null` and what cannot be read is not."""
    try:
        parts = urlsplit(said.lower())
    except ValueError:
        return False
    # Beyond loopback a proxy may stand in front and speak TLS; what it is called is still the Host it passes on.
    schemes = {"http", "https"} if hosts.beyond else {"http"}
    return parts.scheme in schemes and parts.netloc == host.lower()
