"""The token endpoint for service accounts: takes the signed claim google-auth sends and gives a token.

A desk without configured users has nobody's public key and looks at the claim's shape only. With configured
users the signature must be that of the user the claim names; a service account that is not among them gets a
token that opens nothing but what is shared with anyone.
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

from bot.desk.access.accounts import Users
from bot.desk.access.users import OWNER, STRANGER, User
from bot.desk.wire import Answer, Call, answer_of

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST = 3600 + 60  #: seconds a claim may live, with a minute of clock skew
LIFETIME = 3600  #: seconds a token lives


class Tokens:
    """The logins of service accounts."""

    def __init__(self, users: Users):
        self._users = users
        self.claims: deque[dict[str, Any]] = deque(maxlen=50)  #: the last claims, newest first

    def grant(self, call: Call) -> Answer:
        """Exchange a JWT for an access token, as oauth2.googleapis.com/token does."""
        form = {name: values[-1] for name, values in parse_qs(call.body.decode("latin-1")).items()}
        if form.get("grant_type") != GRANT:
            return _refused(
                call, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}"
            )
        assertion = form.get("assertion", "")
        try:
            header, claims = (_decoded(part) for part in assertion.split(".")[:2])
        except (ValueError, binascii.Error):
            return _refused(call, "invalid_request", "Bad Request")
        problem = _problem(header, claims, assertion)
        if problem:
            return _refused(call, "invalid_grant", problem)
        user = self._user(str(claims["iss"]), assertion)
        if user is None:
            return _refused(call, "invalid_grant", "Invalid JWT Signature.")
        token = "desk." + secrets.token_urlsafe(24)
        self.claims.appendleft(claims)
        self._users.give(user, token, LIFETIME)
        return answer_of(call, {"access_token": token, "expires_in": LIFETIME - 1, "token_type": "Bearer"})

    def _user(self, email: str, assertion: str) -> User | None:
        """The user a claim is really from; none if its signature is somebody else's."""
        if self._users.open:
            return OWNER
        account = self._users.account(email)
        if account is None:
            return STRANGER
        return account.user if account.public_key and _signed_by(account.public_key, assertion) else None


def _decoded(part: str) -> dict[str, Any]:
    value = orjson.loads(_bytes(part))
    if not isinstance(value, dict):
        raise ValueError(part)  # noqa: TRY004 - one error for every malformed claim
    return value


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _problem(header: dict[str, Any], claims: dict[str, Any], assertion: str) -> str | None:
    if header.get("alg") != "RS256" or assertion.count(".") != 2 or assertion.endswith("."):
        return "Invalid JWT: must be signed with RS256."
    for name in ("iss", "aud", "exp", "iat", "scope"):
        if not claims.get(name):
            return f"Invalid JWT: missing claim {name}."
    now = time.time()
    try:
        issued, expires = float(claims["iat"]), float(claims["exp"])
    except (TypeError, ValueError):
        return "Invalid JWT: iat and exp must be numbers."
    if not now - 60 <= expires <= now + LONGEST or issued > now + 60:
        return (
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
            "Check your iat and exp values in the JWT claim."
        )
    return None


def _signed_by(public_key: bytes, assertion: str) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only a desk with users needs it
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - the same

    signed, _, signature = assertion.rpartition(".")
    key = load_pem_public_key(public_key)
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(_bytes(signature), signed.encode(), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _refused(call: Call, error: str, description: str) -> Answer:
    return answer_of(call, {"error": error, "error_description": description}, 400)
