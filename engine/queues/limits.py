"""Numbers that everything about queues shares."""

from __future__ import annotations

#: Longest tour there is; bounds hold for all tours of up to so many jobs.
MOST_JOBS = 5
#: An index, time or cost that is not there.
NONE = -1
