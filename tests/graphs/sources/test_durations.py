"""How long ferries take."""

from __future__ import annotations

import pytest

from graphs.sources.durations import minutes_of


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("00:15", 15), ("1:30:00", 90), ("15", 15), ("PT15M", 15), ("PT1H", 60), ("PT90S", 1.5), ("PT1H30M", 90),
        ("P1DT2H", 1560), ("pt0.5h", 30), ("15 min", 15), ("20 minutes", 20), ("2 h", 120), ("1h30", 90),
        ("1 h 30 min", 90), (" 45 ", 45), ("2,5", 2.5), ("30:00", 1800),
        ("", None), ("0", None), ("PT", None), ("P", None), ("-5", None), ("a while", None), ("15:75", None),
        ("1:2:3:4", None), ("10-20", None), ("inf", None),
    ],
)  # fmt: skip
def test_durations_are_read_in_every_notation(text: str, minutes: float | None) -> None:
    """ISO 8601, hours and minutes, minutes alone, and words; anything else is not understood."""
    assert minutes_of(text) == (None if minutes is None else pytest.approx(minutes))
