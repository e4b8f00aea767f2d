"""Drive's permissions: whom a workbook is shared with. Its owner is among them and stays who it is.

A permission belongs to an address: sharing with the same address again changes the role it has. Nobody is told by mail.
"""

from __future__ import annotations

import hashlib
from typing import Any

from bot.desk import masks
from bot.desk.book.workbook import Workbook
from bot.desk.errors import ApiError, bad_request
from bot.desk.store import Store
from bot.desk.wire import Answer, Call, answer_of

Json = dict[str, Any]

ROLES = {"reader", "commenter", "writer"}
#: Each type of permission and the field that says who is meant; anyone is nobody in particular.
TYPES = {"user": "emailAddress", "group": "emailAddress", "domain": "domain", "anyone": None}
SHORT = ("kind", "id", "type", "role")
#: The kinds of the fields of files and permissions that are looked at.
FIELDS: dict[str, type] = {
    **dict.fromkeys(
        ("name", "mimeType", "description", "role", "type", "emailAddress", "domain", "expirationTime"), str
    ),
    **dict.fromkeys(("starred", "trashed", "pendingOwner", "allowFileDiscovery"), bool),
    **dict.fromkeys(("properties", "appProperties"), dict),
    "parents": list,
}
WRITABLE = {
    "role",
    "type",
    "emailAddress",
    "domain",
    "allowFileDiscovery",
    "expirationTime",
    "view",
    "pendingOwner",
}


def of(book: Workbook) -> list[Json]:
    """Who a workbook is shared with, its owner first."""
    owner = {
        "kind": "drive#permission",
        "id": "owner",
        "type": "user",
        "role": "owner",
        "emailAddress": book.owner,
        "displayName": book.owner.partition("@")[0],
    }
    return [owner, *book.meta.get("permissions", [])]


def listed(store: Store, call: Call, id_: str) -> Answer:
    """permissions.list: all on one page."""
    shown = [_shown(call, one) for one in of(store.get(id_))]
    value = {"kind": "drive#permissionList", "permissions": shown}
    fields = call.get("fields")
    return answer_of(call, masks.pruned(value, masks.parse(fields) if fields else {}))


def got(store: Store, call: Call, id_: str) -> Answer:
    """permissions.get."""
    return _answer(call, _found(store.get(id_), call))


def created(store: Store, call: Call, id_: str) -> Answer:
    """permissions.create: somebody comes in, or has another role from now on."""
    given = {name: value for name, value in body_of(call).items() if name in WRITABLE and value is not None}
    book = store.get(id_)
    owner = of(book)[0]
    if given.get("role") == "owner" and given.get("emailAddress") == owner["emailAddress"]:
        return _answer(call, owner)  # clients that copy permissions give the owner what the owner has
    _refuse_role(given.get("role"))
    kind = given.get("type", "")
    if kind not in TYPES:
        raise bad_request("The permission type field is required.")
    key = TYPES[kind]
    if key is not None and not given.get(key):
        raise bad_request(f"The {key} field is required for permissions of type {kind}.")
    who = str(given[key]).casefold() if key else ""
    permission = {"kind": "drive#permission", "id": _id(kind, who), **given}
    others = [one for one in book.meta.get("permissions", []) if one["id"] != permission["id"]]
    store.change(book, lambda: book.meta.update(permissions=[*others, permission]), call.user)
    return _answer(call, permission)


def updated(store: Store, call: Call, id_: str) -> Answer:
    """permissions.update: another role; who is meant stays."""
    body = body_of(call)
    book = store.get(id_)
    old = _found(book, call)
    if old["role"] == "owner":
        raise ApiError(403, "The owner of a file cannot be removed.")
    _refuse_role(body.get("role"))
    changed = {name: body[name] for name in ("role", "expirationTime", "pendingOwner") if body.get(name)}
    new = {**old, **changed}
    kept = [new if one["id"] == old["id"] else one for one in book.meta["permissions"]]
    store.change(book, lambda: book.meta.update(permissions=kept), call.user)
    return _answer(call, new)


def deleted(store: Store, call: Call, id_: str) -> Answer:
    """permissions.delete."""
    book = store.get(id_)
    old = _found(book, call)
    if old["role"] == "owner":
        raise ApiError(403, "The owner of a file cannot be removed.")
    kept = [one for one in book.meta["permissions"] if one["id"] != old["id"]]
    store.change(book, lambda: book.meta.update(permissions=kept), call.user)
    return Answer(204, b"", "text/html")


def _found(book: Workbook, call: Call) -> Json:
    wanted = call.path.rsplit("/", 1)[-1]
    for one in of(book):
        if one["id"] == wanted:
            return one
    raise ApiError(404, f"Permission not found: {wanted}.")


def _id(kind: str, who: str) -> str:
    """The same for the same address, in every workbook, as Drive's are."""
    if kind == "anyone":
        return "anyoneWithLink"
    return str(int.from_bytes(hashlib.sha256(f"{kind} {who}".encode()).digest()[:8], "big")).zfill(20)


def _refuse_role(role: Any) -> None:
    if role == "owner":
        raise ApiError(403, "The local desk does not transfer ownership.")
    if role not in ROLES:
        raise bad_request("The specified role is invalid or not supported for the permission type.")


def body_of(call: Call) -> Json:
    """The JSON object a call brings; a 400 for any other JSON and for fields of another kind than Drive's."""
    body = call.json()
    if body is not None and not isinstance(body, dict):
        raise bad_request("Parse Error")
    for name, value in (body or {}).items():
        if value is not None and not isinstance(value, FIELDS.get(name, object)):
            raise bad_request(f"Invalid value for field {name}.")
    if not all(isinstance(parent, str) for parent in (body or {}).get("parents") or []):
        raise bad_request("Invalid value for field parents.")
    return body or {}


def _shown(call: Call, permission: Json) -> Json:
    """A permission in short where no fields are asked for."""
    if call.get("fields"):
        return permission
    return {name: permission[name] for name in SHORT if name in permission}


def _answer(call: Call, permission: Json) -> Answer:
    fields = call.get("fields")
    shown = masks.pruned(permission, masks.parse(fields) if fields else {})
    return answer_of(call, _shown(call, shown))
