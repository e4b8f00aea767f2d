"""A drawing as a small PNG: a few flat colours and their blends need a palette and not sixteen million colours."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Bits of red, green and blue that are kept: fine, and, where that needs too many colours, coarse.
_FINE, _COARSE = (4, 4, 4), (3, 3, 2)
_MOST = 256


def png(pixels: NDArray[np.uint8], flat: Sequence[str], density: int) -> bytes:
    """The pixels (rows × columns × red, green, blue) as a PNG of at most 256 colours; equal ones give equal bytes.

    Args:
        pixels: What was drawn.
        flat: The colours it was drawn with, as "#a9301c": these are kept exactly, their blends nearly.
        density: Pixels of the file for one that is shown.
    """
    places, colours = _palette(pixels, flat, _FINE)
    if len(colours) > _MOST:
        places, colours = _palette(pixels, flat, _COARSE)
    rows, columns = places.shape
    # A zero before each row says that its bytes stand as they are.
    lines = np.zeros((rows, columns + 1), np.uint8)
    lines[:, 1:] = places
    per_metre = round(72 * density / 0.0254)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"PLTE", colours.tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _palette(
    pixels: NDArray[np.uint8], flat: Sequence[str], bits: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each pixel its place in the palette, and the palette; colours that fall together are one."""
    exact = np.array([list(bytes.fromhex(colour[1:])) for colour in flat], np.uint8)
    keys = _keys(pixels, bits)
    used = np.flatnonzero(np.bincount(keys.ravel(), minlength=1 << sum(bits)))
    shifts = (bits[1] + bits[2], bits[2], 0)
    steps = [(used >> shift) & ((1 << bit) - 1) for shift, bit in zip(shifts, bits, strict=True)]
    colours = np.stack(
        [step * 255 // ((1 << bit) - 1) for step, bit in zip(steps, bits, strict=True)], axis=1
    )
    for key, colour in zip(_keys(exact, bits), exact, strict=True):
        colours[used == key] = colour
    places = np.zeros(1 << sum(bits), np.uint8)
    places[used] = np.arange(len(used))
    return places[keys], colours.astype(np.uint8)


def _keys(pixels: NDArray[np.uint8], bits: tuple[int, int, int]) -> NDArray[np.uint16]:
    red, green, blue = (pixels[..., i].astype(np.uint16) >> (8 - bits[i]) for i in range(3))
    keys = (red << (bits[1] + bits[2])) | (green << bits[2]) | blue
    return keys.astype(np.uint16)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
