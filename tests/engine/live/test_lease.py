"""When a server takes a region's lease, and when it trusts the one it has; the database and the clock are made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import LedgerUnavailableError
from engine.ledger import Lease
from engine.live.lease import FAILED_S, MOMENT_S, PATIENCE, TRUSTED, LeaseKeeper

LIFE_S = 4.0


class World:
    """One row with a lease, and a clock that is that of the database and of all servers."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.row = Lease("", "", 0, 0)
        self.ends = 0.0
        self.gone = False

    def seen(self) -> Lease:
        if self.gone:
            raise LedgerUnavailableError("gone", cause="gone")
        return replace(self.row, left_us=max(0, round((self.ends - self.now) * 1e6)))

    def take(self, holder: str, address: str, *, for_us: int, instead_of: str = "") -> Lease | None:
        if self.seen().left_us > 0 and self.row.holder not in ("", holder, instead_of):
            return None
        self.row, self.ends = Lease(holder, address, self.row.epoch + 1, 0), self.now + for_us / 1e6
        return self.seen()

    def renew(self, lease: Lease, *, for_us: int) -> Lease | None:
        if (self.seen().holder, self.row.epoch) != (lease.holder, lease.epoch):
            return None
        self.ends = self.now + for_us / 1e6
        return self.seen()

    def give_back(self, lease: Lease) -> bool:
        if (self.seen().holder, self.row.epoch) != (lease.holder, lease.epoch):
            return False
        self.row, self.ends = Lease("", "", lease.epoch, 0), 0.0
        return True

    def keeper(self, name: str, *, preferred: bool = True) -> LeaseKeeper:
        return LeaseKeeper(self, name, f"{name}:1", LIFE_S, preferred=preferred, monotonic=lambda: self.now)


@pytest.fixture
def world() -> World:
    return World()


def test_the_first_one_leads(world: World):
    """Who comes first has it, the other knows where; given back, it can be had at once, under the next epoch."""
    one, two = world.keeper("one"), world.keeper("two")
    assert one.try_now()
    assert (one.epoch, one.leader) == (1, "one:1")
    assert not two.try_now()
    assert (two.epoch, two.leader) == (0, "one:1")
    one.stop()
    assert one.epoch == 0
    assert two.try_now()
    assert two.epoch == 2


def test_it_is_trusted_for_less_than_its_life(world: World):
    """The holder stops before anybody else can begin, though nobody tells it: its clock alone says so."""
    one, two = world.keeper("one"), world.keeper("two")
    assert one.try_now()
    world.now += TRUSTED * LIFE_S - 0.01
    assert one.epoch == 1
    world.now += 0.02
    assert one.epoch == 0
    assert not two.try_now()
    world.now += LIFE_S
    assert two.try_now()
    assert one.epoch == 0


def test_renewed_it_goes_on(world: World):
    """A renewal counts from before it was asked for; refused, the lease is lost at once."""
    one, told = world.keeper("one"), []
    one.on_change = lambda: told.append(one.epoch)
    assert one.try_now()
    world.now += 3.0
    one._renew()
    world.now += 3.0
    assert one.epoch == 1
    world.row = Lease("two", "two:1", 2, 0)
    one._renew()
    assert one.epoch == 0
    assert told == [1, 0]


def test_lost_to_the_ledgers_word(world: World):
    """A write that was refused ends it without asking anybody."""
    one = world.keeper("one")
    assert one.try_now()
    world.gone = True
    one.lost()
    assert one.epoch == 0


def test_only_when_ready(world: World):
    """A follower that could not follow leaves the lease alone; one that could not lead does for a while."""
    one = world.keeper("one")
    one.ready = lambda: False
    one._look()
    assert one.epoch == 0
    one.ready = lambda: True
    one._look()
    assert one.epoch == 1
    one.failed()
    one._look()
    assert one.epoch == 0
    world.now += FAILED_S
    one._look()
    assert one.epoch == 2


def test_not_preferred(world: World):
    """A region that others prefer, and nobody is known to have led, is taken when that was so for twice the lease."""
    one = world.keeper("one", preferred=False)
    assert not one.try_now()
    world.now += PATIENCE * LIFE_S - 0.1
    one._look()
    assert one.epoch == 0
    world.now += 0.2
    one._look()
    assert one.epoch == 1


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_the_preferred_one_ends(world: World, how: str):
    """Who leads it while others look on, and ends, is followed after a moment: not as if nobody had started yet."""
    eager, one = world.keeper("eager"), world.keeper("one", preferred=False)
    assert eager.try_now()
    one._look()
    if how == "stopped":
        eager.stop()
    else:
        world.now += LIFE_S
    one._look()
    assert one.epoch == 0
    world.now += MOMENT_S
    one._look()
    assert one.epoch == 2


def test_who_prefers_it_is_first(world: World):
    """The moment is for another one that prefers the region."""
    eager, one, third = world.keeper("eager"), world.keeper("one", preferred=False), world.keeper("third")
    assert eager.try_now()
    world.now += LIFE_S
    one._look()
    third._look()
    world.now += MOMENT_S
    one._look()
    assert (one.epoch, third.epoch, one.leader) == (0, 2, "third:1")


def test_ran_out_before_one_started(world: World):
    """A lease that was not given back had a leader that ended: there is nobody to be patient for."""
    assert world.keeper("eager").try_now()
    world.now += 100 * LIFE_S
    one = world.keeper("one", preferred=False)
    assert not one.try_now()
    world.now += MOMENT_S
    one._look()
    assert one.epoch == 2


def test_given_back_before_one_started(world: World):
    """All were stopped, as for an upgrade, and start again: who prefers the region has the time to."""
    eager = world.keeper("eager")
    assert eager.try_now()
    eager.stop()
    one = world.keeper("one", preferred=False)
    assert not one.try_now()
    world.now += PATIENCE * LIFE_S - 0.1
    one._look()
    assert one.epoch == 0


def test_a_leader_that_cannot_be_asked_about(world: World):
    """While the database is away, who led leads no more once his lease has run out by one's own clock."""
    eager, one = world.keeper("eager"), world.keeper("one")
    assert eager.try_now()
    one._look()
    world.gone = True
    world.now += LIFE_S - 0.1
    assert one.leader == "eager:1"
    world.now += 0.2
    assert one.leader == ""


def test_after_a_crash_at_the_same_address(world: World):
    """The next run at an address does not wait for the lease of the one before it."""
    assert world.keeper("one").try_now()
    again = LeaseKeeper(world, "one again", "one:1", LIFE_S, monotonic=lambda: world.now)
    assert again.try_now()
    assert again.epoch == 2
