"""What nodes and edges cannot say of a region: forbidden turns, what turning costs, and who made it of what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from graphs.errors import CorruptFileError
from graphs.interop.frames import edge_keys, node_ids
from graphs.speeds import TurnTimes

if TYPE_CHECKING:
    from graphs.region import Region

#: An edge by its ends and key.
Edge = tuple[int, int, int]
Walk = tuple[Edge, ...]
FORMAT = 1


@dataclass(frozen=True)
class Carried:
    """The rest of a region beside its nodes and edges."""

    name: str
    title: str
    timezone: str
    source: str
    credits: tuple[str, ...]
    licence: str
    profile_name: str
    profile_digest: str
    vehicle_name: str
    vehicle_digest: str
    country: str
    turning: dict[str, Any]  # `graphs.region.turning_of`; empty where it costs nothing
    restrictions: tuple[Walk, ...]  # sequences of two or more edges that no trip drives

    @classmethod
    def of(cls, region: Region) -> Carried:
        about = region.metadata
        return cls(
            name=about.name,
            title=about.title,
            timezone=about.timezone,
            source=about.source,
            credits=about.credits,
            licence=about.licence,
            profile_name=about.profile_name,
            profile_digest=about.profile_digest,
            vehicle_name=about.vehicle_name,
            vehicle_digest=about.vehicle_digest,
            country=about.country,
            turning=about.turning,
            restrictions=forbidden_walks(region),
        )

    def with_restrictions(self, walks: tuple[Walk, ...]) -> Carried:
        return replace(self, restrictions=walks)

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Carried:
        """Raises `CorruptFileError` when it is not what `to_json` wrote."""
        try:
            content: dict[str, Any] = json.loads(text)
            if content.pop("format") != FORMAT:
                raise ValueError("another format")
            content["credits"] = tuple(content["credits"])
            TurnTimes(**{key: value for key, value in content["turning"].items() if key != "drives_left"})
            content["restrictions"] = walks_of(content["restrictions"])
            return cls(**content)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CorruptFileError(
                f"What the export says about its region ('towline') cannot be read ({error}); export it again with "
                "this version, or delete that attribute to go on without its turn restrictions.",
                what=error,
            ) from error


def forbidden_walks(region: Region) -> tuple[Walk, ...]:
    """The sequences of edges that no trip drives; O(their length)."""
    network = region.network
    ids, key = node_ids(network), edge_keys(network)

    def edge(arc: int) -> Edge:
        return int(ids[network.arc_tail[arc]]), int(ids[network.arc_head[arc]]), int(key[arc])

    return tuple(tuple(edge(arc) for arc in walk) for walk in region.search_graph.forbidden)


def walks_of(rows: Iterable[Any]) -> tuple[Walk, ...]:
    """Walks from lists of ``[u, v, key]``; raises ValueError or TypeError at anything else."""
    walks = tuple(tuple((int(u), int(v), int(key)) for u, v, key in row) for row in rows)
    if any(len(walk) < 2 for walk in walks):
        raise ValueError("a restriction has fewer than two edges")
    return walks
