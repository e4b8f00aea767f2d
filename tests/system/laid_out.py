"""A workbook that `init` has laid out with all it can: roles, views and guide; its whole layout as one value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from bot.app import build_app
from bot.desk import Desk
from bot.init import Initialised, foreseen, initialise
from bot.settings import MailSettings, Settings, WorkbookSettings
from sheets_schema import LAID_OUT, TEAM
from sheets_schema.titles import tabs_among

Request = dict[str, Any]

PEOPLE = (
    ["Lina Berg", "lina@sales.example", "", "Sales, Lead", "", True],
    ["王芳", "wangfang@sales.example", "", "销售", "", True],
    ['Bo "Q" =1+1', "bo@sales.example", "", "Sales", "", True],
    ["Fay", "fay@sales.example", "", "Finance", "", True],
    ["Max", "max@sales.example", "", "仓库", "", True],
    ["Gone", "gone@sales.example", "", "Sales", "", False],
)
_SHOWN = (
    "namedRanges,sheets(properties,conditionalFormats,protectedRanges,filterViews,basicFilter,charts,developerMetadata,"
    "data(columnMetadata,rowData(values(userEnteredValue,userEnteredFormat,dataValidation,note))))"
)
#: What is another one when a thing is made anew.
_IDS = {"protectedRangeId", "filterViewId", "chartId", "namedRangeId", "metadataId", "requestingUserCanEdit"}


class LaidOut:
    """A workbook, the bot that lays it out, and a person with every right."""

    def __init__(self, desk: Desk, folder: Path, language: str, key: str = "") -> None:
        self.language, self._desk = language, desk
        self.key = key or desk.workbook("Orders", "Asia/Shanghai", "en_US")
        self.url = f"{desk.url}/v4/spreadsheets/{self.key}"
        settings = Settings(
            workbook=WorkbookSettings(self.key, desk.url),
            mail=MailSettings("orders@sales.example", "127.0.0.1", desk.smtp_port, security="none"),
            language=language,
            state=f"sqlite:///{folder / 'bot.db'}",
        )
        self.app = replace(build_app(settings), reporter=None)
        self.session = requests.Session()

    def init(self, *, with_guide: bool = False) -> Initialised:
        return initialise(self.app, with_guide=with_guide)

    def dry_run(self, *, with_guide: bool = False) -> Initialised:
        return foreseen(self.app, with_guide=with_guide)

    def lay_out(self) -> None:
        """Everything there is to lay out."""
        self.init(with_guide=True)
        self.write(f"'{TEAM.title(self.language)}'!A2", PEOPLE)
        self.init()

    def copied(self) -> str:
        """The key of a copy."""
        answer = self.session.post(f"{self._desk.url}/drive/v3/files/{self.key}/copy", json={}, timeout=10)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def shorten(self, rows: int) -> None:
        """Leave so many rows in each tab that has more, so that a round of vandals takes less time."""
        heights = {
            s["properties"]["sheetId"]: s["properties"]["gridProperties"]["rowCount"]
            for s in self.get("sheets.properties")["sheets"]
        }
        self.do(
            *(
                {
                    "deleteDimension": {
                        "range": {"sheetId": i, "dimension": "ROWS", "startIndex": rows, "endIndex": h}
                    }
                }
                for i, h in heights.items()
                if h > rows
            )
        )

    def write(self, cells: str, values: Any) -> None:
        params = {"valueInputOption": "RAW"}
        url = f"{self.url}/values/{cells}"
        answer = self.session.put(url, json={"values": values}, params=params, timeout=10)
        assert answer.status_code == 200, answer.text

    def do(self, *changes: Request) -> None:
        if changes:
            answer = self.session.post(
                f"{self.url}:batchUpdate", json={"requests": list(changes)}, timeout=10
            )
            assert answer.status_code == 200, answer.text

    def get(self, fields: str, *ranges: str) -> dict[str, Any]:
        params: dict[str, Any] = {"fields": fields, "ranges": ranges}
        answer = self.session.get(self.url, params=params, timeout=10)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sheets(self) -> dict[str, dict[str, Any]]:
        """Title -> all that stands in and over the tab, the first rows' cells among it."""
        titles = [s["properties"]["title"] for s in self.get("sheets.properties")["sheets"]]
        rows = {title: 4 if tabs_among(LAID_OUT, [title]) else 60 for title in titles}
        found = self.get(_SHOWN, *(f"'{title}'!1:{last}" for title, last in rows.items()))
        tabs = {s["properties"]["title"]: s for s in found["sheets"]}
        return {**tabs, "": {"namedRanges": found.get("namedRanges", [])}}

    def layout(self) -> dict[str, Any]:
        """All of it, as `normal` has it."""
        return normal(self.sheets())

    def writes_of(self, act: Callable[[], Any]) -> list[str]:
        """Which of its calls changed, or tried to change, the workbook."""
        url = f"{self._desk.url}/_desk/requests"
        self.session.delete(url, timeout=10)
        act()
        calls = self.session.get(url, timeout=10).json()
        return [c["path"] for c in calls if c["method"] != "GET" and c["path"].startswith("/v4/")]

    def close(self) -> None:
        self.app.state.close()
        self.session.close()


def normal(sheets: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The tabs in a form in which two layouts that look and work alike are equal."""
    return {title: _normal(sheet) for title, sheet in sheets.items()}


def _normal(sheet: dict[str, Any]) -> dict[str, Any]:
    plain = _without_ids(sheet)
    for name in ("protectedRanges", "filterViews", "charts", "namedRanges", "developerMetadata"):
        plain[name] = sorted(json.dumps(one, sort_keys=True) for one in plain.get(name, []))
    rules: dict[str, list[str]] = {}
    # Of the rules of one column the first that fits wins; between columns there is no order.
    for rule in plain.pop("conditionalFormats", []):
        column = str(rule["ranges"][0].get("startColumnIndex", 0))
        rules.setdefault(column, []).append(json.dumps(rule, sort_keys=True))
    # A row of Summary is of one kind, so that of its looks no two fit.
    looks = {column: sorted(found) for column, found in rules.items() if all("=$L1=" in one for one in found)}
    return {**plain, "rules": rules | looks}


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(one) for one in value]
    if isinstance(value, str) and value.startswith("='"):
        # Quotes around a title that needs none go when a formula is led along.
        return value.replace("'", "")
    if not isinstance(value, dict):
        return value
    return {name: _without_ids(one) for name, one in value.items() if name not in _IDS}
