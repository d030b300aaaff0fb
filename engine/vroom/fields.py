"""Values of a JSON object, each checked and named by its path."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeVar

from engine.vroom.errors import wrong
from engine.vroom.model import Amount, Window

Value = TypeVar("Value")

#: No time (s), amount, cost or id is greater: seconds since 1970 are in no danger, milliseconds are caught.
MOST = 100_000_000_000
MOST_WINDOWS, MOST_SKILLS, MOST_QUANTITIES = 100, 10_000, 50


class Fields:
    """One object of the JSON; what nobody asks for is remembered as unread."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise wrong(path or "the problem", "must be a JSON object")
        self._value, self.path = value, path
        self._read: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        self._read.add(key)
        return self._value.get(key) is not None

    def raw(self, key: str) -> Any:
        self._read.add(key)
        return self._value.get(key)

    def unread(self) -> list[str]:
        """Keys that nothing asked for."""
        return sorted(set(self._value) - self._read)

    def integer(self, key: str, default: int | None = None, low: int = 0, high: int = MOST) -> int:
        """A whole number in the bounds; without a default it must be there."""
        if not self.has(key):
            if default is None:
                raise wrong(self.at(key), "is missing; it must be a whole number")
            return default
        return whole(self._value[key], self.at(key), low, high)

    def maybe_integer(self, key: str, low: int = 0, high: int = MOST) -> int | None:
        return self.integer(key, low=low, high=high) if self.has(key) else None

    def text(self, key: str, default: str | None = None) -> str | None:
        if not self.has(key):
            return default
        value = self._value[key]
        if not isinstance(value, str):
            raise wrong(self.at(key), "must be a text")
        return value

    def number(self, key: str, default: float, above: float, high: float) -> float:
        if not self.has(key):
            return default
        value = self._value[key]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise wrong(self.at(key), "must be a finite number")
        if not above < value <= high:
            raise wrong(self.at(key), f"is {value:g}; it must be above {above:g} and at most {high:g}")
        return float(value)

    def items(self, key: str, read: Callable[[Any, str], Value]) -> list[Value]:
        """Every item of an array; none when it is not there."""
        if not self.has(key):
            return []
        value = self._value[key]
        if not isinstance(value, list):
            raise wrong(self.at(key), "must be an array")
        return [read(item, f"{self.at(key)}[{at}]") for at, item in enumerate(value)]

    def location(self, key: str) -> tuple[float, float] | None:
        """[lon, lat] in degrees."""
        if not self.has(key):
            return None
        value, path = self._value[key], self.at(key)
        numbers = isinstance(value, list) and len(value) == 2
        if not numbers or any(isinstance(x, bool) or not isinstance(x, (int, float)) for x in value):
            raise wrong(path, "must be [longitude, latitude]")
        lon, lat = (float(x) for x in value)
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            hint = "; longitude comes first" if abs(lon) <= 90 and 90 < abs(lat) <= 180 else ""
            raise wrong(path, f"[{lon:g}, {lat:g}] is no place on Earth{hint}")
        return lon, lat

    def amount(self, key: str) -> Amount | None:
        if not self.has(key):
            return None
        found = tuple(self.items(key, lambda item, path: whole(item, path)))
        if len(found) > MOST_QUANTITIES:
            raise wrong(self.at(key), f"has {len(found)} quantities; at most {MOST_QUANTITIES} are read")
        return found

    def numbers(self, key: str) -> frozenset[int]:
        """Skills."""
        found = self.items(key, lambda item, path: whole(item, path))
        if len(found) > MOST_SKILLS:
            raise wrong(self.at(key), f"has {len(found)} skills; at most {MOST_SKILLS:,} are read")
        return frozenset(found)

    def windows(self, key: str) -> tuple[Window, ...]:
        """In order of time; an empty array says that nothing fits, and is refused."""
        if not self.has(key):
            return ()
        found = sorted(self.items(key, window))
        if not 0 < len(found) <= MOST_WINDOWS:
            raise wrong(self.at(key), f"has {len(found)} windows; leave it out, or give 1 to {MOST_WINDOWS}")
        for (_, end), (start, _) in pairwise(found):
            if start <= end:
                raise wrong(self.at(key), f"has windows that overlap at {start}; join them")
        return tuple(found)

    def by_type(self, key: str) -> dict[str, int]:
        """Seconds by type of vehicle."""
        if not self.has(key):
            return {}
        inner = Fields(self._value[key], self.at(key))
        return {name: inner.integer(name) for name in self._value[key]}


def whole(value: Any, path: str, low: int = 0, high: int = MOST) -> int:
    """A whole number; JSON's 5.0 is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(path, f"must be a whole number, not {_shown(value)}")
    if not low <= value <= high:
        raise wrong(path, f"is {value}; it must be {low} to {high}")
    return value


def window(value: Any, path: str) -> Window:
    """[start, end] in seconds, both inclusive."""
    if not isinstance(value, list) or len(value) != 2:
        raise wrong(path, "must be [start, end] in seconds")
    start, end = (whole(item, f"{path}[{at}]") for at, item in enumerate(value))
    if start > end:
        raise wrong(path, f"[{start}, {end}] ends before it starts")
    return start, end


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
