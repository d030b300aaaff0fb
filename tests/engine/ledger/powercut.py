"""What a disk may hold after the power failed: rebuilt from a trace of what a process asked of the kernel.

The page cache survives `kill -9`, so that proves nothing about flushing. Here every write, truncation, creation and
removal counts for certain only once its file, or for names its folder, was synced; of the rest any part may be there.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: For strace: what changes files, and what makes it stay; strings in hexadecimal, descriptors with their paths.
CALLS = "openat,open,creat,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,unlink,unlinkat,rename"
STRACE = ["strace", "-y", "-qq", "-xx", "-s", "100000000", "-e", f"trace={CALLS}", "-e", "signal=none"]

_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(\d+)<([^>]*)>")


@dataclass(slots=True)
class _File:
    """Content that was synced, and what was asked since: (offset, bytes), or (length, None) for a truncation."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, some: list[tuple[int, bytes | None]]) -> bytearray:
        content = bytearray(self.synced)
        for at, piece in some:
            end = at if piece is None else at + len(piece)
            content.extend(bytes(max(0, end - len(content))))
            if piece is None:
                del content[at:]
            else:
                content[at:end] = piece
        return content

    def sync(self) -> None:
        self.synced, self.since = self.after(self.since), []


class Disk:
    """One folder, as its process sees it and as it is for certain."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, _File] = {}
        self._synced: dict[str, _File] = {}
        self._since: list[dict[str, _File]] = []  # the names after each change that was not synced

    def follow(self, trace: Path) -> Iterator[bytes]:
        """Call by call what the process wrote to its standard output, mostly nothing; the disk is then as it was."""
        with trace.open() as lines:
            for line in lines:
                call = _CALL.match(line)
                if call is not None and int(call[3]) >= 0:
                    yield self._see(call[1], call[2], int(call[3]))

    def cut(self, to: Path, chance: random.Random | None = None) -> None:
        """What is there when the power fails now: nothing that was not synced, or with `chance` some of it."""
        names = self._synced
        if chance is not None and self._since:
            names = chance.choice([names, *self._since])
        to.mkdir()
        for name, file in names.items():
            some = [] if chance is None else [piece for piece in file.since if chance.random() < 0.5]
            (to / name).write_bytes(file.after(some))

    def _see(self, call: str, words: str, result: int) -> bytes:
        on = _DESCRIPTOR.match(words)
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(words)]
        path = Path(os.fsdecode(_plain(on[2]))) if on is not None else None
        if call == "write" and on is not None and on[1] == "1":
            return texts[0]
        if call in ("open", "openat", "creat"):
            place = Path(os.fsdecode(texts[0]))
            created = "O_CREAT" in words or call == "creat"
            if created and place.parent == self._folder and place.name not in self._names:
                self._name({**self._names, place.name: _File()})
        elif call in ("unlink", "unlinkat"):
            place = Path(os.fsdecode(texts[-1]))
            if place.parent == self._folder:
                self._name({name: file for name, file in self._names.items() if name != place.name})
        elif call in ("fsync", "fdatasync") and path == self._folder:
            self._synced, self._since = self._names, []
        elif path is not None and path.parent == self._folder and not path.name.endswith("-shm"):
            self._change(self._names[path.name], call, words, texts, result)
        return b""

    def _change(self, file: _File, call: str, words: str, texts: list[bytes], result: int) -> None:
        if call == "pwrite64":
            file.since.append((int(words.rpartition(",")[2]), texts[0][:result]))
        elif call == "ftruncate":
            file.since.append((int(words.rpartition(",")[2]), None))
        elif call in ("fsync", "fdatasync"):
            file.sync()
        else:
            raise AssertionError(f"{call} is not followed")

    def _name(self, names: dict[str, _File]) -> None:
        self._names = names
        self._since.append(names)


def _plain(path: str) -> bytes:
    return bytes.fromhex(path.replace("\\x", "")) if path.startswith("\\x") else os.fsencode(path)
