"""Where in its unit's tour an incident stands, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.decision import Assignment, Unserved
from engine.model import Incident, Location


def stop_texts(answers: Sequence[Assignment | Unserved]) -> list[str]:
    """[n] such as ``2/3``: the second of three incidents of its unit; empty for all where nobody has two."""
    served = [answer for answer in answers if isinstance(answer, Assignment)]
    if all(answer.position == 1 for answer in served):
        return [""] * len(answers)
    sizes = Counter(answer.chosen.unit_id for answer in served)
    return [
        f"{answer.position}/{sizes[answer.chosen.unit_id]}" if isinstance(answer, Assignment) else ""
        for answer in answers
    ]


def job_end(incident: Incident) -> Location:
    """Where its unit is when it is done; of several garages nobody remembers which one was chosen: the incident's."""
    if incident.drop_off is not None:
        return incident.drop_off
    return incident.garages[0].location if len(incident.garages) == 1 else incident.location
