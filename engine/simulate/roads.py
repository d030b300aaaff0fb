"""Roads as a day uses them: promises at filing, the expected travel of drives that are made, places on the way."""

from __future__ import annotations

import numpy as np

from engine.decision import Promise
from engine.dispatch import Dispatcher
from engine.fleet.state import FleetState
from engine.model import Location
from engine.simulate.day import Day
from engine.simulate.runs import IncidentRun
from engine.times import from_ms
from graphs.position import Positions
from graphs.search import INF


class Roads:
    """The day's calls snapped once."""

    def __init__(self, dispatcher: Dispatcher, day: Day) -> None:
        self._dispatcher = dispatcher
        self._incidents = {call.incident.id: call.incident for call in day.calls}
        self._row = {incident_id: row for row, incident_id in enumerate(self._incidents)}
        self._positions = dispatcher.positions([incident.location for incident in self._incidents.values()])

    def promise(self, incident_id: str) -> Promise:
        """What the service promises when the call is filed."""
        row, at = self._row[incident_id], self._positions
        place = int(at.arc[row]), float(at.lon[row]), float(at.lat[row])
        return self._dispatcher.promises.promise(self._incidents[incident_id], *place)

    def eta_ms(self, state: FleetState, unit_id: str, incident_id: str, now_ms: int) -> int:
        """Expected travel of a unit that departs now."""
        unit = state.positions.take([state.row_of[unit_id]])
        eta = int(self._dispatcher.durations(unit, self._at(incident_id), from_ms(now_ms))[0, 0])
        if eta >= INF:
            raise AssertionError(f"unit {unit_id} was sent to {incident_id}, which it cannot reach")
        return eta

    def on_the_way(
        self, origin: Location | None, incident_id: str, run: IncidentRun, driven_ms: int
    ) -> Location | None:
        """Where a unit is that has driven for a while of its whole travel, by length of the way."""
        if origin is None or run.travel_ms <= 0 or run.departed_ms is None:
            return origin
        stops = Positions.concatenate([self._dispatcher.positions([origin]), self._at(incident_id)])
        (route,) = self._dispatcher.routes_between(stops, from_ms(run.departed_ms))
        line = np.asarray(route.lonlat)
        steps = np.hypot(*np.diff(line, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        if along[-1] <= 0:
            return origin
        at = along[-1] * min(1.0, driven_ms / run.travel_ms)
        return Location(float(np.interp(at, along, line[:, 0])), float(np.interp(at, along, line[:, 1])))

    def _at(self, incident_id: str) -> Positions:
        return self._positions.take([self._row[incident_id]])
