"""Compiled kernels are kept by a digest of all kernel sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphs import kernel_cache


def test_digest_follows_kernels_and_what_they_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed kernel, callee or marked constant changes the digest; any other file does not."""
    monkeypatch.setattr(kernel_cache, "HOUSE", tmp_path)
    for room in ("graphs", "engine"):
        (tmp_path / room).mkdir()
    kernel, constant, plain = tmp_path / "graphs/a.py", tmp_path / "engine/b.py", tmp_path / "engine/c.py"
    kernel.write_text("@njit\ndef f(): return 1\n")
    constant.write_text("#: read by kernels\nINF = 7\n")
    plain.write_text("x = 1\n")
    first = kernel_cache.kernel_digest()
    plain.write_text("x = 2\n")
    assert kernel_cache.kernel_digest() == first
    constant.write_text("#: read by kernels\nINF = 8\n")
    second = kernel_cache.kernel_digest()
    kernel.write_text("@njit\ndef f(): return 2\n")
    assert len({first, second, kernel_cache.kernel_digest()}) == 3


def test_numba_uses_the_folder_and_children_agree(tmp_path: Path) -> None:
    """Whoever imports first, numba keeps kernels below the wanted folder, and a child process uses the same one."""
    code = (
        "import {}, subprocess, sys, os;"
        "import graphs, numba; print(numba.config.CACHE_DIR);"
        "os.environ.get('CHILD') or print(subprocess.run([sys.executable, '-c', 'import graphs, numba;"
        " print(numba.config.CACHE_DIR)'], env={{**os.environ, 'CHILD': '1'}}, capture_output=True, text=True).stdout)"
    )
    expected = str(tmp_path / kernel_cache.kernel_digest())
    for early in ("numba", "graphs"):
        run = subprocess.run(
            [sys.executable, "-c", code.format(early)],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.split() == [expected, expected], (early, run.stdout, run.stderr)
