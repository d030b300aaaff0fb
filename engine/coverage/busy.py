"""How busy every stand is: an approximate hypercube, iterated to a fixed point.

A call goes to the first stand of its place's list with a free crew. A stand with c crews, to which work of v crews is
offered while it is not full, is full with Erlang's B(c, v): an island of c servers (Restrepo, Henderson, Topaloglu,
Health Care Management Science 12, 2009; one crew: Jarvis, Management Science 31, 1985). That stands are not full
independently of each other is corrected as by Larson (Operations Research 23, 1975) and, with several units at a stand,
Budge, Ingolfsson, Erkut (Operations Research 57, 2009): by what holds among as many exchangeable servers, as busy. Here
the correction moves the odds of being full, so that the chances of a list always add up to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.coverage.busy_erlang import erlang_b, odds_table
from graphs.network import Float64, Int32, Int64

#: A list ends for a call where the chance to get so far is below this.
NEVER = 1e-8
#: Crews of a list beyond this many are corrected as the last of them.
DEEPEST = 192
#: Work offered to a crew, in crews, beyond which it counts as always busy.
MOST_LOAD = 1e6


@dataclass(frozen=True, eq=False)
class Lists:
    """``p`` places of ``k`` streams of calls, a stream's places together, and whom each may be served by, in order."""

    stand: Int32  # [p, few] -1: nobody more
    minutes: Float64  # [p, few] that a call holds a crew of that stand
    per_minute: Float64  # [p] calls
    first: Int64  # [k + 1] where each stream's places begin
    crews: Int64  # [s] of all stands
    serves: np.ndarray  # [k, s] whether the stand serves the stream


@dataclass(frozen=True, eq=False)
class Busy:
    """The fixed point."""

    offered: Float64  # [s] crews' worth of work that comes to a stand while it is not full
    full: Float64  # [s] chance that it is, but for the time that others' calls wait
    seen: Float64  # [k, s] the same as a stream's calls find it, while calls of other streams may wait for its crews
    odds: Float64  # [k, m, c] see `odds_table`
    queued: Float64  # [k] work, per crew, of calls that wait while all who serve the stream are busy
    iterations: int
    change: float  # greatest of any stand's chance, at the last iteration
    converged: bool


def solve_busy(
    lists: Lists, *, iterations: int = 200, tolerance: float = 1e-5, begin: Float64 | None = None, waits: bool = True
) -> Busy:
    """Iterated until no stand's chance to be full changes by more than ``tolerance``, damped where changes grow.

    ``begin``: offered work to begin with; ``waits``: or else who finds nobody is lost.
    O(places x stands that a call gets to) each.
    """
    crews = lists.crews
    occurs = np.zeros(int(crews.max(initial=1)) + 1, np.bool_)
    occurs[crews] = True
    streams = lists.first.size - 1
    number = np.array([crews[lists.serves[k]].sum() for k in range(streams)], np.int64)
    odds = np.ones((streams, DEEPEST, occurs.size))
    offered = np.zeros(crews.size) if begin is None else begin.copy()
    full, carried = np.zeros(crews.size), np.zeros(streams)
    fill(crews, offered, full)
    load, change, last, weight, done = np.zeros(crews.size), np.inf, np.inf, 1.0, 0
    work, lost, rate = np.zeros(streams), np.zeros(streams), np.add.reduceat(lists.per_minute, lists.first[:-1])
    free, seen, queued = np.ones((streams, crews.size)), np.tile(full, (streams, 1)), np.zeros(streams)
    while done < iterations and change > tolerance:
        done += 1
        held = np.minimum(offered * (1 - full), crews)
        for k in range(streams):
            mine = lists.serves[k]
            carried[k] = (crews - (crews - held) * free[k])[mine].sum() / max(number[k], 1)
            if number[k]:
                odds_table(int(number[k]), float(carried[k]), occurs, odds[k])
        load[:], work[:], lost[:] = 0.0, 0.0, 0.0
        send(
            *(lists.stand, lists.minutes, lists.per_minute, lists.first, crews, seen, free, odds, load, work, lost),
        )
        change = renew(crews, load, offered, full, weight)
        queued = _queued(lists, work, number)
        if waits:
            _free_of_queues(lists, queued, np.divide(lost, rate, out=np.zeros(streams), where=rate > 0), free)
        seen = 1 - (1 - full) * free
        if change > 0.95 * last:
            weight = max(0.1, 0.7 * weight)
        last = change
    change = float(change if np.isfinite(change) else 0)
    return Busy(offered, full, seen, odds, queued, done, change, change <= tolerance)


