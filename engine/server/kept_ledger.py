"""The ledger of a server: the one that was named, or one for as long as it runs."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from engine.ledger import Ledger


class KeptLedger:
    """Opens the ledger; `close` when the server has stopped."""

    def __init__(self, url: str | None) -> None:
        self._folder = None if url else TemporaryDirectory(prefix="towline-ledger-", ignore_cleanup_errors=True)
        try:
            where = url or f"sqlite:///{self._folder.name if self._folder else ''}/ledger.db"
            self.ledger = Ledger.open(where, exclusive=True)
        except BaseException:
            self._clean()
            raise

    @property
    def temporary(self) -> bool:
        """Whether it is gone when the server stops."""
        return self._folder is not None

    def close(self) -> None:
        self.ledger.close()
        self._clean()

    def _clean(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
