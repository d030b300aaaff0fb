"""Where compiled kernels are kept, so that a kernel is never run from a compilation of older source.

numba's own cache looks at the date of the file a kernel stands in, not at the kernels it calls or the constants it
reads: after an update a stale kernel would run silently. So the cache folder carries a digest of all kernel sources.
Must be called before the first kernel is decorated, hence from ``graphs/__init__.py``.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from graphs.cache import cache_folder

#: A file is read by kernels if it holds one, or says so.
MARKS = (b"njit", b"read by kernels")
HOUSE = Path(__file__).parent.parent
ROOMS = ("graphs", "engine")


def kernel_digest() -> str:
    """Twelve hex digits that change with any kernel of this installation."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py")):
        source = path.read_bytes()
        if any(mark in source for mark in MARKS):
            digest.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + source)
    return digest.hexdigest()


def _writable(folder: Path) -> Path:
    """The folder, or a temporary copy of it where nothing can be written: numba would put all into the home instead,
    and tell old from new by dates."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    made = Path(tempfile.mkdtemp(prefix="towline-kernels-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    copy = made / folder.name
    try:
        shutil.copytree(folder, copy)
    except OSError:
        copy.mkdir(exist_ok=True)
    return copy


def use_kernel_cache() -> None:
    """Point numba at this installation's folder, below ``NUMBA_CACHE_DIR`` when that is set."""
    digest = kernel_digest()
    base = os.environ.get("NUMBA_CACHE_DIR")
    if base and Path(base).name == digest:  # set by the process that started this one
        return
    folder = str(_writable(Path(base) / digest if base else cache_folder() / "kernels" / digest))
    os.environ["NUMBA_CACHE_DIR"] = folder
    if "numba" in sys.modules:
        import numba

        numba.config.CACHE_DIR = folder  # ty: ignore[missing-attribute]
