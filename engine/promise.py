"""Which promise an incident gets: by the road it stands on, unless the caller says otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

import h3.api.numpy_int as h3
import numpy as np
import numpy.typing as npt

from engine.decision import Promise, PromiseClass
from engine.errors import TimeError
from engine.model import Incident
from engine.policy import Policy
from engine.texts import Language, promise_text
from engine.times import require_zone
from graphs.classes import CLASS_INDEX, ROAD_CLASSES
from graphs.junctions import junctions
from graphs.network import Int32, RoadNetwork

#: Cells in which junctions are counted to tell town from country (about 0.7 km2 each).
BUILT_UP_RESOLUTION = 8


class PromiseTable:
    """The policy's promise classes over one road network."""

    def __init__(self, network: RoadNetwork, policy: Policy) -> None:
        self._network = network
        self._rules = policy.promise
        self._highway = {CLASS_INDEX[name] for name in policy.promise.highway_classes}
        self._near: dict[int, bool] = {}  # cells asked about

    @cached_property
    def _built_up(self) -> frozenset[int]:
        """Cells with enough junctions to be a town."""
        network = self._network
        counts: dict[int, int] = {}
        for node in junctions(network):
            cell = h3.latlng_to_cell(network.node_lat[node], network.node_lon[node], BUILT_UP_RESOLUTION)
            counts[cell] = counts.get(cell, 0) + 1
        return frozenset(cell for cell, count in counts.items() if count >= self._rules.built_up_junctions)

    def is_built_up(self, lon: float, lat: float) -> bool:
        """Whether a place lies in, or within the policy's rings of, a built-up cell."""
        return self._near_built_up(int(h3.latlng_to_cell(lat, lon, BUILT_UP_RESOLUTION)))

    def _near_built_up(self, cell: int) -> bool:
        known = self._near.get(cell)
        if known is None:
            rings = h3.grid_disk(cell, self._rules.built_up_rings)
            known = self._near[cell] = any(int(near) in self._built_up for near in rings)
        return known

    def on_highway(self, arc: int) -> bool:
        """Whether an arc is of the policy's highway classes."""
        return int(self._network.arc_class[arc]) in self._highway

    def on_highways(self, arcs: Int32) -> npt.NDArray[np.bool_]:
        """[k] the same of many arcs."""
        return np.isin(self._network.arc_class[arcs], list(self._highway))

    def classify(self, arc: int, lon: float, lat: float) -> tuple[PromiseClass, float, str]:
        """Class, minutes and road (its class, then its name) of an incident snapped to `arc` at lon, lat."""
        road_class = int(self._network.arc_class[arc])
        road = self._network.road(arc)
        where = f"{ROAD_CLASSES[road_class]} {road}".strip()
        if self.on_highway(arc):
            return PromiseClass.HIGHWAY, self._rules.highway_minutes, where
        if self.is_built_up(lon, lat):
            return PromiseClass.URBAN, self._rules.urban_minutes, where
        return PromiseClass.OTHER, self._rules.other_minutes, where

    def promise(self, incident: Incident, arc: int, lon: float, lat: float) -> Promise:
        """The incident's promise: the one already made, else the one asked for, else its class's."""
        received = require_zone(incident.received_at, field="received_at")
        if incident.due_at is not None:
            due = require_zone(incident.due_at, field="due_at")
            if due < received:
                raise TimeError(
                    f"incident {incident.id}: due_at {due.isoformat()} is before received_at {received.isoformat()}",
                    incident=incident.id,
                    due_at=due.isoformat(),
                )
            return _made(due, PromiseClass.OVERRIDE, "made")
        begins, after = received, ""
        if incident.earliest is not None and (earliest := require_zone(incident.earliest, field="earliest")) > received:
            begins, after = earliest, ".booked"  # a booking is promised for when it is wanted
        if incident.promise is not None:
            if incident.promise <= timedelta(0):
                raise TimeError(
                    f"incident {incident.id}: the promise must be longer than zero",
                    incident=incident.id,
                    field="promise",
                )
            minutes = incident.promise.total_seconds() / 60
            due = begins + incident.promise
            return _made(due, PromiseClass.OVERRIDE, f"asked{after}", minutes=f"{minutes:g}")
        kind, minutes, road = self.classify(arc, lon, lat)
        due = begins + timedelta(minutes=minutes)
        return _made(due, kind, f"{kind.value}{after}", minutes=f"{minutes:g}", road=road)


def _made(due: datetime, kind: PromiseClass, key: str, **variables: str) -> Promise:
    return Promise(due, kind, promise_text(key, Language.EN, variables), key, variables)
