"""Where a person says who they are: a token goes in, a cookie no script can read comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from bot.desk.access.accounts import APIS, COOKIE
from bot.desk.errors import ApiError
from bot.desk.wire import Answer, Call

if TYPE_CHECKING:
    from bot.desk.parts import Parts

FREE = ("/login", "/static/", "/token")  #: what answers without a login
KEPT = f"{COOKIE}={{}}; Path=/; HttpOnly; SameSite=Strict"
GONE = f"{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"


def answer(desk: Parts, call: Call, rest: list[str]) -> Answer:
    """`/login` asks and takes the token, `/login/out` forgets it."""
    if desk.users.open:
        return _led_to("/")
    if rest == ["out"] and call.method == "POST":
        return _led_to("/login", GONE)
    if rest or call.method not in {"GET", "HEAD", "POST"}:
        raise ApiError(404)
    if call.method != "POST":
        return _asked(desk, call, _inside(call.get("next") or ""))
    form = {name: values[-1] for name, values in parse_qs(call.body.decode("latin-1")).items()}
    token = form.get("token", "").strip()
    target = _inside(form.get("next", ""))
    if desk.users.known(token) is None:
        return _asked(desk, call, target, wrong=True)
    return _led_to(target, KEPT.format(token))


def asked_first(call: Call, error: ApiError) -> Answer | None:
    """The way to the login, for a person who comes to a page without one; programs get their refusal."""
    person = "text/html" in call.headers.get("accept", "") and "authorization" not in call.headers
    if error.code not in {401, 403} or not person or call.method != "GET" or call.path.startswith(APIS):
        return None
    here = call.path + (f"?{call.query_string}" if call.query_string else "")
    return _led_to(f"/login?next={quote(here, safe='')}")


def _asked(desk: Parts, call: Call, target: str, *, wrong: bool = False) -> Answer:
    return desk.frame.page(call, "login.html", status=401 if wrong else 200, target=target, wrong=wrong)


def _inside(address: str) -> str:
    """An address on this desk to go on to; anything else, which may lead elsewhere, becomes the home page."""
    plain = address.isprintable() and address.isascii() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


def _led_to(address: str, cookie: str = "") -> Answer:
    headers = [("location", address)]
    if cookie:
        headers.append(("set-cookie", cookie))
    return Answer(303, b"", "text/plain; charset=utf-8", tuple(headers))
