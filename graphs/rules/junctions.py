"""Splitting junctions: which copy of an arc may follow which, as few nodes and turn arcs as that takes.

Forbidden sequences of arcs (two at a junction, more along via ways) are followed as an automaton: a copy of an arc
remembers how much of a sequence was driven (Aho and Corasick, CACM 18, 1975). Layers (exit 0, public 1, entry 2) are
part of a copy; a trip never goes back to a lower one, and stays in the exit or entry layer within one zone only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

#: A copy of an arc: the arcs of a sequence driven so far (the last one is the arc itself), and the layer.
Copy = tuple[tuple[int, ...], int]
EXIT, PUBLIC, ENTRY = 0, 1, 2


@dataclass
class Junction:
    """One split junction: node i of it is the head of ``arriving[i]`` and the tail of ``leaving[i]``."""

    node: int
    arriving: list[list[Copy]] = field(default_factory=list)
    leaving: list[list[Copy]] = field(default_factory=list)
    turns: list[tuple[int, int, int]] = field(default_factory=list)  # from node i to node j, ms


class Automaton:
    """The copies that forbidden sequences call for, and what may follow each."""

    def __init__(
        self,
        sequences: Iterable[tuple[int, ...]],
        layers_of: Callable[[int], tuple[int, ...]],
        zone_of: Callable[[int], int],
    ) -> None:
        """``zone_of`` an arc is the number of the zone that it belongs to; without meaning for public arcs."""
        self.zone_of = zone_of
        self.forbidden = set(sequences)
        self.states = {s[:k] for s in self.forbidden for k in range(2, len(s))}
        self.layers_of = layers_of
        self.states_of: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for state in sorted(self.states):
            self.states_of[state[-1]].append(state)

    def copies(self, arc: int) -> list[Copy]:
        """Every copy of an arc, the plain one of its lowest layer first."""
        return [(state, layer) for state in ((arc,), *self.states_of.get(arc, ())) for layer in self.layers_of(arc)]

    def following(self, copy: Copy, arc: int) -> list[Copy]:
        """The copies of ``arc`` that may be driven after ``copy``; none where that is forbidden."""
        state, layer = copy
        driven = (*state, arc)
        suffixes = [driven[k:] for k in range(len(driven) - 1)]
        if any(suffix in self.forbidden for suffix in suffixes):
            return []
        known = next((suffix for suffix in suffixes if suffix in self.states), (arc,))
        other_zone = layer != PUBLIC and self.zone_of(state[-1]) != self.zone_of(arc)
        return [
            (known, other)
            for other in self.layers_of(arc)
            if other >= layer
            and not (other_zone and other == layer)  # out of one zone, one does not pass through another
        ]


def free(_before: int, _after: int) -> int:
    """The cost of turning where it has none."""
    return 0


def split_junction(
    node: int,
    arriving: list[Copy],
    leaving: list[Copy],
    automaton: Automaton,
    turn_ms: Callable[[int, int], int] = free,
) -> Junction:
    """Copies that may go on in the same ways at the same cost share a node; nodes joined by a needless turn arc become
    one. ``turn_ms`` says what it costs to go from one arc to another.
    """
    allowed: dict[Copy, dict[Copy, int]] = {}
    arcs = sorted({copy[0][-1] for copy in leaving})
    for copy in arriving:
        allowed[copy] = {after: turn_ms(copy[0][-1], arc) for arc in arcs for after in automaton.following(copy, arc)}
    ins: dict[frozenset[tuple[Copy, int]], list[Copy]] = defaultdict(list)
    outs: dict[frozenset[tuple[Copy, int]], list[Copy]] = defaultdict(list)
    for copy in arriving:
        ins[frozenset(allowed[copy].items())].append(copy)
    for after in leaving:
        outs[frozenset((c, allowed[c][after]) for c in arriving if after in allowed[c])].append(after)
    groups = list(ins.values()) + list(outs.values())
    turns = {
        (i, len(ins) + j): allowed[before[0]][after[0]]
        for i, before in enumerate(ins.values())
        for j, after in enumerate(outs.values())
        if after[0] in allowed[before[0]]
    }
    merged = _contract(len(groups), len(ins), turns)
    names = sorted(set(merged))
    junction = Junction(node)
    for name in names:
        here = [i for i in range(len(groups)) if merged[i] == name]
        junction.arriving.append([c for i in here if i < len(ins) for c in groups[i]])
        junction.leaving.append([c for i in here if i >= len(ins) for c in groups[i]])
    place = {name: i for i, name in enumerate(names)}
    ends = {(place[merged[a]], place[merged[b]], ms) for (a, b), ms in turns.items()}
    junction.turns = sorted((a, b, ms) for a, b, ms in ends if a != b)
    return junction


def _contract(count: int, ins: int, turns: dict[tuple[int, int], int]) -> list[int]:
    """[count] name of the merged node, given that the first ``ins`` of them are heads of arcs and the others tails.

    The two nodes of a turn arc that costs nothing become one where nothing else leaves the first, or nothing else
    arrives at the second.
    """
    name = list(range(count))
    arrives, leaves = [i < ins for i in range(count)], [i >= ins for i in range(count)]
    while True:
        ends = {(name[a], name[b]): ms for (a, b), ms in turns.items() if name[a] != name[b]}
        out: dict[int, int] = defaultdict(int)
        into: dict[int, int] = defaultdict(int)
        for a, b in ends:
            out[a] += 1
            into[b] += 1
        needless = (
            (a, b)
            for (a, b), ms in sorted(ends.items())
            if ms == 0 and ((out[a] == 1 and not leaves[a]) or (into[b] == 1 and not arrives[b]))
        )
        found = next(needless, None)
        if found is None:
            return name
        a, b = found
        arrives[a], leaves[a] = arrives[a] or arrives[b], leaves[a] or leaves[b]
        name = [a if x == b else x for x in name]
