"""What each provider is worth in expected coverage: at first order for all, exactly for those asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from engine.arrival.kernels import kept_probability
from engine.coverage.arrivals import Reach
from engine.coverage.busy import NEVER, full_given
from engine.coverage.coverage import Coverage
from engine.coverage.expected import TOLERANCE, ExpectedCoverage, expected_coverage
from engine.coverage.expected_kernels import MINUTE_MS, SLIGHT, prior_means
from engine.errors import OptionError
from graphs.network import Float64


@dataclass(frozen=True, eq=False)
class ExpectedWorth:
    """``r`` providers of the fleet, in its order; calls an hour that are within promise, and without it are not."""

    ids: tuple[str, ...]
    held: Float64  # [r] first order: how busy the others are stays as it is, though they must do its work
    exact: dict[str, float]  # everybody's work reckoned anew without it; of the providers asked for


def expected_worth(
    found: ExpectedCoverage, exact: Sequence[str] = (), *, tolerance: float = TOLERANCE
) -> ExpectedWorth:
    """Without ``exact`` one pass over the places: O(places x listed^2) at worst. OptionError for an unknown provider.

    At first order only crews that are free at the call count, not what comes of those who wait.
    """
    ids = tuple(provider.id for provider in found.streams.providers)
    for each in exact:
        if each not in ids:
            raise OptionError(f"there is no provider {each!r} in the fleet", option="exact", value=each)
    held = np.zeros(len(ids))
    streams, lists, busy = found.streams, found.lists, found.busy
    held_worth(
        *(lists.stand, lists.minutes, streams.work, streams.per_minute, streams.within_ms, streams.mobilisation_ms),
        *(streams.provider, streams.first, streams.crews, busy.seen, busy.odds, streams.prior, held),
    )
    kept = found.figures.kept
    again = {each: kept - without(found, each, tolerance=tolerance).figures.kept for each in exact}
    return ExpectedWorth(ids, 60 * held, again)


def without(found: ExpectedCoverage, provider_id: str, *, tolerance: float = TOLERANCE) -> ExpectedCoverage:
    """The same calls when one provider has left."""
    row = next(row for row, each in enumerate(found.streams.providers) if each.id == provider_id)
    streams = []
    for stream in found.streams.streams:
        old = stream.coverage
        rest = old.stands.take(np.flatnonzero(old.stands.provider != row))
        reach = Reach(old.reach.region, old.reach.metric, rest)
        new = Coverage(reach, old.service, old.pieces, old.demand, old.promise_minutes)
        streams.append(replace(stream, coverage=new))
    return expected_coverage(streams, policy=found.streams.policy, when_busy=found.when_busy, tolerance=tolerance)


@njit(nogil=True, cache=True)
def held_worth(
    stand, minutes, work, per_minute, within_ms, mobilisation_ms, provider, first, crews, seen, odds, prior, held
):
    """Add to held [r] the calls a minute within promise that each provider's absence loses, the others as busy."""
    few, deepest = stand.shape[1], odds.shape[1] - 1
    factor, top = prior_means(prior)
    kept = np.empty(few)
    for s in range(first.size - 1):
        for i in range(first[s], first[s + 1]):
            kept[:] = -1.0
            usual = 0.0
            for turn in range(-1, few):  # -1: nobody is left out
                out = np.int64(-1)
                if turn >= 0:
                    if stand[i, turn] < 0:
                        break
                    out = provider[stand[i, turn]]
                    again = False
                    for k in range(turn):
                        again = again or provider[stand[i, k]] == out
                    if again:
                        continue
                left, before, within, met = 1.0, 0, 0.0, False
                for k in range(few):
                    j = stand[i, k]
                    if j < 0 or left < NEVER:
                        break
                    if provider[j] == out:
                        met = True
                        continue
                    here = full_given(seen[s, j], odds[s, min(before, deepest), crews[j]])
                    chance = left * (1.0 - here)
                    if chance > SLIGHT:
                        if kept[k] < 0.0:
                            ready = np.float64(mobilisation_ms[j])
                            travel = max(0.0, ((minutes[i, k] - work[i] - top) * MINUTE_MS - ready) / factor)
                            kept[k] = kept_probability(prior, ready, ready, 0.0, travel, within_ms[i])
                        within += chance * kept[k]
                    left *= here
                    before += crews[j]
                if turn < 0:
                    usual = within
                elif met:
                    held[out] += per_minute[i] * max(0.0, usual - within)
                else:  # nobody beyond is ever needed
                    break
