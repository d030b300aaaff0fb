"""Column generation: prices from the master, tours of least reduced cost from the units, a bound with every round."""

from __future__ import annotations

import numpy as np

from engine.queues.columns import Room, pick, put_priced
from engine.queues.completion import fill_tables, least_fixed, make_tables, shift_for
from engine.queues.contractors import cheapest_options, paying_options, price_contractors
from engine.queues.halt import Halt
from engine.queues.instance import Arrays
from engine.queues.limits import MOST_JOBS
from engine.queues.master import Master
from engine.queues.pricing import price_leaving, price_units
from graphs.network import Int64

#: Tours a unit adds in one round, tours the search looks at for one unit, and what is not worth a column.
TOURS, NODES, WORTH = 8, 300, -50
#: Share of the best prices so far in the prices asked for (Wentges' smoothing).
SMOOTHING = 0.5
#: With more options of contractors than this, so many of each job are in the program at first, the others as they pay.
OPTIONS, FIRST_OPTIONS = 20_000, 4


class ColumnGeneration:
    """One run over one pool; `lower` is a bound on every plan, over all tours of up to `max_jobs` jobs.

    All of it raises HaltedError when told to stop.
    """

    def __init__(self, a: Arrays, room: Room, gains: Int64, halt: Halt) -> None:
        """`gains` [j]: about what each job costs a good plan; where prices start from."""
        self.a, self.room, self._halt = a, room, halt
        self.gains = gains
        self.master = Master(a, room, 2 * gains + 2 * int(np.median(gains) if gains.size else 0) + 1, halt)
        self.least: Int64 = least_fixed(a)
        self._tables = make_tables(a, a.max_jobs)
        u = a.ready.size
        self._found = np.empty((u, TOURS, MOST_JOBS), np.int32)
        self._size, self._reduced, self._cost = (np.empty((u, TOURS), np.int64) for _ in range(3))
        self._kept, self._bound = np.empty(u, np.int64), np.empty(u, np.int64)
        self.lower = 0  # no cost is negative
        self.best_prices = gains.copy()
        self.rounds, self.done, self._smooth = 0, False, True

    def begin(self, most: int = 24) -> None:
        """Take over the pool's most promising tours, and prove a first bound."""
        base = np.zeros(self.a.ready.size, np.int64)
        rows = pick(self.room, self.room.count[0], self.gains, base, self.master.inside, most, 1 << 50, base.size)
        few = int((self.a.option >= 0).sum()) <= OPTIONS
        self.master.add_options(*cheapest_options(self.a, self.a.crews.size if few else FIRST_OPTIONS))
        self.master.add(rows)
        self.bound_at(self.gains)

    def bound_at(self, prices: Int64) -> int:
        """The bound that these prices prove; the tours found on the way go to the pool. O(pricing)."""
        units = np.arange(self.a.ready.size)
        self.price(units, prices, self.least)
        lower = price_leaving(self.a, prices) + int(self._bound.sum()) + price_contractors(self.a, prices)
        if lower > self.lower:
            self.lower, self.best_prices = lower, prices
        return lower

    def price(self, units: Int64, prices: Int64, least: Int64, nodes: int = NODES) -> None:
        """Tours of `units` for the prices into the pool; bounds into `_bound[: units.size]`."""
        shift = shift_for(prices)
        tables = self._tables._replace(shift=shift)
        fill_tables(
            self.a, prices, least, shift, tables.bin_ms, tables.best, tables.then, tables.other, self._halt.flag
        )
        self._halt.look()
        k = units.size
        out = [part[:k] for part in (self._found, self._size, self._reduced, self._cost, self._kept, self._bound)]
        price_units(self.a, units, prices, least, tables, TOURS, nodes, 1.0, *out, self._halt.flag)
        self._halt.look()
        put_priced(self.room, units, self._kept[:k], self._found[:k], self._size[:k], self._cost[:k])

    def worth_adding(self, prices: Int64, most: int = TOURS) -> Int64:
        """Rows of the pool that would lower the master's value."""
        base = self.master.unit_prices
        return pick(self.room, self.room.count[0], prices, base, self.master.inside, most, WORTH, base.size)

    def add_options(self, prices: Int64) -> int:
        """Options of contractors that would lower the master's value go into it; how many."""
        master = self.master
        if not master.options_left:
            return 0
        found = paying_options(self.a, prices, master.crew_prices, master.options_inside, WORTH, FIRST_OPTIONS)
        master.add_options(*found)
        return found[0].size

    def round(self, seconds: float) -> bool:
        """One round: solve, price, add. False when the time did not suffice."""
        if not self.master.solve(seconds):
            return False
        self.rounds += 1
        prices = self.master.job_prices
        options = self.add_options(prices)
        rows = self.worth_adding(prices, 4)
        if rows.size > self.a.ready.size:  # the pool knows enough for a round of its own
            self.master.add(rows)
            return True
        asked = prices
        if self._smooth:
            asked = np.rint(SMOOTHING * self.best_prices + (1 - SMOOTHING) * prices).astype(np.int64)
        self.bound_at(asked)
        rows = self.worth_adding(prices)
        self.master.add(rows)
        if rows.size or options:
            self._smooth = True
        elif self._smooth:
            self._smooth = False
        elif not self.master.raise_caps(4):
            self.done = True
        return True
