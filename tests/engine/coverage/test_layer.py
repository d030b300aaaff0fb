"""Demand layers: read from files, put on roads, refused where they cannot be."""

from __future__ import annotations

import pickle
from pathlib import Path

import h3
import numpy as np
import pytest

from engine.coverage.layer import DemandLayer, read_layer
from engine.coverage.placed import place_demand
from engine.coverage.places import CLASSES, RoadPieces
from engine.decision import PromiseClass
from engine.errors import DemandError, OptionError, TableError
from engine.policy import Policy
from engine.promise import PromiseTable
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.errors import MissingColumnError

REGION, POLICY = load_coquimbo(), Policy.default()
PROMISES = PromiseTable(REGION.network, POLICY)
LON, LAT = -71.2519, -29.9045


@pytest.fixture(scope="module")
def pieces() -> RoadPieces:
    return RoadPieces(REGION, PROMISES)


def test_pieces_are_all_roads_once(pieces: RoadPieces):
    """Their lengths add up to every street once, and none is longer than half a cell's edge."""
    network = REGION.network
    once = (network.arc_twin < 0) | (np.arange(network.arc_count) < network.arc_twin)
    assert pieces.length_m.sum() == pytest.approx(network.arc_length_m[once].astype(float).sum())
    assert pieces.length_m.max() <= h3.average_hexagon_edge_length(8, unit="m") / 2
    assert set(pieces.kind.tolist()) == {0, 1, 2}
    with pytest.raises(OptionError, match="5 to 10"):
        RoadPieces(REGION, PROMISES, 3)


def test_people_are_shared_out_by_length(pieces: RoadPieces):
    """Nobody is lost; a cell's people live on its roads, not on its highways, unless it has no others."""
    people = load_coquimbo_population()
    placed = place_demand(DemandLayer.of_cells(people), pieces, POLICY, PROMISES)
    assert placed.total == pytest.approx(people.total)
    highway = placed.places.kind == CLASSES.index(PromiseClass.HIGHWAY)
    assert placed.weight[highway].sum() < 0.001 * people.total
    assert highway.sum() < 0.01 * (pieces.kind == CLASSES.index(PromiseClass.HIGHWAY)).sum()
    cells = placed.places.cells_at(h3.get_resolution(people.cells[0]))
    row = int(np.argmax(people.weight))
    mine = placed.weight[cells == h3.str_to_int(people.cells[row])]
    assert mine.sum() == pytest.approx(people.weight[row])


def test_a_share_on_highways(pieces: RoadPieces):
    """So much of the demand, by length; the rest as before."""
    layer = DemandLayer.of_cells(load_coquimbo_population())
    placed = place_demand(layer, pieces, POLICY, PROMISES, highway_share=0.25)
    highway = placed.places.kind == CLASSES.index(PromiseClass.HIGHWAY)
    assert placed.total == pytest.approx(layer.total)
    assert placed.weight[highway].sum() == pytest.approx(0.25 * layer.total, rel=0.001)
    with pytest.raises(DemandError, match="highway_share"):
        place_demand(layer, pieces, POLICY, PROMISES, highway_share=1.0)


def test_points_stay_where_they_are(pieces: RoadPieces):
    """Each on its road, with its weight; one far from all roads is refused with its row."""
    layer = DemandLayer.of_points([LON, LON + 0.01], [LAT, LAT], [2, 3])
    placed = place_demand(layer, pieces, POLICY, PROMISES)
    assert placed.weight.tolist() == [2, 3]
    assert np.abs(placed.places.positions.lon - layer.lon).max() < 0.01
    with pytest.raises(DemandError, match="row 1: the place is not on the roads") as caught:
        place_demand(DemandLayer.of_points([LON, 10.0], [LAT, 50.0]), pieces, POLICY, PROMISES)
    assert caught.value.metadata["row"] == "1"


def test_a_cell_far_from_all_roads_is_refused(pieces: RoadPieces):
    """With its row and how many are like it."""
    cells = (h3.latlng_to_cell(LAT, LON, 9), h3.latlng_to_cell(0.0, 0.0, 9), h3.latlng_to_cell(1.0, 0.0, 9))
    with pytest.raises(DemandError, match=r"row 1: cell .* \(2 rows like that\)"):
        place_demand(DemandLayer("sea", "people", np.ones(3), cells=cells), pieces, POLICY, PROMISES)


@pytest.mark.parametrize(
    ("weights", "said"),
    [([1.0, -2.0], "row 1: weight -2"), ([np.nan, 1.0], "row 0: weight nan"), ([0.0, 0.0], "no weight above zero")],
)
def test_weights_that_cannot_be(weights: list[float], said: str):
    """Negative, no number, nothing at all."""
    with pytest.raises(DemandError, match=said):
        DemandLayer.of_points([LON, LON], [LAT, LAT], weights)


