"""A ledger as Parquet: one file a kind of row, for analysis elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from engine.ledger.ledger import Ledger
from engine.ledger.reading import Reading
from engine.ledger.rows import DecisionRow, EventRow, IncidentRow, ProviderRow, UnitRow
from engine.tables.outputs import Outputs
from engine.tables.write import check_save_folder, ensure_folder

#: Rows, and bytes of records, of one row group: what is held in memory of a kind.
GROUP_ROWS = 20_000
GROUP_BYTES = 32 * 1024 * 1024

#: File name, kind of row, order of the rows in a region.
KINDS: tuple[tuple[str, type[Any], tuple[str, ...]], ...] = (
    ("events", EventRow, ("number",)),
    ("incidents", IncidentRow, ("received_us", "id")),
    ("decisions", DecisionRow, ("number",)),
    ("units", UnitRow, ("id",)),
    ("providers", ProviderRow, ("id",)),
)
TIME = pa.timestamp("us", tz="UTC")


Tell = Callable[[str, int, int], object]


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written, and how many rows are in each."""

    files: dict[str, Path]
    rows: dict[str, int]


def export(ledger: Ledger, folder: Path, *, regions: Sequence[str], tell: Tell = lambda *_: None) -> Exported:
    """Write `events.parquet`, `incidents.parquet`, … into the folder: all of them or, when that fails, none.

    Every row begins with its region. `at_us`, `received_us`, … become times in UTC named `at`, `received_at`, …;
    records are text. Everything is of one moment. `tell` hears the name of a file, and how many rows
    are in it so far; how many there will be is not known (0).
    """
    ensure_folder(check_save_folder(folder))
    files = {name: folder / f"{name}.parquet" for name, _, _ in KINDS}
    counts: dict[str, int] = {}
    with Outputs() as outputs, ledger.snapshot() as reading_of:
        readings = [reading_of(region) for region in regions]
        for name, kind, order in KINDS:

            def write(part: Path, name: str = name, kind: type[Any] = kind, order: tuple[str, ...] = order) -> None:
                counts[name] = _write(part, kind, order, readings, partial(_say, tell, name))

            outputs.write(files[name], write)
    return Exported(files, counts)


def schema_of(kind: type[Any]) -> pa.Schema:
    """The columns of a kind's file."""
    return pa.schema([pa.field("region", pa.string(), nullable=False), *map(_column, fields(kind))])


def _column(field: Field[Any]) -> pa.Field:
    if field.name.endswith("_us"):
        name = "at" if field.name == "at_us" else f"{field.name[:-3]}_at"
        return pa.field(name, TIME, nullable="None" in str(field.type))
    kind = {"int": pa.int64(), "bool": pa.bool_()}.get(str(field.type), pa.string())
    return pa.field(field.name, kind, nullable=False)


def _write(
    path: Path, kind: type[Any], order: tuple[str, ...], readings: Sequence[Reading], tell: Callable[[int], object]
) -> int:
    """One file; how many rows are in it."""
    schema = schema_of(kind)
    names = [field.name for field in fields(kind)]
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for reading in readings:
            rows: list[Any] = []
            size = 0
            for row in reading.each(kind, *order):
                rows.append(row)
                size += len(row.record)
                if len(rows) == GROUP_ROWS or size >= GROUP_BYTES:
                    count += _group(writer, schema, reading.region, names, rows)
                    rows, size = [], 0
                    tell(count)
            if rows:
                count += _group(writer, schema, reading.region, names, rows)
    tell(count)
    return count


def _say(tell: Tell, name: str, count: int) -> None:
    tell(name, count, 0)


def _group(writer: pq.ParquetWriter, schema: pa.Schema, region: str, names: Sequence[str], rows: Sequence[Any]) -> int:
    columns: list[list[Any]] = [[region] * len(rows)]
    for name in names:
        values = [getattr(row, name) for row in rows]
        if isinstance(values[0], bytes):  # what is no UTF-8 is no JSON either, and is marked rather than lost
            values = [value.decode("utf-8", "replace") for value in values]
        columns.append(values)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=len(rows))
    return len(rows)
