"""Rules of shifts as files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.errors import StaffingError
from engine.staffing import AllowedShift, BaseRule, ShiftRules, read_rules
from graphs.errors import FileMissingError

WHOLE = """
calls_per_day = 240
target = 0.9
minutes_per_call = 75
calls_factor = 1.2
week = true
most_crews = 6
crew_hour_cost = 30.0

[days]
sat = 0.8
sun = 0.6

[[shift]]
starts = [6, 14]
hours = [8, 10]
days = ["mon", "tue"]

[[shift]]
starts = 22
hours = 8
cost_factor = 1.25

[[base]]
provider = "P1"
most = 3
cost = 35
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    return path


def test_a_file_says_what_objects_say(tmp_path: Path) -> None:
    """Every key; single values stand for lists of one; options count over the file."""
    path = written(tmp_path, WHOLE)
    expected = ShiftRules(
        240, target=0.9, minutes_per_call=75, calls_factor=1.2, week=True, most_crews=6, crew_hour_cost=30.0,
        days={"sat": 0.8, "sun": 0.6},
        shifts=(AllowedShift((6, 14), (8, 10), ("mon", "tue")), AllowedShift((22,), (8,), cost_factor=1.25)),
        bases=(BaseRule("P1", 3, 35),),
    )  # fmt: skip
    assert read_rules(path) == expected
    over = read_rules(path, crew_hours=100.0, calls_per_day=50.0, target=None)
    assert (over.crew_hours, over.target, over.calls_per_day) == (100.0, None, 50.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("calls_per_day = ", "is no TOML"),
        ("target = 0.9", "calls_per_day is missing"),
        ("calls_per_day = 5", "either target"),
        ("calls_per_day = 5\ntarget = 0.9\ncrew_hours = 9", "either target"),
        ("calls_per_day = -5\ntarget = 0.9", "calls_per_day is -5"),
        ("calls_per_day = true\ntarget = 0.9", "calls_per_day is True; give a float"),
        ('calls_per_day = "x"\ntarget = 0.9', "give a float"),
        ("calls_per_day = 5\ntarget = 90", "target is 90"),
        ("calls_per_day = 5\ntarget = 0.9\nfoo = 1", "'foo' is no key"),
        ("calls_perday = 5\ntarget = 0.9", "only_bases; did you mean 'calls_per_day'?"),
        ("target = 0.9\nstarts = 1", "minutes_per_call, calls_factor, week, days, shift, base,"),
        ("calls_per_day = 5\ntarget = 0.9\n[[shift]]\nstarts = 1\n[[shift]]\nstrts = 1", "'shift[1].strts' is no key"),
        ("calls_per_day = 5\ntarget = 0.9\nshift = 1", "shift must be tables"),
        ("calls_per_day = 5\ntarget = 0.9\n[[shift]]\nhours = 8", "shift[0].starts is missing"),
        ("calls_per_day = 5\ntarget = 0.9\n[[shift]]\nstarts = [24]", "shift[0].starts is 24"),
        ("calls_per_day = 5\ntarget = 0.9\n[[shift]]\nstarts = []", "shift[0].starts is empty"),
        ("calls_per_day = 5\ntarget = 0.9\n[[shift]]\nstarts = [1.5]", "list of whole numbers"),
        ("calls_per_day = 5\ntarget = 0.9\n[[shift]]\nstarts = [1]\nhours = 25", "shift[0].hours is 25"),
        ('calls_per_day = 5\ntarget = 0.9\n[[shift]]\nstarts = [1]\ndays = ["today"]', "'today' is no day"),
        ("calls_per_day = 5\ntarget = 0.9\n[[base]]\nmost = 1", "base[0].provider is missing"),
        ('calls_per_day = 5\ntarget = 0.9\n[[base]]\nprovider = "P"\nmost = -1', "base[0].most is -1"),
        ('calls_per_day = 5\ntarget = 0.9\n[[base]]\nprovider = "P"\n[[base]]\nprovider = "P"', "there twice"),
        ("calls_per_day = 5\ntarget = 0.9\ndays = 3", "days must be a table"),
        ("calls_per_day = nan\ntarget = 0.9", "calls_per_day is nan"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Syntax, missing and unknown keys, kinds, ranges: StaffingError with the file and the key."""
    with pytest.raises(StaffingError, match=re.escape(told)) as caught:
        read_rules(written(tmp_path, text))
    assert caught.value.message.startswith("rules.toml")


def test_no_file(tmp_path: Path) -> None:
    """FileMissingError names it."""
    with pytest.raises(FileMissingError, match=r"nothing\.toml"):
        read_rules(tmp_path / "nothing.toml")
