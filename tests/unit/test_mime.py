"""A mail's parts: only the levels that are needed, each found again by the standard library's parser."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from bot.mails.mime import content_id, file_name, written
from bot.planning.notices import Attachment, Picture
from tests.emails.reading import parsed
from tests.hostile import PAYLOADS

PNG = Picture("weeks", b"\x89PNG\r\n" + bytes(range(256)), 560, 300)
ROWS = Attachment("weekly-2026-W47.csv", "text/csv; charset=utf-8", b"a,b\r\n--=_boundary\r\n")
BODIES = ("Hello\nthere", "<p>Hello</p>")
HEADERS = {"From": "a@example.com", "To": "b@example.com", "Subject": "Hi"}


def mail(pictures: tuple[Picture, ...] = (), files: tuple[Attachment, ...] = ()) -> EmailMessage:
    cids = {content_id(p, "id:1", "example.com"): p for p in pictures}
    found = parsed(written(HEADERS, "id:1", BODIES, cids, files))
    assert all(not part.defects for part in found.walk())
    return found


def shape(part: EmailMessage) -> object:
    """The content types, nested as the parts are."""
    if not part.is_multipart():
        return part.get_content_type()
    return {part.get_content_type(): [shape(inner) for inner in part.iter_parts()]}  # type: ignore[arg-type]


ALTERNATIVE = {"multipart/alternative": ["text/plain", "text/html"]}
RELATED = {"multipart/related": [ALTERNATIVE, "image/png"]}


@pytest.mark.parametrize(
    ("pictures", "files", "expected"),
    [
        ((), (), ALTERNATIVE),
        ((PNG,), (), RELATED),
        ((), (ROWS,), {"multipart/mixed": [ALTERNATIVE, "text/csv"]}),
        ((PNG,), (ROWS,), {"multipart/mixed": [RELATED, "text/csv"]}),
    ],
    ids=["text", "with_a_picture", "with_a_file", "with_both"],
)
def test_a_mail_has_the_levels_it_needs(
    pictures: tuple[Picture, ...], files: tuple[Attachment, ...], expected: object
) -> None:
    assert shape(mail(pictures, files)) == expected


def test_every_level_has_a_boundary_of_its_own() -> None:
    found = mail((PNG,), (ROWS,))
    boundaries = [part.get_boundary() for part in found.walk() if part.is_multipart()]
    assert len(set(boundaries)) == len(boundaries) == 3


def test_what_went_in_comes_out_byte_by_byte() -> None:
    found = mail((PNG,), (ROWS,))
    picture = next(part for part in found.walk() if part.get_content_type() == "image/png")
    assert picture.get_payload(decode=True) == PNG.png
    assert picture["Content-ID"] == f"<{content_id(PNG, 'id:1', 'example.com')}>"
    assert picture.get_content_disposition() == "inline"
    (file,) = found.iter_attachments()
    assert file.get_payload(decode=True) == ROWS.content
    assert file.get_filename() == ROWS.name


def test_a_pictures_name_in_one_mail_is_not_its_name_in_another() -> None:
    assert content_id(PNG, "id:1", "example.com") != content_id(PNG, "id:2", "example.com")


@pytest.mark.parametrize("name", ["周报 2026-W47.xlsx", "Übersicht.csv", 'a"b;c.xlsx', "a b(1).csv"])
def test_a_name_in_any_script_arrives(name: str) -> None:
    (file,) = mail(files=(Attachment(name, "text/csv", b""),)).iter_attachments()
    assert file.get_filename() == file_name(name)
    assert file_name("周报 2026-W47.xlsx") == "周报 2026-W47.xlsx"


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_a_name_is_no_path_and_no_header(text: str) -> None:
    name = file_name(f"{text}.xlsx")
    assert 0 < len(name) <= 60
    assert not set('/\\:*?"<>|;\r\n\x00') & set(name)
    assert not name.startswith(".")
    (file,) = mail(files=(Attachment(f"{text}.xlsx", "text/csv", b""),)).iter_attachments()
    assert file.get_filename() == name
    assert set(file.keys()) == {"Content-Type", "Content-Disposition", "Content-Transfer-Encoding"}


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_text_from_cells_is_neither_a_pictures_name_nor_a_media_type(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        content_id(Picture(text + "\n", b"", 1, 1), "id", "example.com")
    with pytest.raises(ValueError, match="is not"):
        mail(files=(Attachment("a.csv", text + "\n", b""),))
