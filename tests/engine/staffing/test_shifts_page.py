"""What docs/shifts.md and docs/standby.md show works as it stands there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from engine.errors import StaffingError, StaffingImpossibleError, StandbyError
from engine.staffing import AllowedShift, BaseRule, ShiftRules, parse_rules
from engine.standby import StandbyLimits, StandbyMove

DOCS = Path(__file__).parents[3] / "docs"
SHIFTS, STANDBY = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("shifts", "standby"))


@pytest.mark.parametrize(("page", "told"), [(SHIFTS, "[[shift]]"), (STANDBY, "P0021-01 to base of P0023")])
def test_the_example_runs(
    page: str, told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python lines, run as they are, print what the page is about; the files that they write are there."""
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    exec(compile(code, "page", "exec"), {})
    assert told in capsys.readouterr().out
    files = set(re.findall(r'write_\w+\(\w+, "([\w.]+)"', code))
    assert {path.name for path in tmp_path.iterdir()} == files
    assert len(files) == (2 if page is SHIFTS else 0)


def test_the_picture_is_there_and_small() -> None:
    """As the page shows it; at most 300 KB."""
    (name,) = re.findall(r"\]\((images/[\w.-]+)\)", SHIFTS)
    assert (DOCS / name).stat().st_size <= 300_000


def test_the_rules_are_read() -> None:
    """The file on the page is one, and its table has every key."""
    text = re.findall(r"```toml\n(.*?)```", SHIFTS, re.DOTALL)[0]
    rules = parse_rules(tomllib.loads(text))
    assert (rules.target, len(rules.shifts), rules.bases[0].most) == (0.9, 2, 4)
    table = SHIFTS.split("## Rules")[1].split("## What is reckoned")[0]
    for kind, where in ((ShiftRules, ""), (AllowedShift, "[[shift]] "), (BaseRule, "[[base]] ")):
        for each in fields(kind):
            if each.name not in ("shifts", "bases", "most", "cost", "days"):
                assert f"`{where}{each.name}`" in table


def test_figures_and_errors_are_told() -> None:
    """Every limit of stand-by, the figures that need words, and each reason."""
    for each in fields(StandbyLimits):
        assert f"--{each.name.replace('_', '-')}`" in STANDBY
    for name in ("gain", "lost_without", "least_meanwhile"):
        assert name in StandbyMove.__slots__
        assert f"`{name}`" in STANDBY
    assert f"`{StandbyError.reason}`" in STANDBY
    for error in (StaffingError, StaffingImpossibleError):
        assert f"`{error.reason}`" in SHIFTS
