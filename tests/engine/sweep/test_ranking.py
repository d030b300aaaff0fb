"""Scenarios ranked by what they change."""

from __future__ import annotations

from engine.coverage.coverage import CoverageFigures
from engine.model import Service
from engine.sweep import SweepRow
from engine.sweep.ranking import ranked


def row(number: int, covered: float, unreached: float, mean: float | None) -> SweepRow:
    figures = CoverageFigures(100.0, covered, 0.0, 0.0, unreached, mean, None, None, mean, {})
    return SweepRow(number, "x", (), "tue-12", Service.TOWING, figures)


def test_by_share_then_by_whom_nobody_reaches_then_by_the_mean() -> None:
    """Equal ones share a rank; a mean over other people counts for nothing where fewer are reached."""
    rows = [
        row(0, 80, 0, 10.0),
        row(1, 80, 0, 12.0),
        row(2, 80, 30, 4.0),
        row(3, 70, 0, 9.0),
        row(4, 80 + 1e-12, 0, 10.0),
        row(5, 80, 0, None),
    ]
    found = ranked(rows, [row(0, 80, 0, 10.0)])
    assert [each.row.number for each in found] == [3, 2, 5, 1, 0, 4]
    assert [each.rank for each in found] == [1, 2, 3, 4, 5, 5]
    later = {each.row.number: each.later_minutes for each in found}
    assert (later[1], later[2], later[5]) == (2.0, None, None)


def test_without_anything_to_compare_with() -> None:
    """By their own figures."""
    found = ranked([row(0, 80, 0, 10.0), row(1, 70, 0, 10.0)], [])
    assert [(each.row.number, each.rank, each.share) for each in found] == [(1, 1, None), (0, 2, None)]
