"""Programs that write to a desk until they have written enough or the desk is gone, and say what was acknowledged.

Run as a program it is one writer: `python writers.py URL BOOK NAME COUNT`, a line for each acknowledged write.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

GONE = (OSError, http.client.HTTPException)


def appended(url: str, book: str, name: str, count: int) -> Iterator[tuple[str, str]]:
    """Append rows and then mark each as done beside it: what was written, and where, once it is acknowledged."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    for number in range(count):
        text = f"{name}-{number}"
        path = "/values/A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
        answer = _asked(connection, "POST", book, path, [[text]])
        if answer is None:
            return
        at = answer["updates"]["updatedRange"].rpartition("!")[2]
        yield text, at
        beside = at.replace("A", "B")
        if _asked(connection, "PUT", book, f"/values/{beside}?valueInputOption=RAW", [[text]]) is None:
            return
        yield text, beside
    connection.close()


def _asked(
    connection: http.client.HTTPConnection, method: str, book: str, path: str, values: list[list[str]]
) -> dict[str, dict[str, str]] | None:
    """The answer to a write; none if the desk has gone."""
    target = f"/v4/spreadsheets/{quote(book)}{path}"
    try:
        connection.request(method, target, json.dumps({"values": values}))
        response = connection.getresponse()
        body = response.read()
    except GONE:
        return None
    if response.status != 200:
        raise RuntimeError(body.decode())
    return dict(json.loads(body))


if __name__ == "__main__":
    for text, at in appended(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])):
        sys.stdout.write(f"{text} {at}\n")
