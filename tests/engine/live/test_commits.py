"""Commits that fail: nothing of them is shown, and what nobody knows is looked up."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import LedgerFencedError, LedgerUnavailableError
from engine.ledger.rows import Batch
from engine.live.commands.ending import CancelIncident
from engine.live.commands.filing import CreateIncident
from engine.live.commands.units import UnassignUnit
from engine.live.writer import Asked
from graphs.errors import TowlineError
from tests.engine.live.world import World, need

CERTAIN = LedgerUnavailableError("the disk is full")
UNCERTAIN = LedgerUnavailableError("the connection was lost", uncertain=True)
FENCED = LedgerFencedError("somebody else writes")


def failing(error: TowlineError) -> Any:
    def fail(_: Batch) -> None:
        raise error

    return fail


def fine(_: Batch) -> None:
    pass


def shot(world: World) -> Any:
    state = world.writer.state
    indices = set(state.blocked), set(state.booked), set(state.waiting)
    return dict(state.incidents), dict(state.engaged), *indices, state.number, state.at


@pytest.mark.parametrize("error", [CERTAIN, UNCERTAIN, FENCED], ids=["certain", "uncertain", "fenced"])
def test_nothing_of_a_failed_batch_is_shown(error: TowlineError) -> None:
    """State, events and answers are as before, every caller is told, and the next batch goes on from there."""
    world = World()
    world.create("a")
    before, events = shot(world), len(world.events)
    world.ledger.before = failing(error)
    both = world.batch(
        Asked(UnassignUnit("a", "", "broken down", "u0")), Asked(CreateIncident("b", world.now, need=need("b")))
    )
    assert [each.future.exception(0) for each in both] == [error, error]
    assert (shot(world), len(world.events)) == (before, events)
    world.ledger.before = fine
    assert world.create("b", 9).number > before[5]
    assert world.events[-1].number == len(world.ledger.rows)


def test_a_commit_that_counted_though_nobody_said_so() -> None:
    """The batch was told that it failed; before the next one its events are taken from the ledger and published."""
    world = World()
    world.create("a")
    world.ledger.after = failing(UNCERTAIN)
    made = Asked(
        CreateIncident("b", world.now, need=need("b")), "ada", "CreateIncident", "r", b"1", tell=lambda _: b"b"
    )
    gone = Asked(CancelIncident("a"))
    world.batch(made, gone)
    assert made.future.exception(0) is gone.future.exception(0) is UNCERTAIN
    assert set(world.writer.state.incidents) == {"a"}
    world.ledger.after = fine
    again = Asked(
        CreateIncident("b", world.now, need=need("b")), "ada", "CreateIncident", "r", b"1", tell=lambda _: b"x"
    )
    late = Asked(CreateIncident("c", world.now, need=need("c")))
    world.batch(again, late)
    assert again.future.result(0).told == b"b", "the answer of then"
    assert late.future.result(0).record is not None
    assert set(world.writer.state.incidents) == {"b", "c"}
    assert [event.number for event in world.events] == list(range(1, len(world.ledger.rows) + 1)), "each told once"
    before = shot(world)
    world.restart()
    assert shot(world) == before


def test_a_ledger_that_stays_away() -> None:
    """Every batch is refused for as long as nobody knows what the last one did."""
    world = World()
    world.ledger.before = failing(UNCERTAIN)
    world.batch(Asked(CreateIncident("a", world.now)))
    world.ledger.before = fine
    away, last = failing(CERTAIN), world.ledger.last
    world.ledger.last = lambda: away(Batch())
    (refused,) = world.batch(Asked(CreateIncident("b", world.now)))
    assert refused.future.exception(0) is CERTAIN
    world.ledger.last = last
    assert world.do(CreateIncident("b", world.now)).number == 1


def test_events_of_many_batches_are_taken_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much was committed while this writer did not know."""
    monkeypatch.setattr("engine.live.writer.MOST_EVENTS", 3)
    world = World()
    world.ledger.after = failing(UNCERTAIN)
    world.batch(*(Asked(CreateIncident(f"i{k}", world.now, need=need(f"i{k}", number=k))) for k in range(5)))
    world.ledger.after = fine
    world.create("last", 30)
    assert [event.number for event in world.events] == list(range(1, len(world.ledger.rows) + 1))
    assert set(world.writer.state.incidents) == {*(f"i{k}" for k in range(5)), "last"}
