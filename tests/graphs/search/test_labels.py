"""Label rows: computed alone or together, taken, replaced."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from graphs.search import Hierarchy, Labels, Metric, Seeds, common_length, label_time, matrix

from .cases import Case, large, positions


@pytest.fixture(scope="module")
def town() -> tuple[Case, Metric]:
    """A metric of a thousand nodes."""
    case = large(1100, 2)
    return case, Hierarchy.build(case.tail, case.head, case.node_count).customise(case.weights)


def rows(labels: Labels) -> list[list[int]]:
    return [labels.row(i).tolist() for i in range(len(labels))]


@pytest.mark.parametrize("outward", [True, False])
def test_rows_do_not_depend_on_company(town: tuple[Case, Metric], outward: bool) -> None:
    """A row computed alone by climbing equals the one computed with many others from the top."""
    case, metric = town
    seeds = positions(case, 120, 3)
    label = metric.labels_from if outward else metric.labels_to
    together = label(seeds)
    assert rows(together) == [row for i in range(len(seeds)) for row in rows(label(seeds[i]))], str(case)
    assert together.length.tolist() == [len(row) for row in rows(together)]


def test_threads_share_out_the_same_rows(town: tuple[Case, Metric]) -> None:
    """Rows do not depend on how many threads computed them."""
    case, metric = town
    seeds = positions(case, 700, 11)
    assert rows(metric.labels_from(seeds, threads=3)) == rows(metric.labels_from(seeds)), str(case)


def test_replaced_rows_leave_the_old_labels_alone(town: tuple[Case, Metric]) -> None:
    """As a fleet moves, each version stays what it was, through many moves and a change of arena."""
    case, metric = town
    labels = metric.labels_from(positions(case, 30, 0))
    expected, arenas = rows(labels), {id(labels.arena)}
    kept = [(labels, expected)]
    for step in range(60):
        rng = np.random.default_rng(step)
        which = rng.choice(30, 5, replace=False)
        fresh = metric.labels_from(positions(case, 5, 1000 + step))
        labels = labels.replaced(which, fresh)
        expected = list(expected)
        for place, row in zip(which, rows(fresh), strict=True):
            expected[place] = row
        kept.append((labels, expected))
        arenas.add(id(labels.arena))
    assert len(arenas) > 1
    assert all(rows(version) == content for version, content in kept)


def test_versions_branch_safely_between_threads(town: tuple[Case, Metric]) -> None:
    """Two threads replacing rows of the same labels never write into each other's."""
    case, metric = town
    base = metric.labels_from(positions(case, 40, 0))
    results: dict[int, tuple[Labels, list[list[int]]]] = {}

    def move(name: int) -> None:
        labels, expected = base, rows(base)
        for step in range(40):
            fresh = metric.labels_from(positions(case, 1, 10_000 * name + step))
            labels = labels.replaced([step], fresh)
            expected[step] = rows(fresh)[0]
        results[name] = labels, expected

    threads = [threading.Thread(target=move, args=(name,)) for name in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(rows(labels) == expected for labels, expected in results.values())


def test_taken_rows_share_the_data(town: tuple[Case, Metric]) -> None:
    """Taking rows copies no times and keeps their order, repetition included."""
    case, metric = town
    labels = metric.labels_to(positions(case, 20, 5))
    some = labels.take([7, 3, 7])
    assert rows(some) == [rows(labels)[i] for i in (7, 3, 7)]
    assert some.data is labels.data


def test_single_pairs_for_other_kernels(town: tuple[Case, Metric]) -> None:
    """`label_time` over `common_length` entries is the matrix's value."""
    case, metric = town
    out, into = metric.labels_from(positions(case, 30, 8)), metric.labels_to(positions(case, 30, 9))
    times = matrix(out, into)
    for i in range(30):
        length = common_length(*metric.hierarchy.minima, out.deep[i], into.deep[i])
        assert label_time(out.data, out.start[i], into.data, into.start[i], length) == times[i, i], (str(case), i)


def test_rows_of_another_metric_are_refused(town: tuple[Case, Metric]) -> None:
    """Replacing an outward row by an inward one is a mistake."""
    _case, metric = town
    seeds = Seeds.at_nodes([1, 2])
    with pytest.raises(ValueError, match="same metric"):
        metric.labels_from(seeds).replaced([0], metric.labels_to(seeds[0]))
