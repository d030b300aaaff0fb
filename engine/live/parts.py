"""An incident of the live service in the engine's words."""

from __future__ import annotations

from dataclasses import replace

from engine.jobs.expand import one_unit_each
from engine.live.records import IncidentRecord, LegState
from engine.model import Incident


def parts_of(record: IncidentRecord) -> list[Incident]:
    """An incident as the engine is asked about it, one for each leg; only of a filed one."""
    need = record.need
    assert need is not None
    if record.promise is not None:
        done = {leg.unit for leg in record.legs if leg.state is LegState.DONE}  # several units are several
        need = replace(need, due_at=record.promise.due_at, promise=None, refused=record.refused | done)
    return one_unit_each([need])
