"""Nobody waits for compilers."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.engine.server.process import ROOT


def test_nothing_is_compiled_once_it_serves():
    """One of each call, small and large, meets only kernels that warming up compiled."""
    command = [sys.executable, "-m", "tests.engine.server.warm"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert json.loads(answer.stdout.splitlines()[-1]) == []
