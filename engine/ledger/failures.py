"""What a database's refusal means: every driver's error as one of the ledger's."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from engine.errors import LedgerFormatError, LedgerRejectedError, LedgerUnavailableError
from graphs.errors import TowlineError

#: What a refusal may mean, and what to do about it.
CAUSES = {
    "gone": "the database does not answer: is it running, and is the way to it open?",
    "locked": "somebody keeps the database locked: end whatever holds a transaction open in it",
    "disk full": "the disk of the database is full: make room",
    "read-only": "the database cannot be written to: look at its permissions, or whether it is a standby",
    "access": "the database refuses access: look at user, password and permissions",
    "busy": "the database takes no more connections",
    "input/output": "the disk of the database fails to read or write",
    "failed": "the database failed",
}

# By SQLSTATE, the longest beginning first (PostgreSQL's manual, appendix A).
_POSTGRES = {
    "53100": "disk full",
    "53": "busy",
    "25006": "read-only",
    "55P03": "locked",
    "57014": "locked",
    "40": "locked",
    "42501": "access",
    "28": "access",
    "3D": "access",
    "58": "input/output",
    "57": "gone",
    "08": "gone",
    "25P03": "gone",  # too long idle in a transaction: the server ended it
}
_POSTGRES_REJECTS = ("22", "23", "54")
_PASSING = ("starting up", "shutting down", "recovery", "not yet accepting", "terminating")
# By the name of SQLite's result code (sqlite.org/rescode.html).
_SQLITE = {
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_FULL": "disk full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_PERM": "access",
    "SQLITE_CANTOPEN": "access",
    "SQLITE_IOERR": "input/output",
}
_SQLITE_REJECTS = ("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG")
_SQLITE_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


@contextmanager
def translated(where: str, *, committing: bool = False, alone: bool = True) -> Generator[None]:
    """Errors of the database inside become `LedgerUnavailableError`, `LedgerRejectedError` or `LedgerFormatError`.

    `committing`: what happens inside is the COMMIT, so that a failure may leave it open whether it counts. `alone`:
    only the database is at work inside, so that text or a number it cannot take is the reason of Python's own errors.
    """
    kinds: tuple[type[Exception], ...] = (DBAPIError, PoolTimeoutError, StatementError)
    if alone:
        kinds += (UnicodeError, OverflowError)
    try:
        yield
    except kinds as error:
        raise meaning(error, where, committing=committing) from error


def meaning(error: Exception, where: str, *, committing: bool = False) -> TowlineError:
    """The ledger's error for a driver's."""
    if isinstance(error, PoolTimeoutError):
        return _unavailable("busy", where, "all connections are in use")
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    # the first line: what follows may quote the row
    said = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    if isinstance(cause, (UnicodeError, OverflowError)):
        return _rejected(where, f"{type(cause).__name__}")
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        if name.startswith(_SQLITE_DAMAGE):
            return LedgerFormatError(f"{where} is no ledger, or a damaged one: {said}", ledger=where)
        if name.startswith(_SQLITE_REJECTS):
            return _rejected(where, said)
        kind = next((kind for start, kind in _SQLITE.items() if name.startswith(start)), "failed")
        return _unavailable(kind, where, said, uncertain=committing and kind not in ("disk full", "locked"))
    state = getattr(cause, "sqlstate", None)
    if state is None:
        if isinstance(error, DBAPIError) and type(cause).__name__ in (
            "DataError",
            "InterfaceError",
            "ProgrammingError",
        ):
            return _rejected(where, said)
        return _unavailable(_refusal(said), where, said, uncertain=committing)
    if state.startswith(_POSTGRES_REJECTS):
        return _rejected(where, said)
    starts = sorted(_POSTGRES, key=len, reverse=True)
    kind = next((_POSTGRES[start] for start in starts if state.startswith(start)), "failed")
    # a server that says why has rolled back, unless it says that it goes away
    return _unavailable(kind, where, said, uncertain=committing and kind in ("gone", "input/output", "failed"))


def _refusal(said: str) -> str:
    """What PostgreSQL means that refuses a connection: the driver passes on its words only."""
    if "FATAL" not in said or any(words in said for words in _PASSING):
        return "gone"
    return "busy" if "too many" in said or "remaining connection slots" in said else "access"


def _unavailable(kind: str, where: str, said: str, *, uncertain: bool = False) -> LedgerUnavailableError:
    return LedgerUnavailableError(
        f"the ledger {where} is unavailable ({kind}): {CAUSES[kind]} ({said})",
        uncertain=uncertain,
        ledger=where,
        cause=kind,
        said=said,
    )


def _rejected(where: str, said: str) -> LedgerRejectedError:
    return LedgerRejectedError(f"the database of the ledger refuses the data: {said}", ledger=where, said=said)
