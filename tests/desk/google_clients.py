"""Ways to Google that lead to a desk: the libraries are as they are, only their transport takes another turn."""

from __future__ import annotations

from typing import Any

import httplib2
import requests

GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")


def redirected(url: str, desk: str) -> str:
    """An address of Google's as the same one of a desk's."""
    for address in GOOGLE:
        url = url.replace(address, desk)
    return url


class Session(requests.Session):
    """What gspread speaks HTTP with."""

    def __init__(self, desk: str):
        super().__init__()
        self._desk = desk

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        return super().request(method, redirected(url, self._desk), *args, **kwargs)


class Http(httplib2.Http):
    """What google-api-python-client and pygsheets speak HTTP with."""

    def __init__(self, desk: str):
        super().__init__(timeout=10)
        self._desk = desk

    def request(self, uri: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(redirected(uri, self._desk), *args, **kwargs)
