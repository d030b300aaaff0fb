"""Small spatial queues solved exactly, as Markov chains: crews that return to their base, and crews that stay."""

from __future__ import annotations

from itertools import product

import numpy as np


def hypercube(per_minute: np.ndarray, lists: np.ndarray, minutes: float) -> tuple[np.ndarray, np.ndarray]:
    """([i, n] chance that crew j serves a call of place i, [n] share of time each is busy), all crews at their base.

    The hypercube of Larson (1974): all 2^n states of n crews; who finds nobody is lost. lists: [i, n] crews in order;
    minutes: that a call holds a crew.
    """
    count = lists.shape[1]
    states = 1 << count
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
                rates[state, state ^ 1 << j] += 1 / minutes
    chance = steady_state(rates)
    out = np.array([[chance[row == j].sum() for j in range(count)] for row in served])
    busy = np.array([sum(chance[s] for s in range(states) if s >> j & 1) for j in range(count)])
    return out, busy


def staying(
    per_minute: np.ndarray, travel: np.ndarray, crews: int, minutes: float, longest: int = 40
) -> tuple[np.ndarray, float]:
    """([i, l] chance that a call of place i is served at once from place l, chance that it waits); crews stay.

    Every crew is at one of the places, free or busy with a call there. travel: [i, l] in which order they are asked;
    who finds nobody waits in order of call, ``longest`` at most.
    """
    places = len(per_minute)
    every = [(each, 0) for each in product(range(2 * places), repeat=crews)]  # l: free at l, places + l: busy there
    full = [each for each, _ in every if min(each) >= places]
    states = every + [(each, queue) for each in full for queue in range(1, longest + 1)]
    number = {state: row for row, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    share = per_minute / per_minute.sum()
    asked: dict[int, list[tuple[int, int]]] = {}
    for row, (each, queue) in enumerate(states):
        for i in range(places):
            free = [(travel[i, at], j) for j, at in enumerate(each) if at < places]
            if free:
                best = min(free)[1]
                asked.setdefault(row, []).append((i, each[best]))
                rates[row, number[(*each[:best], places + i, *each[best + 1 :]), 0]] += per_minute[i]
            elif queue < longest:
                rates[row, number[each, queue + 1]] += per_minute[i]
        for j, at in enumerate(each):
            if at < places:
                continue
            if not queue:
                rates[row, number[(*each[:j], at - places, *each[j + 1 :]), 0]] += 1 / minutes
                continue
            for i in range(places):
                rates[row, number[(*each[:j], places + i, *each[j + 1 :]), queue - 1]] += share[i] / minutes
    chance = steady_state(rates)
    out = np.zeros((places, places))
    for row, served in asked.items():
        for i, at in served:
            out[i, at] += chance[row]
    return out, float(1 - chance[list(asked)].sum())


def steady_state(rates: np.ndarray) -> np.ndarray:
    """[states] share of time in each; rates: [from, to]."""
    balance = (rates - np.diag(rates.sum(axis=1))).T
    balance[0] = 1.0
    return np.linalg.solve(balance, np.eye(len(rates))[0])
