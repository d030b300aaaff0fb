"""Published optima: San Francisco (spopt's example data) and OR-Library's pmed1."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from engine.siting import SitingProblem, max_cover, p_median
from tests.engine.siting.cases import need


@pytest.fixture(scope="module")
def san_francisco() -> SitingProblem:
    """205 clients and 16 stores in metres, floats as they are; all clients and their people."""
    with need("SF_network_distance_candidateStore_16_censusTract_205_new.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    stores = sorted({row["name"] for row in rows})
    clients = sorted({row["DestinationName"] for row in rows})
    metres = np.full((len(clients), len(stores)), np.inf)
    people = np.zeros(len(clients))
    for row in rows:
        at = clients.index(row["DestinationName"])
        metres[at, stores.index(row["name"])] = float(row["distance"])
        people[at] = float(row["demand"])
    assert metres.shape == (205, 16)
    return SitingProblem(metres, people, np.full(205, 5000), np.ones(16), np.zeros(16, bool))


def test_max_cover_of_san_francisco(san_francisco: SitingProblem) -> None:
    """Four stores within 5,000 m leave 21 clients uncovered, proven."""
    plan = max_cover(san_francisco, 4)
    covered = float((plan.arrival_ms <= 5000).mean())
    assert plan.proven
    assert int((plan.arrival_ms > 5000).sum()) == 21
    assert covered == pytest.approx(0.8975610, abs=1e-7)


def test_p_median_of_san_francisco(san_francisco: SitingProblem) -> None:
    """Four stores have a weighted mean of 2982.1268579890657 m, proven; floats are not rounded."""
    plan = p_median(san_francisco, 4)
    assert plan.proven
    assert plan.objective == pytest.approx(2982.1268579890657, rel=1e-12)
    assert plan.mean_arrival_ms == pytest.approx(plan.objective, rel=1e-12)


def test_p_median_of_pmed1() -> None:
    """100 nodes, 5 medians: the published optimum 5819, its bound equal to it."""
    numbers = np.array(need("pmed1.txt").read_text().split(), np.int64)
    nodes, edges, medians = numbers[:3].tolist()
    length = np.zeros((nodes, nodes))
    for tail, head, each in numbers[3:].reshape(edges, 3).tolist():  # the last of repeated edges counts
        length[tail - 1, head - 1] = length[head - 1, tail - 1] = each
    distance = dijkstra(csr_array(length)).astype(np.int32)
    ones = np.ones(nodes)
    plan = p_median(SitingProblem(distance, ones, 100 * ones, ones, np.zeros(nodes, bool)), medians)
    assert plan.objective * nodes == pytest.approx(5819)
    assert plan.bound * nodes == pytest.approx(5819)
    assert plan.proven
