"""What each kind of event may do to an incident and its legs.

Written down a second time, from docs/live.md and not from the commands, so that a slip in those is noticed.
"""

from __future__ import annotations

from msgspec.structs import replace

from engine.live.records import IncidentRecord, IncidentState, Leg, LegState
from engine.live.verify.faults import Fault, Said

W, A, O, C, U, S, T, D = (  # noqa: E741 - the states in their order, for the table below
    LegState.WAITING,
    LegState.ASSIGNED,
    LegState.OFFERED,
    LegState.ACCEPTED,
    LegState.UNDER_WAY,
    LegState.ON_SCENE,
    LegState.TOWING,
    LegState.DONE,
)
#: Of the leg that an event is about: state before -> states after.
LEGS: dict[str, dict[LegState, tuple[LegState, ...]]] = {
    "unit_assigned": {W: (A,)},
    "unit_unassigned": {A: (W,), O: (W,), C: (W,), U: (W,), S: (W,)},
    "offer_made": {A: (O,), O: (O,)},
    "offer_accepted": {O: (C,)},
    "offer_declined": {O: (W, O)},
    "offer_lapsed": {O: (W, O)},
    "unit_accepted": {A: (C,), O: (C,)},
    "unit_under_way": {A: (U,), C: (U,)},
    "unit_on_scene": {C: (S,), U: (S,)},
    "unit_towing": {S: (T,)},
    "unit_done": {S: (D,), T: (D,)},
    "nobody_found": {W: (W,)},
    "promise_at_risk": {A: (A,), O: (O,), C: (C,), U: (U,)},
    "promise_safe": {A: (A,), O: (O,), C: (C,), U: (U,)},
    "unit_silent": {A: (A,), O: (O,), C: (C,), U: (U,)},
    "unit_heard": {A: (A,), O: (O,), C: (C,), U: (U,)},
}
#: After which the leg has another unit than before, or none, or has one for the first time.
OTHER_UNIT = frozenset({"unit_assigned", "unit_unassigned", "offer_accepted", "offer_declined", "offer_lapsed"})
#: Events that change no leg.
QUIET = frozenset(
    {
        "offer_withdrawn",
        "customer_called_back",
        "incident_done",
        "incident_cancelled",
        "incident_no_show",
        "clock_warned",
        "clock_broken",
        "escalated",
        "escalation_acknowledged",
        "customer_purged",
    }
)
ENDS = {
    "incident_done": IncidentState.DONE,
    "incident_cancelled": IncidentState.CANCELLED,
    "incident_no_show": IncidentState.NO_SHOW,
}
#: What may be said of an incident that is closed.
AFTERWARDS = frozenset({"incident_reopened", "escalation_acknowledged", "customer_purged"})
#: What may be said of one whose place and service are not known.
UNFILED = frozenset(
    {"incident_filed", "customer_called_back", *ENDS, "clock_warned", "clock_broken", "escalated", *AFTERWARDS}
)
#: Events that may change what was filed, and the promise.
NEEDS = frozenset({"incident_filed", "incident_updated", "wrong_location", "incident_reopened"})
PROMISES = NEEDS - {"wrong_location"}


def legal(
    before: IncidentRecord, after: IncidentRecord, kind: str, leg: int | None, unit: str, elsewhere: bool
) -> Said:
    """What an event may not have done; ``elsewhere``: the units of a wrong location are just being told."""
    if before.closed_at is not None and kind not in AFTERWARDS:
        yield Fault.TRANSITION, f"{kind} of an incident that is {before.state}"
    if before.need is None and before.closed_at is None and kind not in UNFILED:
        yield Fault.TRANSITION, f"{kind} of an incident that is not filed"
    if before.closed_at is None and before.state is IncidentState.DONE and kind != "incident_done":
        yield Fault.TRANSITION, f"{kind} where all units are done and the incident should end"
    yield from _bounds(before, after, kind)
    if kind == "incident_filed":
        yield from _all_wait(after, before.need is None and not before.legs, "an incident that was filed before")
    elif kind == "incident_reopened":
        yield from _all_wait(after, before.closed_at is not None, "an incident that is open")
        if after.reopened != before.reopened + 1 or after.reopened_at is None:
            yield Fault.TRANSITION, f"re-opened {after.reopened} times after {before.reopened}"
    elif kind in LEGS:
        yield from _one_leg(before, after, kind, leg, unit, elsewhere)
    elif kind == "wrong_location":
        yield from _elsewhere(before.legs, after.legs)
    elif kind == "incident_updated":
        if _of_units(before.legs) != _of_units(after.legs):
            yield Fault.TRANSITION, f"{kind} changed who is sent, or how far he is"
    elif kind in QUIET:
        if before.legs != after.legs:
            yield Fault.TRANSITION, f"{kind} changed a leg"
    else:
        yield Fault.TRANSITION, f"{kind} is no event of an incident that is there"


