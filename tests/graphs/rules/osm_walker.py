"""Somebody who walks a route over the OSM file itself and looks at every sign; shares no code with the importer."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium

CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
SHUT = {"no", "agricultural", "forestry", "psv", "bus", "emergency", "military", "bicycle", "foot", "taxi"}
GUESTS = {"private", "destination", "delivery", "customers", "customer", "permit", "residents"}
OPEN_BARRIERS = {
    "gate",
    "lift_gate",
    "swing_gate",
    "entrance",
    "cattle_grid",
    "toll_booth",
    "border_control",
    "yes",
    "no",
}


class OsmWalker:
    """Ways, nodes and restrictions as plain Python objects."""

    def __init__(self, path: Path) -> None:
        self.nodes: dict[int, list[int]] = {}
        self.tags: dict[int, dict[str, str]] = {}
        self.barrier: dict[int, dict[str, str]] = {}
        self.restrictions: list[tuple[str, int, int, int]] = []  # kind, from way, via node, to way
        relations = []
        for found in osmium.FileProcessor(str(path)):
            item: Any = found
            tags = {tag.k: tag.v for tag in item.tags} if len(item.tags) else {}
            if item.is_way() and "highway" in tags:
                self.nodes[item.id], self.tags[item.id] = [n.ref for n in item.nodes], tags
            elif item.is_node() and "barrier" in tags:
                self.barrier[item.id] = tags
            elif item.is_relation() and tags.get("type") == "restriction" and "restriction" in tags:
                relations.append((tags, [(m.role, m.type, m.ref) for m in item.members]))
        for tags, members in relations:
            if set(tags.get("except", "").split(";")) & set(CAR_KEYS):
                continue
            by_role = defaultdict(list)
            for role, kind, ref in members:
                by_role[role, kind].append(ref)
            for start in by_role["from", "w"]:
                for via in by_role["via", "n"]:
                    for end in by_role["to", "w"]:
                        self.restrictions.append((tags["restriction"], start, via, end))

        musts = {turn for word, turn in map(_as_key, self.restrictions) if word == "only"}
        self.contradictory = [r for r in self.restrictions if r[0].startswith("no_") and _as_key(r)[1] in musts]
        self.restrictions = [r for r in self.restrictions if r not in self.contradictory]

    def access(self, tags: dict[str, str]) -> str:
        for key in CAR_KEYS:
            if key in tags:
                values = {value.strip() for value in tags[key].split(";")}
                return "shut" if values <= SHUT else "guests" if values <= SHUT | GUESTS else "open"
        return "open"

    def against_one_way(self, way: int, forward: bool) -> bool:
        tags = self.tags[way]
        stated = tags.get("oneway:motor_vehicle", tags.get("oneway"))
        if stated is None and (tags["highway"] == "motorway" or tags.get("junction") in ("roundabout", "circular")):
            stated = "yes"
        return (stated == "yes" and not forward) or (stated == "-1" and forward)

    def steps(self, way: int, start: int, end: int, count: int, forward: bool) -> list[int]:
        """The ``count`` nodes of a way from one to another, as driven."""
        nodes = [n for i, n in enumerate(self.nodes[way]) if i == 0 or n != self.nodes[way][i - 1]]
        nodes = nodes if forward else nodes[::-1]
        places = [i for i, n in enumerate(nodes) if n == start and nodes[i + count - 1 : i + count] == [end]]
        assert places, f"way {way} does not lead from node {start} to {end} in {count} nodes"
        return nodes[places[0] : places[0] + count]

    def usable(self, way: int, from_node: int) -> bool:
        """Whether a car may leave ``from_node``, an end of the way, along it."""
        if way not in self.nodes or self.access(self.tags[way]) == "shut":
            return False
        ends = self.nodes[way][0], self.nodes[way][-1]
        return any(
            node == from_node and not self.against_one_way(way, forward)
            for node, forward in zip(ends, (True, False), strict=True)
        )

    def arrives(self, way: int, at_node: int) -> bool:
        if way not in self.nodes or self.access(self.tags[way]) == "shut":
            return False
        ends = self.nodes[way][0], self.nodes[way][-1]
        return any(
            node == at_node and not self.against_one_way(way, forward)
            for node, forward in zip(ends, (False, True), strict=True)
        )

    def broken_rules(self, route: list[tuple[int, int, int, int, bool]], guest: bool) -> list[str]:
        """What a route of (way, first node, last node, nodes, along the way) breaks; guests may use private roads."""
        wrong = []
        for way, start, end, count, forward in route:
            steps = self.steps(way, start, end, count, forward)
            access = self.access(self.tags[way])
            if access == "shut" or (access == "guests" and not guest):
                wrong.append(f"way {way} is {access}")
            if self.against_one_way(way, forward):
                wrong.append(f"way {way} is one-way the other way")
            for node in steps[1:-1]:
                wrong += self._barrier(node, guest)
        for (way, before, via, _, _), (after, _, beyond, _, _) in pairwise(route):
            if (way, before) == (after, beyond):
                wrong += self._turn(way, via, after, round_here=True)
            else:
                wrong += self._barrier(via, guest) + self._turn(way, via, after, round_here=False)
        return wrong

    def _barrier(self, node: int, guest: bool) -> list[str]:
        tags = self.barrier.get(node)
        if tags is None:
            return []
        stated = any(key in tags for key in CAR_KEYS)
        access = self.access(tags) if stated else "open" if tags["barrier"] in OPEN_BARRIERS else "shut"
        return [f"barrier {node} is {access}"] if access == "shut" or (access == "guests" and not guest) else []

    def _turn(self, way: int, via: int, after: int, *, round_here: bool) -> list[str]:
        wrong = []
        for kind, start, node, end in self.restrictions:
            if (start, node) != (way, via) or via not in (self.nodes[way][0], self.nodes[way][-1]):
                continue
            if not self.arrives(start, via) or not self.usable(end, via):
                continue
            if start == end and not round_here and kind.startswith("no_"):
                continue
            if kind.startswith("no_") == (after == end):
                wrong.append(f"{kind} from {start} via {via} to {end}: goes to {after}")
        return wrong


def _as_key(restriction: tuple[str, int, int, int]) -> tuple[str, tuple[int, int, int]]:
    return restriction[0].split("_")[0], restriction[1:]
