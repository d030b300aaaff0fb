"""Every rule that a plan can break, with its amount, in words of two languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import h3.api.basic_str as h3
import numpy as np
import pytest

from engine.check import PlannedStop, PlannedTour, Severity, Violation, ViolationCode, check_plan
from engine.check.planned import tours_of_plan
from engine.dispatch import Dispatcher
from engine.model import Capability, Fleet, Incident, Location, Priority, Provider, Service, Unit, UnitStatus
from engine.policy import Policy
from engine.texts import Language
from engine.texts.violations import VIOLATIONS
from engine.tours.size import Tours
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate
from graphs.region import Region
from tests.engine.check.facts import random_case
from tests.engine.fleets import NOW, place

MINUTE = timedelta(minutes=1)
HERE, THERE = Location(-71.2519, -29.9027), Location(-71.3436, -29.9533)
UNIT = Unit("u", "p", HERE, frozenset(Service), frozenset(Capability))
CALL = Incident("i", THERE, Service.TOWING, NOW)


def tour(unit: str, *incidents: str | PlannedStop) -> PlannedTour:
    return PlannedTour(unit, tuple(PlannedStop(each) if isinstance(each, str) else each for each in incidents))


def found(
    region: Region,
    tours: list[PlannedTour],
    incidents: list[Incident] | None = None,
    units: tuple[Unit, ...] = (UNIT,),
    providers: tuple[Provider, ...] = (),
    policy: Policy | None = None,
    store: MetricStore | None = None,
) -> list[Violation]:
    dispatcher = Dispatcher(region, policy, metrics=store)
    state = dispatcher.prepare(Fleet(providers, units))
    calls = [CALL] if incidents is None else incidents
    return list(check_plan(dispatcher, calls, state, NOW, tours, compare=False).violations)


def drive(region: Region) -> timedelta:
    dispatcher = Dispatcher(region)
    answer = dispatcher.recommend(CALL, dispatcher.prepare(Fleet(units=(UNIT,))), NOW)
    assert answer.best is not None
    return answer.best.travel


def only(violations: list[Violation]) -> Violation:
    assert len(violations) == 1, [each.message for each in violations]
    return violations[0]


def test_a_plan_without_faults(coquimbo: Region) -> None:
    """Nothing is said about it."""
    assert found(coquimbo, [tour("u", "i")]) == []


def test_names(coquimbo: Region) -> None:
    """Unknown ones, units and incidents that come twice, incidents left out."""
    calls = [replace(CALL, id=name, promise=timedelta(days=1)) for name in "abc"]
    tours = [tour("u", "a", "x"), tour("ghost", "b"), tour("u", "a", "c")]
    each = {(item.code, item.incident_id, item.unit_id, item.position) for item in found(coquimbo, tours, calls)}
    assert each == {
        (ViolationCode.NOT_PLANNED, "b", "", 0),
        (ViolationCode.UNKNOWN_UNIT, "", "ghost", 0),
        (ViolationCode.DUPLICATE_UNIT, "", "u", 0),
        (ViolationCode.UNKNOWN_INCIDENT, "x", "u", 2),
        (ViolationCode.INCIDENT_TWICE, "a", "u", 3),
    }


def test_who_may_do_what(coquimbo: Region) -> None:
    """Services and equipment that are missing, territories, concessions, duty."""
    bare = replace(UNIT, services=frozenset({Service.BREAKDOWN_REPAIR}), capabilities=frozenset())
    needy = replace(CALL, requires=frozenset({Capability.WINCH}))
    lacks = only(found(coquimbo, [tour("u", "i")], [needy], (bare,)))
    assert (lacks.code, lacks.count, lacks.details["needs"]) == (ViolationCode.LACKS_CAPABILITY, 2, "towing, winch")
    assert lacks.severity is Severity.RULE
    cells = frozenset({h3.latlng_to_cell(HERE.lat, HERE.lon, 8)})
    away = only(found(coquimbo, [tour("u", "i")], None, (UNIT,), (Provider("p", territory=cells),)))
    assert away.code is ViolationCode.OUTSIDE_TERRITORY
    there = frozenset({h3.latlng_to_cell(THERE.lat, THERE.lon, 8)})
    owner = Provider("owner", exclusive_cells=there)
    kept = only(found(coquimbo, [tour("u", "i")], None, (UNIT,), (Provider("p"), owner)))
    assert kept.code is ViolationCode.CONCESSION
    off = only(found(coquimbo, [tour("u", "i")], None, (replace(UNIT, status=UnitStatus.OFF_DUTY),)))
    assert off.code is ViolationCode.OFF_DUTY
    busy = only(found(coquimbo, [tour("u", "i")], None, (replace(UNIT, status=UnitStatus.BUSY),)))
    assert busy.code is ViolationCode.NO_KNOWN_END


def test_times(coquimbo: Region) -> None:
    """After the latest time or the promise, before the earliest, planned sooner or later than can be: by how much."""
    travel = drive(coquimbo)
    late = only(found(coquimbo, [tour("u", "i")], [replace(CALL, latest=NOW + MINUTE)]))
    assert (late.code, late.over) == (ViolationCode.AFTER_LATEST, travel - MINUTE)
    broken = only(found(coquimbo, [tour("u", "i")], [replace(CALL, due_at=NOW + 2 * MINUTE)]))
    assert (broken.code, broken.over) == (ViolationCode.PROMISE_BROKEN, travel - 2 * MINUTE)
    assert broken.severity is Severity.PROMISE
    waits = only(found(coquimbo, [tour("u", "i")], [replace(CALL, earliest=NOW + 90 * MINUTE)]))
    assert (waits.code, waits.over, waits.severity) == (ViolationCode.WAITS, 90 * MINUTE - travel, Severity.NOTE)
    early = only(found(coquimbo, [tour("u", PlannedStop("i", NOW + 3 * MINUTE))]))
    assert (early.code, early.over) == (ViolationCode.TOO_EARLY, travel - 3 * MINUTE)
    lazy = only(found(coquimbo, [tour("u", PlannedStop("i", NOW + travel + 20 * MINUTE))]))
    assert (lazy.code, lazy.over) == (ViolationCode.LATER_THAN_NEEDED, 20 * MINUTE)
    assert found(coquimbo, [tour("u", PlannedStop("i", NOW + travel))]) == []


def test_shifts(coquimbo: Region) -> None:
    """Work that begins after the shift, that ends later than overtime may, and overtime that may be."""
    travel = drive(coquimbo)
    gone = only(found(coquimbo, [tour("u", "i")], None, (replace(UNIT, shift_end=NOW + MINUTE),)))
    assert (gone.code, gone.over) == (ViolationCode.AFTER_SHIFT, travel - MINUTE)
    shift = replace(UNIT, shift_end=NOW + travel)
    long = only(found(coquimbo, [tour("u", "i")], [replace(CALL, service_time=150 * MINUTE)], (shift,)))
    assert (long.code, long.over) == (ViolationCode.OVERTIME_LIMIT, 30 * MINUTE)
    some = only(found(coquimbo, [tour("u", "i")], [replace(CALL, service_time=50 * MINUTE)], (shift,)))
    assert (some.code, some.over, some.severity) == (ViolationCode.WORKS_OVERTIME, 50 * MINUTE, Severity.NOTE)


def test_pins(coquimbo: Region) -> None:
    """Another unit, a later place, nobody; what a person pinned may break the other rules."""
    units = (UNIT, replace(UNIT, id="v"))
    pinned = replace(CALL, assigned_unit_id="u", pinned=True, latest=NOW + MINUTE)
    other = found(coquimbo, [tour("v", "i")], [pinned], units)
    assert [each.code for each in other] == [ViolationCode.PIN_IGNORED, ViolationCode.AFTER_LATEST]
    second = found(coquimbo, [tour("u", "j", "i")], [pinned, replace(CALL, id="j")], units)
    assert "pin_ignored.first" in [each.text for each in second]
    booked = replace(pinned, latest=None, earliest=NOW + 180 * MINUTE)
    before = found(coquimbo, [tour("u", "j", "i")], [booked, replace(CALL, id="j")], units)
    assert {each.code for each in before} <= {ViolationCode.WAITS}
    left = only(found(coquimbo, [], [pinned], units))
    assert left.text == "pin_ignored.left"
    assert found(coquimbo, [tour("u", "i")], [pinned], units) == []
    policy = Policy.default()
    frozen = replace(policy, stability=replace(policy.stability, freeze_minutes=60))
    announced = replace(CALL, assigned_unit_id="u")
    assert only(found(coquimbo, [tour("v", "i")], [announced], units, policy=frozen)).text == "pin_ignored.frozen"


def test_who_goes_before_somebody_overdue(coquimbo: Region) -> None:
    """Said with what he would gain, or that he has nobody; not if the other is more urgent, announced, or in time."""
    old = replace(CALL, id="old", received_at=NOW - timedelta(hours=3))
    far = replace(UNIT, id="far", mobilisation=timedelta(minutes=20))
    lone = [
        each for each in found(coquimbo, [tour("u", "i")], [CALL, old]) if each.code is not ViolationCode.NOT_PLANNED
    ]
    assert (only(lone).code, only(lone).incident_id, only(lone).details) == (
        ViolationCode.OVERTAKES_DUE,
        "i",
        {"other": "old"},
    )
    assert only(lone).over is None

    def told(calls: list[Incident], *tours: PlannedTour) -> list[timedelta | None]:
        each = found(coquimbo, list(tours), calls, units=(UNIT, far))
        return [one.over for one in each if one.code is ViolationCode.OVERTAKES_DUE]

    assert told([CALL, old], tour("u", "i"), tour("far", "old")) == [20 * MINUTE]
    assert told([CALL, old], tour("u", "old"), tour("far", "i")) == []
    assert told([replace(CALL, priority=Priority.HIGH), old], tour("u", "i"), tour("far", "old")) == []
    assert told([replace(CALL, assigned_unit_id="u"), old], tour("u", "i"), tour("far", "old")) == []
    recent = replace(old, received_at=NOW - timedelta(minutes=44))
    assert told([CALL, recent], tour("u", "i"), tour("far", "old")) == []


def test_accidents_and_numbers(coquimbo: Region) -> None:
    """Partners of an accident on one unit; one name for each unit is understood; more jobs than the policy gives."""
    accident = replace(CALL, units_needed=2, promise=timedelta(days=1))
    together = only(found(coquimbo, [tour("u", "i", "i#2")], [accident]))
    assert (together.code, together.incident_id) == (ViolationCode.SAME_ACCIDENT, "i#2")
    assert found(coquimbo, [tour("u", "i"), tour("v", "i")], [accident], (UNIT, replace(UNIT, id="v"))) == []
    many = [replace(CALL, id=f"i{k}", promise=timedelta(days=1)) for k in range(7)]
    crowded = only(found(coquimbo, [tour("u", *(each.id for each in many))], many))
    assert (crowded.code, crowded.count, crowded.unit_id) == (ViolationCode.TOO_MANY_JOBS, 2, "u")


def test_names_with_a_hash_are_names(coquimbo: Region) -> None:
    """Two incidents whose ids look like one accident's are none, and may share a unit."""
    calls = [replace(CALL, id=name, promise=timedelta(days=1)) for name in ("a", "a#2")]
    assert found(coquimbo, [tour("u", "a", "a#2")], calls) == []
    assert only(found(coquimbo, [tour("u", "a", "a#2", "a")], calls)).code is ViolationCode.INCIDENT_TWICE


