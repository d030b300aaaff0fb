"""When units get several jobs in order instead of one at most."""

from __future__ import annotations

from enum import StrEnum


class Tours(StrEnum):
    """What a caller may ask for."""

    AUTO = "auto"  # where one job a unit is not enough
    ONE_EACH = "one_each"  # at most one job a unit
    SEVERAL = "several"  # as many as the policy allows


#: Units x jobs, and jobs squared, that tours are planned for: the memory of a plan is about 60 bytes each.
MOST_PAIRS = 4_000_000
#: A booking this much later than now leaves room for another job before.
ROOM_MS = 45 * 60_000
