"""Incidents that need several units as one incident a unit, for plans with at most one job a unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import DuplicateIdError
from engine.jobs.check import MOST_UNITS
from engine.jobs.make import requires_of
from engine.model import Incident


def one_unit_each(incidents: Iterable[Incident]) -> list[Incident]:
    """Each incident, and after it ``i#2``, ``i#3`` … for the other units it needs, as `engine.jobs.jobs_of` calls them.

    What was announced, a pin, the drop-off and the revenue are the first one's. Incidents that need one unit are the
    very same objects. Raises DuplicateIdError where one incident has the name of another's further unit.
    """
    incidents = list(incidents)
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
    if len(found) > len(incidents):
        _refuse_namesakes(found)
    return found


def _refuse_namesakes(found: list[Incident]) -> None:
    named = {incident.id for incident in found if not incident.partner_of}
    for incident in found:
        if incident.partner_of and incident.id in named:
            raise DuplicateIdError(
                f"incident {incident.partner_of} needs several units, and one of its parts is called {incident.id!r}, "
                "which is the id of another incident; rename one of them",
                id=incident.id,
            )
