"""What a batch says."""

from __future__ import annotations

from dataclasses import fields

import pytest

from engine.ledger import (
    AnswerRow,
    Batch,
    DecisionRow,
    EventRow,
    IncidentRow,
    PositionRow,
    ProviderRow,
    TrackRow,
    tables,
)
from engine.ledger import UnitRow as UnitRow
from tests.engine.ledger.samples import event


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (EventRow, "events"),
        (IncidentRow, "incidents"),
        (ProviderRow, "providers"),
        (UnitRow, "units"),
        (PositionRow, "positions"),
        (DecisionRow, "decisions"),
        (AnswerRow, "answers"),
        (TrackRow, "tracks"),
    ],
)
def test_columns_are_fields(kind, name):
    """A table's columns are the region and then the fields of its row, in order."""
    columns = [column.name for column in tables.metadata.tables[name].columns]
    assert columns == ["region", *(field.name for field in fields(kind))]


def test_the_last_event_decides():
    """An id that is removed and put back, or put back and removed, is what its last event says."""
    batch = Batch(
        events=[
            event(1, entity="unit", id="back", record=b""),
            event(2, entity="unit", id="back", record=b"{}"),
            event(3, entity="unit", id="gone", record=b"{}"),
            event(4, entity="unit", id="gone", record=b""),
            event(5, entity="provider", id="gone", record=b"{}"),
        ]
    )
    assert batch.removed("unit", ["back", "gone", "only"], ["back", "gone"]) == {"gone", "only"}
