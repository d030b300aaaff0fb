"""The operator's table of kilometre posts, by road and direction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from graphs.errors import (
    CoordinateError,
    EmptyInputError,
    InputError,
    KilometreRangeError,
    MissingColumnError,
    PostConflictError,
    UnknownDirectionError,
    UnknownRoadError,
)
from graphs.geodesy import coordinate_error, coordinate_faults, distance_in_words, great_circle_m
from graphs.network import Float64, Int64
from graphs.posts.chain import agrees, largest_chain
from graphs.posts.faults import PostFault
from graphs.posts.text import Kilometre
from graphs.snapping.compass import direction_of
from graphs.snapping.names import Tokens, contains, tokens

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("road", "direction", "km", "lon", "lat")
#: A carriageway of which no larger share of the posts agrees is not to be trusted at all.
LEAST_AGREEING = 0.5


@dataclass(frozen=True, eq=False)
class Carriageway:
    """The posts of one road in one direction, by kilometre."""

    road: str
    direction: str  # as `direction_of` has it
    label: str  # as the table has it
    km: Float64  # [p] strictly increasing
    lon: Float64  # [p] degrees, WGS-84
    lat: Float64  # [p]
    row: Int64  # [p] of the table

    def take(self, kept: npt.NDArray[np.bool_]) -> Carriageway:
        """The same with some of its posts."""
        return replace(self, km=self.km[kept], lon=self.lon[kept], lat=self.lat[kept], row=self.row[kept])

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

    def __init__(
        self,
        carriageways: Sequence[Carriageway],
        faults: Sequence[PostFault] = (),
        refused: Sequence[PostConflictError] = (),
    ) -> None:
        """``faults`` are the posts left out; ``refused`` says of roads without posts that agree why they have none."""
        self.carriageways = tuple(carriageways)
        self.faults = tuple(sorted(faults, key=lambda fault: fault.row))
        self._by_road: dict[Tokens, list[Carriageway]] = defaultdict(list)
        for way in self.carriageways:
            self._by_road[tokens(way.road)].append(way)
        self._refused = {tokens(error.metadata["road"]): error for error in refused}

    @classmethod
    def read(cls, path: str | Path, *, strict: bool = False) -> PostTable:
        """A CSV or Parquet file with the columns road, direction, km, lon, lat; see `of` for errors."""
        from graphs.sources.table_files import is_csv, read_table

        if not is_csv(path):
            return cls.of(read_table(path), strict=strict)
        posts = read_table(path, blank_lines=True)
        if not set(COLUMNS).issubset(posts):  # perhaps the header is not in the first line
            posts = read_table(path)
        return cls.of(posts.dropna(how="all"), strict=strict, first_row=2)

    @classmethod
    def of(cls, posts: pd.DataFrame, *, strict: bool = False, first_row: int = 1) -> PostTable:
        """A table with a row for each post; its index counts the rows (from 0), the first is called ``first_row``.

        Posts that cannot be used are left out and told in `faults`: a cell that is no number or empty, a place that is
        none, no road, and those that contradict the rest of their carriageway. Raises `MissingColumnError`,
        `EmptyInputError` and, when nothing is left or if ``strict``, the first fault as an error: `InputError`,
        `CoordinateError` or `PostConflictError`.
        """
        missing = [name for name in COLUMNS if name not in posts]
        if missing:
            raise MissingColumnError(
                f"The posts lack the column(s) {', '.join(missing)}; they have {', '.join(map(str, posts.columns))}.",
                columns=", ".join(missing),
            )
        if len(posts) == 0:
            raise EmptyInputError("The table of posts has no rows; give one row for each post.")
        counted = posts.index.to_numpy() if posts.index.dtype.kind == "i" else np.arange(len(posts))
        number = counted.astype(np.int64) + first_row
        faults: dict[int, PostFault] = {}  # by place in the table
        km, lon, lat = (_numbers(posts, name, number, faults) for name in ("km", "lon", "lat"))
        for i in np.flatnonzero(coordinate_faults(lon, lat)):
            text = coordinate_error(lon, lat, int(i), "").message.partition(": ")[2].rstrip(".")
            faults.setdefault(int(i), PostFault(int(number[i]), text, CoordinateError))
        groups: dict[tuple[Tokens, str], list[int]] = defaultdict(list)
        roads = posts["road"].fillna("").astype(str).tolist()
        labels = posts["direction"].fillna("").astype(str).tolist()
        for i, (road, label) in enumerate(zip(roads, labels, strict=True)):
            if i not in faults and not tokens(road):
                faults[i] = PostFault(int(number[i]), "names no road; give its name or number, such as G2", InputError)
            if i not in faults:
                groups[tokens(road), direction_of(label)].append(i)
        found, told, refused = [], list(faults.values()), []
        for (_, direction), rows in groups.items():
            ordered = np.array(rows)[np.argsort(km[rows], kind="stable")]
            road, label = roads[rows[0]].strip(), labels[rows[0]].strip()
            way = Carriageway(road, direction, label, km[ordered], lon[ordered], lat[ordered], number[ordered])
            kept = largest_chain(way.km, way.lon, way.lat)
            if not kept.all():
                conflict = _conflict(way)
                if strict:
                    raise conflict
                if kept.sum() <= LEAST_AGREEING * kept.size:
                    kept[:] = False
                    refused.append(conflict)
                text = f"contradicts the other posts of {way.title}; correct its kilometre or coordinates"
                told += [
                    PostFault(int(way.row[i]), f"km {way.km[i]:g} {text}", PostConflictError)
                    for i in np.flatnonzero(~kept)
                ]
                way = way.take(kept)
            if way.km.size:
                found.append(way.take(np.append(True, np.diff(way.km) >= 1e-9)))
        if told and (strict or not found):
            raise refused[0] if refused else min(told, key=lambda fault: fault.row).raised()
        return cls(found, told, refused)

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
        if not ways and asked in self._refused:
            why = self._refused[asked]
            raise PostConflictError(why.message, **why.metadata)
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


def _conflict(way: Carriageway) -> PostConflictError:
    """Two neighbouring posts that do not agree."""
    apart = great_circle_m(way.lon[:-1], way.lat[:-1], way.lon[1:], way.lat[1:])
    i = int(np.flatnonzero(~agrees(np.diff(way.km), apart))[0])
    return PostConflictError(
        f"The posts of {way.title} contradict each other: km {way.km[i]:g} (row {way.row[i]}) and km {way.km[i + 1]:g} "
        f"(row {way.row[i + 1]}) are {distance_in_words(apart[i])} apart as the crow flies; correct the kilometre or "
        "the coordinates of one.",
        road=way.road,
        direction=way.label,
        km=way.km[i],
        next_km=way.km[i + 1],
        row=int(way.row[i]),
        distance_m=round(float(apart[i])),
    )


def _numbers(posts: pd.DataFrame, name: str, number: Int64, faults: dict[int, PostFault]) -> Float64:
    """[p] a column; a cell that is no number is a fault, and 0 or NaN here."""
    import pandas as pd

    values = pd.to_numeric(posts[name], errors="coerce").to_numpy(np.float64)
    bad = ~np.isfinite(values) | ((values < 0.0) if name == "km" else False)
    for i in np.flatnonzero(bad):
        cell = posts[name].iloc[i]
        what = (
            "is empty; fill it in" if pd.isna(cell) else f"'{cell}' is no {'kilometre' if name == 'km' else 'number'}"
        )
        faults.setdefault(int(i), PostFault(int(number[i]), f"{name} {what}", InputError))
    return np.where(bad, 0.0, values)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown
