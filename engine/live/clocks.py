"""Clocks of an incident: what must have happened by when, early warnings, and the ladder of those who are told.

Everything here is a function of the record, the policy and the time: what has fired is written in the record, so that
nothing fires twice, whoever asks and however often, also after a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from engine.live.records import Clock, ClockKind, Escalation, IncidentRecord, LegState, OfferState
from engine.policy import Policy

_MET: dict[ClockKind, Callable[[IncidentRecord], bool]] = {
    ClockKind.FILING: lambda r: r.need is not None,
    ClockKind.ASSIGNMENT: lambda r: bool(r.legs) and all(leg.state is not LegState.WAITING for leg in r.legs),
    ClockKind.CALLBACK: lambda r: r.called_back_at is not None,
    ClockKind.ARRIVAL: lambda r: bool(r.legs) and all(leg.state in _THERE for leg in r.legs),
    ClockKind.RESPONSE: lambda r: any(leg.state in _ACCEPTED for leg in r.legs),
    ClockKind.RESOLUTION: lambda r: r.closed_at is not None,
}
_THERE = frozenset({LegState.ON_SCENE, LegState.TOWING, LegState.DONE})
_ACCEPTED = _THERE | {LegState.ACCEPTED, LegState.UNDER_WAY}
#: Rungs of the ladder: the clock that must have broken for each owner of the policy, in their order.
_RUNGS = (ClockKind.RESPONSE, ClockKind.RESOLUTION, ClockKind.RESOLUTION)

#: Where the clock of the arrival stands among the others.
_ARRIVAL = list(ClockKind).index(ClockKind.ARRIVAL)


def clocks_of(record: IncidentRecord, policy: Policy, now: datetime) -> tuple[Clock, ...]:
    """The clocks of an incident as it stands, those it had kept where their time is the same."""
    times, start = _times(policy), record.reopened_at or record.received_at
    begins = chosen_from = start
    if record.need is not None and record.need.earliest is not None and record.need.earliest > start:
        begins = record.need.earliest  # a booking is wanted later
        chosen_from = max(start, begins - times.lead)
    spans = [
        (ClockKind.FILING, start, start + times.filing),
        (ClockKind.ASSIGNMENT, chosen_from, chosen_from + times.assignment),
        (ClockKind.CALLBACK, start, start + times.callback),
        (ClockKind.RESPONSE, begins, begins + times.response),
        (ClockKind.RESOLUTION, begins, begins + times.resolution),
    ]
    if record.promise is not None:
        spans.insert(_ARRIVAL, (ClockKind.ARRIVAL, begins, record.promise.due_at))
    known = {clock.kind: clock for clock in record.clocks}
    clocks = []
    for kind, since, until in spans:
        old = known.get(kind)
        if old is None or old.due_at != until:
            warns = times.warn_share > 0 and until > since
            warn = until - (until - since) * times.warn_share if warns else None
            old = Clock(kind=kind, due_at=until, warn_at=warn)
        clocks.append(old)
    return settled(tuple(clocks), record, now)


class _Times(NamedTuple):
    filing: timedelta
    assignment: timedelta
    callback: timedelta
    response: timedelta
    resolution: timedelta
    lead: timedelta
    warn_share: float


@lru_cache(maxsize=16)
def _times(policy: Policy) -> _Times:
    rules = policy.clocks
    minutes = (
        rules.filing_minutes,
        rules.assignment_minutes,
        rules.callback_minutes,
        rules.response_minutes,
        rules.resolution_minutes,
        policy.live.booking_lead_minutes,
    )
    return _Times(*(timedelta(minutes=each) for each in minutes), rules.warn_share)


def settled(clocks: tuple[Clock, ...], record: IncidentRecord, now: datetime) -> tuple[Clock, ...]:
    """The clocks with those stopped that are met, and those started again that are not any more; else the same."""
    found, same = [], True
    for clock in clocks:
        met = _MET[clock.kind](record)
        if met and clock.met_at is None:
            clock = replace(clock, met_at=_met_at(clock, record, now))
        elif not met and clock.met_at is not None:
            clock = replace(clock, met_at=None)
        else:
            found.append(clock)
            continue
        same = False
        found.append(clock)
    return clocks if same else tuple(found)


def _met_at(clock: Clock, record: IncidentRecord, now: datetime) -> datetime:
    """When it was met: what is reported afterwards counts from when it was."""
    if clock.kind is ClockKind.ARRIVAL and record.legs and all(leg.state in _THERE for leg in record.legs):
        return max((leg.arrives_at or now for leg in record.legs), default=now)
    if clock.kind is ClockKind.CALLBACK and record.called_back_at is not None:
        return record.called_back_at
    return now


def warned(clock: Clock, now: datetime) -> bool:
    """Whether an early warning is due now."""
    return clock.running and clock.warned_at is None and clock.broken_at is None and _past(clock.warn_at, now)


def broken(clock: Clock, now: datetime) -> bool:
    """Whether it is found broken now."""
    return clock.running and clock.broken_at is None and clock.due_at <= now


def rungs(record: IncidentRecord, policy: Policy, now: datetime) -> list[Escalation]:
    """The rungs of the ladder to be raised now, none of which was raised before."""
    if record.closed_at is not None:
        return []
    raised = {escalation.id for escalation in record.escalations}
    return [
        Escalation(id=rung, kind=kind, owner=owner, raised_at=now)
        for rung, kind, owner, when in _ladder(record, policy)
        if rung not in raised and when <= now
    ]


def _ladder(record: IncidentRecord, policy: Policy) -> list[tuple[str, ClockKind, str, datetime]]:
    """Every rung: its id, clock, owner and time. A met clock has none."""
    running = {clock.kind: clock for clock in record.clocks if clock.running}
    found = []
    for number, (kind, owner) in enumerate(zip(_RUNGS, policy.clocks.owners, strict=True)):
        if kind in running:
            further = timedelta(minutes=policy.clocks.further_minutes if number == 2 else 0)
            opened = f"-{record.reopened}" if record.reopened else ""
            found.append((f"{kind}-{number + 1}{opened}", kind, owner, running[kind].due_at + further))
    return found


def next_time(record: IncidentRecord, policy: Policy) -> datetime | None:
    """When the incident must be looked at again though nobody touched it; None: never."""
    if record.closed_at is not None:
        return None
    times = [offer.expires_at for offer in record.offers if offer.state is OfferState.OPEN]
    for clock in record.clocks:
        if clock.running and clock.broken_at is None:
            times.append(clock.due_at)
            if clock.warned_at is None and clock.warn_at is not None:
                times.append(clock.warn_at)
    earliest = record.need.earliest if record.need is not None and not record.unserved else None
    if earliest is not None and any(leg.state is LegState.WAITING for leg in record.legs):
        # a booking for which no unit was looked for yet
        times.append(earliest - timedelta(minutes=policy.live.booking_lead_minutes))
    raised = {escalation.id for escalation in record.escalations}
    times += [when for rung, _, _, when in _ladder(record, policy) if rung not in raised]
    return min(times, default=None)


def _past(when: datetime | None, now: datetime) -> bool:
    return when is not None and when <= now
