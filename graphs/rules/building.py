"""The search graph of a network under its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graphs.network import Int32, RoadNetwork
from graphs.rules.cut_off import reached_and_left
from graphs.rules.junctions import ENTRY, EXIT, PUBLIC, Automaton, Copy, free, split_junction
from graphs.rules.split_by_turns import SplitByTurns, split_by_turns
from graphs.rules.turning import TurnTable, turn_table
from graphs.rules.zones import touched, zone_pieces
from graphs.search.arrays import INF
from graphs.search_graph import TURN, SearchGraph
from graphs.speeds import TurnTimes


def build_search_graph(
    network: RoadNetwork,
    layered: npt.NDArray[np.bool_] | None = None,
    sequences: Iterable[Sequence[int]] = (),
    turns: TurnTable | None = None,
) -> SearchGraph:
    """The search graph in which no path drives one of ``sequences`` of arcs, nor through an arc of ``layered`` [m].

    Layered arcs may start and end a path; each gets an exit copy (the arc itself) and an entry copy. A sequence is two
    or more arcs that follow each other. ``turns`` says what each turn costs; without it none does. O(m + turns), and a
    few microseconds for each arc at a restricted junction.
    """
    forbidden = [tuple(int(arc) for arc in sequence) for sequence in sequences]
    layered = np.zeros(network.arc_count, bool) if layered is None else layered
    if not forbidden and not layered.any() and turns is None:
        return SearchGraph.identity(network)
    restricted = {int(network.arc_head[arc]) for sequence in forbidden for arc in sequence[:-1]}
    split = None
    if turns is not None:
        restricted |= set(np.unique((network.arc_tail[layered], network.arc_head[layered])).tolist())
        split = split_by_turns(network, turns, restricted)
    parts = _Parts(network, forbidden, split)
    zone_of = _zones_of(network, layered)
    entry_of = _layer_zones(parts, zone_of, restricted)
    _split_junctions(parts, zone_of, entry_of, restricted, turns)
    _join_ends(parts, layered, entry_of)
    _tie(parts)
    return parts.graph()


def with_turn_times(
    network: RoadNetwork,
    layered: npt.NDArray[np.bool_],
    sequences: Iterable[Sequence[int]],
    times: TurnTimes,
    reached: npt.NDArray[np.bool_],
    left: npt.NDArray[np.bool_],
    drives_left: bool = False,
) -> SearchGraph:
    """The search graph in which turning costs ``times``.

    Turning back is offered in the middle of streets only where without it an arc could not be ``reached`` or ``left``
    any more that can be if turning is free [m, of `reached_and_left`].
    """
    walks = [tuple(walk) for walk in sequences]
    turns = turn_table(network, times, drives_left=drives_left)
    graph = build_search_graph(network, layered, walks, turns)
    reached_now, left_now = reached_and_left(graph)
    not_reached, not_left = np.flatnonzero(reached & ~reached_now), np.flatnonzero(left & ~left_now)
    if not_reached.size + not_left.size == 0:
        return graph
    onto = np.zeros(network.arc_count, bool)
    onto[not_reached] = True
    twin = network.arc_twin[not_left]
    onto[twin[twin >= 0]] = True
    turns = turn_table(network, times, drives_left=drives_left, turn_back_onto=onto)
    return build_search_graph(network, layered, walks, turns)


@dataclass
class _Parts:
    """A search graph while it grows; lists hold what comes after the network's own nodes and arcs."""

    network: RoadNetwork
    forbidden: list[tuple[int, ...]]
    split: SplitByTurns | None  # junctions already split by what turning costs
    tail: Int32 = field(init=False)  # [m] of the plain copies
    head: Int32 = field(init=False)
    extra_tail: list[int] = field(default_factory=list)
    extra_head: list[int] = field(default_factory=list)
    extra_arc: list[int] = field(default_factory=list)
    turn_ms: list[int] = field(default_factory=list)
    extra_node: list[int] = field(default_factory=list)
    end: dict[int, int] = field(default_factory=dict)  # road arc -> search arc that ends there, where another
    states: dict[int, list[int]] = field(default_factory=dict)  # road arc -> copies made for sequences, last layer

    def __post_init__(self) -> None:
        plain = self.split or self.network
        self.tail, self.head = plain.arc_tail.copy(), plain.arc_head.copy()

    @property
    def node_count(self) -> int:
        split = self.split.extra_node.size if self.split else 0
        return self.network.node_count + split + len(self.extra_node)

    def add_node(self, road_node: int) -> int:
        self.extra_node.append(road_node)
        return self.node_count - 1

    def add_arc(self, tail: int, head: int, road_arc: int, turn_ms: int = 0) -> int:
        self.extra_tail.append(tail)
        self.extra_head.append(head)
        self.extra_arc.append(road_arc)
        self.turn_ms.append(turn_ms)
        return self.network.arc_count + len(self.extra_arc) - 1

    def ends(self, arc: int) -> tuple[int, int]:
        extra = arc - self.network.arc_count
        if extra < 0:
            return int(self.tail[arc]), int(self.head[arc])
        return self.extra_tail[extra], self.extra_head[extra]

    def move(self, arc: int, tail: int | None = None, head: int | None = None) -> None:
        extra = arc - self.network.arc_count
        tails, heads = (self.tail, self.head) if extra < 0 else (self.extra_tail, self.extra_head)
        at = arc if extra < 0 else extra
        if tail is not None:
            tails[at] = tail
        if head is not None:
            heads[at] = head

    def all_ends(self) -> tuple[Int32, Int32]:
        """Tails and heads of all search arcs; turn arcs of junctions split by what turning costs come last."""
        tails, heads = (
            [self.tail, np.array(self.extra_tail, np.int32)],
            [self.head, np.array(self.extra_head, np.int32)],
        )
        if self.split:
            tails.append(self.split.turn_tail)
            heads.append(self.split.turn_head)
        return np.concatenate(tails), np.concatenate(heads)

    def graph(self) -> SearchGraph:
        tail, head = self.all_ends()
        node, arc, ms = (np.array(part, np.int32) for part in (self.extra_node, self.extra_arc, self.turn_ms))
        if self.split:
            node = np.concatenate((self.split.extra_node, node))
            arc = np.concatenate((arc, np.full(self.split.turn_ms.size, TURN, np.int32)))
            ms = np.concatenate((ms, self.split.turn_ms))
        special = np.array(sorted(self.end), np.int32)
        return SearchGraph(
            tail=tail,
            head=head,
            extra_node=node,
            extra_arc=arc,
            turn_ms=ms,
            special=special,
            special_start=special,
            special_end=np.array([self.end[int(arc)] for arc in special], np.int32),
            forbidden_offset=np.cumsum([0, *map(len, self.forbidden)], dtype=np.int32),
            forbidden_arc=np.array([arc for walk in self.forbidden for arc in walk], np.int32),
        )


