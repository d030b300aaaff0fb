"""From a `MapPage` to the plain data that the page's script reads (JSON types only)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import h3
import numpy as np
import numpy.typing as npt

from engine.render.bounds import first_view
from engine.render.codec import encode_lines, encode_points, quantise
from engine.render.columns import cell_columns
from engine.render.errors import MapError
from engine.render.layers import CellLayer, Layer, LineLayer, PointLayer, RoadLayer, style_of
from engine.render.options import Options, each_option
from engine.render.page import MapPage, Mark, Table
from engine.render.roads import road_lines
from engine.render.styles import STYLES, Style
from engine.render.words import words
from graphs.cells import is_cell


def payload(page: MapPage) -> dict[str, Any]:
    """Everything the script needs, in a stable order."""
    layers: list[dict[str, Any]] = []
    places: list[npt.NDArray[np.int64]] = []
    roads: list[npt.NDArray[np.int64]] = []
    for layer in page.layers:
        described, points = _layer(layer)
        layers.append(described)
        (roads if isinstance(layer, RoadLayer) else places).append(points)
    return {
        "language": page.language,
        "words": words(page.language),
        "bounds": first_view(page.bounds, places, roads),
        "choices": [{"name": name, "options": options} for name, options in page.choices().items()],
        "start": list(page.chosen().items()),
        "layers": layers,
        "tables": [_table(table) for table in page.tables],
    }


def _layer(layer: Layer) -> tuple[dict[str, Any], npt.NDArray[np.int64]]:
    """One layer described, and its quantised points."""
    shared = {"label": layer.label, "visible": layer.visible, "options": option_pairs(layer.option)}
    if isinstance(layer, RoadLayer):
        bands = road_lines(layer.network, layer.tolerance_m)
        described = [
            {
                "colour": each.band.colour,
                "width": each.band.width,
                "fromScale": each.from_scale,
                "lines": encode_lines(each.points, each.offset),
            }
            for each in bands
        ]
        points = np.concatenate([each.points for each in bands]) if bands else np.empty((0, 2), np.int64)
        return {"kind": "roads", **shared, "bands": described}, points
    shared |= {
        "names": [str(name) for name in layer.names],
        "keys": [str(key) for key in layer.keys],
        "fields": [[name, [plain(value) for value in values]] for name, values in layer.fields.items()],
    }
    if isinstance(layer, CellLayer):
        points, offset = _boundaries(layer)
        return {"kind": "cells", **shared, "lines": encode_lines(points, offset), **cell_columns(layer)}, points
    styles, roles = _roles(layer)
    shared |= {"styles": styles, "roles": roles}
    if isinstance(layer, PointLayer):
        points = quantise(np.column_stack((np.asarray(layer.lon), np.asarray(layer.lat))))
        shared |= {"places": encode_points(points), "size": layer.size, "labelled": layer.labelled}
        shared |= {
            "numbered": layer.numbered,
            "sizes": [float(size) for size in layer.sizes],
            "sizeLegend": [[float(size), text] for size, text in layer.size_legend],
        }
        return {"kind": "points", **shared}, points
    points, offset = _joined([quantise(np.asarray(path)) for path in layer.paths])
    return {"kind": "lines", **shared, "lines": encode_lines(points, offset), "curved": layer.curved}, points


def _roles(layer: PointLayer | LineLayer) -> tuple[list[dict[str, Any]], int | list[int]]:
    """The styles a layer uses, in the order of the legend, and the style's index for all features or for each."""
    if isinstance(layer.roles, str):
        return [_style(style_of(layer, layer.roles))], 0
    present = set(layer.roles)
    used = {role: index for index, role in enumerate(role for role in {**STYLES, **layer.styles} if role in present)}
    return [_style(style_of(layer, role)) for role in used], [used[role] for role in layer.roles]


def _style(style: Style) -> dict[str, Any]:
    return {
        "label": style.label,
        "colour": style.colour,
        "shape": style.shape,
        "radius": style.radius,
        "width": style.width,
        "dashed": style.dashed,
    }


def _boundaries(layer: CellLayer) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Quantised boundaries of H3 cells and their offsets."""
    rings = []
    for row, cell in enumerate(layer.cells):
        name = cell if isinstance(cell, str) else h3.int_to_str(int(cell))
        if not is_cell(name):
            raise MapError(f"{layer.label}: {name!r} in row {row} is not an H3 cell", layer=layer.label, row=row)
        rings.append(quantise(np.array(h3.cell_to_boundary(name))[:, ::-1]))  # h3 says lat, lon
    return _joined(rings)


def _joined(lines: Sequence[npt.NDArray[np.int64]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Lines laid end to end ([p, 2]) and their offsets ([lines + 1])."""
    points = np.concatenate([np.empty((0, 2), np.int64), *lines])
    return points, np.cumsum([0, *(len(line) for line in lines)])


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [str(column) for column in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "keys": [str(key) for key in table.keys],
        "options": option_pairs(table.option),
        "printed": table.printed,
        "picks": [option_pairs(pick) for pick in table.picks],
        "empty": table.empty,
        "first": table.first,
    }


def _cell(cell: Any) -> Any:
    """A cell as the script reads it: a plain value, or [role, glyph, text] for a `Mark`."""
    return [cell.role, STYLES[cell.role].glyph, cell.text] if isinstance(cell, Mark) else plain(cell)


def option_pairs(options: Options) -> list[list[str]]:
    """[choice, name] of each option, as the script reads them."""
    return [[option.choice, option.name] for option in each_option(options)]


def plain(value: Any) -> str | int | float | None:
    """A value as JSON knows it: numpy scalars unpacked, NaN and infinities as null, anything else as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or (isinstance(value, int | str) and not isinstance(value, bool)) else str(value)
