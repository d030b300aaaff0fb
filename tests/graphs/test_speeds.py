"""Speed profiles: the default, and every mistake named by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs.classes import ROAD_CLASSES
from graphs.errors import SpeedProfileError
from graphs.speeds import PROFILES, STANDARD_TURN, load_profile

DEFAULT = (PROFILES / "default.toml").read_text()


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_the_default_gives_every_class_a_speed_and_no_delay() -> None:
    """Arrays are in the order of ROAD_CLASSES; motorways are faster than living streets."""
    profile = load_profile()
    assert profile.class_kph.size == len(ROAD_CLASSES)
    assert profile.class_kph[0] > profile.class_kph[ROAD_CLASSES.index("living_street")]
    assert not profile.class_delay_ms.any()


def test_the_digest_changes_with_any_value(tmp_path: Path) -> None:
    """Equal content has equal digests, another speed or delay another one."""
    same = load_profile(written(tmp_path, DEFAULT))
    faster = load_profile(written(tmp_path, DEFAULT.replace("motorway = 100", "motorway = 101")))
    slower = load_profile(
        written(tmp_path, DEFAULT.replace("[junction_delay_s]", "[junction_delay_s]\nresidential = 2.5"))
    )
    assert same.digest == load_profile().digest
    assert len({same.digest, faster.digest, slower.digest}) == 3
    assert slower.class_delay_ms[ROAD_CLASSES.index("residential")] == 2500


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("motorway = 100", "motorway = 0", "kph.motorway"),
        ("motorway = 100", "motorway = -3", "kph.motorway"),
        ("motorway = 100", "motorway = 201", "kph.motorway"),
        ("motorway = 100", "motorway = nan", "kph.motorway"),
        ("motorway = 100", "motorway = 'fast'", "kph.motorway"),
        ("motorway = 100", "motorway = true", "kph.motorway"),
        ("motorway = 100", "autobahn = 100", "kph.autobahn"),
        ("motorway = 100", "", "kph.motorway"),
        ("[junction_delay_s]", "[junction_delay_s]\nservice = -1", "junction_delay_s.service"),
        ("[junction_delay_s]", "[junction_delay_s]\nservice = 9999", "junction_delay_s.service"),
        ("[yield_delay_s]", "[yield_delay_s]\nhighroad = 1", "yield_delay_s.highroad"),
        ("traffic_signals = 6", "traffic_lights = 6", "control_delay_s.traffic_lights"),
        ("\ngravel = 40", "\ngravel = 0", "surface_kph.gravel"),
        ('name = "default"', "maxspeed_factor = 0", "maxspeed_factor"),
        ('name = "default"', "colour = 1", "colour"),
        ('name = "default"', "turn = 3", "turn"),
        ("[junction_delay_s]", "[turn]\nleft_s = 3\n[junction_delay_s]", "turn.left_s"),
        ("[junction_delay_s]", "[turn]\nsharp_s = -1\n[junction_delay_s]", "turn.sharp_s"),
        ("[junction_delay_s]", "[turn]\nsharp_s = 'much'\n[junction_delay_s]", "turn.sharp_s"),
        ("[junction_delay_s]", "[turn]\nbias = 9\n[junction_delay_s]", "turn.bias"),
    ],
)
def test_an_impossible_value_names_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    """Unknown, missing, zero, negative, too fast, NaN and non-numbers are refused by name."""
    with pytest.raises(SpeedProfileError, match=key):
        load_profile(written(tmp_path, DEFAULT.replace(old, new, 1)))


def test_files_that_are_no_profile_say_so(tmp_path: Path) -> None:
    """A missing file, broken TOML and a table that is none each give a profile error."""
    with pytest.raises(SpeedProfileError, match="no speed profile"):
        load_profile(tmp_path / "absent.toml")
    with pytest.raises(SpeedProfileError, match="not valid TOML"):
        load_profile(written(tmp_path, "kph = ["))
    with pytest.raises(SpeedProfileError, match="must be a table"):
        load_profile(written(tmp_path, "kph = 5"))


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_profile_in_the_box_loads(path: Path) -> None:
    """The profiles that come with Towline are complete and named after their files."""
    assert load_profile(path).name == path.stem


def test_turning_can_be_switched_on_and_off() -> None:
    """A profile's own times stay; one without gets the standard ones, and another digest."""
    plain, own = load_profile(), load_profile(PROFILES / "osrm-car.toml")
    assert plain.turning(False) is plain
    assert plain.turning(True).turn == STANDARD_TURN
    assert plain.turning(True).digest != plain.digest
    assert own.turning(True) is own
    assert own.turning(False).turn is None
