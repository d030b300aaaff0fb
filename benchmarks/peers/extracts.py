"""The extracts that engines are compared on, and places drawn on their roads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium.osm

from benchmarks.search_graphs import DATA, SkippedError
from benchmarks.snapping import load_jinan
from graphs.classes import ROAD_CLASSES
from graphs.network import Float64, RoadNetwork
from graphs.region import Region, build_region
from graphs.sources.osm_file import read_osm
from graphs.speeds import PROFILES, SpeedProfile, load_profile


@dataclass(frozen=True)
class Extract:
    """One OpenStreetMap file; Jinan's is written from its table of edges."""

    name: str
    title: str
    file: str

    def path(self, folder: Path) -> Path:
        """Where the file is; raises `SkippedError`."""
        if self.name == "jinan":
            made = folder / "jinan.osm.pbf"
            if not made.exists():
                if not (DATA / self.file).exists():
                    raise SkippedError(f"{self.file} is not there")
                write_osm(load_jinan(), made)
            return made
        if not (DATA / self.file).exists():
            raise SkippedError(f"{self.file} is not there")
        return DATA / self.file


EXTRACTS = (
    Extract("heidelberg", "Heidelberg 2024", "heidelberg-2024.osm.pbf"),
    Extract("liechtenstein", "Liechtenstein 2015", "liechtenstein-2015.osm.pbf"),
    Extract("andorra", "Andorra 2013", "andorra-2013.osm.pbf"),
    Extract("jinan", "Jinan (from its edge table)", "jinan_edges.csv.gz"),
)


def osrm_profile() -> SpeedProfile:
    """OSRM's car speeds and turn costs."""
    return load_profile(PROFILES / "osrm-car.toml")


def build(path: Path, name: str, profile: SpeedProfile | None = None) -> Region:
    """Towline's region of an extract."""
    return build_region(read_osm(path), name=name, timezone="UTC", profile=profile or osrm_profile())


def places(network: RoadNetwork, count: int, seed: int) -> Float64:
    """[count, 2] lon, lat on roads, evenly over their length."""
    rng = np.random.default_rng(seed)
    length = network.arc_length_m.astype(float)
    arcs = rng.choice(network.arc_count, count, p=length / length.sum())
    found = np.empty((count, 2))
    for row, (arc, share) in enumerate(zip(arcs, rng.random(count), strict=True)):
        points = network.shape(int(arc))
        steps = np.hypot(*np.diff(points, axis=0).T)
        along = np.concatenate(([0.0], np.cumsum(steps)))
        found[row] = [np.interp(share * along[-1], along, points[:, axis]) for axis in (0, 1)]
    return found


def write_osm(network: RoadNetwork, path: Path) -> None:
    """The network as an OpenStreetMap file: a way for each street, one-way where no arc runs back."""
    path.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(path))
    mutable = osmium.osm.mutable
    for node in range(network.node_count):
        writer.add_node(mutable.Node(id=node + 1, location=(network.node_lon[node], network.node_lat[node])))
    arcs = np.flatnonzero((network.arc_twin < 0) | (network.arc_twin > np.arange(network.arc_count)))
    number, ways = network.node_count, []
    for way, arc in enumerate(arcs.tolist()):
        inner = []
        for lon, lat in network.shape(arc)[1:-1].tolist():
            number += 1
            inner.append(number)
            writer.add_node(mutable.Node(id=number, location=(lon, lat)))
        refs = [int(network.arc_tail[arc]) + 1, *inner, int(network.arc_head[arc]) + 1]
        tags = {
            "highway": ROAD_CLASSES[network.arc_class[arc]],
            "oneway": "yes" if network.arc_twin[arc] < 0 else "no",
        }
        ways.append(mutable.Way(id=way + 1, nodes=refs, tags=tags))
    for made in ways:
        writer.add_way(made)
    writer.close()
