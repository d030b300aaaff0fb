"""Leading a region or following its leader, by turns: one thread that takes over and stands back without a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from engine.errors import LedgerFencedError, LedgerUnavailableError, NotLeaderError
from engine.live.lease import LeaseKeeper
from engine.live.region import LiveRegion
from graphs.errors import TowlineError

#: How often a follower looks for events, and a leader whether it still leads; how often a follower looks for positions.
POLL_S, POSITIONS_S = 0.25, 10.0
#: A follower that has not been able to follow for so long does not take over.
FRESH_S = 3.0
#: When to ask again while nobody leads.
AGAIN_S = 1.0


class Following:
    """What decides whether a region's live service leads: the lease. `begin`, `start`, `stop`, once each."""

    def __init__(
        self,
        live: LiveRegion,
        keeper: LeaseKeeper,
        tell: Callable[[str, str], None] = lambda _what, _leader: None,
    ) -> None:
        """``tell``: of changes, with the address of who leads now."""
        self._live, self._keeper, self._tell = live, keeper, tell
        self._epoch = 0  # under which this server leads; 0: it follows
        self._followed_at = time.monotonic()
        self._positions_at = time.monotonic()
        self._stale = False  # what is in memory must be read again
        self._troubled = False
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"towline-follow-{live.region}", daemon=True)
        keeper.on_change = self._wake.set
        keeper.on_trouble = lambda error: live.listeners.trouble("lease", error)
        keeper.ready = self._ready
        live.writer.leads, live.writer.refusal = self.leads, self.refusal

    def leads(self) -> bool:
        """Whether this server may write now. The clock says no to one that was stopped, before anybody else does."""
        return self._epoch != 0 and self._keeper.epoch == self._epoch

    @property
    def leader(self) -> str:
        """The address of the server that leads; "" when nobody is known to."""
        found = self._keeper.leader
        return "" if found == self._keeper.address and not self.leads() else found

    def refusal(self, error: LedgerFencedError | None = None) -> TowlineError:
        """What somebody is told who wants to change the region here. ``error``: a write that the ledger refused."""
        leader = self.leader
        if error is not None:
            if error.metadata.get("ledger_epoch") == str(self._epoch):
                return error  # nobody took the lease: the writer will find out what it missed
            self._keeper.lost()
            leader = error.metadata.get("address", "")
        trouble = None if leader else self._keeper.trouble
        return not_leader(self._live.region, "" if leader == self._keeper.address else leader, trouble)

    def begin(self) -> bool:
        """Lead from the start if the lease can be had at once; before the region's `start`. Whether it leads."""
        try:
            self._keeper.try_now()
        except LedgerUnavailableError as error:
            self._live.listeners.trouble("lease", error)
        if epoch := self._keeper.epoch:
            self._lead(epoch)
        else:
            self._stand_back()
        return self.leads()

    def start(self) -> None:
        self._keeper.start()
        self._thread.start()

    def stop(self) -> None:
        """No more changes of who leads; the lease is kept until `release`: what is under way can be finished."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def release(self) -> None:
        """Let another server lead."""
        self._keeper.stop()

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._wake.wait(POLL_S)
            self._wake.clear()
            if self._stopped.is_set():
                return
            try:
                self._look()
                self._troubled = False
            except Exception as error:
                if not self._troubled or not isinstance(error, TowlineError):
                    self._troubled = True
                    self._live.listeners.trouble("following", error)
                self._stopped.wait(POLL_S)

    def _look(self) -> None:
        epoch = self._keeper.epoch
        if self._epoch and epoch != self._epoch:
            self._stand_back()
        if self._epoch:
            return
        if self._stale:
            self._live.read_again()
            self._stale = False
        if epoch := self._keeper.epoch:
            try:
                self._lead(epoch)
            except BaseException:
                self._keeper.failed()
                raise
            return
        self._live.follow()
        if time.monotonic() - self._positions_at >= POSITIONS_S:
            self._positions_at = time.monotonic()
            self._live.follow_positions()
        self._followed_at = time.monotonic()

    def _ready(self) -> bool:
        return self._epoch == 0 and not self._stale and time.monotonic() - self._followed_at < FRESH_S

    def _lead(self, epoch: int) -> None:
        self._live.take_over(epoch)
        self._epoch = epoch
        self._tell("leads", self._keeper.address)

    def _stand_back(self) -> None:
        led, self._epoch = self._epoch, 0
        self._live.stand_back()
        self._stale = led != 0
        self._tell("follows", self.leader)


def not_leader(region: str, leader: str, trouble: BaseException | None = None) -> NotLeaderError:
    """For whoever wants to change a region where it is not led; ``leader`` "": nobody leads for the moment, or, with
    ``trouble``, nobody is known to."""
    name = f"regions/{region}"
    if leader:
        return NotLeaderError(
            f"{name} is led by {leader}; send the same request, with its request_id, there", region=name, leader=leader
        )
    again = "send the same request, with its request_id, again in a second, to any of its servers"
    if not isinstance(trouble, LedgerUnavailableError):
        return NotLeaderError(
            f"nobody leads {name} for the moment; {again}", region=name, leader="", retry_after_s=AGAIN_S
        )
    cause = trouble.metadata.get("cause", "")
    return NotLeaderError(
        f"nobody is known to lead {name}, as the ledger is unavailable here ({cause}); {again}",
        region=name,
        leader="",
        cause=cause,
        retry_after_s=AGAIN_S,
    )
