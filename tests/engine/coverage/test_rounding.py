"""How figures of coverage are rounded: alike on pages, pictures and terminals."""

from __future__ import annotations

import pytest

from cli.views import figures as terminal
from engine.coverage.figures import counted, minutes_text, percent
from engine.coverage.rounding import percentage, tenths_up


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1.0, "100 %"),
        (1 - 1e-15, "100 %"),
        (1 + 1e-15, "100 %"),
        (0.9999, "over 99.9 %"),
        (0.0, "0 %"),
        (1e-16, "0 %"),
        (0.0001, "under 0.1 %"),
        (0.976, "97.6 %"),
    ],
)
def test_shares(share: float, shown: str) -> None:
    """All but for adding up is all; what is not all never is."""
    assert percent(share) == shown
    assert terminal.percent(share) == f"{percentage(share):.1f}%"


def test_minutes_are_rounded_up_everywhere() -> None:
    """What is a little late never reads as in time."""
    assert [tenths_up(each) for each in (34.2075, 30.0, 30.0001, 1.1)] == [34.3, 30.0, 30.1, 1.1]
    assert (minutes_text(34.2075), terminal.minutes(34.2075)) == ("34.3 min", "34.3")


def test_people_are_whole() -> None:
    """Others may be parts."""
    assert [counted(each, "people") for each in (0.0, 1e-11, 0.2, 2.4, 5250.78)] == ["0", "0", "1", "2", "5,251"]
    assert [counted(each, "incidents") for each in (0.0, 1e-11, 0.24, 2.0, 5250.78)] == ["0", "0", "0.2", "2", "5,251"]
