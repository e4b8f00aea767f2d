"""Own names put into the text of a config file, line by line: every other byte stays as it is. Pure.

Where the names belong is asked of the YAML parser; whether the new text says the old things and the names, and nothing
else, is asked of it again. What would not is refused, and a person adds the lines by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Names = Mapping[str, "str | Names"]
_STEP = 2


class CannotInsert(ValueError):
    """The file is written in a way in which lines cannot be added safely."""


@dataclass(frozen=True)
class _Insertion:
    """Text that goes in at an index of the file."""

    index: int
    text: str


def with_names(text: str, tabs: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> str:
    """The file's text with these names under `workbook`. Raises CannotInsert."""
    names: dict[str, Names] = {}
    if tabs:
        names["tabs"] = tabs
    if titles:
        names["titles"] = titles
    added: Names = {"workbook": names}
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        before = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CannotInsert(str(error)) from None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise CannotInsert("it is not a list of sections")
    newline = "\r\n" if "\r\n" in text else "\n"
    new = text
    for one in sorted(_insertions(root, added, text), key=lambda one: one.index, reverse=True):
        new = new[: one.index] + one.text.replace("\n", newline) + new[one.index :]
    try:
        after = yaml.safe_load(new)
    except yaml.YAMLError:
        after = None
    if after != _merged(before, added):
        raise CannotInsert("its sections are written in an unusual way")
    return new


def as_yaml(names: Names, indent: int = 0) -> list[str]:
    """Names as lines of YAML."""
    lines: list[str] = []
    for key, value in names.items():
        if isinstance(value, str):
            lines.append(f"{' ' * indent}{key}: {quoted(value)}")
        else:
            lines += [f"{' ' * indent}{key}:", *as_yaml(value, indent + _STEP)]
    return lines


def quoted(text: str) -> str:
    """Text as YAML takes it for that text and nothing else."""
    return '"' + "".join(map(_letter, text)) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _insertions(node: yaml.MappingNode, added: Names, text: str) -> list[_Insertion]:
    """Where the names go in that this section lacks; those of its subsections further down."""
    children = {key.value: (key, value) for key, value in node.value}
    found: list[_Insertion] = []
    missing: dict[str, str | Names] = {}
    for key, value in added.items():
        if key not in children:
            missing[key] = value
        elif not isinstance(value, str):
            found += _into(*children[key], value, text)
    if missing and node.flow_style:
        found.append(_in_braces(node, missing, text))
    elif missing:
        indent = node.value[0][0].start_mark.column
        found.append(_below(_end(node), as_yaml(missing, indent), text))
    return found


def _into(key: yaml.Node, value: yaml.Node, added: Names, text: str) -> list[_Insertion]:
    if isinstance(value, yaml.MappingNode) and value.value:
        return _insertions(value, added, text)
    if isinstance(value, yaml.MappingNode):
        return [_in_braces(value, added, text)]
    if isinstance(value, yaml.ScalarNode) and not value.value:
        # A section with nothing in it.
        return [_below(key.end_mark.index, as_yaml(added, key.start_mark.column + _STEP), text)]
    raise CannotInsert("something else stands where the names belong")


def _end(node: yaml.Node) -> int:
    """Where the last thing in it ends; a block's own mark lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
        if isinstance(node, yaml.ScalarNode) and not node.value and isinstance(last, tuple):
            node = last[0]
    index: int = node.end_mark.index
    return index


def _below(index: int, lines: list[str], text: str) -> _Insertion:
    """The lines below the line in which the index lies, or from there on where a line begins."""
    end = text.find("\n", max(index - 1, 0))
    if end < 0:
        return _Insertion(len(text), "".join(f"\n{line}" for line in lines) + "\n")
    return _Insertion(end + 1, "".join(f"{line}\n" for line in lines))


def _in_braces(node: yaml.MappingNode, added: Names, text: str) -> _Insertion:
    index = node.end_mark.index - 1
    before = text[:index].rstrip()
    comma = "" if before.endswith(("{", ",")) else ", "
    return _Insertion(index, comma + _flow(added)[1:-1])


def _flow(names: Names) -> str:
    inside = (
        f"{key}: {quoted(value) if isinstance(value, str) else _flow(value)}" for key, value in names.items()
    )
    return "{" + ", ".join(inside) + "}"


def _merged(before: Any, added: Names) -> dict[Any, Any]:
    merged = dict(before or {})
    for key, value in added.items():
        merged[key] = value if isinstance(value, str) else _merged(merged.get(key), value)
    return merged
