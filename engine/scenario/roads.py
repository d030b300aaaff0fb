"""What a scenario does to roads: closures and speeds on the arcs of a region, and the weights that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from engine.errors import ScenarioError
from engine.scenario.hours import ClockHours
from engine.scenario.model import Closure, SpeedFactor
from engine.scenario.moments import Moment, moments_of
from engine.scenario.polygons import shape_of
from engine.scenario.problems import Problems
from engine.scenario.road_conflicts import check_speeds
from engine.scenario.scenario import Scenario
from graphs.metrics import MetricStore, Weather
from graphs.metrics.arc_times import LEAST_KPH, ArcTimes
from graphs.metrics.locate import ArcFinder
from graphs.metrics.overlay import CLOSED, FACTOR, Overlay
from graphs.metrics.weather import weather_at
from graphs.network import Int32, RoadNetwork
from graphs.region import Region
from graphs.search import INF

#: What weights are made from: hours and weather, or these and a live feed, or weights that are there.
Base = ArcTimes | MetricStore | npt.ArrayLike
#: Scenarios whose roads are kept for each region: variants of one scenario share theirs.
KEPT = 16

_finders: WeakKeyDictionary[Region, ArcFinder] = WeakKeyDictionary()
_known: WeakKeyDictionary[Region, dict[object, RoadChanges]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class RoadChanges:
    """Closures and speeds of a scenario on arcs. Of two speeds on one road the more particular counts.

    One with a polygon is more particular than one without, and among these one with classes.
    """

    network: RoadNetwork
    closures: tuple[tuple[npt.NDArray[np.bool_], Int32], ...]  # ([168] hours of the week, arcs)
    speeds: tuple[tuple[npt.NDArray[np.bool_], Int32, float], ...]  # the same and the factor, particular ones last
    _overlays: dict[bytes, Overlay] = field(default_factory=dict, repr=False)

    @property
    def none(self) -> bool:
        """Whether roads are as they are without the scenario, but for the weather."""
        return not self.closures and not self.speeds

    def overlay(self, slot: int) -> Overlay:
        """What holds in an hour of the week; hours in which the same holds share it."""
        rows = (*self.closures, *self.speeds)
        key = bytes(bool(row[0][slot]) for row in rows)
        if key not in self._overlays:
            self._overlays[key] = self._made(slot)
        return self._overlays[key]

    def _made(self, slot: int) -> Overlay:
        factor = np.full(self.network.arc_count, np.inf, np.float32)
        for held, arcs, value in self.speeds:
            if held[slot]:
                factor[arcs] = value
        slower = np.flatnonzero(np.isfinite(factor))
        shut = [arcs for held, arcs in self.closures if held[slot]]
        closed = np.unique(np.concatenate(shut)) if shut else np.empty(0, np.int32)
        arcs = np.concatenate((slower, closed)).astype(np.int32)
        kind = np.repeat(np.array([FACTOR, CLOSED], np.uint8), [slower.size, closed.size])
        return Overlay.of(arcs, kind, np.concatenate((factor[slower], np.zeros(closed.size, np.float32))))

    def weights(self, base: Base, moment: Moment, weather: Weather | None = None) -> Int32:
        """[arcs] ms at a moment for `Region.customise`: closures INF, speeds multiplied, junction delays as they are.

        From hours and weather (`ArcTimes`); or from a store, whose live feed counts at a moment with a date, as does
        its weather unless one is given; dry otherwise. From weights that are there only the roads are changed: they
        have their hour and weather, so ScenarioError where one is given.
        """
        slot, overlay = moment.slot, self.overlay(moment.slot)
        if isinstance(base, MetricStore):
            times, snapshot, ms = base.times, base.view().snapshot, moment.at_ms
            if ms is not None:
                weather = weather or weather_at(snapshot.spells, ms)
                overlay = snapshot.overlay(snapshot.key_at(ms)).multiplied(overlay)
        elif isinstance(base, ArcTimes):
            times = base
        elif weather is not None:
            raise ScenarioError(
                f"the weather ({weather}) cannot be put on finished weights; give hours and weather, or a store",
                weather=weather,
            )
        else:
            return reweighted(self.network, np.asarray(base), overlay)
        weather = weather or Weather.DRY
        weights = times.weights(slot, weather)
        weights[overlay.arc] = times.weights_under(slot, weather, overlay.arc, overlay)
        return weights


def reweighted(network: RoadNetwork, base_ms: npt.NDArray[np.integer], overlay: Overlay) -> Int32:
    """[arcs] weights under the factors and closures of an overlay; what is closed stays closed.

    Nothing that is open becomes slower than `LEAST_KPH`, unless it was.
    """
    if base_ms.shape != (network.arc_count,) or base_ms.dtype.kind not in "iu":
        text = f"weights must be {network.arc_count:,} integers, one an arc, not {base_ms.dtype} {base_ms.shape}"
        raise ScenarioError(text, arcs=network.arc_count)
    weights = base_ms.astype(np.int32)
    arcs = overlay.arc
    old, delay = weights[arcs].astype(np.float64), network.arc_delay_ms[arcs].astype(np.float64)
    driving = np.maximum(old - delay, 0)
    factor = np.where(np.isinf(overlay.factor), 1.0, overlay.factor.astype(np.float64))
    slowest = np.maximum(network.arc_length_m[arcs].astype(np.float64) / LEAST_KPH * 3600.0, driving)
    fresh = np.clip(np.rint(np.minimum(driving / factor, slowest)) + delay, 1, INF - 1)
    fresh = np.where(factor == 1.0, old, fresh)
    weights[arcs] = np.where((overlay.closed > 0) | (old >= INF), INF, fresh)
    return weights


def road_weights(region: Region, scenario: Scenario, base: Base, moment: Moment | None = None) -> Int32:
    """[arcs] ms for `Region.customise` under a scenario, at its (first) moment unless another is given.

    Raises ScenarioError about ways and polygons that are not in the region, and as `RoadChanges.weights`.
    """
    problems = Problems(scenario.places)
    roads = resolve_roads(region, scenario, problems)
    problems.raise_if_any()
    moment = moment or moments_of(scenario.when, region.timezone)[0]
    return roads.weights(base, moment, scenario.when.weather)


def finder_of(region: Region) -> ArcFinder:
    """The region's index of arcs by way and place, made once."""
    return _finders.get(region) or _finders.setdefault(region, ArcFinder(region.network))


