"""The examples of docs/interop.md, run one after another as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graphs.interop.frames import to_geodataframes
from graphs.store import open_region
from tests.graphs.interop.regions import plain_region

PAGE = (Path(__file__).parents[3] / "docs" / "interop.md").read_text("utf-8")


def test_the_examples_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Copied into a notebook's cells, they route, export and come back."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, "docs/interop.md", "exec"), names)
    said = re.search(r"([\d.]+) min; (\d+) km", capsys.readouterr().out)
    assert said is not None
    assert 10 < float(said[1]) < 40
    assert 20 < int(said[2]) < 200
    assert open_region(tmp_path / "coquimbo-3.towline-region").name == "coquimbo-3"


def test_every_column_is_described() -> None:
    """Whatever column an export has stands on the page."""
    nodes, edges = to_geodataframes(plain_region(1))
    for column in (*nodes.columns, *edges.columns):
        if column != "geometry":
            assert f"`{column}`" in PAGE, column
