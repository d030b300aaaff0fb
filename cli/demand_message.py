"""Tables of demand as a server takes them, and what the server says of them as rows of the tables."""

from __future__ import annotations

import re
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import console
from cli.calling import details_of

if TYPE_CHECKING:
    from google.rpc.status_pb2 import Status

    from engine.coverage.layer import DemandLayer
    from engine.errors import TableError
    from engine.scenario import Scenario

#: What was sent last, by the field of the request: whose rows a refusal is about.
_sent: ContextVar[dict[str, DemandLayer] | None] = ContextVar("sent", default=None)
_ROW = re.compile(r"(.+)\.(?:demand|demand_cells|demand_points)\.(?:cells|lon|lat|demand)\[(\d+)\]")


def demand_message(path: Path | None) -> dict[str, Any]:
    """The fields of the terms: cells or points, with their weights; remarks on the table are notes."""
    _sent.set({})
    return {} if path is None else _message(path, "terms", "demand")


def layer_message(scenario: Scenario, field: str) -> dict[str, Any]:
    """The same of the table that a scenario names, if it does; ``field``: of the request, where it is."""
    demand = scenario.demand
    if demand.layer is None:
        return {}
    return _message((scenario.folder or Path()) / demand.layer, field, "demand_cells", demand.column or "")


def _message(path: Path, field: str, of_cells: str, weight: str = "") -> dict[str, Any]:
    from engine.coverage.layer import read_layer

    notes: list[str] = []
    layer = read_layer(path, None, 0.0, weight=weight, notes=notes)
    for remark in notes:
        console.note(remark)
    _sent.set({**(_sent.get() or {}), field: layer})
    both = {"unit": layer.unit[:40], "display_name": layer.name[:100], "demand": layer.weight.tolist()}
    if layer.cells:
        return {of_cells: {**both, "cells": layer.cells}}
    return {"demand_points": {**both, "lon": layer.lon.tolist(), "lat": layer.lat.tolist()}}


def refused_rows(status: Status) -> TableError | None:
    """Of a refusal that is about the table that was sent, the rows, as the file counts them; else None."""
    from engine.tables.problems import Problems, RowProblem

    sent, problems = _sent.get() or {}, Problems()
    info, wrong = details_of(status)
    for violation in wrong.field_violations:
        found = _ROW.fullmatch(violation.field)
        layer = None if found is None else sent.get(found[1])
        if found is None or layer is None:
            return None
        row = int(found[2])
        value = layer.cells[row] if layer.cells else f"{layer.lon[row]:g}, {layer.lat[row]:g}"
        column = "cell" if layer.cells else "lon, lat"
        problems.add(RowProblem(layer.file, int(layer.rows[row]), column, value, violation.description, info.reason))
    return _told(problems.rows, int(info.metadata.get("rows") or 0))


def _told(rows: list[Any], count: int) -> TableError | None:
    """A refusal holds as many rows as there is room for, and says how many there are."""
    from engine.errors import TableError
    from engine.tables.problems import summary

    if not rows:
        return None
    more = count - len(rows)
    message = summary(tuple(rows))
    return TableError(message if more <= 0 else f"{message}\nand {more:,} more rows like that.", tuple(rows))
