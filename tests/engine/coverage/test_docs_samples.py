"""The examples of docs/sweeps.md and docs/expected-coverage.md run as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    ("page", "told"), [("sweeps.md", "remove P0021 tue-12 towing"), ("expected-coverage.md", "of the crews at work")]
)
def test_the_example_runs_as_it_stands(page: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Copied into a file and run, with nothing before it."""
    text = (FOLDER / page).read_text("utf-8")
    exec(compile(text.split("```python\n")[1].split("```")[0], page, "exec"), {})
    assert told in capsys.readouterr().out
