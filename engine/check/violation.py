"""What is wrong with a plan: a code, how grave it is, by how much, and a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from engine.texts import Language, violation_text


class Severity(StrEnum):
    """What a violation means for the plan."""

    RULE = "rule"  # it cannot or must not be carried out like this
    PROMISE = "promise"  # it can, and a customer waits longer than promised
    NOTE = "note"  # it can; worth knowing


class ViolationCode(StrEnum):
    """Every way in which a plan may fall short."""

    # what it names
    UNKNOWN_INCIDENT = "unknown_incident"
    UNKNOWN_UNIT = "unknown_unit"
    DUPLICATE_UNIT = "duplicate_unit"
    INCIDENT_TWICE = "incident_twice"
    NOT_PLANNED = "not_planned"
    # who may do what
    LACKS_CAPABILITY = "lacks_capability"
    OUTSIDE_TERRITORY = "outside_territory"
    CONCESSION = "concession"
    OFF_DUTY = "off_duty"
    NO_KNOWN_END = "no_known_end"
    PIN_IGNORED = "pin_ignored"
    SAME_ACCIDENT = "same_accident"
    TOO_MANY_JOBS = "too_many_jobs"
    CONTRACTOR_TAKES_ONE = "contractor_takes_one"
    # roads and times
    UNREACHABLE = "unreachable"
    DROP_OFF_UNREACHABLE = "drop_off_unreachable"
    AFTER_LATEST = "after_latest"
    AFTER_SHIFT = "after_shift"
    OVERTIME_LIMIT = "overtime_limit"
    TOO_EARLY = "too_early"
    PROMISE_BROKEN = "promise_broken"
    WAITS = "waits"
    WORKS_OVERTIME = "works_overtime"
    LATER_THAN_NEEDED = "later_than_needed"
    CUTS_BREAK_SHORT = "cuts_break_short"
    OVERTAKES_DUE = "overtakes_due"


SEVERITIES = {
    ViolationCode.PROMISE_BROKEN: Severity.PROMISE,
    ViolationCode.OVERTAKES_DUE: Severity.PROMISE,
    ViolationCode.WAITS: Severity.NOTE,
    ViolationCode.WORKS_OVERTIME: Severity.NOTE,
    ViolationCode.LATER_THAN_NEEDED: Severity.NOTE,
    ViolationCode.CUTS_BREAK_SHORT: Severity.NOTE,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """``over`` or ``count`` is the amount, where there is one; `position` counts from 1 in the plan's tour."""

    code: ViolationCode
    message: str
    incident_id: str = ""
    unit_id: str = ""
    position: int = 0  # 0: not about one stop
    over: timedelta | None = None  # so much too late, too early, too long
    count: int = 0  # so many too many, or missing
    details: dict[str, str] = field(default_factory=dict)
    text: str = ""  # key of the sentence in engine.texts
    shown: dict[str, str] = field(default_factory=dict)  # shorter than the details, where the sentence is

    @property
    def severity(self) -> Severity:
        return SEVERITIES.get(self.code, Severity.RULE)


def violation(
    key: str,
    *,
    incident: str = "",
    unit: str = "",
    position: int = 0,
    over_ms: int | None = None,
    count: int = 0,
    shown: dict[str, str] | None = None,
    **details: str,
) -> Violation:
    """The violation of a key (a code, perhaps with a variant after a dot), its message in English."""
    found = Violation(
        code=ViolationCode(key.partition(".")[0]),
        message="",
        incident_id=incident,
        unit_id=unit,
        position=position,
        over=None if over_ms is None else timedelta(milliseconds=over_ms),
        count=count,
        details=details,
        text=str(key),
        shown=shown or {},
    )
    return violation_in(found, Language.EN)


def violation_in(found: Violation, language: Language) -> Violation:
    """The same in a language."""
    variables = {"incident": found.incident_id, "unit": found.unit_id, "count": str(found.count)}
    variables |= found.details | found.shown
    if found.over is not None:
        variables["minutes"] = minutes_text(found.over)
    return replace(found, message=violation_text(found.text, language, **variables))


def minutes_text(value: timedelta) -> str:
    """Minutes to the tenth below ten, rounded up: what is too much by a second is not too much by nothing."""
    minutes = math.ceil(value / timedelta(seconds=6)) / 10
    return f"{minutes:.1f}" if minutes < 10 else f"{math.ceil(value / timedelta(minutes=1)):,}"
