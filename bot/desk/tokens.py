"""The token endpoint for service accounts: takes the signed claim google-auth sends and gives a token.

The signature is not checked, since the desk has nobody's public key; its shape and claims are.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from collections import deque
from typing import Any
from urllib.parse import parse_qs

import orjson

from bot.desk.wire import Answer, Call, answer_of

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST = 3600 + 60  #: seconds a claim may live, with a minute of clock skew


class Tokens:
    """Tokens given out, and who may use the desk."""

    def __init__(self, configured: dict[str, str] | None = None):
        self.users = dict(configured or {})  #: token -> e-mail address; empty = anybody may come in
        self.required = bool(configured)
        self.claims: deque[dict[str, Any]] = deque(maxlen=50)  #: the last claims, newest first

    def allows(self, call: Call) -> bool:
        """Whether a call may come in: with any or no token, unless tokens are configured."""
        if not self.required:
            return True
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and token in self.users

    def grant(self, call: Call) -> Answer:
        """Exchange a JWT for an access token, as oauth2.googleapis.com/token does."""
        form = {name: values[-1] for name, values in parse_qs(call.body.decode("latin-1")).items()}
        if form.get("grant_type") != GRANT:
            return _refused(
                call, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}"
            )
        try:
            header, claims = (_decoded(part) for part in form.get("assertion", "").split(".")[:2])
        except (ValueError, binascii.Error):
            return _refused(call, "invalid_request", "Bad Request")
        problem = _problem(header, claims, form["assertion"])
        if problem:
            return _refused(call, "invalid_grant", problem)
        token = "desk." + secrets.token_urlsafe(24)
        self.claims.appendleft(claims)
        if self.required:
            self.users[token] = str(claims["iss"])
        return answer_of(call, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})


def _decoded(part: str) -> dict[str, Any]:
    value = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(value, dict):
        raise ValueError(part)  # noqa: TRY004 - one error for every malformed claim
    return value


def _problem(header: dict[str, Any], claims: dict[str, Any], assertion: str) -> str | None:
    if header.get("alg") != "RS256" or assertion.count(".") != 2 or assertion.endswith("."):
        return "Invalid JWT: must be signed with RS256."
    for name in ("iss", "aud", "exp", "iat", "scope"):
        if not claims.get(name):
            return f"Invalid JWT: missing claim {name}."
    now = time.time()
    if not now - 60 <= float(claims["exp"]) <= now + LONGEST or float(claims["iat"]) > now + 60:
        return (
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
            "Check your iat and exp values in the JWT claim."
        )
    return None


def _refused(call: Call, error: str, description: str) -> Answer:
    return answer_of(call, {"error": error, "error_description": description}, 400)
