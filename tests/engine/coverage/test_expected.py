"""Expected coverage: its limits, one stand by Erlang, shared crews, territories, worth, hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from engine.arrival.model import ArrivalModel
from engine.coverage.coverage import Coverage
from engine.coverage.expected import expected_coverage, played
from engine.coverage.expected_calls import Course
from engine.coverage.expected_hours import HOURS_BEFORE, course_to, expected_day
from engine.coverage.expected_streams import CallStream
from engine.coverage.expected_worth import expected_worth
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.decision import PromiseClass
from engine.errors import OptionError
from engine.generate import generate_fleet
from engine.generate.curves import ROADSIDE, SHAPE
from engine.model import Service
from engine.policy import Policy
from graphs.bundled import load_coquimbo, load_coquimbo_population

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
TIGHT = {PromiseClass.URBAN: 12.0, PromiseClass.HIGHWAY: 25.0, PromiseClass.OTHER: 20.0}
REPAIR, TOWING = Service.BREAKDOWN_REPAIR, Service.TOWING


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()), highway_share=0.1)


def stands_of(planner: Planner, seed: int, **sizes) -> Stands:
    every: dict[str, Any] = {"providers": 10, "units": 24, "territory_share": 0.0, **sizes}
    fleet = generate_fleet(planner.region, load_coquimbo_population(), seed=seed, now=NOW, **every)
    return planner.stands(fleet)


def coverage_of(planner: Planner, stands: Stands, service: Service = REPAIR) -> Coverage:
    return planner.coverage(stands, service, promise_minutes=TIGHT)


def one_stand(planner: Planner, crews: int) -> Coverage:
    stands = stands_of(planner, 1)
    first = stands.take(stands.serving(REPAIR)[:1])
    return coverage_of(planner, replace(first, crews=np.array([crews])))


def test_nobody_calls(planner: Planner):
    """Hardly any calls, crews at their bases: the first stand's crew comes, with the chance of its one arrival."""
    coverage = coverage_of(planner, stands_of(planner, 2))
    model, stands = ArrivalModel.of(Policy.default()), coverage.stands
    ms, who = coverage.at_demand.told
    told, weight = 0.0, coverage.demand.weight / coverage.demand.total
    for row in range(len(ms)):
        ready = int(stands.mobilisation_ms[who[row, 0]])
        due = int(coverage.demand_within_ms[row])
        told += weight[row] * model.kept((ready, ready, 0.0), int(ms[row, 0]) - ready, due)
    found = expected_coverage(coverage, 0.05, after_work="return", precision=0.004)
    assert abs(found.share - told) <= 2 * found.figures.plus_minus, f"{found.figures}, one by one {told}"
    assert found.mean_busy < 0.01
    assert found.figures.nobody_free == pytest.approx(0, abs=1e-3)
    assert found.figures.plus_minus <= 0.004


@pytest.mark.parametrize("crews", [1, 3])
def test_one_stand_loses_as_erlang_has_it(planner: Planner, crews: int):
    """One stand with c crews at a load of 0.6, who finds nobody being lost: Erlang's B, whatever work takes; and
    where they wait as busy as the load."""
    coverage = one_stand(planner, crews)
    alone = expected_coverage(coverage, 0.2, after_work="return", days=500)
    minutes = float(alone.tally.held_ms.sum() / alone.tally.reached.sum() / 60_000)
    load = 0.6 * crews
    blocked = 1.0
    for k in range(1, crews + 1):
        blocked = load * blocked / (k + load * blocked)
    per_hour = 60 * load / minutes
    lost = expected_coverage(coverage, per_hour, after_work="return", when_busy="lost", days=400)
    assert lost.figures.nobody_free == pytest.approx(blocked, abs=0.02)
    assert lost.mean_busy == pytest.approx(load * (1 - blocked) / crews, abs=0.02)
    waiting = expected_coverage(coverage, per_hour, after_work="return", days=400)
    assert waiting.mean_busy == pytest.approx(0.6, abs=0.02)
    assert waiting.figures.nobody_free > lost.figures.nobody_free
    assert waiting.overloaded == (False,)


