"""What can be wrong with a story whose events are all there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Kinds of findings; those of `engine.ledger.check` stand beside them."""

    UNREADABLE = "unreadable"  # a record, or what is particular to an event, is not what it should be
    TRANSITION = "transition"  # an event does to an incident what its kind cannot do
    STATE = "state"  # the incident's state is not what its legs say
    OFFER = "offer"  # an offer that lives otherwise than offers do
    CLOCK = "clock"  # a clock that forgets, or knows too early
    PROMISE = "promise"  # a promise that changed
    ESCALATION = "escalation"  # a rung raised twice, or taken back
    ENGAGED = "engaged"  # a unit works for two incidents at once
    DECISION = "decision"  # a unit was sent, or asked, and nobody wrote down why
    FLEET = "fleet"  # something was removed that was not there


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, as those of `engine.ledger.check`."""

    fault: StrEnum
    entity: str
    id: str
    number: int
    message: str


#: What a check says, before it is known which event it is about.
Said = Iterator[tuple[Fault, str]]
