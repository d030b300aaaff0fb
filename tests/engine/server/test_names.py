"""Resource names."""

from __future__ import annotations

import pytest

from engine.errors import RequiredFieldError, ResourceNameError
from engine.server import names


def test_names_are_read_back():
    """What the server writes as a name it reads as the same ids."""
    assert names.parse_region(names.region_name("r"), "f") == "r"
    assert names.parse_provider(names.provider_name("r", "p"), "f") == ("r", "p")
    assert names.parse_unit(names.unit_name("r", "p", "救援 7"), "f") == ("r", "p", "救援 7")
    assert names.parse_incident(names.incident_name("r", "i"), "f") == ("r", "i")


@pytest.mark.parametrize("name", ["u1", "regions/r", "regions/r/providers/p/units/", "regions/r/providers/-/units/u"])
@pytest.mark.parametrize("end", ["", "\n", "/x"])
def test_wrong_names_name_the_field_and_the_form(name: str, end: str):
    """Anything else than a unit's name is refused, with the field and an example."""
    with pytest.raises(ResourceNameError) as caught:
        names.parse_unit(name + end, "units[3].name")
    assert caught.value.metadata["field"] == "units[3].name"


def test_missing_name_is_its_own_error():
    """An empty name is a missing field, not a wrong one."""
    with pytest.raises(RequiredFieldError):
        names.parse_region("", "region")


def test_wildcard_only_where_allowed():
    """`-` stands for every provider in a listing's parent and is no id elsewhere."""
    assert names.parse_provider("regions/r/providers/-", "parent", wildcard=True) == ("r", "-")
    with pytest.raises(ResourceNameError):
        names.parse_provider("regions/r/providers/-", "name")
    with pytest.raises(ResourceNameError):
        names.parse_provider("regions/-/providers/-", "parent", wildcard=True)


def test_long_ids_are_refused():
    """Ids end at 128 characters."""
    assert names.check_id("x" * 128, "f")
    with pytest.raises(ResourceNameError):
        names.check_id("x" * 129, "f")
