"""examples/python runs as its first lines say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.engine.server.process import ROOT, serving_process

EXAMPLE = ROOT / "examples" / "python" / "recommend.py"
TRAFFIC = ROOT / "examples" / "python" / "traffic.py"


def run(address: str, example: Path = EXAMPLE) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, example, address], capture_output=True, text=True, timeout=60, check=False)


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
    assert lines[-1].startswith("one could promise ")


def test_without_server_it_says_so():
    """No traceback, exit code 1."""
    done = run("127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith("UNAVAILABLE")
    assert "Traceback" not in done.stderr


def test_traffic_comes_and_goes():
    """A flood slows the drive down now and not in an hour, and is gone when it is taken out."""
    with serving_process() as (_, address, _):
        done = run(address, TRAFFIC)
    assert done.returncode == 0, done.stderr
    before, flooded, during, dried, after, end = done.stdout.splitlines()
    minutes = float(before.split(": ")[1].split(" min")[0])
    assert flooded.startswith("epoch 1: ")
    now, later = (float(part.split(": ")[1].split(" min")[0]) for part in during.split("; "))
    assert (now > minutes, later) == (True, minutes)
    assert dried.startswith("epoch 2: ")
    assert after.startswith(f"departing now: {minutes} min")
    assert end == "the feed ended well: True"
