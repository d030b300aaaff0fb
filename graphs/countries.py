"""Default speed limits by country: a table with its sources (data/countries.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphs.errors import CountryError

TABLE = Path(__file__).parent / "data" / "countries.toml"
GENERIC = "generic"


@dataclass(frozen=True)
class Country:
    """What the law of one country says where no sign does; km/h."""

    code: str
    name: str
    source: str
    zones: Mapping[str, float]  # urban, rural, motorway, living_street, walk …
    classes: Mapping[str, float]  # road class -> limit without a tag
    drives_left: bool = False

    def zone(self, word: str) -> float | None:
        """The limit of a zone, with the generic one where this country states none."""
        return self.zones.get(word, _table()[GENERIC].zones.get(word))


@cache
def _table() -> dict[str, Country]:
    content: dict[str, dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found = {}
    for code, entry in content.items():
        other = ("name", "source", "class", "drives_left")
        zones = {key: float(value) for key, value in entry.items() if key not in other}
        drives_left = entry.get("drives_left", False)
        found[code] = Country(code, entry["name"], entry["source"], zones, entry.get("class", {}), drives_left)
    return found


def country_codes() -> tuple[str, ...]:
    return tuple(sorted(code for code in _table() if code != GENERIC))


def known_country(code: str) -> Country | None:
    """The country of an ISO 3166-1 code as tags have it, None where it is not in the table."""
    return _table().get(code.upper()) if code.lower() != GENERIC else None


def country(code: str | None = None) -> Country:
    """The country of a code, or the generic one. Raises `CountryError`."""
    if code is None:
        return _table()[GENERIC]
    found = known_country(code)
    if found is None:
        raise CountryError(
            f"No default speeds are known of country '{code}'; use one of {', '.join(country_codes())} or none.",
            country=code,
        )
    return found
