"""A slow driver who remembers every arc driven: Dijkstra over arcs, written from the words of the rules alone."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from graphs.network import RoadNetwork
from graphs.position import Positions
from graphs.search.arrays import INF


class SlowDriver:
    """Never drives a forbidden sequence, and drives zone arcs only before or after, never between public ones.

    ``turning`` tells the ms from one arc to the next, None where that is not offered.
    """

    def __init__(
        self,
        network: RoadNetwork,
        weights: np.ndarray,
        sequences: Sequence[tuple[int, ...]],
        zone: np.ndarray,
        turning: Callable[[int, int], int | None] = lambda before, after: 0,  # noqa: ARG005
    ) -> None:
        self.turning = turning
        self.network, self.weights, self.zone = network, weights.astype(np.int64), zone
        self.sequences = set(sequences)
        self.memory = max([len(s) for s in sequences], default=2) - 1
        self.piece = self.pieces()
        self.out: dict[int, list[int]] = defaultdict(list)
        for arc in range(network.arc_count):
            self.out[int(network.arc_tail[arc])].append(arc)

    def pieces(self) -> dict[int, int]:
        """Zone arc -> its zone: what hangs together without a public junction in between, and both ways of a street."""
        ends = np.stack((self.network.arc_tail, self.network.arc_head))
        public = set(ends[:, ~self.zone].ravel().tolist())
        arcs = np.flatnonzero(self.zone).tolist()
        piece = {arc: arc for arc in arcs}
        changed = True
        while changed:
            changed = False
            for a in arcs:
                for b in arcs:
                    meet = set(ends[:, a].tolist()) & set(ends[:, b].tolist()) - public
                    if (meet or self.network.arc_twin[a] == b) and piece[a] != piece[b]:
                        piece[a] = piece[b] = min(piece[a], piece[b])
                        changed = True
        return piece

    def part(self, arc: int, share: float) -> int:
        return int(np.rint(share * (self.weights[arc] - self.network.arc_delay_ms[arc])))

    def sides(self, positions: Positions, i: int) -> list[tuple[int, float]]:
        """The arcs on which a position is, with its fraction of each."""
        arc, fraction = int(positions.arc[i]), float(positions.fraction[i])
        twin = int(self.network.arc_twin[arc])
        return [(arc, fraction)] + ([(twin, 1.0 - fraction)] if twin >= 0 else [])

    def times(self, origins: Positions, targets: Positions) -> np.ndarray:
        found = np.full((len(origins), len(targets)), INF, np.int64)
        for i in range(len(origins)):
            reached = self.reached(origins, i)
            for j in range(len(targets)):
                for arc, end in self.sides(targets, j):
                    if self.weights[arc] < INF:
                        into = reached.get(arc, INF) + int(self.network.arc_delay_ms[arc]) + self.part(arc, end)
                        found[i, j] = min(found[i, j], into)
                    for other, start in self.sides(origins, i):
                        if other == arc and end >= start and self.weights[arc] < INF:
                            found[i, j] = min(found[i, j], self.part(arc, end - start))
        return found

    def reached(self, origins: Positions, i: int) -> dict[int, int]:
        """Least ms until a trip stands before an arc that it may enter to end there."""
        best: dict[int, int] = {}
        settled: set[tuple[tuple[int, ...], int]] = set()
        queue: list[tuple[int, tuple[int, ...], int]] = []
        for arc, fraction in self.sides(origins, i):
            if self.weights[arc] < INF:
                heapq.heappush(queue, (self.part(arc, 1.0 - fraction), (arc,), 0 if self.zone[arc] else 1))
        while queue:
            time, driven, phase = heapq.heappop(queue)
            if (driven, phase) in settled:
                continue
            settled.add((driven, phase))
            for arc in self.out[int(self.network.arc_head[driven[-1]])]:
                longer = (*driven, arc)
                turn = self.turning(driven[-1], arc)
                if turn is None or any(longer[k:] in self.sequences for k in range(len(longer) - 1)):
                    continue
                other_zone = self.piece.get(driven[-1]) != self.piece.get(arc)
                if (self.zone[arc] and not other_zone) or phase < 2:
                    best[arc] = min(best.get(arc, INF), time + turn)
                kept = longer[-self.memory :]
                if self.weights[arc] >= INF:
                    continue
                for after in (0, 2) if self.zone[arc] else (1,):
                    if after > phase or (after == phase and (phase == 1 or not other_zone)):
                        heapq.heappush(queue, (time + turn + int(self.weights[arc]), kept, after))
        return best
