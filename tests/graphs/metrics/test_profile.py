"""Traffic profiles from files, their mistakes, and hours of single ways."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from graphs.classes import CLASS_INDEX
from graphs.errors import TrafficProfileError
from graphs.metrics import MetricStore, TrafficProfile, Weather, load_traffic_profile
from graphs.metrics.profile_file import read_way_hours, traffic_profile_from
from graphs.metrics.weather import WEATHERS
from graphs.region import Region


def test_the_default_is_free_flow_at_night_and_slow_at_peaks() -> None:
    """Every class drives freely at 3:00, slower on a Tuesday at 8:00 and 17:00, and slower still under snow."""
    profile = load_traffic_profile()
    assert (profile.hours[:, 24 + 3] == 1).all()
    assert (profile.hours[:, 24 + 8] < 0.9).all()
    assert (profile.hours[:, 24 + 17] <= profile.hours[:, 24 + 12]).all()
    assert (profile.weather[WEATHERS.index(Weather.DRY)] == 1).all()
    for worse, better in ((Weather.SNOW, Weather.HEAVY_RAIN), (Weather.HEAVY_RAIN, Weather.RAIN)):
        assert (profile.weather[WEATHERS.index(worse)] < profile.weather[WEATHERS.index(better)]).all()


def test_named_days_and_classes_overrule_groups() -> None:
    """tue beats weekday beats daily; a class beats the default; one number stands for 24 hours."""
    profile = traffic_profile_from(
        {
            "hours": {
                "tue": {"motorway": 0.3},
                "daily": {"default": 0.9},
                "weekday": {"default": [0.5] * 24, "motorway": 0.6},
            },
            "weather": {"ice": {"default": 0.4, "service": 0.2}},
        }
    )
    motorway, service = CLASS_INDEX["motorway"], CLASS_INDEX["service"]
    assert profile.hours[motorway, [0, 24, 24 * 5]].tolist() == [0.6, 0.3, 0.9]
    assert profile.hours[service, [0, 24, 24 * 5]].tolist() == [0.5, 0.5, 0.9]
    assert profile.weather[WEATHERS.index(Weather.ICE), [motorway, service]].tolist() == [0.4, 0.2]
    assert profile.digest != TrafficProfile.flat().digest


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("speed = 3", "speed"),
        ("hours = 3", "hours"),
        ("[hours.someday]", "hours.someday"),
        ("[hours.mon]\nfootway = 1", "hours.mon.footway"),
        ("[hours.mon]\nservice = [1, 1]", "hours.mon.service"),
        ("[hours.mon]\nservice = 0", "hours.mon.service"),
        ("[hours.mon]\nservice = nan", "hours.mon.service"),
        ("[hours.mon]\nservice = true", "hours.mon.service"),
        ("[hours.mon]\nservice = 'slow'", "hours.mon.service"),
        ("[weather.hail]", "weather.hail"),
        ("[weather.ice]\ndefault = 2.5", "weather.ice.default"),
    ],
)
def test_each_wrong_key_is_named(tmp_path: Path, text: str, key: str) -> None:
    """A profile with a mistake is refused, and the error names the key."""
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(TrafficProfileError) as raised:
        load_traffic_profile(path)
    assert raised.value.metadata["key"] == key


def test_unreadable_files(tmp_path: Path) -> None:
    """A file that is absent, no TOML or no text is refused as such."""
    for content, words in ((None, "no traffic profile"), (b"[[", "not valid TOML"), (b"\xff\xfe", "cannot be read")):
        path = tmp_path / "p.toml"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(TrafficProfileError, match=words):
            load_traffic_profile(path)


def test_hours_of_single_ways(small_town: Region, tmp_path: Path) -> None:
    """A way in the table follows its own hours, one direction apart from the other; the rest follow their class."""
    network = small_town.network
    two_way = int(network.arc_way[np.flatnonzero(network.arc_twin >= 0)[0]])
    path = tmp_path / "ways.csv"
    path.write_text(
        "way,direction,day,hour,factor\n"
        f"{two_way},backward,tue,8,0.25\n{two_way},both,weekday,8,0.5\n99999999,,daily,8,0.5\n"
    )
    flat = TrafficProfile.flat()
    store = MetricStore(small_town, TrafficProfile("t", flat.hours, flat.weather, read_way_hours(path)))
    assert store.times.unknown_profile_ways == 1
    free = network.free_flow_ms
    for day, hour, forward, backward in ((3, 8, 0.5, 0.25), (2, 8, 0.5, 1), (3, 9, 1, 1), (7, 8, 1, 1)):
        _, metric = store.view().at(datetime(2026, 3, day, hour, 30, tzinfo=small_town.timezone).astimezone(UTC))
        factor = np.ones(free.size)
        mine = network.arc_way == two_way
        factor[mine] = np.where(network.arc_shape[mine] >= 0, forward, backward)
        drive = network.arc_length_m.astype(np.float64) / (network.arc_speed_kph.astype(np.float64) * factor) * 3600
        assert np.array_equal(metric.weights[: free.size], np.rint(drive) + network.arc_delay_ms), (day, hour)


@pytest.mark.parametrize(
    "text",
    [
        "way,day,hour\n1,mon,3",
        "way,day,hour,factor\nx,mon,3,0.5",
        "way,day,hour,factor\n1,someday,3,0.5",
        "way,day,hour,factor\n1,mon,24,0.5",
        "way,day,hour,factor\n1,mon,3,0",
        "way,day,hour,factor\n1,mon,3",
        "way,direction,day,hour,factor\n1,left,mon,3,0.5",
    ],
)
def test_each_wrong_row_is_refused(tmp_path: Path, text: str) -> None:
    """A table of ways with a wrong row or without a column is refused."""
    path = tmp_path / "ways.csv"
    path.write_text(text)
    with pytest.raises(TrafficProfileError):
        read_way_hours(path)
