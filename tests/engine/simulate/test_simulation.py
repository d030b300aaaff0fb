"""Days: nothing is lost, nobody is in two places, the same seed gives the same day, and a day computed by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.dispatch import Dispatcher
from engine.model import Location
from engine.simulate.comparing import compare
from engine.simulate.moment import Choice, Moment
from engine.simulate.records import DayRecord
from engine.simulate.simulation import simulate_day
from engine.simulate.strategies import STRATEGIES, strategy_named
from engine.times import to_ms
from graphs.region import Region
from tests.engine.simulate.days import MINUTE_MS, SCARCE, START, call, hand_made, scarce_day, unit

HERE, NEAR, FAR = Location(-71.2519, -29.9027), Location(-71.2489, -29.9057), Location(-71.3436, -29.9533)


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_incident_ends_once_and_time_runs_forward(coquimbo: Region, name: str, seed: int) -> None:
    """Each call is served, cancelled or open with a reason; sent <= departed <= arrived <= ended."""
    dispatcher, day = scarce_day(coquimbo, seed)
    record = simulate_day(dispatcher, day, strategy_named(name))
    assert [i.incident_id for i in record.incidents] == [c.incident.id for c in day.calls], f"seed {seed}"
    for one in record.incidents:
        assert one.end in ("served", "cancelled", "open at the end"), f"seed {seed}, {one}"
        assert (one.end == "served") == (one.arrived_ms is not None) == (not one.reason), f"seed {seed}, {one}"
        times = [one.received_ms, one.sent_ms, one.departed_ms, one.arrived_ms, one.ended_ms]
        known = [ms for ms in times if ms is not None]
        assert known == sorted(known), f"seed {seed}, {one}"
        assert not (one.kept and one.broken), f"seed {seed}, {one}"
        assert one.cost.total > 0, f"seed {seed}, {one}"


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_unit_serves_one_at_a_time_within_its_shift(coquimbo: Region, name: str) -> None:
    """Spans of a unit never overlap, and each begins while the unit is on duty."""
    dispatcher, day = scarce_day(coquimbo, 3)
    record = simulate_day(dispatcher, day, strategy_named(name))
    by_unit: dict[str, list[tuple[int, int]]] = {}
    for span in record.spans:
        assert any(s.begins_ms <= span.begins_ms < s.ends_ms for s in day.shifts[span.unit_id]), span
        by_unit.setdefault(span.unit_id, []).append((span.begins_ms, span.ends_ms))
    for spans in by_unit.values():
        assert all(one[1] <= two[0] for one, two in pairwise(sorted(spans)))
    served = {(s.unit_id, s.incident_id) for s in record.spans}
    assert all((i.unit_id, i.incident_id) in served for i in record.incidents if i.end == "served")


@pytest.mark.parametrize("name", ["nearest-eta", "reoptimise"])
def test_the_same_seed_gives_the_same_day(coquimbo: Region, name: str) -> None:
    """Two runs agree in every record, though the timer differs."""
    dispatcher, day = scarce_day(coquimbo, 4)
    one = simulate_day(dispatcher, day, strategy_named(name))
    other = simulate_day(Dispatcher(coquimbo), day, strategy_named(name))
    assert one == other


def test_strategies_meet_the_same_chance(coquimbo: Region) -> None:
    """Work, promises and, for the same unit and incident, the traffic are the same whoever decides."""
    dispatcher, day = scarce_day(coquimbo, 5)
    records = [simulate_day(dispatcher, day, strategy_named(name)) for name in STRATEGIES]
    same_pairs = 0
    for many in zip(*(record.incidents for record in records), strict=True):
        assert len({(i.incident_id, i.received_ms, i.due_ms, i.takes_ms) for i in many}) == 1
        factors = {
            i.unit_id: i.travel_ms - day.travel_ms(i.eta_ms, i.incident_id, i.unit_id or "")
            for i in many
            if i.end == "served"
        }
        assert set(factors.values()) <= {0}
        same_pairs += len(many) - len({i.unit_id for i in many})
    assert same_pairs > 20


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_day_by_hand(coquimbo: Region, name: str) -> None:
    """One unit, two calls at once, exact traffic: the second is reached after the first one's work and the way over."""
    day = hand_made([call(1, 1.0, HERE), call(2, 1.0, NEAR)], [unit(1, HERE, mobilisation=3.0)])
    dispatcher = Dispatcher(coquimbo)
    record = simulate_day(dispatcher, day, strategy_named(name))
    over = int(dispatcher.matrix([HERE.lon], [HERE.lat], [NEAR.lon], [NEAR.lat])[0, 0])
    first, second = sorted(record.incidents, key=lambda i: i.arrived_ms or 0)
    called = to_ms(START) + MINUTE_MS
    if first.incident_id == "I1":
        assert first.arrived_ms == called + 3 * MINUTE_MS
        assert second.arrived_ms == called + (3 + 20 + 3) * MINUTE_MS + over
    assert record.spans[0].ends_ms == first.ended_ms == record.spans[1].begins_ms
    assert second.departed_ms == first.ended_ms + 3 * MINUTE_MS
    assert first.kept
    assert second.arrived_ms is not None
    assert second.cost.waiting == round((second.arrived_ms - called) / 60)


