"""Incidents' windows, drop-offs and work as the kernels read them; times in ms relative to now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.fleet.cells import unit_vectors
from engine.fleet.charged import road_km
from engine.fleet.state import FleetState
from engine.jobs.job import Spread
from engine.jobs.make import ends_of, latest_of, requires_of
from engine.jobs.service_time import hand_over, service_time_of
from engine.locating import positions_each, query_of
from engine.model import Garage, Incident
from engine.policy import Policy
from engine.times import from_ms, require_zone, to_ms
from graphs.metrics import MetricView
from graphs.network import Float64, Int64
from graphs.position import Positions
from graphs.search import INF, Metric
from graphs.search.arrays import frozen
from graphs.travel import travel_matrix


@dataclass(frozen=True, eq=False)
class JobNumbers:
    """``n`` incidents, each as the one job of one unit."""

    earliest_ms: Int64  # 0 or more
    latest_ms: Int64  # of arrivals
    busy_ms: Int64  # work, the drive to the end and the hand-over there, means
    carry_ms: Int64  # that drive
    carry_km: Float64
    end_price: Float64  # of the garage chosen
    end: Int64  # index of the end chosen among `ends_of`, -1 where the job starts, or when no end can be reached
    ends: Positions  # [n] where each job ends; where it starts, without an end
    deviation_ms: Float64  # standard deviation of busy_ms
    revenue: Float64
    reached: np.ndarray  # [n] bool: some end can be reached, or there is none

    @staticmethod
    def of(
        incidents: Sequence[Incident],
        state: FleetState,
        positions: Positions,
        now_ms: int,
        view: MetricView | None = None,
    ) -> JobNumbers:
        """Of checked incidents on roads; raises the error of a drop-off or garage that cannot be used.

        Garages are chosen by driving and price, before it is known who drives and when. The drive is reckoned in the
        traffic of now, or of the wanted time of a booking, and after the mean time of work; without a view of metrics,
        in that of the state's.
        """
        policy = state.policy
        now = from_ms(now_ms)
        earliest = [0 if i.earliest is None else max(0, to_ms(require_zone(i.earliest)) - now_ms) for i in incidents]
        carries = _Carries(incidents, state, positions)
        for i, incident in enumerate(incidents):
            if ends := ends_of(incident):
                metric = state.metric
                if view is not None:
                    begun = now_ms + earliest[i] + round(1000 * _on_the_spot(policy, incident).mean.total_seconds())
                    metric = view.metric(view.snapshot.key_at(begun))
                carries.choose(i, incident, ends, metric)
        spent = [_work(policy, incident) for incident in incidents]
        work = [round(1000 * each.mean.total_seconds()) for each in spent]
        return JobNumbers(
            earliest_ms=frozen(earliest, np.int64),
            latest_ms=frozen([to_ms(latest_of(i, policy, now)) - now_ms for i in incidents], np.int64),
            busy_ms=frozen(np.array(work, np.int64) + carries.ms, np.int64),
            carry_ms=frozen(carries.ms, np.int64),
            carry_km=frozen(carries.km, np.float64),
            end_price=frozen(carries.price, np.float64),
            end=frozen(carries.end, np.int64),
            ends=carries.ends(),
            deviation_ms=frozen([1000 * each.deviation.total_seconds() for each in spent], np.float64),
            revenue=frozen([i.revenue for i in incidents], np.float64),
            reached=carries.reached,
        )


def _on_the_spot(policy: Policy, incident: Incident) -> Spread:
    return service_time_of(policy.service_time, incident, requires_of(incident, 1))


def _work(policy: Policy, incident: Incident) -> Spread:
    work = _on_the_spot(policy, incident)
    return work + hand_over(policy.service_time) if ends_of(incident) else work


class _Carries:
    """The drive from each incident to its end, chosen by cost where there are several."""

    def __init__(self, incidents: Sequence[Incident], state: FleetState, positions: Positions) -> None:
        count = len(incidents)
        self.ms, self.end = np.zeros(count, np.int64), np.full(count, -1, np.int64)
        self.km, self.price = np.zeros(count), np.zeros(count)
        self.reached = np.ones(count, bool)
        self._state, self._starts = state, positions
        self._ends: dict[int, Positions] = {}

    def ends(self) -> Positions:
        """[n] where each job ends."""
        if not self._ends:
            return self._starts
        every = Positions.concatenate([self._starts, *self._ends.values()])
        at = np.arange(len(self._starts))
        at[list(self._ends)] = len(self._starts) + np.arange(len(self._ends))
        return every.take(at)

    def choose(self, i: int, incident: Incident, ends: tuple[Garage, ...], metric: Metric) -> None:
        """The end of incident i, driven to under a metric."""
        region, cost, here = self._state.region, self._state.policy.cost, self._starts.take([i])
        there = _snapped(incident, ends, self._state)
        times = travel_matrix(region.network, metric, here, there, graph=region.search_graph)[0]
        if (times >= INF).all():
            self.reached[i] = False
            return
        prices = np.array([end.price for end in ends])
        costs = np.where(times < INF, cost.driving * times / 60_000 + cost.tariff * prices, np.inf)
        best = int(np.argmin(costs))
        self.end[i], self.ms[i], self.price[i] = best, times[best], prices[best]
        self._ends[i] = there.take([best])
        start = unit_vectors(here.lon, here.lat)[0]
        self.km[i] = road_km(start, unit_vectors(there.lon[[best]], there.lat[[best]])[0])


def _snapped(incident: Incident, ends: tuple[Garage, ...], state: FleetState) -> Positions:
    query = query_of([end.location for end in ends])
    positions, errors = positions_each(state.region.snapper, query, state.policy.limits.max_snap_m)
    if errors:
        index = min(errors)
        what = "drop_off" if incident.drop_off is not None else f"garages[{index}]"
        raise errors[index].about(f"incident {incident.id}: {what}", incident=incident.id, field=what)
    return positions
