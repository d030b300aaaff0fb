"""Whom to call back about where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.decision import Assignment
from engine.snapped import Rival, RoadPlace, SnappedLocation
from engine.tables.asking import question
from graphs.snapping.located import RivalKind, RoadMatch
from graphs.snapping.query import Side
from tests.engine.tables.test_write import PLAN

HERE = RoadPlace(-71.0, -30.0, 3.0, 10.0, "Ruta 5 Norte", "5", "motorway", False, 7, 0.5, 0, 0)
OTHER_SIDE = replace(HERE, heading=190.0, arc=9)
SERVED: Assignment = next(answer for answer in PLAN.assignments if answer.chosen.promise_kept)


def answer(extra: timedelta | None, slack: timedelta, confidence: float = 0.45, ambiguous: bool = True) -> Assignment:
    rival = Rival(OTHER_SIDE, confidence, RivalKind.OPPOSITE_CARRIAGEWAY, extra)
    snapped = SnappedLocation(HERE, 0.5, ambiguous, Side.ANY, RoadMatch.NOT_ASKED, rivals=(rival,))
    return replace(SERVED, chosen=replace(SERVED.chosen, slack=slack), snapped=snapped)


@pytest.mark.parametrize(
    ("extra", "slack", "words"),
    [
        (12, 30, "on 5 Ruta 5 Norte: driving N, or S? If there: 12 min more"),
        (12, 5, "on 5 Ruta 5 Norte: driving N, or S? If there: 12 min more, promise broken"),
        (2, 1, "on 5 Ruta 5 Norte: driving N, or S? If there: 2 min more, promise broken"),
        (2, 30, ""),
        (-4, 30, ""),
        (2, -3, ""),  # late already
        (None, 30, "on 5 Ruta 5 Norte: driving N, or S? If there: no way there"),
    ],
)
def test_only_what_matters_is_asked(extra: int | None, slack: int, words: str) -> None:
    """Over five minutes more, a promise broken by it, or no way there."""
    more = None if extra is None else timedelta(minutes=extra)
    assert question(answer(more, timedelta(minutes=slack))) == words


def test_nothing_is_asked_without_doubt() -> None:
    """Not when the place is sure, nor about a rival that is not likely, nor of an incident without a unit."""
    far, plenty = timedelta(hours=1), timedelta(minutes=1)
    assert question(answer(far, plenty, ambiguous=False)) == ""
    assert question(answer(far, plenty, confidence=0.02)) == ""
    assert question(replace(answer(far, plenty), snapped=None)) == ""
    assert all(question(left) == "" for left in PLAN.unserved)
