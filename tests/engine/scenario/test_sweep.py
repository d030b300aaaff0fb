"""Sweeps of scenarios."""

from __future__ import annotations

import pytest

from engine.errors import ScenarioError
from engine.policy import Policy
from engine.scenario import check, count_variants, parse_scenario, refuse_sweep, variants
from graphs.bundled import load_coquimbo

TEXT = """\
[when]
hour = 3
[promise]
urban_minutes = 30
[sweep]
when.hour = "22..23"
when.weather = ["snow", "dry"]
promise.urban_minutes = [25, 20.5]
"""


def test_the_product_of_all_lists() -> None:
    """Every combination once, the later key changing faster, each a scenario without a sweep."""
    scenario = parse_scenario(TEXT)
    found = list(variants(scenario))
    assert count_variants(scenario) == len(found) == 8
    assert str(found[1]) == "promise.urban_minutes 25, when.weather snow, when.hour 23"
    assert [each.scenario.promise.urban_minutes for each in found] == [25] * 4 + [20.5] * 4
    assert [each.scenario.when.hour for each in found] == [22, 23] * 4
    assert len({each.scenario.version for each in found}) == 8
    alone = parse_scenario("[when]\nhour = 23\nweather = 'snow'\n[promise]\nurban_minutes = 25")
    assert found[1].scenario == alone
    assert found[1].scenario.version == alone.version


def test_without_a_sweep_there_is_the_scenario_itself() -> None:
    """One variant with nothing changed."""
    scenario = parse_scenario("[when]\nhour = 3")
    (only,) = variants(scenario)
    assert (only.scenario, only.values, count_variants(scenario)) == (scenario, (), 1)


def test_a_sweep_is_refused_where_one_scenario_is_asked_for() -> None:
    """With its line; without one nothing is refused."""
    refuse_sweep(None)
    refuse_sweep(parse_scenario("[when]\nhour = 3"))
    with pytest.raises(ScenarioError, match="line 5 sweep: makes many scenarios"):
        refuse_sweep(parse_scenario(TEXT))


def test_providers_are_removed_one_by_one() -> None:
    """Whoever is there after the other changes; what else is said of the removed one goes with it."""
    scenario = parse_scenario(
        "[[provider]]\nremove = 'a'\n[[provider]]\nadd = 'n'\nlon = 1\nlat = 1\n[[provider]]\nresize = 'b'\ncrews = 1\n"
        "[[shift]]\nprovider = 'c'\ncrews = 1\nfrom = 1\nto = 2\n[sweep]\nremove_each = 'providers'"
    )
    found = {str(each): each.scenario for each in variants(scenario, ["a", "b", "c"])}
    assert list(found) == ["remove b", "remove c", "remove n"]
    lists = {name: [f"{change.verb} {change.id}" for change in each.providers] for name, each in found.items()}
    assert lists == {
        "remove b": ["remove a", "add n", "remove b"],
        "remove c": ["remove a", "add n", "resize b", "remove c"],
        "remove n": ["remove a", "resize b"],
    }
    assert [len(each.shifts) for each in found.values()] == [1, 0, 1]
    for each in found.values():
        assert parse_scenario(each.to_toml()) == each


def test_too_many_are_refused_before_any_is_made() -> None:
    """The count is in the message, with its parts, the line and the bound; whoever allows more gets them."""
    ids = [f"P{number}" for number in range(100_000)]
    scenario = parse_scenario("[sweep]\nremove_each = 'providers'\nwhen.hour = '0..9'", "x.toml")
    with pytest.raises(ScenarioError, match=r"x\.toml, line 1: the sweep makes 1,000,000 scenarios") as error:
        variants(scenario, ids)
    assert error.value.metadata["count"] == "1000000"
    assert "10 of when.hour x 100,000 of remove" in error.value.message
    found = variants(scenario, ids, most=1_000_000)
    assert str(next(found)) == "when.hour 0, remove P0"


def test_checked_variants_share_roads_and_carry_their_promise() -> None:
    """Nothing is looked up again for a variant."""
    text = TEXT + "[[close]]\nway = 142381047\n"
    checked = check(parse_scenario(text), load_coquimbo(), [], Policy.default())
    pairs = list(checked.variants())
    assert all(each.roads is checked.roads for _, each in pairs)
    assert [each.promise.urban_minutes for _, each in pairs] == [25] * 4 + [20.5] * 4
    assert [each.moments[0].slot for _, each in pairs] == [24 + 22, 24 + 23] * 4
    assert len({each.version for _, each in pairs}) == 8
    with pytest.raises(ScenarioError, match="8 scenarios"):
        checked.variants(most=7)


def test_a_range_that_is_too_large() -> None:
    """It is told as what it is; other text is not a range."""
    with pytest.raises(ScenarioError, match=r"too large: '1\.\.99999999999999'; each end"):
        parse_scenario('[sweep]\npromise.urban_minutes = "1..99999999999999"\n')
    with pytest.raises(ScenarioError, match="must be a list of values, or a range such as"):
        parse_scenario('[sweep]\npromise.urban_minutes = "1...5"\n')
