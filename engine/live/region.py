"""The live service of one region: its writer, its clocks, and what runs by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from engine.dispatch import Dispatcher
from engine.ledger.region import RegionLedger
from engine.ledger.rows import Loaded, PositionRow
from engine.live.awaited import Awaited
from engine.live.checkpoints import Checkpoints
from engine.live.clocks import next_time
from engine.live.commands.upkeep import Arrivals, Attend, Tick
from engine.live.engagements import FleetHolder, engagements
from engine.live.events import Entity, Event
from engine.live.records import IncidentRecord
from engine.live.replan import declared_units, plan_again
from engine.live.replanning import Replanning
from engine.live.sighting import ANY, STORED, check_of, otherwise, sightings
from engine.live.steady import SteadyClock
from engine.live.timers import Timers
from engine.live.tracking import Arrival, arrivals, as_expected, tracked
from engine.live.writer import Answer, Asked, Writer
from engine.times import to_us
from graphs.errors import TowlineError

#: How often engagements are told to the fleet at most, arrivals reckoned, and whatever failed tried again.
ENGAGE_S, TRACK_S, RETRY_S = 0.15, 5.0, 1.0
LEAST_TRACK_S = 0.5
#: How often who waits is looked at though nothing happened, and orders of two are.
ATTEND_S = 15.0
#: How often positions are written down: what a crash can lose of them.
CHECKPOINT_S = 20.0
#: How often old answers and tracks are dropped, and how many of each at most.
FORGET_S, FORGOTTEN = 60.0, 2000


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
        self._stored: dict[str, None] = {}  # units and providers that changed since their work was looked at
        self._expected: dict[tuple[str, int], Arrival] = {}  # by incident and leg, as it was reckoned last
        self._stopped = threading.Event()
        self._leading = True
        self._news: list[Event] = []  # of the fleet, not shown yet
        self._showing = threading.Lock()
        #: What shows events of the fleet that others wrote, and positions that others saw.
        self.show_fleet: Callable[[Sequence[Event]], None] = lambda _: None
        self.show_positions: Callable[[Sequence[PositionRow]], None] = lambda _: None
        self.writer.on_fleet = self._fleet_changed
        self._checkpoints = Checkpoints()
        self._thread = threading.Thread(target=self._keep, name=f"towline-clocks-{region}", daemon=True)
        self._replanning = Replanning(
            f"towline-replan-{region}",
            self.replan_now,
            self.leads,
            self._planned,
            lambda error: self.listeners.trouble("replan", error),
            rate,
        )

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
        self._stored[ANY] = None  # who changed last may not have been looked at

    def start(self) -> None:
        self.writer.start()
        self._thread.start()
        self._replanning.start()

    def stop(self) -> None:
        """Finish what was asked, then end; what is in the ledger is all there is."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        self._replanning.stop()
        if self._thread.is_alive():
            self._thread.join()
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
            self._stored[ANY] = None
            self._changed.notify_all()
        self._replanning.news()

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

    def submit(self, asked: Asked) -> Awaited[Answer]:
        """Queue a command; see `Writer.submit`."""
        return self.writer.submit(asked)

    def answered(self, method: str, request_id: str, digest: bytes) -> bytes | None:
        """See `Writer.answered`."""
        return self.writer.answered(method, request_id, digest)

    # -- reading

    def find(self, incident: str) -> IncidentRecord | None:
        """An incident as it was committed last, open or closed."""
        found = self.writer.state.incidents.get(incident)
        return self.writer.archived(incident) if found is None else self.shown(found)

    def open(self) -> list[IncidentRecord]:
        """All open incidents, in no order."""
        return list(self.writer.state.incidents.values())

    def shown(self, record: IncidentRecord) -> IncidentRecord:
        """An open incident with arrivals as they were reckoned last."""
        return as_expected(record, self._expected, self._time())

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
            self._stored |= dict.fromkeys(event.id for event in events if event.kind in STORED)
            self._changed.notify_all()
        if events:
            self._replanning.news()

    def _trouble(self, error: BaseException) -> None:
        self.listeners.trouble("writer", error)

    # -- clocks, engagements, arrivals

    def _keep(self) -> None:
        engaged_at = tracked_at = 0.0
        checkpoint_at = kept_at = attended_at = time.monotonic()
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
                if self._stored and self.leads():
                    self._check_units()
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
                if time.monotonic() - attended_at >= ATTEND_S / self._rate:
                    attended_at = time.monotonic()
                    if self.leads() and self.writer.state.incidents:
                        self.submit(Asked(Attend()))
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
        if self._stored and self.leads():
            waits.append(0.0)
        first = self._timers.first()
        if first is not None:
            waits.append((first - self._time()).total_seconds() / self._rate)
        return max(0.002, min(waits))

    def _tick(self, incident: str) -> None:
        def again(future: Awaited[Answer]) -> None:
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
            self.writer.give_way()
            self.fleet.engage(engagements(self.writer.state, units, self._expected))
        except TowlineError as error:
            with self._changed:
                self._units |= units
            self.listeners.trouble("engagements", error)

    def _check_units(self) -> None:
        """Look at the work of units that changed, or whose provider did."""
        with self._changed:
            stored, self._stored = self._stored, {}
        check = check_of(stored, self.writer.state.engaged, self.fleet.snapshot.find)
        if check is not None:
            self.submit(Asked(check))

    def _track(self) -> None:
        self.writer.give_way()
        records = self.open()
        legs = tracked(records, self.fleet.snapshot)
        now = self._time()
        found = arrivals(self.dispatcher, legs, now)
        before, self._expected = self._expected, {(each.incident, each.leg): each for each in found}
        moved = {each.unit for key, each in self._expected.items() if otherwise(before.get(key), each)}
        with self._changed:
            self._units |= moved
        self.listeners.arrivals(found)
        sighted = sightings(found, records, self.dispatcher.policy, now)
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

    # -- planning again

    def _planned(self, took_s: float) -> float:
        self.writer.observer.timed("reoptimise_seconds", took_s, region=self.region)
        return min(1.0, self.dispatcher.policy.live.replan_core)

    def replan_now(self) -> Awaited[Answer] | None:
        """Plan again at once; what will be known of the change, None when there is nothing better."""
        snapshot: Any = self.fleet.snapshot
        replan = plan_again(
            self.dispatcher,
            [self.shown(record) for record in self.open()],
            snapshot.state,
            snapshot.engaged,
            declared_units(snapshot),
            self._time(),
            self._replanning.look,
        )
        return None if replan is None else self.submit(Asked(replan))


def _ticks(rate: float) -> float:
    """Seconds that have gone by, at a rate."""
    return rate * time.monotonic()
