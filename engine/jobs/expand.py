"""Incidents that need several units as one incident a unit, for plans with at most one job a unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.jobs.check import MOST_UNITS
from engine.jobs.make import requires_of
from engine.model import Incident


def one_unit_each(incidents: Iterable[Incident]) -> list[Incident]:
    """Each incident, and after it ``i#2``, ``i#3`` … for the other units it needs, as `engine.jobs.jobs_of` calls them.

    What was announced, a pin, the drop-off and the revenue are the first one's. Incidents that need one unit are the
    very same objects.
    """
    found: list[Incident] = []
    for incident in incidents:
        wrong = len(incident.unit_requires) not in (0, incident.units_needed)
        if wrong or not 1 < incident.units_needed <= MOST_UNITS:
            found.append(incident)  # one unit, or a mistake: whoever checks it says so
            continue
        one = replace(incident, units_needed=1, unit_requires=())
        found.append(replace(one, requires=requires_of(incident, 1)))
        more = replace(
            one, drop_off=None, garages=(), revenue=0.0, assigned_unit_id=None, pinned=False, partner_of=incident.id
        )
        found.extend(
            replace(more, id=f"{incident.id}#{number}", requires=requires_of(incident, number))
            for number in range(2, incident.units_needed + 1)
        )
    return found
