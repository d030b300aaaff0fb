"""URLs of ledgers."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import LedgerFormatError, LedgerUrlError
from engine.ledger import Ledger, address
from graphs.errors import FileMissingError


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.db",
        "/var/lib/ledger.db",
        "mysql://u@h/d",
        "postgresql+asyncpg://u@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory",
        "sqlite:///l.db?synchronous=off",
        "postgresql://u:geheim@host:port/d",
        "postgresql://u:ge@geheim@127.0.0.1:1/d",
        "postgresql://u:ge@127.0.0.1/geheim@h/d",
        "postgresql://u:ge@127.0.0.1/d?geheim@h/d",
        "\0",
    ],
)
def test_what_is_no_url(url):
    """Anything that is not a file of SQLite or a PostgreSQL database is refused, without showing a password."""
    with pytest.raises(LedgerUrlError) as caught:
        address.parse(url)
    assert "geheim" not in str(caught.value)


def test_no_password_is_shown():
    """The URL for people holds no password, nor options that could."""
    parsed = address.parse("postgresql://u:geheim@h/d?password=geheim&sslmode=require")
    assert parsed.drivername == "postgresql+psycopg"
    assert "geheim" not in address.shown(parsed)


def test_a_password_with_any_sign():
    """Written with percents it is what it was, and is not shown."""
    parsed = address.parse("postgresql://u:ge%40he%2Fim@h/d?options=-csearch_path%3Dx%40y")
    assert (parsed.password, parsed.host, parsed.query["options"]) == ("ge@he/im", "h", "-csearch_path=x@y")
    assert "he" not in address.shown(parsed)


def test_without_the_driver(monkeypatch):
    """A missing driver says what to install."""
    monkeypatch.setattr(address, "find_spec", lambda _: None)
    with pytest.raises(LedgerUrlError, match=r"towline\[postgres\]"):
        address.parse("postgresql://u@h/d")


def test_reading_creates_nothing(tmp_path: Path):
    """A tool that only reads leaves no file where there was none."""
    path = tmp_path / "none.db"
    with pytest.raises(FileMissingError):
        Ledger.open(f"sqlite:///{path}", read_only=True)
    assert not path.exists()


def test_a_folder(tmp_path: Path):
    """A folder is no ledger."""
    with pytest.raises(LedgerFormatError):
        Ledger.open(f"sqlite:///{tmp_path}", read_only=True)


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_folder_that_is_missing(tmp_path: Path, exclusive: bool):
    """A folder that does not exist is not made."""
    with pytest.raises(FileMissingError, match="create it first"):
        Ledger.open(f"sqlite:///{tmp_path / 'none' / 'ledger.db'}", exclusive=exclusive)
    assert not (tmp_path / "none").exists()
