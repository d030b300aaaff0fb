"""A process whose disk fails now and then, run under strace: says what came of each commit, and what `last` knows."""

from __future__ import annotations

import sys

from engine.errors import LedgerUnavailableError
from engine.ledger import Ledger
from tests.engine.ledger.samples import filing


def main(path: str, commits: int) -> None:
    """Commit so many times; after a failure go on from where the ledger is."""
    with Ledger.open(f"sqlite:///{path}") as ledger:
        region = ledger.region("a")
        number = region.last()[0]
        for _ in range(commits):
            try:
                region.commit(filing(number + 1), after=number)
                number += 1
                print("committed", number, flush=True)
            except LedgerUnavailableError as error:
                while True:
                    try:
                        number = region.last()[0]
                        break
                    except LedgerUnavailableError:
                        continue
                print("failed", number, error.uncertain, error.metadata["cause"], flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
