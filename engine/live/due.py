"""Bounded patience as one incident after the other comes in: who waits past the bound goes before later callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.decision import ReasonCode
from engine.jobs.deferment import is_due
from engine.live.records import IncidentRecord

if TYPE_CHECKING:
    from engine.live.desk import Desk

#: Why somebody waits who could have a unit that came free: not for want of a capable one, or of a way.
_WANTS_ANY = frozenset(
    {"", *(code.value for code in (ReasonCode.CAPACITY, ReasonCode.KEPT_FOR_DUE, ReasonCode.TOO_LATE))}
)


def due_before(desk: Desk, record: IncidentRecord) -> str | None:
    """Somebody who called before, is as urgent, has waited past the bound and still waits; None: nobody.

    Who gets which unit is then for the plan that is made of all of them, at once after this (docs/jobs.md).
    """
    if record.need is None:
        return None
    weight, policy = desk.policy.priority.of, desk.policy
    return next(
        (
            each.id
            for each in desk.head.waiting()
            if each.id != record.id
            and each.id not in desk.tried  # it was looked at a moment ago, and cannot have what there is
            and each.unserved in _WANTS_ANY
            and each.need is not None
            and each.promise is not None
            and each.need.received_at < record.need.received_at
            and weight(each.need.priority) >= weight(record.need.priority)
            and is_due(each.need, each.promise.due_at, policy, desk.now)
        ),
        None,
    )
