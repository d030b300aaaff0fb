"""The ledger as Parquet."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import OutputFileError
from engine.ledger import Batch, Ledger, RegionLedger, export
from engine.ledger.export import KINDS
from tests.engine.ledger.samples import event, filing, fleet, incident

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_every_row(ledger: Ledger, region: RegionLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Files hold every row of every region in order, in groups, times as times and records as text."""
    monkeypatch.setattr(export, "GROUP_ROWS", 4)
    region.commit(fleet(1), after=0)
    for number in range(3, 20):
        region.commit(filing(number, open=number % 2 > 0), after=number - 1)
    ledger.region("andorra").commit(filing(1), after=0)
    told: dict[str, int] = {}
    done = export.export(
        ledger,
        tmp_path / "out" / "deep",
        regions=ledger.regions(),
        tell=lambda name, so_far, _: told.update({name: so_far}),
    )
    assert done.rows == {"events": 20, "incidents": 18, "decisions": 18, "units": 1, "providers": 1}
    assert told == done.rows
    for name, kind, _ in KINDS:
        table = pq.read_table(done.files[name])
        assert table.num_rows == done.rows[name]
        assert table.column_names[0] == "region"
        assert len(table.column_names) == 1 + len(fields(kind))
    events = pq.read_table(done.files["events"]).to_pylist()
    assert [(row["region"], row["number"]) for row in events] == [
        ("andorra", 1),
        *(("coquimbo", n) for n in range(1, 20)),
    ]
    (first,) = ledger.region("andorra").events(0, 1)
    assert events[0]["record"] == first.record.decode()
    assert events[0]["at"] == EPOCH + timedelta(microseconds=first.at_us)
    assert pq.ParquetFile(done.files["events"]).num_row_groups == 1 + 5
    incidents = pq.read_table(done.files["incidents"])
    assert incidents.schema.field("closed_at").type == pa.timestamp("us", tz="UTC")
    assert incidents["closed_at"].null_count == 10
    assert incidents["open"].to_pylist().count(True) == 10


def test_nothing_to_write(ledger: Ledger, tmp_path: Path):
    """An empty ledger gives files with columns and no rows."""
    done = export.export(ledger, tmp_path / "out", regions=[])
    assert set(done.rows.values()) == {0}
    assert "reason" in pq.read_schema(done.files["events"]).names


def test_records_that_are_no_text(region: RegionLedger, ledger: Ledger, tmp_path: Path):
    """Bytes that are no UTF-8 are marked; they do not stop the export."""
    row = replace(incident(1), record=b"\xff{}")
    region.commit(Batch(events=[event(1, record=b"\xff{}")], incidents=[row]), after=0)
    done = export.export(ledger, tmp_path / "out", regions=["coquimbo"])
    assert pq.read_table(done.files["incidents"])["record"].to_pylist() == ["\ufffd{}"]


def test_a_folder_that_is_a_file(ledger: Ledger, tmp_path: Path):
    """A file in place of the folder is refused and left."""
    place = tmp_path / "out"
    place.write_text("mine")
    with pytest.raises(OutputFileError):
        export.export(ledger, place, regions=[])
    assert place.read_text() == "mine"
