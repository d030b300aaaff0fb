"""Shifts, breaks, tariffs and concessions in the search: against the full scan, against the oracle, by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

import h3.api.basic_str as h3
import numpy as np
import pytest

from engine.decision import Plan, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import TimeError, ValueRangeError
from engine.fleet import FleetState
from engine.fleet.arrays import unit_arrays
from engine.fleet.candidates import CandidateSearch
from engine.fleet.cells import CellIndex
from engine.fleet.territory import Territories
from engine.intake import Intake
from engine.jobs.errors import WindowError
from engine.model import (
    Break,
    Capability,
    Fleet,
    Garage,
    Incident,
    Location,
    NightTariff,
    Provider,
    Service,
    Unit,
    UnitStatus,
)
from engine.plan_map import plan_page
from engine.policy import Policy
from engine.tables.plan_rows import plan_rows
from engine.times import to_ms
from graphs.errors import TowlineError
from graphs.region import Region
from tests.engine import cost_oracle
from tests.engine.fleets import NOW, place, random_fleet, random_incidents

HOUR = timedelta(hours=1)


def with_terms(region: Region, rng: Random, fleet: Fleet) -> Fleet:
    """The fleet with shifts, breaks, tariffs, concessions, acceptance, quality and shares, each for some."""

    def maybe(value: Any) -> Any:
        return value if rng.random() < 0.4 else None

    def told(item: Any, values: dict[str, Any]) -> Any:
        return replace(item, **{name: value for name, value in values.items() if value is not None})

    providers = [
        told(
            provider,
            {
                "per_km_price": maybe(rng.uniform(0, 20)),
                "night": maybe(NightTariff(rng.uniform(1, 3), time(rng.randrange(24)), time(rng.randrange(24)))),
                "acceptance": maybe(rng.uniform(0.1, 1)),
                "quality": maybe(rng.random()),
                "recent_share": maybe(rng.random()),
            },
        )
        for provider in fleet.providers
    ]
    for number in rng.sample(range(len(providers)), len(providers) // 10):
        spot = place(region, rng)
        cells = frozenset(h3.grid_disk(h3.latlng_to_cell(spot.lat, spot.lon, 8), 2))
        providers[number] = replace(providers[number], exclusive_cells=cells)
    units = [
        told(
            unit,
            {
                "shift_start": maybe(NOW + rng.uniform(-3, 1) * HOUR),
                "shift_end": maybe(NOW + rng.uniform(1.1, 6) * HOUR),
                "overtime_price": maybe(rng.uniform(0, 300)),
                "breaks": maybe((Break(NOW - rng.random() * HOUR, NOW + rng.random() * HOUR),)),
            },
        )
        for unit in fleet.units
    ]
    return Fleet(tuple(providers), tuple(units))


def with_jobs(region: Region, rng: Random, incidents: list[Incident]) -> list[Incident]:
    """Some with garages, a window, a time of their own, revenue."""
    return [
        replace(
            incident,
            garages=tuple(
                Garage(place(region, rng), price=rng.choice([0.0, 100.0])) for _ in range(rng.choice([0, 1, 3]))
            ),
            earliest=NOW + rng.uniform(-1, 5) * HOUR if rng.random() < 0.3 else None,
            latest=NOW + rng.uniform(5, 9) * HOUR if rng.random() < 0.3 else None,
            service_time=timedelta(minutes=rng.uniform(5, 90)) if rng.random() < 0.3 else None,
            revenue=rng.choice([0.0, 300.0]),
        )
        for incident in incidents
    ]


def _answers(state: FleetState, dispatcher: Dispatcher, incidents: list[Incident]) -> list[list[int]]:
    intake = Intake.of(incidents, state, dispatcher.promises, NOW)
    found = CandidateSearch(state, intake, dispatcher.fastest).ranked(np.full(len(incidents), 12))
    return [
        np.concatenate([a[found.of(i)] for a in (found.row, found.cost, found.travel_ms)]).tolist()
        for i in range(len(incidents))
    ]


@pytest.mark.parametrize("lateness_of", ["point", "expected"])
@pytest.mark.parametrize("seed", range(3))
def test_the_index_is_exact_with_every_part(
    coquimbo: Region, seed: int, lateness_of: Literal["point", "expected"]
) -> None:
    """Rows, costs and times are those of looking at everybody, under both ways to reckon lateness."""
    rng = Random(seed)
    policy = replace(Policy.default(), cost=replace(Policy.default().cost, lateness_of=lateness_of))
    dispatcher = Dispatcher(coquimbo, policy)
    state = dispatcher.prepare(with_terms(coquimbo, rng, random_fleet(coquimbo, rng, 600)))
    incidents = with_jobs(coquimbo, rng, random_incidents(coquimbo, rng, 50))
    wide = CellIndex.build(state.positions.lon, state.positions.lat, 0)
    everybody = replace(state, cells=replace(wide, radius_m=np.full(wide.cell.size, 1e9)))
    found = _answers(state, dispatcher, incidents)
    assert found == _answers(everybody, dispatcher, incidents), f"seed {seed}"
    assert sum(map(len, found)) > 300, f"seed {seed}"


@pytest.mark.parametrize("seed", range(3))
def test_candidates_cost_what_the_page_says(coquimbo: Region, seed: int) -> None:
    """Every candidate's parts are the oracle's, from the incident's and the unit's own words."""
    rng = Random(seed)
    dispatcher = Dispatcher(coquimbo)
    fleet = with_terms(coquimbo, rng, random_fleet(coquimbo, rng, 80))
    providers, units = {p.id: p for p in fleet.providers}, {u.id: u for u in fleet.units}
    state = dispatcher.prepare(fleet)
    weights = cost_oracle.Weights(**asdict(dispatcher.policy.cost))
    checked = 0
    for incident in with_jobs(coquimbo, rng, random_incidents(coquimbo, rng, 15)):
        answer = dispatcher.recommend(incident, state, NOW, runners_up=20)
        jobs = Intake.of([incident], state, dispatcher.promises, NOW).jobs
        for rival in filter(None, (answer.best, *answer.runners_up)):
            unit, provider = units[rival.unit_id], providers[rival.provider_id]
            ready = _ms(rival.departs_at)
            free = NOW + timedelta(milliseconds=ready) - unit.mobilisation
            night = _night(provider, free, coquimbo)
            row = state.row_of[unit.id]
            spot = h3.great_circle_distance(
                (state.positions.lat[row], state.positions.lon[row]), _snapped(dispatcher, incident)
            )
            km = 1.3 * spot + float(jobs.carry_km[0])
            work = cost_oracle.Work(
                earliest=int(jobs.earliest_ms[0]),
                carry=int(jobs.carry_ms[0]),
                busy=int(jobs.busy_ms[0]),
                shift_end=None if unit.shift_end is None else to_ms(unit.shift_end) - to_ms(NOW),
                overtime_price=unit.overtime_price,
                acceptance=provider.acceptance,
                quality=provider.quality,
                recent_share=provider.recent_share,
            )
            price = (provider.call_out_price + provider.per_km_price * km) * night + float(jobs.end_price[0])
            expected = cost_oracle.served(
                weights,
                dispatcher.policy.priority.of(incident.priority),
                _ms(answer.promise.due_at),
                ready,
                round(rival.travel.total_seconds() * 1000),
                price,
                False,
                work,
            )
            for part, value in asdict(rival.cost).items():  # the radius of the earth is not the same to the last metre
                assert abs(value - expected.get(part, 0)) <= (2 if part == "tariff" else 0), (seed, incident.id, part)
            checked += 1
    assert checked > 40, seed


def _ms(at: datetime) -> int:
    return round((at - NOW).total_seconds() * 1000)


def _night(provider: Provider, free: datetime, region: Region) -> float:
    if provider.night is None:
        return 1.0
    clock, start, end = free.astimezone(region.timezone).time(), provider.night.start, provider.night.end
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    return provider.night.factor if inside else 1.0


def _snapped(dispatcher: Dispatcher, incident: Incident) -> tuple[float, float]:
    found = dispatcher.positions([incident.location])
    return float(found.lat[0]), float(found.lon[0])


def _one(region: Region, provider: Provider | None = None, **more: Any) -> tuple[Dispatcher, FleetState, Incident]:
    """One unit, and an incident at the other end of town."""
    rng = Random(1)
    dispatcher = Dispatcher(region)
    unit = replace(Unit("u", "p", place(region, rng), frozenset(Service)), **more)
    state = dispatcher.prepare(Fleet((provider or Provider("p"),), (unit,)))
    return dispatcher, state, Incident("i", place(region, rng), Service.TOWING, received_at=NOW)


def test_a_break_and_a_later_shift_are_waited_for(coquimbo: Region) -> None:
    """It departs when the break ends, or the shift begins, plus its mobilisation; a later break does not hold it."""
    rest = Break(NOW - HOUR, NOW + HOUR)
    after = Break(NOW + HOUR, NOW + 1.5 * HOUR)
    later = Break(NOW + 3 * HOUR, NOW + 4 * HOUR)
    minute = timedelta(minutes=1)
    cases: list[tuple[dict[str, Any], timedelta]] = [
        ({"breaks": (rest,)}, HOUR),
        ({"breaks": (after, rest)}, 1.5 * HOUR),
        ({"breaks": (later,)}, 0 * HOUR),
        ({"shift_start": NOW + 2 * HOUR}, 2 * HOUR),
        ({"status": UnitStatus.BUSY, "free_at": NOW + 0.5 * HOUR, "breaks": (rest,)}, HOUR),
    ]
    for more, departs in cases:
        dispatcher, state, incident = _one(coquimbo, mobilisation=minute, **more)
        best = dispatcher.recommend(incident, state, NOW).best
        assert best is not None
        assert best.departs_at == NOW + departs + minute


def test_work_must_fit_the_shift(coquimbo: Region) -> None:
    """A repair of 30 minutes: overtime up to two hours is priced, more is refused, with the reason."""
    dispatcher, state, incident = _one(coquimbo)
    free = dispatcher.recommend(incident, state, NOW).best
    assert free is not None
    ends = free.arrives_at + timedelta(minutes=20)  # loading takes 20 minutes: done just in time
    assert _overtime(coquimbo, ends) == 0
    assert _overtime(coquimbo, ends - timedelta(minutes=8)) == 8 * 250
    assert _overtime(coquimbo, free.arrives_at) == 20 * 250
    assert _overtime(coquimbo, free.arrives_at - timedelta(seconds=1)) is ReasonCode.SHIFT_ENDS
    dispatcher, state, incident = _one(coquimbo, shift_end=ends, overtime_price=600.0)
    long = replace(incident, service_time=timedelta(minutes=140))
    best = dispatcher.recommend(long, state, NOW).best
    assert best is not None
    assert (best.cost.overtime, best.cost.tariff) == (120 * 250, 120_000)  # two hours at 600
    assert dispatcher.recommend(replace(long, service_time=timedelta(minutes=141)), state, NOW).best is None


def _overtime(region: Region, shift_end: datetime) -> int | ReasonCode:
    dispatcher, state, incident = _one(region, shift_end=shift_end)
    answer = dispatcher.recommend(incident, state, NOW)
    return answer.best.cost.overtime if answer.best else answer.unserved.code if answer.unserved else -1


def test_a_concession_keeps_others_out(coquimbo: Region) -> None:
    """Only the holder may serve its cells and ways, even outside its territory; without a capable one nobody does."""
    rng = Random(5)
    dispatcher = Dispatcher(coquimbo)
    spot, far = place(coquimbo, rng), place(coquimbo, rng)
    found = dispatcher.positions([spot])
    way = int(coquimbo.network.arc_way[found.arc[0]])
    assert way
    elsewhere = frozenset({h3.latlng_to_cell(far.lat, far.lon, 9)})
    cells = frozenset({h3.latlng_to_cell(spot.lat, spot.lon, 8)})
    incident = Incident("i", spot, Service.TOWING, received_at=NOW)
    units = (
        Unit("near", "other", spot, frozenset(Service)),
        Unit("far", "holder", far, frozenset(Service)),
    )
    concessions: list[dict[str, Any]] = [{"exclusive_cells": cells}, {"exclusive_ways": frozenset({way})}]
    for terms in concessions:
        holder = Provider("holder", territory=elsewhere, **terms)
        state = dispatcher.prepare(Fleet((Provider("other"), holder), units))
        answer = dispatcher.recommend(incident, state, NOW)
        assert answer.best is not None
        assert answer.best.unit_id == "far"
        assert not answer.runners_up
        cannot = (units[0], replace(units[1], services=frozenset({Service.BREAKDOWN_REPAIR})))
        answer = dispatcher.recommend(incident, dispatcher.prepare(Fleet((Provider("other"), holder), cannot)), NOW)
        assert answer.unserved is not None
        assert answer.unserved.code is ReasonCode.CONCESSION
    open_to_all = dispatcher.prepare(Fleet((Provider("other"), Provider("holder", territory=elsewhere)), units))
    best = dispatcher.recommend(incident, open_to_all, NOW).best
    assert best is not None
    assert best.unit_id == "near"


def test_a_storm_raises_the_weight_of_those_stranded(coquimbo: Region) -> None:
    """With as many open incidents as units, a storm from 1 on multiplies what waiting for a tow costs."""
    policy = replace(Policy.default(), triage=replace(Policy.default().triage, storm_from=1.0))
    _, state, incident = _one(coquimbo)
    calm = Dispatcher(coquimbo).optimize([incident], state, NOW)
    storm = Dispatcher(coquimbo, policy)
    plan = storm.optimize([incident], storm.prepare(Fleet(tuple(state.providers.values()), state.units)), NOW)
    highway = plan.assignments[0].promise.promise_class == "highway"
    factor = 1.5 * (2.0 if highway else 1.0)
    assert plan.assignments[0].chosen.cost.waiting == pytest.approx(factor * calm.cost.waiting, abs=1)


@pytest.mark.parametrize(
    ("more", "kind", "words"),
    [
        ({"shift_start": NOW, "shift_end": NOW}, WindowError, "night shift ends on the next day"),
        ({"breaks": (Break(NOW, NOW - HOUR),)}, WindowError, "break"),
        ({"shift_end": NOW.replace(tzinfo=None)}, TimeError, "no time zone"),
        ({"overtime_price": -1.0}, ValueRangeError, "overtime_price"),
        ({"mobilisation": timedelta(days=2)}, TimeError, "mobilisation"),
    ],
)
def test_units_that_cannot_be_are_refused(
    coquimbo: Region, more: dict[str, Any], kind: type[TowlineError], words: str
) -> None:
    """Each with the unit's name."""
    with pytest.raises(kind, match=f"unit u.*{words}"):
        _one(coquimbo, **more)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"acceptance": 1.5}, "acceptance"),
        ({"acceptance": 0.0}, "acceptance"),
        ({"quality": float("nan")}, "quality"),
        ({"recent_share": -0.1}, "recent_share"),
        ({"per_km_price": float("inf")}, "per_km_price"),
        ({"night": NightTariff(0.5)}, "night_factor"),
    ],
)
def test_providers_that_cannot_be_are_refused(coquimbo: Region, more: dict[str, Any], words: str) -> None:
    """Each with the provider's name."""
    with pytest.raises(ValueRangeError, match=f"provider p: {words}"):
        _one(coquimbo, replace(Provider("p"), **more))


