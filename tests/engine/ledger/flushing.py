"""A process that commits to an SQLite ledger and says each event number that was acknowledged: run under strace."""

from __future__ import annotations

import os
import sys

from sqlalchemy import event as listening

from engine.ledger import Ledger, sqlite
from tests.engine.ledger.samples import filing, fleet

#: Pages of the log after which it is written back: small, so that this happens too.
WRITE_BACK = 40


def main(path: str, synchronous: str, commits: int) -> None:
    """Create the ledger and commit so many times."""
    sqlite.SYNCHRONOUS = synchronous
    with Ledger.open(f"sqlite:///{path}") as ledger:
        listening.listen(
            ledger._database.writer,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA wal_autocheckpoint = {WRITE_BACK}"),
        )
        region = ledger.region("a")
        region.commit(fleet(1), after=0)
        os.write(1, b"ack 2\n")
        for number in range(3, 3 + commits):
            region.commit(filing(number), after=number - 1)
            os.write(1, b"ack %d\n" % number)
        os._exit(0)  # as abrupt as can be


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
