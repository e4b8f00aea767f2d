"""HTTP to the Sheets API through gspread's client: deadlines, packed answers, and failures in our own words.

Nothing here retries a write: one without a clear answer is `WriteUnclear`, and the next snapshot settles it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.adapters.request_count import RequestCount
from bot.lean_imports import without, without_siblings
from bot.ports import WorkbookError, WorkbookRefused, WriteUnclear
from bot.survey import unpacked

if TYPE_CHECKING:
    from gspread.http_client import HTTPClient
    from requests import Response, Session

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
#: Google compresses only for clients whose User-Agent says gzip too (Sheets API, performance guide).
USER_AGENT = "order-desk/0.1 (gzip)"

_CONNECT_SECONDS, SILENCE_SECONDS, _WHOLE_ANSWER_SECONDS = 10.0, 60.0, 180.0
_CHUNK = 1 << 20


class SheetsHttp:
    """One login and one connection that is kept."""

    def __init__(self, credentials: Mapping[str, Any] | None, silence_seconds: float) -> None:
        self._account = str((credentials or {}).get("client_email", ""))
        self._client = _http_client(_session(credentials), silence_seconds)
        self.requests = RequestCount()

    def set_timeout(self, seconds: tuple[float, float]) -> None:
        """How long to wait for a connection, and for each word of an answer."""
        self._client.set_timeout(seconds)

    def get(self, url: str, params: Mapping[str, object]) -> Response:
        """Ask; the answer's body is still to be read."""
        return self.call("GET", url, {**params, "prettyPrint": "false"}, None)

    def call(self, method: str, url: str, params: Mapping[str, object], body: object) -> Response:
        """Any request. Raises a WorkbookError that says whether a write may have happened."""
        from google.auth.exceptions import GoogleAuthError, TransportError  # noqa: PLC0415 - heavy; see _http_client
        from gspread.exceptions import APIError  # noqa: PLC0415
        from requests.exceptions import ConnectionError as NoConnection  # noqa: PLC0415
        from requests.exceptions import ConnectTimeout, RequestException  # noqa: PLC0415

        data = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        self.requests.count(is_read=method == "GET")
        try:
            return self._client.request(method, url, params=dict(params), data=data, headers=headers)  # type: ignore[arg-type] # gspread's annotation is narrower than requests'
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
        said = f"{status} {_without_values(text)}"
        if status == 401:
            hint = "The service account's key is not accepted (any more): make a new one for workbook.credentials."
            return WorkbookRefused(f"Not logged in: {said}", hint=hint)
        if status == 403 and "API has not been used" in text:
            hint = "Enable the Google Sheets API in the Google Cloud project that the service account belongs to."
            return WorkbookRefused(f"Not allowed: {said}", hint=hint)
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

    def json(self, response: Response) -> dict[str, Any]:
        """The answer's object."""
        try:
            answer = json.loads(unpacked(body_of(response), encoding_of(response)))
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
        except (ValueError, KeyError, TypeError):
            # The cause is left out: it may quote a line of the key.
            raise WorkbookRefused(
                "The service account key is not usable.",
                hint="Download the key again as JSON and put it where workbook.credentials points.",
            ) from None
        session = AuthorizedSession(key)  # type: ignore[no-untyped-call] # as above
    session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
    from bot.adapters.hurried_http import hurried  # noqa: PLC0415 - loads requests

    adapter = hurried(lambda: _WHOLE_ANSWER_SECONDS)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    # The environment's proxies and .netrc have no business between the bot and Google, nor on loopback.
    session.trust_env = credentials is not None
    session.stream = True
    return session


def _http_client(session: Session, silence_seconds: float) -> HTTPClient:
    with without_siblings("gspread"):
        # As a whole it brings a login by browser along, 3 MB in an idle worker that has a service account.
        from gspread.http_client import HTTPClient  # noqa: PLC0415 - 11 MB; `bot --help` need not pay for it

    client = HTTPClient(None, session)  # type: ignore[arg-type] # a session of one's own goes with no credentials
    client.set_timeout((_CONNECT_SECONDS, silence_seconds))
    return client


def body_of(response: Response) -> bytes:
    """The body as it came over the wire."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - loaded with requests

    raw = response.raw
    chunks = []
    trouble = ""
    try:
        while chunk := raw.read1(_CHUNK):
            chunks.append(chunk)
        if raw.length_remaining:
            trouble = "broke off"
    except (HTTPError, OSError) as error:
        trouble = f"broke off: {_short(error)}"
    if trouble:
        response.close()
        raise WorkbookError(f"The spreadsheet's answer {trouble}.")
    raw.release_conn()
    return b"".join(chunks)


def encoding_of(response: Response) -> str:
    """How the body is packed: "gzip" or ""."""
    return str(response.headers.get("Content-Encoding", ""))


def _short(error: BaseException) -> str:
    """The error in a few words: the outermost name and nothing that could carry a secret."""
    cause = error
    while cause.__cause__ is not None or (cause.args and isinstance(cause.args[0], BaseException)):
        inner = cause.__cause__ or cause.args[0]
        if not isinstance(inner, BaseException) or inner is cause:
            break
        cause = inner
    return type(cause).__name__


def _without_values(text: str) -> str:
    """What Google says went wrong on one line, without the cells and addresses that it quotes."""
    spoken = re.sub(r"\S*@\S*", "…", re.sub(r'"[^"]*"?', '"…"', text))
    return " ".join(spoken.split())[:200]


def _never_sent(error: BaseException) -> bool:
    """True when the connection was not even made."""
    return any(
        word in repr(error) for word in ("NewConnectionError", "ConnectTimeout", "NameResolutionError")
    )


def _retry_after(response: Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None
