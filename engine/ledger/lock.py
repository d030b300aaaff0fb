"""A file that one server at a time holds, beside a ledger in SQLite."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from types import TracebackType

from engine.errors import LedgerInUseError, LedgerUnavailableError


def check_names(ledger: Path) -> None:
    """LedgerUnavailableError when the file has two names (hard links): the lock, and the log with what was committed
    last, have the name that a server used, and who uses the other one would find neither."""
    try:
        found = ledger.stat()
    except OSError:
        return  # not there yet, or told by whoever opens it
    names = found.st_nlink
    if stat.S_ISREG(found.st_mode) and names > 1:
        raise LedgerUnavailableError(
            f"the ledger {ledger} has {names} names (hard links), and under each its last changes would be looked for "
            "elsewhere: remove all but the one that servers used; to back it up see docs/ledger.md",
            ledger=ledger,
            cause="linked",
            said="hard links",
        )


class FileLock:
    """The advisory lock `<ledger>.lock`, from construction to `close`; the kernel lets go when the process ends."""

    def __init__(self, ledger: Path) -> None:
        """LedgerInUseError, LedgerUnavailableError."""
        check_names(ledger)
        path = Path(f"{ledger.resolve()}.lock")
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise LedgerUnavailableError(
                f"the ledger {ledger} cannot be locked: {error}", ledger=ledger, cause="access", said=error.strerror
            ) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(self._handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise LedgerInUseError(
                f"the ledger {ledger} is in use by another server (process {pid}): stop it, or use another ledger",
                ledger=ledger,
                pid=pid,
            ) from error
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """Let go. The file stays: removing it would let two servers lock two files of one name."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
