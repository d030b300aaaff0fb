"""Auckland's road graph of 54,000 junctions (JEMSS, Apache-2.0), as a network and as a region."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd

from graphs.assemble import assemble
from graphs.network import RoadNetwork
from graphs.raw import RawNetwork
from graphs.region import Region, build_region
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.speeds import load_profile

DATA = Path(__file__).parents[2] / "shared" / "data" / "auckland"


def read_auckland() -> RawNetwork:
    """Straight arcs of two speeds; the faster are its motorways and highways."""
    with ZipFile(DATA / "roads.zip") as files:
        with files.open("arcs.csv") as file:
            arcs = pd.read_csv(file, skiprows=5).dropna(subset=["fromNode"])
        with files.open("nodes.csv") as file:
            nodes = pd.read_csv(file, skiprows=1).dropna(subset=["x", "y"])
    kph = arcs["distance"] / (arcs["mode_2"] * 24.0)
    arcs = arcs[arcs["fromNode"] != arcs["toNode"]].assign(highway=np.where(kph > 50.0, "motorway", "residential"))
    mapping = ColumnMapping.parse(["u=fromNode", "v=toNode", "node=index", "lon=x", "lat=y"])
    return edges_to_raw(arcs[["fromNode", "toNode", "highway"]], nodes, mapping=mapping)


def load_auckland() -> RoadNetwork:
    """The network alone."""
    return assemble(read_auckland(), load_profile())[0]


def auckland_region() -> Region:
    """The network prepared for search."""
    return build_region(read_auckland(), name="auckland", timezone="Pacific/Auckland")
