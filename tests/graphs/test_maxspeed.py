"""Reading maxspeed tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.countries import country, country_codes
from graphs.errors import CountryError
from graphs.maxspeed import IMPOSSIBLE_KPH, parse_maxspeed, states_nothing


@pytest.mark.parametrize(
    ("tag", "kph"),
    [
        ("50", 50),
        (" 50 ", 50),
        ("50 km/h", 50),
        ("50kmh", 50),
        ("30 mph", 48.28032),
        ("30MPH", 48.28032),
        ("7.5", 7.5),
        ("7,5", 7.5),
        ("10 knots", 18.52),
        ("50;30", 30),
        ("50;signals", 50),
        ("walk", 7),
        ("none", 130),
        ("DE:urban", 50),
        ("DE:rural", 100),
        ("de:urban", 50),
        ("RO:urban", 50),
        ("CN:motorway", 120),
        ("CN:urban", 50),
        ("GB:nsl_single", 96.56),
        ("DE:zone:30", 30),
        ("DE:zone30", 30),
        ("DE:30", 30),
        ("FR:zone30", 30),
        ("XX:rural", 90),
        ("urban", 50),
    ],
)
def test_every_notation_is_read(tag: str, kph: float) -> None:
    """Units, lists, walking pace, no limit, zones and countries."""
    assert parse_maxspeed(tag) == pytest.approx(kph)


@pytest.mark.parametrize(
    "tag", ["", "fast", "-5", "0", "500", "300", "nan", "inf", "1e3", "50 @ wet", "30 parsecs", "10000"]
)
def test_anything_else_states_no_speed(tag: str) -> None:
    """What cannot be driven or is not understood leaves the road its class's speed."""
    assert parse_maxspeed(tag) is None
    assert not states_nothing(tag)


@pytest.mark.parametrize("tag", ["signals", "variable", "sign"])
def test_a_sign_that_changes_states_no_number_and_is_no_mistake(tag: str) -> None:
    """Variable limits are understood, and leave the road its class's speed."""
    assert parse_maxspeed(tag) is None
    assert states_nothing(tag)


def test_words_without_a_country_are_those_of_the_region() -> None:
    """The same word means another limit in another country; unknown countries are refused with the known ones."""
    assert parse_maxspeed("rural", country("CH")) == 80
    assert parse_maxspeed("rural", country("DE")) == 100
    assert country("cn").classes["motorway"] == 120
    with pytest.raises(CountryError, match="CL, CN, DE"):
        country("atlantis")


@pytest.mark.parametrize("code", country_codes())
def test_every_country_states_its_source_and_possible_limits(code: str) -> None:
    """The table is complete: a source, urban below rural, motorways fastest."""
    found = country(code)
    assert len(found.source) > 10
    assert 20 <= found.zones["urban"] < found.zones["rural"] <= 100
    assert all(3 <= kph <= 150 for kph in (*found.zones.values(), *found.classes.values()))


@given(st.text())
def test_any_text_gives_a_drivable_speed_or_none(tag: str) -> None:
    """No tag makes it fail or yields a speed outside (0, 300)."""
    kph = parse_maxspeed(tag)
    assert kph is None or 0 < kph < IMPOSSIBLE_KPH
