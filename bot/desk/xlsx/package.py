"""Opens an .xlsx file that may be anything: what could hurt is refused before a parser sees it.

Such a file is a zip of XML. It is refused if it unpacks to too much, is encrypted, is no zip, holds no
workbook, or brings a document type of its own: those let a small text grow without end or name other files,
and the file format forbids them.
"""

from __future__ import annotations

from io import BytesIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from bot.desk.errors import ApiError, bad_request

MAX_UNPACKED = 512 * 1024 * 1024  #: bytes; ten million cells are about 450 million
MAX_PARTS = 10_000
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  #: how .xls files and encrypted .xlsx files begin
WORKBOOK_PART = "[Content_Types].xml"
PIECE = 65_536

NOT_XLSX = "This is not an .xlsx file."
OLD = "This is an .xls file or a workbook with a password: save it as .xlsx without a password first."
TOO_LARGE = f"The file unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB, the most the desk reads."
DAMAGED = "The file is damaged, or not written as .xlsx files are."


def opened(data: bytes) -> ZipFile:
    """The file's parts, all of them safe to parse."""
    if data.startswith(OLD_OFFICE):
        raise bad_request(OLD)
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, OSError):
        raise bad_request(NOT_XLSX) from None
    members = archive.infolist()
    names = [member.filename for member in members]
    if WORKBOOK_PART not in names:
        raise bad_request(NOT_XLSX)
    # What a part says of its size is where reading it stops, so a lie here cannot make it larger.
    if len(members) > MAX_PARTS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise bad_request(TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise bad_request(OLD)
    if len(set(names)) < len(names):
        raise bad_request(DAMAGED)
    for name in names:
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_document_type(archive, name)
    return archive


class _RootReached(Exception):
    """Raised when the part has begun without a document type."""


def _refuse_document_type(archive: ZipFile, name: str) -> None:
    def found_root(*_: object) -> None:
        raise _RootReached

    def found_type(*_: object) -> None:
        raise bad_request(DAMAGED)

    parser = expat.ParserCreate()
    parser.StartElementHandler = found_root
    parser.StartDoctypeDeclHandler = found_type
    try:
        with archive.open(name) as part:
            while piece := part.read(PIECE):
                parser.Parse(piece, False)
    except _RootReached:
        return
    except ApiError:
        raise
    except Exception:  # noqa: BLE001 - unpackers and parsers fail in a dozen ways on damaged parts
        raise bad_request(DAMAGED) from None
