"""Territories: which providers may serve a place. A territory is a set of H3 cells; an empty one is everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import h3.api.basic_int as h3
import h3.api.basic_str as h3_text

from engine.model import Location, Provider
from graphs.errors import InputError

EVERYWHERE = 0


class TerritoryError(InputError):
    """A territory that is not a set of H3 cells."""

    reason = "INVALID_TERRITORY"


@dataclass(frozen=True)
class Territories:
    """Distinct territories, numbered; 0 is everywhere."""

    of_provider: dict[str, int]
    members: dict[int, dict[int, list[int]]]  # resolution -> cell -> territories that hold it
    count: int

    @staticmethod
    def of(providers: Iterable[Provider]) -> Territories:
        """Number the distinct territories of providers; TerritoryError names a wrong cell."""
        numbers: dict[frozenset[str], int] = {frozenset(): EVERYWHERE}
        of_provider = {p.id: numbers.setdefault(p.territory, len(numbers)) for p in providers}
        members: dict[int, dict[int, list[int]]] = {}
        for cells, number in numbers.items():
            for text in cells:
                if not h3_text.is_valid_cell(text):
                    raise TerritoryError(f"territory cell {text!r} is no H3 cell", cell=text)
                cell = h3.str_to_int(text)
                members.setdefault(h3.get_resolution(cell), {}).setdefault(cell, []).append(number)
        return Territories(of_provider, members, len(numbers))

    def holding(self, place: Location) -> list[int]:
        """Numbers of the territories that hold the place, everywhere included."""
        found = [EVERYWHERE]
        for resolution, cells in self.members.items():
            found += cells.get(h3.latlng_to_cell(place.lat, place.lon, resolution), [])
        return found
