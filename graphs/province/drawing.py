"""A drawing board in metres, on which places and roads are laid out before they become a network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphs.classes import CLASS_INDEX
from graphs.geodesy import EARTH_RADIUS_M, shape_lengths_m
from graphs.network import Float64, Int32
from graphs.raw import RawNetwork, SourceInfo
from graphs.sources.cells import BOTH
from graphs.sources.streets import Streets

#: Where the made-up land lies: its south-west corner, in an ocean, so that nobody takes it for a real place.
ORIGIN_LON, ORIGIN_LAT = -30.0, 35.0


class Drawing:
    """Nodes and streets as they are added; coordinates are metres east and north of the corner."""

    def __init__(self) -> None:
        self._x: list[Float64] = []
        self._y: list[Float64] = []
        self._people: list[Float64] = []
        self._streets: list[dict[str, np.ndarray]] = []
        self._strings: dict[str, int] = {"": 0}
        self.node_count = 0

    def add_nodes(self, x: npt.ArrayLike, y: npt.ArrayLike, people: npt.ArrayLike = 0.0) -> Int32:
        """[k] numbers of new nodes, each with the people who live there."""
        x, y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
        self._x.append(x)
        self._y.append(y)
        self._people.append(np.broadcast_to(np.asarray(people, float), x.shape))
        self.node_count += x.size
        return np.arange(self.node_count - x.size, self.node_count, dtype=np.int32)

    def add_streets(
        self,
        tail: npt.ArrayLike,
        head: npt.ArrayLike,
        road_class: str | npt.NDArray[np.uint8],
        *,
        drawn: int | np.ndarray = BOTH,
        kph: float = np.nan,
        name: str | list[str] = "",
        ref: str = "",
        bends: npt.NDArray[np.float64] | None = None,
    ) -> None:
        """k streets; ``bends`` [k, b, 2] are points in metres between the ends, equally many for each."""
        tail = np.atleast_1d(np.asarray(tail, np.int32))
        names = [name] * tail.size if isinstance(name, str) else name
        classes = CLASS_INDEX[road_class] if isinstance(road_class, str) else road_class
        self._streets.append(
            {
                "tail": tail,
                "head": np.atleast_1d(np.asarray(head, np.int32)),
                "road_class": np.broadcast_to(np.asarray(classes, np.uint8), tail.shape),
                "drawn": np.broadcast_to(np.asarray(drawn, np.int8), tail.shape),
                "kph": np.full(tail.size, kph, np.float32),
                "name": np.array([self._number(text) for text in names], np.int32),
                "ref": np.full(tail.size, self._number(ref), np.int32),
                "bends": np.zeros((tail.size, 0, 2)) if bends is None else bends,
            }
        )

    def places(self) -> tuple[Float64, Float64]:
        """([n] x, [n] y) of all nodes so far, in metres."""
        return np.concatenate(self._x), np.concatenate(self._y)

    def degrees(self) -> tuple[Float64, Float64, Float64]:
        """([n] longitude, [n] latitude, [n] people) of all nodes."""
        lon, lat = _to_degrees(*self.places())
        return lon, lat, np.concatenate(self._people)

    def to_raw(self, info: SourceInfo) -> RawNetwork:
        """The drawing as a raw network, lengths measured on the sphere."""
        x, y = self.places()
        lon, lat = _to_degrees(x, y)
        columns = {
            key: np.concatenate([part[key] for part in self._streets]) for key in self._streets[0] if key != "bends"
        }
        size = np.concatenate([np.full(len(part["tail"]), part["bends"].shape[1] + 2) for part in self._streets])
        offset = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
        points = np.concatenate([self._points(part, x, y) for part in self._streets])
        points = np.column_stack(_to_degrees(points[:, 0], points[:, 1])).round(7)
        return Streets(
            node_id=np.arange(1, x.size + 1, dtype=np.int64),
            node_lon=lon,
            node_lat=lat,
            length_m=np.maximum(shape_lengths_m(offset, points[:, 0], points[:, 1]), 0.1),
            kph_back=columns["kph"],
            way=np.arange(1, size.size + 1, dtype=np.int64),
            offset=offset,
            points=points,
            strings=tuple(self._strings),
            info=info,
            **columns,
        ).to_raw()

    def _points(self, part: dict[str, np.ndarray], x: Float64, y: Float64) -> Float64:
        ends = [np.stack((x[part[end]], y[part[end]]), axis=1)[:, None, :] for end in ("tail", "head")]
        return np.concatenate((ends[0], part["bends"], ends[1]), axis=1).reshape(-1, 2)

    def _number(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))


def _to_degrees(x: Float64, y: Float64) -> tuple[Float64, Float64]:
    lat = ORIGIN_LAT + np.degrees(y / EARTH_RADIUS_M)
    lon = ORIGIN_LON + np.degrees(x / (EARTH_RADIUS_M * np.cos(np.radians(ORIGIN_LAT + 0.7))))
    return lon.round(7), lat.round(7)
