"""Checks request bodies against the types of the Google Sheets API v4.

The types (`sheets_v4.json`) are names and kinds of fields taken from Google's discovery document, revision
20261019, reduced to what a request body can reach. A check is strict where Google is strict: an unknown name
or a value of the wrong kind is a 400 with Google's text. It does not look at what the values mean.
"""

from __future__ import annotations

import math
import re
from importlib.resources import files
from typing import Any

import orjson

from bot.desk.errors import violations

TYPES: dict[str, dict[str, Any]] = orjson.loads(files("bot.desk").joinpath("sheets_v4.json").read_bytes())
PACKAGE = "type.googleapis.com/google.apps.sheets.v4."
LIST_VALUE = "type.googleapis.com/google.protobuf.ListValue"
SCALAR_NAMES = {
    "int32": "TYPE_INT32",
    "int64": "TYPE_INT64",
    "number": "TYPE_DOUBLE",
    "boolean": "TYPE_BOOL",
    "string": "TYPE_STRING",
}

Found = list[tuple[str, str]]


def checked(type_name: str, body: Any, root: str = "") -> dict[str, Any]:
    """`body` as a value of the type: nulls left out, snake_case names in camelCase; else a 400."""
    found: Found = []
    value = _message(type_name, {} if body is None else body, root, found)
    if found:
        raise violations(found)
    return value if isinstance(value, dict) else {}


def snake(name: str) -> str:
    """`addSheet` as the protocol buffer spells it in error messages: `add_sheet`."""
    return re.sub(r"(?<!^)([A-Z])", lambda match: "_" + match[1].lower(), name)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _message(type_name: str, value: Any, path: str, found: Found) -> Any:
    if not isinstance(value, dict):
        if isinstance(value, list):
            text = f'Invalid JSON payload received. Unknown name "{path.rsplit(".", 1)[-1]}"'
            found.append((path, f"{text}: Proto field is not repeating, cannot start list."))
        else:
            found.append(_wrong(path, PACKAGE + type_name, value))
        return None
    fields = TYPES[type_name]
    clean: dict[str, Any] = {}
    for key, item in value.items():
        name = key if key in fields else _camel(key)
        if name not in fields:
            at = f" at '{path}'" if path else ""
            text = f'Invalid JSON payload received. Unknown name "{key}"{at}: Cannot find field.'
            found.append((path, text))
            continue
        if item is None:
            continue
        place = f"{path}.{snake(name)}" if path else snake(name)
        clean[name] = _value(fields[name], item, place, f"{type_name}.{name[0].upper()}{name[1:]}", found)
    return clean


def _value(kind: Any, value: Any, path: str, owner: str, found: Found) -> Any:
    if isinstance(kind, str):
        if kind[0] == "@":
            return _message(kind[1:], value, path, found)
        return _scalar(kind, value, path, found)
    if kind[0] == "enum":
        if isinstance(value, str) and value in kind[1:]:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(kind) - 1:
            return kind[1 + value]
        found.append(_wrong(path, PACKAGE + owner, value))
        return None
    if kind[0] == "map":
        return value
    return _list(kind[1], value, path, owner, found)


def _list(item_kind: Any, value: Any, path: str, owner: str, found: Found) -> Any:
    if not isinstance(value, list):
        if item_kind == ["list", "any"]:
            found.append(_wrong(path, LIST_VALUE, value))
            return None
        # Google's parser takes a single value for the list of it, and clients rely on that.
        return [_value(item_kind, value, path, owner, found)]
    if item_kind == ["list", "any"]:
        for index, row in enumerate(value):
            if not isinstance(row, list):
                found.append(_wrong(f"{path}[{index}]", LIST_VALUE, row))
        return value
    if item_kind == "@Request" and any(isinstance(item, list) for item in value):
        # Clients that build requests in helpers send lists inside the list; the parser flattens them.
        value = [one for item in value for one in (item if isinstance(item, list) else [item])]
    return [_value(item_kind, item, f"{path}[{index}]", owner, found) for index, item in enumerate(value)]


def _scalar(kind: str, value: Any, path: str, found: Found) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if (
        kind == "any"
        or (kind == "string" and isinstance(value, str))
        or (kind == "boolean" and isinstance(value, bool))
    ):
        return value
    if kind == "boolean" and isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    if kind == "number" and number:
        return value
    if kind in {"int32", "int64"}:
        whole = value if number and value == int(value) else None
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value):
            whole = int(value)
        if whole is not None and abs(whole) < (2**31 if kind == "int32" else 2**63):
            return int(whole)
    if kind == "number" and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value):
        written = float(value)
        if math.isfinite(written):
            return written
    found.append(_wrong(path, SCALAR_NAMES[kind], value))
    return None


def _wrong(path: str, kind_name: str, value: Any) -> tuple[str, str]:
    shown = orjson.dumps(value).decode()
    return path, f"Invalid value at '{path}' ({kind_name}), {shown}"
