"""Where a ledger is: a URL checked, and written without its password."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import LedgerUrlError

FORMS = "write sqlite:///path/to/file (four slashes for an absolute path) or postgresql://user@host/database"


def parse(url: str) -> URL:
    """The URL with the driver that is used; raises `LedgerUrlError`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # not quoted: it may hold a password
        raise LedgerUrlError(f"this is no URL of a ledger: {FORMS}") from None
    if parsed.drivername == "sqlite":
        if parsed.database in (None, "", ":memory:") or parsed.host or str(parsed.database).startswith("file:"):
            raise LedgerUrlError(f"a ledger in SQLite needs a file: {FORMS}", url=shown(parsed))
        if parsed.query:
            raise LedgerUrlError("a ledger in SQLite takes no options after '?'", url=shown(parsed))
        return parsed
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        if url.count("@") > 1:  # part of a password would be taken for the host's name, and shown
            raise LedgerUrlError("a '@' in a name, a password or an option of this URL is written %40")
        if find_spec("psycopg") is None:
            raise LedgerUrlError(
                "a ledger in PostgreSQL needs the driver psycopg: pip install 'towline[postgres]'", driver="psycopg"
            )
        return parsed.set(drivername="postgresql+psycopg")
    raise LedgerUrlError(f"a ledger cannot be kept in {parsed.drivername!r}: {FORMS}", scheme=parsed.drivername)


def shown(url: URL) -> str:
    """The URL for people: a password, and options that could hold one, are left out."""
    return url.set(query={}).render_as_string(hide_password=True)


def without_password(url: URL) -> str:
    """The URL as it could be given, without what `shown` leaves out, or puts stars for."""
    kind = url.drivername.partition("+")[0]
    return URL.create(kind, url.username, None, url.host, url.port, url.database).render_as_string()


def file(url: URL) -> Path | None:
    """The file of a ledger in SQLite; None for a server."""
    return Path(str(url.database)) if url.drivername == "sqlite" else None
