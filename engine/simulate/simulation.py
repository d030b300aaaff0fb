"""The day runs: events change units and incidents, and whenever something can be decided the strategy is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.dispatch import Dispatcher
from engine.fleet.state import FleetState
from engine.model import Fleet
from engine.simulate.day import MINUTE_MS, Day
from engine.simulate.deferment import breaches_of
from engine.simulate.moment import Choice, Moment, Strategy
from engine.simulate.queue import Event, EventKind, EventQueue
from engine.simulate.records import DayRecord, DecisionRecord, UnitSpan
from engine.simulate.roads import Roads
from engine.simulate.runs import IncidentRun, Phase, Stage, UnitRun
from engine.simulate.settle import incident_record
from engine.times import to_ms

#: A unit that is not free when it was expected to be is expected after this, or after a part of what it took so far.
OVERRUN_MS, OVERRUN_SHARE = 3 * MINUTE_MS, 0.25
#: Called after each moment with the share of the day that is over; may raise to give the day up.
Tell = Callable[[float], None]


class Simulation:
    """One day under one strategy. All times are ms since 1970; `timer` measures decisions and changes nothing."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        day: Day,
        strategy: Strategy,
        *,
        timer: Callable[[], float] | None = None,
    ) -> None:
        self._dispatcher, self._day, self._strategy = dispatcher, day, strategy
        self._timer = timer or (lambda: 0.0)
        self._queue = EventQueue(day.begins_ms)
        self._units = {unit.id: UnitRun(unit, place=unit.location) for unit in day.fleet.units}
        self._roads = Roads(dispatcher, day)
        self._incidents: dict[str, IncidentRun] = {}
        self._open: dict[str, IncidentRun] = {}  # in order of call
        self._planned: Choice = {}
        self._changed_units: set[str] = set()
        self._asked = False  # whether something happened that a decision may answer
        self._spans: list[UnitSpan] = []
        self._begun: dict[str, tuple[str, int]] = {}  # unit -> incident and since when
        self._decisions: list[DecisionRecord] = []
        self._overtime_ms = 0
        self._handlers: dict[EventKind, Callable[[str], None]] = {
            EventKind.CALLED: self._called,
            EventKind.GAVE_UP: self._gave_up,
            EventKind.DECLINED: self._declined,
            EventKind.DEPARTED: self._departed,
            EventKind.ARRIVED: self._arrived,
            EventKind.FINISHED: self._finished,
            EventKind.PAUSE_OVER: self._pause_over,
            EventKind.SHIFT_BEGINS: self._shift_begins,
            EventKind.SHIFT_ENDS: self._shift_ends,
            EventKind.OVERRUN: self._overrun,
        }
        self._state = self._prepare()

    @property
    def now_ms(self) -> int:
        return self._queue.now_ms

    def run(self, tell: Tell | None = None) -> DayRecord:
        """The whole day; the same record for the same day and strategy."""
        day = self._day
        self._foresee()
        while len(self._queue):
            events = self._queue.next_moment()
            if self.now_ms > day.ends_ms:
                break
            for event in events:
                self._happen(event)
            if self._asked:
                self._asked = False
                if self._open:
                    self._decide()
            if tell is not None:
                tell(min(1.0, (self.now_ms - day.begins_ms) / (day.ends_ms - day.begins_ms)))
        return self._record()

    def _prepare(self) -> FleetState:
        units = tuple(run.seen() for run in self._units.values())
        return self._dispatcher.prepare(Fleet(self._day.fleet.providers, units))

    def _foresee(self) -> None:
        for unit_id, shifts in self._day.shifts.items():
            for number, shift in enumerate(shifts):
                if shift.begins_ms <= self._day.ends_ms:
                    self._queue.add(shift.begins_ms, EventKind.SHIFT_BEGINS, f"{unit_id}\x1f{number}")
                    self._queue.add(shift.ends_ms, EventKind.SHIFT_ENDS, f"{unit_id}\x1f{number}")
        for call in self._day.calls:
            self._queue.add(to_ms(call.incident.received_at), EventKind.CALLED, call.incident.id)
        self._calls = {call.incident.id: call for call in self._day.calls}

    def _happen(self, event: Event) -> None:
        """Let an event happen unless its subject has changed since it was foreseen."""
        if event.stamp:
            run = self._units.get(event.subject)
            if run is None or run.stamp != event.stamp:
                return
        self._handlers[event.kind](event.subject)

    def _enter(self, run: UnitRun, phase: Phase) -> None:
        """A unit changes; what was foreseen of it is void."""
        run.phase, run.since_ms = phase, self.now_ms
        run.stamp += 1
        self._changed_units.add(run.unit.id)

    def _foresee_unit(self, run: UnitRun, at_ms: int, kind: EventKind) -> None:
        self._queue.add(at_ms, kind, run.unit.id, run.stamp)

    # what happens to incidents

    def _called(self, incident_id: str) -> None:
        call = self._calls[incident_id]
        promise = self._roads.promise(incident_id)
        incident = replace(call.incident, due_at=promise.due_at)
        run = IncidentRun(call, incident, promise.promise_class.value, to_ms(promise.due_at), self.now_ms)
        self._incidents[incident_id] = self._open[incident_id] = run
        self._queue.add(self.now_ms + call.patience_ms, EventKind.GAVE_UP, incident_id)
        self._asked = True

    def _gave_up(self, incident_id: str) -> None:
        run = self._incidents[incident_id]
        if run.stage not in (Stage.WAITING, Stage.SENT, Stage.UNDER_WAY):
            return
        if run.unit_id is not None:
            unit = self._units[run.unit_id]
            if unit.phase is Phase.DRIVING:
                driven = self.now_ms - (run.departed_ms or self.now_ms)
                unit.place = self._roads.on_the_way(unit.place, incident_id, run, driven)
                run.travel_ms = driven
            self._release(unit)
        self._end(run, Stage.CANCELLED)

    def _end(self, run: IncidentRun, stage: Stage) -> None:
        run.stage, run.ended_ms = stage, self.now_ms
        self._open.pop(run.incident.id, None)

    # what happens to units

    def _shift_begins(self, subject: str) -> None:
        unit_id, number = subject.split("\x1f")
        run = self._units[unit_id]
        run.shift_ends_ms = self._day.shifts[unit_id][int(number)].ends_ms
        if run.phase is Phase.OFF:
            run.place = run.unit.location
            self._enter(run, Phase.FREE)
            self._asked = True
        else:  # still at work from the last shift
            self._changed_units.add(unit_id)

    def _shift_ends(self, subject: str) -> None:
        run = self._units[subject.split("\x1f")[0]]
        if self.now_ms >= run.shift_ends_ms and run.phase in (Phase.FREE, Phase.PAUSED):
            self._enter(run, Phase.OFF)

    def _declined(self, unit_id: str) -> None:
        unit = self._units[unit_id]
        if unit.incident_id is None:
            raise AssertionError(f"unit {unit_id} declined nothing")
        run = self._incidents[unit.incident_id]
        run.declines += 1
        run.stage, run.unit_id = Stage.WAITING, None
        unit.incident_id = None
        self._close_span(unit)
        self._enter(unit, Phase.PAUSED)
        self._foresee_unit(unit, self.now_ms + round(self._day.options.pause_minutes * MINUTE_MS), EventKind.PAUSE_OVER)
        self._asked = True

    def _pause_over(self, unit_id: str) -> None:
        self._free(self._units[unit_id])

    def _departed(self, unit_id: str) -> None:
        unit = self._units[unit_id]
        run = self._incidents[unit.incident_id or ""]
        run.stage, run.departed_ms = Stage.UNDER_WAY, self.now_ms
        self._open.pop(run.incident.id)
        run.eta_ms = self._roads.eta_ms(self._state, unit_id, run.incident.id, self.now_ms)
        run.travel_ms = self._day.travel_ms(run.eta_ms, run.incident.id, unit_id)
        self._enter(unit, Phase.DRIVING)
        unit.free_ms = self.now_ms + run.eta_ms + run.call.expected_ms
        unit.ends_at = run.call.ends_at
        self._foresee_unit(unit, self.now_ms + run.travel_ms, EventKind.ARRIVED)
        self._foresee_unit(unit, unit.free_ms, EventKind.OVERRUN)

    def _arrived(self, unit_id: str) -> None:
        unit = self._units[unit_id]
        run = self._incidents[unit.incident_id or ""]
        run.stage, run.arrived_ms = Stage.BEING_SERVED, self.now_ms
        self._enter(unit, Phase.WORKING)
        unit.place = run.incident.location
        unit.free_ms = self.now_ms + run.call.expected_ms
        self._foresee_unit(unit, self.now_ms + run.call.takes_ms, EventKind.FINISHED)
        self._foresee_unit(unit, unit.free_ms, EventKind.OVERRUN)

    def _overrun(self, unit_id: str) -> None:
        unit = self._units[unit_id]
        unit.free_ms = self.now_ms + max(OVERRUN_MS, round(OVERRUN_SHARE * (self.now_ms - unit.since_ms)))
        self._changed_units.add(unit_id)
        self._foresee_unit(unit, unit.free_ms, EventKind.OVERRUN)

    def _finished(self, unit_id: str) -> None:
        unit = self._units[unit_id]
        run = self._incidents[unit.incident_id or ""]
        unit.place = unit.ends_at
        self._end(run, Stage.SERVED)
        self._release(unit)

    def _release(self, unit: UnitRun) -> None:
        unit.incident_id, unit.ends_at = None, None
        self._close_span(unit)
        self._free(unit)

    def _free(self, unit: UnitRun) -> None:
        over = self.now_ms - unit.shift_ends_ms
        if over >= 0:
            if unit.phase is Phase.WORKING:
                self._overtime_ms += over
            self._enter(unit, Phase.OFF)
            return
        self._enter(unit, Phase.FREE)
        self._asked = True

    # decisions

    def _snapshot(self) -> FleetState:
        """The fleet now; only units that changed since the last one are snapped and labelled again."""
        if self._changed_units:
            changed = [self._units[unit_id].seen() for unit_id in sorted(self._changed_units)]
            self._state = self._state.updated(units=changed)
            self._changed_units.clear()
        return self._state

    def _decide(self) -> None:
        runs = self._open
        moment = Moment(
            now_ms=self.now_ms,
            dispatcher=self._dispatcher,
            state=self._snapshot(),
            open=tuple(run.seen() for run in runs.values()),
            planned={i: unit for i, unit in self._planned.items() if i in runs and self._can_follow(unit)},
            free=frozenset(unit_id for unit_id, run in self._units.items() if run.phase is Phase.FREE),
            expected_ms={i: run.call.expected_ms for i, run in runs.items()},
        )
        began = self._timer()
        choice = self._strategy.decide(moment)
        took = self._timer() - began
        if len(set(choice.values())) != len(choice):
            raise AssertionError(f"{self._strategy.name} gave one unit to two incidents")
        breaches = breaches_of(moment, choice)
        changed = self._carry_out(choice)
        self._decisions.append(DecisionRecord(self.now_ms, len(runs), changed, len(breaches), took))

    def _can_follow(self, unit_id: str) -> bool:
        run = self._units[unit_id]
        if run.phase in (Phase.DRIVING, Phase.WORKING):
            return run.free_ms < run.shift_ends_ms
        return run.phase is Phase.FREE

    def _carry_out(self, choice: Choice) -> int:
        """Send free units, swap and free mobilising ones; how many announced units were taken back."""
        self._planned = choice
        before = {run.unit_id: run for run in self._open.values() if run.stage is Stage.SENT}
        lost = [run for unit_id, run in before.items() if choice.get(run.incident.id) != unit_id]
        for run in lost:
            run.changes += 1
            run.stage, run.unit_id = Stage.WAITING, None
        for incident_id, unit_id in choice.items():
            run, unit = self._open[incident_id], self._units[unit_id]
            if run.unit_id == unit_id:
                continue
            if unit.phase in (Phase.FREE, Phase.MOBILISING):
                self._send(unit, run)
        used = {run.unit_id for run in self._open.values()}
        for unit_id in before:
            if unit_id not in used and unit_id is not None:
                self._release(self._units[unit_id])
        self._asked = False  # a unit that a decision frees was there to be used in it
        return len(lost)

    def _send(self, unit: UnitRun, run: IncidentRun) -> None:
        """Ask a unit to go; it mobilises at once, or declines after a while."""
        incident_id, unit_id = run.incident.id, unit.unit.id
        if unit.phase is Phase.MOBILISING:
            self._close_span(unit)
            ready_ms = unit.ready_ms
        else:
            ready_ms = self.now_ms + round(unit.unit.mobilisation.total_seconds() * 1000)
        unit.attempts[incident_id] = attempt = unit.attempts.get(incident_id, 0) + 1
        run.stage, run.unit_id = Stage.SENT, unit_id
        run.sent_ms = self.now_ms if run.sent_ms is None else run.sent_ms
        run.price = self._state.providers[unit.unit.provider_id].call_out_price
        unit.incident_id, unit.ready_ms = incident_id, ready_ms
        self._begun[unit_id] = (incident_id, self.now_ms)
        self._enter(unit, Phase.MOBILISING)
        if self._day.accepts(incident_id, unit.unit, attempt):
            self._foresee_unit(unit, max(ready_ms, self.now_ms), EventKind.DEPARTED)
        else:
            answer_ms = round(self._day.options.answer_minutes * MINUTE_MS)
            self._foresee_unit(unit, self.now_ms + answer_ms, EventKind.DECLINED)

    def _close_span(self, unit: UnitRun) -> None:
        incident_id, since = self._begun.pop(unit.unit.id)
        self._spans.append(UnitSpan(unit.unit.id, incident_id, since, self.now_ms))

    def _record(self) -> DayRecord:
        """Settle the accounts; who is still open says why."""
        end_ms = min(self.now_ms, self._day.ends_ms)
        for unit in self._units.values():
            if unit.unit.id in self._begun:
                incident_id, since = self._begun.pop(unit.unit.id)
                self._spans.append(UnitSpan(unit.unit.id, incident_id, since, end_ms))
        records = tuple(incident_record(run, self._dispatcher, end_ms) for run in self._incidents.values())
        return DayRecord(
            self._day.seed,
            self._strategy.name,
            records,
            tuple(self._spans),
            tuple(self._decisions),
            self._overtime_ms,
        )


def simulate_day(
    dispatcher: Dispatcher,
    day: Day,
    strategy: Strategy,
    *,
    timer: Callable[[], float] | None = None,
    tell: Tell | None = None,
) -> DayRecord:
    """One day under one strategy; see `Simulation`."""
    simulation = Simulation(dispatcher, day, strategy, timer=timer)
    return simulation.run(tell)
