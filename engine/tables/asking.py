"""Which ambiguous incidents are worth a call back: those where guessing wrong costs something."""

from __future__ import annotations

from datetime import timedelta

from engine.decision import Assignment, Unserved
from engine.snapped import Rival, SnappedLocation

#: A longer way than this is worth a question, even when the promise holds.
WORTH_ASKING = timedelta(minutes=5)


def question(answer: Assignment | Unserved) -> str:
    """What to ask the customer and why, in a few words; empty where the answer would change little.

    Worth it: at a likely rival the unit needs over five minutes more, would break a promise that it keeps, or cannot
    get there at all. Of an incident without a unit nobody knows.
    """
    snapped = answer.snapped
    if isinstance(answer, Unserved) or snapped is None or not snapped.ambiguous:
        return ""
    chosen, worst = answer.chosen, _worst(snapped)
    if worst is None:
        return ""
    breaks = chosen.promise_kept and worst.extra is not None and worst.extra > chosen.slack
    if worst.extra is not None and worst.extra < WORTH_ASKING and not breaks:
        return ""
    costs = "no way there" if worst.extra is None else f"{worst.extra.total_seconds() / 60:.0f} min more"
    return f"{_named(snapped, worst)}? If there: {costs}{', promise broken' if breaks else ''}"


def _worst(snapped: SnappedLocation) -> Rival | None:
    """The likely rival that costs most; one without a way costs more than any."""
    return max(
        snapped.likely_rivals,
        key=lambda rival: timedelta.max if rival.extra is None else rival.extra,
        default=None,
    )


def _named(snapped: SnappedLocation, rival: Rival) -> str:
    here, there = snapped.place, rival.place
    if here.road == there.road:
        return f"on {here.road}: driving {here.towards}, or {there.towards}"
    return f"on {here.road}, or on {there.road}"
