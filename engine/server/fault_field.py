"""Names the request's field behind an error that the engine raised about an id."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from graphs.errors import AccuracyError, CoordinateError, HeadingError, OutsideRegionError, TowlineError

#: Variables of the engine's errors that are named as fields of the contract are.
_PARTS = ("due_at", "received_at", "call_out_price", "mobilisation", "free_at")
#: Fields that the engine's errors name, as the contract calls them.
_NAMES = {
    "earliest": "earliest",
    "latest": "latest",
    "due_at": "due_at",
    "service_time": "service_duration",
    "revenue": "customer_price",
    "drop_off": "drop_off",
    "garages": "garages",
    "assigned_unit_id": "assigned_unit",
    "units_needed": "unit_count",
    "unit_requires": "unit_needs",
    "shift_end": "shift_end",
    "breaks": "breaks",
    "overtime_price": "overtime_price",
    "per_km_price": "per_km_price",
    "acceptance": "acceptance_probability",
    "quality": "quality_score",
    "recent_share": "recent_share",
    "night_factor": "night_tariff.factor",
}


@contextmanager
def fault_fields(**lists: tuple[str, Any]) -> Generator[None, None, None]:
    """Within, a TowlineError about ``incident=…``, ``unit=…`` or ``provider=…`` gets the path of that list's element.

    Each argument is a metadata key with (path, values that have an ``id``), e.g. ``unit=("fleet.units", fleet.units)``;
    or with (path, the only value).
    """
    try:
        yield
    except TowlineError as error:
        for kind, (path, values) in lists.items():
            wanted = error.metadata.get(kind)
            alone = not isinstance(values, Sequence)
            index = next((i for i, value in enumerate([values] if alone else values) if value.id == wanted), None)
            if index is not None:
                place = path if alone else f"{path}[{index}]"
                error.metadata["field"] = place + _part(error)
                break
        raise


def _part(error: TowlineError) -> str:
    """Which field of the element is at fault, with a dot before it; nothing when it is not known."""
    named = error.metadata.get("field", "")
    if (known := _NAMES.get(named.partition("[")[0])) is not None:
        return f".{known}{named[named.index('[') :] if '[' in named else ''}"
    if isinstance(error, (OutsideRegionError, CoordinateError, HeadingError, AccuracyError)):
        return ".location"
    return next((f".{part}" for part in _PARTS if part in error.metadata), "")