def resolve_roads(region: Region, scenario: Scenario, problems: Problems) -> RoadChanges:
    """The arcs of closures and speeds; those without any, unknown ways and contradictions are problems."""
    key = tuple(scenario.closures), tuple(scenario.speeds)
    known = _known.setdefault(region, {})
    found = known.get(key)
    if found is not None:
        return found
    before = len(problems.found)
    finder = finder_of(region)
    closures = [_closed(finder, item, at, scenario, problems) for at, item in enumerate(scenario.closures)]
    speeds = [_slowed(finder, item, at, problems) for at, item in enumerate(scenario.speeds)]
    check_speeds(region.network, scenario.speeds, speeds, scenario.closures, closures, problems)
    ranked = sorted(zip(scenario.speeds, speeds, strict=True), key=lambda pair: pair[0].rank)
    made = RoadChanges(
        region.network,
        _held(scenario.closures, closures),
        tuple((item.slots(), arcs, item.factor) for item, arcs in ranked),
    )
    if len(problems.found) == before:
        while len(known) >= KEPT:
            known.pop(next(iter(known)), None)
        known[key] = made
    return made


def _held(items: Sequence[ClockHours], arcs: Sequence[Int32]) -> tuple[tuple[npt.NDArray[np.bool_], Int32], ...]:
    return tuple((item.slots(), mine) for item, mine in zip(items, arcs, strict=True))


def _closed(finder: ArcFinder, item: Closure, at: int, scenario: Scenario, problems: Problems) -> Int32:
    path = ("close", at)
    if item.ways is not None:
        ways = np.array(item.ways, np.int64)
        arcs, _, missing = finder.of_ways(ways, item.direction)
        also = "" if item.direction.value == "both" else f" {item.direction}"
        for way in ways[missing].tolist():
            text = f"way {way} is not driven{also} in the region; check the id and the extract's date"
            problems.add(scenario.item((*path, "way"), way), text)
        return np.unique(arcs)
    arcs = finder.touching(shape_of(item.polygon), frozenset(item.classes) if item.classes else None)
    if not arcs.size:
        which = f"no {' or '.join(item.classes)}" if item.classes else "no road"
        problems.add((*path, "polygon"), f"{which} of the region touches it, so it closes nothing; check lon and lat")
    return arcs


def _slowed(finder: ArcFinder, item: SpeedFactor, at: int, problems: Problems) -> Int32:
    classes = frozenset(item.classes) if item.classes else None
    if item.polygon is None:
        arcs = finder.of_classes(classes)
    else:
        arcs = finder.with_middle_in(shape_of(item.polygon), classes)
    if not arcs.size:
        which = f"no {' or '.join(item.classes)}" if item.classes else "no road"
        where = " has its middle in it" if item.polygon is not None else " is there"
        key = "class" if item.polygon is None else "polygon"
        problems.add(("speed", at, key), f"{which} of the region{where}, so it changes nothing")
    return arcs
