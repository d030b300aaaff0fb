"""The layers a map is made of. Plain data in; nothing here knows incidents, units or cells beyond their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.render.codec import checked_degrees
from engine.render.errors import MapError
from engine.render.scales import ColourScale
from engine.render.styles import STYLES, Style
from graphs.network import RoadNetwork

Fields = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Option:
    """One answer among alternatives, shown only while it is chosen: ``Option("Answer", "Towline")``.

    Everything with the same ``choice`` shares one switch; the first ``name`` met is chosen at first.
    """

    choice: str
    name: str


@dataclass(frozen=True, eq=False)
class RoadLayer:
    """The streets of a network, each once, in bands of importance that appear as one zooms in."""

    network: RoadNetwork
    label: str = "Roads"
    tolerance_m: float = 1.0  # how far a drawn street may lie from its shape
    visible: bool = True
    option: Option | None = None


@dataclass(frozen=True, eq=False)
class PointLayer:
    """``n`` places: units, incidents, bases.

    ``roles`` is one role for all or one per place and decides colour and shape. Features with the same non-empty key,
    in whatever layer, and table rows with it are picked out together. Each of ``fields`` is a column of ``n`` values
    shown in the tooltip.
    """

    label: str
    lon: npt.ArrayLike
    lat: npt.ArrayLike
    names: Sequence[str] = ()
    roles: str | Sequence[str] = "incident"
    keys: Sequence[str] = ()
    fields: Fields = field(default_factory=dict)
    styles: Mapping[str, Style] = field(default_factory=dict)
    size: float = 1.0  # factor on the radius of the styles; below 1 for large fleets
    labelled: bool = False  # write names beside the places where there is room
    visible: bool = True
    option: Option | None = None

    def __post_init__(self) -> None:
        places = checked_degrees(self.lon, self.lat, self.label)
        object.__setattr__(self, "lon", places[:, 0])
        object.__setattr__(self, "lat", places[:, 1])
        _check_columns(self, places.shape[0])


@dataclass(frozen=True, eq=False)
class LineLayer:
    """Lines such as assignments or routes: ``paths[i]`` is [k, 2] lon, lat in degrees, k >= 2, in driving order.

    A ``curved`` layer bends lines of two points, so that opposite ones do not hide each other.
    """

    label: str
    paths: Sequence[npt.ArrayLike]
    names: Sequence[str] = ()
    roles: str | Sequence[str] = "plain"
    keys: Sequence[str] = ()
    fields: Fields = field(default_factory=dict)
    styles: Mapping[str, Style] = field(default_factory=dict)
    curved: bool = False
    visible: bool = True
    option: Option | None = None

    def __post_init__(self) -> None:
        paths = []
        for index, path in enumerate(self.paths):
            points = np.asarray(path, np.float64)
            if points.ndim != 2 or points.shape[1] != 2 or points.shape[0] < 2:
                raise MapError(
                    f"{self.label}: line {index} has shape {points.shape}; it needs at least two points of lon, lat",
                    layer=self.label,
                    row=index,
                )
            paths.append(checked_degrees(points[:, 0], points[:, 1], f"{self.label}, line {index}"))
        object.__setattr__(self, "paths", tuple(paths))
        _check_columns(self, len(paths))

    @classmethod
    def between(
        cls,
        label: str,
        from_lon: npt.ArrayLike,
        from_lat: npt.ArrayLike,
        to_lon: npt.ArrayLike,
        to_lat: npt.ArrayLike,
        *,
        curved: bool = True,
        **rest: Any,
    ) -> LineLayer:
        """Bee-lines from ``n`` places to ``n`` places; ``rest`` as for the class."""
        start, end = checked_degrees(from_lon, from_lat, label), checked_degrees(to_lon, to_lat, label)
        if start.shape != end.shape:
            raise MapError(f"{label}: {len(start)} starts but {len(end)} ends", layer=label)
        return cls(label, list(np.stack((start, end), axis=1)), curved=curved, **rest)


@dataclass(frozen=True, eq=False)
class CellLayer:
    """H3 cells coloured by value; ``cells`` are H3 strings or 64-bit integers, NaN values are drawn as "no value"."""

    label: str
    cells: Sequence[str | int]
    values: npt.ArrayLike
    scale: ColourScale
    names: Sequence[str] = ()
    keys: Sequence[str] = ()
    fields: Fields = field(default_factory=dict)
    value_label: str = ""  # what the value is, in the tooltip; the layer's label by default
    visible: bool = True
    option: Option | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.atleast_1d(np.asarray(self.values, np.float64)))
        _check_columns(self, len(self.cells), values=self.values)


Layer = RoadLayer | PointLayer | LineLayer | CellLayer


def style_of(layer: PointLayer | LineLayer, role: str) -> Style:
    """The look of one role in one layer, or `MapError` when neither the layer nor the renderer knows it."""
    style = layer.styles.get(role) or STYLES.get(role)
    if style is None:
        known = ", ".join([*layer.styles, *STYLES])
        raise MapError(f"{layer.label}: unknown role {role!r}; use one of {known}, or add a style for it", role=role)
    return style


def _check_columns(layer: PointLayer | LineLayer | CellLayer, count: int, **more: Any) -> None:
    """Raise `MapError` unless every given column has ``count`` values and every role a style."""
    columns: dict[str, Any] = {"names": layer.names, "keys": layer.keys, **more}
    columns |= {f"field {name!r}": values for name, values in layer.fields.items()}
    if isinstance(layer, PointLayer | LineLayer):
        roles = {layer.roles} if isinstance(layer.roles, str) else set(layer.roles)
        if not isinstance(layer.roles, str):
            columns["roles"] = layer.roles
        for role in sorted(roles):
            style_of(layer, role)
    for name, values in columns.items():
        required = name not in ("names", "keys")
        if len(values) != count and (required or len(values)):
            raise MapError(
                f"{layer.label}: {count} features but {len(values)} {name}; give one for each",
                layer=layer.label,
                column=name,
                features=count,
                values=len(values),
            )
