"""examples/python/locate.py runs as its first lines say."""

from __future__ import annotations

import subprocess
import sys

from tests.engine.server.process import ROOT, serving_process

EXAMPLE = ROOT / "examples" / "python" / "locate.py"


def test_it_tells_the_carriageways_apart():
    """A bare place has the opposite carriageway as rival, a heading or a word decides, a bad heading has its error."""
    with serving_process() as (_, address, _):
        command = [sys.executable, EXAMPLE, address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("  or opposite carriageway: Ruta 5") for line in lines)
    sides = {line.split(": ")[0]: line for line in lines if not line.startswith(" ")}
    assert "driven at 2" in sides["driving north"]
    assert "Ruta 5" in sides["on the number"]
    assert sides["driving north"].split("sure")[0] != sides["on the number"].split("sure")[0]
    assert sides["a bad compass"].startswith("a bad compass: INVALID_HEADING: locations[3].heading_deg")
