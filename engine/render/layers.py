"""The layers a map is made of. Plain data in; nothing here knows incidents, units or cells beyond their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.render.codec import checked_degrees
from engine.render.errors import MapError
from engine.render.options import Options
from engine.render.scales import ColourScale
from engine.render.styles import STYLES, Style
from graphs.network import RoadNetwork

Fields = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class RoadLayer:
    """The streets of a network, each once, in bands of importance that appear as one zooms in."""

    network: RoadNetwork
    label: str = "Roads"
    tolerance_m: float = 1.0  # how far a drawn street may lie from its shape
    visible: bool = True
    option: Options = None


@dataclass(frozen=True, eq=False)
class PointLayer:
    """``n`` places: units, incidents, bases.

    ``roles`` is one role for all or one per place and decides colour and shape. Features with the same non-empty key,
    in whatever layer, and table rows with it are picked out together. Each of ``fields`` is a column of ``n`` values
    shown in the tooltip. ``sizes`` are factors on the radius, one per place; ``size_legend`` says what some of them
    mean: ``[(1.0, "1 crew"), (2.0, "4 crews")]``.
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
    sizes: Sequence[float] = ()
    size_legend: Sequence[tuple[float, str]] = ()
    labelled: bool = False  # write names beside the places where there is room
    numbered: bool = False  # write names, of one or two characters, into the markers instead
    visible: bool = True
    option: Options = None

    def __post_init__(self) -> None:
        places = checked_degrees(self.lon, self.lat, self.label)
        object.__setattr__(self, "lon", places[:, 0])
        object.__setattr__(self, "lat", places[:, 1])
        _check_columns(self, places.shape[0])
        for row, size in enumerate(self.sizes):
            if not 0 < size < np.inf:
                raise MapError(
                    f"{self.label}: place {row} has size {size}; use a factor above 0", layer=self.label, row=row
                )


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
    option: Options = None

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
    """H3 cells coloured by value; ``cells`` are H3 strings or 64-bit integers, NaN values are drawn as "no value".

    Either ``values`` and ``scale``, or ``series``: several columns of values over the same cells, of which the first
    whose options are chosen is shown. The cells are stored once, and equal columns are, too.
    """

    label: str
    cells: Sequence[str | int]
    values: npt.ArrayLike = ()
    scale: ColourScale | None = None
    names: Sequence[str] = ()
    keys: Sequence[str] = ()
    fields: Fields = field(default_factory=dict)
    value_label: str = ""  # what the value is, in the tooltip; the layer's label by default
    series: Sequence[CellSeries] = ()
    visible: bool = True
    option: Options = None

    def __post_init__(self) -> None:
        if bool(self.series) == (self.scale is not None):
            raise MapError(f"{self.label}: give either values with their scale, or series", layer=self.label)
        if self.scale is not None:
            object.__setattr__(self, "series", (CellSeries(self.values, self.scale, value_label=self.value_label),))
        count = len(self.cells)
        _check_columns(self, count)
        for each in self.series:
            _check_counts(self, count, {name: column for name, column in each.columns() if column is not None})


@dataclass(frozen=True, eq=False)
class CellSeries:
    """One column of values for the ``n`` cells of a `CellLayer`, and when it is shown.

    ``minus`` makes it a difference: the map shows ``values - minus``. ``measure`` makes the scale relative: a value
    is classed by how many times its cell's measure it is, and still shown as it is. ``numbers`` are further columns,
    shown in the tooltip. All columns are kept to the decimal that the scale's limits need, at least one, and rounded
    up, so that a value beyond a limit never looks within it.
    """

    values: npt.ArrayLike
    scale: ColourScale
    option: Options = None
    minus: npt.ArrayLike | None = None
    measure: npt.ArrayLike | None = None
    value_label: str = ""
    numbers: Mapping[str, npt.ArrayLike] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("values", "minus", "measure"):
            column = getattr(self, name)
            if column is not None:
                object.__setattr__(self, name, np.atleast_1d(np.asarray(column, np.float64)))
        numbers = {name: np.atleast_1d(np.asarray(column, np.float64)) for name, column in self.numbers.items()}
        object.__setattr__(self, "numbers", numbers)
        if self.measure is not None and not (np.asarray(self.measure) > 0).all():
            raise MapError("the measure of a series must be above 0 in every cell")

    def columns(self) -> list[tuple[str, Any]]:
        """Every column with its name."""
        own = [("values", self.values), ("minus", self.minus), ("measure", self.measure)]
        return [*own, *((f"number {name!r}", column) for name, column in self.numbers.items())]


Layer = RoadLayer | PointLayer | LineLayer | CellLayer


def style_of(layer: PointLayer | LineLayer, role: str) -> Style:
    """The look of one role in one layer, or `MapError` when neither the layer nor the renderer knows it."""
    style = layer.styles.get(role) or STYLES.get(role)
    if style is None:
        known = ", ".join([*layer.styles, *STYLES])
        raise MapError(f"{layer.label}: unknown role {role!r}; use one of {known}, or add a style for it", role=role)
    return style


def _check_columns(layer: PointLayer | LineLayer | CellLayer, count: int) -> None:
    """Raise `MapError` unless every given column has ``count`` values and every role a style."""
    columns: dict[str, Any] = {"names": layer.names, "keys": layer.keys}
    columns |= {f"field {name!r}": values for name, values in layer.fields.items()}
    if isinstance(layer, PointLayer):
        columns["sizes"] = layer.sizes
    if isinstance(layer, PointLayer | LineLayer):
        roles = {layer.roles} if isinstance(layer.roles, str) else set(layer.roles)
        if not isinstance(layer.roles, str):
            columns["roles"] = layer.roles
        for role in sorted(roles):
            style_of(layer, role)
    _check_counts(layer, count, columns)


def _check_counts(layer: PointLayer | LineLayer | CellLayer, count: int, columns: Mapping[str, Any]) -> None:
    for name, values in columns.items():
        required = name not in ("names", "keys", "sizes")
        if len(values) != count and (required or len(values)):
            raise MapError(
                f"{layer.label}: {count} features but {len(values)} {name}; give one for each",
                layer=layer.label,
                column=name,
                features=count,
                values=len(values),
            )
