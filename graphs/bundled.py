"""The region in the box: La Serena-Coquimbo, Chile."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from graphs.cache import cache_folder
from graphs.demand import Demand, read_demand
from graphs.errors import RegionFileError
from graphs.network import RoadNetwork
from graphs.raw import OSM_CREDIT, SourceInfo
from graphs.region import Progress, Region, build_region
from graphs.search.hierarchy import Hierarchy
from graphs.search_graph import SearchGraph
from graphs.speeds import SpeedProfile, load_profile
from graphs.store import FORMAT_VERSION, SUFFIX, open_region, save_region

COQUIMBO = Path(__file__).parent / "data" / "coquimbo"
COQUIMBO_NAME = "coquimbo"
COQUIMBO_TIMEZONE = "America/Santiago"
COQUIMBO_CREDITS = (OSM_CREDIT, "AequilibraE example project (https://www.aequilibrae.com)")


def load_coquimbo(profile: SpeedProfile | None = None, progress: Progress | None = None) -> Region:
    """La Serena-Coquimbo, built on first use and then opened from the user's cache.

    A damaged or outdated cache is built again; where no cache can be written the region still works. Several processes
    may do this at once: whoever finishes last replaces an equal file.
    """
    profile = profile or load_profile()
    path = cache_folder() / f"{COQUIMBO_NAME}-{_cache_key(profile)}{SUFFIX}"
    with suppress(RegionFileError):
        return open_region(path)
    region = build_coquimbo(profile, progress)
    try:
        return open_region(save_region(region, path))
    except RegionFileError:
        return region


def build_coquimbo(profile: SpeedProfile | None = None, progress: Progress | None = None) -> Region:
    """La Serena-Coquimbo from its edges table, without the cache."""
    from graphs.sources.edges_table import edges_to_raw
    from graphs.sources.table_files import read_table

    if progress:
        progress("read", 0, 1)
    info = SourceInfo("aequilibrae 1.7.2: coquimbo", credits=COQUIMBO_CREDITS)
    raw = edges_to_raw(read_table(COQUIMBO / "edges.parquet"), directed=False, info=info)
    if progress:
        progress("read", 1, 1)
    return build_region(
        raw,
        name=COQUIMBO_NAME,
        title="La Serena–Coquimbo, Chile",
        timezone=COQUIMBO_TIMEZONE,
        profile=profile,
        progress=progress,
    )


def load_coquimbo_population() -> Demand:
    """(H3 cells, people in each): 451,899 people in all."""
    return read_demand(COQUIMBO / "population.csv")


def _cache_key(profile: SpeedProfile) -> str:
    """Changes with the data, the speeds, the file format, the arrays in it and the release that built them."""
    digest = hashlib.sha256((COQUIMBO / "edges.parquet").read_bytes())
    names = [item.name for part in (RoadNetwork, SearchGraph, Hierarchy) for item in fields(part)]
    digest.update(f"{FORMAT_VERSION} {profile.digest} {_release()} {names}".encode())
    return digest.hexdigest()[:16]


def _release() -> str:
    try:
        return version("towline")
    except PackageNotFoundError:
        return "unreleased"
