"""The workbook behind the Google Sheets API, spoken to through gspread's HTTP client.

    read   GET  values:batchGet         all tabs, raw bytes kept as they came
    about  GET  spreadsheets/{id}       titles, zone, marker
    write  POST {id}:batchUpdate        all edits of a step in one atomic request

gspread's convenience layer is left out: it guesses types, guesses tables, retries appends, and has no deadline.
Every value is written as `userEnteredValue.stringValue` or a number, never as something Sheets would parse, so text
from a form can not become a formula. Nothing here retries a write: an unclear one is settled by the next snapshot.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.adapters.sheets_layout import (
    BOX_FIELDS,
    LAYOUT_FIELDS,
    OBJECT_FIELDS,
    box_ranges,
    with_boxes,
    with_layout,
)
from bot.adapters.sheets_wire import marker_of, quoted, requests_for, rows_shown, sheet_of
from bot.lean_imports import without
from bot.ports import About, Place, Reading, Sheet, WorkbookError, WorkbookRefused, WriteUnclear
from bot.projection import Edit, SetMarker
from bot.survey import unpacked
from sheets_schema import TABS, Cell
from sheets_schema.titles import find_tab

if TYPE_CHECKING:
    from gspread.http_client import HTTPClient
    from requests import Response, Session

GOOGLE = "https://sheets.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
#: Google compresses only for clients whose User-Agent says gzip too (Sheets API, performance guide).
USER_AGENT = "order-desk/0.1 (gzip)"

_CONNECT_SECONDS, _SILENCE_SECONDS, _WHOLE_ANSWER_SECONDS = 10.0, 60.0, 180.0
_CHUNK = 1 << 20
_ABOUT_FIELDS = (
    "spreadsheetUrl,properties(title,timeZone,locale),sheets(properties(sheetId,title,gridProperties)),"
    "developerMetadata(metadataId,metadataKey,metadataValue)"
)


class GoogleWorkbook:
    """One spreadsheet on Google, or on the local desk when `endpoint` says so."""

    def __init__(
        self, spreadsheet_id: str, endpoint: str = "", credentials: Mapping[str, Any] | None = None,
        silence_seconds: float = _SILENCE_SECONDS,
    ) -> None:  # fmt: skip
        self._endpoint = (endpoint or GOOGLE).rstrip("/")
        self._key = spreadsheet_id
        self._url = f"{self._endpoint}/v4/spreadsheets/{quote(spreadsheet_id, safe='')}"
        self._account = str((credentials or {}).get("client_email", ""))
        self._http = _http_client(_session(credentials), silence_seconds)
        self._about: About | None = None
        self._tabs: dict[str, Sheet] = {}

    def about(self, *, layout: bool = False) -> About:
        """Titles, zone and marker; `layout` adds headers, formats and looks with up to two more calls."""
        fields = f"{_ABOUT_FIELDS},{OBJECT_FIELDS}" if layout else _ABOUT_FIELDS
        found = self._json(self._get(self._url, {"fields": fields}))
        sheets = [sheet_of(s["properties"]) for s in found.get("sheets", [])]
        if layout and sheets:
            ranges = [f"{quoted(s.title)}!1:2" for s in sheets]
            details = self._json(self._get(self._url, {"fields": LAYOUT_FIELDS, "ranges": ranges}))
            sheets = with_layout(sheets, found["sheets"], details.get("sheets", []))
            boxes = box_ranges(sheets)
            if boxes:
                details = self._json(self._get(self._url, {"fields": BOX_FIELDS, "ranges": boxes}))
                sheets = with_boxes(sheets, details.get("sheets", []))
        marker, marker_id = marker_of(found.get("developerMetadata", []))
        properties = found.get("properties", {})
        about = About(
            self._key,
            properties.get("title", ""), found.get("spreadsheetUrl", ""), properties.get("timeZone", ""),
            properties.get("locale", ""), tuple(sheets), marker, marker_id,
        )  # fmt: skip
        self._about = about
        self._tabs = {}
        for sheet in sheets:
            tab = find_tab(TABS, sheet.title)
            if tab is not None:
                self._tabs.setdefault(tab.key, sheet)
        return about

    def read(self) -> Reading:
        """All tabs the bot works with, as Google sent them."""
        if self._about is None:
            self.about()
        tabs = tuple(tab.key for tab in TABS if tab.key in self._tabs)
        if not tabs:
            raise WorkbookRefused("The workbook has none of the tabs.", hint="Run: python -m bot init")
        params = {
            "ranges": [quoted(self._tabs[key].title) for key in tabs],
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "majorDimension": "ROWS",
        }
        response = self._get(f"{self._url}/values:batchGet", params)
        encoding = response.headers.get("Content-Encoding", "")
        return Reading(_body(response), encoding, tabs)

    def write(self, edits: Sequence[Edit], show: Collection[Place] = ()) -> Mapping[Place, Sequence[Cell]]:
        """All edits in one atomic request; its own answer shows the rows asked for."""
        if self._about is None:
            self.about()
        marker_id = self._about.marker_id if self._about else None
        answer = self._batch_update(requests_for(edits, self._tabs, marker_id), show)
        markers = [e.marker for e in edits if isinstance(e, SetMarker)]
        if markers and self._about is not None:
            made = [
                r["createDeveloperMetadata"]["developerMetadata"]["metadataId"]
                for r in answer.get("replies", [])
                if r
            ]
            marker_id = made[-1] if made else marker_id
            self._about = replace(self._about, marker=markers[-1], marker_id=marker_id)
        return rows_shown(answer, {sheet.sheet_id: key for key, sheet in self._tabs.items()})

    def build(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Requests of the Sheets API as they are, atomically."""
        self._batch_update(requests, ())

    def _batch_update(
        self, requests: Sequence[Mapping[str, object]], show: Collection[Place]
    ) -> dict[str, Any]:
        body: dict[str, object] = {"requests": list(requests)}
        fields = "replies(createDeveloperMetadata(developerMetadata(metadataId)))"
        if show:
            ranges = [f"{quoted(self._tabs[tab].title)}!{row}:{row}" for tab, row in show]
            body |= {
                "includeSpreadsheetInResponse": True,
                "responseRanges": ranges,
                "responseIncludeGridData": True,
            }
            fields += ",updatedSpreadsheet(sheets(properties(sheetId),data(startRow,rowData(values(effectiveValue)))))"
        params = {"fields": fields, "prettyPrint": "false"}
        return self._json(self._call("POST", f"{self._url}:batchUpdate", params, body))

    # ── HTTP ────────────────────────────────────────────────────────────────────────────────────────────────

    def _get(self, url: str, params: Mapping[str, object]) -> Response:
        return self._call("GET", url, {**params, "prettyPrint": "false"}, None)

    def _call(self, method: str, url: str, params: Mapping[str, object], body: object) -> Response:
        from google.auth.exceptions import GoogleAuthError, TransportError  # noqa: PLC0415 - heavy; see _http_client
        from gspread.exceptions import APIError  # noqa: PLC0415
        from requests.exceptions import ConnectionError as NoConnection  # noqa: PLC0415
        from requests.exceptions import ConnectTimeout, RequestException  # noqa: PLC0415

        data = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        try:
            return self._http.request(method, url, params=dict(params), data=data, headers=headers)  # type: ignore[arg-type] # gspread's annotation is narrower than requests'
        except APIError as error:
            raise self._api_error(method, error.response) from None
        except GoogleAuthError as error:
            if isinstance(error, TransportError) or error.retryable:
                raise WorkbookError(f"Google's login cannot be reached: {_short(error)}") from None
            raise WorkbookRefused(
                f"Google refused the service account's key: {_short(error)}",
                hint="Make a new key for the service account and put it where workbook.credentials points.",
            ) from None
        except (ConnectTimeout, NoConnection) as error:
            if method == "GET" or _never_sent(error):
                raise WorkbookError(f"The spreadsheet cannot be reached: {_short(error)}") from None
            raise WriteUnclear("The connection broke before the answer to a write came.") from None
        except (RequestException, OSError) as error:
            if method == "GET":
                raise WorkbookError(f"The spreadsheet did not answer: {_short(error)}") from None
            raise WriteUnclear(f"No clear answer to a write: {_short(error)}") from None

    def _api_error(self, method: str, response: Response) -> WorkbookError:
        status = response.status_code
        try:
            text = str(response.json()["error"]["message"])
        except (ValueError, KeyError, TypeError, OSError):
            text = response.reason or "no reason given"
        said = f"{status} {' '.join(text.split())[:200]}"
        if status == 401:
            hint = "The service account's key is not accepted (any more): make a new one for workbook.credentials."
            return WorkbookRefused(f"Not logged in: {said}", hint=hint)
        if status == 403:
            who = self._account or "the bot's account"
            return WorkbookRefused(
                f"Not allowed: {said}", hint=f"Share the spreadsheet with {who} as an editor."
            )
        if status == 404:
            return WorkbookRefused(
                f"Not found: {said}", hint="Check workbook.id: it is the key in the spreadsheet's address."
            )
        if status == 400:
            return WorkbookRefused(f"Refused: {said}")
        if status == 429:
            return WorkbookError(f"Too many requests: {said}", retry_after=_retry_after(response))
        if method != "GET":
            return WriteUnclear(f"No clear answer to a write: {said}")
        return WorkbookError(f"The spreadsheet answered: {said}", retry_after=_retry_after(response))

    def _json(self, response: Response) -> dict[str, Any]:
        try:
            answer = json.loads(_decoded(response))
        except ValueError as error:
            raise WriteUnclear("The answer is not JSON.") from error
        if not isinstance(answer, dict):
            raise WriteUnclear("The answer is not a JSON object.")
        return answer


