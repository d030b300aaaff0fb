"""A gate that lets a few calls work at once, some more wait for a bounded time, and refuses the rest at once."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext

from engine.errors import BusyError, CallerLimitError
from engine.home import home

#: How often a waiting call looks whether its caller is still there.
LOOK_S = 0.05
#: The first pause of whoever is refused: about what a call takes. Each further one is longer.
AGAIN_S = "0.2"
#: Of a place: what products of fractions may be too much.
TINY = 1e-6


class Gate:
    """``slots`` calls work, ``queue`` more may be inside: their requests are there, they wait for a slot.

    As many again may be on their way: they take no place before their requests have come. Of all these one caller may
    have so many, so that there is room for others whatever it does.
    """

    def __init__(
        self, kind: str, slots: int, queue: int, wait_s: float, *, computes: bool = True, share: float | None = None
    ) -> None:
        """``computes``: whoever works does so in kernels, on any core.

        ``share`` of the places, rounded up, is the most that one caller may have; None: callers are not told apart.
        """
        self._computes = computes
        self._kind, self._wait_s = kind, wait_s
        self.places = slots + queue
        self.most = None if share is None else min(self.places, math.ceil(share * self.places - TINY))
        self._slots = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._inside = self._coming = 0
        self._held: dict[str, int] = {}

    @property
    def inside(self) -> int:
        """How many work or wait."""
        return self._inside

    def full(self, caller: str | None) -> bool:
        """Whether the caller would be refused now."""
        return self._inside >= self.places or self._has_its_share(caller)

    def coming(self, caller: str | None) -> Place:
        """A call is on its way; CallerLimitError, BusyError. None: nobody in particular, to whom no share applies.

        Every success needs a `Place.leave`.
        """
        with self._lock:
            self._look_for_room()
            if self._has_its_share(caller):
                raise self._too_many()
            if self._coming >= self.places:
                raise busy(f"{self._coming} {self._kind} have not sent their request yet", self._kind, 0.0)
            self._coming += 1
            if caller is not None and self.most is not None:
                self._held[caller] = self._held.get(caller, 0) + 1
        return Place(self, caller)

    def place(self, caller: str | None) -> Place:
        """The same for a call that is here: its place is taken."""
        place = self.coming(caller)
        try:
            place.take()
        except BaseException:
            place.leave()
            raise
        return place

    def take(self) -> None:
        """One that was on its way is here; BusyError when there are too many. Said by the place."""
        with self._lock:
            self._look_for_room()
            self._coming -= 1
            self._inside += 1

    def leave(self, caller: str | None, inside: bool) -> None:
        """Said by the place."""
        with self._lock:
            if inside:
                self._inside -= 1
            else:
                self._coming -= 1
            if caller is None or self.most is None:
                return
            left = self._held[caller] - 1
            if left:
                self._held[caller] = left
            else:
                del self._held[caller]

    def _has_its_share(self, caller: str | None) -> bool:
        return caller is not None and self.most is not None and self._held.get(caller, 0) >= self.most

    def _look_for_room(self) -> None:
        if self._inside >= self.places:
            raise busy(f"{self._inside} {self._kind} are being answered or waiting already", self._kind, 0.0)

    def _too_many(self) -> CallerLimitError:
        return CallerLimitError(
            f"this caller has {self.most} {self._kind} open already, as many as one caller may; end some, or wait for "
            "their answers",
            kind=self._kind,
            open=self.most,
            limit=self.most,
            retry_after_s=AGAIN_S,
        )

    @contextmanager
    def slot(self, check: Callable[[], None], *, patient: bool = False) -> Generator[None, None, None]:
        """Within, the call works. ``check`` is called while it waits and may raise to give up.

        BusyError when no slot came free in time; a ``patient`` call waits as long as its caller does.
        """
        until = time.monotonic() + self._wait_s
        while not self._slots.acquire(timeout=LOOK_S):
            check()
            if not patient and time.monotonic() > until:
                raise busy(f"no {self._kind} came to an end", self._kind, self._wait_s)
        try:
            with home.roaming() if self._computes else nullcontext():
                yield
        finally:
            self._slots.release()


class Place:
    """One call's at a gate, from when it is on its way."""

    __slots__ = ("_caller", "_gate", "_inside")

    def __init__(self, gate: Gate, caller: str | None) -> None:
        self._gate, self._caller, self._inside = gate, caller, False

    def take(self) -> None:
        """Its request is here; BusyError when there are too many."""
        self._gate.take()
        self._inside = True

    def leave(self) -> None:
        """Once."""
        self._gate.leave(self._caller, self._inside)

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


def busy(why: str, kind: str, waited_s: float) -> BusyError:
    """The refusal of a call that would have to wait too long."""
    after = f" after {waited_s:g} s" if waited_s else ""
    return BusyError(
        f"the server is busy: {why}{after}; try again after a pause that grows",
        kind=kind,
        waited_s=f"{waited_s:g}",
        retry_after_s=AGAIN_S,
    )
