"""The example of docs/maps.md."""

from __future__ import annotations

from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "maps.md").read_text("utf-8")


def test_the_example_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied into a file and run, it writes a map with everything it names."""
    monkeypatch.chdir(tmp_path)
    exec(compile(PAGE.split("```python\n")[1].split("```")[0], "docs/maps.md", "exec"), {})
    content = (tmp_path / "map.html").read_text("utf-8")
    for words in ("2 open incidents", "Promise by promise", "OpenStreetMap", "Assignments"):
        assert words in content
