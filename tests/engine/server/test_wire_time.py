"""Timestamps and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import TimeError, ValueRangeError
from engine.server import wire_time
from tests.engine.server.wire import NOW, stamp


@given(st.timedeltas(min_value=timedelta(days=-3000), max_value=timedelta(days=3000)))
def test_durations_are_written_as_protobuf_does(value: timedelta):
    """Same message as protobuf's own conversion, negative ones too."""
    message = Duration()
    message.FromTimedelta(value)
    assert wire_time.write_duration(value) == message


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_times_are_written_as_protobuf_does(value: datetime):
    """Same message as protobuf's own conversion, before 1970 too."""
    assert wire_time.write_time(value) == stamp(value)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1))
def test_any_timestamp_is_a_time_or_an_error(seconds: int, nanos: int):
    """No pair of numbers raises anything but TimeError."""
    message = Timestamp(seconds=seconds, nanos=nanos)
    try:
        wire_time.check_time(message, "t")
        found = wire_time.read_time(message, NOW, "t")
    except TimeError:
        return
    assert abs(found - NOW) <= timedelta(days=366)


@pytest.mark.parametrize("seconds", [-62_135_596_800, 253_402_300_799])
def test_the_first_and_the_last_time(seconds: int):
    """Of the years 1 to 9999, and no second more."""
    wire_time.check_time(Timestamp(seconds=seconds, nanos=999_999_999), "t")
    assert wire_time.read_any_time(Timestamp(seconds=seconds)).year in (1, 9999)
    with pytest.raises(TimeError, match="is not a time"):
        wire_time.check_time(Timestamp(seconds=seconds + (1 if seconds > 0 else -1)), "t")


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1))
def test_any_duration_is_a_duration_or_an_error(seconds: int, nanos: int):
    """No pair of numbers raises anything but TimeError."""
    message = Duration(seconds=seconds, nanos=nanos)
    try:
        wire_time.check_duration(message, "d", positive=True)
    except TimeError:
        return
    assert timedelta(0) < wire_time.read_duration(message) <= wire_time.LONGEST


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(1, -1), (-1, 1), (5, -999_999_999), (0, 1_000_000_000), (0, -1_000_000_000), (3, 2**31 - 1)]
)
def test_malformed_durations_are_refused(seconds: int, nanos: int):
    """Signs that differ and nanos of a second or more are no duration."""
    with pytest.raises(TimeError, match="is not a duration") as caught:
        wire_time.check_duration(Duration(seconds=seconds, nanos=nanos), "d")
    assert caught.value.metadata == {"field": "d", "seconds": str(seconds), "nanos": str(nanos)}


def test_short_durations_are_rounded_up():
    """One nanosecond is a millisecond, and not nothing."""
    for nanos, ms in ((1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (999_999_999, 1000)):
        wire_time.check_duration(Duration(nanos=nanos), "d", positive=True)
        assert wire_time.read_duration(Duration(nanos=nanos)) == timedelta(milliseconds=ms)


def test_a_refused_duration_is_quoted_as_it_was():
    """With its fraction and sign."""
    with pytest.raises(TimeError, match=r"d of -0\.000000001 s cannot be"):
        wire_time.check_duration(Duration(nanos=-1), "d")
    with pytest.raises(TimeError, match=r"d of 0 s cannot be"):
        wire_time.check_duration(Duration(), "d", positive=True)


def test_durations_have_bounds():
    """Too short is out of range, too long no duration that anybody means; the bounds themselves are in."""
    check = partial(wire_time.check_duration, shortest=timedelta(seconds=1), longest=timedelta(seconds=5))
    for seconds in (1, 5):
        check(Duration(seconds=seconds), "d")
    with pytest.raises(ValueRangeError, match="at least 1 s"):
        check(Duration(nanos=999_999_999), "d")
    with pytest.raises(TimeError, match="at most 5 s"):
        check(Duration(seconds=5, nanos=1), "d")


def test_now_defaults_to_the_clock():
    """An unset now is the server's, a set one may be long ago."""
    assert wire_time.read_now(Timestamp(), False, NOW) == NOW
    old = datetime(2019, 5, 1, tzinfo=UTC)
    assert wire_time.read_now(stamp(old), True, NOW) == old