def _free_of_queues(lists: Lists, queued: Float64, lost: Float64, free: Float64) -> None:
    """Into free [k, s] the share of time in which no other stream's calls wait for the crews of a stand.

    Calls that wait while all crews of a stream are busy make that time 1 / (1 - queued) times as long. A stream with
    the same crews waits in the same queue. A stream of which too much is asked counts as if it were just below.
    """
    free[:] = 1.0
    for k, serves in enumerate(lists.serves):
        work = min(float(queued[k]), 0.999)
        share = (1 - work) / (1 - work * (1 - lost[k]))  # (1 - C) / (1 - L) with C = L / (1 - work (1 - L))
        for other, mine in enumerate(lists.serves):
            if (mine != serves).any():
                free[other, serves] *= share


def _queued(lists: Lists, work: Float64, number: Int64) -> Float64:
    """[k] while all crews of a stream are busy, calls wait for them: its own, and others that only they may serve.

    What others might serve, too, does not. A stream whose crews all serve another, which is asked too much, waits as
    that one does.
    """
    inside = inside_of(lists.serves)
    queued = np.where(number > 0, inside @ work / np.maximum(number, 1), np.inf)
    over = (inside & (queued >= 1)[:, None]).any(axis=0)
    return np.where(over, np.maximum(queued, 1.0), queued)


def inside_of(serves: np.ndarray) -> np.ndarray:
    """[k, k] whether all who serve the second stream serve the first; serves: [k, whoever]."""
    return np.array([[not (other & ~mine).any() for other in serves] for mine in serves])


@njit(nogil=True, cache=True)
def fill(crews, offered, full):
    """Chance that each stand is full, of the work offered to it. O(crews)."""
    for j in range(crews.size):
        full[j] = erlang_b(crews[j], offered[j]) if crews[j] else 1.0


@njit(nogil=True, cache=True)
def renew(crews, load, offered, full, weight):
    """Offered work anew from the load that came of it; the greatest change of a stand's chance to be full."""
    most = 0.0
    for j in range(crews.size):
        if not crews[j]:
            continue
        wanted = min(load[j] / max(1.0 - full[j], 1e-12), MOST_LOAD * crews[j])
        offered[j] += weight * (wanted - offered[j])
        new = erlang_b(crews[j], offered[j])
        most = max(most, abs(new - full[j]))
        full[j] = new
    return most


@njit(nogil=True, cache=True)
def full_given(full, odds):
    """Chance that a stand is full when others are known to be: its own with its odds multiplied."""
    return full * odds / (1.0 - full + full * odds)


@njit(nogil=True, cache=True)
def send(stand, minutes, per_minute, first, crews, seen, free, odds, load, work, lost):
    """Add what calls bring, as long as calls of no other stream wait. O(places x stands that a call gets to).

    To load [s] every stand's work and to work [k] every stream's, in crews; to lost [k] calls that find nobody.
    """
    few, deepest = stand.shape[1], odds.shape[1] - 1
    for s in range(first.size - 1):
        for i in range(first[s], first[s + 1]):
            left, before, here_work = 1.0, 0, 0.0
            for k in range(few):
                j = stand[i, k]
                if j < 0 or left < NEVER:
                    break
                here = full_given(seen[s, j], odds[s, min(before, deepest), crews[j]])
                part = per_minute[i] * left * (1.0 - here) * minutes[i, k]
                load[j] += part / free[s, j]
                here_work += part
                left *= here
                before += crews[j]
            if left < 1.0:
                work[s] += here_work / (1.0 - left)  # who finds nobody takes as long
            lost[s] += per_minute[i] * left
