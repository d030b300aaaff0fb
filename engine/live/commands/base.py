"""What every command has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.errors import EtagError, IllegalTransitionError, RequiredFieldError, ValueRangeError
from engine.live.desk import Desk
from engine.live.records import IncidentRecord, LegState, legs_with
from engine.model import Incident

#: Longest reason that is kept with an event.
MOST_WORDS = 1000


class Command(Protocol):
    """Something to be done; `run` is given a desk and raises a TowlineError when it cannot be."""

    def run(self, desk: Desk) -> IncidentRecord | None: ...


class Prefetched(Protocol):
    """A command for whose incident a unit is searched with those of the whole batch."""

    def parts(self, desk: Desk) -> Sequence[Incident]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one incident; ``etag`` empty: whatever its version."""

    incident: str
    etag: str = ""
    reason: str = ""

    def record(self, desk: Desk) -> IncidentRecord:
        """The incident as it stands; NotFoundError, EtagError, ValueRangeError (too many words)."""
        check_words(self.reason)
        record = desk.head.incident(self.incident)
        if self.etag and self.etag != etag_of(record):
            raise EtagError(
                f"incident {record.id} changed since it was read; read it again and repeat the change on that",
                field="etag",
                incident=record.id,
                etag=etag_of(record),
            )
        return record

    def open_record(self, desk: Desk, wanted: str) -> IncidentRecord:
        """The same of an incident that is filed and not closed; else IllegalTransitionError."""
        record = self.record(desk)
        if record.closed or record.need is None:
            raise illegal(record, wanted)
        return record


def etag_of(record: IncidentRecord) -> str:
    """Fingerprint of a version: events number versions."""
    return f"e{record.number}"


def illegal(
    record: IncidentRecord, wanted: str, state: str = "", allowed: Sequence[str] = ()
) -> IllegalTransitionError:
    """The refusal of a change that an incident's, or its leg's, state does not allow."""
    now = state or record.state.value
    after = f"; from there it can become: {', '.join(allowed)}" if allowed else ""
    return IllegalTransitionError(
        f"incident {record.id} is {now.replace('_', ' ')} and cannot become {wanted.replace('_', ' ')}{after}",
        incident=record.id,
        state=now,
        wanted=wanted,
        allowed=", ".join(allowed),
    )


def leg_of(record: IncidentRecord, unit: str, wanted: str) -> int:
    """Which leg a unit works on; IllegalTransitionError when none, and when it has done it."""
    found = legs_with(record, unit)
    if not found:
        done = any(leg.unit == unit and leg.state is LegState.DONE for leg in record.legs)
        what = f"is done by unit {unit}" if done else f"is not assigned to unit {unit}"
        raise IllegalTransitionError(
            f"incident {record.id} {what}; read it again to see who has it",
            incident=record.id,
            unit=unit,
            state=record.state.value,
            wanted=wanted,
        )
    return found[0]


def check_words(reason: str, *, required: bool = False) -> None:
    """RequiredFieldError without a reason where one is wanted; ValueRangeError beyond `MOST_WORDS`."""
    if required and not reason.strip():
        raise RequiredFieldError("reason is missing; say why in a few words", field="reason")
    if any(not (c.isprintable() or c in "\n\t") for c in reason):
        raise ValueRangeError("reason holds control characters; send plain text", field="reason")
    if len(reason) > MOST_WORDS:
        raise ValueRangeError(
            f"reason has {len(reason)} characters; use at most {MOST_WORDS}", field="reason", value=len(reason)
        )
