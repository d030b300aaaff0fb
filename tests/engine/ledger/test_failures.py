"""What a driver's error means."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from engine.errors import LedgerFormatError, LedgerRejectedError, LedgerUnavailableError
from engine.ledger.failures import CAUSES, meaning


class _SqliteError(Exception):
    def __init__(self, name: str) -> None:
        super().__init__("it said\nand a row")
        self.sqlite_errorname = name


class _PostgresError(Exception):
    def __init__(self, state: str | None, said: str = "it said\nand a row") -> None:
        super().__init__(said)
        self.sqlstate = state


def _meaning(original: Exception, *, committing: bool = True) -> Exception:
    return meaning(DBAPIError("INSERT", ("secret",), original), "here", committing=committing)


@pytest.mark.parametrize(
    ("original", "cause", "uncertain"),
    [
        (_SqliteError("SQLITE_BUSY"), "locked", False),
        (_SqliteError("SQLITE_BUSY_SNAPSHOT"), "locked", False),
        (_SqliteError("SQLITE_FULL"), "disk full", False),
        (_SqliteError("SQLITE_READONLY_DBMOVED"), "read-only", True),
        (_SqliteError("SQLITE_IOERR_FSYNC"), "input/output", True),
        (_SqliteError("SQLITE_SOMETHING"), "failed", True),
        (_PostgresError(None), "gone", True),
        (_PostgresError("57P01"), "gone", True),
        (_PostgresError("57014"), "locked", False),
        (_PostgresError("53100"), "disk full", False),
        (_PostgresError("53300"), "busy", False),
        (_PostgresError("25006"), "read-only", False),
        (_PostgresError("40001"), "locked", False),
        (_PostgresError("XX000"), "failed", True),
        (_PostgresError(None, 'FATAL:  database "x" does not exist'), "access", True),
        (_PostgresError(None, "FATAL:  the database system is starting up"), "gone", True),
        (_PostgresError(None, "FATAL:  sorry, too many clients already"), "busy", True),
    ],
)
def test_unavailable(original: Exception, cause: str, uncertain: bool):
    """Each refusal has a cause; only some leave open whether a COMMIT counted, and nothing else ever does."""
    error = _meaning(original)
    assert isinstance(error, LedgerUnavailableError)
    assert error.metadata["cause"] == cause
    assert error.uncertain == uncertain
    assert cause in CAUSES
    assert "row" not in str(error)
    assert "secret" not in str(error)
    before = _meaning(original, committing=False)
    assert isinstance(before, LedgerUnavailableError)
    assert not before.uncertain


@pytest.mark.parametrize(
    "original",
    [
        _SqliteError("SQLITE_CONSTRAINT_PRIMARYKEY"),
        _SqliteError("SQLITE_TOOBIG"),
        _PostgresError("22021"),
        _PostgresError("23505"),
        _PostgresError("54000"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        OverflowError("too large"),
    ],
)
def test_rejected(original: Exception):
    """Data that cannot be stored is the caller's matter."""
    assert isinstance(_meaning(original), LedgerRejectedError)


@pytest.mark.parametrize("name", ["SQLITE_NOTADB", "SQLITE_CORRUPT_INDEX"])
def test_damage(name: str):
    """A damaged file is told apart from one that is busy."""
    assert isinstance(_meaning(_SqliteError(name)), LedgerFormatError)


def test_what_is_uncertain_stays_so():
    """Saying whose an error is does not make it more certain."""
    error = _meaning(_PostgresError(None))
    assert isinstance(error, LedgerUnavailableError)
    again = error.about("region x", region="x")
    assert isinstance(again, LedgerUnavailableError)
    assert again.uncertain
    assert again.metadata == {**error.metadata, "region": "x"}
