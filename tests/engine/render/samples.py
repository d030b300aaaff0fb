"""A small made-up city and page for the renderer's tests."""

from __future__ import annotations

import h3
import numpy as np

from engine.render import (
    CellLayer,
    ColourScale,
    Figure,
    LineLayer,
    MapPage,
    Mark,
    Option,
    PointLayer,
    RoadLayer,
    Table,
)
from graphs.classes import CLASS_INDEX
from graphs.network import SHAPE_SCALE, RoadNetwork

#: Every name a file could hold to break out of the page.
NASTY = "</script><img src=x onerror=\"document.title='broken'\">'&quot;\u2028]]>"


def grid(side: int = 4, step: float = 0.01) -> RoadNetwork:
    """``side`` by ``side`` junctions joined by two-way streets; the southernmost one is a motorway."""
    lon, lat = np.meshgrid(117 + step * np.arange(side), 36 + step * np.arange(side))
    lon, lat = lon.ravel(), lat.ravel()
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
            np.column_stack((node[:-1].ravel(), node[1:].ravel())),
        ]
    )
    streets = len(pairs)
    ends = np.stack((lon[pairs], lat[pairs]), axis=2)  # [streets, 2 ends, lon lat]
    tail, head = np.concatenate((pairs[:, 0], pairs[:, 1])), np.concatenate((pairs[:, 1], pairs[:, 0]))
    shape = np.concatenate((np.arange(streets), ~np.arange(streets)))
    motorway = (pairs < side).all(axis=1)
    road_class = np.tile(np.where(motorway, CLASS_INDEX["motorway"], CLASS_INDEX["residential"]), 2)
    order = np.argsort(tail, kind="stable")
    arcs = 2 * streets
    return RoadNetwork(
        node_lon=lon,
        node_lat=lat,
        node_id=np.arange(side * side),
        arc_tail=tail[order].astype(np.int32),
        arc_head=head[order].astype(np.int32),
        arc_length_m=np.full(arcs, 1000, np.float32),
        arc_class=road_class[order].astype(np.uint8),
        arc_speed_kph=np.full(arcs, 50, np.float32),
        arc_delay_ms=np.zeros(arcs, np.int32),
        arc_access=np.zeros(arcs, np.uint8),
        arc_way=np.zeros(arcs, np.int64),
        arc_name=np.zeros(arcs, np.int32),
        arc_ref=np.zeros(arcs, np.int32),
        arc_shape=shape[order].astype(np.int32),
        shape_offset=2 * np.arange(streets + 1),
        shape_lonlat=np.rint(ends.reshape(-1, 2) * SHAPE_SCALE).astype(np.int32),
        strings=("",),
    )


def page() -> MapPage:
    """Two answers to two incidents, with a hostile name in every text."""
    layers: list[RoadLayer | PointLayer | LineLayer | CellLayer] = [
        RoadLayer(grid()),
        CellLayer(NASTY, [h3.latlng_to_cell(36.01, 117.01, 8)], [np.nan], ColourScale.around(30, [15, 30, 60], "min")),
        PointLayer("Units", [117.0, 117.03], [36.0, 36.03], names=["U1", NASTY], roles="unit"),
    ]
    for name, roles in (("Towline", ["kept", "kept"]), (NASTY, ["kept", "broken"])):
        answer = Option("Answer", name)
        ends = [117.0, 117.03], [36.0, 36.03], [117.01, 117.01], [36.01, 36.01]
        layers.append(LineLayer.between("Assignments", *ends, roles=roles, keys=["I1", NASTY], option=answer))
        layers.append(
            PointLayer(
                "Incidents",
                [117.01, 117.01],
                [36.01, 36.01],
                names=["I1", NASTY],
                roles=roles,
                keys=["I1", NASTY],
                fields={NASTY: [NASTY, float("nan")]},
                labelled=True,
                option=answer,
            )
        )
    figures = [Figure(NASTY, NASTY, NASTY, "kept", Option("Answer", NASTY)), ("Promises kept", "2 of 2")]
    rows = [["I1", 7.5, Mark("kept", "kept")], [NASTY, None, Mark("broken", NASTY)]]
    table = Table(NASTY, ["Incident", "Arrives in, min", NASTY], rows, ["I1", NASTY])
    return MapPage(NASTY, NASTY, layers, figures, [table], ["© OpenStreetMap contributors", NASTY])