def _zones_of(network: RoadNetwork, layered: np.ndarray) -> Int32:
    """[m] the number of the zone of each layered arc, -1 for public ones; zones meet at public junctions only."""
    zone_of = np.full(network.arc_count, -1, np.int32)
    if layered.any():
        _, zone_of[layered] = zone_pieces(network, layered, touched(network, ~layered))
    return zone_of


def _layer_zones(parts: _Parts, zone_of: Int32, restricted: set[int]) -> dict[int, int]:
    """Copy every layered arc, and join the layers of its nodes exit -> public -> entry; the entry copy of each.

    At a public junction every zone has layers of its own: who leaves one does not pass through another.
    """
    network = parts.network
    layered = zone_of >= 0
    arcs = np.flatnonzero(layered)
    public = np.zeros(network.node_count, bool)
    public[network.arc_tail[~layered]] = True
    public[network.arc_head[~layered]] = True
    leaving: dict[tuple[int, int], int] = {}  # exit layer of a zone at a node
    entering: dict[tuple[int, int], int] = {}  # entry layer
    ends = np.concatenate((network.arc_tail[arcs], network.arc_head[arcs]))
    pairs = np.unique(np.stack((ends, np.tile(zone_of[arcs], 2)), axis=1), axis=0)
    for node, zone in pairs.tolist():
        at = node, zone
        if node in restricted:  # only its number counts: `_split_junctions` gives it its nodes
            leaving[at] = entering[at] = node
            continue
        leaving[at] = parts.add_node(node)
        entering[at] = parts.add_node(node) if public[node] else node
        parts.add_arc(leaving[at], node, TURN)
        if public[node]:
            parts.add_arc(node, entering[at], TURN)
    entry_of = {}
    for arc in arcs.tolist():
        zone = int(zone_of[arc])
        tail, head = (int(network.arc_tail[arc]), zone), (int(network.arc_head[arc]), zone)
        parts.move(arc, leaving[tail], leaving[head])
        entry_of[arc] = parts.add_arc(entering[tail], entering[head], arc)
        parts.end[arc] = entry_of[arc]
    return entry_of


