"""examples/python runs as its first lines say."""

from __future__ import annotations

import subprocess
import sys

from tests.engine.server.process import ROOT, serving_process

EXAMPLE = ROOT / "examples" / "python" / "recommend.py"


def run(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, EXAMPLE, address], capture_output=True, text=True, timeout=60, check=False)


def test_it_names_a_unit_and_its_rivals():
    """Against a real server: the region with its credit, the promise, the best unit, why the others lost."""
    with serving_process() as (_, address, _):
        done = run(address)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "OpenStreetMap" in lines[0]
    assert lines[1].startswith("promised until")
    assert lines[2].startswith("send van-1:")
    assert len([line for line in lines if line.startswith("  or van-")]) == 2


def test_without_server_it_says_so():
    """No traceback, exit code 1."""
    done = run("127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith("UNAVAILABLE")
    assert "Traceback" not in done.stderr
