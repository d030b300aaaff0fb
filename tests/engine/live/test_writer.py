"""The writer: batches, two who want the same unit, requests that are repeated, commands that poison."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import (
    IncidentExistsError,
    LedgerRejectedError,
    RequestConflictError,
    StoppingError,
    UnitEngagedError,
)
from engine.ledger.rows import Batch
from engine.live.awaited import Awaited
from engine.live.commands.ending import CancelIncident
from engine.live.commands.filing import CreateIncident
from engine.live.commands.fleet import StoreFleet
from engine.live.commands.units import AssignUnit
from engine.live.state import Head
from engine.live.writer import Answer, Asked
from engine.server.fleet_store import Staged
from tests.engine.live.world import World, dispatcher, fleet, need

CALLERS = 12


def rush(world: World) -> Counter[str]:
    """Callers on threads of their own, each wanting one of five units in its own incident; how often each is given."""
    gate = threading.Barrier(CALLERS)
    futures: list[Awaited[Answer]] = []

    def call(k: int) -> None:
        gate.wait(10)
        futures.append(world.writer.submit(Asked(CreateIncident(f"i{k}", world.now, need=need(f"i{k}", number=k)))))

    threads = [threading.Thread(target=call, args=(k,)) for k in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    world.writer.start()  # only now: all of them are one batch
    records = [future.result(timeout=30).record for future in futures]
    world.writer.stop()
    assert world.writer.batches == 1
    return Counter(leg.unit for record in records if record is not None for leg in record.legs if leg.unit)


def test_two_of_one_batch_never_get_the_same_unit() -> None:
    """Twelve at once for five units: five are served, each by one of its own."""
    assert rush(World(dispatcher(offers_to="nobody"), fleet(5))) == {f"u{k}": 1 for k in range(5)}


def test_they_would_if_commands_saw_only_what_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above is able to fail: validated against published state, units are given away twice."""
    monkeypatch.setattr(Head, "engaged", lambda self, unit: self._state.engaged.get(unit, frozenset()))
    given = rush(World(dispatcher(offers_to="nobody"), fleet(5)))
    assert max(given.values()) > 1


def test_a_unit_sent_by_hand_twice_in_one_batch() -> None:
    """The second dispatcher is told that the first was faster."""
    world = World(dispatcher(offers_to="nobody"), fleet(3))
    taken = {world.create(key, number).legs[0].unit for key, number in (("a", 0), ("b", 20))}
    (free,) = {"u0", "u1", "u2"} - taken
    first, second = (Asked(AssignUnit(key, "", "nearer", free), key) for key in ("a", "b"))
    world.batch(first, second)
    assert first.future.result(0).record.legs[0].unit == free  # ty: ignore[missing-union-attribute]
    assert isinstance(second.future.exception(0), UnitEngagedError)


def test_a_unit_that_leaves_the_fleet_in_the_same_batch() -> None:
    """It is not chosen, nor sent by hand; one that was chosen before it left stays."""
    world = World(dispatcher(offers_to="nobody"), fleet(2))
    away = Staged(world.store.snapshot, removed_units=(world.store.snapshot.unit("coquimbo", "p0", "u0"),))
    gone, made = Asked(StoreFleet([away])), Asked(CreateIncident("a", world.now, need=need("a")))
    world.batch(gone, made)
    assert made.future.result(0).record.legs[0].unit == "u1"  # ty: ignore[missing-union-attribute]
    late, taken = Asked(CreateIncident("b", world.now, need=need("b"))), Asked(StoreFleet([away]))
    world.batch(late, taken)
    assert late.future.result(0).record.legs[0].unit == "u0"  # ty: ignore[missing-union-attribute]
    assert isinstance(taken.future.exception(0), UnitEngagedError)


