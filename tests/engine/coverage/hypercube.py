"""The hypercube of Larson (1974) solved exactly: all 2^n states of n crews; who finds nobody is lost."""

from __future__ import annotations

import numpy as np


def hypercube(per_minute: np.ndarray, lists: np.ndarray, minutes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """([i, n] chance that crew j serves a call of place i, [n] share of time each is busy).

    lists: [i, n] crews in order; minutes: [n] that a call holds each crew, whatever the place.
    """
    count, states = minutes.size, 1 << minutes.size
    rates = np.zeros((states, states))
    served = np.full((len(per_minute), states), -1)
    for state in range(states):
        for i, row in enumerate(lists):
            free = [j for j in row if not state >> j & 1]
            if free:
                served[i, state] = free[0]
                rates[state, state | 1 << free[0]] += per_minute[i]
        for j in range(count):
            if state >> j & 1:
                rates[state, state ^ 1 << j] += 1 / minutes[j]
    rates -= np.diag(rates.sum(axis=1))
    chance = np.linalg.lstsq(np.vstack([rates.T, np.ones(states)]), np.append(np.zeros(states), 1), rcond=None)[0]
    out = np.array([[chance[row == j].sum() for j in range(count)] for row in served])
    busy = np.array([sum(chance[s] for s in range(states) if s >> j & 1) for j in range(count)])
    return out, busy
