"""The operator's table of kilometre posts, by road and direction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphs.errors import (
    EmptyInputError,
    InputError,
    KilometreRangeError,
    MissingColumnError,
    PostConflictError,
    UnknownDirectionError,
    UnknownRoadError,
)
from graphs.geodesy import check_coordinates, great_circle_m
from graphs.network import Float64
from graphs.posts.text import Kilometre
from graphs.snapping.compass import direction_of
from graphs.snapping.names import Tokens, contains, tokens

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("road", "direction", "km", "lon", "lat")
#: Posts may be farther apart than they say by this share and these metres: measured, moved, rounded.
SLACK_SHARE, SLACK_M = 0.2, 200.0
#: Two posts of one kilometre are one when they stand this near, metres.
SAME_POST_M = 50.0


@dataclass(frozen=True, eq=False)
class Carriageway:
    """The posts of one road in one direction, by kilometre."""

    road: str
    direction: str  # as `direction_of` has it
    label: str  # as the table has it
    km: Float64  # [p] strictly increasing
    lon: Float64  # [p] degrees, WGS-84
    lat: Float64  # [p]

    @property
    def title(self) -> str:
        return f"{self.road} {self.label}".strip()

    def around(self, km: float) -> int:
        """The index of the post at or before a kilometre; raises `KilometreRangeError` outside of the posts."""
        if not self.km[0] <= km <= self.km[-1]:
            raise KilometreRangeError(
                f"{self.title} has posts from km {self.km[0]:g} to km {self.km[-1]:g}; km {km:g} is not between them.",
                road=self.road,
                direction=self.label,
                km=km,
                first_km=self.km[0],
                last_km=self.km[-1],
            )
        return int(min(np.searchsorted(self.km, km, side="right") - 1, max(self.km.size - 2, 0)))


class PostTable:
    """All posts of an operator."""

    def __init__(self, carriageways: Sequence[Carriageway]) -> None:
        self.carriageways = tuple(carriageways)
        self._by_road: dict[Tokens, list[Carriageway]] = defaultdict(list)
        for way in self.carriageways:
            self._by_road[tokens(way.road)].append(way)

    @classmethod
    def read(cls, path: str | Path) -> PostTable:
        """A CSV or Parquet file with the columns road, direction, km, lon, lat; see `of` for errors."""
        from graphs.sources.table_files import read_table

        return cls.of(read_table(path))

    @classmethod
    def of(cls, posts: pd.DataFrame) -> PostTable:
        """A table with a row for each post.

        Raises `MissingColumnError`, `EmptyInputError`, `InputError` (a cell that is no number or empty),
        `CoordinateError`, `PostConflictError` (posts that contradict each other).
        """
        missing = [name for name in COLUMNS if name not in posts]
        if missing:
            raise MissingColumnError(
                f"The posts lack the column(s) {', '.join(missing)}; they have {', '.join(map(str, posts.columns))}.",
                columns=", ".join(missing),
            )
        if len(posts) == 0:
            raise EmptyInputError("The table of posts has no rows; give one row for each post.")
        km, lon, lat = (_numbers(posts, name) for name in ("km", "lon", "lat"))
        check_coordinates(lon, lat, "Post in row")
        groups: dict[tuple[Tokens, str], list[int]] = defaultdict(list)
        roads = posts["road"].fillna("").astype(str).tolist()
        labels = posts["direction"].fillna("").astype(str).tolist()
        for row, (road, label) in enumerate(zip(roads, labels, strict=True)):
            if not tokens(road):
                raise InputError(f"Row {row} of the posts names no road.", row=row)
            groups[tokens(road), direction_of(label)].append(row)
        return cls(
            [
                _carriageway(roads[rows[0]].strip(), direction, labels[rows[0]].strip(), km[rows], lon[rows], lat[rows])
                for (_, direction), rows in groups.items()
            ]
        )

    @property
    def roads(self) -> tuple[str, ...]:
        """Every road that has posts, once."""
        return tuple(ways[0].road for ways in self._by_road.values())

    def carriageway(self, said: Kilometre) -> Carriageway:
        """The posts meant; raises `UnknownRoadError` or `UnknownDirectionError` with those there are."""
        asked, direction = tokens(said.road), said.direction
        ways = self._by_road.get(asked)
        if ways is None and not direction:
            ways, direction = self._before_kilometre(asked)
        ways = ways or self._in_part(asked)
        if not ways:
            raise UnknownRoadError(
                f"No kilometre posts are known of '{said.road}'; there are posts of {_listed(self.roads)}.",
                road=said.road,
            )
        fitting = ways if not direction and len(ways) == 1 else [way for way in ways if way.direction == direction]
        if not fitting:
            known = _listed([way.label or "(none)" for way in ways])
            fault = f"'{direction}' is no direction of {ways[0].road}" if direction else "The direction is missing"
            raise UnknownDirectionError(
                f"{fault}; the posts of {ways[0].road} have {known}.", road=ways[0].road, direction=direction
            )
        return fitting[0]

    def _before_kilometre(self, asked: Tokens) -> tuple[list[Carriageway] | None, str]:
        """Road and direction of "Ruta 5 norte km 470", where the direction stands before the kilometre."""
        for cut in range(len(asked) - 1, 0, -1):
            direction = direction_of(" ".join(asked[cut:]))
            ways = self._by_road.get(asked[:cut]) or self._in_part(asked[:cut])
            if ways and any(way.direction == direction for way in ways):
                return ways, direction
        return None, ""

    def _in_part(self, asked: Tokens) -> list[Carriageway] | None:
        """The one road whose name holds ``asked`` or stands in it."""
        part = [key for key in self._by_road if asked and (contains(key, asked) or contains(asked, key))]
        return self._by_road[part[0]] if len(part) == 1 else None


def _carriageway(road: str, direction: str, label: str, km: Float64, lon: Float64, lat: Float64) -> Carriageway:
    order = np.argsort(km, kind="stable")
    km, lon, lat = km[order], lon[order], lat[order]
    apart = great_circle_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    said = 1000.0 * np.diff(km)
    twice = said < 1e-6
    wrong = np.flatnonzero(np.where(twice, apart > SAME_POST_M, apart > said * (1.0 + SLACK_SHARE) + SLACK_M))
    if wrong.size:
        i = int(wrong[0])
        raise PostConflictError(
            f"The posts of {road} {label} contradict each other: km {km[i]:g} and km {km[i + 1]:g} are "
            f"{apart[i]:,.0f} m apart as the crow flies; correct the kilometre or the coordinates of one.",
            road=road,
            direction=label,
            km=km[i],
            next_km=km[i + 1],
            distance_m=round(float(apart[i])),
        )
    kept = np.concatenate(([True], ~twice))
    return Carriageway(road, direction, label, km[kept], lon[kept], lat[kept])


def _numbers(posts: pd.DataFrame, name: str) -> Float64:
    import pandas as pd

    values = pd.to_numeric(posts[name], errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~np.isfinite(values) | ((values < 0.0) if name == "km" else False))
    if bad.size:
        row = int(bad[0])
        raise InputError(f"Row {row} of the posts: {name} '{posts[name].iloc[row]}' is no number.", row=row)
    return values


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown
