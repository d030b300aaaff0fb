"""Timestamps and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import TimeError
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
    try:
        found = wire_time.read_time(Timestamp(seconds=seconds, nanos=nanos), NOW, "t")
    except TimeError:
        return
    assert abs(found - NOW) <= timedelta(days=366)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1))
def test_any_duration_is_a_duration_or_an_error(seconds: int, nanos: int):
    """No pair of numbers raises anything but TimeError."""
    try:
        found = wire_time.read_duration(Duration(seconds=seconds, nanos=nanos), "d", positive=True)
    except TimeError:
        return
    assert timedelta(0) < found <= wire_time.LONGEST


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(1, -1), (-1, 1), (5, -999_999_999), (0, 1_000_000_000), (0, -1_000_000_000), (3, 2**31 - 1)]
)
def test_malformed_durations_are_refused(seconds: int, nanos: int):
    """Signs that differ and nanos of a second or more are no duration."""
    with pytest.raises(TimeError, match="is not a duration") as caught:
        wire_time.read_duration(Duration(seconds=seconds, nanos=nanos), "d")
    assert caught.value.metadata == {"field": "d", "seconds": str(seconds), "nanos": str(nanos)}


def test_short_durations_are_rounded_up():
    """One nanosecond is a millisecond, and not nothing."""
    for nanos, ms in ((1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (999_999_999, 1000)):
        found = wire_time.read_duration(Duration(nanos=nanos), "d", positive=True)
        assert found == timedelta(milliseconds=ms)


def test_a_refused_duration_is_quoted_as_it_was():
    """With its fraction and sign."""
    with pytest.raises(TimeError, match=r"d of -0\.000000001 s cannot be"):
        wire_time.read_duration(Duration(nanos=-1), "d")
    with pytest.raises(TimeError, match=r"d of 0 s cannot be"):
        wire_time.read_duration(Duration(), "d", positive=True)


def test_now_defaults_to_the_clock():
    """An unset now is the server's, a set one may be long ago, an absurd one is refused."""
    assert wire_time.read_now(Timestamp(), False, NOW) == NOW
    old = datetime(2019, 5, 1, tzinfo=UTC)
    assert wire_time.read_now(stamp(old), True, NOW) == old
    for seconds in (0, -1, 253402300799, 2**62):
        with pytest.raises(TimeError):
            wire_time.read_now(Timestamp(seconds=seconds), True, NOW)