def test_layers_from_files(tmp_path: Path):
    """Cells or points, whatever the weight's column is called; a row without weight counts 1."""
    cell = h3.latlng_to_cell(LAT, LON, 8)
    people = tmp_path / "people.csv"
    people.write_text(f"cell,population\n{cell},120\n", encoding="utf-8")
    layer = read_layer(people, REGION, 500.0)
    assert (layer.cells, layer.weight.tolist(), layer.name, layer.unit) == ((cell,), [120.0], "people", "people")
    past = tmp_path / "past.csv"
    past.write_text(f"lon,lat\n{LON},{LAT}\n{LON},{LAT}\n", encoding="utf-8")
    layer = read_layer(past, REGION, 500.0)
    assert (layer.weight.tolist(), layer.unit) == ([1.0, 1.0], "demand")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cell,weight\n89b21901403ffff,1\nnonsense,2\n", "row 3 cell 'nonsense'"),
        ("cell,weight\n89b21901403ffff,-1\n", "row 2 weight '-1'"),
        ("cell,weight\n89b21901403ffff,\n", "row 2 weight: is empty"),
        ("lon,lat,weight\n10.0,50.0,1\n", "row 2 lon, lat"),
        ("cell\n88b219181dfffff\n89b21901403ffff\n", "row 3 cell '89b21901403ffff': has resolution 9, and row 2 has 8"),
    ],
)
def test_rows_that_cannot_be_are_named(tmp_path: Path, text: str, said: str):
    """Every wrong cell, weight and place, with its row."""
    path = tmp_path / "layer.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=said):
        read_layer(path, REGION, 500.0)


def test_cells_off_the_roads_are_named_as_the_file_counts(pieces: RoadPieces, tmp_path: Path):
    """Every one of them, by its row and column, as any other row that cannot be used; points of a file as well."""
    here, away, sea = (h3.latlng_to_cell(lat, lon, 8) for lat, lon in ((LAT, LON), (37.8, -122.4), (-29.9, -72.5)))
    path = tmp_path / "people.csv"
    path.write_text(f"cell,weight\n{here},5\n{away},10\n{here},1\n{sea},1\n", encoding="utf-8")
    layer = read_layer(path, REGION, 500.0)
    with pytest.raises(TableError) as caught:
        place_demand(layer, pieces, POLICY, PROMISES)
    assert [(each.file, each.row, each.column, each.value) for each in caught.value.problems] == [
        ("people.csv", 3, "cell", away),
        ("people.csv", 5, "cell", sea),
    ]
    assert "Location" not in caught.value.message
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems  # processes hand it on
    assert "km from the nearest one; take it out" in caught.value.message
    path.write_text(f"lon,lat\n{LON},{LAT}\n10,50\n", encoding="utf-8")
    with pytest.raises(TableError, match="row 3 lon, lat '10, 50'"):
        place_demand(read_layer(path, None, 500.0), pieces, POLICY, PROMISES)


def test_what_is_assumed_is_noted(tmp_path: Path):
    """Cells that are there again, and rows without a weight; nothing of a table that says all."""
    cell, other = (h3.latlng_to_cell(LAT, LON + more, 8) for more in (0, 0.1))
    path = tmp_path / "people.csv"
    found = {}
    for text in (f"cell,people\n{cell},5\n{other},1\n{cell},5\n", f"cell\n{cell}\n", f"cell,people\n{cell},5\n"):
        path.write_text(text, encoding="utf-8")
        found[text] = notes = []
        layer = read_layer(path, REGION, 500.0, notes=notes)
        assert layer.total == (11.0 if len(layer) == 3 else len(layer) * layer.weight[0])
    again, unweighed, plain = found.values()
    assert again == [f"people.csv: 1 cell is there more than once, first {cell} in row 4: weights are added up"]
    (told,) = unweighed
    assert told.endswith("each row counts 1")
    assert plain == []


def test_columns_that_are_not_there(tmp_path: Path):
    """Neither cells nor places; a weight that is not there."""
    path = tmp_path / "layer.csv"
    path.write_text("name,weight\na,1\n", encoding="utf-8")
    with pytest.raises(MissingColumnError, match="neither a column cell nor lon and lat"):
        read_layer(path, REGION, 500.0)
    path.write_text("cell\n89b21901403ffff\n", encoding="utf-8")
    with pytest.raises(MissingColumnError, match="lacks the column people"):
        read_layer(path, REGION, 500.0, weight="people")
