"""Which carriageway a location is put on: ``python -m benchmarks.carriageways``.

Every 40 m along motorways, trunks and primary roads whose opposite carriageway is within 50 m (roundabouts left out).
*Up to the middle*: the location lies anywhere from 4 m outside its carriageway to the middle of the median, exactly.
*Fix of r m*: the car stands up to 4 m from the middle of its carriageway, and the location errs by a normal error whose
radius of r holds two in three, as stated in its accuracy. Headings are up to 45 degrees off, directions are the nearest
of north, east, south and west. *Wrong* answers run the other way; *silent* ones are not marked ambiguous. The rules
were tuned on Jinan, Coquimbo and Heidelberg; the others are held out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.auckland import load_auckland
from benchmarks.dual_places import DualLocations, dual_locations, is_on
from benchmarks.machine import keep
from benchmarks.search_graphs import DATA
from benchmarks.snapping import load_jinan
from benchmarks.tables import ResultTable
from graphs.assemble import assemble
from graphs.bundled import load_coquimbo
from graphs.network import Float64, RoadNetwork
from graphs.snap import Snapper
from graphs.snapping.query import LocationQuery, Side
from graphs.sources.osm_file import read_osm
from graphs.speeds import load_profile

METRES_A_DEGREE = 111_195.0
#: A radius of 1.515 standard deviations holds two in three.
RADIUS = 1.515
WORDS = np.array(["north", "east", "south", "west"])
LEFT_HAND = {"Auckland"}


def load_osm(file: str) -> RoadNetwork:
    return assemble(read_osm(DATA / file), load_profile())[0]


EXTRACTS: dict[str, Callable[[], RoadNetwork]] = {
    "Jinan": load_jinan,
    "La Serena–Coquimbo": lambda: load_coquimbo().network,
    "Heidelberg": lambda: load_osm("heidelberg-2024.osm.pbf"),
    "Liechtenstein": lambda: load_osm("liechtenstein-2015.osm.pbf"),
    "Andorra": lambda: load_osm("andorra-2013.osm.pbf"),
    "Auckland": load_auckland,
    "North of Bayreuth": lambda: load_osm("north-bayreuth.osm.gz"),
}


def moved(places: DualLocations, rng: np.random.Generator, radius_m: float) -> tuple[Float64, Float64]:
    """Locations as a phone reports them."""
    east, north = rng.normal(0.0, radius_m / RADIUS, (2, places.lon.size))
    return (
        places.lon + east / METRES_A_DEGREE / np.cos(np.radians(places.lat)),
        places.lat + north / METRES_A_DEGREE,
    )


def measure(network: RoadNetwork, seed: int, side: Side) -> list[tuple[str, int, float, int, int]]:
    """For each kind of question: how many, share of ambiguous answers, wrong ones, wrong and silent ones."""
    rng = np.random.default_rng(seed)
    snapper, found = Snapper(network), []
    wide, near = dual_locations(network, rng), dual_locations(network, rng, inward_m=4.0)

    def ask(what: str, places: DualLocations, lon: Float64, lat: Float64, **more: Any) -> None:
        answer = snapper.locate(LocationQuery(lon, lat, **more))
        wrong = ~is_on(places, answer.positions.arc, answer.bearing)
        silent = wrong & ~answer.ambiguous
        found.append((what, wrong.size, float(answer.ambiguous.mean()), int(wrong.sum()), int(silent.sum())))

    if wide.lon.size == 0:
        return []
    heading = (wide.bearing + rng.uniform(-45.0, 45.0, wide.lon.size)) % 360.0
    ask("up to the middle, heading", wide, wide.lon, wide.lat, heading=heading)
    ask("up to the middle", wide, wide.lon, wide.lat)
    words = WORDS[np.round(wide.bearing / 90.0).astype(int) % 4].tolist()
    ask("up to the middle, direction", wide, wide.lon, wide.lat, direction=words)
    for radius in (5.0, 10.0, 20.0):
        lon, lat = moved(near, rng, radius)
        told = f"fix of {radius:.0f} m"
        heading = (near.bearing + rng.uniform(-45.0, 45.0, near.lon.size)) % 360.0
        ask(f"{told}, heading", near, lon, lat, accuracy_m=radius, heading=heading)
        ask(told, near, lon, lat, accuracy_m=radius)
        shoulder = _on_shoulder(snapper, near, rng, side)
        lon, lat = moved(shoulder, rng, radius)
        ask(f"{told}, on the shoulder", shoulder, lon, lat, accuracy_m=radius)
        ask(f"{told}, on the shoulder, side", shoulder, lon, lat, accuracy_m=radius, side=side)
    return found


def _on_shoulder(snapper: Snapper, places: DualLocations, rng: np.random.Generator, side: Side) -> DualLocations:
    """The same places 2 to 8 m to the outer side of their carriageways."""
    on = snapper.locate(LocationQuery(places.lon, places.lat, heading=places.bearing, heading_tolerance=10.0))
    good = on.positions.arc == places.arc
    metres = rng.uniform(2.0, 8.0, int(good.sum())) * (1.0 if side is Side.RIGHT else -1.0)
    turned = np.radians(on.bearing[good] + 90.0)
    lat = on.positions.lat[good]
    return DualLocations(
        places.arc[good],
        places.opposite[good],
        on.positions.lon[good] + metres * np.sin(turned) / METRES_A_DEGREE / np.cos(np.radians(lat)),
        lat + metres * np.cos(turned) / METRES_A_DEGREE,
        places.bearing[good],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extract", action="append", choices=EXTRACTS, help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-keep", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    names = options.extract or list(EXTRACTS)
    sides = {name: Side.LEFT if name in LEFT_HAND else Side.RIGHT for name in names}
    results = {name: measure(EXTRACTS[name](), options.seed, sides[name]) for name in names}
    results = {name: found for name, found in results.items() if found}
    rows = [
        [what, *(f"{found[i][2]:.0%}, {found[i][3]:,} / {found[i][4]:,}" for found in results.values())]
        for i, (what, *_) in enumerate(next(iter(results.values())))
    ]
    title = "Dual carriageways: share ambiguous, wrong / silently wrong"
    table = ResultTable.of(title, ["", *(f"{name} ({found[0][1]:,})" for name, found in results.items())], rows)
    console = Console(width=200)
    console.print(table.rich())
    if not options.no_keep:
        console.print(f"kept in {keep('carriageways', {'tables': [table.to_dict()], 'results': results})}")


if __name__ == "__main__":
    main()