def test_closed_roads(coquimbo: Region) -> None:
    """The closing entries are named; the unit passes such a stop over, and its incident counts as left."""
    store = MetricStore(coquimbo)
    arc = int(coquimbo.snapper.snap([THERE.lon], [THERE.lat]).arc[0])
    twin = int(coquimbo.network.arc_twin[arc])
    shut = Arcs(np.array([arc, twin] if twin >= 0 else [arc]))
    store.update(TrafficUpdate([TrafficEntry("works", shut, closed=True)]), NOW)
    near = replace(CALL, id="near", location=HERE)
    closed = found(coquimbo, [tour("u", "near", "i")], [CALL, near], store=store)
    first = found(coquimbo, [tour("u", "i")], store=store)
    for each in (only(closed), only(first)):
        assert (each.code, each.details["closures"]) == (ViolationCode.UNREACHABLE, "works")
    dispatcher = Dispatcher(coquimbo, metrics=store)
    state = dispatcher.prepare(Fleet(units=(UNIT,)))
    plan = check_plan(dispatcher, [CALL, near], state, NOW, [tour("u", "i", "near")], compare=False).plan
    assert [(item.incident_id, item.position) for item in plan.assignments] == [("near", 1)]
    assert [left.incident_id for left in plan.unserved] == ["i"]


