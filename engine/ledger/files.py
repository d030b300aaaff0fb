"""Are a ledger's files still the ones that were opened?

A removed or replaced file goes on taking commits for those who have it open, and nobody will ever read them.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import LedgerUnavailableError

Identity = tuple[int, int] | None
#: Causes that SQLite may give for a file that is no longer where it was.
_MAY_BE = ("input/output", "access", "read-only", "failed")


class Files:
    """An SQLite file and its log, as one writer opened them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log_path = Path(f"{path}-wal")
        self._file = _identity(path)
        self._log: Identity = None

    def opening(self) -> None:
        """Before connecting, which would make a new file in place of a missing one; the log may be new."""
        self._log = None
        if _identity(self._path) != self._file:
            raise moved(self._path, uncertain=False)

    def committed(self) -> None:
        """After a commit: it counts only in the files that others find."""
        log = _identity(self._log_path)
        if self._log is None:
            self._log = log
        if log is None or log != self._log or _identity(self._path) != self._file:
            raise moved(self._path, uncertain=True)


class Opened:
    """The file that a ledger opened first, to all of its connections."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Identity = None

    def opened(self) -> None:
        """A connection was made."""
        if self._file is None:
            self._file = _identity(self._path)

    def opening(self) -> None:
        """Before another one, which would make a new file in place of a missing one."""
        if self._away():
            raise moved(self._path, uncertain=False)

    def explained(self, error: LedgerUnavailableError) -> LedgerUnavailableError:
        """The true cause: to SQLite a file that is no longer where it was may look like a disk that fails."""
        return (
            moved(self._path, uncertain=error.uncertain)
            if error.metadata["cause"] in _MAY_BE and self._away()
            else error
        )

    def _away(self) -> bool:
        return self._file is not None and _identity(self._path) != self._file


def moved(path: Path, *, uncertain: bool) -> LedgerUnavailableError:
    return LedgerUnavailableError(
        f"{path} or its log was moved, removed or replaced while a server had it: "
        "stop the server, put them back, start it again",
        uncertain=uncertain,
        ledger=path,
        cause="moved",
        said="another file, or none",
    )


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
