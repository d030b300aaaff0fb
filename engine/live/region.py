"""The live service of one region: its writer, its clocks, and what runs by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from engine.dispatch import Dispatcher
from engine.ledger.region import RegionLedger
from engine.ledger.rows import Loaded, PositionRow
from engine.live.checkpoints import Checkpoints
from engine.live.clocks import next_time
from engine.live.commands.upkeep import Arrivals, Sighted, Tick
from engine.live.engagements import FleetHolder, engagements
from engine.live.events import Entity, Event
from engine.live.records import WORKING, IncidentRecord
from engine.live.replan import declared_units, plan_again
from engine.live.steady import SteadyClock
from engine.live.timers import Timers
from engine.live.tracking import Arrival, arrivals, as_expected, tracked
from engine.live.writer import Answer, Asked, Writer
from engine.times import to_us
from graphs.errors import TowlineError

#: How often engagements are told to the fleet at most, arrivals reckoned, and whatever failed tried again.
ENGAGE_S, TRACK_S, RETRY_S = 0.15, 5.0, 1.0
LEAST_TRACK_S = 0.5
#: How often positions are written down: what a crash can lose of them.
CHECKPOINT_S = 20.0
#: How often old answers and tracks are dropped, and how many of each at most.
FORGET_S, FORGOTTEN = 60.0, 2000
#: An arrival that is expected by so much sooner or later changes when its unit is expected to be free.
OTHERWISE = timedelta(seconds=30)
#: A plan made again waits that long for more news.
GATHER_S = 0.2
#: And is made after that long though there is none.
ANYWAY_S = 15.0


@dataclass(frozen=True, slots=True)
class Retention:
    """How long answers to request_ids, and tracks of units, are kept."""

    answers: timedelta = timedelta(hours=24)
    tracks: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class Listeners:
    """Who is told what; all of them quick, and none of them raises."""

    events: Callable[[Sequence[Event]], None] = lambda _: None
    arrivals: Callable[[Sequence[Arrival]], None] = lambda _: None
    trouble: Callable[[str, BaseException], None] = lambda _where, _error: None
    jump: Callable[[timedelta], None] = lambda _: None


class LiveRegion:
    """Everything live of one region. `start`, then `stop`, once each."""

    def __init__(
        self,
        region: str,
        dispatcher: Dispatcher,
        fleet: FleetHolder,
        ledger: RegionLedger,
        wall: Callable[[], datetime],
        retention: Retention | None = None,
        rate: float = 1.0,
    ) -> None:
        """``rate``: how much faster than real the time of ``wall`` goes by (a day replayed)."""
        self.region, self.dispatcher, self.fleet, self.ledger = region, dispatcher, fleet, ledger
        self._wall, self.listeners, self.retention = wall, Listeners(), retention or Retention()
        self.writer = Writer(
            region, dispatcher, lambda: fleet.snapshot, ledger, self._time, self._committed, self._trouble
        )
        self._clock: SteadyClock | None = None
        self._rate, self._track_s = rate, max(LEAST_TRACK_S, TRACK_S / rate)
        self._clock_lock = threading.Lock()
        self._changed = threading.Condition()
        self._timers = Timers()
        self._units: set[str] = set()  # whose engagement changed
        self._expected: dict[tuple[str, int], Arrival] = {}  # by incident and leg, as it was reckoned last
        self._dirty = threading.Event()
        self._stopped = threading.Event()
        self._leading = True
        self._news: list[Event] = []  # of the fleet, not shown yet
        self._showing = threading.Lock()
        #: What shows events of the fleet that others wrote, and positions that others saw.
        self.show_fleet: Callable[[Sequence[Event]], None] = lambda _: None
        self.show_positions: Callable[[Sequence[PositionRow]], None] = lambda _: None
        self.writer.on_fleet = self._fleet_changed
        self._checkpoints = Checkpoints()
        self._threads = [
            threading.Thread(target=self._keep, name=f"towline-clocks-{region}", daemon=True),
            threading.Thread(target=self._replan, name=f"towline-replan-{region}", daemon=True),
        ]

    # -- life

    def load(self, loaded: Loaded) -> None:
        """Begin with what the ledger has; before `start`."""
        self.writer.load(loaded)
        self._checkpoints.has(loaded.positions)
        state = self.writer.state
        self._clock = self._steady()
        self.fleet.engage(engagements(state, state.engaged))
        for record in state.incidents.values():
            self._timers.set(record.id, next_time(record, self.dispatcher.policy))

    def start(self) -> None:
        self.writer.start()
        for thread in self._threads:
            thread.start()
        self._dirty.set()

    def stop(self) -> None:
        """Finish what was asked, then end; what is in the ledger is all there is."""
        self._stopped.set()
        self._dirty.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for rows in self._checkpoints.due(self.fleet.snapshot) if self.leads() else ():
            self.submit(Asked(rows))
        self.writer.stop()

    # -- leading or following; all by one thread

    def leads(self) -> bool:
        """Whether this server may change the region."""
        return self._leading and self.writer.leads()

    def stand_back(self) -> None:
        """From now on only follow what another server does. What is under way is refused."""
        with self._changed:
            self._leading, self._timers = False, Timers()
        self.writer.abandon()
        self.listeners.arrivals(())

    def follow(self) -> None:
        """Take what others have written since."""
        self.writer.catch_up()

    def follow_positions(self) -> None:
        """Take where others have seen units."""
        self.show_positions(self._checkpoints.has(self.ledger.positions()))

    def read_again(self) -> None:
        """Throw away what is held in memory of live state for what the ledger has."""
        units = self.writer.load_again(self.ledger.load)
        self._show_fleet()
        self._engage(units)

    def take_over(self, epoch: int) -> None:
        """Lead, under a lease of that epoch: with all that others have written, and clocks that do not go back."""
        self.ledger.epoch = epoch
        self.follow()
        self.follow_positions()
        self._show_fleet()
        state = self.writer.state
        with self._clock_lock:
            self._clock = self._steady()
        with self._changed:
            units, self._units = self._units | set(state.engaged), set()
            self._timers = Timers()
            for record in state.incidents.values():
                self._timers.set(record.id, next_time(record, self.dispatcher.policy))
        self.fleet.engage(engagements(state, units))
        self._leading = True
        with self._changed:
            self._changed.notify_all()
        self._dirty.set()

    def _steady(self) -> SteadyClock:
        ticks = partial(_ticks, self._rate)
        return SteadyClock(self._wall, self.writer.state.at, ticks, on_jump=lambda off: self.listeners.jump(off))

    def _fleet_changed(self, events: Sequence[Event]) -> None:
        with self._changed:
            self._news.extend(event for event in events if event.entity is not Entity.INCIDENT)
            self._changed.notify_all()

    def _show_fleet(self) -> None:
        with self._showing:
            with self._changed:
                news, self._news = self._news, []
            try:
                if news:
                    self.show_fleet(news)
            except BaseException:
                with self._changed:
                    self._news = news + self._news
                raise

    def now(self) -> datetime:
        """The time that live state goes by."""
        return self._time()

    def submit(self, asked: Asked) -> Future[Answer]:
        """Queue a command; see `Writer.submit`."""
        return self.writer.submit(asked)

    def answered(self, method: str, request_id: str, digest: bytes) -> bytes | None:
        """See `Writer.answered`."""
        return self.writer.answered(method, request_id, digest)

    # -- reading

    def find(self, incident: str) -> IncidentRecord | None:
        """An incident as it was committed last, open or closed."""
        found = self.writer.state.incidents.get(incident)
        return self.writer.archived(incident) if found is None else as_expected(found, self._expected)

    def open(self) -> list[IncidentRecord]:
        """All open incidents, in no order."""
        return list(self.writer.state.incidents.values())

    def shown(self, record: IncidentRecord) -> IncidentRecord:
        """An open incident with arrivals as they were reckoned last."""
        return as_expected(record, self._expected)

    # -- what the writer calls

    def _time(self) -> datetime:
        with self._clock_lock:
            return self._wall() if self._clock is None else self._clock()

    def _committed(self, events: Sequence[Event], changed: Sequence[IncidentRecord], units: set[str]) -> None:
        self.listeners.events(events)
        with self._changed:
            for record in changed if self._leading else ():
                self._timers.set(record.id, next_time(record, self.dispatcher.policy))
            self._units |= units
            self._changed.notify_all()
        if events:
            self._dirty.set()

    def _trouble(self, error: BaseException) -> None:
        self.listeners.trouble("writer", error)

    # -- clocks, engagements, arrivals

    def _keep(self) -> None:
        engaged_at = tracked_at = 0.0
        checkpoint_at = kept_at = time.monotonic()
        while not self._stopped.is_set():
            try:
                with self._changed:
                    self._changed.wait(self._pause(engaged_at, tracked_at))
                    units: set[str] = set()
                    if self._units and time.monotonic() - engaged_at >= ENGAGE_S:
                        units, self._units = self._units, set()
                    due = self._timers.due(self._time())
                for incident in due:
                    self._tick(incident)
                if self._news:
                    self._show_fleet()
                if units:
                    engaged_at = time.monotonic()
                    self._engage(units)
                if time.monotonic() - tracked_at >= self._track_s:
                    tracked_at = time.monotonic()
                    if self.leads():
                        self._track()
                if time.monotonic() - checkpoint_at >= CHECKPOINT_S:
                    checkpoint_at = time.monotonic()
                    for rows in self._checkpoints.due(self.fleet.snapshot) if self.leads() else ():
                        self.submit(Asked(rows)).result()
                if time.monotonic() - kept_at >= FORGET_S:
                    kept_at = time.monotonic()
                    if self.leads():
                        self._forget()
            except Exception as error:
                self.listeners.trouble("clocks", error)
                self._stopped.wait(RETRY_S)

    def _pause(self, engaged_at: float, tracked_at: float) -> float:
        """Seconds until something is to be done though nobody says so."""
        now = time.monotonic()
        waits = [tracked_at + self._track_s - now]
        if self._units:
            waits.append(engaged_at + ENGAGE_S - now)
        first = self._timers.first()
        if first is not None:
            waits.append((first - self._time()).total_seconds() / self._rate)
        return max(0.002, min(waits))

    def _tick(self, incident: str) -> None:
        def again(future: Future[Answer]) -> None:
            record = self.writer.state.incidents.get(incident)
            if record is None or not self._leading:
                return
            when = next_time(record, self.dispatcher.policy)
            if when is not None and (future.exception() is not None or when <= self._time()):
                when = self._time() + timedelta(seconds=RETRY_S)
            with self._changed:
                self._timers.set(incident, when)
                self._changed.notify_all()

        self.submit(Asked(Tick(incident))).add_done_callback(again)

    def _engage(self, units: set[str]) -> None:
        try:
            self.fleet.engage(engagements(self.writer.state, units, self._expected))
        except TowlineError as error:
            with self._changed:
                self._units |= units
            self.listeners.trouble("engagements", error)

    def _track(self) -> None:
        records = self.open()
        legs = tracked(records, self.fleet.snapshot, self._present())
        now = self._time()
        found = arrivals(self.dispatcher, legs, now)
        before, self._expected = self._expected, {(each.incident, each.leg): each for each in found}
        moved = {each.unit for key, each in self._expected.items() if _otherwise(before.get(key), each)}
        with self._changed:
            self._units |= moved
        self.listeners.arrivals(found)
        rules, known = self.dispatcher.policy.live, {record.id: record for record in records}
        sighted = []
        silent = timedelta(minutes=rules.silent_minutes)
        for each in found:
            leg = known[each.incident].legs[each.leg]
            quiet = each.observed_at is not None and now - each.observed_at > silent
            crossing = each.probability < rules.risk_probability if not leg.warned else (
                each.probability >= rules.safe_probability
            )  # fmt: skip
            if crossing or quiet != leg.silent:
                sighted.append(Sighted(each.incident, each.leg, each.unit, each.arrives_at, each.probability, quiet))
        if sighted:
            self.submit(Asked(Arrivals(tuple(sighted))))

    def _forget(self) -> None:
        """Drop answers and tracks that are older than they are kept; a little at a time."""
        now = self._time()
        self.ledger.forget(
            answers_before_us=to_us(now - self.retention.answers),
            tracks_before_us=to_us(now - self.retention.tracks),
            limit=FORGOTTEN,
        )

    def _present(self) -> dict[str, str]:
        """The incident that each unit works on, of those that work on one."""
        found: dict[str, str] = {}
        for record in self.open():
            for leg in record.legs:
                if leg.unit and leg.state in WORKING:
                    found[leg.unit] = record.id
        return found

    # -- planning again

    def _replan(self) -> None:
        while True:
            self._dirty.wait(max(GATHER_S, ANYWAY_S / self._rate))  # shifts begin and roads close without an event
            if self._stopped.wait(GATHER_S):
                return
            self._dirty.clear()
            if not self.leads():
                continue
            began = time.monotonic()
            try:
                self.replan_now()
            except _StoppingError:
                return
            except Exception as error:
                self.listeners.trouble("replan", error)
            spent = time.monotonic() - began
            self.writer.observer.timed("reoptimise_seconds", spent, region=self.region)
            share = min(1.0, self.dispatcher.policy.live.replan_core)
            if self._stopped.wait(max(0.0, spent / share - spent)):
                return

    def replan_now(self) -> Future[Answer] | None:
        """Plan again at once; the future of the change, None when there is nothing better."""
        snapshot: Any = self.fleet.snapshot
        replan = plan_again(
            self.dispatcher,
            self.open(),
            snapshot.state,
            snapshot.engaged,
            declared_units(snapshot),
            self._time(),
            self._look,
        )
        return None if replan is None else self.submit(Asked(replan))

    def _look(self) -> None:
        if self._stopped.is_set():
            raise _StoppingError


def _otherwise(before: Arrival | None, now: Arrival) -> bool:
    """Whether an arrival is expected at another time than when the fleet was told of it last."""
    return before is None or before.unit != now.unit or abs(before.arrives_at - now.arrives_at) > OTHERWISE


def _ticks(rate: float) -> float:
    """Seconds that have gone by, at a rate."""
    return rate * time.monotonic()


class _StoppingError(Exception):
    """The server stops: a plan that is being made is not wanted any more."""
