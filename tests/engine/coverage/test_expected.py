"""Expected coverage: its limits, one stand by Erlang, shared crews, worth, hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from engine.arrival.model import ArrivalModel
from engine.coverage.busy_erlang import erlang_b, erlang_c
from engine.coverage.coverage import Coverage
from engine.coverage.expected import ExpectedCoverage, expected_coverage
from engine.coverage.expected_hours import expected_day
from engine.coverage.expected_roaming import roaming_coverage
from engine.coverage.expected_streams import CallStream
from engine.coverage.expected_worth import expected_worth
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.decision import PromiseClass
from engine.errors import OptionError
from engine.generate import generate_fleet
from engine.generate.curves import ROADSIDE
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
    """Without load the first stand's crew always comes: the chance is that of its one arrival."""
    coverage = coverage_of(planner, stands_of(planner, 2))
    found = expected_coverage(coverage, 1e-6)
    model, stands = ArrivalModel.of(Policy.default()), coverage.stands
    ms, who = coverage.at_demand.told
    for row in range(0, len(ms), 997):
        ready = int(stands.mobilisation_ms[who[row, 0]])
        due = int(coverage.demand_within_ms[row])
        told = model.kept((ready, ready, 0.0), int(ms[row, 0]) - ready, due)
        assert found.chance[row] == pytest.approx(told, abs=1e-5)
    assert found.mean_busy < 1e-6
    assert found.figures.nobody_free == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("crews", [1, 3, 9])
@pytest.mark.parametrize("load", [0.3, 0.8])
def test_one_stand_waits_as_erlang_has_it(planner: Planner, crews: int, load: float):
    """One stand with c crews: M/M/c's chance to wait, and as busy as its load; lost: Erlang's B. Exactly."""
    coverage = one_stand(planner, crews)
    minutes = expected_coverage(coverage, 1e-6).work.sum() / 1e-6 * 60  # of a call
    per_hour = 60 * load * crews / minutes
    waiting = expected_coverage(coverage, per_hour)
    assert waiting.figures.nobody_free == pytest.approx(erlang_c(crews, load * crews), rel=1e-3)
    assert waiting.mean_busy == pytest.approx(load, rel=1e-3)
    lost = expected_coverage(coverage, per_hour, when_busy="lost")
    blocked = erlang_b(crews, load * crews)
    assert lost.figures.nobody_free == pytest.approx(blocked, rel=1e-3)
    assert lost.mean_busy == pytest.approx(load * (1 - blocked), rel=1e-3)
    reach = expected_coverage(coverage, 1e-6).share
    assert lost.share == pytest.approx(reach * (1 - blocked), rel=1e-3)
    assert reach * (1 - waiting.figures.nobody_free) <= waiting.share + 1e-9 < reach


def test_load_without_end(planner: Planner):
    """More than everybody can do: nobody is served within promise, and it is said that waits have no end."""
    coverage = coverage_of(planner, stands_of(planner, 2))
    found = expected_coverage(coverage, 1e5)
    assert found.overloaded == (True,)
    assert found.share == pytest.approx(0, abs=1e-9)
    assert found.figures.mean_minutes is None
    assert found.mean_busy == pytest.approx(1.0)
    usual = roaming_coverage([CallStream(coverage, 1e5)], sample=30, iterations=20)
    assert usual.share == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_crews_and_fewer_calls_are_better(planner: Planner, seed: int):
    """Shares grow with crews at any stand's place, and fall with calls; waits the other way."""
    stands = stands_of(planner, seed)
    usual = coverage_of(planner, stands)
    double = coverage_of(planner, replace(stands, crews=2 * stands.crews))
    one_more = coverage_of(planner, replace(stands, crews=stands.crews + (np.arange(len(stands)) == 0)))
    found = [expected_coverage(usual, calls) for calls in (2.0, 6.0, 12.0, 24.0)]
    assert (np.diff([each.share for each in found]) < 0).all(), f"seed {seed}"
    assert (np.diff([each.mean_busy for each in found]) > 0).all(), f"seed {seed}"
    for calls, each in zip((2.0, 6.0, 12.0, 24.0), found, strict=True):
        assert each.converged, f"seed {seed}, {calls} calls"
        assert expected_coverage(double, calls).share > each.share, f"seed {seed}, {calls} calls"
        assert expected_coverage(one_more, calls).share >= each.share - 1e-6, f"seed {seed}, {calls} calls"


def test_streams_share_crews(planner: Planner):
    """Two halves of one stream are the whole; a second service on the same crews keeps them from the first."""
    coverage = coverage_of(planner, stands_of(planner, 2))
    whole = expected_coverage(coverage, 9.0)
    halves = expected_coverage([CallStream(coverage, 4.0), CallStream(coverage, 5.0)])
    assert halves.share == pytest.approx(whole.share, abs=1e-4)
    assert halves.mean_busy == pytest.approx(whole.mean_busy, abs=1e-4)
    stands = stands_of(planner, 2)
    tows = coverage_of(planner, stands, TOWING)
    both = expected_coverage([CallStream(coverage, 9.0), CallStream(tows, 4.0, carry_minutes=10.0)])
    assert both.of_stream(0).share < whole.share
    assert both.of_stream(1).calls_per_hour == pytest.approx(4.0)
    assert both.figures.kept == pytest.approx(both.of_stream(0).kept + both.of_stream(1).kept)
    both_serve = np.intersect1d(stands.serving(REPAIR), stands.serving(TOWING)).size
    assert (both.streams.serves.sum(axis=0) == 2).sum() == both_serve > 0


