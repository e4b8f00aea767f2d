"""Colours of charts, for light pages and dark ones."""

from __future__ import annotations

from dataclasses import dataclass

#: Google's first colours, then others that keep apart from them and from each other on both grounds.
PALETTE = (
    "#4285f4",
    "#ea4335",
    "#fbbc04",
    "#34a853",
    "#ff6d01",
    "#46bdc6",
    "#9a6ad6",
    "#e377c2",
    "#8d6e63",
    "#7baaf7",
    "#f07b72",
    "#71c287",
)


@dataclass(frozen=True)
class Look:
    """The colours of a picture's parts."""

    text: str
    quiet: str
    lines: str
    ground: str  #: what lies behind the picture, which itself is transparent
    good: str
    bad: str
    dark: bool

    def colour(self, place: int, wanted: str = "") -> str:
        """The colour of a series: the wanted one, if it can be seen here, else the next of the palette."""
        if not wanted:
            return PALETTE[place % len(PALETTE)]
        bright = brightness(wanted)
        if (self.dark and bright < 0.12) or (not self.dark and bright > 0.93):
            return self.quiet
        return wanted

    def on(self, colour: str) -> str:
        """The colour of letters on a colour."""
        return "#202124" if brightness(colour) > 0.55 else "#ffffff"


LIGHT = Look("#202124", "#5f6368", "#dadce0", "#ffffff", "#137333", "#c5221f", False)
DARK = Look("#e8eaed", "#bdc1c6", "#4a4d51", "#202124", "#81c995", "#f28b82", True)


def look_of(dark: bool) -> Look:
    """The look for a dark page or a light one."""
    return DARK if dark else LIGHT


def brightness(colour: str) -> float:
    """How bright a `#rrggbb` is to the eye, from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
