"""Flushes to disk counted, and made slower: a library put before the C library's own fsync and fdatasync.

It needs a C compiler; without one nothing is counted, and slower flushes are not measured.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long *shared; /* flushes so far; microseconds added to each */

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("TOWLINE_FLUSHES");
    int file = path ? open(path, O_RDWR) : -1;
    if (file >= 0) {
        void *found = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (found != MAP_FAILED) shared = found;
        close(file);
    }
}

static int flush(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (shared) {
        unsigned long us = shared[1];
        __sync_fetch_and_add(&shared[0], 1);
        struct timespec pause = {us / 1000000, (us % 1000000) * 1000};
        if (us) nanosleep(&pause, 0);
    }
    return real(file);
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
"""


class Flushes:
    """The flushes of a process that was started with `environment`."""

    def __init__(self, folder: Path) -> None:
        """``folder``: where the library is put; OSError or CalledProcessError when it cannot be built."""
        self._path, source, library = folder / "flushes", folder / "flushes.c", folder / "flushes.so"
        source.write_text(_SOURCE)
        self._path.write_bytes(bytes(mmap.PAGESIZE))
        compiler = shutil.which("cc") or shutil.which("gcc") or "cc"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        self.environment = {"LD_PRELOAD": str(library), "TOWLINE_FLUSHES": str(self._path)}
        with self._path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    @staticmethod
    def here(folder: Path) -> Flushes | None:
        """None where there is no compiler."""
        try:
            return Flushes(folder)
        except (OSError, subprocess.CalledProcessError):
            return None

    @property
    def count(self) -> int:
        """So far."""
        return struct.unpack_from("L", self._shared, 0)[0]

    def slow(self, added_s: float) -> None:
        """Make every flush from now on take so much longer."""
        struct.pack_into("L", self._shared, 8, round(added_s * 1e6))

    def close(self) -> None:
        self._shared.close()


def environment(flushes: Flushes | None) -> dict[str, str]:
    """The environment of a process whose flushes are counted."""
    return {**os.environ, **(flushes.environment if flushes is not None else {})}