def _session(credentials: Mapping[str, Any] | None) -> Session:
    """A session that keeps its connection and leaves bodies unread until they are wanted."""
    with without("chardet"):
        # requests prefers chardet when some other package has brought it along (yagmail's premailer does): 3 MB in an
        # idle worker for guessing encodings that JSON does not leave open.
        import requests  # noqa: PLC0415
    session: Session
    if credentials is None:
        session = requests.Session()
    else:
        from google.auth.transport.requests import AuthorizedSession  # noqa: PLC0415
        from google.oauth2.service_account import Credentials  # noqa: PLC0415

        try:
            key = Credentials.from_service_account_info(dict(credentials), scopes=[SCOPE])  # type: ignore[no-untyped-call] # google-auth is untyped here
        except (ValueError, KeyError, TypeError) as error:
            raise WorkbookRefused(
                "The service account key is not usable.",
                hint="Download the key again as JSON and put it where workbook.credentials points.",
            ) from error
        session = AuthorizedSession(key)  # type: ignore[no-untyped-call] # as above
    session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
    # The environment's proxies and .netrc have no business between the bot and Google, nor on loopback.
    session.trust_env = credentials is not None
    session.stream = True
    return session


def _http_client(session: Session, silence_seconds: float) -> HTTPClient:
    from gspread.http_client import HTTPClient  # noqa: PLC0415 - 30 MB; `bot --help` need not pay for it

    client = HTTPClient(None, session)  # type: ignore[arg-type] # a session of one's own goes with no credentials
    client.set_timeout((_CONNECT_SECONDS, silence_seconds))
    return client


