"""Edges tables: every way of writing one network gives the same network, and every mistake its own error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import shapely

from graphs.assemble import assemble
from graphs.classes import ROAD_CLASSES
from graphs.errors import (
    CoordinateError,
    DuplicateIdError,
    EmptyInputError,
    GeometryError,
    InputError,
    LengthError,
    MissingColumnError,
    NetworkError,
    TowlineError,
)
from graphs.raw import RawNetwork
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.table_files import read_table
from graphs.speeds import load_profile
from tests.graphs.towns import DATA, town_table

Table = pd.DataFrame


def arcs_of(raw: RawNetwork) -> list[tuple[int, ...]]:
    """Each arc as (tail id, head id, length in cm, class, way), sorted."""
    length = np.rint(raw.arc_length_m * 100).astype(np.int64)
    ends = raw.node_id[raw.arc_tail], raw.node_id[raw.arc_head]
    return sorted(zip(*(a.tolist() for a in (*ends, length, raw.arc_class, raw.arc_way)), strict=True))


def as_directed(table: Table) -> Table:
    """The same streets with one row per direction, as OSMnx lists them."""
    lines = shapely.from_wkt(table.geometry.to_numpy())
    back = table.assign(u=table.v, v=table.u, geometry=shapely.to_wkt(shapely.reverse(lines), rounding_precision=-1))
    return pd.concat([table[table.oneway != "-1"], back[table.oneway != "yes"]], ignore_index=True)


def nodes_of(table: Table) -> Table:
    """A nodes table from the ends of the geometries."""
    lines = shapely.from_wkt(table.geometry.to_numpy())
    ends = pd.DataFrame(
        {
            "osmid": pd.concat([table.u, table.v]).to_numpy(),
            "x": [line.coords[k][0] for k in (0, -1) for line in lines],
            "y": [line.coords[k][1] for k in (0, -1) for line in lines],
        }
    )
    return ends.drop_duplicates("osmid", ignore_index=True)


@pytest.mark.parametrize("seed", range(4))
def test_directed_and_undirected_tables_give_the_same_network(seed: int) -> None:
    """One row per direction or one row per street: equal arcs and equally many two-way streets."""
    table = town_table(seed)
    drawn, listed = edges_to_raw(table, directed=False), edges_to_raw(as_directed(table))
    assert arcs_of(drawn) == arcs_of(listed), seed
    reports = [assemble(raw, load_profile())[1] for raw in (drawn, listed)]
    assert reports[0].two_way_arcs == reports[1].two_way_arcs > 0, seed


def test_text_numbers_binary_geometries_and_other_columns_make_no_difference() -> None:
    """CSV text, WKB, hex, shapely objects, mapped names and a nodes table: the same arcs."""
    table = town_table(1)
    expected = arcs_of(edges_to_raw(table, directed=False))
    lines = shapely.from_wkt(table.geometry.to_numpy())
    variants = [
        table.astype(str),
        table.assign(geometry=shapely.to_wkb(lines)),
        table.assign(geometry=shapely.to_wkb(lines, hex=True)),
        table.assign(geometry=lines),
    ]
    for variant in variants:
        assert arcs_of(edges_to_raw(variant, directed=False)) == expected
    assert arcs_of(edges_to_raw(table, nodes_of(table), directed=False)) == expected
    renamed = table.rename(columns={"u": "from_node", "geometry": "wkt"})
    mapping = ColumnMapping.parse(["u=from_node", "geometry = wkt"])
    assert arcs_of(edges_to_raw(renamed, directed=False, mapping=mapping)) == expected


def test_lines_drawn_from_head_to_tail_are_turned_with_a_nodes_table() -> None:
    """When nodes say where u and v are, the drawing direction of a line does not matter."""
    table = town_table(2)
    turned = shapely.to_wkt(shapely.reverse(shapely.from_wkt(table.geometry.to_numpy())), rounding_precision=-1)
    plain = edges_to_raw(table, nodes_of(table), directed=False)
    again = edges_to_raw(table.assign(geometry=turned), nodes_of(table), directed=False)
    straight = (table.u != table.v).to_numpy()  # a loop may be drawn either way
    first = plain.shape_offset[:-1][straight]
    assert np.array_equal(plain.shape_lonlat[first], again.shape_lonlat[first])
    assert arcs_of(plain) == arcs_of(again)


def test_streets_without_geometry_are_straight() -> None:
    """With a nodes table a missing geometry, of one row or of all, is a straight line."""
    table = town_table(3)
    some = table.assign(geometry=table.geometry.where(table.index % 2 == 0))
    raw = edges_to_raw(some, nodes_of(table), directed=False)
    assert np.diff(raw.shape_offset)[1::2].tolist() == [2] * (len(table) // 2)
    none = edges_to_raw(table.drop(columns="geometry"), nodes_of(table), directed=False)
    assert (np.diff(none.shape_offset) == 2).all()


def test_a_speed_against_the_drawing_is_used_for_that_direction() -> None:
    """maxspeed_backward belongs to the arc from v to u."""
    table = pd.DataFrame(
        {"u": [1], "v": [2], "highway": ["primary"], "maxspeed": [80.0], "maxspeed_backward": [60.0]}
    ).assign(geometry="LINESTRING(8 49, 8.01 49)")
    raw = edges_to_raw(table, directed=False)
    speed = dict(zip(raw.node_id[raw.arc_tail].tolist(), raw.arc_maxspeed_kph.tolist(), strict=True))
    assert speed == {1: 80.0, 2: 60.0}


def test_lengths_are_measured_where_the_table_has_none_and_rounded_zeros_are_mended() -> None:
    """Without a length column the geometry decides; a stated 0 on a tiny street is its measured length."""
    table = pd.DataFrame({"u": [1, 2], "v": [2, 3], "highway": "service"}).assign(
        geometry=["LINESTRING(8 49, 8.01 49)", "LINESTRING(8.01 49, 8.010001 49)"]
    )
    measured = edges_to_raw(table, directed=False).arc_length_m
    assert measured[:2] == pytest.approx([729.5, 0.1], abs=0.5)
    stated = edges_to_raw(table.assign(length=[730.0, 0.0]), directed=False).arc_length_m
    assert stated[0] == 730
    assert 0 < stated[1] < 1


def test_footways_are_left_out_and_unknown_classes_counted() -> None:
    """Undrivable rows go, unknown classes become 'road', both with their counts."""
    table = town_table(0)
    table.loc[:2, "highway"] = ["footway", "steps", "moonway"]
    raw = edges_to_raw(table, directed=False)
    assert raw.info.skipped == {"highway=footway": 1, "highway=steps": 1}
    assert raw.info.unknown_classes == {"moonway": 1}
    assert (raw.arc_class[raw.arc_way == table.osmid[2]] == ROAD_CLASSES.index("road")).all()


MISTAKES: dict[str, tuple[Callable[[Table], object], type[TowlineError], str]] = {
    "no rows": (lambda t: t[:0], EmptyInputError, "no rows"),
    "missing columns": (
        lambda t: t.drop(columns=["u", "highway"]),
        MissingColumnError,
        "'u', 'highway'; it has v, one",
    ),
    "lat/lon swapped, out of range": (
        lambda t: t.assign(geometry=moved(t, 100, 0, swap=True)),
        CoordinateError,
        "swapped",
    ),
    "lat/lon swapped, in range": (
        lambda t: t.assign(length=measured(t), geometry=moved(t, 0, 0, swap=True)),
        CoordinateError,
        "only the other way round",
    ),
    "NaN in a geometry": (lambda t: with_cell(t, "geometry", "LINESTRING(8 NaN, 8 49)"), CoordinateError, "NaN"),
    "metres instead of degrees": (lambda t: t.assign(geometry=moved(t, 5e5, 4e6)), CoordinateError, "projected"),
    "negative length": (lambda t: with_cell(t.assign(length=measured(t)), "length", -4.0), LengthError, "row 1.*-4"),
    "zero length": (lambda t: with_cell(t.assign(length=measured(t)), "length", 0.0), LengthError, "row 1"),
    "endless length": (lambda t: with_cell(t.assign(length=measured(t)), "length", 1e9), LengthError, "row 1"),
    "missing length": (lambda t: with_cell(t.assign(length=measured(t)), "length", np.nan), LengthError, "row 1.*nan"),
    "kilometres": (lambda t: t.assign(length=measured(t) / 1000), LengthError, "kilometres"),
    "feet": (lambda t: t.assign(length=measured(t) * 3.28), LengthError, "feet"),
    "length is text": (lambda t: t.assign(length="long"), InputError, "'long' is not a number"),
    "empty geometry": (lambda t: with_cell(t, "geometry", None), GeometryError, "row 1.*empty"),
    "a point": (lambda t: with_cell(t, "geometry", "POINT(8 49)"), GeometryError, "row 1.*Point"),
    "broken WKT": (lambda t: with_cell(t, "geometry", "LINE(8 49)"), GeometryError, "row 1.*LINE"),
    "no road class at all": (lambda t: t.assign(highway="asphalt"), NetworkError, "highway=COLUMN"),
    "footways only": (lambda t: t.assign(highway="footway"), NetworkError, "No edge is drivable"),
    "repeated key": (lambda t: pd.concat([t, t]).assign(key=0), DuplicateIdError, "u=.*v=.*key=0"),
    "unknown one-way": (lambda t: t.assign(oneway="sometimes"), InputError, "'sometimes'"),
}


def moved(table: Table, dx: float, dy: float, *, swap: bool = False) -> np.ndarray:
    lines = shapely.transform(shapely.from_wkt(table.geometry.to_numpy()), lambda points: points + np.array([dx, dy]))
    return shapely.transform(lines, lambda points: points[:, ::-1]) if swap else lines


def measured(table: Table) -> np.ndarray:
    return edges_to_raw(table, directed=True).arc_length_m


def with_cell(table: Table, column: str, value: object) -> Table:
    table = table.copy()
    table[column] = table[column].astype(object)
    table.loc[1, column] = value
    return table


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_own_error(mistake: str) -> None:
    """Bad tables are refused with a typed error that names the row, column or remedy."""
    spoil, error, words = MISTAKES[mistake]
    with pytest.raises(error, match=words):
        edges_to_raw(spoil(town_table(7)), directed=False)  # ty: ignore


def test_mistakes_in_the_nodes_table_name_the_node() -> None:
    """Repeated, missing and impossible nodes, and missing columns."""
    table = town_table(7)
    nodes = nodes_of(table)
    with pytest.raises(DuplicateIdError, match="1000"):
        edges_to_raw(table, pd.concat([nodes, nodes[:1]]), directed=False)
    with pytest.raises(InputError, match="not in the nodes table"):
        edges_to_raw(table, nodes[1:], directed=False)
    with pytest.raises(CoordinateError, match="swapped"):
        edges_to_raw(table, nodes.assign(x=49.0, y=108.0), directed=False)
    with pytest.raises(MissingColumnError, match="'y'; it has osmid, x"):
        edges_to_raw(table, nodes[["osmid", "x"]], directed=False)
    with pytest.raises(EmptyInputError, match="nodes table"):
        edges_to_raw(table, nodes[:0], directed=False)


def test_a_repeated_edge_id_is_refused_when_mapped() -> None:
    """A column mapped as edge_id must be unique."""
    table = town_table(7).assign(eid=1)
    with pytest.raises(DuplicateIdError, match="eid=1"):
        edges_to_raw(table, mapping=ColumnMapping(edge_id="eid"))


@pytest.mark.skipif(
    not (DATA / "jinan_edges.csv.gz").exists(), reason="jinan_edges.csv.gz is not beside the repository"
)
def test_jinan_comes_in_by_mapping() -> None:
    """A directed table with other names and a nodes table: all nodes and arcs, two-way streets found."""
    mapping = ColumnMapping.parse(["edge_id=eid", "way=osm_way_id", "length=length_m", "geometry=geometry_wkt"])
    edges, nodes = read_table(DATA / "jinan_edges.csv.gz"), read_table(DATA / "jinan_nodes.csv.gz")
    network, report = assemble(edges_to_raw(edges, nodes, mapping=mapping), load_profile())
    assert (report.nodes_read, report.arcs_read) == (12_766, 28_597)
    assert network.node_count == report.nodes_kept == 11_850
    assert report.two_way_arcs == 20_510