def test_an_accident_gets_all_its_units(coquimbo: Region) -> None:
    """Each unit with its own equipment; what cannot be had is left over under its own name."""
    rng = Random(2)
    spot = place(coquimbo, rng)
    dispatcher = Dispatcher(coquimbo)
    winch, flatbed = frozenset({Capability.WINCH}), frozenset({Capability.FLATBED})
    units = tuple(
        Unit(name, "p", place(coquimbo, rng), frozenset(Service), equipment)
        for name, equipment in (("a", winch), ("b", flatbed), ("c", flatbed))
    )
    accident = Incident(
        "i",
        spot,
        Service.TOWING,
        NOW,
        units_needed=3,
        unit_requires=(flatbed, winch, winch),
        drop_off=units[0].location,
    )
    plan = dispatcher.optimize([accident], dispatcher.prepare(Fleet((Provider("p"),), units)), NOW)
    sent = {answer.incident_id: answer.chosen.unit_id for answer in plan.assignments}
    left = [answer.incident_id for answer in plan.unserved]
    assert sent["i"] in ("b", "c")
    assert {**sent, "i": "b"} in ({"i": "b", "i#2": "a"}, {"i": "b", "i#3": "a"})
    assert left in (["i#3"], ["i#2"])
    rows = plan_rows(plan, [accident], Fleet((Provider("p"),), units), coquimbo.timezone)
    assert [row["incident_id"] for row in rows] == ["i", "i#2", "i#3"]
    assert write_page(coquimbo, units, accident, plan)


