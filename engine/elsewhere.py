"""What it costs when a customer stands at a rival of the place taken: the chosen unit's longer way, per rival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np

from engine.situation import Situation
from engine.snapped import SnappedLocation, snapped_location
from graphs.search import INF
from graphs.snapping.weighing import RIVALS

#: What a plan says of an incident: the unit's row and its travel time in ms.
Chosen = Mapping[int, tuple[int, int]]


def snapped_incidents(
    situation: Situation, chosen: Chosen, *, all_of_them: bool, of: Iterable[int] | None = None
) -> dict[int, SnappedLocation]:
    """Where each incident was taken to be, by index, with what rivals would cost the chosen unit.

    With ``all_of_them`` every incident with every rival; else only the ambiguous, with the rivals that make them so:
    a plan for thousands must not drown its reader. ``of``: these alone. O(rivals) labels and as many label scans.
    """
    located, network = situation.intake.located, situation.state.region.network
    wanted = range(len(located)) if of is None else of
    if not all_of_them:
        wanted = [i for i in wanted if located.ambiguous[i]]
    found = {i: snapped_location(network, located, i, RIVALS) for i in wanted}
    if not all_of_them:
        found = {i: replace(place, rivals=place.likely_rivals) for i, place in found.items()}
    asked = [i for i, place in found.items() if i in chosen and place.rivals]
    count = [len(found[i].rivals) for i in asked]
    if not asked:
        return found
    at = np.concatenate([located.rival_first[i] + np.arange(n) for i, n in zip(asked, count, strict=True)])
    rows = np.repeat(np.array([chosen[i][0] for i in asked], np.int64), count)
    times = iter(situation.pairs_ms(rows, located.all_rivals.positions.take(at), np.repeat(asked, count)).tolist())
    for i in asked:
        place, travel = found[i], chosen[i][1]
        rivals = tuple(replace(rival, extra=_extra(next(times), travel)) for rival in place.rivals)
        found[i] = replace(place, rivals=rivals)
    return found


def _extra(ms: int, travel_ms: int) -> timedelta | None:
    return None if ms >= INF else timedelta(milliseconds=ms - travel_ms)