def test_load_without_end(planner: Planner):
    """More than everybody can do: hardly anybody is served within promise, and it is said."""
    coverage = coverage_of(planner, stands_of(planner, 2))
    found = expected_coverage(coverage, 1e4, days=2)
    assert found.overloaded == (True,)
    assert found.share == pytest.approx(0, abs=1e-3)
    assert found.mean_busy == pytest.approx(1.0)


def test_crews_drowned_by_other_calls(planner: Planner):
    """A few tows, whose crews repair, too: more breakdowns than everybody can do are their overload as well."""
    stands = stands_of(planner, 2)
    towing = coverage_of(planner, stands.take(stands.serving(TOWING)), TOWING)
    repair = coverage_of(planner, stands)
    assert set(towing.stands.provider.tolist()) < set(repair.stands.provider.tolist())
    found = expected_coverage([CallStream(repair, 1e4), CallStream(towing, 0.1)], days=2)
    assert found.overloaded == (True, True)


@pytest.mark.parametrize("seed", [1, 2])
def test_more_crews_and_fewer_calls_are_better(planner: Planner, seed: int):
    """Shares grow with crews at any stand's place, and fall with calls; waits the other way."""
    stands = stands_of(planner, seed)
    usual, double = (coverage_of(planner, replace(stands, crews=n * stands.crews)) for n in (1, 2))
    found = [expected_coverage(usual, calls, days=60) for calls in (2.0, 8.0, 24.0)]
    assert (np.diff([each.share for each in found]) < 0).all(), f"seed {seed}"
    assert (np.diff([each.mean_busy for each in found]) > 0).all(), f"seed {seed}"
    assert (np.diff([each.figures.nobody_free for each in found]) >= 0).all(), f"seed {seed}"
    for calls, each in zip((2.0, 8.0, 24.0), found, strict=True):
        assert expected_coverage(double, calls, days=60).share > each.share, f"seed {seed}, {calls} calls"


def test_the_same_question_the_same_answer(planner: Planner):
    """Equal to the last bit; another seed differs by no more than the intervals say."""
    coverage = coverage_of(planner, stands_of(planner, 3))
    once, again, other = (expected_coverage(coverage, 9.0, seed=seed) for seed in (1, 1, 2))
    assert (once.figures, once.days, once.mean_busy) == (again.figures, again.days, again.mean_busy)
    assert once.figures != other.figures
    assert abs(once.share - other.share) <= 2 * (once.figures.plus_minus + other.figures.plus_minus)
    assert once.figures.plus_minus <= 0.005


def test_streams_share_crews(planner: Planner):
    """Two halves of one stream are the whole; a second service on the same crews keeps them from the first."""
    stands = stands_of(planner, 2)
    coverage, tows = coverage_of(planner, stands), coverage_of(planner, stands, TOWING)
    whole = expected_coverage(coverage, 9.0)
    halves = expected_coverage([CallStream(coverage, 4.0), CallStream(coverage, 5.0)])
    assert abs(halves.share - whole.share) <= whole.figures.plus_minus + halves.figures.plus_minus
    both = expected_coverage([CallStream(coverage, 9.0), CallStream(tows, 4.0, carry_minutes=10.0)])
    assert both.of_stream(0).share < whole.share
    assert both.of_stream(1).calls_per_hour == pytest.approx(4.0)
    of_both = both.of_stream(0).kept + both.of_stream(1).kept
    assert both.figures.kept == pytest.approx(of_both, rel=0.01)
    both_serve = np.intersect1d(stands.serving(REPAIR), stands.serving(TOWING)).size
    assert (both.streams.serves.sum(axis=0) == 2).sum() == both_serve > 0


