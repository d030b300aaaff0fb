"""Times: always with a zone at the boundary, integer milliseconds since 1970 (UTC) inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.errors import TimeError

#: Farther from "now" than this, a time is taken for a mistake.
ABSURD = timedelta(days=366)
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def parse_time(text: str, *, field: str = "time") -> datetime:
    """One RFC 3339 time with a zone, e.g. ``2026-03-01T08:30:00+08:00`` or ``…Z``.

    Raises TimeError when it is not a time or has no zone.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except (ValueError, AttributeError):
        raise TimeError(
            f"{field} {text!r} is not a time; write it like 2026-03-01T08:30:00+08:00", field=field, value=text
        ) from None
    return require_zone(value, field=field)


def require_zone(value: datetime, *, field: str = "time") -> datetime:
    """The same instant in UTC, refused when it has no zone: a guess could be hours wrong.

    In UTC, because Python adds and compares times of one named zone by the clock on the wall, an hour off when the
    clocks change.
    """
    if value.tzinfo is None or value.utcoffset() is None:
        raise TimeError(
            f"{field} {value.isoformat()} has no time zone; add Z or an offset such as +08:00",
            field=field,
            value=value.isoformat(),
        )
    return value.astimezone(UTC)


def require_near(value: datetime, now: datetime, *, field: str = "time") -> datetime:
    """The same time, refused when it is more than a year away from now."""
    if abs(value.astimezone(UTC) - now.astimezone(UTC)) > ABSURD:
        raise TimeError(
            f"{field} {value.isoformat()} is more than a year from now ({now.isoformat()}); check its year and zone",
            field=field,
            value=value.isoformat(),
            now=now.isoformat(),
        )
    return value


def to_ms(value: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z."""
    delta = value - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_ms(ms: int) -> datetime:
    """The UTC time of milliseconds since 1970-01-01T00:00Z."""
    return _EPOCH + timedelta(milliseconds=int(ms))


def to_us(value: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, as the ledger keeps times."""
    return (value - _EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """The UTC time of microseconds since 1970-01-01T00:00Z."""
    return _EPOCH + timedelta(microseconds=us)
