"""Starts `serving` as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def serving_process() -> Generator[tuple[subprocess.Popen[str], str, list[int]], None, None]:
    """(process, address, pids of its flow processes) once it serves; ended afterwards."""
    command = [sys.executable, "-m", "tests.engine.server.serving"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words, process.communicate()[1]
        yield process, words[0], [int(word) for word in words[1:]]
    finally:
        process.kill()
        process.communicate()