def test_parts_add_up(planner: Planner):
    """Classes and cells hold all calls and all that are kept; providers' crews do all the work."""
    stands = stands_of(planner, 4)
    found = expected_coverage(coverage_of(planner, stands), 8.0)
    assert sum(each.kept for each in found.classes.values()) == pytest.approx(found.figures.kept)
    assert found.cells.calls_per_hour.sum() == pytest.approx(8.0)
    assert found.cells.kept.sum() == pytest.approx(found.figures.kept)
    crews = np.bincount(found.streams.provider, weights=found.streams.crews, minlength=len(stands.providers))
    assert np.nansum(found.busy_fraction * crews) == pytest.approx(found.work.sum())
    assert found.work.sum() == pytest.approx(found.mean_busy * crews.sum())


def test_lists_are_as_long_as_they_must_be(planner: Planner):
    """What is cut off is below the tolerance, told, and what it hides is no more."""
    coverage = coverage_of(planner, stands_of(planner, 5, providers=40, units=100))
    rough = expected_coverage(coverage, 40.0, tolerance=0.2)
    fine = expected_coverage(coverage, 40.0, tolerance=1e-6)
    assert 0 < rough.figures.cut_off <= 0.2
    assert rough.lists.stand.shape[1] < fine.lists.stand.shape[1]
    assert abs(fine.share - rough.share) <= rough.figures.cut_off + 0.01


def test_worth_of_providers(planner: Planner):
    """Exact is what is lost without; at first order as much where hardly anybody is busy, and less where many are."""
    coverage = coverage_of(planner, stands_of(planner, 6))
    calm, loaded = expected_coverage(coverage, 0.01), expected_coverage(coverage, 14.0)
    best = int(np.argmax(expected_worth(calm).held))
    name = coverage.stands.providers[best].id
    worth = expected_worth(calm, [name])
    assert worth.exact[name] == pytest.approx(worth.held[best], rel=0.02)
    rest = coverage.stands.take(np.flatnonzero(coverage.stands.provider != best))
    alone = expected_coverage(coverage_of(planner, rest), 14.0)
    under_load = expected_worth(loaded, [name])
    assert under_load.exact[name] == pytest.approx(loaded.figures.kept - alone.figures.kept, abs=1e-6)
    assert under_load.exact[name] > under_load.held[best] > 0
    with pytest.raises(OptionError, match="no provider 'nobody'"):
        expected_worth(calm, ["nobody"])


def test_hours(planner: Planner):
    """Each hour has its calls by the curve; the busiest is the worst with the same crews."""
    coverage = coverage_of(planner, stands_of(planner, 7))
    day = expected_day(lambda _: [CallStream(coverage, 6.0)], hours=(4, 10, 17))
    assert [each.figures.calls_per_hour for each in day.found] == pytest.approx(144 * ROADSIDE[[4, 10, 17]])
    assert day.worst_hour == 17
    assert day.found[0].share > day.share > day.found[2].share


def test_nobody_serves(planner: Planner):
    """Without a crew nobody is reached, whatever happens then."""
    none = coverage_of(planner, stands_of(planner, 1).take(np.empty(0, np.int64)))
    for when_busy in ("wait", "lost"):
        found = expected_coverage(none, 5.0, when_busy=when_busy)
        assert (found.share, found.figures.nobody_free, found.figures.mean_minutes) == (0.0, 1.0, None)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda c: expected_coverage(c, -1.0), "calls_per_hour"),
        (lambda c: expected_coverage(c, float("nan")), "calls_per_hour"),
        (lambda c: expected_coverage(c), "needs its calls_per_hour"),
        (lambda _: expected_coverage([]), "at least one stream"),
        (lambda c: expected_coverage(c, 1.0, tolerance=0.0), "tolerance"),
        (lambda c: expected_coverage(c, 1.0, when_busy="gone"), "when_busy"),  # ty: ignore[invalid-argument-type]
        (lambda c: CallStream(c, 1.0, carry_minutes=[1.0, 2.0]), "carry_minutes"),
        (lambda c: CallStream(c, 1.0, work=(0.0, 1.0)), "work"),
    ],
)
def test_what_cannot_be_asked(planner: Planner, ask, said: str):
    """Impossible rates, tolerances, times."""
    with pytest.raises(OptionError, match=said):
        ask(coverage_of(planner, stands_of(planner, 1)))


def test_crews_that_roam_have_no_territories(planner: Planner):
    """Where somebody may go depends on who it is, which places that stand for all cannot tell."""
    stands = stands_of(planner, 1, territory_share=1.0)
    with pytest.raises(OptionError, match="without territories"):
        roaming_coverage([CallStream(coverage_of(planner, stands), 1.0)])


def test_alone_and_unasked_a_roaming_crew_is_anywhere(planner: Planner):
    """One crew, hardly any calls: it waits where the last call was, so that the next comes from anywhere else."""
    stands = stands_of(planner, 1)
    alone = replace(stands.take(stands.serving(REPAIR)[:1]), crews=np.array([1]))
    found = roaming_coverage([CallStream(coverage_of(planner, alone), 1e-4)], sample=300)
    again = roaming_coverage([CallStream(coverage_of(planner, alone), 1e-4)], sample=600)
    assert found.converged
    assert found.figures.mean_minutes == pytest.approx(again.figures.mean_minutes, rel=0.05)
    assert found.share == pytest.approx(again.share, abs=0.03)
    assert isinstance(expected_coverage(coverage_of(planner, alone), 1.0), ExpectedCoverage)
