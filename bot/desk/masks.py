"""Field masks: which parts of an answer are wanted, which parts of a message are written.

Google takes `a.b`, `a/b`, `a(b,c)` and `*`, separated by commas. A parsed mask is a tree of names; an empty
tree means "everything below here".
"""

from __future__ import annotations

import copy
from typing import Any

from bot.desk.errors import bad_request
from bot.desk.schema import TYPES, snake

Mask = dict[str, Any]


def parse(text: str) -> Mask:
    """The tree of a mask written as text."""
    tree, rest = _group(text.replace(" ", ""))
    if rest:
        raise bad_request(f"Request contains an invalid argument: unbalanced field mask '{text}'")
    return tree


def _group(text: str) -> tuple[Mask, str]:
    tree: Mask = {}
    node, name = tree, ""
    while text:
        char, text = text[0], text[1:]
        if char in "./":
            node, name = _enter(node, name), ""
        elif char == "(":
            inner, text = _group(text)
            _merge(_enter(node, name), inner)
            node, name = tree, ""
        elif char == ")":
            _end(node, name)
            return tree, text or ""
        elif char == ",":
            _end(node, name)
            node, name = tree, ""
        else:
            name += char
    _end(node, name)
    return tree, ""


def _enter(node: Mask, name: str) -> Mask:
    return node.setdefault(_plain(name), {}) if name else node


def _end(node: Mask, name: str) -> None:
    if name and name != "*":
        node[_plain(name)] = {}


def _merge(node: Mask, other: Mask) -> None:
    for name, below in other.items():
        _merge(node.setdefault(name, {}), below)


def _plain(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail) if head else name


def pruned(value: Any, mask: Mask) -> Any:
    """`value` with only the parts the mask wants; lists are transparent."""
    if not mask or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [pruned(item, mask) for item in value]
    return {name: pruned(item, mask[name]) for name, item in value.items() if name in mask}


def wants(mask: Mask, *path: str) -> bool:
    """Whether the mask wants anything at or below `path`."""
    for name in path:
        if not mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def verify(mask: Mask, type_name: str, at: str = "") -> None:
    """Refuse a mask that names fields the type does not have."""
    fields = TYPES.get(type_name)
    if fields is None:
        return
    for name, below in mask.items():
        if name not in fields:
            where = f"{at}.{snake(name)}" if at else snake(name)
            raise bad_request(f"Invalid field: {where}")
        kind = fields[name]
        while isinstance(kind, list) and kind[0] == "list":
            kind = kind[1]
        if below and isinstance(kind, str) and kind[0] == "@":
            verify(below, kind[1:], f"{at}.{snake(name)}" if at else snake(name))


def with_colour_twins(mask: Mask) -> Mask:
    """A mask in which naming a colour names its `…Style` twin as well, and the other way round."""
    result = {name: with_colour_twins(below) for name, below in mask.items()}
    for name in mask:
        if name.endswith("Style") and name.removesuffix("Style").lower().endswith("color"):
            result[name.removesuffix("Style")] = {}
        elif name.lower().endswith("color"):
            result[name + "Style"] = {}
    return result


def written(target: dict[str, Any], source: dict[str, Any], mask: Mask) -> dict[str, Any]:
    """A copy of `target` in which the masked fields are those of `source`; a field missing there is cleared."""
    if not mask:
        return copy.deepcopy(source)
    result = dict(target)
    for name, below in mask.items():
        if name not in source:
            if below and isinstance(result.get(name), dict):
                result[name] = written(result[name], {}, below)
            else:
                result.pop(name, None)
        elif below and isinstance(source[name], dict):
            old = result.get(name)
            result[name] = written(old if isinstance(old, dict) else {}, source[name], below)
        else:
            result[name] = copy.deepcopy(source[name])
    return result
