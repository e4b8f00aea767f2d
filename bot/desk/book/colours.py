"""Colours as Google gives them back: eight bits a channel, and a `…Style` twin beside each."""

from __future__ import annotations

import math
import struct
from typing import Any

CHANNELS = ("red", "green", "blue", "alpha")


def with_colour_twins(value: Any) -> Any:
    """A copy in which every colour is rounded to eight bits and `xColor` and `xColorStyle` agree."""
    if isinstance(value, list):
        return [with_colour_twins(item) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for name, item in value.items():
        if _is_colour(name) and isinstance(item, dict):
            result[name] = eight_bit(item)
        elif name.endswith("ColorStyle") or name == "colorStyle":
            result[name] = {"rgbColor": eight_bit(item["rgbColor"])} if "rgbColor" in item else item
        else:
            result[name] = with_colour_twins(item)
    for name in list(result):
        if _is_colour(name):
            result.setdefault(name + "Style", {"rgbColor": result[name]})
        elif name.endswith(("ColorStyle", "colorStyle")) and "rgbColor" in result[name]:
            result.setdefault(name.removesuffix("Style"), result[name]["rgbColor"])
    return result


def _is_colour(name: str) -> bool:
    return name.endswith("Color") or name == "color"


def eight_bit(colour: dict[str, Any]) -> dict[str, float]:
    """A colour in steps of 1/255; channels that are 0 are left out, so black is `{}`."""
    result = {}
    for name in CHANNELS:
        level = math.floor(min(max(float(colour.get(name) or 0), 0), 1) * 255 + 1e-4)
        if level:
            result[name] = _float32(level / 255)
    return result


def _float32(value: float) -> float:
    """The shortest decimal that is the same 32-bit float."""
    exact = struct.pack("f", value)
    for digits in range(6, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == exact:
            return short
    return value
