"""Who calls: the users of a desk, and how a call says which of them it comes from.

Without configured users everybody is let in: calls of the desk's own pages act as a person, all others as the
owner. With configured users a bearer token says who calls; in a browser the same token is a cookie, which
counts for pages, and for the APIs only together with the header that pages send. A page elsewhere in the
browser cannot send that header without being asked first, and the desk answers no such question.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from time import monotonic

from bot.desk.access.users import OWNER, PERSON, User
from bot.desk.errors import ApiError
from bot.desk.wire import Call

COOKIE = "desk-token"
PAGE_HEADER = "x-desk-page"
APIS = ("/v4/", "/drive/", "/upload/", "/batch", "/_desk/")  #: where a cookie alone does not count
#: A browser asks for its stream of events itself and can send no header with it; the stream only tells that
#: something changed, and no page of another origin can read it.
EVENTS = "/_desk/events"
KEPT_TOKENS = 10_000  #: tokens given to service accounts; the oldest are forgotten first
UNREGISTERED = (
    "Method doesn't allow unregistered callers (callers without established identity). "
    "Please use API Key or other form of API consumer identity to call this API."
)


@dataclass(frozen=True, slots=True)
class Account:
    """A configured user and how it proves to be that user."""

    email: str
    role: str
    token: str = ""  #: none: only a signed login at /token
    public_key: bytes = b""  #: PEM; what a service account's signature is checked with

    @property
    def user(self) -> User:
        """The user alone, without its secrets."""
        return User(self.email, self.role)


class Users:
    """The users of one desk and the tokens that stand for them."""

    def __init__(self, accounts: Sequence[Account] = ()):
        self.accounts = tuple(accounts)
        self._configured = {_digest(one.token): one.user for one in accounts if one.token}
        self._given: OrderedDict[bytes, tuple[User, float]] = OrderedDict()

    @property
    def open(self) -> bool:
        """Whether anybody may come in."""
        return not self.accounts

    @property
    def owner(self) -> User:
        """The owner of every workbook that has no other."""
        return next((one.user for one in self.accounts if one.role == "owner"), OWNER)

    def account(self, email: str) -> Account | None:
        """The configured user with an address."""
        return next((one for one in self.accounts if one.email.casefold() == email.casefold()), None)

    def give(self, user: User, token: str, seconds: float) -> None:
        """Let a token stand for a user for some time."""
        self._given[_digest(token)] = (user, monotonic() + seconds)
        while len(self._given) > KEPT_TOKENS:
            self._given.popitem(last=False)

    def known(self, token: str) -> User | None:
        """The user a token stands for."""
        # Looked up by digest: how long that takes says nothing about how much of a token was guessed right.
        digest = _digest(token)
        user, until = self._given.get(digest, (None, 0.0))
        return user if until > monotonic() else self._configured.get(digest)

    def calling(self, call: Call) -> User:
        """The user a call comes from; a 401 for an unknown token, a 403 without one."""
        if self.open:
            return PERSON if from_page(call) else OWNER
        authorization = call.headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            user = self.known(token.strip()) if scheme.lower() == "bearer" else None
        elif (cookie := _cookie(call)) and (
            from_page(call) or call.path == EVENTS or not call.path.startswith(APIS)
        ):
            user = self.known(cookie)
        else:
            raise ApiError(403, UNREGISTERED)
        if user is None:
            raise ApiError(401)
        return user


def from_page(call: Call) -> bool:
    """Whether a call says it comes from the desk's own pages."""
    return call.headers.get(PAGE_HEADER) == "1"


def _cookie(call: Call) -> str | None:
    try:
        found = SimpleCookie(call.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
