"""Peak memory of importing a country: a made-up .osm.pbf of a million junctions, read, built and saved.

``python -m benchmarks.import_memory --junctions 1000000`` prints the peak of a fresh process less that of the same
process over a tiny file (interpreter, libraries, compiled kernels), and its ratio to the size of the region's file.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

#: Streets a way runs on through, shape points a street has between its junctions.
RUN, BENDS = 5, 2
CLASSES = ("residential", "residential", "residential", "tertiary", "secondary", "primary", "service")


def write_country(path: Path, junctions: int, seed: int) -> None:
    """A jittered grid of bent streets as OSM has it: names, limits, one-ways, private roads, signals, restrictions."""
    import osmium
    from osmium.osm import mutable

    rng = np.random.default_rng(seed)
    side = max(3, round(junctions**0.5))
    count = side * side
    lon = 8.0 + 0.0012 * (np.arange(count) % side) + rng.uniform(-3e-4, 3e-4, count)
    lat = 45.0 + 0.0009 * (np.arange(count) // side) + rng.uniform(-2e-4, 2e-4, count)
    node = np.arange(count).reshape(side, side)
    lines = [*node, *node.T]  # streets west to east, then south to north
    signal = rng.random(count) < 0.02
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for i in range(count):
            tags = {"highway": "traffic_signals"} if signal[i] else {}
            writer.add_node(mutable.Node(id=i + 1, version=1, location=(lon[i], lat[i]), tags=tags))
        bend = count + 1
        for line in lines:
            for a, b in pairwise(line):
                for share in np.arange(1, BENDS + 1) / (BENDS + 1):
                    place = (lon[a] + share * (lon[b] - lon[a]) + 2e-5, lat[a] + share * (lat[b] - lat[a]) + 2e-5)
                    writer.add_node(mutable.Node(id=bend, version=1, location=place))
                    bend += 1
        bend, way = count + 1, 1
        firsts = []
        for number, line in enumerate(lines):
            for begin in range(0, side - 1, RUN):
                nodes = [int(line[begin]) + 1]
                for a in line[begin + 1 : begin + RUN + 1]:
                    nodes += [*range(bend, bend + BENDS), int(a) + 1]
                    bend += BENDS
                writer.add_way(mutable.Way(id=way, version=1, nodes=nodes, tags=_tags(rng, number)))
                firsts.append((way, nodes[0], nodes[-1]))
                way += 1
        for k in rng.integers(0, way - 2, way // 100).tolist():
            (a, _, via), (b, start, _) = firsts[k], firsts[k + 1]
            if via == start:
                members = [("w", a, "from"), ("n", via, "via"), ("w", b, "to")]
                tags = {"type": "restriction", "restriction": "no_straight_on"}
                writer.add_relation(mutable.Relation(id=k + 1, version=1, members=members, tags=tags))


def _tags(rng: np.random.Generator, number: int) -> dict[str, str]:
    tags = {"highway": CLASSES[int(rng.integers(len(CLASSES)))], "name": f"Street {number}"}
    if rng.random() < 0.4:
        tags["maxspeed"] = ("30", "50", "70", "DE:urban")[int(rng.integers(4))]
    if rng.random() < 0.1:
        tags["oneway"] = "yes"
    if rng.random() < 0.03:
        tags["access"] = ("private", "destination")[int(rng.integers(2))]
    return tags


def measured(source: Path, region: Path) -> dict[str, float]:
    """Peak memory and time of one import in a process of its own."""
    call = [sys.executable, "-m", "benchmarks.import_memory", "--import-only", str(source), str(region)]
    output = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def _import_only(source: Path, target: Path) -> None:
    from graphs.region import build_region
    from graphs.sources.osm_file import read_osm
    from graphs.store import save_region

    def peak() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    start = time.perf_counter()
    raw = read_osm(source)
    read_s, read_mb = time.perf_counter() - start, peak()
    region = build_region(raw, name="made-up", timezone="Europe/Berlin")
    del raw
    build_s, build_mb = time.perf_counter() - start - read_s, peak()
    save_region(region, target)
    figures = {
        "nodes": region.network.node_count,
        "arcs": region.network.arc_count,
        "read_s": round(read_s, 1),
        "build_s": round(build_s, 1),
        "read_mb": round(read_mb),
        "build_mb": round(build_mb),
        "peak_mb": round(peak()),
        "file_mb": round(target.stat().st_size / 2**20, 1),
    }
    print(json.dumps(figures))


def compare(junctions: int, seed: int, folder: Path) -> dict[str, float]:
    """Figures of a country of that size, with the peak of a tiny one subtracted, and the ratio to the region's file."""
    tiny, large = folder / "tiny.osm.pbf", folder / "country.osm.pbf"
    write_country(tiny, 100, seed)
    write_country(large, junctions, seed)
    base = measured(tiny, folder / "tiny.towline-region")["peak_mb"]
    figures = measured(large, folder / "country.towline-region")
    own = figures["peak_mb"] - base
    return figures | {"base_mb": base, "own_mb": own, "ratio": round(own / figures["file_mb"], 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--junctions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--import-only", nargs=2, type=Path, metavar=("SOURCE", "REGION"))
    options = parser.parse_args()
    if options.import_only:
        _import_only(*options.import_only)
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(compare(options.junctions, options.seed, Path(folder))))


if __name__ == "__main__":
    main()
