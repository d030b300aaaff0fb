"""What of a provider or a unit cannot be; one typed error, naming it."""

from __future__ import annotations

import math

from engine.errors import TimeError, ValueRangeError
from engine.jobs.errors import WindowError
from engine.model import Provider, Unit
from engine.policy import Policy
from engine.times import require_zone

#: No kilometre and no hour of overtime costs more, whatever the currency; no night multiplies prices by more.
MOST_PER_KM, MOST_PER_HOUR, MOST_NIGHT = 10_000.0, 100_000.0, 10.0


def check_provider(provider: Provider, policy: Policy) -> None:
    """Raises ValueRangeError: a price, a probability or a score outside what it may be."""
    limit = policy.limits.max_call_out_price
    if not 0 <= provider.call_out_price <= limit:
        raise ValueRangeError(
            f"provider {provider.id}: call_out_price {provider.call_out_price} must be between 0 and {limit:g}",
            provider=provider.id,
            call_out_price=provider.call_out_price,
        )
    _within(provider, "per_km_price", provider.per_km_price, 0, MOST_PER_KM)
    _within(provider, "acceptance", provider.acceptance, 0, 1, above=True)
    _within(provider, "quality", provider.quality, 0, 1)
    _within(provider, "recent_share", provider.recent_share, 0, 1)
    if provider.night is not None:
        _within(provider, "night_factor", provider.night.factor, 1, MOST_NIGHT)


def _within(provider: Provider, field: str, value: float, least: float, most: float, *, above: bool = False) -> None:
    if not (math.isfinite(value) and least <= value <= most) or (above and value == least):
        raise ValueRangeError(
            f"provider {provider.id}: {field} {value} must be {'above ' if above else ''}{least:g} to {most:,g}",
            provider=provider.id,
            field=field,
            value=value,
        )


def check_unit(unit: Unit) -> None:
    """Raises TimeError, WindowError or ValueRangeError: mobilisation, shift, breaks, the price of overtime."""
    seconds = unit.mobilisation.total_seconds()
    if not 0 <= seconds <= 86_400:
        raise TimeError(
            f"unit {unit.id}: mobilisation {seconds:g} s must be between 0 and 24 hours", unit=unit.id, seconds=seconds
        )
    start, end = (
        None if at is None else require_zone(at, field=f"unit {unit.id}: {name}")
        for name, at in (("shift_start", unit.shift_start), ("shift_end", unit.shift_end))
    )
    if start is not None and end is not None and end <= start:
        raise WindowError(
            f"unit {unit.id}: shift_end {end.isoformat()} is not after shift_start {start.isoformat()}; a night shift "
            "ends on the next day",
            unit=unit.id,
            field="shift_end",
            shift_start=start.isoformat(),
            shift_end=end.isoformat(),
        )
    for rest in unit.breaks:
        begins, ends = (require_zone(at, field=f"unit {unit.id}: breaks") for at in (rest.start, rest.end))
        if ends <= begins:
            raise WindowError(
                f"unit {unit.id}: a break ends at {ends.isoformat()}, not after it starts ({begins.isoformat()})",
                unit=unit.id,
                field="breaks",
                start=begins.isoformat(),
                end=ends.isoformat(),
            )
    price = unit.overtime_price
    if not (math.isfinite(price) and 0 <= price <= MOST_PER_HOUR):
        raise ValueRangeError(
            f"unit {unit.id}: overtime_price {price} must be 0 to {MOST_PER_HOUR:,g}",
            unit=unit.id,
            field="overtime_price",
            value=price,
        )
