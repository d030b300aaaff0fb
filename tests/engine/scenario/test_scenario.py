"""Scenarios built in Python, and their canonical form."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ScenarioError
from engine.scenario import (
    Closure,
    DemandArea,
    DemandChange,
    PromiseMinutes,
    RemoveProvider,
    Scenario,
    Shift,
    SpeedFactor,
    Sweep,
    When,
    parse_scenario,
)
from tests.engine.scenario.strategies import scenarios

#: What no type allows.
NOTHING: Any = None
THREE: Any = 3
SQUARE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


@settings(max_examples=200, deadline=None)
@given(scenarios())
def test_a_scenario_comes_back_from_its_file(scenario: Scenario) -> None:
    """Written and read it is equal, has the same version, and is written the same again."""
    text = scenario.to_toml()
    again = parse_scenario(text)
    assert again == scenario, text
    assert (again.version, hash(again), again.to_toml()) == (scenario.version, hash(scenario), text)
    assert replace(scenario, title=scenario.title) == scenario


def test_the_version_is_of_what_is_meant() -> None:
    """Titles, orders of words and ids, closed rings and defaults change nothing; any value does."""
    one = parse_scenario('title = "a"\n[[close]]\nway = [3, 1]\n[promise]\nurban_minutes = 20\n[demand]\nfactor = 1')
    two = Scenario("b", closures=[Closure(ways=(1, 3, 3))], promise=PromiseMinutes(20))
    assert one.version == two.version
    assert one != two
    assert len({one.version, Scenario().version, replace(two, promise=PromiseMinutes(20.5)).version}) == 3
    ring = Scenario(closures=[Closure(polygon=[*SQUARE, SQUARE[0]])])
    for same in (SQUARE, [SQUARE], [[SQUARE]], np.array(SQUARE), shapely.Polygon(SQUARE), ring.closures[0].polygon):
        assert Scenario(closures=[Closure(polygon=same)]) == ring


def test_scenarios_travel_between_processes() -> None:
    """Pickled, they are what they were, places and all."""
    scenario = parse_scenario("[[close]]\nway = 3\n[sweep]\nwhen.hour = [1, 2]", "x.toml")
    again = pickle.loads(pickle.dumps(scenario))
    assert (again, again.version, again.places) == (scenario, scenario.version, scenario.places)


def test_an_empty_scenario_changes_nothing() -> None:
    """No text, no tables."""
    assert Scenario().to_toml() == ""
    assert parse_scenario("") == Scenario()


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": 3}, "title"),
        ({"when": When(hour=24)}, "when.hour"),
        ({"when": 3}, "when"),
        ({"when": When(hour=3, hours=[4])}, "when.hours"),
        ({"promise": PromiseMinutes(-1.0)}, "promise.urban_minutes"),
        ({"providers": 3}, "provider"),
        ({"providers": [3]}, "provider[0]"),
        ({"providers": [RemoveProvider("a"), RemoveProvider("a")]}, "provider[1].remove"),
        ({"providers": [RemoveProvider(NOTHING)]}, "provider[0]"),
        ({"shifts": [Shift("a", 1, 8, 8)]}, "shift[0].to"),
        ({"closures": [Closure()]}, "close[0]"),
        ({"closures": [Closure(polygon=shapely.Polygon())]}, "close[0].polygon[0]"),
        ({"closures": [Closure(polygon=np.full((3, 2), np.nan))]}, "close[0].polygon[0][0]"),
        ({"speeds": [SpeedFactor(4.0)]}, "speed[0].factor"),
        ({"demand": DemandChange(areas=[DemandArea(1)])}, "demand.area[0]"),
        ({"sweep": Sweep()}, "sweep.values"),
        ({"sweep": Sweep(THREE)}, "sweep.values"),
        ({"sweep": Sweep({"when.hour": THREE})}, "sweep.when.hour"),
        ({"sweep": Sweep({THREE: THREE})}, "sweep.values.3"),
    ],
)
def test_mistakes_in_python_are_told_by_key(fields: Any, key: str) -> None:
    """The same checks as of a file, without file and line."""
    with pytest.raises(ScenarioError) as error:
        Scenario(**fields)
    assert error.value.problems[0].key == key
    assert (error.value.problems[0].file, error.value.problems[0].line) == ("", 0)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.datetimes()
    | st.binary(max_size=2),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=2),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["title", "when", "promise", "providers", "shifts", "closures", "speeds", "demand", "sweep"]),
        ANYTHING
        | st.builds(When, *[ANYTHING] * 6)
        | st.builds(Sweep, ANYTHING, ANYTHING)
        | st.builds(DemandChange, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
        | st.lists(st.builds(Closure, *[ANYTHING] * 7) | st.builds(RemoveProvider, ANYTHING), max_size=2),
        max_size=3,
    )
)
def test_whatever_is_given_is_a_scenario_or_a_scenario_error(fields: dict[str, Any]) -> None:
    """No value of any field raises anything else."""
    try:
        scenario = Scenario(**fields)
    except ScenarioError:
        return
    assert parse_scenario(scenario.to_toml()) == scenario
