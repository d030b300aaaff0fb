"""What docs/siting.md shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.coverage.siting_candidates import MOST_CANDIDATES, OPTIONAL, REQUIRED
from engine.coverage.siting_steps import Goal
from engine.errors import SitingError, SitingImpossibleError

PAGE = (Path(__file__).parents[3] / "docs" / "siting.md").read_text("utf-8")


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python lines choose the site that covers most, proven."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "siting.md", "exec"), {})
    chosen, share, gap, proven = capsys.readouterr().out.split()
    assert (chosen, proven) == ("[1]", "True")
    assert float(share) == pytest.approx(380 / 500)
    assert float(gap) == 0.0


def test_the_page_names_the_errors() -> None:
    """Both reasons are told."""
    for error in (SitingError, SitingImpossibleError):
        assert f"`{error.reason}`" in PAGE


def test_the_page_names_columns_and_options() -> None:
    """Every column of candidates that is read, every goal, and the command's own options."""
    words = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
    assert {*REQUIRED, *OPTIONAL, *Goal} <= words
    own = {"candidates", "candidates-every-cell", "sites", "budget", "busy", "seconds", "write-scenario"}
    for option in own | {"mobilisation-minutes", "for"}:
        assert f"--{option}" in PAGE
    assert f"{MOST_CANDIDATES:,} rows" in PAGE
