"""How things look on a map: roles, shapes and the colour-blind-safe palette behind them.

Colours are those of Okabe and Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/), told apart by every
common kind of colour blindness. Each role also has its own shape, dash or glyph: no meaning rests on colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.render.errors import MapError

BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, BLACK, GREY = "#56B4E9", "#CC79A7", "#1b1f24", "#7c8794"

SHAPES: tuple[str, ...] = ("circle", "square", "diamond", "triangle", "cross", "star")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def check_colour(colour: str) -> None:
    """Raise `MapError` unless ``colour`` is ``#rrggbb``: colours reach the page's style sheet as they are."""
    if not _HEX.fullmatch(colour):
        raise MapError(f"colour {colour!r} is not of the form #rrggbb", colour=colour)


@dataclass(frozen=True)
class Style:
    """The look of one role: legend text, colour (``#rrggbb``), point shape and radius, line width and dash (pixels)."""

    label: str
    colour: str = GREY
    shape: str = "circle"
    radius: float = 5.0
    width: float = 2.0
    dashed: bool = False
    #: One character that stands for the role in tables.
    glyph: str = ""

    def __post_init__(self) -> None:
        check_colour(self.colour)
        if self.shape not in SHAPES:
            raise MapError(f"unknown shape {self.shape!r}: use one of {', '.join(SHAPES)}", shape=self.shape)


#: Roles that every map knows. A layer's own ``styles`` may add to them or look different.
STYLES: Mapping[str, Style] = {
    "incident": Style("Incident", PURPLE, "circle", 6.0),
    "kept": Style("Promise kept", BLUE, "circle", 6.5, 2.0, glyph="✓"),
    "broken": Style("Promise broken", VERMILLION, "diamond", 8.0, 2.4, dashed=True, glyph="✗"),
    "unserved": Style("Not served", BLACK, "cross", 7.0, glyph="–"),
    "unit": Style("Unit", GREEN, "square", 4.5),
    "busy_unit": Style("Busy unit", GREY, "square", 4.5),
    "base": Style("Base", ORANGE, "triangle", 6.5),
    "proposed": Style("Proposed base", PURPLE, "star", 9.0),
    "plain": Style("Line", GREY),
}
