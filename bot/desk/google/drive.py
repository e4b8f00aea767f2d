"""The part of the Drive API that clients of spreadsheets use: list, get, create, copy, rename, delete, export.

Every file is a spreadsheet. Permissions decide who may see and write a workbook, once the
desk has users.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from bot.desk import masks
from bot.desk.access import protection
from bot.desk.book.workbook import Workbook, new_file_id, new_sheet, new_workbook
from bot.desk.changes.sheets import copied
from bot.desk.circumstances import last_told
from bot.desk.errors import MESSAGE_OF_CODE, ApiError, bad_request
from bot.desk.google import contents, drive_permissions, drive_search
from bot.desk.google.drive_permissions import body_of
from bot.desk.store import Store
from bot.desk.wire import Answer, Call, answer_of

MIME = "application/vnd.google-apps.spreadsheet"
SHORT = ("kind", "id", "name", "mimeType")
KEPT = (
    "description",
    "starred",
    "trashed",
    "properties",
    "appProperties",
)  #: fields of a file that are only kept

Json = dict[str, Any]


def file_of(book: Workbook, lag: float) -> Json:
    """A workbook as a Drive file, which tells of changes some seconds late."""
    change = last_told(book, lag)
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": MIME,
        "starred": False,
        "trashed": False,
        **book.meta.get("file", {}),
        "parents": ["root"],
        "version": str(change.version),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{book.id}/edit?usp=drivesdk",
        "createdTime": book.meta["createdTime"],
        "modifiedTime": change.modified,
        "owners": [{"kind": "drive#user", "displayName": book.owner, "emailAddress": book.owner}],
        "shared": bool(book.meta.get("permissions")),
        "permissions": drive_permissions.of(book),
    }


def _listed(store: Store, call: Call, _: str) -> Answer:
    seen = store.sharing.seen_by(call.user, store.workbooks.values())
    files = [file_of(book, store.circumstances.modified_time_lag) for book in seen]
    files, token = drive_search.page(files, call)
    fields = call.get("fields")
    if not fields:
        files = [{name: one[name] for name in SHORT} for one in files]
    value = {"kind": "drive#fileList", "incompleteSearch": False, "files": files}
    if token:
        value["nextPageToken"] = token
    return answer_of(call, masks.pruned(value, masks.parse(fields) if fields else {}))


def _made(store: Store, call: Call, _: str) -> Answer:
    body = body_of(call)
    if body.get("mimeType", MIME) != MIME:
        raise bad_request("The desk keeps spreadsheets only.")
    _refuse_folders([*(body.get("parents") or []), call.get("addParents") or "root"])
    book = new_workbook(new_file_id(), body.get("name") or "Untitled")
    book.sheets.append(new_sheet(0, "Sheet1"))
    store.add(book, call.user)
    return _one(store, call, book)


def _one(store: Store, call: Call, book: Workbook) -> Answer:
    value = file_of(book, store.circumstances.modified_time_lag)
    fields = call.get("fields")
    if fields:
        return answer_of(call, masks.pruned(value, masks.parse(fields)))
    return answer_of(call, {name: value[name] for name in SHORT})


def _got(store: Store, call: Call, id_: str) -> Answer:
    book = store.get(id_)
    if call.get("alt") == "media":
        text = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise ApiError(403, text, [{"reason": "fileNotDownloadable"}])
    return _one(store, call, book)


def _patched(store: Store, call: Call, id_: str) -> Answer:
    body = body_of(call)
    book = store.get(id_)
    _refuse_folders([call.get("addParents") or "root"])
    if body.keys() - {"name", "mimeType", *KEPT}:
        text = "The resource body includes fields which are not directly writable."
        raise ApiError(403, text, [{"reason": "fieldNotWritable"}])
    kept = {name: body[name] for name in KEPT if body.get(name) is not None}

    def change() -> None:
        if body.get("name"):
            book.meta["properties"]["title"] = str(body["name"])
        if kept:
            book.meta["file"] = {**book.meta.get("file", {}), **kept}

    if body.get("name") or kept:
        store.change(book, change, call.user)
    return _one(store, call, book)


def _refuse_folders(parents: list[str]) -> None:
    for parent in parents:
        if parent != "root":
            raise ApiError(
                404, f"File not found: {parent}.", [{"locationType": "parameter", "location": "fileId"}]
            )


def _deleted(store: Store, call: Call, id_: str) -> Answer:
    if store.sharing.role(store.get(id_), call.user) == "editor" and not store.sharing.everybody:
        raise ApiError(403)
    store.remove(id_)
    return Answer(204, b"", "text/html")


def _copied(store: Store, call: Call, id_: str) -> Answer:
    source = store.get(id_)
    body = body_of(call)
    _refuse_folders(body.get("parents") or [])
    properties = source.meta["properties"]
    book = new_workbook(new_file_id(), body.get("name") or f"Copy of {source.title}")
    book.meta["properties"] = {**properties, "title": book.title}
    for sheet in source.sheets:
        book.sheets.append(copied(source, book, sheet, sheet.id, sheet.title))
        if sheet.properties.get("hidden"):
            book.sheets[-1].properties["hidden"] = True
    book.meta["namedRanges"] = [dict(one) for one in source.meta.get("namedRanges", [])]
    store.add(book, call.user)
    return _one(store, call, book)


def _exported(store: Store, call: Call, id_: str) -> Answer:
    kind = call.get("mimeType") or ""
    return Answer(200, contents.exported(store.get(id_), kind), kind)


def _uploaded(store: Store, call: Call, id_: str) -> Answer:
    """A CSV file in place of all the sheets (Drive v2's upload with conversion)."""
    book = store.get(id_)

    def replace() -> None:
        protection.refuse_everything(book)
        book.sheets[:] = [contents.sheet_of(book, call.body, "text/csv", book.title)]

    store.change(book, replace, call.user)
    return answer_of(call, {"kind": "drive#file", "id": book.id, "title": book.title, "mimeType": MIME})


def _made_of_file(store: Store, call: Call, _: str) -> Answer:
    """A new spreadsheet of an .xlsx or CSV file, which the desk converts whether asked to or not."""
    file = contents.upload(call)
    book, _left_out = contents.workbook_of(file, contents.title_of(file, call.get("name")))
    store.add(book, call.user)
    return _one(store, call, book)


def _no_comments(store: Store, call: Call, id_: str) -> Answer:
    store.get(id_)
    return answer_of(call, {"comments": []})


def _about(_: Store, call: Call, __: str) -> Answer:
    fields = call.get("fields")
    if not fields:
        raise bad_request("The 'fields' parameter is required for this method.")
    me = {
        "kind": "drive#user",
        "displayName": call.user.email.partition("@")[0],
        "emailAddress": call.user.email,
    }
    value = {"kind": "drive#about", "user": {**me, "me": True}}
    return answer_of(call, masks.pruned(value, masks.parse(fields)))


FILE = r"/drive/v[23]/files/(?P<id>[^/]+)"
ROUTES: list[tuple[str, re.Pattern[str], Callable[[Store, Call, str], Answer]]] = [
    (method, re.compile(pattern), action)
    for method, pattern, action in (
        ("GET", r"/drive/v3/files(?P<id>)", _listed),
        ("POST", r"/drive/v3/files(?P<id>)", _made),
        ("GET", FILE, _got),
        ("PATCH", FILE, _patched),
        ("DELETE", FILE, _deleted),
        ("POST", FILE + "/copy", _copied),
        ("GET", FILE + "/export", _exported),
        ("GET", FILE + "/comments", _no_comments),
        ("GET", FILE + "/permissions", drive_permissions.listed),
        ("POST", FILE + "/permissions", drive_permissions.created),
        ("GET", FILE + r"/permissions/[^/]+", drive_permissions.got),
        ("PATCH", FILE + r"/permissions/[^/]+", drive_permissions.updated),
        ("DELETE", FILE + r"/permissions/[^/]+", drive_permissions.deleted),
        ("GET", r"/drive/v3/about(?P<id>)", _about),
        ("POST", r"/upload/drive/v3/files(?P<id>)", _made_of_file),
        ("PUT", r"/upload/drive/v2/files/(?P<id>[^/]+)", _uploaded),
    )
]


def _refuse_unseen(store: Store, call: Call, id_: str) -> None:
    """Drive knows nothing of a file to whom may not see it, and takes no change from whom may only look."""
    book = store.workbooks.get(id_)
    if book is None:
        return
    if store.sharing.role(book, call.user) is None:
        raise ApiError(404)
    copies = call.path.endswith("/copy")
    if call.method != "GET" and not copies and not store.sharing.may_write(book, call.user):
        raise ApiError(403)


def answer(store: Store, call: Call) -> Answer:
    """What Drive would answer to a call on `/drive/` or `/upload/`."""
    for method, pattern, action in ROUTES:
        match = pattern.fullmatch(call.path) if method == call.method else None
        if match:
            try:
                _refuse_unseen(store, call, unquote(match["id"]))
                return action(store, call, unquote(match["id"]))
            except ApiError as error:
                if error.code == 404 and not error.details and error.message.startswith("Requested"):
                    detail = {"locationType": "parameter", "location": "fileId"}
                    raise ApiError(404, f"File not found: {match['id']}.", [detail]) from None
                if error.code == 403 and error.message == MESSAGE_OF_CODE[403]:
                    text = "The user does not have sufficient permissions for this file."
                    raise ApiError(403, text, [{"reason": "insufficientFilePermissions"}]) from None
                raise
    raise ApiError(404, "Not Found")