def _body(response: Response) -> bytes:
    """The body as it came over the wire. A socket's timeout is no deadline: one byte a second never trips it."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - loaded with requests

    raw = response.raw
    deadline = time.monotonic() + _WHOLE_ANSWER_SECONDS
    chunks = []
    trouble = ""
    try:
        while chunk := raw.read1(_CHUNK):
            chunks.append(chunk)
            if time.monotonic() > deadline:
                trouble = "came too slowly"
                break
        if raw.length_remaining and not trouble:
            trouble = "broke off"
    except (HTTPError, OSError) as error:
        trouble = f"broke off: {_short(error)}"
    if trouble:
        response.close()
        raise WorkbookError(f"The spreadsheet's answer {trouble}.")
    raw.release_conn()
    return b"".join(chunks)


def _decoded(response: Response) -> bytes:
    return unpacked(_body(response), response.headers.get("Content-Encoding", ""))


def _short(error: BaseException) -> str:
    """The error in a few words: the outermost name and nothing that could carry a secret."""
    cause = error
    while cause.__cause__ is not None or (cause.args and isinstance(cause.args[0], BaseException)):
        inner = cause.__cause__ or cause.args[0]
        if not isinstance(inner, BaseException) or inner is cause:
            break
        cause = inner
    return type(cause).__name__


def _never_sent(error: BaseException) -> bool:
    """True when the connection was not even made."""
    return any(
        word in repr(error) for word in ("NewConnectionError", "ConnectTimeout", "NameResolutionError")
    )


def _retry_after(response: Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None


def read_key_file(path: Path) -> dict[str, Any]:
    """A service account's key. Raises WorkbookRefused with what to do when it is not one."""
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WorkbookRefused(
            f"There is no key file at {path}.", hint="Put the service account's key there."
        ) from None
    except (OSError, ValueError):
        raise WorkbookRefused(
            f"The key file {path} cannot be read as JSON.", hint="Download the key again."
        ) from None
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise WorkbookRefused(
            f"{path} is not a service account's key.", hint="Create a key of type JSON for a service account."
        )
    return key