@pytest.mark.parametrize("seed", range(3))
def test_plans_of_the_solvers_keep_the_rules(coquimbo: Region, seed: int) -> None:
    """Whatever `optimize` decides passes, and stands beside itself at no difference."""
    fleet, incidents = random_case(coquimbo, 50 + seed)
    dispatcher = Dispatcher(coquimbo)
    state = dispatcher.prepare(fleet)
    plan = dispatcher.optimize(incidents, state, NOW)
    verdict = check_plan(dispatcher, incidents, state, NOW, tours_of_plan(plan), mode=Tours.ONE_EACH)
    left = {each.incident_id for each in plan.unserved}
    for each in verdict.violations:
        assert each.severity is not Severity.RULE or each.incident_id in left, (seed, each)
    assert verdict.towline is not None
    assert verdict.nearest is not None
    assert verdict.towline.cost == verdict.plan.cost == plan.cost, seed
    assert verdict.nearest.cost.total >= plan.cost.total - plan.gap, seed


def test_nothing_to_check(coquimbo: Region) -> None:
    """No unit, no incident, no tour: no violation but those that follow."""
    assert found(coquimbo, [], [], ()) == []
    assert only(found(coquimbo, [tour("u", "i")], [], ())).code is ViolationCode.UNKNOWN_UNIT
    assert only(found(coquimbo, [], [CALL], ())).code is ViolationCode.NOT_PLANNED


