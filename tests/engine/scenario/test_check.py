"""Scenarios held against a region, a fleet and a policy."""

from __future__ import annotations

from pathlib import Path

import h3
import pytest

from engine.errors import ScenarioError
from engine.policy import Policy
from engine.scenario import CheckedScenario, Moment, check, crews_on_duty, parse_scenario, read_scenario
from engine.scenario.problems import MOST_FOUND, SHOWN
from graphs.bundled import COQUIMBO, load_coquimbo
from graphs.region import Region

EXAMPLES = Path(__file__).parents[3] / "examples" / "scenarios"
IDS = [f"P{number}" for number in range(1, 9)]
HERE = "lon = -71.25\nlat = -29.9"


@pytest.fixture(scope="module")
def region() -> Region:
    return load_coquimbo()


def checked(text: str, region: Region, folder: Path | str = ".") -> CheckedScenario:
    return check(parse_scenario(text, "x.toml", folder), region, IDS, Policy.default())


ONE = [
    ('[[provider]]\nremove = "P22"', 2, "provider[0].remove", "did you mean 'P2'?"),
    (f'[[provider]]\nadd = "P1"\n{HERE}', 2, "provider[0].add", "there already"),
    ('[[provider]]\nmove = "P1"\nlon = 0\nlat = 1', 3, "provider[0].lon", "from the nearest road"),
    ('[[provider]]\n\nresize = "Q"\ncrews = 0', 3, "provider[0].resize", "no provider 'Q'"),
    ('[[shift]]\nprovider = "Q"\ncrews = 1\nfrom = 1\nto = 2', 2, "shift[0].provider", "no provider 'Q'"),
    ('[sweep]\nremove_each = ["P1",\n"Q"]', 3, "sweep.remove_each[1]", "no provider 'Q'"),
    ("[[close]]\nway = [142381047,\n5]", 3, "close[0].way[1]", "way 5 is not driven in the region"),
    ('[[close]]\nway = 301944408\ndirection = "backward"', 2, "close[0].way", "is not driven backward"),
    ("[[close]]\npolygon = [[0, 0], [1, 0], [1, 1]]", 2, "close[0].polygon", "closes nothing"),
    (
        '[[close]]\nclass = "motorway"\npolygon = [[-71.25, -29.91], [-71.24, -29.91], [-71.24, -29.90]]',
        3,
        "close[0].polygon",
        "no motorway of the region",
    ),
    ('[[speed]]\nfactor = 0.5\nclass = "ferry"', 3, "speed[0].class", "no ferry"),
    ("[[speed]]\nfactor = 0.5\npolygon = [[0, 0], [1, 0], [1, 1]]", 3, "speed[0].polygon", "changes nothing"),
    (
        "[[speed]]\nfactor = 0.5\n[[speed]]\nfactor = 0.6",
        3,
        "speed[1]",
        "contradicts speed[0] (x.toml, line 1): 34,145",
    ),
    (
        '[[speed]]\nfactor = 0.5\nclass = "primary"\n[[speed]]\nfactor = 0.6\nclass = ["primary", "trunk"]',
        4,
        "speed[1]",
        "with factor 0.6 here and 0.5 there",
    ),
    (
        (
            "[[close]]\npolygon = [[-71.26, -29.91], [-71.24, -29.91], [-71.24, -29.89], [-71.26, -29.89]]\n"
            "[[speed]]\nfactor = 0.5\npolygon = [[-71.255, -29.905], [-71.245, -29.905], [-71.245, -29.895]]"
        ),
        3,
        "speed[0]",
        "closed, by close[0] (x.toml, line 1)",
    ),
    (
        "[[demand.area]]\nfactor = 2\npolygon = [[0, 0], [1, 0], [1, 1]]",
        3,
        "demand.area[0].polygon",
        "outside the region",
    ),
    ('[demand]\nlayer = "no.csv"', 2, "demand.layer", "does not exist"),
    ('[demand]\nlayer = "far.csv"', 2, "demand.layer", "is in the region coquimbo"),
    ('[demand]\nlayer = "negative.csv"', 2, "demand.layer", "negative.csv row 2 population"),
    ('[demand]\nlayer = "zero.csv"', 2, "demand.layer", "no weight above zero"),
    ('[demand]\nlayer = "near.csv"\ncolumn = "calls"', 2, "demand.layer", "lacks the column calls"),
    ('[demand]\nlayer = "."', 2, "demand.layer", "is a folder"),
    ('[demand]\nlayer = "bytes.csv"', 2, "demand.layer", "bytes.csv"),
    ("[when]\nat = 2026-09-06T00:30:00", 2, "when.at", "never comes in America/Santiago"),
]


@pytest.mark.parametrize(("text", "line", "key", "words"), ONE, ids=[str(number) for number in range(len(ONE))])
def test_each_mistake_is_told_with_its_line_and_key(
    text: str, line: int, key: str, words: str, region: Region, tmp_path: Path
) -> None:
    """What a region and its fleet do not have, told where it is written."""
    near, far = h3.latlng_to_cell(-29.9, -71.25, 8), h3.latlng_to_cell(50, 10, 8)
    layers = {"far": (far, 1), "negative": (near, -1), "zero": (near, 0), "near": (near, 1)}
    for name, (cell, weight) in layers.items():
        (tmp_path / f"{name}.csv").write_text(f"cell,population\n{cell},{weight}\n")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError) as error:
        checked(text, region, tmp_path)
    assert [(problem.line, problem.key) for problem in error.value.problems] == [(line, key)], error.value
    assert words in error.value.problems[0].message