def test_where_tows_end(planner: Planner):
    """Who tows is free at the nearest garage: a drive longer, and nearer to the next call for a garage in town."""
    tows = coverage_of(planner, stands_of(planner, 2), TOWING)
    here = expected_coverage([CallStream(tows, 3.0)], days=60)
    garages = planner.demand.places.positions.take(np.array([int(np.argmax(planner.demand.weight))]))
    far = expected_coverage([CallStream(tows, 3.0, ends=garages)], days=60)
    assert far.mean_busy > here.mean_busy
    carried = far.tally.held_ms.sum() / far.tally.reached.sum() - here.tally.held_ms.sum() / here.tally.reached.sum()
    assert carried > 60_000 * 2
    assert np.unique(far.world.end).size == 1


def test_parts_add_up(planner: Planner):
    """Classes hold all calls and about all that are kept, cells all that were played; crews do all the work."""
    stands = stands_of(planner, 4)
    found = expected_coverage(coverage_of(planner, stands), 8.0)
    assert sum(each.calls_per_hour for each in found.classes.values()) == pytest.approx(8.0)
    assert sum(each.kept for each in found.classes.values()) == pytest.approx(found.figures.kept, rel=0.01)
    for resolution in (5, 8):
        cells = found.cells(resolution)
        assert cells.calls.sum() == found.tally.calls.sum()
        assert (cells.calls * cells.share).sum() / cells.calls.sum() == pytest.approx(found.share)
    crews = np.bincount(found.streams.provider, weights=found.streams.crews, minlength=len(stands.providers))
    assert np.nansum(found.busy_fraction * crews) == pytest.approx(found.mean_busy * crews.sum())
    served = found.tally.held_ms.sum() / found.days / found.hours / 3_600_000
    assert found.mean_busy * crews.sum() == pytest.approx(served, rel=0.01)


def test_territories_hold(planner: Planner):
    """Where each provider serves its own cells alone fewer promises are kept than without borders."""
    fenced = stands_of(planner, 1, territory_share=1.0)
    free = stands_of(planner, 1)
    assert (fenced.crews == free.crews).all()
    inside, anywhere = (expected_coverage(coverage_of(planner, each), 6.0, days=40) for each in (fenced, free))
    assert inside.share < anywhere.share
    assert inside.figures.nobody_free > anywhere.figures.nobody_free


def test_many_crews_are_looked_for_near(planner: Planner):
    """A fleet large enough for lists of the nearest locations is played as one that is looked at whole."""
    coverage = coverage_of(planner, stands_of(planner, 5, providers=80, units=320))
    found = expected_coverage(coverage, 60.0, days=4)
    assert found.world.near.shape[1] > 0
    whole = replace(found.world, near=found.world.near[:, :0])
    again = played(whole, found.course, "stay", "wait", precision=0.01, days=4, seed=1)
    assert again.figures == found.figures


def test_worth_of_providers(planner: Planner):
    """Exact is what the same days lose without; at first order about as much where hardly anybody is busy."""
    coverage = coverage_of(planner, stands_of(planner, 6))
    calm, loaded = (
        expected_coverage(coverage, calls, after_work="return", days=days) for calls, days in ((0.2, 800), (14.0, 80))
    )
    best = int(np.argmax(expected_worth(calm).held))
    name = coverage.stands.providers[best].id
    worth = expected_worth(calm, [name])
    assert worth.exact[name].kept == pytest.approx(worth.held[best], rel=0.1)
    rest = coverage.stands.take(np.flatnonzero(coverage.stands.provider != best))
    alone = expected_coverage(coverage_of(planner, rest), 14.0, after_work="return", days=80)
    under_load = expected_worth(loaded, [name]).exact[name]
    assert under_load.kept == pytest.approx(loaded.figures.kept - alone.figures.kept, abs=1e-9)
    assert under_load.kept - under_load.plus_minus > 0
    assert under_load.plus_minus < 14.0 * loaded.figures.plus_minus * 1.5
    with pytest.raises(OptionError, match="no provider 'nobody'"):
        expected_worth(calm, ["nobody"])


