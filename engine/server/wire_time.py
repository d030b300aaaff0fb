"""Timestamps and durations of the contract: datetimes with UTC and timedeltas of the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time

from engine.errors import RequiredFieldError, TimeError, ValueRangeError
from engine.server.plain_numbers import plain
from engine.times import require_near

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Seconds since 1970 of the years 1 to 9999.
FIRST_S, LAST_S = -62_135_596_800, 253_402_300_799
#: No duration of a request is longer.
LONGEST = timedelta(days=366)


def read_now(message: Timestamp, given: bool, clock_now: datetime) -> datetime:
    """The request's ``now``, or the server's clock when it is unset."""
    return read_any_time(message) if given else clock_now


def read_time(message: Timestamp, now: datetime, field: str) -> datetime:
    """A time within a year of ``now``; TimeError otherwise."""
    return require_near(read_any_time(message), now, field=field)


def read_any_time(message: Timestamp) -> datetime:
    """A time that keeps its rules, however far away."""
    return _EPOCH + timedelta(seconds=message.seconds, microseconds=message.nanos // 1000)


def read_duration(message: Duration) -> timedelta:
    """A duration that keeps its rules, in whole milliseconds rounded up."""
    return timedelta(seconds=message.seconds, milliseconds=-(-message.nanos // 1_000_000))


def check_time(message: Timestamp, field: str, since: int = FIRST_S, before: int = LAST_S + 1) -> None:
    """TimeError when it is no time, or not within bounds, seconds since 1970."""
    seconds, nanos = message.seconds, message.nanos
    if not (0 <= nanos < 1_000_000_000 and FIRST_S <= seconds <= LAST_S):
        raise TimeError(
            f"{field} with {seconds} s and {nanos} ns is not a time; give seconds since 1970 and nanos from 0 to "
            "999,999,999",
            field=field,
            value_s=seconds,
        )
    if not since <= seconds < before:
        value = read_any_time(message).isoformat()
        raise TimeError(f"{field} {value} is absurd; check its year and unit (seconds)", field=field, value=value)


def check_duration(
    message: Duration,
    field: str,
    *,
    positive: bool = False,
    longest: timedelta = LONGEST,
    shortest: timedelta | None = None,
) -> None:
    """TimeError when it is no duration, negative, or 0 where it must be ``positive``, or longer than ``longest``;
    ValueRangeError when it is less than ``shortest``."""
    seconds, nanos = message.seconds, message.nanos
    if abs(nanos) >= 1_000_000_000 or (seconds > 0 > nanos) or (seconds < 0 < nanos):
        raise TimeError(
            f"{field} with {seconds} s and {nanos} ns is not a duration; nanos must be less than a second and have the "
            f"sign of seconds",
            field=field,
            seconds=seconds,
            nanos=nanos,
        )
    given = seconds * 1_000_000_000 + nanos
    if given < 0 or (positive and not given) or given > _ns(longest):
        least = "more than 0" if positive else "0 or more"
        value_s = f"{'-' if given < 0 else ''}{abs(seconds)}.{abs(nanos):09}".rstrip("0").rstrip(".")
        raise TimeError(
            f"{field} of {value_s} s cannot be; it must be {least} and at most {plain(longest.total_seconds())} s",
            field=field,
            value_s=value_s,
        )
    if shortest is not None and given < _ns(shortest):
        text = f"{field} of {plain(given / 1e9)} s must be at least {plain(shortest.total_seconds())} s"
        raise ValueRangeError(text, field=field, value=given / 1e9)


def _ns(value: timedelta) -> int:
    return (value.days * 86_400 + value.seconds) * 1_000_000_000 + value.microseconds * 1000


def require(present: bool, field: str, what: str) -> None:
    """RequiredFieldError when a field is not set that other fields make necessary."""
    if not present:
        raise RequiredFieldError(f"{field} is missing; set {what}", field=field)


def write_time(value: datetime) -> Timestamp:
    delta = value - _EPOCH
    return Timestamp(seconds=delta.days * 86_400 + delta.seconds, nanos=delta.microseconds * 1000)


def write_duration(value: timedelta) -> Duration:
    """Seconds and nanos of equal sign, as the contract of Duration demands."""
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    seconds, rest = divmod(abs(micros), 1_000_000)
    sign = -1 if micros < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * rest * 1000)


def time_fields(value: datetime) -> dict[str, int]:
    """As `write_time`, for messages that are built from nested dicts, which is several times faster."""
    delta = value - _EPOCH
    return {"seconds": delta.days * 86_400 + delta.seconds, "nanos": delta.microseconds * 1000}


def duration_fields(value: timedelta) -> dict[str, int]:
    """As `write_duration`, in the same form: both parts have the sign of the whole."""
    if value.days >= 0:
        return {"seconds": value.days * 86_400 + value.seconds, "nanos": value.microseconds * 1000}
    less = -value
    return {"seconds": -(less.days * 86_400 + less.seconds), "nanos": -less.microseconds * 1000}