def test_every_problem_is_in_one_error(region: Region) -> None:
    """Of all tables together; the message spells out the first of many."""
    text = "\n".join(text for text, *_ in ONE if text.startswith("[[close]]\nway"))
    text += "".join(f'\n[[provider]]\nremove = "Q{number}"' for number in range(70))
    with pytest.raises(ScenarioError) as error:
        checked(text, region)
    assert len(error.value.problems) == 72
    assert f"and {72 - SHOWN} more" in error.value.message


def test_reading_stops_after_a_thousand_problems(region: Region) -> None:
    """Of its form as of its world; a file of ten thousand keys takes no longer than one of a thousand."""
    for text in ("".join(f"k{at} = 1\n" for at in range(3000)), '[[provider]]\nremove = "Q"\n' * 3000):
        with pytest.raises(ScenarioError) as error:
            checked(text, region)
        assert len(error.value.problems) == MOST_FOUND
        assert "at least 1,000 problems" in error.value.message


def test_what_is_more_particular_counts_and_is_no_contradiction(region: Region) -> None:
    """A polygon over none, classes over none, and speeds at different hours."""
    square = "[[-71.26, -29.91], [-71.24, -29.91], [-71.24, -29.89], [-71.26, -29.89]]"
    text = (
        f"[[speed]]\nfactor = 0.9\n[[speed]]\nfactor = 0.8\nclass = 'residential'\n"
        f"[[speed]]\nfactor = 0.7\npolygon = {square}"
        f"\n[[speed]]\nfactor = 0.6\nclass = 'residential'\npolygon = {square}\nfrom = 1\nto = 2"
        f"\n[[speed]]\nfactor = 0.5\nclass = 'residential'\npolygon = {square}\nfrom = 2\nto = 3"
    )
    roads = checked(text, region).roads
    factors = [sorted({round(each, 3) for each in roads.overlay(slot).factor.tolist()}) for slot in (0, 1, 2)]
    assert factors == [[0.7, 0.8, 0.9], [0.6, 0.7, 0.8, 0.9], [0.5, 0.7, 0.8, 0.9]]


def test_what_a_checked_scenario_holds(region: Region) -> None:
    """Promises over the policy's, moments, the layer, changes in their order, a version of all of it."""
    text = (
        "[when]\nweekday = 'fri'\nhours = [23, 3]\n[promise]\nurban_minutes = 20\n[demand]\nlayer = 'population.csv'\n"
        "[[provider]]\nremove = 'P2'\n[[provider]]\nresize = 'P1'\ncrews = 0\n"
        "[[shift]]\nprovider = 'P3'\ncrews = 2\nfrom = 22\nto = 6\ndays = ['thu', 'fri']\n"
        "[[shift]]\nprovider = 'P3'\ncrews = 1\nfrom = 3\nto = 4\n"
    )
    found = checked(text, region, COQUIMBO)
    assert (found.promise.urban_minutes, found.promise.highway_minutes) == (20, 60)
    assert found.moments == (Moment(4 * 24 + 3), Moment(4 * 24 + 23))
    assert found.layer is not None
    assert found.layer.total == 451_899
    assert [change.id for change in found.scenario.providers] == ["P2", "P1"]
    duty = [crews_on_duty(found.scenario.shifts, moment.slot) for moment in found.moments]
    assert duty == [{"P3": 3}, {"P3": 2}]
    assert crews_on_duty(found.scenario.shifts, 6 * 24) == {"P3": 0}
    assert found.version == checked(text, region, COQUIMBO).version
    assert found.version != checked(text.replace("20", "21"), region, COQUIMBO).version


def test_a_layer_may_be_places_in_any_table(region: Region, tmp_path: Path) -> None:
    """Points in GeoJSON and Parquet, one weight each by default; every row that cannot be used is a problem."""
    import geopandas

    frame = geopandas.GeoDataFrame(
        {"calls": [2.0, 3.0]}, geometry=geopandas.points_from_xy([-71.2519, -71.25], [-29.9027, -29.95]), crs=4326
    )
    frame.to_file(tmp_path / "who.geojson", driver="GeoJSON")
    frame.to_parquet(tmp_path / "who.parquet")
    versions = set()
    for name in ("who.geojson", "who.parquet"):
        text = f'[demand]\nlayer = "{name}"'
        plain, weighed = checked(text, region, tmp_path), checked(f'{text}\ncolumn = "calls"', region, tmp_path)
        assert plain.layer is not None
        assert weighed.layer is not None
        assert (plain.layer.total, weighed.layer.total) == (2.0, 5.0)
        assert weighed.layer.lon.tolist() == [-71.2519, -71.25]
        versions |= {plain.version, weighed.version}
    assert len(versions) == 4  # the name of the file is part of the scenario
    (tmp_path / "wrong.csv").write_text("lon,lat,weight\n-71.2519,-29.9027,x\n10,50,1\n-71.25,-29.95,1\n-71.25,,1\n")
    with pytest.raises(ScenarioError) as error:
        checked('[demand]\nlayer = "wrong.csv"', region, tmp_path)
    assert [" ".join(each.message.split()[:3]) for each in error.value.problems] == [
        "wrong.csv row 2", "wrong.csv row 3", "wrong.csv row 5",
    ]  # fmt: skip
    assert {(each.line, each.key) for each in error.value.problems} == {(2, "demand.layer")}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_examples_fit_coquimbo(path: Path, region: Region) -> None:
    """Each one with its sweep, and a fleet named as generated ones are."""
    found = check(read_scenario(path), region, [f"P{number:04d}" for number in range(1, 25)], Policy.default())
    assert len(list(found.variants())) >= 1
