"""The desk without its sockets: every call and the answer to it, one at a time."""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from bot.desk import pages
from bot.desk.access.users import STRANGER, User
from bot.desk.changes import kinds
from bot.desk.errors import ApiError, bad_request
from bot.desk.google import batch, drive, sheets_api
from bot.desk.pages import login
from bot.desk.parts import Parts
from bot.desk.schema import checked
from bot.desk.switches import control
from bot.desk.wire import Answer, Call, answer_of, compressed, refusal

CACHE_BYTES = 96 * 1024 * 1024


@dataclass(slots=True)
class _Kept:
    revision: int
    plain: Answer
    gzipped: Answer | None = None

    @property
    def size(self) -> int:
        return len(self.plain.body) + (len(self.gzipped.body) if self.gzipped else 0)


class Answers:
    """Answers to reads, kept while their workbook stays as it is: bots poll."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, ...], revision: int) -> _Kept | None:
        """The kept answer to a call, if the workbook has not changed since."""
        kept = self._kept.get(key)
        if kept is None or kept.revision != revision:
            return None
        self._kept.move_to_end(key)
        return kept

    def put(self, key: tuple[str, ...], kept: _Kept) -> None:
        """Keep an answer and drop the ones unused for longest."""
        old = self._kept.pop(key, None)
        self._size += kept.size - (old.size if old else 0)
        self._kept[key] = kept
        while self._size > CACHE_BYTES and self._kept:
            _, dropped = self._kept.popitem(last=False)
            self._size -= dropped.size


class Core:
    """Everything the desk does: which part answers which call, and who may make it."""

    def __init__(self, parts: Parts):
        self.parts = parts
        self.store = parts.store
        self._answers = Answers()

    def answer(self, call: Call) -> Answer:
        """The answer to a call, compressed if the client takes it so."""
        # Cells are millions of small objects without cycles. Handling many of them makes the collector look
        # through all of them again and again, which takes four times as long as the work itself.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return self._answer(call)
        finally:
            if collecting:
                gc.enable()

    def _answer(self, call: Call) -> Answer:
        try:
            call = self.named(call)
        except ApiError as error:
            return login.asked_first(call, error) or refusal(call, error)
        full = self.store.circumstances.refusal(call, self.parts.users.open)
        if full is not None:
            return full
        try:
            if call.path.startswith("/v4/"):
                return self._sheets(call)
            answer = self._other(call)
        except ApiError as error:
            answer = refusal(call, error)
        return compressed(answer) if call.takes_gzip and answer.body else answer

    def _sheets(self, call: Call) -> Answer:
        id_ = sheets_api.spreadsheet_id(call.path)
        book = self.store.find(id_) if id_ else None
        if book is not None and not self.store.sharing.role(book, call.user):
            raise ApiError(403)
        if call.method != "GET" or book is None:
            answer = answer_of(call, sheets_api.answer(self.store, call))
            return compressed(answer) if call.takes_gzip else answer
        key = (call.path, call.query_string, call.user.email)
        kept = self._answers.get(key, book.revision)
        if kept is None:
            kept = _Kept(book.revision, answer_of(call, sheets_api.answer(self.store, call)))
        if call.takes_gzip and kept.gzipped is None:
            kept = _Kept(kept.revision, kept.plain, compressed(kept.plain))
        self._answers.put(key, kept)
        return kept.gzipped if call.takes_gzip and kept.gzipped else kept.plain

    def _other(self, call: Call) -> Answer:
        if batch.is_batch(call):
            return batch.answer(call, self._answer)
        if call.path.startswith(("/drive/", "/upload/")):
            return drive.answer(self.store, call)
        if call.path == "/token" and call.method == "POST":
            return self.parts.tokens.grant(call)
        if call.path.startswith("/_desk/"):
            return control.answer(self.parts, call)
        if call.path.startswith("/mail") and not self.parts.reads_mail(call.user):
            raise ApiError(403)
        return pages.answer(self.parts, call)

    def named(self, call: Call) -> Call:
        """The call with the user it comes from; raises ApiError where there is none."""
        return replace(call, user=self._user(call))

    def _user(self, call: Call) -> User:
        """Who calls; everybody may come as far as the doors where one says who one is."""
        if call.path.startswith(login.FREE):
            return STRANGER
        return self.parts.users.calling(call)

    def edit(self, call: Call, wanted: dict[str, Any]) -> None:
        """Apply another person's requests, as a fault asks for."""
        id_ = wanted.get("spreadsheetId") or sheets_api.spreadsheet_id(call.path)
        if not id_:
            raise bad_request("The edit of a fault needs a spreadsheetId here.")
        book = self.store.get(id_)
        body = checked("BatchUpdateSpreadsheetRequest", {"requests": wanted.get("requests", [])})
        self.store.change(book, lambda: kinds.apply(book, body.get("requests", [])))
