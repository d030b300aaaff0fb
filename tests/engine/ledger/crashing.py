"""A process that commits until it is killed, and says each event number that was acknowledged."""

from __future__ import annotations

import sys
from dataclasses import replace

from engine.ledger import Batch, Ledger
from tests.engine.ledger.samples import event, filing

#: Events of one batch.
EVENTS = 5


def batch(after: int) -> Batch:
    """Five events, the last of which is an incident filed and decided."""
    number = after + EVENTS
    made = filing(number)
    return replace(made, events=[*(event(n) for n in range(after + 1, number)), *made.events])


def main(url: str) -> None:
    """Commit forever."""
    with Ledger.open(url, exclusive=True) as ledger:
        region = ledger.region("a")
        number = region.last()[0]
        while True:
            region.commit(batch(number), after=number)
            number += EVENTS
            print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