def write_page(region: Region, units: tuple[Unit, ...], incident: Incident, plan: Plan) -> bool:
    """The map of the plan can be drawn."""
    return bool(plan_page(region, Fleet((Provider("p"),), units), [incident], {"x": plan}))


@pytest.mark.parametrize(
    ("asked", "free", "night"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 4, 40, tzinfo=UTC), True),  # 05:40 by then
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 4, 20, tzinfo=UTC), False),  # 06:20 by then
        (datetime(2026, 3, 28, 0, 30, tzinfo=UTC), datetime(2026, 3, 28, 4, 20, tzinfo=UTC), True),  # 05:20
    ],
)
def test_the_night_tariff_follows_the_clock_as_it_changes(asked: datetime, free: datetime, night: bool) -> None:
    """A unit that is called out after the change of clocks charges by the clock of that time."""
    unit = Unit("u", "p", Location(0, 0), frozenset(), status=UnitStatus.BUSY, free_at=free)
    provider = Provider("p", call_out_price=100.0, night=NightTariff(2.0))
    arrays = unit_arrays([unit], {"p": provider}, Territories.of([provider]), Policy.default())
    factor = arrays.tariff_factor(arrays.free_at(to_ms(asked)), ZoneInfo("Europe/Berlin"))
    assert factor is not None
    assert factor.tolist() == [2.0 if night else 1.0]
