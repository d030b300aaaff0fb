"""Demand under a scenario: another layer, factors everywhere and within polygons."""

from __future__ import annotations

import h3.api.basic_str as h3
import numpy as np
import numpy.typing as npt
import shapely

from engine.coverage.layer import DemandLayer, read_layer
from engine.errors import TableError
from engine.scenario.model import DemandChange
from engine.scenario.polygons import shape_of
from engine.scenario.problems import Problems
from engine.scenario.scenario import Scenario
from graphs.errors import InputError
from graphs.network import Float64
from graphs.region import Region


def changed_demand(change: DemandChange, lon: npt.ArrayLike, lat: npt.ArrayLike, weight: npt.ArrayLike) -> Float64:
    """[d] weights of d places in degrees, multiplied; of areas that overlap, whose factors are equal, once."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    factor = np.ones(lon.shape)
    for area in change.areas:
        shape = shapely.union_all([shape_of(area.polygon)])  # a copy: preparing changes it
        shapely.prepare(shape)
        factor[shapely.intersects_xy(shape, lon, lat)] = area.factor
    return np.asarray(weight, np.float64) * factor * change.factor


def layer_of(
    region: Region, scenario: Scenario, limit_m: float, problems: Problems, notes: list[str] | None = None
) -> DemandLayer | None:
    """The layer that a scenario names, read as every other; None without one, or where it is of no use (problems).

    What was assumed of it is added to ``notes``.
    """
    layer = scenario.demand.layer
    if layer is None:
        return None
    path = ("demand", "layer")
    if scenario.brought is not None:
        return _inside(scenario.brought, region, path, layer, problems)
    if scenario.folder is None:
        problems.add(path, "cannot be read here: no files of this machine may be named")
        return None
    try:
        found = read_layer(scenario.folder / layer, region, limit_m, weight=scenario.demand.column or "", notes=notes)
    except TableError as error:
        for each in error.problems:
            problems.add(path, f"{each.file} {each}")
        return None
    except InputError as error:
        problems.add(path, error.message)
        return None
    except (OSError, ValueError) as error:  # a name that no file can have
        problems.add(path, f"'{layer}' cannot be read: {getattr(error, 'strerror', None) or 'it is no table'}")
        return None
    return _inside(found, region, path, layer, problems)


def _inside(
    found: DemandLayer, region: Region, path: tuple[str, ...], layer: str, problems: Problems
) -> DemandLayer | None:
    centres = np.array([h3.cell_to_latlng(cell) for cell in found.cells]).reshape(-1, 2)
    if found.cells and not inside(region, centres[:, 1], centres[:, 0]).any():
        problems.add(path, f"none of the {len(found):,} cells of '{layer}' is in the region {region.name}")
        return None
    return found


def inside(region: Region, lon: Float64, lat: Float64) -> npt.NDArray[np.bool_]:
    """[d] whether places are within the region's box."""
    west, south, east, north = region.bounds
    across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    return across & (lat >= south) & (lat <= north)
