"""google-api-python-client against the desk: the Sheets and Drive API as Google describes them itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import httplib2
import openpyxl
import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload, set_user_agent

from bot.desk import Desk
from tests.desk.client import grid, rows
from tests.desk.google_clients import Http

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"


@pytest.fixture(scope="module")
def http(desk: Desk) -> Iterator[httplib2.Http]:
    transport = Http(desk.url)
    yield transport
    transport.close()


@pytest.fixture(scope="module")
def sheets(http: httplib2.Http) -> Any:
    return build("sheets", "v4", http=http).spreadsheets()


@pytest.fixture(scope="module")
def drive(http: httplib2.Http) -> Any:
    return build("drive", "v3", http=http)


@pytest.fixture
def id_(sheets: Any) -> str:
    made = sheets.create(
        body={"properties": {"title": "From Google's client"}}, fields="spreadsheetId"
    ).execute()
    body = {"values": [["No.", "Name"], ["1", "李明"], ["2", "Anna"]]}
    sheets.values().update(
        spreadsheetId=made["spreadsheetId"], range="A1", body=body, valueInputOption="RAW"
    ).execute()
    return str(made["spreadsheetId"])


# Sheets


def test_only_the_address_needs_to_be_another(desk: Desk) -> None:
    options = {"api_endpoint": desk.url}
    with build("sheets", "v4", credentials=AnonymousCredentials(), client_options=options) as service:  # type: ignore[no-untyped-call]
        made = service.spreadsheets().create(body={"properties": {"title": "Elsewhere"}}).execute()
    assert made["properties"]["title"] == "Elsewhere"
    options = {"api_endpoint": f"{desk.url}/drive/v3/"}
    with build("drive", "v3", credentials=AnonymousCredentials(), client_options=options) as service:  # type: ignore[no-untyped-call]
        assert service.files().get(fileId=made["spreadsheetId"]).execute()["name"] == "Elsewhere"


def test_a_workbook_is_made_with_all_it_holds(sheets: Any) -> None:
    body = {
        "properties": {"title": "Whole", "locale": "zh_CN", "timeZone": "Asia/Shanghai"},
        "sheets": [
            {
                "properties": {"title": "订单", "gridProperties": {"rowCount": 20, "frozenRowCount": 1}},
                "data": [
                    {"rowData": [{"values": [{"userEnteredValue": {"stringValue": "编号"}, "note": "n"}]}]}
                ],
            },
            {"properties": {"title": "客户"}},
        ],
    }
    made = sheets.create(body=body).execute()
    fields = "properties(title,locale),sheets(properties.title,data.rowData.values(formattedValue,note))"
    read = sheets.get(spreadsheetId=made["spreadsheetId"], includeGridData=True, fields=fields).execute()
    assert read["properties"] == {"title": "Whole", "locale": "zh_CN"}
    assert [one["properties"]["title"] for one in read["sheets"]] == ["订单", "客户"]
    assert read["sheets"][0]["data"][0]["rowData"][0]["values"] == [{"formattedValue": "编号", "note": "n"}]


def test_values_are_written_and_read_in_every_way(sheets: Any, id_: str) -> None:
    values = sheets.values()
    appended = values.append(
        spreadsheetId=id_, range="A1", valueInputOption="USER_ENTERED", body={"values": [["3", "=1+1"]]}
    ).execute()
    assert appended["updates"]["updatedRange"] == "Sheet1!A4:B4"
    values.batchUpdate(
        spreadsheetId=id_,
        body={"valueInputOption": "RAW", "data": [{"range": "D1:D2", "values": [["x"], ["y"]]}]},
    ).execute()
    read = values.batchGet(
        spreadsheetId=id_, ranges=["A4:B4", "D1:D2"], valueRenderOption="FORMULA"
    ).execute()
    assert [one["values"] for one in read["valueRanges"]] == [[[3, "=1+1"]], [["x"], ["y"]]]
    values.clear(spreadsheetId=id_, range="D1").execute()
    values.batchClear(spreadsheetId=id_, body={"ranges": ["D2"]}).execute()
    assert "values" not in values.get(spreadsheetId=id_, range="D1:D2").execute()


def test_what_data_filters_select_is_read_written_and_cleared(sheets: Any, id_: str) -> None:
    place = {"metadataKey": "order", "visibility": "DOCUMENT", "location": {"dimensionRange": rows(1, 2)}}
    requests = [{"createDeveloperMetadata": {"developerMetadata": place}}]
    reply = sheets.batchUpdate(spreadsheetId=id_, body={"requests": requests}).execute()["replies"][0]
    metadata_id = reply["createDeveloperMetadata"]["developerMetadata"]["metadataId"]
    chosen = {"developerMetadataLookup": {"metadataKey": "order"}}
    assert (
        sheets.developerMetadata().get(spreadsheetId=id_, metadataId=metadata_id).execute()["metadataKey"]
        == "order"
    )
    found = sheets.developerMetadata().search(spreadsheetId=id_, body={"dataFilters": [chosen]}).execute()
    assert len(found["matchedDeveloperMetadata"]) == 1
    body = {"valueInputOption": "RAW", "data": [{"dataFilter": chosen, "values": [["1", "Li Ming"]]}]}
    sheets.values().batchUpdateByDataFilter(spreadsheetId=id_, body=body).execute()
    read = sheets.values().batchGetByDataFilter(spreadsheetId=id_, body={"dataFilters": [chosen]}).execute()
    assert read["valueRanges"][0]["valueRange"]["values"] == [["1", "Li Ming"]]
    part = sheets.getByDataFilter(
        spreadsheetId=id_, body={"dataFilters": [{"gridRange": grid(1, 1, 2, 2)}], "includeGridData": True}
    ).execute()
    assert part["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "Li Ming"
    sheets.values().batchClearByDataFilter(spreadsheetId=id_, body={"dataFilters": [chosen]}).execute()
    assert sheets.values().get(spreadsheetId=id_, range="A1:A3").execute()["values"] == [["No."], [], ["2"]]


def test_a_batch_of_changes_says_what_came_of_it(sheets: Any, id_: str) -> None:
    body = {
        "requests": [
            {"addSheet": {"properties": {"sheetId": 7, "title": "Team"}}},
            {"repeatCell": {"range": grid(0, 0, 1, 2), "fields": "userEnteredFormat.textFormat.bold",
                            "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}}}},
            {"findReplace": {"find": "Anna", "replacement": "Bo", "allSheets": True}},
        ],
        "includeSpreadsheetInResponse": True,
    }  # fmt: skip
    answer = sheets.batchUpdate(spreadsheetId=id_, body=body).execute()
    assert answer["replies"][0]["addSheet"]["properties"]["sheetId"] == 7
    assert answer["replies"][2]["findReplace"]["occurrencesChanged"] == 1
    assert len(answer["updatedSpreadsheet"]["sheets"]) == 2


def test_a_tab_is_copied_to_another_workbook(sheets: Any, id_: str) -> None:
    other = sheets.create(body={}).execute()["spreadsheetId"]
    body = {"destinationSpreadsheetId": other}
    copied = sheets.sheets().copyTo(spreadsheetId=id_, sheetId=0, body=body).execute()
    assert copied["title"] == "Copy of Sheet1"
    read = sheets.values().get(spreadsheetId=other, range="'Copy of Sheet1'!B2").execute()
    assert read["values"] == [["李明"]]


def test_a_refusal_arrives_with_its_reason(sheets: Any, id_: str) -> None:
    with pytest.raises(HttpError, match="Unable to parse range") as refused:
        sheets.values().get(spreadsheetId=id_, range="Nowhere!A1").execute()
    assert refused.value.resp.status == 400
    with pytest.raises(HttpError, match=r"requests\[0\]") as refused:
        sheets.batchUpdate(
            spreadsheetId=id_, body={"requests": [{"addSheet": {"properties": {"colour": 1}}}]}
        ).execute()
    assert refused.value.error_details[0]["fieldViolations"]


def test_a_call_is_repeated_when_the_desk_is_away(own_desk: Desk, sheets: Any) -> None:
    id_ = own_desk.workbook("Shaky", locale="en_US")
    transport = Http(own_desk.url)
    fault = b'[{"match": "/values/", "status": 503, "times": 2}]'
    transport.request(f"{own_desk.url}/_desk/faults", "PUT", body=fault)
    get = sheets.values().get(spreadsheetId=id_, range="A1")
    get._sleep = lambda _: None  # the waits are the library's own; nobody has to sit through them
    assert get.execute(http=transport, num_retries=3)["range"] == "Sheet1!A1"


# Several calls in one


def test_several_calls_travel_in_one_request(sheets: Any, drive: Any, id_: str, http: httplib2.Http) -> None:
    answers: dict[str, Any] = {}

    def take(name: str, answer: Any, error: Exception | None) -> None:
        answers[name] = error or answer

    service = build("sheets", "v4", http=http)
    batch = service.new_batch_http_request(callback=take)
    batch.add(sheets.values().get(spreadsheetId=id_, range="B2"), request_id="read")
    batch.add(
        sheets.values().update(
            spreadsheetId=id_, range="B3", valueInputOption="RAW", body={"values": [["安娜"]]}
        ),
        request_id="write",
    )
    batch.add(sheets.values().get(spreadsheetId=id_, range="Nowhere!B2"), request_id="refused")
    batch.add(sheets.values().get(spreadsheetId=id_, range="B3"), request_id="written")
    batch.execute()
    assert answers["read"]["values"] == [["李明"]]
    assert answers["written"]["values"] == [["安娜"]]
    assert answers["refused"].resp.status == 400
    files = drive.new_batch_http_request(callback=take)
    files.add(drive.files().get(fileId=id_), request_id="file")
    files.add(
        drive.permissions().create(fileId=id_, body={"type": "anyone", "role": "reader"}), request_id="shared"
    )
    files.execute()
    assert (answers["file"]["id"], answers["shared"]["id"]) == (id_, "anyoneWithLink")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/mixed; boundary=b", b"nothing"),
        ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--"),
        (
            "multipart/mixed; boundary=b",
            b"--b\r\nContent-Type: application/http\r\n\r\nGET /batch HTTP/1.1\r\n\r\n--b--",
        ),
        ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: application/http\r\n\r\n\xff\x00\r\n--b--"),
        ("multipart/mixed", b"--b\r\n\r\n--b--"),
    ],
)
def test_a_batch_that_is_none_is_refused(desk: Desk, http: httplib2.Http, kind: str, body: bytes) -> None:
    response, content = http.request(f"{desk.url}/batch", "POST", body=body, headers={"Content-Type": kind})
    inner = response.status == 200 and b"HTTP/1.1 40" in content
    assert response.status == 400 or inner


# Drive


def test_files_are_made_found_changed_and_deleted(drive: Any) -> None:
    files = drive.files()
    made = files.create(
        body={"name": "Ledger of 李明's", "mimeType": SPREADSHEET}, fields="id,webViewLink"
    ).execute()
    assert "/spreadsheets/d/" in made["webViewLink"]
    files.update(
        fileId=made["id"], body={"name": "Ledger 2026", "description": "old", "starred": True}
    ).execute()
    shown = files.get(fileId=made["id"], fields="name,description,starred,trashed,owners,shared").execute()
    assert (shown["name"], shown["description"], shown["starred"], shown["shared"]) == (
        "Ledger 2026",
        "old",
        True,
        False,
    )
    copy = files.copy(fileId=made["id"], body={"name": "Ledger copy"}).execute()
    names = {
        one["name"] for one in files.list(q="name contains 'Ledger'", fields="files(name)").execute()["files"]
    }
    assert names == {"Ledger 2026", "Ledger copy"}
    files.update(fileId=copy["id"], body={"trashed": True}).execute()
    query = "(name contains 'ledger' or name = 'x') and not trashed = true and 'root' in parents"
    assert [one["id"] for one in files.list(q=query).execute()["files"]] == [made["id"]]
    files.delete(fileId=copy["id"]).execute()
    with pytest.raises(HttpError, match="File not found"):
        files.get(fileId=copy["id"]).execute()


def test_many_files_come_in_pages_and_in_order(drive: Any) -> None:
    files = drive.files()
    for number in (2, 3, 1):
        files.create(body={"name": f"Paged {number}", "mimeType": SPREADSHEET}).execute()
    query = {"q": "name contains 'Paged' and modifiedTime > '2020-01-01T00:00:00'", "orderBy": "name desc"}
    request = files.list(**query, pageSize=2, fields="nextPageToken,files(name)")
    pages = []
    while request is not None:
        answer = request.execute()
        pages.append([one["name"] for one in answer["files"]])
        request = files.list_next(request, answer)
    assert pages == [["Paged 3", "Paged 2"], ["Paged 1"]]


@pytest.mark.parametrize(
    "query",
    [
        "name ~ 'x'",
        "name =",
        "fullText contains 'x'",
        "(name = 'x'",
        "name = 'x' or",
        "properties has {}",
        "é",
    ],
)
def test_a_search_the_desk_cannot_do_is_refused(drive: Any, query: str) -> None:
    with pytest.raises(HttpError, match="Invalid Value"):
        drive.files().list(q=query).execute()


def test_a_file_is_shared_with_others(drive: Any, id_: str) -> None:
    permissions = drive.permissions()
    anna = {"type": "user", "role": "reader", "emailAddress": "anna@example.com"}
    made = permissions.create(fileId=id_, body=anna, sendNotificationEmail=False).execute()
    again = permissions.create(fileId=id_, body={**anna, "role": "writer"}).execute()
    assert again["id"] == made["id"]
    permissions.update(fileId=id_, permissionId=made["id"], body={"role": "commenter"}).execute()
    shown = permissions.get(fileId=id_, permissionId=made["id"], fields="role,emailAddress").execute()
    assert shown == {"role": "commenter", "emailAddress": "anna@example.com"}
    assert [one["role"] for one in permissions.list(fileId=id_).execute()["permissions"]] == [
        "owner",
        "commenter",
    ]
    query = "'anna@example.com' in readers"
    assert id_ in [one["id"] for one in drive.files().list(q=query).execute()["files"]]
    permissions.delete(fileId=id_, permissionId=made["id"]).execute()
    with pytest.raises(HttpError, match="Permission not found"):
        permissions.get(fileId=id_, permissionId=made["id"]).execute()


@pytest.mark.parametrize(
    "body",
    [
        {"type": "user", "role": "writer"},
        {"role": "reader"},
        {"type": "anyone", "role": "king"},
        {"type": "x", "role": "reader"},
    ],
)
def test_a_permission_nobody_could_have_is_refused(drive: Any, id_: str, body: dict[str, str]) -> None:
    with pytest.raises(HttpError) as refused:
        drive.permissions().create(fileId=id_, body=body).execute()
    assert refused.value.resp.status == 400


def test_the_owner_stays_the_owner(drive: Any, id_: str) -> None:
    with pytest.raises(HttpError, match="owner"):
        drive.permissions().delete(fileId=id_, permissionId="owner").execute()
    anna = {"type": "user", "role": "owner", "emailAddress": "anna@example.com"}
    with pytest.raises(HttpError, match="ownership"):
        drive.permissions().create(fileId=id_, body=anna, transferOwnership=True).execute()


def test_a_file_is_exported_and_uploaded(sheets: Any, drive: Any, id_: str) -> None:
    text = drive.files().export(fileId=id_, mimeType="text/csv").execute()
    assert list(csv.reader(io.StringIO(text.decode())))[1] == ["1", "李明"]
    taken = io.BytesIO()
    download = MediaIoBaseDownload(taken, drive.files().export_media(fileId=id_, mimeType=XLSX))
    while not download.next_chunk()[1]:
        pass
    assert [cell.value for cell in openpyxl.load_workbook(taken).worksheets[0]["B"]] == [
        "Name",
        "李明",
        "Anna",
    ]
    media = MediaIoBaseUpload(io.BytesIO(taken.getvalue()), mimetype=XLSX)
    body = {"name": "Back again", "mimeType": SPREADSHEET}
    made = drive.files().create(body=body, media_body=media, fields="id,name").execute()
    assert made["name"] == "Back again"
    assert sheets.values().get(spreadsheetId=made["id"], range="A2:B2").execute()["values"] == [["1", "李明"]]


def test_a_spreadsheet_has_no_bytes_to_download(drive: Any, id_: str) -> None:
    with pytest.raises(HttpError, match="Use Export"):
        drive.files().get_media(fileId=id_).execute()


def test_the_desk_says_who_is_calling(drive: Any) -> None:
    assert "@" in drive.about().get(fields="user(emailAddress)").execute()["user"]["emailAddress"]
    with pytest.raises(HttpError, match="fields"):
        drive.about().get().execute()


def test_answers_are_compressed_for_a_client_that_says_so(desk: Desk, sheets: Any, id_: str) -> None:
    transport = set_user_agent(Http(desk.url), "my-program (gzip)")
    assert len(sheets.get(spreadsheetId=id_).execute(http=transport)["sheets"]) == 1
