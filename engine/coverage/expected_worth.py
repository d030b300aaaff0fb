"""What each provider is worth in expected coverage: at first order for all, exactly for those asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.coverage.arrivals import Reach
from engine.coverage.coverage import Coverage
from engine.coverage.expected import ExpectedCoverage, expected_coverage, interval_of
from engine.errors import OptionError
from graphs.network import Float64


@dataclass(frozen=True, slots=True)
class Loss:
    """Calls an hour within promise that are lost, and half of the 95 % interval."""

    kept: float
    plus_minus: float


@dataclass(frozen=True, eq=False)
class ExpectedWorth:
    """``r`` providers of the fleet, in its order; calls an hour that are within promise, and without it are not."""

    ids: tuple[str, ...]
    held: Float64  # [r] first order: how busy the others are stays as it is, though they must do its work
    exact: dict[str, Loss]  # the same days played again without it; of the providers asked for


def expected_worth(found: ExpectedCoverage, exact: Sequence[str] = ()) -> ExpectedWorth:
    """Each of ``exact`` takes as long as ``found`` did. OptionError for an unknown provider.

    At first order only calls that found somebody free count: what the best free crew of another provider would not have
    kept. Where that was nobody, all is lost, though the call would have waited.
    """
    ids = tuple(provider.id for provider in found.streams.providers)
    for each in exact:
        if each not in ids:
            raise OptionError(f"there is no provider {each!r} in the fleet", option="exact", value=each)
    tally = found.tally
    calls, kept = (each.sum(axis=(1, 2)) for each in (tally.calls, tally.kept))
    rate, total = found.figures.calls_per_hour, max(float(calls.sum()), 1.0)
    losses = {}
    for each in exact:
        lost = kept - without(found, each).tally.kept.sum(axis=(1, 2))
        share = float(lost.sum()) / total
        losses[each] = Loss(rate * share, rate * interval_of(lost - share * calls, calls))
    return ExpectedWorth(ids, rate * tally.spared / total, losses)


def without(found: ExpectedCoverage, provider_id: str) -> ExpectedCoverage:
    """The same calls on the same days when one provider has left."""
    row = next(row for row, each in enumerate(found.streams.providers) if each.id == provider_id)
    demands: dict[int, Coverage] = {}
    streams = []
    for stream in found.streams.streams:
        old = stream.coverage
        rest = old.stands.take(np.flatnonzero(old.stands.provider != row))
        reach = Reach(old.reach.region, old.reach.metric, rest)
        new = Coverage(reach, old.service, old.pieces, old.demand, old.promise_minutes)
        streams.append(replace(stream, coverage=demands.setdefault(id(old), new)))
    return expected_coverage(
        streams,
        policy=found.streams.policy,
        course=found.course,
        after_work=found.after_work,
        when_busy=found.when_busy,
        days=found.days,
        seed=found.seed,
    )
