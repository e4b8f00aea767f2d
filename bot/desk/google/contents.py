"""Files people and programs take out of a workbook or make one of: .xlsx both ways, CSV of one sheet.

It knows of bytes, names and HTTP's ways to carry them, and nothing of who asks or where workbooks are kept.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import quote

import orjson

from bot.desk import xlsx
from bot.desk.book import cells
from bot.desk.book.workbook import (
    DEFAULT_COLUMNS,
    DEFAULT_ROWS,
    Sheet,
    Workbook,
    new_file_id,
    new_sheet,
    new_workbook,
)
from bot.desk.errors import bad_request
from bot.desk.wire import Answer, Call

SEPARATORS = {"text/csv": ",", "text/tab-separated-values": "\t"}
LONGEST_NAME = 120
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')
FOREIGN = re.compile(r"[^A-Za-z0-9._ -]")


@dataclass(frozen=True)
class Upload:
    """A file somebody sends, and what was said of it."""

    data: bytes
    type: str = ""
    about: dict[str, Any] = field(default_factory=dict)  #: Drive's metadata: name, mimeType


def exported(book: Workbook, kind: str) -> bytes:
    """A workbook in another format; as CSV its first sheet, as it is shown."""
    if kind == xlsx.MIME:
        return xlsx.exported(book)
    if kind not in SEPARATORS:
        raise bad_request("The requested conversion is not supported.")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATORS[kind], lineterminator="\r\n")
    rows = book.sheets[0].grid.rows
    width = max((len(row.values) for row in rows), default=0)
    for row in rows:
        writer.writerow(cells.formatted(row, column, book.locale) for column in range(width))
    return out.getvalue().removesuffix("\r\n").encode()


def download(book: Workbook) -> Answer:
    """A workbook as an .xlsx file a browser saves under the workbook's name."""
    named = ("content-disposition", attachment(f"{book.title}.xlsx"))
    return Answer(200, xlsx.exported(book), xlsx.MIME, (named,))


def attachment(name: str) -> str:
    """A Content-Disposition for a file name that may hold anything (RFC 6266, RFC 5987)."""
    stem, dot, ending = UNSAFE.sub("_", name).rpartition(".")
    whole = f"{stem[:LONGEST_NAME].strip(' .') or 'workbook'}{dot}{ending}"
    plain = FOREIGN.sub("_", whole)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"


def upload(call: Call) -> Upload:
    """The file in a call's body: alone, or behind its metadata in a `multipart/related` of two parts."""
    how = call.get("uploadType") or "media"
    header = Message()
    header["content-type"] = call.headers.get("content-type", "")
    if how == "media":
        return Upload(call.body, header.get_content_type())
    if how != "multipart":
        raise bad_request("The desk takes uploads of the types media and multipart.")
    boundary = header.get_boundary()
    if header.get_content_maintype() != "multipart" or not boundary:
        raise bad_request("A multipart upload needs a boundary.")
    pieces = call.body.split(b"--" + boundary.encode("latin-1", "replace"))
    if len(pieces) != 4:
        raise bad_request("A multipart upload needs two parts: metadata, then content.")
    (_, about), (kind, data) = _part(pieces[1]), _part(pieces[2])
    try:
        metadata = orjson.loads(about)
    except orjson.JSONDecodeError:
        metadata = None
    if not isinstance(metadata, dict):
        raise bad_request("The first part of a multipart upload must be the metadata in JSON.")
    return Upload(data, kind, metadata)


def _part(piece: bytes) -> tuple[str, bytes]:
    """Type and content of one part."""
    head, gap, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not gap:
        head, gap, data = piece.removeprefix(b"\n").partition(b"\n\n")
    fields = {}
    for line in head.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    data = data.removesuffix(b"\n").removesuffix(b"\r")
    if fields.get("content-transfer-encoding", "").lower() == "base64":
        raise bad_request("The desk takes uploads as they are, not in base64.")
    return fields.get("content-type", "").partition(";")[0].strip().lower(), data


def workbook_of(file: Upload, title: str) -> tuple[Workbook, dict[str, int]]:
    """A new workbook of an .xlsx or CSV file, in no store yet, and what of the file it leaves out."""
    if file.type in SEPARATORS:
        book = new_workbook(new_file_id(), title)
        book.sheets.append(sheet_of(book, file.data, file.type, "Sheet1"))
        return book, {}
    made = xlsx.imported(file.data, title)
    return made.book, made.left_out


def sheet_of(book: Workbook, data: bytes, kind: str, title: str) -> Sheet:
    """A sheet of a CSV file, its cells read as typed; it is not in the workbook yet."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=SEPARATORS[kind]))
    except (UnicodeDecodeError, csv.Error):
        raise bad_request("This is not a CSV file in UTF-8.") from None
    width = max((len(row) for row in rows), default=0)
    sheet = new_sheet(
        book.new_id() if book.sheets else 0, title, max(DEFAULT_ROWS, len(rows)), max(DEFAULT_COLUMNS, width)
    )
    for index, row in enumerate(rows):
        draft = sheet.grid.edit(index)
        for column, text in enumerate(row):
            draft.put(column, cells.with_value(book, None, text, typed=True))
        sheet.grid.put(index, draft)
    return sheet


def title_of(file: Upload, asked: str | None) -> str:
    """The name of the workbook a file becomes."""
    name = str(file.about.get("name") or asked or "Untitled")
    return re.sub(r"\.(?:xlsx|xlsm|csv|tsv)$", "", name, flags=re.IGNORECASE)[:400] or "Untitled"
