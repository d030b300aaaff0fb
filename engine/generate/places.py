"""Random places on roads: by population where it is known, else by junctions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt

from graphs.classes import CLASS_INDEX
from graphs.network import SHAPE_SCALE, RoadNetwork

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_MOTORWAY = (CLASS_INDEX["motorway"], CLASS_INDEX["motorway_link"])
_M_PER_DEGREE = 111_195.0


class Population(Protocol):
    """Where demand lives: H3 cells (text) of one resolution and a weight each."""

    @property
    def cells(self) -> Sequence[str]: ...
    @property
    def weight(self) -> Float64: ...


class RoadPlaces:
    """Draws places on the roads of one network; the same generator state gives the same places."""

    def __init__(self, network: RoadNetwork, population: Population | None) -> None:
        self._network = network
        self._population = population

    @cached_property
    def _motorway(self) -> Bool:
        return np.isin(self._network.arc_class, _MOTORWAY)

    @property
    def has_motorway(self) -> bool:
        return bool(self._motorway.any())

    @cached_property
    def _town(self) -> Float64:
        """[m] chance of every arc that is no motorway: its cell's population, shared out by length; or, without
        population, the same for every junction."""
        network = self._network
        if self._population is None:
            chance = 1.0 / np.bincount(network.arc_tail, minlength=network.node_count)[network.arc_tail]
        else:
            length = network.arc_length_m.astype(np.float64) * ~self._motorway
            cell = self._population_cell()
            weight = np.append(np.asarray(self._population.weight, np.float64), 0.0)
            total = np.bincount(cell, weights=length, minlength=weight.size)
            chance = length * (weight / np.where(total > 0, total, 1.0))[cell]
        chance = np.where(self._motorway, 0.0, chance)
        if not chance.sum() > 0:  # no population on these roads, or nothing but motorways
            chance = self._network.arc_length_m.astype(np.float64)
        return chance / chance.sum()

    def _population_cell(self) -> npt.NDArray[np.int64]:
        """[m] index of the population cell each arc starts in, the number of cells where there is none."""
        assert self._population is not None
        index = {h3.str_to_int(cell): i for i, cell in enumerate(self._population.cells)}
        resolution = h3.get_resolution(next(iter(index)))
        places = zip(self._network.node_lat.tolist(), self._network.node_lon.tolist(), strict=True)
        of_node = [index.get(h3.latlng_to_cell(lat, lon, resolution), len(index)) for lat, lon in places]
        return np.array(of_node, np.int64)[self._network.arc_tail]

    def in_town(self, rng: np.random.Generator, count: int) -> Float64:
        """[count, 2] lon, lat of places where people live."""
        return self._along(rng, rng.choice(self._network.arc_count, count, p=self._town))

    def on_motorway(self, rng: np.random.Generator, count: int) -> Float64:
        """[count, 2] lon, lat of places on motorways, by length."""
        length = self._network.arc_length_m.astype(np.float64) * self._motorway
        return self._along(rng, rng.choice(self._network.arc_count, count, p=length / length.sum()))

    def near(self, rng: np.random.Generator, around: Float64, mean_m: float) -> Float64:
        """[k, 2] lon, lat of one place near each of [k, 2] others, ``mean_m`` metres away on average."""
        angle, distance = rng.uniform(0, 2 * np.pi, len(around)), rng.exponential(mean_m, len(around))
        offset = distance[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
        _, arcs = self._tree.query(self._metres(around) + offset)
        return self._along(rng, np.asarray(arcs))

    @cached_property
    def _tree(self):
        from scipy.spatial import KDTree

        network = self._network
        lon = (network.node_lon[network.arc_tail] + network.node_lon[network.arc_head]) / 2
        lat = (network.node_lat[network.arc_tail] + network.node_lat[network.arc_head]) / 2
        return KDTree(self._metres(np.column_stack([lon, lat])))

    def _metres(self, lonlat: Float64) -> Float64:
        scale = np.cos(np.radians(float(self._network.node_lat.mean())))
        return lonlat * _M_PER_DEGREE * np.array([scale, 1.0])

    def _along(self, rng: np.random.Generator, arcs: npt.NDArray[np.int64]) -> Float64:
        """[k, 2] a place on each arc, anywhere along its shape, in whole 1e-6 degrees."""
        import shapely

        network = self._network
        shape = network.arc_shape[arcs]
        shape = np.where(shape >= 0, shape, ~shape)
        start, stop = network.shape_offset[shape], network.shape_offset[shape + 1]
        size = stop - start
        row = np.repeat(np.arange(len(arcs)), size)
        point = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(start, size)
        lines = shapely.linestrings(network.shape_lonlat[point] / SHAPE_SCALE, indices=row)
        places = shapely.line_interpolate_point(lines, rng.random(len(arcs)), normalized=True)
        return np.round(shapely.get_coordinates(places), 6)
