"""Reads the file that names a desk's users, and tells everything that is wrong with it at once.

    - {email: anna@example.com, role: owner, token: …}
    - {email: bot@project.iam.gserviceaccount.com, role: editor, key: service-account.json}

A key is what a service account's signature is checked with: a public key as PEM, or the JSON key the account
itself logs in with. Its path counts from where the file lies.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from bot.desk.access.accounts import Account
from bot.desk.access.users import ROLES

FIELDS = ("email", "role", "token", "key")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,}")  #: what a header and a cookie carry as it is


class UsersFileError(ValueError):
    """A users file that cannot be used; every problem is a sentence."""

    def __init__(self, path: Path, problems: list[str]):
        self.problems = problems
        super().__init__(f"{path}: " + " ".join(problems))


def accounts_in(path: Path) -> list[Account]:
    """The users a file names."""
    import yaml  # noqa: PLC0415 - only a desk with users reads a file

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsersFileError(path, [f"The users file cannot be read: {error}."]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        # What the parser says may quote the line, and in the line may be a token.
        raise UsersFileError(path, [f"The users file is not YAML{place}."]) from None
    problems: list[str] = []
    accounts = _accounts(entries, path.parent, problems)
    if problems:
        raise UsersFileError(path, problems)
    return accounts


def _accounts(entries: Any, folder: Path, problems: list[str]) -> list[Account]:
    if not isinstance(entries, list) or not entries:
        problems.append("The users file must be a list with at least one user.")
        return []
    accounts = []
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict):
            accounts.append(_account(entry, f"User {number}", folder, problems))
        else:
            problems.append(f"User {number}: must have an email, a role and a token or key.")
    if not any(one.role == "owner" for one in accounts):
        problems.append("At least one user must have the role owner.")
    for name, values in (
        ("email", [one.email.casefold() for one in accounts]),
        ("token", [one.token for one in accounts if one.token]),
    ):
        if len(set(values)) < len(values):
            problems.append(f"Two users have the same {name}.")
    return accounts


def _account(entry: dict[str, Any], who: str, folder: Path, problems: list[str]) -> Account:
    def wrong(sentence: str) -> None:
        problems.append(f"{who}: {sentence}")

    unknown = [str(name) for name in entry if name not in FIELDS]
    if unknown:
        wrong(f"unknown {', '.join(unknown)}; known are {', '.join(FIELDS)}.")
    email, role = entry.get("email"), entry.get("role")
    if not isinstance(email, str) or not EMAIL.fullmatch(email):
        wrong("email must be an e-mail address.")
    if role not in ROLES:
        wrong(f"role must be one of {', '.join(ROLES)}.")
    token, key = entry.get("token"), entry.get("key")
    if token is None and key is None:
        wrong("needs a token, or a key if it is a service account.")
    if token is not None and (not isinstance(token, str) or not TOKEN.fullmatch(token)):
        wrong("token must be text of at least 8 letters, digits or ._~+/=-; put a number in quotes.")
    public_key = b""
    if key is not None:
        try:
            public_key = _public_key(folder / str(key), str(email))
        except (OSError, ValueError) as error:
            wrong(f"key cannot be used: {error}.")
    return Account(str(email), str(role), str(token or ""), public_key)


def _public_key(path: Path, email: str) -> bytes:
    """The public half of a key file."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only keys need it

    content = path.read_bytes()
    if not content.lstrip().startswith(b"{"):
        try:
            serialization.load_pem_public_key(content)
        except ValueError:
            raise ValueError(
                f"{path.name} is neither a public key as PEM nor a service account's key"
            ) from None
        return content
    account = orjson.loads(content)
    if account.get("client_email") != email:
        raise ValueError(f"{path.name} is the key of another account")
    try:
        private = serialization.load_pem_private_key(str(account.get("private_key", "")).encode(), None)
    except (ValueError, TypeError):
        raise ValueError(f"{path.name} holds no private key") from None
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
