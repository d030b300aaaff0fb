"""Turn restriction relations of an OSM file.

Source: https://wiki.openstreetmap.org/wiki/Relation:restriction
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from graphs.raw import Restriction

#: Keys that may be for one of Towline's vehicles.
KEYS: tuple[str, ...] = tuple(
    "restriction" + end for end in ("", ":vehicle", ":motor_vehicle", ":motorcar", ":goods", ":hgv")
)


def restriction_of(relation: Any, ignored: Counter[str]) -> Restriction | None:
    """The restriction that a pyosmium relation states, or None; what cannot be used is counted in ``ignored``."""
    kind = relation.tags.get("type") or ""
    if not kind.startswith("restriction"):
        return None
    tags = {tag.k: tag.v for tag in relation.tags if tag.k == "except" or tag.k.split(":")[0] == "restriction"}
    if kind != "restriction" and "restriction" in tags:  # an old way to say whom it is for: type=restriction:hgv
        tags[kind] = tags.pop("restriction")
    if any(key.endswith(":conditional") for key in tags):
        ignored["restriction: conditional"] += 1
        tags = {key: value for key, value in tags.items() if not key.endswith(":conditional")}
        if not any(key in KEYS for key in tags):
            return None
    if not any(key in KEYS for key in tags):
        others = any(key.startswith("restriction") for key in tags)
        ignored["restriction: for other vehicles" if others else "restriction: says none"] += 1
        return None
    tags = {key: value for key, value in tags.items() if key in KEYS or key == "except"}
    from_ways = tuple(m.ref for m in relation.members if m.role == "from" and m.type == "w")
    to_ways = tuple(m.ref for m in relation.members if m.role == "to" and m.type == "w")
    via = [m for m in relation.members if m.role == "via"]
    nodes = [m.ref for m in via if m.type == "n"]
    ways = tuple(m.ref for m in via if m.type == "w")
    several = (len(from_ways) > 1, len(to_ways) > 1)
    entry_or_exit = {value for key, value in tags.items() if key != "except"} & {"no_entry", "no_exit"}
    sound = from_ways and to_ways and (len(nodes), bool(ways)) in ((1, False), (0, True))
    if not sound or (any(several) and not entry_or_exit):
        ignored["restriction: members missing or too many"] += 1
        return None
    return Restriction(from_ways, nodes[0] if nodes else None, ways, to_ways, tuple(sorted(tags.items())))
