"""Why a unit lost, and why an incident is left over, in a code and a plain sentence."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from engine.closures import in_words
from engine.decision import Candidate, CostParts, Reason, ReasonCode
from engine.eligibility import capable, on_duty, permitted
from engine.model import UnitStatus
from engine.situation import Situation
from graphs.search import INF

_BY_PART = {
    "broken_promise": ReasonCode.BREAKS_PROMISE,
    "lateness": ReasonCode.ARRIVES_LATER,
    "waiting": ReasonCode.ARRIVES_LATER,
    "driving": ReasonCode.DRIVES_FARTHER,
    "tariff": ReasonCode.DEARER,
    "plan_change": ReasonCode.CHANGES_PLAN,
}


def why_lost(loser: Candidate, winner: Candidate, serves: str | None) -> Reason:
    """Why `loser` was not sent; `serves` is the incident that got it instead, if any."""
    if serves is not None:
        return Reason(ReasonCode.SERVES_OTHER, f"serves incident {serves}", {"incident": serves})
    more = {part.name: getattr(loser.cost, part.name) - getattr(winner.cost, part.name) for part in fields(CostParts)}
    worst = max(more, key=lambda name: more[name])
    if more[worst] <= 0:
        return Reason(ReasonCode.TIE, "costs the same")
    minutes = (loser.arrives_at - winner.arrives_at).total_seconds() / 60
    driving = (loser.travel - winner.travel).total_seconds() / 60
    code = _BY_PART[worst]
    text = {
        ReasonCode.BREAKS_PROMISE: f"would break the promise by {_minutes(-loser.slack.total_seconds() / 60)}",
        ReasonCode.ARRIVES_LATER: f"arrives {_minutes(minutes)} later",
        ReasonCode.DRIVES_FARTHER: f"drives {_minutes(driving)} more",
        ReasonCode.DEARER: "costs more to call out",
        ReasonCode.CHANGES_PLAN: "would change the announced unit for too little gain",
    }[code]
    return Reason(code, text, {"part": worst, "cost_minutes": f"{more[worst] / 1000:.3f}"})


def _minutes(value: float) -> str:
    return f"{value:.1f} min" if value < 10 else f"{value:.0f} min"


def why_unserved(situation: Situation, index: int) -> Reason:
    """Exactly why incident `index` has no unit: the first condition that nobody meets, capacity when somebody does."""
    state, intake = situation.state, situation.intake
    incident = intake.incidents[index]
    what = ", ".join([incident.service, *sorted(incident.requires)])
    arrays = state.arrays
    able = capable(arrays, intake, index)
    if not able.any():
        return Reason(ReasonCode.NO_CAPABLE_UNIT, f"no unit can do {what}", {"needs": what})
    able &= permitted(arrays, intake, index)
    if not able.any():
        text = f"no unit that can do {what} may serve this place: it lies outside their providers' territories"
        return Reason(ReasonCode.OUTSIDE_TERRITORIES, text, {"needs": what})
    duty = able & on_duty(arrays, intake, index)
    if not duty.any():
        off = sum(state.units[row].status is UnitStatus.OFF_DUTY for row in np.flatnonzero(able))
        busy = int(able.sum()) - off
        text = f"of the units that can do {what} here, {_number(off)} off duty and {busy:,} busy with no known end"
        return Reason(ReasonCode.NO_UNIT_ON_DUTY, text, {"off_duty": str(off), "busy": str(busy)})
    travel = situation.travel_to(index)[duty]
    if (travel >= INF).all():
        return _unreachable(situation.closures_before(index, int(np.flatnonzero(duty)[0])))
    ready = arrays.ready_ms(intake.now_ms)[duty]
    in_time = int(((travel < INF) & (ready + travel <= intake.latest_ms)).sum())
    if not in_time:
        hours = f"{intake.latest_ms / 3_600_000:g}"
        return Reason(ReasonCode.TOO_LATE, f"nobody who could serve it arrives within {hours} hours", {"hours": hours})
    return out_of_capacity(in_time)


def _unreachable(closures: list[str]) -> Reason:
    text = "no road leads there from any unit that could serve it"
    if not closures:
        return Reason(ReasonCode.UNREACHABLE, text)
    return Reason(ReasonCode.UNREACHABLE, f"{text}: {in_words(closures)}", {"closures": ", ".join(closures)})


def _number(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"


def out_of_capacity(units: int) -> Reason:
    """Why an incident is left when `units` could have served it: others need them more."""
    everyone = "both" if units == 2 else f"all {units:,}"
    who = "the only unit that could serve it is" if units == 1 else f"{everyone} units that could serve it are"
    return Reason(ReasonCode.CAPACITY, f"{who} needed by other incidents", {"candidates": str(units)})


def out_of_time() -> Reason:
    """Why an incident is left although units may be free: the caller's deadline cut the search short."""
    return Reason(ReasonCode.DEADLINE, "the deadline came before a unit was found; ask again and allow more time")
