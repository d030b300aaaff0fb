"""Seeded instances of the queue benchmark, and their price list: storm, slack and calm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np

from benchmarks.search_graphs import DATA
from engine.cost import unserved_cost, weight_vector
from engine.generate import generate_fleet, generate_incidents
from engine.locating import positions, query_of
from engine.model import Incident, Location, Service, UnitStatus, bits
from engine.policy import Policy
from engine.promise import PromiseTable
from engine.queues.instance import NEVER, QueueInstance
from engine.queues.limits import NONE
from engine.queues.price_list import expected_option
from graphs.bundled import load_coquimbo
from graphs.position import Positions
from graphs.region import Region, build_region
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.table_files import read_table
from graphs.travel import travel_matrix

NOW = datetime(2026, 1, 20, 18, 0)
ROADSIDE = (Service.BREAKDOWN_REPAIR, Service.TOWING)
#: The price list: what hangs on contractors, shifts and work beyond the default policy's weights. All assumptions.
REPAIR_MINUTES, TOW_MINUTES = 25.0, 20.0  # mean work on the spot; a tow also drives to the nearest garage
GARAGES = 12
CONTRACTORS, CONTRACTOR_CREWS = 12, (2, 8)
CONTRACTOR_PRICE = (350.0, 700.0)  # currency a job, own units charge their provider's call-out
CONTRACTOR_DELAY = (20.0, 60.0)  # minutes until it sets out from its base
ACCEPTANCE = (0.6, 0.95)
AGAIN_MINUTES = 30.0  # a decline costs so much later an arrival
SHIFT_HOURS = (2.0, 8.0)
OVERTIME_PRICE = 120.0  # currency an hour, beside the policy's weight of a minute
ALL_ABLE_SHARE = 0.5  # units that can both repair and tow


@dataclass(frozen=True)
class Case:
    name: str
    seed: int
    instance: QueueInstance


@cache
def jinan_or_coquimbo() -> Region:
    """Jinan when its tables are there, else the bundled region."""
    if not (DATA / "jinan_edges.csv.gz").exists():
        return load_coquimbo()
    mapping = ColumnMapping.parse(["edge_id=eid", "way=osm_way_id", "length=length_m", "geometry=geometry_wkt"])
    edges, nodes = read_table(DATA / "jinan_edges.csv.gz"), read_table(DATA / "jinan_nodes.csv.gz")
    return build_region(edges_to_raw(edges, nodes, mapping=mapping), name="jinan", timezone="Asia/Shanghai")


def storm(seed: int, jobs: int = 400, units: int = 150) -> Case:
    """A winter evening: calls of the last two hours still open, 150 units of which many are busy, contractors."""
    return Case("storm", seed, _make(seed, jobs, units, window=120.0, contractors=CONTRACTORS))


def slack(seed: int, jobs: int = 900, units: int = 300) -> Case:
    """Appointments that one plan keeps all; tours of up to 4 jobs, and only driving counts.

    Arriving earlier than promised brings nothing here and units charge nothing a job, so that solvers that know hard
    windows and driving time alone can express it fully.
    """
    return Case("slack", seed, _make(seed, jobs, units, window=0.0, contractors=0, max_jobs=4))


def _make(seed: int, jobs: int, units: int, *, window: float, contractors: int, max_jobs: int = 5) -> QueueInstance:
    region, policy = jinan_or_coquimbo(), Policy.default()
    tight = contractors > 0
    if not tight:
        policy = replace(policy, cost=replace(policy.cost, waiting=0.0))
    weights = weight_vector(policy)
    now = NOW.replace(tzinfo=region.timezone)
    rng = np.random.default_rng([seed, jobs, units])
    fleet = generate_fleet(
        region, None, seed=seed, now=now, providers=max(1, units // 4), units=units, territory_share=0.0,
        busy_share=0.6 if tight else 0.0, off_duty_share=0.0,
    )  # fmt: skip
    incidents = generate_incidents(
        region, None, seed=seed, count=jobs, now=now, window_minutes=max(1.0, window), services=ROADSIDE
    )
    price = {provider.id: provider.call_out_price for provider in fleet.providers}
    at = _place(region, [i.location for i in incidents])
    start = _place(
        region,
        [u.free_location if u.status is UnitStatus.BUSY and u.free_location else u.location for u in fleet.units],
    )
    garages = at.take(rng.choice(jobs, GARAGES, replace=False))
    end, service, carry = _ends(region, incidents, at, garages, rng)
    first = travel_matrix(region.network, region.metric, start, at, 2, region.search_graph)
    between = travel_matrix(region.network, region.metric, end, at, 2, region.search_graph)
    ready = np.array([_ready(unit, now) for unit in fleet.units])
    both = rng.random(units) < ALL_ABLE_SHARE
    have = np.array([bits(ROADSIDE if both[k] else u.services, u.capabilities) for k, u in enumerate(fleet.units)])
    need = np.array([bits((i.service,), ()) for i in incidents])
    have |= np.where((have & (need.min() | need.max())) == 0, int(need.min()), 0)
    shift_end = np.full(units, NEVER)
    if tight:
        shift_end = np.rint(rng.uniform(*SHIFT_HOURS, units) * 3_600_000).astype(np.int64)
    priority = np.array([policy.priority.of(i.priority) for i in incidents])
    latest = np.full(jobs, round(policy.limits.max_wait_minutes * 60_000))
    if tight:
        promises = PromiseTable(region.network, policy)
        due = np.array(_due(promises, incidents, at, now))
    else:
        due = _feasible_due(ready, first, between, service, (have[:, None] & need) == need, max_jobs, rng)
    left = np.array([unserved_cost(weights, p, d, t) for p, d, t in zip(priority, due, latest, strict=True)])
    option, crews = _contractors(region, rng, contractors, at, weights, priority, due, latest)
    return QueueInstance(
        weights=weights,
        ready_ms=ready,
        service_ms=service,
        due_ms=due,
        latest_ms=latest,
        priority=priority,
        unserved_cost=left,
        first_ms=first,
        between_ms=between,
        price=np.array([price[u.provider_id] if tight else 0.0 for u in fleet.units]),
        bits=have,
        need=need,
        carry_ms=carry,
        shift_end_ms=shift_end,
        end_by_ms=shift_end + round(policy.limits.max_overtime_minutes * 60_000),
        overtime_price=np.full(units, OVERTIME_PRICE if tight else 0.0),
        option_cost=option,
        crews=crews,
        max_jobs=max_jobs,
    )


def _place(region: Region, locations: list[Location]) -> Positions:
    return positions(region.snapper, query_of(locations), 500.0)


def _ready(unit, now: datetime) -> int:
    wait = max(timedelta(0), unit.free_at - now) if unit.free_at else timedelta(0)
    return round((wait + unit.mobilisation).total_seconds() * 1000)


def _ends(region: Region, incidents: list[Incident], at: Positions, garages: Positions, rng: np.random.Generator):
    """Repairs end where they start, tows at the nearest garage; service times are gamma-distributed around the mean."""
    spread = rng.gamma(6.0, 1 / 6.0, len(incidents))
    to_garage = travel_matrix(region.network, region.metric, at, garages, 2, region.search_graph)
    nearest = to_garage.argmin(axis=1)
    parts, minutes, carry = [], np.empty(len(incidents)), np.zeros(len(incidents), np.int64)
    for k, incident in enumerate(incidents):
        tow = incident.service is Service.TOWING
        parts.append(garages.take([nearest[k]]) if tow else at.take([k]))
        carry[k] = to_garage[k, nearest[k]] if tow else 0
        minutes[k] = TOW_MINUTES * spread[k] + carry[k] / 60_000 if tow else REPAIR_MINUTES * spread[k]
    return Positions.concatenate(parts), np.rint(minutes * 60_000).astype(np.int64), carry


def _due(promises: PromiseTable, incidents: list[Incident], at: Positions, now: datetime) -> list[int]:
    out = []
    for k, incident in enumerate(incidents):
        promise = promises.promise(incident, int(at.arc[k]), float(at.lon[k]), float(at.lat[k]))
        out.append(round((promise.due_at - now).total_seconds() * 1000))
    return out


def _feasible_due(ready, first, between, service, able, max_jobs: int, rng: np.random.Generator):
    """Due times that one plan keeps: nearest unit free to take each job in turn, and half an hour to an hour on top."""
    units, jobs = first.shape
    free, last, count = ready.astype(np.int64).copy(), np.full(units, NONE), np.zeros(units, int)
    due = np.empty(jobs, np.int64)
    for job in rng.permutation(jobs):
        travel = np.where(last < 0, first[:, job], between[last, job])
        arrival = np.where(able[:, job] & (count < max_jobs), free + travel, np.int64(1) << 60)
        unit = int(arrival.argmin())
        due[job] = arrival[unit] + rng.integers(5, 30) * 60_000
        free[unit], last[unit] = arrival[unit] + service[job], job
        count[unit] += 1
    return due


def _contractors(region: Region, rng: np.random.Generator, count: int, at: Positions, weights, priority, due, latest):
    jobs = len(at)
    option = np.full((count, jobs), NONE, np.int64)
    if count == 0:
        return option, np.zeros(0, np.int64)
    bases = at.take(rng.choice(jobs, count, replace=False))
    travel = travel_matrix(region.network, region.metric, bases, at, 2, region.search_graph)
    price, wait, accept = (
        rng.uniform(*CONTRACTOR_PRICE, count),
        rng.uniform(*CONTRACTOR_DELAY, count),
        rng.uniform(*ACCEPTANCE, count),
    )
    for p in range(count):
        for j in range(jobs):
            arrival = np.int64(travel[p, j] + round(wait[p] * 60_000))
            option[p, j] = expected_option(
                weights,
                priority[j],
                due[j],
                latest[j],
                arrival,
                round(price[p]),
                accept[p],
                round(AGAIN_MINUTES * 60_000),
                False,
            )
    return option, rng.integers(CONTRACTOR_CREWS[0], CONTRACTOR_CREWS[1] + 1, count)
