"""Writers beside each other."""

from __future__ import annotations

import threading

import pytest

from engine.errors import LedgerFencedError
from engine.ledger import Ledger, RegionLedger
from engine.ledger.check import check
from tests.engine.ledger.samples import filing

ROUNDS = 40


def _run(*jobs) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_servers_at_once(url: str):
    """Of two servers that write the same event at the same moment exactly one succeeds, every time."""
    won: list[tuple[str, int]] = []
    meet = threading.Barrier(2)

    def serve(name: str) -> None:
        with Ledger.open(url) as ledger:
            region = ledger.region("a")
            for number in range(1, ROUNDS + 1):
                meet.wait(30)
                try:
                    region.commit(filing(number, customer=name), after=number - 1)
                    won.append((name, number))
                except LedgerFencedError as error:
                    assert error.metadata["last_number"] == str(number)  # noqa: PT017
                meet.wait(30)

    Ledger.open(url).close()
    _run(lambda: serve("one"), lambda: serve("two"))
    assert sorted(number for _, number in won) == list(range(1, ROUNDS + 1))
    with Ledger.open(url, read_only=True) as ledger:
        region = ledger.region("a")
        assert {(row.customer, row.number) for row in region.load().incidents} == set(won)
        assert list(check(region)) == []


def test_regions_side_by_side(ledger: Ledger):
    """Regions of one ledger are written from threads of their own."""

    def write(region: RegionLedger) -> None:
        for number in range(1, ROUNDS + 1):
            region.commit(filing(number), after=number - 1)

    regions = [ledger.region(name) for name in ("a", "b", "c")]
    _run(*(lambda region=region: write(region) for region in regions))
    assert [region.last()[0] for region in regions] == [ROUNDS] * 3


def test_one_writer_from_two_threads(region: RegionLedger):
    """Two threads on one region wait for each other; the one that came second is fenced."""
    outcome: list[str] = []

    def write() -> None:
        try:
            region.commit(filing(1), after=0)
            outcome.append("written")
        except LedgerFencedError:
            outcome.append("fenced")

    _run(write, write)
    assert sorted(outcome) == ["fenced", "written"]


def test_after_closing(region: RegionLedger):
    """A region that was closed connects anew when it is used again."""
    region.commit(filing(1), after=0)
    region.close()
    region.commit(filing(2), after=1)
    with pytest.raises(LedgerFencedError):
        region.commit(filing(2), after=1)
