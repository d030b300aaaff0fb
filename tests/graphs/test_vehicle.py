"""Vehicle profiles: those in the box, and every mistake named by its key."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from graphs.errors import VehicleError
from graphs.vehicle import VEHICLES, known_vehicles, load_vehicle

CAR = (VEHICLES / "car.toml").read_text()


def test_the_vehicles_in_the_box_grow_in_every_measure() -> None:
    """From the car to the wrecker each is higher and heavier; lorries heed signs for lorries."""
    assert set(known_vehicles()) == {"car", "van", "flat-bed", "heavy-wrecker"}
    fleet = [load_vehicle(name) for name in ("car", "van", "flat-bed", "heavy-wrecker")]
    for smaller, larger in pairwise(fleet):
        assert smaller.height_m < larger.height_m
        assert smaller.weight_t < larger.weight_t
    assert [vehicle.is_goods for vehicle in fleet] == [False, False, True, True]
    assert len({vehicle.digest for vehicle in fleet}) == 4


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("height_m = 1.8", "height_m = 0", "height_m"),
        ("height_m = 1.8", "height_m = 'tall'", "height_m"),
        ("height_m = 1.8", "", "height_m"),
        ("height_m = 1.8", "height_m = 1.8\nwings = 2", "wings"),
        ('"motorcar", ', '"hovercraft", ', "hovercraft"),
        ("modes = [", "modes = 5 #", "modes"),
        ('name = "car"', "name =", "TOML"),
    ],
)
def test_an_impossible_vehicle_names_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    """Unknown, missing and impossible values are refused by name."""
    path = tmp_path / "mine.toml"
    path.write_text(CAR.replace(old, new))
    with pytest.raises(VehicleError, match=key):
        load_vehicle(path)


def test_an_unknown_vehicle_names_the_known_ones() -> None:
    """A wrong name says which there are."""
    with pytest.raises(VehicleError, match="heavy-wrecker"):
        load_vehicle("tank")