def _split_junctions(
    parts: _Parts,
    zone_of: Int32,
    entry_of: dict[int, int],
    restricted: set[int],
    turns: TurnTable | None,
) -> None:
    network = parts.network
    automaton = Automaton(
        parts.forbidden,
        lambda arc: (EXIT, ENTRY) if zone_of[arc] >= 0 else (PUBLIC,),
        lambda arc: int(zone_of[arc]),
    )
    number: dict[Copy, int] = {}
    for state in sorted(automaton.states):
        arc = state[-1]
        for layer in automaton.layers_of(arc):
            plain = entry_of[arc] if layer == ENTRY else arc
            number[state, layer] = parts.add_arc(*parts.ends(plain), arc)
            if layer != EXIT:
                parts.states.setdefault(arc, []).append(number[state, layer])

    def arc_of(copy: Copy) -> int:
        state, layer = copy
        if len(state) > 1:
            return number[copy]
        return entry_of[state[0]] if layer == ENTRY else state[0]

    nodes = sorted(restricted)
    turn_ms = _turn_ms(turns, nodes)
    into: dict[int, list[int]] = {node: [] for node in nodes}
    for arc in np.flatnonzero(np.isin(network.arc_head, nodes)).tolist():
        into[int(network.arc_head[arc])].append(arc)
    for node in nodes:
        arriving = [copy for arc in into[node] for copy in automaton.copies(arc)]
        out = range(int(network.first_arc[node]), int(network.first_arc[node + 1]))
        leaving = [copy for arc in out for copy in automaton.copies(arc)]
        junction = split_junction(node, arriving, leaving, automaton, turn_ms)
        names = [node, *(parts.add_node(node) for _ in junction.arriving[1:])]
        for name, heads, tails in zip(names, junction.arriving, junction.leaving, strict=True):
            for copy in heads:
                parts.move(arc_of(copy), head=name)
            for copy in tails:
                parts.move(arc_of(copy), tail=name)
        for a, b, ms in junction.turns:
            parts.add_arc(names[a], names[b], TURN, ms)


def _turn_ms(turns: TurnTable | None, nodes: list[int]) -> Callable[[int, int], int]:
    """What it costs to turn from one arc to another at some nodes."""
    if turns is None:
        return free
    here = np.flatnonzero(np.isin(turns.node, np.array(nodes, np.int32)))
    known = dict(
        zip(
            zip(turns.before[here].tolist(), turns.after[here].tolist(), strict=True),
            turns.ms[here].tolist(),
            strict=True,
        )
    )
    return lambda before, after: known.get((before, after), turns.u_turn_ms)


def _join_ends(parts: _Parts, layered: np.ndarray, entry_of: dict[int, int]) -> None:
    """Where several copies of a road arc may end a trip: one loop that all of them can enter."""
    for arc, copies in sorted(parts.states.items()):
        plain = entry_of[arc] if layered[arc] else arc
        tails = sorted({parts.ends(copy)[0] for copy in (plain, *copies)})
        if len(tails) == 1:
            continue
        node = parts.add_node(int(parts.network.arc_tail[arc]))
        for tail in tails:
            parts.add_arc(tail, node, TURN)
        parts.end[arc] = parts.add_arc(node, node, arc)


def _tie(parts: _Parts) -> None:
    """Arcs that nobody drives: between nodes at which one street is entered, and between parts cut off by rules."""
    network = parts.network
    end = np.arange(network.arc_count)
    for arc, search_arc in parts.end.items():
        end[arc] = search_arc
    arcs = np.flatnonzero(network.arc_twin > np.arange(network.arc_count))
    twins = network.arc_twin[arcs]
    tail, head = parts.all_ends()
    apart = (tail[arcs] != head[twins]) & (head[arcs] != tail[twins])
    ties = [np.stack((head[arcs], head[twins]), 1)[apart]]
    first, second = end[arcs], end[twins]
    apart = (head[first] != tail[second]) & (tail[first] != head[second])
    ties.append(np.stack((tail[first], tail[second]), 1)[apart])
    tie = np.concatenate(ties)
    tie = tie[tie[:, 0] != tie[:, 1]]
    parts.extra_tail += tie[:, 0].tolist()
    parts.extra_head += tie[:, 1].tolist()
    parts.extra_arc += [TURN] * len(tie)
    parts.turn_ms += [INF] * len(tie)
    for part, node in _cut_off(parts):
        parts.add_arc(part, node, TURN, INF)


def _cut_off(parts: _Parts) -> list[tuple[int, int]]:
    """A node of every part that hangs together with no other, and a node of the largest part."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    tail, head = parts.all_ends()
    size = parts.node_count
    graph = coo_array((np.ones(tail.size, np.int8), (tail, head)), shape=(size, size)).tocsr()
    count, part = connected_components(graph, directed=False)
    if count == 1:
        return []
    first = np.unique(part, return_index=True)[1]
    largest = int(np.bincount(part).argmax())
    return [(int(first[p]), int(first[largest])) for p in range(count) if p != largest]
