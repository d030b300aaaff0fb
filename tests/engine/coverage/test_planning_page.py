"""The notebook of docs/planning.md, run from beginning to end as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.coverage.frames import cells_frame, roads_frame, stands_frame

PAGE = (Path(__file__).parents[3] / "docs" / "planning.md").read_text("utf-8")


def test_the_notebook_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """What it prints is what the page says of it, and its files are there; every column of a frame is on the page."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(compile(block, "docs/planning.md", "exec"), names)
    said = capsys.readouterr().out
    assert re.search(r"5\d% within promise, 3\d% also by a second unit", said), said
    assert "without P0021" in said
    assert re.search(r"220,\d+ more, 99\.98% within promise; proven: True", said), said
    assert re.search(r"a free one in time: 43% before, 9\d% after", said), said
    assert (tmp_path / "next.html").stat().st_size > 100_000
    assert (tmp_path / "leaves.html").stat().st_size > 100_000
    assert (tmp_path / "leaves.png").read_bytes()[:4] == b"\x89PNG"
    for frame in (cells_frame, roads_frame, stands_frame):
        for column in frame(names["now"]).columns:  # ty: ignore[invalid-argument-type]
            assert column == "geometry" or f"`{column}`" in PAGE, column
