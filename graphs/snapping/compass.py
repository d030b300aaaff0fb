"""Directions in words: ``northbound``, ``norte``, ``西北``, ``下行``."""

from __future__ import annotations

from graphs.snapping.names import tokens

COMPASS = {
    "north": ("north", "northbound", "nb", "n", "norte", "nord", "北", "北行", "北向", "北上"),
    "south": ("south", "southbound", "sb", "s", "sur", "sul", "sud", "sued", "南", "南行", "南向", "南下"),
    "east": ("east", "eastbound", "eb", "e", "este", "oriente", "ost", "est", "东", "东行", "东向"),
    "west": ("west", "westbound", "wb", "w", "oeste", "poniente", "ouest", "西", "西行", "西向"),
    "up": ("up", "上行", "上行线", "上"),
    "down": ("down", "下行", "下行线", "下"),
}
DIRECTIONS = {word: name for name, words in COMPASS.items() for word in words}
FILLERS = {
    "bound",
    "direction",
    "towards",
    "toward",
    "to",
    "the",
    "el",
    "sentido",
    "direccion",
    "hacia",
    "al",
    "a",
    "richtung",
}


def direction_of(text: str) -> str:
    """One word for a direction: north, south, east, west, up, down, or the words of ``text`` in lower case."""
    words = [word for word in tokens(text) if word not in FILLERS]
    chinese = "".join(words) if all(len(word) == 1 and ord(word) > 0x2E80 for word in words) else ""
    for form in (chinese, chinese.removesuffix("方向").removeprefix("往").removeprefix("向")):
        if form in DIRECTIONS:
            return DIRECTIONS[form]
    if chinese:
        return chinese.removesuffix("方向").removeprefix("往").removeprefix("向")
    plain = " ".join(words)
    return DIRECTIONS.get(plain, plain)


#: Degrees clockwise from north.
BEARINGS = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
#: Words for the points between.
BETWEEN = {
    45.0: ("northeast", "north east", "ne", "noreste", "nordeste", "nordost", "nordest", "东北", "northeastbound"),
    135.0: ("southeast", "south east", "se", "sureste", "sudeste", "sudost", "sudest", "东南", "southeastbound"),
    225.0: ("southwest", "south west", "sw", "suroeste", "sudoeste", "sudwest", "sudouest", "西南", "southwestbound"),
    315.0: ("northwest", "north west", "nw", "noroeste", "nordwest", "nordouest", "西北", "northwestbound"),
}
_BETWEEN = {word: degrees for degrees, words in BETWEEN.items() for word in words}


def bearing_of_words(text: str) -> float | None:
    """Degrees of a compass direction in words, None where ``text`` names none (``上行``, a destination)."""
    name = direction_of(text)
    for form in (name, name.removesuffix("行"), name.removesuffix("向")):
        if form in BEARINGS:
            return BEARINGS[form]
        if form in _BETWEEN:
            return _BETWEEN[form]
    return None
