"""examples/node: the contract holds in another language, from the proto files alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.server.process import ROOT, serving_process

EXAMPLE = ROOT / "examples" / "node"
INSTALL_S = 120


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with its packages; skips where Node, npm or the packages cannot be had."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    folder = tmp_path_factory.mktemp("node") / "example"
    shutil.copytree(EXAMPLE, folder)
    if not (folder / "node_modules").is_dir():
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm install took longer than {INSTALL_S} s")
        if done.returncode:
            pytest.skip("npm install failed: no package registry?")
    return folder


def run(folder: Path, address: str) -> subprocess.CompletedProcess[str]:
    command = ["node", "recommend.mjs", address, str(ROOT / "proto")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_it_recommends_and_reads_a_matrix(installed: Path):
    """Against a real server: the unit, the reasons, and a matrix with zeros on its diagonal only."""
    with serving_process() as (_, address, _):
        done = run(installed, address)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("regions/coquimbo (America/Santiago); © OpenStreetMap contributors")
    assert lines[1].startswith("send regions/coquimbo/providers/grua-1/units/van-1: ")
    assert lines[1].endswith("promise kept: true")
    assert all("REASON_CODE_" in line for line in lines[2:4])
    assert lines[4].startswith("90 % sure within ")
    rows = [line.split(": ")[1].split() for line in lines[5:]]
    assert [len(row) for row in rows] == [4] * 4
    assert all((cell == "0") == (i == j) for i, row in enumerate(rows) for j, cell in enumerate(row))


def test_without_server_it_says_so(installed: Path):
    """A status, no stack, exit code 1."""
    done = run(installed, "127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith(("UNAVAILABLE", "DEADLINE_EXCEEDED"))