def test_who_is_not_reached_gives_up_and_frees_the_unit_on_its_way(coquimbo: Region) -> None:
    """Patience ends while the unit drives: it turns to the next call from where it is, not from where it set off."""
    calls = [call(1, 0.0, FAR, patience=6.0), call(2, 7.0, HERE)]
    day = hand_made(calls, [unit(1, HERE)])
    dispatcher = Dispatcher(coquimbo)
    record = simulate_day(dispatcher, day, strategy_named("nearest-eta"))
    first, second = record.incidents
    assert (first.end, first.reason) == ("cancelled", "the customer gave up; its unit was on the way")
    assert first.ended_ms - first.received_ms == first.travel_ms == 6 * MINUTE_MS
    assert 2 * MINUTE_MS < second.travel_ms < 10 * MINUTE_MS


def test_a_crew_that_declines_is_left_alone_for_a_while(coquimbo: Region) -> None:
    """A provider that hardly ever accepts is asked again and again, with a pause in between."""
    day = hand_made([call(1, 0.0, NEAR, patience=2000.0)], [unit(1, HERE)], acceptance=0.001)
    record = simulate_day(Dispatcher(coquimbo), day, strategy_named("immediate"))
    (only,) = record.incidents
    assert only.end == "open at the end"
    assert only.declines >= 12 * 60 // 17 - 1
    begins = [span.begins_ms for span in record.spans]
    assert all(two - one == 17 * MINUTE_MS for one, two in pairwise(begins))


def test_an_announced_unit_may_be_swapped_while_it_mobilises(coquimbo: Region) -> None:
    """A strategy that changes its mind before departure: mobilising goes on, the change is counted and paid for."""

    class Swapper:
        name = "swapper"

        def decide(self, moment: Moment) -> Choice:
            ids = [incident.id for incident in moment.open]
            return (
                {"I2": "U1"}
                if "I2" in ids and "U1" not in {u for i, u in moment.sent.items() if i != "I1"}
                else (
                    {"I1": "U1"} if ids == ["I1"] and "U1" in moment.free | set(moment.sent.values()) else moment.sent
                )
            )

    day = hand_made([call(1, 0.0, HERE), call(2, 1.0, HERE)], [unit(1, HERE, mobilisation=5.0)])
    record: DayRecord = simulate_day(Dispatcher(coquimbo), day, Swapper())
    first, second = record.incidents
    assert (first.changes, second.changes) == (1, 0)
    assert first.cost.plan_change == 5000
    assert second.arrived_ms == to_ms(START) + 5 * MINUTE_MS
    assert first.arrived_ms == to_ms(START) + (5 + 20 + 5) * MINUTE_MS


def test_a_comparison_holds_whole_seeds_only(coquimbo: Region) -> None:
    """Interrupted in the second seed, the first one is there for every strategy."""
    dispatcher, _ = scarce_day(coquimbo, 1)
    strategies = [strategy_named("nearest-eta"), strategy_named("nearest-line")]
    from engine.simulate.comparing import Comparison

    found = Comparison(())

    def stop(name: str, place: int, share: float) -> None:
        if (name, place) == ("nearest-line", 1) and share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(dispatcher, None, strategies, [1, 2, 3], SCARCE, progress=stop, into=found)
    assert found.seeds == [1]
    assert {name: [day.seed for day in days] for name, days in found.days.items()} == {
        "nearest-eta": [1],
        "nearest-line": [1],
    }
