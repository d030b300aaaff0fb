"""Candidates: tables of them with every mistake named, and the heaviest cells."""

from __future__ import annotations

from pathlib import Path

import h3
import numpy as np
import pytest

from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.places import CLASSES
from engine.coverage.planner import Planner
from engine.coverage.siting_candidates import MOST_CANDIDATES, heaviest_cells, read_candidates, usual_mobilisation
from engine.decision import PromiseClass
from engine.errors import SitingError, TableError
from engine.model import Service
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.errors import EmptyInputError, MissingColumnError

REGION = load_coquimbo()
HEAD = "id,lon,lat,contract_cost,crews,services,mobilisation_minutes\n"


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(REGION, DemandLayer.of_cells(load_coquimbo_population()), highway_share=0.1)


def written(folder: Path, text: str, name: str = "c.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_table_says_what_a_candidate_is(tmp_path: Path):
    """All columns; what is left out is 1 crew, all services, no delay and no known cost."""
    text = HEAD + "A,-71.2519,-29.9027,12.5,2,towing;designated_driver,5\nB,-71.25,-29.95,0,,,\n"
    found = read_candidates(written(tmp_path, text), REGION, 500.0)
    assert found.ids == ("A", "B")
    assert found.crews.tolist() == [2, 1]
    assert found.services == (frozenset({Service.TOWING, Service.DESIGNATED_DRIVER}), frozenset(Service))
    assert found.mobilisation_minutes.tolist() == [5.0, 0.0]
    assert (found.priced, found.sized) == (True, True)
    assert found.offering(Service.AIRPORT_TRANSFER).tolist() == [1]
    made = found.provider(0)
    assert (made.id, made.crews, made.contract_cost, made.mobilisation_minutes) == ("A", 2, 12.5, 5.0)
    assert found.provider(0, 3).contract_cost == 37.5
    bare = read_candidates(written(tmp_path, "id,lon,lat\nA,-71.2519,-29.9027\n"), REGION, 500.0)
    assert (bare.priced, bare.sized, bare.crews.tolist()) == (False, False, [1])


def test_points_of_geojson_are_candidates(tmp_path: Path):
    """As every other table."""
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "A", "crews": 3},'
        '"geometry": {"type": "Point", "coordinates": [-71.2519, -29.9027]}}]}'
    )
    found = read_candidates(written(tmp_path, text, "c.geojson"), REGION, 500.0)
    assert (found.ids, found.crews.tolist(), found.lon.tolist()) == (("A",), [3], [-71.2519])


def test_every_mistake_is_named_with_its_row(tmp_path: Path):
    """Ids, places, numbers and services, all at once."""
    text = HEAD + (
        "P0001,-71.2519,-29.9027,1,1,,\n"
        "A,-71.2519,-29.9027,-1,1,,\n"
        "A,-71.2519,-29.9027,1,1.5,,\n"
        "B,-20,-29.9,1,1,,\n"
        "C,-71.2519,,1,1,,\n"
        "D,-71.2519,-29.9027,,1,tow,\n"
        "E,-71.2519,-29.9027,1,0,,9999\n"
        f"{'F' * 999},-71.2519,-29.9027,1,1,,\n"
    )
    with pytest.raises(TableError) as caught:
        read_candidates(written(tmp_path, text), REGION, 500.0, taken=["P0001"])
    told = {(each.row, each.column) for each in caught.value.problems}
    assert told == {
        (2, "id"), (3, "contract_cost"), (4, "id"), (4, "crews"), (5, "lon, lat"), (6, "lat"), (7, "contract_cost"),
        (7, "services"), (8, "crews"), (8, "mobilisation_minutes"), (9, "id"),
    }  # fmt: skip


def test_tables_without_candidates(tmp_path: Path):
    """No rows, no column, too many rows."""
    with pytest.raises(EmptyInputError):
        read_candidates(written(tmp_path, HEAD), REGION, 500.0)
    with pytest.raises(MissingColumnError, match="lon, lat"):
        read_candidates(written(tmp_path, "id\nA\n"), REGION, 500.0)
    rows = "".join(f"C{row},-71.2519,-29.9027\n" for row in range(MOST_CANDIDATES + 1))
    with pytest.raises(SitingError, match="at most 5,000"):
        read_candidates(written(tmp_path, "id,lon,lat\n" + rows), REGION, 500.0)


def test_heaviest_cells_have_a_candidate_each(planner: Planner):
    """Most demand first, in the middle of the cell and on no highway where there is another road."""
    pieces, demand = planner.pieces, planner.demand
    found = heaviest_cells(pieces, demand, 25, mobilisation_minutes=3.0)
    cells = [each.removeprefix("site-") for each in found.ids]
    of_demand = np.array([h3.int_to_str(int(cell)) for cell in demand.places.cells_at(pieces.resolution)])
    weight = {cell: demand.weight[of_demand == cell].sum() for cell in np.unique(of_demand)}
    assert [weight[cell] for cell in cells] == pytest.approx(sorted(weight.values(), reverse=True)[:25])
    highway = pieces.kind == CLASSES.index(PromiseClass.HIGHWAY)
    for cell, lon, lat in zip(cells, found.lon, found.lat, strict=True):
        assert h3.latlng_to_cell(lat, lon, pieces.resolution) == cell
        here = pieces.cell == h3.str_to_int(cell)
        at = np.flatnonzero(here & (pieces.positions.lon == lon) & (pieces.positions.lat == lat))
        assert not highway[at].all() or highway[here].all()
    assert set(found.mobilisation_minutes) == {3.0}
    roadless = set(weight) - {h3.int_to_str(int(cell)) for cell in pieces.cells}
    assert len(heaviest_cells(pieces, demand, MOST_CANDIDATES)) == len(weight) - len(roadless) > 0


def test_numbers_of_cells_and_minutes_are_held(planner: Planner):
    """Zero cells, too many, negative minutes; the fleet's usual mobilisation does not count the time until told."""
    for count, minutes in ((0, 0.0), (MOST_CANDIDATES + 1, 0.0), (3, -1.0), (3, float("nan"))):
        with pytest.raises(SitingError):
            heaviest_cells(planner.pieces, planner.demand, count, mobilisation_minutes=minutes)
    fleet = example_fleet(REGION)
    usual = [usual_mobilisation(planner.stands(fleet, told_minutes=told), Service.TOWING) for told in (0.0, 9.0)]
    assert usual[0] == usual[1] > 0
    assert usual_mobilisation(planner.stands(fleet).take(np.empty(0, np.int64)), Service.TOWING) == 0
