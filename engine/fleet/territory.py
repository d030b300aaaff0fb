"""Which providers may serve a place: territories, and exclusive concessions that keep everybody else out.

A territory is a set of H3 cells, an empty one is everywhere. A concession is cells or OSM ways; its holders may serve
there whatever their territory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import h3.api.basic_int as h3
import h3.api.basic_str as h3_text

from engine.model import Location, Provider
from graphs.errors import InputError

EVERYWHERE = 0
#: Resolution -> cell -> territories that hold it.
Members = dict[int, dict[int, list[int]]]


class TerritoryError(InputError):
    """A territory that is not a set of H3 cells."""

    reason = "INVALID_TERRITORY"


@dataclass(frozen=True)
class Territories:
    """Distinct territories with their concessions, numbered; 0 is everywhere and without any."""

    of_provider: dict[str, int]
    members: Members
    everywhere: tuple[int, ...]  # those without bounds
    exclusive_cells: Members
    exclusive_ways: dict[int, list[int]]  # OSM way -> territories
    count: int

    @staticmethod
    def of(providers: Iterable[Provider]) -> Territories:
        """Number the distinct territories of providers; TerritoryError names a wrong cell."""
        nothing = frozenset[str]()
        numbers: dict[tuple[frozenset[str], frozenset[str], frozenset[int]], int] = {(nothing, nothing, frozenset()): 0}
        of_provider = {
            p.id: numbers.setdefault((p.territory, p.exclusive_cells, p.exclusive_ways), len(numbers))
            for p in providers
        }
        members: Members = {}
        exclusive: Members = {}
        ways: dict[int, list[int]] = {}
        for (cells, own_cells, own_ways), number in numbers.items():
            _add(members, cells, number)
            _add(exclusive, own_cells, number)
            for way in own_ways:
                ways.setdefault(way, []).append(number)
        everywhere = tuple(number for (cells, _, _), number in numbers.items() if not cells)
        return Territories(of_provider, members, everywhere, exclusive, ways, len(numbers))

    @cached_property
    def content(self) -> str:
        """All of it as text: equal for equal territories of equal providers, in every process: sets have no order."""
        cells = [
            [(level, sorted(held.items())) for level, held in sorted(members.items())]
            for members in (self.members, self.exclusive_cells)
        ]
        return repr((self.of_provider, cells, sorted(self.exclusive_ways.items())))

    def holding(self, place: Location, way: int = 0) -> list[int]:
        """Numbers of the territories from which a place on an OSM way (0: unknown) may be served."""
        return self.concession(place, way) or [*self.everywhere, *_held(self.members, place)]

    def concession(self, place: Location, way: int = 0) -> list[int]:
        """Numbers of the territories that hold a concession there; empty when nobody does."""
        if not self.exclusive_ways and not self.exclusive_cells:
            return []
        found = {*self.exclusive_ways.get(way, ())} if way else set()
        return sorted(found | {*_held(self.exclusive_cells, place)})


def _add(members: Members, cells: Iterable[str], number: int) -> None:
    for text in cells:
        if not h3_text.is_valid_cell(text):
            raise TerritoryError(f"territory cell {text!r} is no H3 cell", cell=text)
        cell = h3.str_to_int(text)
        members.setdefault(h3.get_resolution(cell), {}).setdefault(cell, []).append(number)


def _held(members: Members, place: Location) -> list[int]:
    found: list[int] = []
    for resolution, cells in members.items():
        found += cells.get(h3.latlng_to_cell(place.lat, place.lon, resolution), [])
    return found
