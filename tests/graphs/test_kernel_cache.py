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


def test_where_nothing_can_be_written_kernels_go_to_a_copy(tmp_path: Path) -> None:
    """With what is there already, for this process and its children, gone at its end; never into the home."""
    there = tmp_path / kernel_cache.kernel_digest()
    there.mkdir()
    (there / "known.nbi").write_text("compiled before")
    code = (
        "import os; real = os.access; os.access = lambda path, mode: 'towline-kernels-' in str(path);"
        "import graphs, numba; folder = numba.config.CACHE_DIR;"
        "print(folder, os.path.exists(folder + '/known.nbi'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    folder, known = run.stdout.split()
    assert (Path(folder).name, known) == (there.name, "True")
    assert tmp_path not in Path(folder).parents
    assert not Path(folder).exists()