def test_a_latest_time_that_has_passed(coquimbo: Region) -> None:
    """Such an incident is left over as too late by every solver, tours included, and a plan for it breaks a rule."""
    rng = Random(3)
    old = replace(CALL, id="old", received_at=NOW - 60 * MINUTE, latest=NOW - MINUTE)
    calls = [old, *(replace(CALL, id=f"i{k}", location=place(coquimbo, rng)) for k in range(3))]
    policy = Policy.default()
    dispatcher = Dispatcher(coquimbo, replace(policy, tours=replace(policy.tours, seconds=0.5)))
    state = dispatcher.prepare(Fleet(units=(UNIT,)))
    plan = dispatcher.optimize(calls, state, NOW, tours=Tours.SEVERAL)
    assert [left.reason.code.value for left in plan.unserved if left.incident_id == "old"] == ["too_late"]
    codes = {
        each.code for each in check_plan(dispatcher, calls, state, NOW, [tour("u", "old")], compare=False).violations
    }
    assert ViolationCode.AFTER_LATEST in codes


def test_every_code_has_words_in_both_languages(coquimbo: Region) -> None:
    """Each code is a key of the texts, each key a code; a check translates as a whole."""
    assert {key.partition(".")[0] for key in VIOLATIONS} == {code.value for code in ViolationCode}
    assert {code.value for code in ViolationCode} <= set(VIOLATIONS)
    dispatcher = Dispatcher(coquimbo)
    state = dispatcher.prepare(Fleet(units=(UNIT,)))
    late = replace(CALL, latest=NOW + MINUTE)
    chinese = check_plan(dispatcher, [late], state, NOW, [tour("u", "i")]).in_language(Language.ZH)
    assert "晚" in chinese.violations[0].message
    assert chinese.towline is not None
    assert "在" in chinese.towline.unserved[0].reason.message
