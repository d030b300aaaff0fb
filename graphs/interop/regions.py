"""Regions from networkx graphs and GeoDataFrames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphs.errors import InputError, SourceError
from graphs.interop.back import assemble_driven
from graphs.interop.carried import Carried
from graphs.interop.frames import DRIVEN
from graphs.interop.multigraph import CARRIED
from graphs.interop.restrictions import read_restrictions
from graphs.raw import SourceInfo
from graphs.region import NAME_PATTERN, Progress, Region, RegionMetadata, build_region, content_version, valid_timezone
from graphs.search.hierarchy import Hierarchy
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.networkx_graph import graph_tables, graph_to_raw
from graphs.speeds import SpeedProfile
from graphs.vehicle import Vehicle

if TYPE_CHECKING:
    import pandas as pd

Remark = Callable[[str], None]
#: What a region is said to be made with when nobody carried it.
AS_GIVEN = "as given"


@dataclass(frozen=True)
class Exported:
    """The tables of an export of Towline: nodes with osmid, edges with u, v, key and travel times, and the rest."""

    nodes: pd.DataFrame
    edges: pd.DataFrame
    carried: Carried | None
    info: SourceInfo


def region_from_networkx(
    graph: Any,
    *,
    name: str | None = None,
    timezone: str | None = None,
    title: str = "",
    profile: SpeedProfile | None = None,
    vehicle: Vehicle | None = None,
    country: str | None = None,
    info: SourceInfo | None = None,
    progress: Progress | None = None,
) -> Region:
    """A region from a MultiDiGraph.

    One that `to_networkx` made, also edited, cut or projected by OSMnx since, keeps its travel times to the millisecond
    and, unless ``graph.graph["towline"]`` was deleted, its forbidden turns, name, time zone and credits. Any other
    graph, or one for which a ``profile``, ``vehicle`` or ``country`` is given, gets its speeds from ``maxspeed`` and
    the road class, as `build_region` does; it has no forbidden turns then.

    Raises `SourceError` for an undirected export (one direction's times are lost in it), `InputError` without a name,
    and what `build_region` raises.
    """
    anew = any(option is not None for option in (profile, vehicle, country))
    if not anew and is_exported(next((data for _, _, data in graph.edges(data=True)), {})):
        return region_of(exported_graph(graph, info), name=name, timezone=timezone, title=title, progress=progress)
    carried = _carried(graph)
    name, timezone, title = _about(carried, name, timezone, title)
    return build_region(
        graph_to_raw(graph, info=info or _info(carried, "networkx graph")),
        name=name,
        timezone=timezone,
        title=title,
        profile=profile,
        vehicle=vehicle,
        country=country,
        progress=progress,
    )


def region_from_geodataframes(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    restrictions: pd.DataFrame | None = None,
    *,
    turning: Mapping[str, Any] | None = None,
    name: str,
    timezone: str,
    title: str = "",
    info: SourceInfo | None = None,
    progress: Progress | None = None,
) -> Region:
    """A region from nodes indexed by osmid and edges indexed by u, v, key, as OSMnx's functions give them.

    Of tables that `to_geodataframes` made, travel times are kept to the millisecond, what may not be driven if
    ``restrictions`` come along (`restrictions_frame`), and what turning costs if ``turning`` does
    (``region.metadata.turning``). Any other tables get their speeds from ``maxspeed`` and class.
    Coordinates are projected back to EPSG:4326. ``info`` says whose data it is. Raises as `region_from_networkx` does.
    """
    nodes, edges = _in_degrees(nodes.reset_index()), _in_degrees(edges.reset_index())
    if "geometry" in nodes:
        points = nodes["geometry"]
        nodes = nodes.drop(columns="geometry").assign(x=points.x, y=points.y)
    info = info or SourceInfo("GeoDataFrames")
    if not is_exported(edges):
        if restrictions is not None or turning:
            raise SourceError(
                f"Restrictions and turning go with edges that Towline exported, which have {', '.join(DRIVEN)}; these "
                "lack some. Leave the two out, or give the edges as they were exported."
            )
        raw = edges_to_raw(edges, nodes, info=info, mapping=ColumnMapping())
        return build_region(raw, name=name, timezone=timezone, title=title, progress=progress)
    walks = () if restrictions is None else read_restrictions(restrictions)
    carried = Carried(
        name=name,
        title=title,
        timezone=timezone,
        source=info.source,
        credits=info.credits,
        licence=info.licence,
        profile_name=AS_GIVEN,
        profile_digest="",
        vehicle_name=AS_GIVEN,
        vehicle_digest="",
        country="",
        turning=dict(turning or {}),
        restrictions=walks,
    )
    return region_of(Exported(nodes, edges, carried, info), progress=progress)


def region_of(
    exported: Exported,
    *,
    name: str | None = None,
    timezone: str | None = None,
    title: str = "",
    progress: Progress | None = None,
) -> Region:
    """The region of an export, with its travel times and rules; what is not given is as carried."""
    carried = exported.carried
    name, timezone, title = _about(carried, name, timezone, title)
    valid_timezone(timezone)
    tell = progress or _silent
    tell("assemble", 0, 1)
    walks = carried.restrictions if carried else ()
    turning = carried.turning if carried else {}
    found = assemble_driven(exported.nodes, exported.edges, walks, turning, exported.info)
    tell("assemble", 1, 1)
    graph = found.graph
    hierarchy = Hierarchy.build(graph.tail, graph.head, graph.node_count, progress=progress)
    metadata = RegionMetadata(
        name=name,
        title=title,
        timezone=timezone,
        version=content_version(found.network, graph, timezone),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        source=exported.info.source,
        credits=exported.info.credits,
        licence=exported.info.licence,
        profile_name=carried.profile_name if carried else AS_GIVEN,
        profile_digest=carried.profile_digest if carried else "",
        vehicle_name=carried.vehicle_name if carried else AS_GIVEN,
        vehicle_digest=carried.vehicle_digest if carried else "",
        country=carried.country if carried else "",
        report=found.report,
        turning=turning,
    )
    return Region(found.network, graph, hierarchy, metadata)


def exported_graph(graph: Any, info: SourceInfo | None = None) -> Exported:
    """The tables of a graph that `to_networkx` made; raises `SourceError` when it is undirected since."""
    if not graph.is_directed():
        raise undirected("The graph")
    nodes, edges = graph_tables(graph)
    carried = _carried(graph)
    return Exported(nodes, edges, carried, _info(carried, "networkx graph") if info is None else info)


def undirected(what: str) -> SourceError:
    return SourceError(
        f"{what} was exported by Towline and made undirected since: where the two directions of a street differ in "
        "time, one is lost. Give the directed one (directed=True when saving with OSMnx), or have all speeds set anew "
        "by giving a speed profile."
    )


def is_exported(edges: Any) -> bool:
    """Whether a table of edges, or the attributes of one edge, hold travel times as Towline exports them."""
    return all(name in edges for name in DRIVEN)


def _carried(graph: Any) -> Carried | None:
    text = graph.graph.get(CARRIED)
    return Carried.from_json(text) if isinstance(text, str) else None


def _about(carried: Carried | None, name: str | None, timezone: str | None, title: str) -> tuple[str, str, str]:
    """Name, time zone and title as given, else as carried."""
    name = name or (carried.name if carried else "")
    if not NAME_PATTERN.fullmatch(name):
        raise InputError(
            f"'{name}' cannot name a region; give a name of up to 63 lower-case letters, digits and hyphens, e.g. "
            "la-serena.",
            name=name,
        )
    title = title or (carried.title if carried else "") or name
    return name, timezone or (carried.timezone if carried else ""), title


def _info(carried: Carried | None, default: str) -> SourceInfo:
    if carried is None:
        return SourceInfo(default)
    return SourceInfo(carried.source, credits=carried.credits, licence=carried.licence)


def _in_degrees(table: pd.DataFrame) -> pd.DataFrame:
    crs = getattr(table, "crs", None)
    return table if crs is None else table.to_crs(4326)


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""
