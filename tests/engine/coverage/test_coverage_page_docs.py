"""The example of docs/coverage-page.md."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "docs"
PAGE = (FOLDER / "coverage-page.md").read_text("utf-8")


def test_the_example_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied into a file and run, it writes the page and the picture."""
    monkeypatch.chdir(tmp_path)
    exec(compile(PAGE.split("```python\n")[1].split("```")[0], "docs/coverage-page.md", "exec"), {})
    content = (tmp_path / "coverage.html").read_text("utf-8")
    for words in ("A second provider in the north", "Ruta 5", "promise of 10 minutes", "OpenStreetMap"):
        assert words in content
    assert (tmp_path / "coverage.png").read_bytes().startswith(b"\x89PNG")


def test_every_picture_is_there_and_small() -> None:
    """The pictures the page shows exist and are at most 300 KB."""
    names = [part.split(")")[0] for part in PAGE.split("](images/")[1:]]
    assert len(names) == 5
    for name in names:
        assert (FOLDER / "images" / name).stat().st_size <= 300_000, name
