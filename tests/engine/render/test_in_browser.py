"""The page in a real browser: it draws, without errors, what it was given."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from engine.render import MapPage, PointLayer, write_html
from tests.engine.render.samples import page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on PATH")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
    "--virtual-time-budget=3000",
    "--enable-logging=stderr",
    "--v=0",
    "--dump-dom",
)


def opened(page: MapPage, folder: Path) -> tuple[str, str]:
    """The document after its script has run, and what the page wrote to the console."""
    file = write_html(page, folder / "map.html")
    assert CHROMIUM
    run = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", file.as_uri()],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return run.stdout, "\n".join(line for line in run.stderr.splitlines() if "CONSOLE" in line)


def drawn(document: str) -> dict[str, int]:
    """How many features of each kind the page says it drew."""
    assert 'data-ready="true"' in document, document[:500]
    found = re.search(r'data-drawn="([^"]*)"', document)
    assert found
    return json.loads(unescape(found[1]))


def test_a_page_draws_what_it_was_given(tmp_path: Path) -> None:
    """Roads, lines and points of the chosen answer are drawn, the table is filled, the console is silent."""
    document, console = opened(page(), tmp_path)
    counts = drawn(document)
    assert counts == {"cells": 1, "roads": 24, "lines": 2, "points": 4}
    assert console == ""
    assert document.count("<tr ") == 2
    assert "<img" not in document
    assert "<title>broken</title>" not in document


def test_an_empty_page_says_so(tmp_path: Path) -> None:
    """Without layers there is a message instead of a blank."""
    document, console = opened(MapPage("Empty", language="es"), tmp_path)
    assert drawn(document) == {"cells": 0, "roads": 0, "lines": 0, "points": 0}
    assert "Nada que mostrar" in document
    assert console == ""


def test_the_ends_of_the_earth_do_not_crash(tmp_path: Path) -> None:
    """Places at the poles and either side of the antimeridian are drawn without an error."""
    layer = PointLayer("Units", [-180, 180, 0, 0], [0, 0, -90, 90], roles="unit")
    document, console = opened(MapPage("Ends", layers=[layer]), tmp_path)
    assert drawn(document)["points"] > 0
    assert console == ""
