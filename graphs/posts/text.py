"""The grammar of kilometres on a road.

    text      = road  kilometre  [direction]
    kilometre = ("K" | "km" | "PK")  number  ["+" metres]  |  number ("km" | "公里")  [metres "米"]
    number    = digits ["." digits | "," digits]
    direction = anything: a compass word, 上行, 下行, or what the operator's table calls it

Case, accents, full-width characters and spaces do not matter. ``metres`` are below 1,000 and follow a whole number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from graphs.errors import PostTextError
from graphs.snapping.compass import direction_of
from graphs.snapping.names import tokens

BEFORE = re.compile(
    r"(?:桩号\s*)?(?<![a-zà-ÿ])(?:pk|km|k)\.?\s*(\d+(?:[.,]\d+)?)(?:\s*\+\s*(\d+))?(?![\d.,+]*\d)", re.I
)
AFTER = re.compile(
    r"(?<![\d.,+])(\d+(?:[.,]\d+)?)\s*(?:km(?![a-zà-ÿ])|公里|千米)(?:\s*(\d+)\s*(?:米|m(?![a-zà-ÿ])))?", re.I
)


@dataclass(frozen=True)
class Kilometre:
    """A kilometre on a road, as it was said."""

    road: str
    km: float
    direction: str  # as `direction_of` has it; "" when none was said


def parse_kilometre(text: str) -> Kilometre:
    """Read ``G2 K123+400 northbound``, ``G2 K123+400 上行``, ``Ruta 5 km 470.2 norte``; raises `PostTextError`."""
    plain = _plain(text)
    found = list(BEFORE.finditer(plain)) or list(AFTER.finditer(plain))
    if not found:
        raise _malformed(text, "no kilometre in it")
    match = found[-1]
    number, metres = match.group(1).replace(",", "."), match.group(2)
    if metres is not None and ("." in number or len(metres) > 3):
        raise _malformed(text, f"'{match.group(0).strip()}' must be whole kilometres and less than 1,000 metres")
    km = float(number) + (int(metres) / 1000.0 if metres else 0.0)
    road = plain[: match.start()].strip(" ,;:()-–")
    if not tokens(road):
        raise _malformed(text, "no road before the kilometre")
    if not km < 100_000.0:
        raise _malformed(text, f"no road is {km:g} km long")
    return Kilometre(road, km, direction_of(plain[match.end() :]))


def says_kilometre(text: str) -> bool:
    """Whether a text is meant as a kilometre, even one that no road can have."""
    return any(form.search(_plain(text)) for form in (BEFORE, AFTER))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _malformed(text: str, why: str) -> PostTextError:
    return PostTextError(
        f"'{text}' is not a kilometre on a road ({why}); write road, kilometre and direction, e.g. "
        "G2 K123+400 northbound or Ruta 5 km 470.2 norte.",
        text=text,
    )
