"""Systems of n equal servers: how often all are busy, how often the first m are, how much load keeps them so busy.

Sources: A. K. Erlang's loss and delay formulas (as in L. Kleinrock, Queueing Systems 1, 1975); the chances of the first
m of n exchangeable servers are those behind the correction factor Q of R. C. Larson, Approximating the performance of
urban emergency service systems, Operations Research 23 (1975).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

#: Probabilities below this share of the greatest are left out of sums.
NEGLIGIBLE = 1e-16


@njit(nogil=True, cache=True)
def erlang_b(servers, load):
    """P(all busy) where who finds all busy is lost; load in servers. O(servers)."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


@njit(nogil=True, cache=True)
def erlang_c(servers, load):
    """P(wait) where who finds all busy waits; 1 from a load of all servers on. O(servers)."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


@njit(nogil=True, cache=True)
def load_of(servers, busy):
    """The offered load that, with losses, keeps a share ``busy`` of the servers busy. O(servers), 60 halvings."""
    wanted = busy * servers
    if wanted <= 0.0:
        return 0.0
    if erlang_b(servers, wanted) < 1e-14:
        return wanted
    low, high = wanted, wanted / max(1.0 - busy, 1e-12) + 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if middle * (1.0 - erlang_b(servers, middle)) < wanted:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@njit(nogil=True, cache=True)
def busy_counts(servers, load):
    """[servers + 1] chances that so many are busy, who finds all busy being lost. O(servers)."""
    out = np.zeros(servers + 1)
    top = min(servers, int(load))
    out[top] = 1.0
    for k in range(top + 1, servers + 1):
        out[k] = out[k - 1] * load / k
        if out[k] < NEGLIGIBLE:
            break
    for k in range(top - 1, -1, -1):
        out[k] = out[k + 1] * (k + 1) / load
        if out[k] < NEGLIGIBLE:
            break
    return out / out.sum()


@njit(nogil=True, cache=True)
def first_busy(servers, load, most, out):
    """Into out [most + 1]: log P(the first m are busy), m = 0..most <= servers. O(most x deviation of the count)."""
    chance = busy_counts(servers, load)
    first, last = 0, servers
    while chance[first] == 0.0:
        first += 1
    while chance[last] == 0.0:
        last -= 1
    total = 0.0
    out[0] = 0.0
    for m in range(most):
        rest = 0.0
        for k in range(max(first, m), last + 1):
            chance[k] *= (k - m) / (servers - m)
            rest += chance[k]
        if rest <= 0.0:  # more than ever are busy at once
            for j in range(m + 1, most + 1):
                out[j] = -math.inf
            return
        for k in range(max(first, m), last + 1):
            chance[k] /= rest
        total += math.log(rest)
        out[m + 1] = total


@njit(nogil=True, cache=True)
def odds_table(servers, busy, crews, out):
    """Into out [m, c]: by what the odds that a stand of c crews is full grow once m crews are known to be busy.

    Among ``servers`` equal servers of which a share ``busy`` is busy: 1 at m = 0. crews: [c] which c occur.
    O(m x deviation of the count + m x c).
    """
    depth, widest = out.shape[0], out.shape[1] - 1
    most = min(servers, depth + widest)
    log = np.empty(most + 1)
    first_busy(servers, load_of(servers, min(max(busy, 1e-12), 1.0 - 1e-12)), most, log)
    for m in range(depth):
        for c in range(1, widest + 1):
            out[m, c] = 1.0
            if not crews[c] or m + c > most or log[m + c] == -math.inf:
                continue
            known, alone = math.exp(log[m + c] - log[m]), math.exp(log[c])
            out[m, c] = math.exp(log[m + c] - log[m] - log[c]) * (1.0 - alone) / max(1.0 - known, 1e-15)