def test_hours(planner: Planner):
    """Each hour has its calls by the curve, and those of the hours before have kept crews busy."""
    stream = CallStream(coverage_of(planner, stands_of(planner, 7)), 9.0)
    day = expected_day(lambda _: [stream], hours=(4, 17), precision=0.01)
    assert [each.figures.calls_per_hour for each in day.found] == pytest.approx(216 * ROADSIDE[[4, 17]])
    assert day.worst_hour == 17
    assert day.found[0].share > day.share > day.found[1].share
    course = course_to([stream], 3)
    assert course.factor[0] == pytest.approx(24 * SHAPE[REPAIR][[19, 20, 21, 22, 23, 0, 1, 2, 3]])
    assert course.warm == HOURS_BEFORE


def test_nobody_serves(planner: Planner):
    """Without a crew nobody is reached, whatever happens then; without calls nothing is broken."""
    none = coverage_of(planner, stands_of(planner, 1).take(np.empty(0, np.int64)))
    for when_busy in ("wait", "lost"):
        found = expected_coverage(none, 5.0, when_busy=when_busy)
        assert (found.share, found.figures.nobody_free, found.figures.mean_minutes) == (0.0, 1.0, None)
        assert found.mean_busy == 0.0
    quiet = expected_coverage(coverage_of(planner, stands_of(planner, 1)), 0.0)
    assert (quiet.share, quiet.figures.calls_per_hour, quiet.mean_busy) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda c: expected_coverage(c, -1.0), "calls_per_hour"),
        (lambda c: expected_coverage(c, float("nan")), "calls_per_hour"),
        (lambda c: expected_coverage(c), "needs its calls_per_hour"),
        (lambda _: expected_coverage([]), "at least one stream"),
        (lambda c: expected_coverage(c, 1.0, precision=0.0), "precision"),
        (lambda c: expected_coverage(c, 1.0, days=1), "days"),
        (lambda c: expected_coverage(c, 1.0, when_busy="gone"), "when_busy"),  # ty: ignore[invalid-argument-type]
        (lambda c: expected_coverage(c, 1.0, after_work="home"), "after_work"),  # ty: ignore[invalid-argument-type]
        (lambda c: expected_coverage(c, 1.0, course=Course.steady(2)), "2 streams, not 1"),
        (lambda _: Course.steady(1, hours=4, warm=4), "an hour after those that are warm"),
        (lambda _: Course(np.full((1, 2), -1.0), 0), "factor of 0 or more"),
        (lambda c: CallStream(c, 1.0, carry_minutes=[1.0, 2.0]), "carry_minutes"),
        (lambda c: CallStream(c, 1.0, carry_minutes=1.0, ends=c.stands.positions), "leave carry_minutes out"),
        (lambda c: CallStream(c, 1.0, work=(0.0, 1.0)), "work"),
    ],
)
def test_what_cannot_be_asked(planner: Planner, ask, said: str):
    """Impossible rates, precisions, days, times."""
    with pytest.raises(OptionError, match=said):
        ask(coverage_of(planner, stands_of(planner, 1)))


def test_alone_and_unasked_a_crew_that_stays_is_anywhere(planner: Planner):
    """One crew, few calls: it waits where the last call was, so that the next comes from anywhere else."""
    stands = stands_of(planner, 1)
    alone = coverage_of(planner, replace(stands.take(stands.serving(REPAIR)[:1]), crews=np.array([1])))
    found = expected_coverage(alone, 0.2, course=Course.steady(1, hours=480, warm=40), days=60)
    world = found.world
    rows, starts = np.arange(world.sample), world.end[0]
    ms = world.travel[np.ix_(rows, starts)] * ArrivalModel.of(Policy.default()).prior[0]
    assert found.figures.mean_minutes is not None
    drive = found.figures.mean_minutes - int(alone.stands.mobilisation_ms[0]) / 60_000
    assert ms.mean() / 60_000 < drive < 1.3 * ms.mean() / 60_000 + 3