def test_what_is_only_tried_changes_nothing() -> None:
    """validate_only answers as if it were done; the unit is still there for the next of the batch."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    tried = Asked(CreateIncident("a", world.now, need=need("a")), validate_only=True, request_id="r", method="M")
    done = Asked(CreateIncident("b", world.now, need=need("b")))
    world.batch(tried, done)
    assert [a.future.result(0).record.legs[0].unit for a in (tried, done)] == ["u0", "u0"]  # ty: ignore[missing-union-attribute]
    assert set(world.writer.state.incidents) == {"b"}
    assert world.ledger.answered == {}


# -- requests that come again


def asked(key: str, digest: bytes = b"1", request_id: str = "r-1", **more: Any) -> Asked:
    command = CreateIncident(key, need("x").received_at, need=need(key))
    return Asked(command, "ada", "CreateIncident", request_id, digest, tell=lambda a: a.record.id.encode(), **more)  # ty: ignore[missing-union-attribute]


@pytest.mark.parametrize("between", [lambda _: None, World.restart], ids=["at once", "after a restart"])
def test_a_repeated_request_is_done_once(between: Callable[[World], None]) -> None:
    """Same id and content: the bytes of then, though the incident has ended since; other content: refused."""
    world = World()
    world.batch(asked("a"))
    world.run(CancelIncident("a"))
    between(world)
    number = world.writer.state.number
    again, other = world.batch(asked("a"), asked("b", b"2"))
    assert again.future.result(0).told == b"a"
    assert isinstance(other.future.exception(0), RequestConflictError)
    assert world.writer.state.number == number


def test_repeated_within_one_batch() -> None:
    """The second gets the first one's answer; another content is refused; another method's id is its own."""
    world = World()
    other_method = Asked(CreateIncident("c", world.now), "ada", "Other", "r-1", b"3", tell=lambda _: b"c")
    first, again, other, elsewhere = world.batch(asked("a"), asked("a"), asked("b", b"2"), other_method)
    assert [each.future.result(0).told for each in (first, again, elsewhere)] == [b"a", b"a", b"c"]
    assert isinstance(other.future.exception(0), RequestConflictError)
    assert set(world.writer.state.incidents) == {"a", "c"}


def test_a_refused_request_is_not_remembered() -> None:
    """It may be sent again with its id, and is done when it can be."""
    world = World()
    world.run(CreateIncident("a", world.now))
    (refused,) = world.batch(asked("a"))
    assert isinstance(refused.future.exception(0), IncidentExistsError)
    (fine,) = world.batch(asked("b", b"1"))
    assert fine.future.result(0).told == b"b"


# -- one that the ledger refuses


def poisoned(batch: Batch) -> None:
    if any(row.request_id == "poison" for row in batch.answers):
        raise LedgerRejectedError("what cannot be stored")


def test_a_command_that_poisons_a_batch_alone_fails() -> None:
    """The others are done, each for itself, and are on disk."""
    world = World(dispatcher(offers_to="nobody"), fleet(3))
    world.ledger.before = poisoned
    made = world.batch(*(asked(key, request_id=key) for key in ("a", "poison", "b")))
    assert [type(each.future.exception(0)) for each in made] == [type(None), LedgerRejectedError, type(None)]
    assert set(world.writer.state.incidents) == {"a", "b"} == set(world.ledger.kept)
    assert set(world.ledger.answered) == {("CreateIncident", "a"), ("CreateIncident", "b")}


def test_who_was_refused_beside_a_poison_stays_refused() -> None:
    """What only the poisoned command stood against is not done behind the back of a caller who was told no."""
    world = World()
    world.ledger.before = poisoned
    (poison, refused) = world.batch(asked("a", request_id="poison"), Asked(CreateIncident("a", world.now)))
    assert isinstance(poison.future.exception(0), LedgerRejectedError)
    assert isinstance(refused.future.exception(0), IncidentExistsError)
    assert (world.writer.state.incidents, world.ledger.kept) == ({}, {})


# -- the end


def test_what_comes_after_the_end_is_refused() -> None:
    """What was queued before is finished."""
    world = World()
    world.writer.start()
    before = world.writer.submit(Asked(CreateIncident("a", world.now)))
    world.writer.stop()
    assert before.result(timeout=10).record is not None
    assert isinstance(world.writer.submit(Asked(CreateIncident("b", world.now))).exception(10), StoppingError)


def test_a_bug_in_one_command_is_that_command_s() -> None:
    """Whatever it raises, it alone fails, leaves nothing behind, and is reported."""
    world = World()

    class Broken:
        def run(self, desk: Any) -> None:
            CreateIncident("half", world.now, need=need("half")).run(desk)
            raise ZeroDivisionError

    broken, fine = world.batch(Asked(Broken()), Asked(CreateIncident("a", world.now, need=need("a"))))
    assert isinstance(broken.future.exception(0), ZeroDivisionError)
    assert fine.future.result(0).record.legs[0].unit == "u0"  # ty: ignore[missing-union-attribute]
    assert [type(each) for each in world.troubles] == [ZeroDivisionError]
    assert set(world.writer.state.engaged) == {"u0"}
