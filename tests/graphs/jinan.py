"""The network of Jinan, from the data beside the repository."""

from __future__ import annotations

from functools import cache

import pytest

from graphs.assemble import assemble
from graphs.network import RoadNetwork
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.table_files import read_table
from graphs.speeds import load_profile
from tests.graphs.towns import DATA

needs_jinan = pytest.mark.skipif(
    not (DATA / "jinan_edges.csv.gz").exists(), reason="jinan_edges.csv.gz is not beside the repository"
)


@cache
def load_jinan() -> RoadNetwork:
    """11,850 junctions, as one network."""
    mapping = ColumnMapping.parse(["edge_id=eid", "way=osm_way_id", "length=length_m", "geometry=geometry_wkt"])
    edges, nodes = read_table(DATA / "jinan_edges.csv.gz"), read_table(DATA / "jinan_nodes.csv.gz")
    return assemble(edges_to_raw(edges, nodes, mapping=mapping), load_profile())[0]
