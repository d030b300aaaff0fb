"""The bound on deferment over random days, judged by a second opinion that knows nothing of the first."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from engine.dispatch import Dispatcher
from engine.model import Unit
from engine.simulate.make_day import make_day
from engine.simulate.moment import Choice, Moment
from engine.simulate.options import DayOptions
from engine.simulate.simulation import simulate_day
from engine.simulate.strategies.reoptimise import Reoptimise
from graphs.bundled import load_coquimbo_population
from graphs.region import Region
from graphs.search import INF
from tests.engine.simulate.days import patient

BOUND = 25.0
WEIGHT = {"low": 0.5, "normal": 1.0, "high": 2.0, "emergency": 4.0}


class Watched:
    """The re-optimising strategy, every choice of which is looked at."""

    name = "watched"

    def __init__(self) -> None:
        self.breaches: list[str] = []
        self.due = 0

    def decide(self, moment: Moment) -> Choice:
        choice = Reoptimise().decide(moment)
        units = {unit.id: unit for unit in moment.state.units}
        due = [
            i
            for i in moment.open
            if moment.now - i.received_at >= timedelta(minutes=BOUND) and i.due_at and moment.now >= i.due_at
        ]
        self.due += len(due)
        for one in due:
            for later in moment.open:
                unit_id = choice.get(later.id)
                if later.id == one.id or unit_id is None or later.assigned_unit_id == unit_id:
                    continue
                if later.received_at <= one.received_at or WEIGHT[later.priority] > WEIGHT[one.priority]:
                    continue
                own = choice.get(one.id)
                planned = INF if own is None else self._reach(moment, units[own], one)
                if self._reach(moment, units[unit_id], one) < planned:
                    self.breaches.append(f"{later.id} takes {unit_id} before {one.id} at {moment.now}")
        return choice

    @staticmethod
    def _reach(moment: Moment, unit: Unit, incident) -> int:
        """Arrival in ms from now, pair by pair; INF for who cannot go."""
        able = incident.service in unit.services and incident.requires <= unit.capabilities
        if not able or unit.status == "off_duty" or (unit.status == "busy" and unit.free_at is None):
            return INF
        free = max(unit.free_at, moment.now) if unit.status == "busy" and unit.free_at else moment.now
        at = (unit.free_location or unit.location) if unit.status == "busy" else unit.location
        to = incident.location
        travel = int(moment.dispatcher.matrix([at.lon], [at.lat], [to.lon], [to.lat])[0, 0])
        arrival = free + unit.mobilisation + timedelta(milliseconds=travel)
        if travel >= INF or (unit.shift_end is not None and arrival > unit.shift_end):
            return INF
        return round((arrival - moment.now) / timedelta(milliseconds=1))


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_due_is_overtaken(coquimbo: Region, seed: int) -> None:
    """On days with far too few units no later call of no higher priority newly takes what a due one needs."""
    dispatcher = Dispatcher(coquimbo, patient(BOUND))
    day = make_day(dispatcher, load_coquimbo_population(), seed, DayOptions(incidents=70, units=5))
    watched = Watched()
    record = simulate_day(dispatcher, day, watched)
    assert watched.due > 50, f"seed {seed}: nobody was due, so nothing was tried"
    assert not watched.breaches, f"seed {seed}: {watched.breaches[:3]}"
    assert sum(decision.deferred for decision in record.decisions) == 0
    assert np.median([decision.open for decision in record.decisions]) >= 1


def test_a_rule_that_overtakes_is_found_out(coquimbo: Region) -> None:
    """The strategy that serves the last caller first is reported."""

    class LastFirst:
        name = "last first"

        def decide(self, moment: Moment) -> Choice:
            choice = moment.sent
            free = sorted(moment.free)
            for incident in reversed(moment.open):
                able = [
                    unit_id
                    for unit_id in free
                    if incident.requires <= moment.state.units[moment.state.row_of[unit_id]].capabilities
                    and incident.service in moment.state.units[moment.state.row_of[unit_id]].services
                ]
                if incident.id not in choice and able:
                    choice[incident.id] = able[0]
                    free.remove(able[0])
            return choice

    dispatcher = Dispatcher(coquimbo, patient(BOUND))
    day = make_day(dispatcher, load_coquimbo_population(), 1, DayOptions(incidents=70, units=5))
    record = simulate_day(dispatcher, day, LastFirst())
    assert sum(decision.deferred for decision in record.decisions) > 10
