"""A region's lease as one server sees it: taken when it may be, renewed, and given up before it can have run out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from engine.ledger.lease import Lease
from graphs.errors import TowlineError

#: Share of a lease in which its holder trusts it: by its own clock, from before it asked.
TRUSTED = 0.9
#: A lease is renewed so many times in its life, and looked at so often while somebody else may hold it.
RENEWALS, LOOK_S = 4, 0.2
#: After a failure the next try, and after leading came to nothing, the next one.
RETRY_S, FAILED_S = 0.2, 5.0
#: What a server leaves to those that prefer a region: a moment when its leader ended, for them to be first; lives of a
#: lease where nobody is known to have led it, for them to start.
MOMENT_S, PATIENCE = 0.5, 2


class LeasePart(Protocol):
    """What is needed of `engine.ledger.lease.Leases`."""

    def seen(self) -> Lease: ...
    def take(self, holder: str, address: str, *, for_us: int, instead_of: str = "") -> Lease | None: ...
    def renew(self, lease: Lease, *, for_us: int) -> Lease | None: ...
    def give_back(self, lease: Lease) -> bool: ...


class LeaseKeeper:
    """Runs on a thread of its own between `start` and `stop`. Of the rest everything is for any thread."""

    def __init__(
        self,
        leases: LeasePart,
        holder: str,
        address: str,
        life_s: float,
        *,
        preferred: bool = True,
        name: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``holder``: one run of one server. A region that is not ``preferred`` is taken when nobody else does."""
        self.holder, self.address, self.life_s = holder, address, life_s
        #: Whether the region could be led now; asked before the lease is taken.
        self.ready: Callable[[], bool] = lambda: True
        #: Called after the lease came or went, and when the database fails; quick.
        self.on_change: Callable[[], None] = lambda: None
        self.on_trouble: Callable[[BaseException], None] = lambda _: None
        self._leases, self._preferred, self._monotonic = leases, preferred, monotonic
        self._held: Lease | None = None
        self._until = 0.0  # by the monotonic clock
        self._leader, self._leads_until = "", 0.0
        self._led = False  # whether somebody is known to have led the region
        self._free_since: float | None = None
        self._not_before = 0.0
        self._trouble: BaseException | None = None
        self._stopped = threading.Event()
        self._turn = threading.Lock()  # who changes the lease
        self._thread = threading.Thread(target=self._keep, name=f"towline-lease-{name}", daemon=True)

    @property
    def epoch(self) -> int:
        """Of the lease while it is held and certainly has not run out, else 0: it says whether to write."""
        held, until = self._held, self._until
        return held.epoch if held is not None and self._monotonic() < until else 0

    @property
    def leader(self) -> str:
        """The address of the server that leads, as far as is known; "" when nobody does.

        Who led when the database could last be asked leads no more once his lease has run out, by this clock too.
        """
        if self.epoch:
            return self.address
        return self._leader if self._monotonic() < self._leads_until else ""

    @property
    def trouble(self) -> BaseException | None:
        """Why it is not known at present who holds the lease."""
        return self._trouble

    def try_now(self) -> bool:
        """Take the lease if it can be had at once: when a server starts.

        Also one that a former run at this address left behind, since only one server at a time listens there.
        """
        with self._turn:
            seen = self._leases.seen()
            self._see(seen)
            mine = seen.holder != "" and seen.address == self.address
            if mine or (seen.left_us <= 0 and self._may_take()):
                self._take(instead_of=seen.holder if mine else "")
        return self.epoch > 0

    def start(self) -> None:
        self._thread.start()

    def lost(self) -> None:
        """Somebody else has it: known from a write that was refused. Does not wait for the database."""
        self._until = 0.0
        self.on_change()

    def failed(self) -> None:
        """What the lease was taken for came to nothing: let others try."""
        with self._turn:
            self._give_back()
            self._not_before = self._monotonic() + FAILED_S

    def stop(self) -> None:
        """Let others have it at once."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._turn:
            self._give_back()

    def _keep(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            try:
                with self._turn:
                    pause = self._renew() if self._held is not None else self._look()
                self._trouble = None
            except Exception as error:
                pause = RETRY_S
                known, self._trouble = self._trouble is not None and isinstance(error, TowlineError), error
                if not known:
                    self.on_trouble(error)
            if self._held is not None and not self.epoch:
                with self._turn:
                    self._drop()

    def _renew(self) -> float:
        held, asked = self._held, self._monotonic()
        assert held is not None
        renewed = self._leases.renew(held, for_us=self._life_us())
        if renewed is None:
            self._drop()
            return 0.0
        self._held, self._until = renewed, asked + TRUSTED * self.life_s
        return self.life_s / RENEWALS

    def _look(self) -> float:
        seen = self._leases.seen()
        self._see(seen)
        if seen.left_us <= 0 and self._may_take() and self.ready():
            self._take()
        return self.life_s / RENEWALS if self._held is not None else LOOK_S

    def _see(self, seen: Lease) -> None:
        now = self._monotonic()
        leads = seen.left_us > 0
        self._leader, self._leads_until = (seen.address, now + seen.left_us / 1e6) if leads else ("", 0.0)
        # who ran out of time did not give it back: he ended in the middle of things
        self._led = self._led or leads or seen.holder != ""
        self._free_since = None if leads else (now if self._free_since is None else self._free_since)

    def _may_take(self) -> bool:
        now, since = self._monotonic(), self._free_since
        leave_s = MOMENT_S if self._led else PATIENCE * self.life_s
        patient = since is not None and now - since >= leave_s
        return now >= self._not_before and (self._preferred or patient)

    def _take(self, instead_of: str = "") -> None:
        asked = self._monotonic()
        taken = self._leases.take(self.holder, self.address, for_us=self._life_us(), instead_of=instead_of)
        if taken is not None:
            self._until = asked + TRUSTED * self.life_s
            self._held, self._free_since, self._led = taken, None, True
            self.on_change()

    def _drop(self) -> None:
        if self._held is not None:
            self._held, self._until, self._leader = None, 0.0, ""
            self.on_change()

    def _give_back(self) -> None:
        held = self._held
        self._drop()
        if held is not None:
            try:
                self._leases.give_back(held)
            except TowlineError as error:  # it runs out by itself
                self.on_trouble(error)

    def _life_us(self) -> int:
        return round(self.life_s * 1e6)