def _of_units(legs: tuple[Leg, ...]) -> list[Leg]:
    """Legs without what an update may change of them: the work, and whether a person wants the unit, or it is right."""
    return [replace(leg, work=None, ends_in=None, ends_at=None, held=False, unfit="") for leg in legs]


def state(after: IncidentRecord, kind: str) -> Said:
    """Whether an incident's state is what its legs, and its end, say."""
    closed = after.state in (IncidentState.DONE, IncidentState.CANCELLED, IncidentState.NO_SHOW)
    if after.closed_at is not None:
        if not closed:
            yield Fault.STATE, f"closed, and {after.state}"
        if any(offer.state == "open" for offer in after.offers):
            yield Fault.OFFER, "closed with an open offer"
        return
    if after.need is None:
        wanted = IncidentState.RECEIVED
    elif not after.legs:
        yield Fault.STATE, "filed without a leg"
        return
    else:
        order = list(LegState)
        least = order[min(order.index(leg.state) for leg in after.legs)]
        wanted = IncidentState.FILED if least is W else IncidentState(least.value)
    if after.state is not wanted:
        yield Fault.STATE, f"{after.state}, while its legs say {wanted}"
    if wanted is IncidentState.DONE and kind != "unit_done":
        yield Fault.STATE, "every unit is done and the incident is open"
    for k, leg in enumerate(after.legs):
        if (leg.state is W) != (not leg.unit):
            yield Fault.STATE, f"leg {k} is {leg.state} with unit {leg.unit!r}"


def _bounds(before: IncidentRecord, after: IncidentRecord, kind: str) -> Said:
    """What an event leaves alone, whatever it is about."""
    if (before.id, before.received_at) != (after.id, after.received_at):
        yield Fault.TRANSITION, f"{kind} changed the id, or when it was received"
    if before.need != after.need and kind not in NEEDS:
        yield Fault.TRANSITION, f"{kind} changed what was filed"
    if before.promise != after.promise and kind not in PROMISES:
        yield Fault.PROMISE, f"{kind} changed the promise"
    if (before.closed_at, after.closed_at) == (None, None):
        if kind in ENDS:
            yield Fault.TRANSITION, f"{kind} left it open"
    elif before.closed_at is None and after.state is not ENDS.get(kind):
        yield Fault.TRANSITION, f"{kind} made it {after.state}"
    elif before.closed_at is not None and after.closed_at is None and kind != "incident_reopened":
        yield Fault.TRANSITION, f"{kind} opened it again"
    if (before.called_back_at != after.called_back_at) and kind not in ("customer_called_back", "incident_reopened"):
        yield Fault.TRANSITION, f"{kind} changed when the customer was called back"


def _all_wait(after: IncidentRecord, allowed: bool, otherwise: str) -> Said:
    if not allowed:
        yield Fault.TRANSITION, f"of {otherwise}"
    if after.closed_at is not None or any(leg.state is not W for leg in after.legs):
        yield Fault.TRANSITION, "its legs do not begin by waiting"


def _one_leg(
    before: IncidentRecord, after: IncidentRecord, kind: str, k: int | None, unit: str, elsewhere: bool
) -> Said:
    if k is None or not 0 <= k < len(before.legs) or len(after.legs) != len(before.legs):
        yield Fault.TRANSITION, f"{kind} of leg {k}, which is not there"
        return
    for other, (was, now) in enumerate(zip(before.legs, after.legs, strict=True)):
        if other != k and was != now:
            if elsewhere:
                yield from _elsewhere((was,), (now,))
            else:
                yield Fault.TRANSITION, f"{kind} of leg {k} changed leg {other}"
    was, now = before.legs[k], after.legs[k]
    if now.state not in LEGS[kind].get(was.state, ()):
        yield Fault.TRANSITION, f"{kind}: leg {k} became {now.state} from {was.state}"
    if was.unit != now.unit and kind not in OTHER_UNIT:
        yield Fault.TRANSITION, f"{kind} changed the unit of leg {k}"
    about = was.unit if kind == "unit_unassigned" else now.unit
    if unit != about and kind not in ("offer_made", "offer_declined", "offer_lapsed", "nobody_found"):
        yield Fault.TRANSITION, f"{kind} is about unit {unit!r}, leg {k} has {about!r}"


def _elsewhere(before: tuple[Leg, ...], after: tuple[Leg, ...]) -> Said:
    """Units go on to where the incident really is; nothing else becomes of them."""
    for was, now in zip(before, after, strict=True):
        on_its_way = now.state is was.state or (was.state, now.state) == (S, U)
        if was.unit != now.unit or not on_its_way or (was != now and was.state not in (A, O, C, U, S)):
            yield Fault.TRANSITION, f"a wrong location: a leg became {now.state} from {was.state}"
