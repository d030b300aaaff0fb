"""Why a unit lost, and why an incident is left over, in a code and a plain sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.closures import short_list
from engine.decision import COST_PARTS, Candidate, Reason, ReasonCode, cost_amounts
from engine.eligibility import capable, in_shift, in_time, on_duty, unrefused, within_territory
from engine.model import UnitStatus
from engine.situation import Situation
from engine.texts import reason
from engine.times import from_ms
from graphs.search import INF

_BY_PART = {
    "broken_promise": ReasonCode.BREAKS_PROMISE,
    "lateness": ReasonCode.ARRIVES_LATER,
    "waiting": ReasonCode.ARRIVES_LATER,
    "driving": ReasonCode.DRIVES_FARTHER,
    "tariff": ReasonCode.DEARER,
    "plan_change": ReasonCode.CHANGES_PLAN,
    "overtime": ReasonCode.WORKS_OVERTIME,
    "quality": ReasonCode.LOWER_QUALITY,
    "acceptance": ReasonCode.MAY_DECLINE,
    "rotation": ReasonCode.HAD_ITS_SHARE,
    "coverage": ReasonCode.LEAVES_UNCOVERED,
}

#: How many minutes it is about.
_MINUTES: dict[ReasonCode, Callable[[Candidate, Candidate], float]] = {
    ReasonCode.BREAKS_PROMISE: lambda loser, _: -loser.slack.total_seconds() / 60,
    ReasonCode.ARRIVES_LATER: lambda loser, winner: (loser.arrives_at - winner.arrives_at).total_seconds() / 60,
    ReasonCode.DRIVES_FARTHER: lambda loser, winner: (loser.travel - winner.travel).total_seconds() / 60,
}


def why_lost(loser: Candidate, winner: Candidate, serves: str | None) -> Reason:
    """Why `loser` was not sent; `serves` is the incident that got it instead, if any.

    ``behind_minutes`` says what would have to change: by so much it would have to cost less to draw level.
    """
    behind = f"{(loser.cost.total - winner.cost.total) / 1000:.3f}"
    if serves is not None:
        return reason(ReasonCode.SERVES_OTHER, incident=serves, behind_minutes=behind)
    more = [mine - other for mine, other in zip(cost_amounts(loser.cost), cost_amounts(winner.cost), strict=True)]
    most = max(more)
    worst = COST_PARTS[more.index(most)]
    if most <= 0:
        return reason(ReasonCode.TIE)
    code = _BY_PART[worst]
    said = {"minutes": _minutes(_MINUTES[code](loser, winner))} if code in _MINUTES else {}
    return reason(code, part=worst, cost_minutes=f"{most / 1000:.3f}", behind_minutes=behind, **said)


def _minutes(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def why_unserved(situation: Situation, index: int) -> Reason:
    """Exactly why incident `index` has no unit: the first condition that nobody meets, capacity when somebody does."""
    state, intake = situation.state, situation.intake
    incident = intake.incidents[index]
    needs = ", ".join([incident.service, *sorted(incident.requires)])
    arrays = state.arrays
    if not intake.jobs.reached[index]:
        return reason(ReasonCode.DROP_OFF_UNREACHABLE)
    able = capable(arrays, intake, index)
    if not able.any():
        return reason(ReasonCode.NO_CAPABLE_UNIT, needs=needs)
    able &= within_territory(arrays, intake, index)
    if not able.any():
        way = int(state.region.network.arc_way[intake.positions.arc[index]])
        held = state.territories.concession(incident.location, way)
        return reason(ReasonCode.CONCESSION if held else ReasonCode.OUTSIDE_TERRITORIES, needs=needs)
    duty = able & on_duty(arrays, intake, index)
    away, refused = able & ~duty, int(duty.sum())
    duty &= unrefused(arrays, intake, index)
    if not duty.any():
        off = sum(state.units[row].status is UnitStatus.OFF_DUTY for row in np.flatnonzero(away))
        others = {"off_duty": off, "busy": int(away.sum()) - off}
        if refused:
            key = ReasonCode.ALL_REFUSED.value + (".one" if refused == 1 else "")
            return reason(key, needs=needs, refused=refused, **others)
        return reason(ReasonCode.NO_UNIT_ON_DUTY.value + (".one" if off == 1 else ""), needs=needs, **others)
    travel = situation.travel_to(index)[duty]
    if (travel >= INF).all():
        return _unreachable(situation, situation.closures_before(index, int(np.flatnonzero(duty)[0])))
    rows = np.flatnonzero(duty)
    arrival = arrays.ready_ms(intake.now_ms)[duty] + travel
    timely = (travel < INF) & in_time(intake, index, arrival)
    if not timely.any():
        if incident.latest is not None:
            latest = from_ms(intake.now_ms + int(intake.jobs.latest_ms[index])).astimezone(state.region.timezone)
            return reason("too_late.window", latest=latest.isoformat(timespec="minutes"))
        return reason(ReasonCode.TOO_LATE, hours=f"{intake.jobs.latest_ms[index] / 3_600_000:g}")
    timely &= in_shift(state.policy, arrays, intake, index, rows, arrival)
    if not timely.any():
        return reason(ReasonCode.SHIFT_ENDS)
    return out_of_capacity(int(timely.sum()))


def _unreachable(situation: Situation, closures: list[str]) -> Reason:
    if not closures or situation.view is None:
        return reason(ReasonCode.UNREACHABLE)
    shown, named = short_list(closures), ", ".join(closures)
    ends = [situation.view.snapshot.feed.entries[entry][1].end for entry in closures]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return reason("unreachable.closures", {"closures": shown}, closures=named)
    # when the first of them ends: whether a way exists then nobody knows before asking again
    until = min(known).astimezone(situation.state.region.timezone).isoformat(timespec="seconds")
    return reason("unreachable.closures_until", {"closures": shown}, closures=named, until=until)


def out_of_capacity(units: int) -> Reason:
    """Why an incident is left when `units` could have served it: others need them more."""
    variant = {1: ".one", 2: ".two"}.get(units, "")
    return reason(ReasonCode.CAPACITY.value + variant, candidates=units)


def out_of_time() -> Reason:
    """Why an incident is left although units may be free: the caller's deadline cut the search short."""
    return reason(ReasonCode.DEADLINE)


def kept_for_due(unit: str, incident: str) -> Reason:
    """Why a unit does not serve a later incident: one that has waited past its bound could have it sooner."""
    return reason(ReasonCode.KEPT_FOR_DUE, unit=unit, incident=incident)
