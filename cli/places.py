"""Places given on the command line: ``LON,LAT``."""

from __future__ import annotations

import re

#: Nothing but numbers and what people put between them: meant as a place, not as a file.
NUMBERS = re.compile(r"[-+\d.,;:/\s°]*\d[-+\d.,;:/\s°]*")


def degrees(text: str) -> tuple[float, float] | None:
    """Longitude and latitude when the text is two numbers with a comma between, else None."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return lon, lat


def hint(text: str) -> str:
    """What is unusual about numbers that are no place; nothing about other texts."""
    if not NUMBERS.fullmatch(text):
        return ""
    if len(text.split(",")) == 4 and "." not in text:
        return "; decimals take a point, not a comma"
    if "," not in text:
        return "; put a comma between the two numbers, and nothing else"
    return f"; it takes two numbers, here are {len(re.findall(r'[-+]?[0-9][0-9.]*', text))}"
