"""Which column of a table holds what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from graphs.errors import MissingColumnError, SourceError


@dataclass(frozen=True)
class ColumnMapping:
    """Column names of an edges table and its nodes table; the defaults are what OSMnx writes.

    Only ``u``, ``v``, ``highway`` and, without a nodes table, ``geometry`` must exist. A name that was mapped by hand
    must exist too. ``maxspeed_backward`` is the speed against the drawn direction of a two-way row.
    """

    u: str = "u"
    v: str = "v"
    edge_id: str = ""  # checked for duplicates when named
    highway: str = "highway"
    oneway: str = "oneway"
    maxspeed: str = "maxspeed"
    maxspeed_backward: str = "maxspeed_backward"
    length: str = "length"  # metres
    name: str = "name"
    ref: str = "ref"
    way: str = "osmid"
    layer: str = "layer"
    bridge: str = "bridge"
    tunnel: str = "tunnel"
    geometry: str = "geometry"
    node: str = "osmid"  # of the nodes table
    lon: str = "x"
    lat: str = "y"

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> ColumnMapping:
        """A mapping from texts like ``length=length_m``; raises `SourceError` on anything else."""
        known = [item.name for item in fields(cls)]
        named: dict[str, str] = {}
        for pair in pairs:
            key, equals, column = pair.partition("=")
            if not equals or key.strip() not in known or not column.strip():
                raise SourceError(
                    f"'{pair}' maps no column; write ROLE=COLUMN with a role of: {', '.join(known)}.", mapping=pair
                )
            named[key.strip()] = column.strip()
        return replace(cls(), **named)

    def mapped(self) -> set[str]:
        """The roles that were given another column than the default."""
        default = ColumnMapping()
        return {item.name for item in fields(self) if getattr(self, item.name) != getattr(default, item.name)}

    def require(self, roles: Sequence[str], columns: Iterable[str], table: str) -> None:
        """Raise `MissingColumnError` naming every column of ``roles`` that ``columns`` lacks, and what it has."""
        found = [str(column) for column in columns]
        missing = [role for role in roles if getattr(self, role) not in found]
        if missing:
            names = ", ".join(f"'{getattr(self, role)}'" for role in missing)
            raise MissingColumnError(
                f"The {table} table lacks {names}; it has {', '.join(found) or 'no columns'}. "
                f"If another column holds it, map that one: {missing[0]}=COLUMN.",
                missing=names,
                found=", ".join(found),
                table=table,
            )


def as_drawn(mapping: ColumnMapping, columns: Iterable[str]) -> ColumnMapping | None:
    """The mapping for a table that OSMnx made undirected, or None when it is not one.

    OSMnx then keeps one row per street and may exchange u and v; the direction that ``oneway`` and the geometry follow
    stands in the columns ``from`` and ``to``.
    """
    undirected = {"from", "to"}.issubset(columns) and not {"u", "v"} & mapping.mapped()
    return replace(mapping, u="from", v="to") if undirected else None


#: Columns that need no mapping to be understood.
_UNDERSTOOD = {"key", "from", "to", "oneway", "reversed"}
_WAY_NAMES = ("osm_way_id", "osm_way", "osmid", "osm_id", "way_id", "wayid", "way", "osmwayid")
_GEOMETRY_NAMES = ("geom", "wkt", "wkb", "shape", "linestring")


def unused(columns: Iterable[str], mapping: ColumnMapping, table: str) -> list[str]:
    """Remarks on the columns of an edges table that nobody reads; on one that looks like shapes a remark of its own."""
    found = [str(column) for column in columns]
    read = {getattr(mapping, item.name) for item in fields(mapping)} | _UNDERSTOOD
    left = [column for column in found if column not in read]
    remarks = [f"{table}: not used: {', '.join(left)}"] if left else []
    shapes = [column for column in left if any(part in column.lower() for part in _GEOMETRY_NAMES)]
    if shapes and mapping.geometry not in found:
        remarks.append(
            f"{table}: column {shapes[0]} looks like the shapes of the roads, which are taken for straight without it; "
            f"to use it add --column geometry={shapes[0]}"
        )
    ways = [column for column in left if column.strip().lower() in _WAY_NAMES]
    if ways and mapping.way not in found:
        remarks.append(
            f"{table}: column {ways[0]} looks like the OSM ways of the roads, by which traffic feeds name roads; "
            f"to use it add --column way={ways[0]}"
        )
    return remarks


#: Names that a nodes table may use without a mapping.
NODE_ALIASES: dict[str, tuple[str, ...]] = {
    "node": ("osmid", "node", "node_id", "id"),
    "lon": ("x", "lon", "longitude", "lng"),
    "lat": ("y", "lat", "latitude"),
}


def with_node_aliases(mapping: ColumnMapping, columns: Iterable[str]) -> ColumnMapping:
    """``mapping`` with the usual names of a nodes table put in where nothing else was said."""
    found = {str(column) for column in columns}
    mapped = mapping.mapped()
    chosen = {
        role: next(name for name in names if name in found)
        for role, names in NODE_ALIASES.items()
        if role not in mapped and getattr(mapping, role) not in found and found.intersection(names)
    }
    return replace(mapping, **chosen)
